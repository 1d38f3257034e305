package host_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"spravka/engine"
	"spravka/engine/host"
)

// messenger is a channel that can do what messengers can.
type messenger struct {
	channel
	parts func(ctx context.Context, m host.Outgoing, out func(int)) error // nil: in one part

	also    sync.Mutex
	typed   []string
	deleted []string
	remove  func(message string) error
}

func (c *messenger) SendParts(ctx context.Context, m host.Outgoing, out func(int)) error {
	if c.parts != nil {
		if err := c.parts(ctx, m, out); err != nil {
			return err
		}
	}
	return c.Send(ctx, m)
}

func (c *messenger) ShowTyping(_ context.Context, p host.Peer) error {
	c.also.Lock()
	defer c.also.Unlock()
	c.typed = append(c.typed, p.ID)
	return nil
}

func (c *messenger) Delete(_ context.Context, _ host.Peer, message string) error {
	c.also.Lock()
	defer c.also.Unlock()
	if c.remove != nil {
		if err := c.remove(message); err != nil {
			return err
		}
	}
	c.deleted = append(c.deleted, message)
	return nil
}

// counter counts.
type counter struct {
	mu sync.Mutex
	n  map[string]int
}

func (c *counter) Count(channel, what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n == nil {
		c.n = map[string]int{}
	}
	c.n[channel+" "+what]++
}

func (c *counter) of(what string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n["push "+what]
}

func pushedMessage(id, update, message string, ev engine.Event) host.Inbound {
	return host.Inbound{Peer: host.Peer{Channel: "push", ID: id}, Update: update, Message: message, Event: ev}
}

func TestEditStandsBesideItsOriginal(t *testing.T) {
	h := newHouse(t, host.Config{Channels: []host.Channel{&channel{name: "push"}}})
	id := h.receive(pushedMessage("a", "1", "m1", engine.Said{Text: "что-то неясное"})).Conversation
	before := len(h.history(id))
	h.receive(pushedMessage("a", "2", "", engine.Edited{Message: "m1", Text: sayAnswer}))
	all := h.history(id)
	if e := all[before]; e.Author != engine.Citizen || e.Edits != 1 || e.Message != "push:m1" || textOf(t, e.Body) != sayAnswer || len(all) == before+1 {
		t.Fatalf("the history goes on with %+v and %d entries", e, len(all)-before-1)
	}
	// Reworded again: still an edit of the first entry, and answered, since nothing was said in between.
	before = len(all)
	h.receive(pushedMessage("a", "3", "", engine.Edited{Message: "m1", Text: "ещё раз " + sayAnswer}))
	all = h.history(id)
	if e := all[before]; e.Edits != 1 || len(all) == before+1 {
		t.Fatalf("the second edit is %+v with %d entries", e, len(all)-before-1)
	}
	h.receive(pushedMessage("a", "4", "m2", engine.Said{Text: sayAnswer}))
	before = len(h.history(id))
	h.receive(pushedMessage("a", "5", "", engine.Edited{Message: "m1", Text: "поздняя правка"}))
	if all = h.history(id); len(all) != before+1 || all[before].Edits != 1 {
		t.Errorf("an edit of an older message gave %+v", all[before:])
	}
	// Nobody knows the original: it is a message like any other.
	before = len(all)
	h.receive(pushedMessage("a", "6", "", engine.Edited{Message: "m0", Text: sayAnswer}))
	if all = h.history(id); len(all) < before+2 || all[before].Edits != 0 || all[before].Message != "push:m0" {
		t.Errorf("an edit of an unknown message gave %+v", all[before:])
	}
}

func TestCitizenWhoHasLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &channel{name: "push", send: func(context.Context, host.Outgoing) error { return host.ErrCitizenLeft }}
		counted := &counter{}
		h := newHouse(t, host.Config{Now: since2026(), Channels: []host.Channel{c}, Meter: counted}).run()
		id := h.receive(pushed("a", "1", sayFlow)).Conversation
		synctest.Wait()
		if !h.state(id).Unreachable || len(h.left(id)) != 0 || len(c.tried()) != 1 {
			t.Fatalf("%d sent, left over %v, state %+v", len(c.tried()), h.left(id), h.state(id))
		}
		wait(int(builtIn(t).Settings.Remind.Seconds()) + 60)
		if n := len(h.reminders(id)); n != 0 {
			t.Errorf("%d reminders were sent to somebody who has left", n)
		}
		set, err := aside(h, id)
		must(t, err)
		if len(set) != len(h.outgoing(id)) || counted.of(host.MeterFailed) != len(set) {
			t.Errorf("set aside %+v, counted %d of %d", set, counted.of(host.MeterFailed), len(h.outgoing(id)))
		}
		// Back with the next message.
		c.behave(nil)
		h.receive(pushed("a", "2", sayAnswer))
		synctest.Wait()
		if h.state(id).Unreachable || len(h.left(id)) != 0 || counted.of(host.MeterSent) == 0 {
			t.Errorf("after the next message: left over %v, state %+v", h.left(id), h.state(id))
		}
	})
}

