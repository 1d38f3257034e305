package host_test

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"spravka/engine"
	"spravka/engine/host"
)

func TestServiceCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, host.Config{Now: since2026()}).run()
		a := h.say("a", "1", sayService).Conversation
		b := h.say("b", "2", sayService).Conversation // its call has the number 1 too, on the same channel
		synctest.Wait()
		for _, id := range []int64{a, b} {
			if n := h.counts(id, words(t, "quiet")); n != 1 {
				t.Errorf("conversation %d was told %d times", id, n)
			}
			if f := h.state(id).Frames; len(f) != 0 {
				t.Errorf("conversation %d still stands at %+v", id, f)
			}
		}
		same(t, "pending calls", h.pending(), nil)
		ids := h.service.asked()
		if len(ids) != 2 || ids[0] == ids[1] {
			t.Errorf("the calls are %v: each needs a name of its own", ids)
		}
		for _, c := range h.service.calls {
			if r, err := h.Load(t.Context(), c.Conversation); err != nil || r.Peer != c.Peer || c.Operation != "works.current" {
				t.Errorf("call %+v of %+v, %v", c, r.Peer, err)
			}
		}
		h.say("a", "3", sayService)
		synctest.Wait()
		if n := h.counts(a, words(t, "quiet")); n != 2 {
			t.Errorf("asked a second time, the citizen was told %d times in all", n)
		}
	})
}

func TestPendingCallsAreMadeAgain(t *testing.T) {
	for name, stop := range map[string]func(*house){"crash": (*house).crash, "shutdown": (*house).halt} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHouse(t, host.Config{Now: since2026(), Services: &service{answer: never}}).run()
				a := h.say("a", "1", sayService).Conversation
				b := h.say("b", "2", sayService).Conversation
				synctest.Wait()
				before := h.service.asked()
				stop(h)
				if n := len(h.pending()); n != 2 {
					t.Fatalf("%d calls are pending", n)
				}

				h = h.next(host.Config{Services: &service{}}).run()
				synctest.Wait()
				again := h.service.asked()
				slices.Sort(before)
				slices.Sort(again)
				same(t, "identifiers", again, before)
				h.halt()
				h = h.next(host.Config{Services: &service{}}).run()
				wait(10)
				same(t, "calls after the answer", h.service.asked(), nil)
				for _, id := range []int64{a, b} {
					if n := h.counts(id, words(t, "quiet")); n != 1 {
						t.Errorf("conversation %d was told %d times", id, n)
					}
				}
			})
		})
	}
}

func TestCallThatWasAskedForBeforeRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, host.Config{Now: since2026()})
		id := h.say("a", "1", sayService).Conversation
		synctest.Wait()
		same(t, "calls without Run", h.service.asked(), nil)
		h.run()
		synctest.Wait()
		same(t, "calls", h.service.asked(), []string{"c1-1"})
		if n := h.counts(id, words(t, "quiet")); n != 1 {
			t.Errorf("the citizen was told %d times", n)
		}
	})
}

func TestServiceThatFails(t *testing.T) {
	fails := func(context.Context, host.ServiceCall) (engine.Answered, error) {
		return engine.Answered{Outcome: "none"}, errors.New("502")
	}
	for name, c := range map[string]struct {
		service *service
		after   time.Duration
	}{
		"an error": {&service{answer: fails}, 0},
		"silence":  {&service{answer: never}, 7 * time.Second},
		"a foreign": {&service{answer: func(context.Context, host.ServiceCall) (engine.Answered, error) {
			return engine.Answered{Outcome: "?"}, nil
		}}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				now := since2026()
				h := newHouse(t, host.Config{Now: now, Services: c.service, CallTimeout: 7 * time.Second}).run()
				began := now()
				id := h.say("a", "1", sayService).Conversation
				wait(10)
				all := h.history(id)
				last := all[len(all)-1]
				if text := textOf(t, last.Body); text != words(t, "unknown") || last.At.Sub(began) != c.after {
					t.Errorf("after %v the citizen was told %q", last.At.Sub(began), text)
				}
				if n := len(c.service.asked()); n != 1 || len(h.pending()) != 0 {
					t.Errorf("asked %d times, pending %v", n, h.pending())
				}
			})
		})
	}
}

func TestCitizenWritesWhileAServiceIsAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &service{answer: func(context.Context, host.ServiceCall) (engine.Answered, error) {
			time.Sleep(5 * time.Second)
			return engine.Answered{Outcome: "none"}, nil
		}}
		h := newHouse(t, host.Config{Now: since2026(), Services: s}).run()
		id := h.say("a", "1", sayService).Conversation
		time.Sleep(time.Second)
		h.say("a", "2", sayAnswer)
		h.say("a", "3", "ну что там")
		between := h.history(id)
		wait(1)
		all := h.history(id)
		same(t, "authors before the service's answer", authors(between), []engine.Author{engine.Citizen, engine.System, engine.Citizen, engine.Bot, engine.Citizen, engine.System})
		if len(all) != len(between)+1 || textOf(t, all[len(all)-1].Body) != words(t, "quiet") {
			t.Errorf("after it: %d entries more, the last one is %s", len(all)-len(between), all[len(all)-1].Body)
		}
	})
}

