package host_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"spravka/engine"
	"spravka/engine/host"
)

// reminders lists when a citizen who has begun a flow heard of it unasked.
func (h *house) reminders(conversation int64) (at []time.Time) {
	h.t.Helper()
	for _, e := range h.history(conversation) {
		if text := textOf(h.t, e.Body); e.Author == engine.System && (strings.HasPrefix(text, begins(h.t, "silence.remind")) || strings.HasPrefix(text, begins(h.t, "silence.end"))) {
			at = append(at, e.At)
		}
	}
	return at
}

// begins is how a sentence of the engine begins, up to its first placeholder.
func begins(t testing.TB, key string) string {
	t.Helper()
	text, _, _ := strings.Cut(builtIn(t).Locales["ru"].Texts[key][0].Source, "{")
	if len(text) < 10 {
		t.Fatalf("the sentence %s has changed: %q", key, text)
	}
	return text
}

// until gives the moments at which the reminders are due in a conversation that was last written in at that moment.
func until(t testing.TB, last time.Time) []time.Time {
	s := builtIn(t).Settings
	return []time.Time{last.Add(s.Remind), last.Add(s.Remind + s.GiveUp)}
}

func TestTimerFiresWhenItIsDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := since2026()
		h := newHouse(t, host.Config{Now: now}).run()
		synctest.Wait()
		time.Sleep(1234 * time.Millisecond)
		// Two conversations begin in the same millisecond, so their timers have the same name and the same moment.
		begun := now()
		a := h.say("a", "1", sayFlow).Conversation
		b := h.say("b", "2", sayFlow).Conversation
		wait(26 * 60)
		for _, id := range []int64{a, b} {
			same(t, "reminders", h.reminders(id), until(t, begun))
		}
		if _, ok, err := h.store.NextDue(t.Context()); ok || err != nil {
			t.Errorf("a timer is left: %v, %v", ok, err)
		}
	})
}

// A timer that is set while the host waits for a later one, or for none, is not overslept.
func TestTimerThatIsSetMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := since2026()
		waits := waiting(t, "7s")
		h := newHouse(t, host.Config{Now: now, Content: func() *engine.Content { return waits }}).run()
		for _, who := range []string{"a", "b"} {
			synctest.Wait()
			begun := now()
			id := h.say(who, who, sayService).Conversation
			time.Sleep(8 * time.Second)
			all := h.history(id)
			if last := all[len(all)-1]; textOf(t, last.Body) != words(t, "quiet") || last.At.Sub(begun) != 7*time.Second {
				t.Errorf("after %v came %s", last.At.Sub(begun), last.Body)
			}
			h.say("long "+who, "long "+who, sayFlow)
		}
	})
}

func TestTimerThatIsMovedOrStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := since2026()
		h := newHouse(t, host.Config{Now: now}).run()
		moved := h.say("a", "1", sayFlow).Conversation
		stopped := h.say("b", "2", sayFlow).Conversation
		wait(9)
		last := now()
		h.say("a", "3", sayAnswer)
		h.say("b", "4", "отмена")
		wait(26 * 60)
		same(t, "reminders", h.reminders(moved), until(t, last))
		same(t, "reminders after the end", h.reminders(stopped), nil)
	})
}

func TestTimersSurviveARestart(t *testing.T) {
	for name, stop := range map[string]func(*house){"crash": (*house).crash, "shutdown": (*house).halt} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				now := since2026()
				h := newHouse(t, host.Config{Now: now}).run()
				begun := now()
				id := h.say("a", "1", sayFlow).Conversation
				due := until(t, begun)
				wait(2)
				stop(h)
				wait(30) // it comes due while nobody runs
				h = h.next(host.Config{}).run()
				synctest.Wait()
				same(t, "reminders", h.reminders(id), []time.Time{now()})
				wait(60)
				stop(h)
				h = h.next(host.Config{}).run()
				wait(26 * 60)
				late := begun.Add(32 * time.Minute)
				same(t, "reminders", h.reminders(id), []time.Time{late, late.Add(due[1].Sub(due[0]))})
			})
		})
	}
}

