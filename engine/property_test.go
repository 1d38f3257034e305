package engine_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"spravka/engine"
	"spravka/engine/desk"
	"spravka/engine/flow/flowtest"
	"spravka/engine/understand"
)

// keywords understands a text by the topic ids in it: enough to reach everything, and plain to see through.
type keywords struct{ topics []string }

func (k keywords) Understand(q understand.Query) understand.Reading {
	var r understand.Reading
	for _, id := range k.topics {
		if strings.Contains(q.Text, id) {
			r.Topics = append(r.Topics, understand.Scored{Topic: id, Score: 0.95})
			r.Needs = append(r.Needs, id)
		}
	}
	switch {
	case strings.Contains(q.Text, "maybe"):
		r.Decision, r.Needs = understand.Offer, nil
	case len(r.Needs) > 0:
		r.Decision, r.Needs, r.Confidence = understand.Answer, r.Needs[:min(2, len(r.Needs))], 0.95
	case strings.Contains(q.Text, "vague"):
		r.Decision = understand.AskBack
	default:
		r.Decision = understand.HandOff
	}
	return r
}

func playable(t testing.TB) (*engine.Content, []string) {
	c := flowtest.Load(t, flowtest.Shipped(t))
	var ids []string
	for _, topic := range c.Topics {
		ids = append(ids, topic.ID)
	}
	return engine.NewContent(c, keywords{ids}), ids
}

// world stands in for the host: it numbers tickets and remembers calls.
type world struct {
	t       *rapid.T
	content *engine.Content
	c       engine.Conversation
	now     time.Time
	calls   []engine.Call
	timers  map[string]bool
	tickets int
	said    []engine.Say
}

func (w *world) play(ev engine.Event) {
	w.said = nil
	before := encode(w.c)
	owner := w.c.Owner
	for range 5 {
		again := w.c
		next, effects := engine.Step(w.content, w.c, ev, w.now)
		same, twice := engine.Step(w.content, again, ev, w.now)
		if d := cmp.Diff(next, same); d != "" {
			w.t.Fatalf("the same step came out differently: %s", d)
		}
		if d := cmp.Diff(effects, twice); d != "" {
			w.t.Fatalf("the same step had other effects: %s", d)
		}
		if after := encode(w.c); ev != nil && after != before && len(w.said) == 0 {
			w.t.Fatalf("the step changed the conversation that it was given:\n%s\n%s", before, after)
		}
		w.c = next
		opened := w.take(effects)
		if opened == nil {
			break
		}
		before = encode(w.c)
		ev = *opened
	}
	w.check(ev, owner)
}

func (w *world) take(effects []engine.Effect) (opened *engine.TicketOpened) {
	for _, e := range effects {
		switch e := e.(type) {
		case engine.Say:
			w.said = append(w.said, e)
		case engine.Call:
			w.calls = append(w.calls, e)
		case engine.SetTimer:
			w.timers[e.Name] = true
		case engine.StopTimer:
			delete(w.timers, e.Name)
		case engine.OpenTicket:
			w.tickets++
			opened = &engine.TicketOpened{Ticket: engine.Ticket{Number: "T" + string(rune('0'+w.tickets%10)) + "-" + time.Duration(w.tickets).String(), Kind: e.Kind, Queue: e.Queue, Priority: e.Priority, Status: desk.New}}
		}
	}
	return opened
}

func (w *world) check(ev engine.Event, owner engine.Owner) {
	for _, s := range w.said {
		if n := utf8.RuneCountInString(s.Message.Text); n > 4096 || n == 0 && len(s.Message.Files) == 0 {
			w.t.Fatalf("a message of %d characters", n)
		}
		if strings.ContainsAny(s.Message.Text, "{}") {
			w.t.Fatalf("a placeholder was left in %q", s.Message.Text)
		}
		if len(s.Message.Buttons) > 10 {
			w.t.Fatalf("%d buttons", len(s.Message.Buttons))
		}
		for _, b := range s.Message.Buttons {
			if utf8.RuneCountInString(b.Label) > 40 || b.Label == "" || len(b.Payload) > 64 || strings.HasPrefix(b.Label, "button.") {
				w.t.Fatalf("button %q with payload %q", b.Label, b.Payload)
			}
		}
		if s.Author == engine.Bot && owner == engine.OwnerOperator && w.c.Owner == engine.OwnerOperator {
			w.t.Fatalf("the bot spoke while a human owned the conversation: %q", s.Message.Text)
		}
	}
	switch ev.(type) {
	case engine.Said, engine.Pressed:
		if w.c.Owner == engine.OwnerBot && len(w.said) == 0 {
			w.t.Fatalf("the bot left the citizen without a word; state %s", encode(w.c))
		}
	}
	if n := len(encode(w.c)); n > 32<<10 {
		w.t.Fatalf("the state has grown to %d bytes", n)
	}
}

func encode(c engine.Conversation) string {
	data, err := json.Marshal(c)
	if err != nil {
		panic(err)
	}
	return string(data)
}

var lines = []string{"назад", "отмена", "повтори", "сначала", "помощь", "пропустить", "человек", "меню", "да", "нет", "согласен", "1", "2", "готово",
	"1000000022", "9000000001", "Семёнов Пётр Алексеевич", "29.02.1992", "31.02.1992", "087-654-302 00", "770200002217", "4511 654321", "+7 900 000-00-02",
	"ой, дата рождения другая: 12.03.1958", "ой, номер не тот, 1000000011", "имя неправильное", "нет, не так", "123456", "мой пароль Qwerty123!", "",
	"Ж-26-000001-1", "просто текст о том, что ничего не открывается на странице", "ааааа", "vague", "maybe hotline.call tech.problem", "а вы до скольки? hotline.hours",
	"hotline.call", "🙂", strings.Repeat("длинно ", 700), "вернуться к боту", "что-то другое"}

