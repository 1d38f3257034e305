package host_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"spravka/engine"
	"spravka/engine/host"
)

var errDisk = errors.New("the disk is full")

func TestSecondHostOnTheSameStore(t *testing.T) {
	t.Run("in turn", func(t *testing.T) {
		a := newHouse(t, host.Config{})
		b := a.next(host.Config{})
		ids := numbered("u", 20)
		var id int64
		for i, update := range ids {
			id = []*house{a, b}[i%2].say("x", update, sayAnswer).Conversation // the other one has moved on meanwhile
		}
		same(t, "updates", a.updates(id), ids)
		if r := a.say("x", ids[19], sayAnswer); !r.Duplicate {
			t.Error("what the other host has played was played again")
		}
	})
	t.Run("at the same time", func(t *testing.T) {
		a := newHouse(t, host.Config{})
		b := a.next(host.Config{})
		id := a.say("x", "first", sayAnswer).Conversation
		var conflicts int
		var mu sync.Mutex
		var wg sync.WaitGroup
		for i, h := range []*house{a, b} {
			for _, update := range numbered(fmt.Sprint("h", i, "-"), 20) {
				wg.Go(func() {
					for range 20 {
						_, err := h.Receive(context.Background(), said("x", update, sayAnswer))
						if err == nil {
							return
						}
						if !errors.Is(err, host.ErrConflict) {
							t.Error(err)
							return
						}
						mu.Lock()
						conflicts++
						mu.Unlock()
					}
					t.Errorf("%s was never played", update)
				})
			}
		}
		wg.Wait()
		got := a.updates(id)
		slices.Sort(got)
		same(t, "updates", got, slices.Concat([]string{"first"}, numbered("h0-", 20), numbered("h1-", 20)))
		t.Logf("%d times a host gave up for the moment", conflicts)
	})
	t.Run("a refusal rests on the newest state", func(t *testing.T) {
		a := newHouse(t, host.Config{})
		b := a.next(host.Config{})
		id := a.say("x", "1", sayHuman).Conversation
		_, err := b.act(id, "take", engine.Take, "")
		must(t, err)
		// Host a still holds the state in which nobody had taken the ticket.
		_, err = a.act(id, "reply", engine.Reply, "Здравствуйте")
		must(t, err)
		if n := a.counts(id, "Здравствуйте"); n != 1 {
			t.Errorf("the reply stands %d times in the history", n)
		}
	})
}

// When the store fails, everybody in the batch hears of it, and nothing of any turn is there.
func TestStoreFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, host.Config{Now: since2026()}).run()
		texts := map[string]string{"a": sayAnswer, "b": sayService, "c": sayHuman, "d": sayFlow}
		before := map[string][]host.Entry{}
		for who := range texts {
			before[who] = h.history(h.say(who, "first of "+who, sayAnswer).Conversation)
		}
		release := held(h.store)
		var wg sync.WaitGroup
		wg.Go(func() {
			// The committer is busy with this one while the others gather.
			if _, err := h.Receive(context.Background(), said("e", "of e", sayAnswer)); err != nil {
				t.Error(err)
			}
		})
		synctest.Wait()
		batch := 0
		h.store.commit.set(func(turns []*host.Turn, _ func() ([]error, error)) ([]error, error) {
			batch += len(turns)
			return nil, errDisk
		})
		for who, text := range texts {
			wg.Go(func() {
				if _, err := h.Receive(context.Background(), said(who, "of "+who, text)); !errors.Is(err, errDisk) {
					t.Errorf("%s got %v", who, err)
				}
			})
		}
		synctest.Wait()
		release()
		wg.Wait()
		if batch != len(texts) {
			t.Errorf("%d turns in the batch that failed, want %d", batch, len(texts))
		}
		for who := range texts {
			r, err := h.Find(t.Context(), peer(who))
			must(t, err)
			same(t, "history of "+who, h.history(r.ID), before[who])
			if r.Seq != int64(len(before[who])) || len(r.State.Tickets)+len(r.State.Frames) != 0 {
				t.Errorf("the conversation with %s has moved on: %+v", who, r)
			}
		}
		if _, ok, err := h.store.NextDue(t.Context()); ok || err != nil || len(h.pending()) != 0 || len(h.service.asked()) != 0 {
			t.Errorf("a timer: %v, %v; pending calls: %v; calls made: %v", ok, err, h.pending(), h.service.asked())
		}

		h.store.commit.unset()
		for who, text := range texts {
			if r := h.say(who, "of "+who, text); r.Duplicate {
				t.Errorf("the update of %s counts as handled", who)
			}
		}
		synctest.Wait()
		if len(h.pending()) != 0 || len(h.service.asked()) != 1 {
			t.Errorf("pending calls: %v; calls made: %v", h.pending(), h.service.asked())
		}
	})
}

// A commit can succeed although its caller hears of a failure (research/storage.md, §4.4).
func TestStoreFailsAfterWriting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &channel{name: "push", idempotent: true}
		h := newHouse(t, host.Config{Now: since2026(), Channels: []host.Channel{c}}).run()
		synctest.Wait()
		in := host.Inbound{Peer: host.Peer{Channel: "push", ID: "a"}, Update: "1", Event: engine.Said{Text: sayService}}
		h.store.commit.set(func(_ []*host.Turn, write func() ([]error, error)) ([]error, error) {
			if _, err := write(); err != nil {
				t.Error(err)
			}
			return nil, errDisk
		})
		if _, err := h.Receive(t.Context(), in); !errors.Is(err, errDisk) {
			t.Fatal(err)
		}
		h.store.commit.unset()
		known, err := h.Find(t.Context(), in.Peer)
		must(t, err)
		stored, err := h.store.Load(t.Context(), known.ID)
		must(t, err)
		same(t, "the conversation as the host knows it", known, stored)
		synctest.Wait()
		same(t, "sent", c.texts(t), []string{words(t, "ask_works")}) // at once, as always
		r := h.receive(in)
		if !r.Duplicate {
			t.Error("the update was played twice")
		}
		wait(2) // the call is made too, though later: no update will ever ask for it again
		if len(h.pending()) != 0 || h.counts(r.Conversation, words(t, "quiet")) != 1 {
			t.Errorf("the service was asked %v, pending are %v", h.service.asked(), h.pending())
		}
		same(t, "sent", c.texts(t), []string{words(t, "ask_works"), words(t, "quiet")})
	})
}

func TestSpoiltTurnHarmsNoOther(t *testing.T) {
	h := newHouse(t, host.Config{})
	huge := engine.Said{Text: sayAnswer, Files: make([]engine.File, 40_000)} // more than a store takes of one message
	if _, err := h.Receive(t.Context(), host.Inbound{Peer: peer("a"), Update: "1", Event: huge}); err == nil {
		t.Error("accepted")
	}
	id := h.say("a", "2", sayAnswer).Conversation
	same(t, "updates", h.updates(id), []string{"2"})
}

func TestClosedHostRefuses(t *testing.T) {
	h := newHouse(t, host.Config{})
	id := h.say("a", "1", sayAnswer).Conversation
	h.halt()
	if _, err := h.Receive(t.Context(), said("a", "2", sayAnswer)); err == nil {
		t.Error("a closed host acknowledges")
	}
	same(t, "updates", h.updates(id), []string{"1"})
}
