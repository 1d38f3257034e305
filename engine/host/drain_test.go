package host_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"spravka/engine"
	"spravka/engine/flow/flowtest"
	"spravka/engine/host"
)

func TestDrain(t *testing.T) {
	t.Run("does nothing where nothing is to do", func(t *testing.T) {
		h := newHouse(t, host.Config{})
		must(t, h.Drain(t.Context()))
		id := h.say("a", "1", sayFlow).Conversation
		before := h.history(id)
		must(t, h.Drain(t.Context()))
		same(t, "history", h.history(id), before)
	})
	t.Run("makes calls that lead to calls, and fires what is due", func(t *testing.T) {
		now := monday
		s := &service{answer: func(_ context.Context, c host.ServiceCall) (engine.Answered, error) {
			switch c.Operation {
			case "identity.check":
				return engine.Answered{Outcome: "match", Data: map[string]string{"citizen": "1", "phone": "…02"}}, nil
			case "code.send":
				return engine.Answered{Outcome: "sent", Data: map[string]string{"challenge": "1", "to": "…02", "minutes": "10"}}, nil
			}
			return engine.Answered{}, errors.New("not expected")
		}}
		h := newHouse(t, host.Config{Now: func() time.Time { return now }, Services: s})
		id := h.say("a", "1", sayFlow).Conversation
		for i, text := range []string{"Семёнов Пётр Алексеевич", "29.02.1992", "087-654-302 00", "да"} {
			h.say("a", string(rune('b'+i)), text)
		}
		must(t, h.Drain(t.Context()))
		same(t, "calls", s.asked(), []string{"c1-1", "c1-2"})
		if f := h.state(id).Frames; len(f) != 1 || f[0].Step != "code" {
			t.Errorf("the conversation stands at %+v", f)
		}
		now = now.Add(11 * time.Minute)
		must(t, h.Drain(t.Context()))
		must(t, h.Drain(t.Context()))
		if n := len(h.reminders(id)); n != 1 {
			t.Errorf("the citizen was reminded %d times", n)
		}
	})
	t.Run("makes the call that a timer leads to", func(t *testing.T) {
		waits := waiting(t, "5m")
		now := monday
		h := newHouse(t, host.Config{Now: func() time.Time { return now }, Content: func() *engine.Content { return waits }})
		id := h.say("a", "1", sayService).Conversation
		must(t, h.Drain(t.Context()))
		same(t, "calls before", h.service.asked(), nil)
		now = now.Add(5 * time.Minute)
		must(t, h.Drain(t.Context()))
		same(t, "calls", h.service.asked(), []string{"c1-1"})
		if n := h.counts(id, words(t, "quiet")); n != 1 {
			t.Errorf("the citizen was told %d times", n)
		}
	})
	t.Run("hears of a store that fails", func(t *testing.T) {
		h := newHouse(t, host.Config{})
		id := h.say("a", "1", sayService).Conversation
		h.store.commit.set(func([]*host.Turn, func() ([]error, error)) ([]error, error) { return nil, errDisk })
		if err := h.Drain(t.Context()); !errors.Is(err, errDisk) {
			t.Errorf("Drain: %v", err)
		}
		h.store.commit.unset()
		must(t, h.Drain(t.Context()))
		if n := h.counts(id, words(t, "quiet")); n != 1 {
			t.Errorf("the citizen was told %d times", n)
		}
	})
	t.Run("stops when it is told to", func(t *testing.T) {
		h := newHouse(t, host.Config{Services: &service{answer: never}})
		h.say("a", "1", sayService)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := h.Drain(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("Drain: %v", err)
		}
		if n := len(h.pending()); n != 1 {
			t.Errorf("%d calls are pending", n)
		}
	})
}

// waiting is content in which tech.maintenance waits before it asks the service.
func waiting(t testing.TB, span string) *engine.Content {
	files := flowtest.Shipped(t)
	files["flows/tech.maintenance.yaml"] = flowtest.File(`
flow: tech.maintenance
queue: technical
steps:
  ask_works: {wait: ` + span + `, next: later}
  later:
    call: works.current
    with: {}
    save: {what: what, from: from, to: to}
    outcomes: {none: quiet, now: now, planned: planned, fault: fault, unavailable: unknown}
  quiet:   {end: true, topics: [tech.problem]}
  now:     {end: true, topics: [tech.problem, operator]}
  fault:   {end: true, topics: [tech.problem, operator]}
  planned: {end: true, topics: [tech.problem]}
  unknown: {end: true, topics: [tech.problem, operator]}
`)
	return content(t, files)
}
