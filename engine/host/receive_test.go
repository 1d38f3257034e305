package host_test

import (
	"context"
	"errors"
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

func TestUpdateIsPlayedOnce(t *testing.T) {
	t.Run("one after another", func(t *testing.T) {
		h := newHouse(t, host.Config{})
		first := h.say("a", "1", sayAnswer)
		again := h.say("a", "1", sayHuman) // the id decides, not the words
		if first.Duplicate || !again.Duplicate {
			t.Errorf("receipts %+v and %+v", first, again)
		}
		if again.Conversation != first.Conversation || again.Seq != first.Seq {
			t.Errorf("the repetition was answered with %+v instead of %+v", again, first)
		}
		h.say("a", "2", sayAnswer)
		h.say("a", "1", sayAnswer)
		same(t, "updates", h.updates(first.Conversation), []string{"1", "2"})
		if n := len(h.state(first.Conversation).Tickets); n != 0 {
			t.Errorf("%d tickets", n)
		}
	})
	t.Run("at the same time", func(t *testing.T) {
		h := newHouse(t, host.Config{})
		var wg sync.WaitGroup
		var mu sync.Mutex
		fresh := map[string]int{}
		for _, id := range numbered("u", 6) {
			for range 8 {
				wg.Go(func() {
					r, err := h.Receive(context.Background(), said("a", id, sayAnswer))
					mu.Lock()
					defer mu.Unlock()
					if err != nil {
						t.Error(err)
					} else if !r.Duplicate {
						fresh[id]++
					}
				})
			}
		}
		wg.Wait()
		got := h.updates(h.say("a", "u000", "").Conversation)
		slices.Sort(got)
		same(t, "updates", got, numbered("u", 6))
		for id, n := range fresh {
			if n != 1 {
				t.Errorf("%s was taken for new %d times", id, n)
			}
		}
	})
	t.Run("after a restart", func(t *testing.T) {
		h := newHouse(t, host.Config{})
		first := h.say("a", "1", sayAnswer)
		before := h.history(first.Conversation)
		h.halt()
		h = h.next(host.Config{})
		again := h.say("a", "1", sayAnswer)
		if !again.Duplicate || again.Conversation != first.Conversation || again.Seq != first.Seq {
			t.Errorf("receipt %+v, before %+v", again, first)
		}
		same(t, "history", h.history(first.Conversation), before)
	})
	t.Run("on each channel", func(t *testing.T) {
		h := newHouse(t, host.Config{})
		a := h.receive(host.Inbound{Peer: host.Peer{Channel: "telegram", ID: "1"}, Update: "1", Event: engine.Said{Text: sayAnswer}})
		b := h.receive(host.Inbound{Peer: host.Peer{Channel: "vk", ID: "1"}, Update: "1", Event: engine.Said{Text: sayAnswer}})
		if b.Duplicate || a.Conversation == b.Conversation {
			t.Errorf("the update of one channel was taken for that of another: %+v, %+v", a, b)
		}
	})
}

func TestUpdateThatIsRefused(t *testing.T) {
	h := newHouse(t, host.Config{})
	for name, in := range map[string]host.Inbound{
		"no id":         said("a", "", sayAnswer),
		"a long id":     said("a", strings.Repeat("u", 129), sayAnswer),
		"no peer":       said("", "1", sayAnswer),
		"a long peer":   said(strings.Repeat("p", 129), "1", sayAnswer),
		"the host's id": said("a", "~1:call:1", sayAnswer),
	} {
		if _, err := h.Receive(t.Context(), in); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := h.Find(t.Context(), peer("a")); !errors.Is(err, host.ErrNotFound) {
		t.Errorf("there is a conversation: %v", err)
	}
	h.say("a", strings.Repeat("u", 128), sayAnswer)
}

func TestLocaleOfANewConversation(t *testing.T) {
	h := newHouse(t, host.Config{})
	for locale, want := range map[string]string{"": "ru", "en": "en", "xx": "ru"} {
		in := said("of "+locale, "in "+locale, sayAnswer)
		in.Locale = locale
		if got := h.state(h.receive(in).Conversation).Locale; got != want {
			t.Errorf("%q became %q", locale, got)
		}
	}
}

func TestManyUpdatesOfOneConversationKeepTheirOrder(t *testing.T) {
	h := newHouse(t, host.Config{})
	ids := numbered("u", 100)
	var last host.Receipt
	for _, id := range ids {
		last = h.say("a", id, sayAnswer)
	}
	same(t, "updates", h.updates(last.Conversation), ids)
	all := h.history(last.Conversation)
	if last.Seq != int64(len(all)) {
		t.Errorf("the last receipt names entry %d of %d", last.Seq, len(all))
	}
	for i, e := range all {
		if e.Author == engine.Citizen && (i+1 == len(all) || all[i+1].Author == engine.Citizen) {
			t.Errorf("%s was not answered", e.Update)
		}
	}
}

func TestMailbox(t *testing.T) {
	const fits = 65 // one is being played, 64 wait
	t.Run("first come, first served, and what does not fit is refused", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			h := newHouse(t, host.Config{})
			id := h.say("a", "first", sayHuman).Conversation
			release := held(h.store)
			ids := numbered("u", fits+10)
			errs := make([]error, len(ids))
			var wg sync.WaitGroup
			for i, update := range ids {
				wg.Go(func() { _, errs[i] = h.Receive(context.Background(), said("a", update, sayAnswer)) })
				synctest.Wait() // it stands in the line now, or was refused
			}
			var taken error
			wg.Go(func() { _, taken = h.act(id, "take", engine.Take, "") })
			synctest.Wait()
			release()
			wg.Wait()
			for i, err := range errs {
				if want := i >= fits; errors.Is(err, host.ErrBusy) != want || !want && err != nil {
					t.Errorf("update %d: %v", i, err)
				}
			}
			if taken != nil {
				t.Errorf("the flood kept the operator out: %v", taken)
			}
			same(t, "updates", h.updates(id), append([]string{"first"}, ids[:fits]...))
			if r := h.say("a", ids[fits], sayAnswer); r.Duplicate {
				t.Error("an update that was refused counts as handled")
			}
		})
	})
	t.Run("who gives up leaves the line", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			h := newHouse(t, host.Config{})
			id := h.say("a", "first", sayAnswer).Conversation
			release := held(h.store)
			var wg sync.WaitGroup
			send := func(ctx context.Context, update string) *error {
				var err error
				wg.Go(func() { _, err = h.Receive(ctx, said("a", update, sayAnswer)) })
				synctest.Wait()
				return &err
			}
			impatient, cancel := context.WithCancel(t.Context())
			send(t.Context(), "1")
			gone := send(impatient, "2")
			send(t.Context(), "3")
			cancel()
			synctest.Wait()
			if !errors.Is(*gone, context.Canceled) {
				t.Errorf("who gave up got %v", *gone)
			}
			release()
			wg.Wait()
			same(t, "updates", h.updates(id), []string{"first", "1", "3"})
		})
	})
}

func TestSlowServiceHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &service{answer: never}
		h := newHouse(t, host.Config{Services: s, Now: since2026(), MaxCalls: 1}).run()
		slow := h.say("a", "1", sayService).Conversation
		h.say("b", "1b", sayService)
		synctest.Wait()
		began := time.Now()
		for i := range 20 {
			who := fmt.Sprint("c", i%4)
			r := h.say(who, fmt.Sprint("m", i), sayAnswer)
			if all := h.history(r.Conversation); all[len(all)-1].Author == engine.Citizen {
				t.Fatalf("%s was not answered", who)
			}
		}
		h.say("a", "2", sayAnswer)
		if d := time.Since(began); d != 0 {
			t.Errorf("the others waited %v", d)
		}
		if n := len(s.asked()); n != 1 {
			t.Errorf("%d calls at a time, 1 is allowed", n)
		}
		same(t, "updates", h.updates(slow), []string{"1", "2"})
	})
}

// The host lets idle conversations out of its memory, in the middle of everything else.
func TestMoreConversationsThanMemoryHolds(t *testing.T) {
	h := newHouse(t, host.Config{})
	const talks, messages = 4, 40
	crowd := func(from, to int64) {
		for id := from; id < to; id++ {
			// A conversation that does not exist has its place in memory all the same.
			if _, err := h.Act(context.Background(), id, "x", engine.Acted{Action: engine.Take}); !errors.Is(err, host.ErrNotFound) {
				t.Errorf("conversation %d: %v", id, err)
				return
			}
		}
	}
	crowd(1_000_000, 1_019_950) // one portion of memory is nearly full
	var work sync.WaitGroup
	work.Go(func() { crowd(2_000_000, 2_001_000) })
	for i := range talks {
		work.Go(func() {
			who := fmt.Sprint("talk", i)
			for _, update := range numbered(who+"-", messages) {
				for range 2 {
					if _, err := h.Receive(context.Background(), said(who, update, sayAnswer)); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	work.Wait()
	for i := range talks {
		who := fmt.Sprint("talk", i)
		r, err := h.Find(t.Context(), peer(who))
		must(t, err)
		same(t, "updates of "+who, h.updates(r.ID), numbered(who+"-", messages))
	}
}

// However many citizens come, what the host remembers of them has a bound, even where no turn of theirs could be stored.
func TestMemoryIsBounded(t *testing.T) {
	for name, err := range map[string]error{"stored": nil, "not stored": errDisk} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, host.Config{})
			next := int64(0)
			h.store.open.set(func(p host.Peer) host.Record {
				next++
				return host.Record{ID: next, Peer: p}
			})
			h.store.commit.set(func(turns []*host.Turn, _ func() ([]error, error)) ([]error, error) {
				return make([]error, len(turns)), err
			})
			const most = 20_000
			for i := range most + 5_000 {
				who := fmt.Sprint("p", i)
				in := host.Inbound{Peer: peer(who), Update: who, Event: engine.Opened{}}
				if _, got := h.Receive(t.Context(), in); !errors.Is(got, err) {
					t.Fatal(got)
				}
				if i == 100 {
					if n, p := h.InMemory(); n != 101 || p != 101 {
						t.Fatalf("of 101 conversations %d and %d peers are kept, though there is room", n, p)
					}
				}
			}
			if n, p := h.InMemory(); n > most || p > most || n == 0 || p == 0 {
				t.Errorf("%d conversations and %d peers are kept", n, p)
			}
		})
	}
}