func authors(entries []host.Entry) (all []engine.Author) {
	for _, e := range entries {
		all = append(all, e.Author)
	}
	return all
}

// What a service has said is kept while the store can't take it: it is not asked again.
func TestAnswerThatCanNotBeStored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, host.Config{Now: since2026()})
		id := h.say("a", "1", sayService).Conversation
		var failures atomic.Int64
		h.store.commit.set(func(_ []*host.Turn, write func() ([]error, error)) ([]error, error) {
			if failures.Add(1) <= 4 {
				return nil, errDisk
			}
			return write()
		})
		h.run()
		wait(1)
		if n := h.counts(id, words(t, "quiet")); n != 1 || len(h.pending()) != 0 {
			t.Errorf("the citizen was told %d times; pending: %v", n, h.pending())
		}
		same(t, "calls", h.service.asked(), []string{"c1-1"})
	})
}

// A call that waits long for its turn, because services are slow, is made once all the same.
func TestCallThatWaitsLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, host.Config{Now: since2026(), Services: &service{answer: never}, MaxCalls: 1, CallTimeout: 40 * time.Second}).run()
		var ids []int64
		for _, who := range numbered("p", 9) {
			ids = append(ids, h.say(who, who, sayService).Conversation)
		}
		wait(10)
		for _, id := range ids {
			if n := h.counts(id, words(t, "unknown")); n != 1 {
				t.Errorf("conversation %d was told %d times", id, n)
			}
		}
		if n := len(h.service.asked()); n != len(ids) {
			t.Errorf("%d calls for %d questions", n, len(ids))
		}
	})
}

// A process takes up the calls of one that has died, not those that another is just making.
func TestCallsOfAnotherProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := &service{answer: func(context.Context, host.ServiceCall) (engine.Answered, error) {
			time.Sleep(30 * time.Second)
			return engine.Answered{Outcome: "none"}, nil
		}}
		a := newHouse(t, host.Config{Now: since2026(), Services: slow, CallTimeout: 40 * time.Second}).run()
		b := a.next(host.Config{Services: &service{}, CallTimeout: 40 * time.Second}).run()
		time.Sleep(50 * time.Second)
		id := a.say("x", "1", sayService).Conversation
		time.Sleep(20 * time.Second) // b has looked for calls meanwhile
		same(t, "calls of b", b.service.asked(), nil)
		time.Sleep(20 * time.Second)
		a.say("x", "2", sayService)
		time.Sleep(time.Second)
		a.crash()
		wait(5)
		same(t, "calls of b", b.service.asked(), []string{"c1-2"})
		if n := b.counts(id, words(t, "quiet")); n != 2 {
			t.Errorf("the citizen was told %d times", n)
		}
	})
}

func TestShutdownWaits(t *testing.T) {
	t.Run("for an answer that comes in spite of it", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := &service{answer: func(context.Context, host.ServiceCall) (engine.Answered, error) {
				time.Sleep(3 * time.Second) // it can't be interrupted
				return engine.Answered{Outcome: "none"}, nil
			}}
			h := newHouse(t, host.Config{Now: since2026(), Services: s}).run()
			var ids []int64
			for _, who := range numbered("p", 8) {
				ids = append(ids, h.say(who, who, sayService).Conversation)
			}
			synctest.Wait()
			began := time.Now()
			h.halt()
			if d := time.Since(began); d != 3*time.Second {
				t.Errorf("Run returned after %v", d)
			}
			for _, id := range ids {
				if n := h.counts(id, words(t, "quiet")); n != 1 || len(h.pending()) != 0 {
					t.Errorf("the citizen was told %d times; pending: %v", n, h.pending())
				}
			}
		})
	})
	t.Run("and leaves pending what was not done", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			h := newHouse(t, host.Config{Now: since2026(), Services: &service{answer: never}, MaxCalls: 1}).run()
			h.say("a", "1", sayService)
			h.say("b", "2", sayService)
			synctest.Wait()
			began := time.Now()
			h.halt()
			if d := time.Since(began); d != 0 {
				t.Errorf("Run returned after %v", d)
			}
			if n := len(h.pending()); n != 2 {
				t.Errorf("%d calls are pending, want 2", n)
			}
		})
	})
	t.Run("while citizens go on writing", func(t *testing.T) {
		h := newHouse(t, host.Config{}).run()
		done := make(chan struct{})
		go func() {
			defer close(done)
			for _, update := range numbered("u", 60) {
				if _, err := h.Receive(context.Background(), said(update, update, sayService)); err != nil {
					t.Error(err)
				}
			}
		}()
		h.cancel()
		<-h.ended
		<-done
		pending := len(h.pending())
		h.halt()
		h = h.next(host.Config{Services: &service{}}).run()
		for _, update := range numbered("u", 60) {
			id := h.say(update, update, "").Conversation
			for h.counts(id, words(t, "quiet")) == 0 {
				changed, stop := h.Watch(id)
				if h.counts(id, words(t, "quiet")) == 0 {
					<-changed
				}
				stop()
			}
		}
		if n := len(h.service.asked()); n < pending || n > pending+1 {
			t.Errorf("%d calls were pending, %d were made", pending, n)
		}
	})
}
