package telegram

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"spravka/adapters/channeltest"
	"spravka/engine"
	"spravka/engine/host"
)

// overTelegram is Telegram for the suite of all channels.
func overTelegram() channeltest.Channel {
	var mu sync.Mutex
	fakes := map[*channeltest.World]*fake{}
	return channeltest.Channel{
		Name: Channel,
		Open: func(w *channeltest.World) (host.Channel, error) {
			f := newFake()
			mu.Lock()
			fakes[w] = f
			mu.Unlock()
			return New(w.Store, Config{Token: token, BaseURL: "http://localhost", Transport: f, Limits: Limits{PerSecond: -1, Chat: -1}, Now: w.Clock.Now, Log: w.Log})
		},
		Begin: func(w *channeltest.World, ch host.Channel, locale string) (channeltest.Line, error) {
			mu.Lock()
			defer mu.Unlock()
			l := &line{fake: fakes[w], locale: locale, ended: make(chan struct{})}
			delete(fakes, w)
			ctx, cancel := context.WithCancel(context.Background())
			l.end = cancel
			go func() {
				defer close(l.ended)
				ch.(*Bot).Run(ctx, w.Host)
			}()
			return l, nil
		},
	}
}

// line is a citizen's Telegram.
type line struct {
	fake   *fake
	locale string
	seen   int
	last   queued
	shown  int // number of the newest message with buttons
	end    func()
	ended  chan struct{}
}

const someone = 5

func (l *line) Peer() host.Peer { return host.Peer{Channel: Channel, ID: strconv.Itoa(someone)} }

func (l *line) Close() {
	l.end()
	<-l.ended
}

type object = map[string]any

func (l *line) update(ctx context.Context, kind string, body any) error {
	return l.fake.confirmed(ctx, l.queue(kind, body))
}

func (l *line) queue(kind string, body any) int64 {
	return l.fake.make(func(id int64) string {
		data, _ := json.Marshal(object{"update_id": id, kind: body})
		l.last = queued{id, string(data)}
		return l.last.body
	})
}

// Again waits for the newest update if it is not confirmed yet, and delivers it once more if it is.
func (l *line) Again(ctx context.Context) error {
	l.fake.mu.Lock()
	if !slices.Contains(l.fake.queue, l.last) {
		l.fake.queue = append(l.fake.queue, l.last)
		l.fake.ring()
	}
	l.fake.mu.Unlock()
	return l.fake.confirmed(ctx, l.last.id)
}

func (l *line) Burst(ctx context.Context, texts []string) error {
	for _, text := range texts {
		l.queue("message", l.message(object{"text": text}))
	}
	return l.fake.confirmed(ctx, l.last.id)
}

func (l *line) Garbage(ctx context.Context, words string) error {
	return l.update(ctx, "message", []string{words})
}

func (l *line) from() object {
	return object{"id": someone, "is_bot": false, "first_name": "Пётр", "language_code": l.locale}
}

func (l *line) message(more object) object {
	m := object{"message_id": 1000, "date": 1, "from": l.from(), "chat": object{"id": someone, "type": "private", "first_name": "Пётр"}}
	for k, v := range more {
		m[k] = v
	}
	return m
}

func (l *line) Write(ctx context.Context, text string) error {
	more := object{"text": text}
	if name, _, _ := strings.Cut(text, " "); strings.HasPrefix(name, "/") {
		more["entities"] = []object{{"type": "bot_command", "offset": 0, "length": len(name)}}
	}
	return l.update(ctx, "message", l.message(more))
}

func (l *line) Press(ctx context.Context, payload string) error {
	return l.update(ctx, "callback_query", object{"id": "77", "from": l.from(), "chat_instance": "1", "data": payload,
		"message": object{"message_id": max(l.shown, 1), "date": 1, "chat": object{"id": someone, "type": "private"}, "text": "…"}})
}

func (l *line) Send(ctx context.Context, f channeltest.File) error {
	id := fmt.Sprint("file", len(l.fake.paths))
	l.fake.mu.Lock()
	l.fake.paths[id], l.fake.files["documents/"+id] = "documents/"+id, f.Content
	l.fake.mu.Unlock()
	if path.Ext(f.Name) == ".jpg" { // as applications send pictures: several sizes, without a name
		return l.update(ctx, "message", l.message(object{"photo": []object{
			{"file_id": "thumbnail", "file_unique_id": "t", "width": 90, "height": 60, "file_size": len(f.Content) / 10},
			{"file_id": id, "file_unique_id": "u", "width": 900, "height": 600, "file_size": len(f.Content)}}}))
	}
	return l.update(ctx, "message", l.message(object{"document": object{"file_id": id, "file_unique_id": "u", "file_name": f.Name, "mime_type": f.MIME, "file_size": len(f.Content)}}))
}

var (
	anchors = regexp.MustCompile(`<a href="([^"]*)">`)
	anyTag  = regexp.MustCompile(`<[^>]*>`)
)

func (l *line) Seen(context.Context) ([]channeltest.Shown, error) {
	all := l.fake.out()
	var out []channeltest.Shown
	for i, s := range all[l.seen:] {
		m := channeltest.Shown{Text: s.text}
		if s.mode == "HTML" {
			for _, a := range anchors.FindAllStringSubmatch(s.text, -1) {
				m.Links = append(m.Links, html.UnescapeString(a[1]))
			}
			m.Text = html.UnescapeString(anyTag.ReplaceAllString(s.text, ""))
		}
		if s.name+s.fileID != "" {
			m.Files = append(m.Files, s.name)
		}
		if s.markup != "" {
			var k struct {
				Rows [][]struct {
					Text string `json:"text"`
					Data string `json:"callback_data"`
				} `json:"inline_keyboard"`
			}
			if err := json.Unmarshal([]byte(s.markup), &k); err != nil {
				return nil, err
			}
			for _, row := range k.Rows {
				for _, b := range row {
					m.Buttons = append(m.Buttons, engine.Button{Label: b.Text, Payload: b.Data})
				}
			}
			l.shown = l.seen + i + 1
		}
		out = append(out, m)
	}
	l.seen = len(all)
	return out, nil
}

func TestContract(t *testing.T) { channeltest.Contract(t, overTelegram(), Abilities) }

func TestScenarios(t *testing.T) { channeltest.Scenarios(t, overTelegram(), "../..", nil) }