func TestTwoHostsFireATimerOnce(t *testing.T) {
	now := monday
	clock := func() time.Time { return now }
	a := newHouse(t, host.Config{Now: clock})
	b := a.next(host.Config{})
	var ids []int64
	for i := range 20 {
		ids = append(ids, a.say(fmt.Sprint("p", i), fmt.Sprint(i), sayFlow).Conversation)
	}
	now = now.Add(11 * time.Minute)
	var wg sync.WaitGroup
	for _, h := range []*house{a, b, a, b} {
		wg.Go(func() {
			if err := h.FireDue(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, id := range ids {
		if n := len(a.reminders(id)); n != 1 {
			t.Errorf("conversation %d was reminded %d times", id, n)
		}
	}
}

func TestMoreTimersThanAPortion(t *testing.T) {
	now := monday
	h := newHouse(t, host.Config{Now: func() time.Time { return now }})
	var ids []int64
	for i := range 450 { // a portion is 200
		ids = append(ids, h.say(fmt.Sprint("p", i), fmt.Sprint(i), sayFlow).Conversation)
	}
	now = now.Add(9 * time.Minute)
	must(t, h.FireDue(t.Context()))
	if n := len(h.reminders(ids[0])); n != 0 {
		t.Errorf("reminded %d times before it was due", n)
	}
	now = now.Add(time.Minute)
	must(t, h.FireDue(t.Context()))
	must(t, h.FireDue(t.Context()))
	for _, id := range ids {
		if n := len(h.reminders(id)); n != 1 {
			t.Errorf("conversation %d was reminded %d times", id, n)
		}
	}
}

// One conversation that can't be loaded keeps neither the others nor the host from going on.
func TestTimerThatCanNotBeFired(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := since2026()
		h := newHouse(t, host.Config{Now: now})
		bad := h.say("bad", "1", sayFlow).Conversation
		good := h.say("good", "2", sayFlow).Conversation
		h.halt()
		wait(20)

		h = h.next(host.Config{})
		spoilt := errors.New("the state is unreadable")
		var loads atomic.Int64
		h.store.load.set(func(id int64) error {
			if id == bad {
				loads.Add(1)
				return spoilt
			}
			return nil
		})
		if err := h.FireDue(t.Context()); !errors.Is(err, spoilt) {
			t.Errorf("FireDue: %v", err)
		}
		same(t, "reminders", h.reminders(good), []time.Time{now()})
		h.run()
		wait(1)
		if n := loads.Load(); n < 5 || n > 20 {
			t.Errorf("the conversation was loaded %d times within a minute", n)
		}
		h.store.load.unset()
		wait(1)
		if n := len(h.reminders(bad)); n != 1 {
			t.Errorf("reminded %d times once it could be loaded", n)
		}
	})
}

// A timer that is set anew for the very moment for which it was fired before, because a clock was set back, does not
// make the host spin.
func TestTimerThatStaysDue(t *testing.T) {
	for _, copies := range []int{1, 200} { // 200 are a portion
		t.Run(fmt.Sprint(copies), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var back atomic.Int64
				clock := since2026()
				h := newHouse(t, host.Config{Now: func() time.Time { return clock().Add(-time.Duration(back.Load())) }})
				id := h.say("a", "1", sayFlow).Conversation
				wait(10)
				must(t, h.FireDue(t.Context()))
				back.Store(int64(10 * time.Minute))
				h.say("a", "2", sayAnswer)
				wait(20)
				var reads atomic.Int64
				h.store.due.set(func(due []host.Timer) []host.Timer {
					if reads.Add(1) > 1000 {
						<-h.ctx.Done() // it spins: let time go on, for the test to end
					}
					return slices.Repeat(due, copies)
				})
				h.run()
				time.Sleep(time.Second)
				if n := reads.Load(); n < 2 || n > 60 {
					t.Errorf("the timers were read %d times within a second", n)
				}
				if n := len(h.reminders(id)); n != 1 {
					t.Errorf("the timer was fired %d times", n)
				}
			})
		})
	}
}

// A citizen who floods the bot does not keep their own timers from firing.
func TestTimerOfAFloodedConversation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, host.Config{Now: since2026()}).run()
		id := h.say("a", "1", sayFlow).Conversation
		release := held(h.store)
		for _, update := range numbered("u", 80) {
			go func() { _, _ = h.Receive(t.Context(), said("a", update, "")) }()
		}
		wait(15)
		release()
		synctest.Wait()
		if n := len(h.updates(id)); n != 66 {
			t.Errorf("%d updates", n)
		}
		if due, err := h.store.Due(t.Context(), h.now(), 10); err != nil || len(due) != 0 {
			t.Errorf("still due: %v, %v", due, err)
		}
	})
}
