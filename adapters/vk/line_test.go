package vk

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"testing"

	"spravka/adapters/channeltest"
	"spravka/engine"
	"spravka/engine/host"
	"spravka/engine/scenario"
)

// overVK is VK for the suite of all channels. Text says that the citizen's application knows no callback buttons, so that
// a press comes as a message.
func overVK(text bool) channeltest.Channel {
	var mu sync.Mutex
	lines := map[*channeltest.World]*citizen{}
	return channeltest.Channel{
		Name: Channel,
		Open: func(w *channeltest.World) (host.Channel, error) {
			l := &citizen{fake: newFake(), saved: make(chan struct{}), ended: make(chan struct{}), text: text}
			mu.Lock()
			lines[w] = l
			mu.Unlock()
			return New(Config{Token: token, Group: group, Cursor: l, Files: w.Store, MethodURL: "http://vk.test/method/", AllowLocal: true,
				Transport: l.fake, KeepSettings: true, Rate: 1e6, Now: w.Clock.Now, Log: w.Log})
		},
		Begin: func(w *channeltest.World, ch host.Channel, locale string) (channeltest.Line, error) {
			mu.Lock()
			l := lines[w]
			delete(lines, w)
			mu.Unlock()
			l.locale = locale
			ctx, cancel := context.WithCancel(context.Background())
			l.end = cancel
			go func() {
				defer close(l.ended)
				ch.(*Adapter).Run(ctx, w.Host)
			}()
			return l, l.reached(context.Background(), 0)
		},
	}
}

// citizen is a citizen's VK. It keeps the channel's cursor, and so sees when an update is stored.
type citizen struct {
	fake   *fake
	locale string
	text   bool
	number int // of the newest message of the dialogue
	seen   int
	labels map[string]string // of the buttons shown, by payload
	end    func()
	ended  chan struct{}

	mu    sync.Mutex
	ts    string
	saved chan struct{} // closed and replaced when the cursor moves
}

const someone = 5

func (l *citizen) Peer() host.Peer { return host.Peer{Channel: Channel, ID: strconv.Itoa(someone)} }

func (l *citizen) Close() {
	l.end()
	<-l.ended
}

// Load implements Cursor.
func (l *citizen) Load(context.Context) (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ts, nil
}

// Save implements Cursor.
func (l *citizen) Save(_ context.Context, ts string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ts = ts
	close(l.saved)
	l.saved = make(chan struct{})
	return nil
}

// reached waits until the cursor has passed so many events.
func (l *citizen) reached(ctx context.Context, events int) error {
	for {
		l.mu.Lock()
		at, err := strconv.Atoi(l.ts)
		saved := l.saved
		l.mu.Unlock()
		if err == nil && at >= events {
			return nil
		}
		select {
		case <-saved:
		case <-ctx.Done():
			return fmt.Errorf("event %d is not stored: %w", events, ctx.Err())
		}
	}
}

type fields = map[string]any

func (l *citizen) happen(ctx context.Context, kind string, body fields) error {
	data, err := json.Marshal(body)
	if err != nil {
		return err
	}
	l.fake.event(kind, string(data))
	return l.reached(ctx, l.events())
}

func (l *citizen) events() int {
	l.fake.mu.Lock()
	defer l.fake.mu.Unlock()
	return len(l.fake.events)
}

// Again waits for the newest update if the cursor is not past it yet, and delivers it once more if it is.
func (l *citizen) Again(ctx context.Context) error {
	l.mu.Lock()
	at, _ := strconv.Atoi(l.ts)
	l.mu.Unlock()
	if n := l.events(); at == n {
		l.fake.raw(l.fake.events[n-1])
	}
	return l.reached(ctx, l.events())
}

func (l *citizen) Burst(ctx context.Context, texts []string) error {
	for _, text := range texts {
		l.number++
		l.fake.say(someone, int64(l.number), text)
	}
	return l.reached(ctx, l.events())
}

func (l *citizen) Garbage(ctx context.Context, words string) error {
	l.fake.event("message_new", `{"message":[`+quote(words)+`]}`)
	return l.reached(ctx, l.events())
}

func (l *citizen) say(ctx context.Context, text, payload string, attachments ...fields) error {
	l.number++
	actions, lang := []string{"text", "callback"}, 0
	if l.text {
		actions = actions[:1]
	}
	if l.locale == "en" {
		lang = 3
	}
	m := fields{"id": l.number, "date": 1, "out": 0, "peer_id": someone, "from_id": someone, "conversation_message_id": l.number, "text": text,
		"attachments": append([]fields{}, attachments...), "fwd_messages": []fields{}}
	if payload != "" {
		m["payload"] = payload
	}
	return l.happen(ctx, "message_new", fields{"message": m, "client_info": fields{"button_actions": actions, "keyboard": true, "inline_keyboard": true, "lang_id": lang}})
}

