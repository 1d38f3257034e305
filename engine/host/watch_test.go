package host_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"spravka/engine"
	"spravka/engine/host"
)

// reader reads on whenever it is told that there is something new, and never without being told.
type reader struct {
	seen  atomic.Int64
	hints atomic.Int64
}

func (r *reader) follow(h *house, conversation int64, until <-chan struct{}) {
	changed, stop := h.Watch(conversation)
	defer stop()
	for {
		entries, err := h.History(context.Background(), conversation, r.seen.Load(), 3)
		if err != nil {
			h.t.Error(err)
			return
		}
		if len(entries) > 0 {
			r.seen.Store(entries[len(entries)-1].Seq)
			continue
		}
		select {
		case <-changed:
			r.hints.Add(1)
		case <-until:
			return
		}
	}
}

func TestWatcherMissesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, host.Config{Now: since2026()}).run()
		a := h.say("a", "first of a", sayAnswer).Conversation
		b := h.say("b", "first of b", sayAnswer).Conversation
		until := make(chan struct{})
		readers := make([]reader, 4)
		var reading, writing sync.WaitGroup
		for i := range readers {
			reading.Go(func() { readers[i].follow(h, []int64{a, a, b, 999}[i], until) })
		}
		for _, who := range []string{"a", "b"} {
			writing.Go(func() {
				for i := range 40 {
					text := []string{sayAnswer, sayService, sayFlow}[i%3]
					if _, err := h.Receive(context.Background(), said(who, fmt.Sprint(who, i), text)); err != nil {
						t.Error(err)
					}
				}
			})
		}
		writing.Wait()
		wait(30) // what services and timers add is hinted at as well
		for i, id := range []int64{a, a, b} {
			if seen, want := readers[i].seen.Load(), h.history(id); seen != int64(len(want)) {
				t.Errorf("reader %d has seen %d of %d entries", i, seen, len(want))
			}
		}
		before := readers[2].hints.Load()
		h.say("a", "last", sayAnswer)
		synctest.Wait()
		if n := readers[2].hints.Load(); n != before {
			t.Error("one conversation's news was announced in another")
		}
		if n := readers[3].hints.Load(); n != 0 {
			t.Errorf("%d hints for a conversation in which nothing happens", n)
		}
		close(until)
		reading.Wait()
	})
}

func TestWatchEnds(t *testing.T) {
	h := newHouse(t, host.Config{})
	id := h.say("a", "1", sayAnswer).Conversation
	changed, stop := h.Watch(id)
	other, stopOther := h.Watch(id)
	defer stopOther()
	stop()
	stop() // a second time does nothing
	h.say("a", "2", sayAnswer)
	select {
	case <-changed:
		t.Error("a hint after the end")
	default:
	}
	select {
	case <-other:
	default:
		t.Error("no hint for who still watches")
	}
}

func TestTicketsAreWatched(t *testing.T) {
	h := newHouse(t, host.Config{})
	changed, stop := h.WatchTickets()
	defer stop()
	hinted := func(what string, want bool) {
		t.Helper()
		got := false
		select {
		case <-changed:
			got = true
		default:
		}
		if got != want {
			t.Errorf("%s: a hint: %v, want %v", what, got, want)
		}
	}
	id := h.say("a", "1", sayAnswer).Conversation
	hinted("talk with the bot", false)
	h.say("a", "2", sayHuman)
	hinted("a new ticket", true)
	h.say("a", "3", "ау")
	hinted("a word of the citizen in the queue", true)
	_, err := h.act(id, "take", engine.Take, "")
	must(t, err)
	hinted("taken", true)
	_, err = h.act(id, "solve", engine.Resolve, "")
	must(t, err)
	hinted("solved", true)
	h.say("a", "4", sayAnswer)
	hinted("talk after the end", false)
}