func TestReachableIsToldByTheChannel(t *testing.T) {
	h := newHouse(t, host.Config{Channels: []host.Channel{&channel{name: "push"}}})
	none := h.receive(pushedMessage("nobody", "1", "", engine.Reachable{}))
	if none.Conversation != 0 {
		t.Errorf("a conversation was begun with who never wrote: %+v", none)
	}
	id := h.receive(pushed("a", "2", sayAnswer)).Conversation
	changed, stop := h.Watch(id)
	defer stop()
	h.receive(pushedMessage("a", "3", "", engine.Reachable{}))
	if !h.state(id).Unreachable {
		t.Error("the block was not recorded")
	}
	select {
	case <-changed:
	default:
		t.Error("the console was not told")
	}
	h.receive(pushedMessage("a", "4", "", engine.Reachable{Yes: true}))
	if h.state(id).Unreachable {
		t.Error("the end of the block was not recorded")
	}
}

func TestOperatorsAreNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &channel{name: "push"}
		h := newHouse(t, host.Config{Now: since2026(), Channels: []host.Channel{c}}).run()
		id := h.receive(pushed("a", "1", sayHuman)).Conversation
		for i, what := range []engine.Action{engine.Take, engine.Reply} {
			_, err := h.Act(t.Context(), id, fmt.Sprint(i), engine.Acted{Action: what, Operator: 7, Name: "Ольга", Ticket: h.ticket(id).Number, Text: "Здравствуйте!"})
			must(t, err)
		}
		synctest.Wait()
		all := c.texts(t)
		if last := all[len(all)-1]; last != "**Ольга, специалист:**\nЗдравствуйте!" {
			t.Errorf("the citizen reads %q", last)
		}
		if entries := h.history(id); textOf(t, entries[len(entries)-1].Body) != "Здравствуйте!" {
			t.Error("the name stands in the history too")
		}
		for _, text := range all[:len(all)-1] {
			if strings.Contains(text, "специалист:**") {
				t.Errorf("the bot speaks as a specialist: %q", text)
			}
		}
	})
}

func TestLongMessageGoesOnWhereItWasTorn(t *testing.T) {
	for _, resend := range []bool{false, true} {
		t.Run(fmt.Sprint("resend ", resend), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var begun []int
				failing := true
				c := &messenger{channel: channel{name: "push"}}
				c.parts = func(ctx context.Context, m host.Outgoing, out func(int)) error {
					begun = append(begun, m.Parts)
					for part := m.Parts + 1; part < 4; part++ {
						if part == 3 && failing {
							failing = false
							return host.RetryAfterError{After: time.Second}
						}
						out(part)
					}
					return nil
				}
				h := newHouse(t, host.Config{Now: since2026(), Channels: []host.Channel{c}}).run()
				id := h.receive(pushed("a", "1", sayAnswer)).Conversation
				wait(3)
				same(t, "parts that were out at each try", begun, []int{0, 2})

				// The same over a crash, where the platform may have taken the part that was on its way.
				stuck := make(chan struct{})
				c.parts = func(ctx context.Context, m host.Outgoing, out func(int)) error {
					out(1)
					out(2)
					<-stuck
					return ctx.Err()
				}
				h.receive(pushed("a", "2", sayAnswer))
				synctest.Wait()
				h.store.dead.Store(true)
				close(stuck)
				h.halt()
				next := &messenger{channel: channel{name: "push"}}
				config := host.Config{Channels: []host.Channel{next}}
				if resend {
					config.Resend = []string{"push"}
				}
				h = h.next(config).run()
				wait(2)
				var parts []int
				for _, s := range next.tried() {
					parts = append(parts, s.Parts)
				}
				set, err := aside(h, id)
				must(t, err)
				switch {
				case resend:
					same(t, "parts that were out after the crash", parts, []int{2})
					same(t, "set aside", len(set), 0)
				default:
					same(t, "sent after the crash", len(parts), 0)
					if len(set) != 1 || set[0].State != host.Unknown {
						t.Errorf("set aside: %+v", set)
					}
				}
			})
		})
	}
}

func TestUndecidedSending(t *testing.T) {
	for _, resend := range []bool{false, true} {
		t.Run(fmt.Sprint("resend ", resend), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				torn := fmt.Errorf("sendMessage: %w", host.ErrUndecided)
				c := &channel{name: "push"}
				c.send = func(context.Context, host.Outgoing) error {
					c.behave(nil)
					return torn
				}
				counted := &counter{}
				config := host.Config{Now: since2026(), Channels: []host.Channel{c}, Meter: counted}
				if resend {
					config.Resend = []string{"push"}
				}
				h := newHouse(t, config).run()
				h.receive(pushed("a", "1", sayAnswer))
				wait(60)
				if resend && (len(c.tried()) != 2 || counted.of(host.MeterSent) != 1 || counted.of(host.MeterRetried) != 1) || !resend && (len(c.tried()) != 1 || counted.of(host.MeterUnknown) != 1) {
					t.Errorf("%d tries, counted %v", len(c.tried()), counted.n)
				}
			})
		})
	}
}