func (l *citizen) Write(ctx context.Context, text string) error { return l.say(ctx, text, "") }

func (l *citizen) Press(ctx context.Context, payload string) error {
	if l.text || l.number == 0 && l.locale != "ru" { // only a message says which language the citizen's VK speaks
		label := l.labels[payload]
		if label == "" {
			label = "Кнопка"
		}
		return l.say(ctx, label, pack(payload))
	}
	return l.happen(ctx, "message_event", fields{"user_id": someone, "peer_id": someone, "event_id": fmt.Sprint("press", l.number), "payload": json.RawMessage(pack(payload)),
		"conversation_message_id": l.number})
}

func (l *citizen) Send(ctx context.Context, f channeltest.File) error {
	l.fake.mu.Lock()
	at := fmt.Sprintf("/file%d/%s", len(l.fake.files), f.Name)
	l.fake.files[at] = func(w http.ResponseWriter, _ *http.Request) { w.Write(f.Content) }
	l.fake.mu.Unlock()
	if path.Ext(f.Name) == ".jpg" {
		return l.say(ctx, "", "", fields{"type": "photo", "photo": fields{"id": 1, "owner_id": someone, "sizes": []fields{
			{"type": "s", "url": "http://vk.test/nothing", "width": 75, "height": 50}, {"type": "x", "url": "http://vk.test" + at, "width": 604, "height": 403}}}})
	}
	return l.say(ctx, "", "", fields{"type": "doc", "doc": fields{"id": 1, "owner_id": someone, "title": f.Name, "size": len(f.Content), "url": "http://vk.test" + at}})
}

func (l *citizen) Seen(context.Context) ([]channeltest.Shown, error) {
	all := l.fake.messages()
	var out []channeltest.Shown
	for _, c := range all[l.seen:] {
		m := channeltest.Shown{Text: c.values.Get("message")}
		if a := c.values.Get("attachment"); a != "" {
			m.Files = strings.Split(a, ",")
		}
		if k := c.values.Get("keyboard"); k != "" {
			if err := l.buttons(k, &m); err != nil {
				return nil, err
			}
		}
		out = append(out, m)
		l.number++
	}
	l.seen = len(all)
	return out, nil
}

func (l *citizen) buttons(keyboard string, m *channeltest.Shown) error {
	var k struct {
		Buttons [][]struct {
			Action struct{ Type, Label, Payload string }
		}
	}
	if err := json.Unmarshal([]byte(keyboard), &k); err != nil {
		return err
	}
	l.labels = map[string]string{}
	for _, row := range k.Buttons {
		for _, b := range row {
			var p struct{ P string }
			if err := json.Unmarshal([]byte(b.Action.Payload), &p); err != nil {
				return err
			}
			if (b.Action.Type == "text") != l.text && l.number > 0 {
				return fmt.Errorf("the button %q is a %s button", b.Action.Label, b.Action.Type)
			}
			m.Buttons = append(m.Buttons, engine.Button{Label: b.Action.Label, Payload: p.P})
			l.labels[p.P] = b.Action.Label
		}
	}
	return nil
}

func firstPress(list ...string) map[string]channeltest.Exception {
	out := map[string]channeltest.Exception{}
	for _, name := range list {
		out[name] = channeltest.Exception{Reason: "VK tells a citizen's language with messages only, and a dialogue can't really begin with a press: the first one comes as a message with the payload"}
	}
	return out
}

func TestContract(t *testing.T) { channeltest.Contract(t, overVK(false), abilities) }

func TestScenarios(t *testing.T) {
	channeltest.Scenarios(t, overVK(false), "../..", firstPress("english: flow: ordering a document", "english: hours by day", "english: hours in the evening", "english: hours at night",
		"english: hours on Friday at 23:30", "english: hours on a Sunday"))
}

func TestScenariosWithTextButtons(t *testing.T) {
	channeltest.Scenarios(t, overVK(true), "../..", map[string]channeltest.Exception{"repairs: an unknown payload: 🙂": {
		Reason: "a text button with a payload that is not ours is read as the words on it: played with a payload that could be ours",
		Change: func(s *scenario.Scenario) { s.Turns[0].Payload = "zzzz" },
	}})
}
