package engine_test

import (
	"strings"
	"testing"
	"time"

	"spravka/engine"
	"spravka/engine/desk"
	"spravka/engine/flow"
	"spravka/engine/flow/flowtest"
)

// kindsContent is a flow in which every kind of step occurs that the shipped flows use rarely.
func kindsContent(t testing.TB) *engine.Content {
	files := flowtest.Shipped(t)
	files["flows/kinds.yaml"] = flowtest.File(`
flow: kinds
steps:
  ready: {ask: yes_no, next: is_ready}
  is_ready:
    branch:
      - {when: ready == "yes", next: inner}
    else: leave
  inner: {flow: kinds-inner, next: count}
  count:
    set: {twice: 'ready + "-" + ready'}
    next: shown
  shown: {say: true, next: pause}
  pause: {wait: 48h, next: stars}
  stars: {rate: true, next: over}
  over:
    branch:
      - {when: stars == "5", next: other}
    else: leave
  other: {goto: kinds-inner}
  leave: {end: true}
`)
	files["flows/kinds-inner.yaml"] = flowtest.File(`
flow: kinds-inner
steps:
  mail: {ask: email, optional: true, next: done}
  done: {end: true}
`)
	files["locales/ru/kinds.yaml"] = flowtest.File(`
flow: kinds
title: Разное
steps:
  ready: {text: "Готовы?"}
  shown: {text: "Дважды: {twice}"}
  pause: {text: "Подождём двое с половиной суток"}
  stars: {text: "Оцените ответ от 1 до 5"}
  leave: {text: "Конец"}
`)
	files["locales/ru/kinds-inner.yaml"] = flowtest.File(`
flow: kinds-inner
title: Внутреннее
steps:
  mail: {text: "Почта?"}
  done: {text: "Внутри всё"}
`)
	for _, name := range []string{"kinds", "kinds-inner"} {
		files["locales/en/"+name+".yaml"] = files["locales/ru/"+name+".yaml"]
	}
	return engine.NewContent(flowtest.Load(t, files), nil)
}

// talk is one citizen in a world without a host.
type talk struct {
	t       *testing.T
	content *engine.Content
	c       engine.Conversation
	now     time.Time
	effects []engine.Effect
}

func (k *talk) play(ev engine.Event) string {
	k.c, k.effects = engine.Step(k.content, k.c, ev, k.now)
	var said []string
	for _, e := range k.effects {
		if s, ok := e.(engine.Say); ok {
			said = append(said, s.Message.Text)
		}
	}
	return strings.Join(said, "\n")
}

func (k *talk) says(ev engine.Event, want string) {
	k.t.Helper()
	if got := k.play(ev); !strings.Contains(got, want) {
		k.t.Fatalf("after %+v it says %q, not %q", ev, got, want)
	}
}

func (k *talk) at(flow, step string) {
	k.t.Helper()
	if n := len(k.c.Frames); n == 0 || k.c.Frames[n-1].Flow != flow || k.c.Frames[n-1].Step != step {
		k.t.Fatalf("the conversation stands at %+v, not at %s/%s", k.c.Frames, flow, step)
	}
}

func TestEveryKindOfStep(t *testing.T) {
	k := &talk{t: t, content: kindsContent(t), now: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC),
		c: engine.Conversation{Frames: []engine.Frame{{Flow: "kinds", Step: "ready"}}}}
	k.says(engine.Said{Text: "ага"}, "Почта?") // branch, then another flow
	k.at("kinds-inner", "mail")
	k.says(engine.Said{Text: "пропустить"}, "Внутри всё") // and back
	k.at("kinds", "pause")
	if !strings.Contains(k.play(engine.Fired{Name: "wait"}), "Оцените") {
		t.Fatal("the wait did not end")
	}
	k.at("kinds", "stars")
	k.says(engine.Said{Text: "6"}, "Оцените")
	k.says(engine.Pressed{Payload: "o:kinds:stars:5"}, "Почта?") // goto
	k.at("kinds-inner", "mail")
	k.says(engine.Said{Text: "anna@example.test"}, "Внутри всё")
	if len(k.c.Frames) != 0 {
		t.Errorf("flows are left open: %+v", k.c.Frames)
	}
	k.says(engine.Fired{Name: "wait"}, "") // a timer that came too late does nothing
}