// Whatever citizens, operators, clocks and services do, in whatever order: no panic, no silence, one speaker, a small
// state, and the same outcome each time.
func TestAnyConversation(t *testing.T) {
	content, ids := playable(t)
	rapid.Check(t, func(t *rapid.T) {
		w := &world{t: t, content: content, now: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC), timers: map[string]bool{}}
		if rapid.Bool().Draw(t, "english") {
			w.c.Locale = "en"
		}
		w.c.Channel = "web"
		for range rapid.IntRange(1, 40).Draw(t, "turns") {
			w.now = w.now.Add(time.Duration(rapid.IntRange(1, 5000).Draw(t, "seconds")) * time.Second)
			switch rapid.IntRange(0, 13).Draw(t, "what") {
			case 0:
				w.play(engine.Opened{})
			case 1, 2:
				w.play(engine.Said{Text: rapid.SampledFrom(ids).Draw(t, "topic")})
			case 3, 4, 5:
				w.play(engine.Said{Text: rapid.SampledFrom(lines).Draw(t, "line")})
			case 6:
				w.play(engine.Said{Text: rapid.String().Draw(t, "any")})
			case 7:
				w.play(engine.Pressed{Payload: w.payload(ids)})
			case 8:
				w.play(engine.Said{Files: []engine.File{{ID: "f", Name: "a.png"}}})
			case 9:
				w.answer()
			case 10:
				for _, name := range []string{"silence", "wait"} {
					if w.timers[name] {
						delete(w.timers, name)
						w.play(engine.Fired{Name: name})
						break
					}
				}
			case 11:
				w.operate()
			case 12:
				w.play(engine.Edited{Of: 1, Newest: rapid.Bool().Draw(t, "newest"), Text: rapid.SampledFrom(append(lines, ids...)).Draw(t, "edit")})
			case 13:
				w.play(engine.Reachable{Yes: rapid.Bool().Draw(t, "reachable")})
			}
		}
	})
}

func (w *world) payload(ids []string) string {
	var offered []string
	for _, s := range w.said {
		for _, b := range s.Message.Buttons {
			offered = append(offered, b.Payload)
		}
	}
	if len(offered) > 0 && rapid.IntRange(0, 9).Draw(w.t, "stale") > 0 {
		return rapid.SampledFrom(offered).Draw(w.t, "button")
	}
	return rapid.SampledFrom(append([]string{"", "~", "~human", "~bot", "~skip", "o:", "o:x:y:z", "o:application.status:notify:send", "f:application.status:born",
		"f:nothing:x", "m:technical", "m:none", "t:", "t:none", "t:document.order/document=passport", "t:document.order/name=x", "\xff"}, "t:"+ids[0])).Draw(w.t, "payload")
}

func (w *world) answer() {
	if len(w.calls) == 0 {
		w.play(engine.Answered{Call: "77", Outcome: "found"})
		return
	}
	call := w.calls[0]
	w.calls = w.calls[1:]
	op := w.content.Operations[call.Operation]
	data := map[string]string{}
	for _, name := range op.Data {
		data[name] = rapid.SampledFrom([]string{"", "одобрено", "отклонено", "5", "2026-12-01", "почта; лично", "2026-11-28T01:00:00+03:00"}).Draw(w.t, name)
	}
	w.play(engine.Answered{Call: call.ID, Outcome: rapid.SampledFrom(append(slices.Clone(op.Outcomes), engine.Unavailable, "nonsense")).Draw(w.t, "outcome"), Data: data})
}

func (w *world) operate() {
	number := "none"
	if n := len(w.c.Tickets); n > 0 {
		number = w.c.Tickets[rapid.IntRange(0, n-1).Draw(w.t, "ticket")].Number
	}
	a := engine.Acted{Action: rapid.SampledFrom([]engine.Action{engine.Take, engine.Take, engine.Reply, engine.Ask, engine.RequestFile, engine.Return, engine.Resolve,
		engine.Assign, engine.Release, engine.Transfer, engine.Merge, engine.Reopen, "nonsense"}).Draw(w.t, "action"),
		Operator: int64(rapid.IntRange(0, 2).Draw(w.t, "operator")), Name: "Анна", Ticket: number, Text: rapid.SampledFrom([]string{"", "Здравствуйте"}).Draw(w.t, "text"),
		Over: int64(rapid.IntRange(0, 2).Draw(w.t, "over")), To: int64(rapid.IntRange(0, 2).Draw(w.t, "to")), ToName: "Борис",
		Queue: rapid.SampledFrom([]string{"", "technical", "nowhere"}).Draw(w.t, "queue"), Flow: rapid.SampledFrom([]string{"", "application.status", "repair-service"}).Draw(w.t, "flow"),
		Resolution: rapid.SampledFrom([]string{"", "done", "nonsense"}).Draw(w.t, "resolution")}
	if rapid.Bool().Draw(w.t, "preset") {
		a.Slots = map[string]string{"number": rapid.SampledFrom([]string{"1000000022", "1", ""}).Draw(w.t, "value")}
	}
	if rapid.Bool().Draw(w.t, "offer") {
		a.Until = w.now.Add(time.Minute)
	}
	if n := len(w.c.Tickets); n > 0 {
		a.Into = w.c.Tickets[rapid.IntRange(0, n-1).Draw(w.t, "into")].Number
	}
	w.play(a)
}