func TestDialoguesGoBeforeReminders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const second = time.Second
		slow := func(ctx context.Context, m host.Outgoing) error {
			if m.Priority == host.Calm {
				time.Sleep(second)
			}
			return nil
		}
		c := &channel{name: "push", idempotent: true}
		h := pushing(t, c).run()
		for i := range 60 {
			h.receive(pushed(fmt.Sprint("p", i), fmt.Sprint(i), sayFlow))
		}
		synctest.Wait()
		c.behave(slow)
		asked := len(c.tried())
		time.Sleep(builtIn(t).Settings.Remind + time.Second) // all are reminded at once, four a second
		began := time.Now()
		h.receive(pushed("live", "live", sayAnswer))
		synctest.Wait()
		at := time.Time{}
		calm := 0
		for _, s := range c.tried()[asked:] {
			switch {
			case s.Priority == host.Calm:
				calm++
			case at.IsZero():
				at = s.at
			}
		}
		if calm == 0 || calm > 10 || at.IsZero() || at.Sub(began) > 0 {
			t.Errorf("the answer went out %s after the question, after %d of 60 reminders", at.Sub(began), calm)
		}
		wait(60)
		if n := len(c.tried()) - asked; n < 61 {
			t.Errorf("only %d messages went out in the end", n)
		}
	})
}

func TestSecretIsDeletedAtTheChannel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &messenger{channel: channel{name: "push"}}
		failures := 2
		c.remove = func(message string) error {
			if message == "old" {
				return fmt.Errorf("too old: %w", host.ErrPermanent)
			}
			if failures--; failures >= 0 {
				return fmt.Errorf("the network")
			}
			return nil
		}
		h := newHouse(t, host.Config{Now: since2026(), Channels: []host.Channel{c}}).run()
		const secret = "мой пароль: Zima2024!"
		h.receive(pushedMessage("a", "1", "m1", engine.Said{Text: secret}))
		h.receive(pushedMessage("a", "2", "m2", engine.Said{Text: "здравствуйте"}))
		h.receive(pushedMessage("a", "3", "", engine.Said{Text: secret}))
		h.receive(pushedMessage("a", "4", "old", engine.Said{Text: secret}))
		h.receive(pushedMessage("a", "5", "", engine.Edited{Message: "m2", Text: secret}))
		wait(300)
		slices.Sort(c.deleted)
		same(t, "deleted", c.deleted, []string{"m1", "m2"})
		left, err := h.store.Errands(t.Context(), h.now().Add(24*time.Hour), 10)
		must(t, err)
		same(t, "errands left", len(left), 0)
	})
}

func TestTyping(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &messenger{channel: channel{name: "push"}}
		slow := &service{answer: func(context.Context, host.ServiceCall) (engine.Answered, error) {
			time.Sleep(6 * time.Second)
			return engine.Answered{Outcome: "none"}, nil
		}}
		h := newHouse(t, host.Config{Now: since2026(), Channels: []host.Channel{c}, Services: slow}).run()
		id := h.receive(pushed("a", "1", sayAnswer)).Conversation
		heard, stop := h.WatchTyping(id)
		defer stop()
		for range 10 {
			h.Typing(t.Context(), id, "Ольга")
			h.CitizenTyping(id)
		}
		synctest.Wait()
		same(t, "signs at the platform", len(c.typed), 1)
		same(t, "first", <-heard, host.Typist{Name: "Ольга"})
		same(t, "second", <-heard, host.Typist{Citizen: true})
		if len(heard) != 0 {
			t.Error("more than two signs were passed on")
		}
		wait(5)
		h.receive(pushed("a", "2", sayService)) // the bot itself, while the service is asked
		wait(10)
		if n := len(c.typed); n != 3 {
			t.Errorf("%d signs at the platform, want 3", n)
		}
		stop()
		h.CitizenTyping(id)
		web := h.say("w", "w", sayAnswer).Conversation
		h.Typing(t.Context(), web, "Ольга") // a channel that can't
		h.Typing(t.Context(), 1<<40, "")    // nobody
	})
}

// aside lists what has failed or is in doubt.
func aside(h *house, conversation int64) (all []host.Delivery, err error) {
	list, err := h.store.Store.(interface {
		Deliveries(ctx context.Context, conversation int64) ([]host.Delivery, error)
	}).Deliveries(context.Background(), conversation)
	for _, d := range list {
		if d.State == host.Failed || d.State == host.Unknown {
			all = append(all, d)
		}
	}
	return all, err
}