func TestSetShowsWhatItWorkedOut(t *testing.T) {
	k := &talk{t: t, content: kindsContent(t), now: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC),
		c: engine.Conversation{Frames: []engine.Frame{{Flow: "kinds", Step: "count", Slots: []engine.Slot{{Name: "ready", Value: "yes"}}}}}}
	k.c.Frames[0].Step = "is_ready"
	k.c.Frames[0].Step = "count"
	k.says(engine.Answered{Call: "none"}, "") // nothing waits for this
	k.c.Frames[0].Step = "shown"
	k.c.Frames[0].Slots = append(k.c.Frames[0].Slots, engine.Slot{Name: "twice", Value: "yes-yes"})
	k.c.Owner = engine.OwnerOperator
	k.c.Operator = 1
	k.c.Tickets = []engine.Ticket{{Number: "O", Kind: desk.HandOff, Status: desk.InWork, Operator: 1}}
	k.says(engine.Acted{Action: engine.Return, Operator: 1, Ticket: "O"}, "Дважды: yes-yes") // given back at the exact step
	k.at("kinds", "pause")
}

// Only the owner speaks: an operator who has lost the conversation is refused, and nothing else changes.
func TestOnlyTheOwnerSpeaks(t *testing.T) {
	content := kindsContent(t)
	k := &talk{t: t, content: content, now: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)}
	k.play(engine.Said{Text: "позовите оператора"})
	k.play(engine.TicketOpened{Ticket: engine.Ticket{Number: "O", Kind: desk.HandOff, Queue: "general", Priority: desk.Normal, Status: desk.New}})
	if k.c.Owner != engine.OwnerQueue {
		t.Fatalf("the owner is %q", k.c.Owner)
	}
	refused := func(a engine.Acted, why engine.Refusal) {
		t.Helper()
		before := k.c.Fence
		k.play(a)
		if len(k.effects) != 1 || k.effects[0] != (engine.Refused{Reason: why}) || k.c.Fence != before {
			t.Errorf("%+v led to %+v", a, k.effects)
		}
	}
	refused(engine.Acted{Action: engine.Reply, Operator: 1, Ticket: "O", Text: "Здравствуйте"}, engine.NotOwner)
	k.says(engine.Acted{Action: engine.Take, Operator: 1, Name: "Анна", Ticket: "O"}, "Анна")
	k.says(engine.Acted{Action: engine.Reply, Operator: 1, Name: "Анна", Ticket: "O", Text: "Здравствуйте"}, "Здравствуйте")
	refused(engine.Acted{Action: engine.Reply, Operator: 2, Ticket: "O", Text: "И я"}, engine.NotOwner)
	refused(engine.Acted{Action: engine.Reply, Operator: 1, Ticket: "O"}, engine.Empty)
	refused(engine.Acted{Action: engine.Reply, Operator: 1, Ticket: "X", Text: "?"}, engine.NoTicket)
	refused(engine.Acted{Action: engine.Take, Operator: 2, Name: "Борис", Ticket: "O"}, engine.NotOwner) // not without knowing whose it is
	k.says(engine.Acted{Action: engine.Take, Operator: 2, Name: "Борис", Ticket: "O", Over: 1}, "Борис")
	refused(engine.Acted{Action: engine.Resolve, Operator: 1, Ticket: "O"}, engine.NotOwner)
	k.says(engine.Acted{Action: engine.Resolve, Operator: 2, Name: "Борис", Ticket: "O"}, "решено")
	refused(engine.Acted{Action: engine.Reply, Operator: 2, Ticket: "O", Text: "ещё"}, engine.TicketEnded)
	if k.c.Owner != engine.OwnerBot {
		t.Errorf("after the end the owner is %q", k.c.Owner)
	}
}

// A conversation in the middle of a flow survives the flow's change: never an error, never silence.
func TestContentChangesUnderway(t *testing.T) {
	k := &talk{t: t, content: kindsContent(t), now: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC),
		c: engine.Conversation{Frames: []engine.Frame{{Flow: "application.status", Step: "no_such_step"}}, Slots: []engine.Slot{{Name: "number", Value: "1000000022", Kind: "application_number"}}}}
	k.says(engine.Said{Text: "Семёнов Пётр Алексеевич"}, "сохранено")
	k.at("application.status", "name") // the number is known and not asked again
	k.c.Frames = []engine.Frame{{Flow: "no.such.flow", Step: "x"}}
	k.says(engine.Said{Text: "назад"}, "убрали")
	if _, ok := k.content.Flows["kinds"].Step("ready").Leads(flow.Next); !ok {
		t.Error("the flow of this test has lost its way")
	}
}
