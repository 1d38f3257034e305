package storetest

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"spravka/engine/desk"
	"spravka/engine/host"
)

// moveTests prove [host.Moves].
var moveTests = map[string]func(*testing.T, Store){
	"a code leads to its conversation until it expires": func(t *testing.T, s Store) {
		a, b := begin(t, s, "a"), begin(t, s, "b")
		must(t, s.AddMoveCode(t.Context(), key("code"), a.ID, start, after(900)))
		got, err := s.TryMoveCode(t.Context(), key("code"), b.ID, after(899))
		must(t, err)
		same(t, "code", got, host.MoveCode{Conversation: a.ID})
		if _, err := s.TryMoveCode(t.Context(), key("code"), b.ID, after(900)); !errors.Is(err, host.ErrNotFound) {
			t.Errorf("an expired code: %v, want ErrNotFound", err)
		}
	},
	"a new code ends the one before": func(t *testing.T, s Store) {
		a, b := begin(t, s, "a"), begin(t, s, "b")
		must(t, s.AddMoveCode(t.Context(), key("one"), a.ID, start, after(900)))
		must(t, s.AddMoveCode(t.Context(), key("two"), a.ID, after(1), after(900)))
		if _, err := s.TryMoveCode(t.Context(), key("one"), b.ID, after(2)); !errors.Is(err, host.ErrNotFound) {
			t.Errorf("the old code: %v, want ErrNotFound", err)
		}
		_, err := s.TryMoveCode(t.Context(), key("two"), b.ID, after(3))
		must(t, err)
	},
	"a conversation is given so many codes and no more": func(t *testing.T, s Store) {
		a := begin(t, s, "a")
		for i := range host.MaxMoveCodes {
			must(t, s.AddMoveCode(t.Context(), key(fmt.Sprint("code", i)), a.ID, after(i), after(900)))
		}
		if err := s.AddMoveCode(t.Context(), key("more"), a.ID, after(100), after(900)); !errors.Is(err, host.ErrTooMany) {
			t.Errorf("one more: %v, want ErrTooMany", err)
		}
		must(t, s.AddMoveCode(t.Context(), key("later"), a.ID, after(3700), after(4600)))
	},
	"many guesses at once get no more tries than one after another": func(t *testing.T, s Store) {
		a, b := begin(t, s, "a"), begin(t, s, "b")
		must(t, s.AddMoveCode(t.Context(), key("code"), a.ID, start, after(900)))
		var tried atomic.Int64
		var wait sync.WaitGroup
		for i := range 40 {
			wait.Go(func() {
				_, err := s.TryMoveCode(t.Context(), key(fmt.Sprint("guess", i)), b.ID, after(1))
				switch {
				case errors.Is(err, host.ErrNotFound):
					tried.Add(1)
				case !errors.Is(err, host.ErrTooMany):
					t.Errorf("a guess: %v", err)
				}
			})
		}
		wait.Wait()
		if tried.Load() != host.MaxMoveTries {
			t.Errorf("%d guesses were looked at, want %d", tried.Load(), host.MaxMoveTries)
		}
		if _, err := s.TryMoveCode(t.Context(), key("code"), b.ID, after(2)); !errors.Is(err, host.ErrTooMany) {
			t.Errorf("the right code after too many wrong ones: %v, want ErrTooMany", err)
		}
		_, err := s.TryMoveCode(t.Context(), key("code"), begin(t, s, "c").ID, after(3))
		must(t, err) // somebody else is not kept out
	},
	"all together may guess so often and no more": func(t *testing.T, s Store) {
		for i := range host.MaxAllMoveTries {
			r := begin(t, s, fmt.Sprint("peer", i))
			if _, err := s.TryMoveCode(t.Context(), key(fmt.Sprint(i)), r.ID, after(1)); !errors.Is(err, host.ErrNotFound) {
				t.Fatalf("guess %d: %v, want ErrNotFound", i, err)
			}
		}
		r := begin(t, s, "one more")
		if _, err := s.TryMoveCode(t.Context(), key("x"), r.ID, after(2)); !errors.Is(err, host.ErrTooMany) {
			t.Errorf("one more: %v, want ErrTooMany", err)
		}
		if _, err := s.TryMoveCode(t.Context(), key("x"), r.ID, after(1).Add(host.MoveWindow+time.Second)); !errors.Is(err, host.ErrNotFound) {
			t.Errorf("an hour later: %v, want ErrNotFound", err)
		}
	},
	// However guesses are spread over conversations and time, no window of an hour has more of them than the limits say: in
	// a year 24·365·100 of 10¹¹ codes.
	"guesses stay within the limits however they are spread": func(t *testing.T, s Store) {
		run := 0
		rapid.Check(t, func(rt *rapid.T) {
			run++
			var peers []host.Record
			for i := range 30 {
				peers = append(peers, begin(t, s, fmt.Sprint("run", run, "peer", i)))
			}
			now := after(run * 100_000)
			type try struct {
				at time.Time
				by int64
			}
			var tried []try
			for i := range rapid.IntRange(1, 200).Draw(rt, "guesses") {
				now = now.Add(time.Duration(rapid.IntRange(0, 120).Draw(rt, "seconds")) * time.Second)
				by := peers[rapid.IntRange(0, len(peers)-1).Draw(rt, "who")].ID
				_, err := s.TryMoveCode(t.Context(), key(fmt.Sprint(run, " ", i)), by, now)
				if errors.Is(err, host.ErrNotFound) {
					tried = append(tried, try{now, by})
				} else if !errors.Is(err, host.ErrTooMany) {
					rt.Fatalf("a guess: %v", err)
				}
			}
			for i, first := range tried {
				all, own := 0, 0
				for _, k := range tried[i:] {
					if k.at.Sub(first.at) >= host.MoveWindow {
						break
					}
					if all++; k.by == first.by {
						own++
					}
				}
				if all > host.MaxAllMoveTries || own > host.MaxMoveTries {
					rt.Fatalf("within an hour of %v there were %d guesses, %d of one conversation", first.at, all, own)
				}
			}
		})
	},
	"a moved conversation has the other's peer, files and tickets with it": func(t *testing.T, s Store) {
		a, b := begin(t, s, "a"), begin(t, s, "b")
		a = put(t, s, a, ticket(a, "О-26-000001-1"))
		file := upload("a", "file", 1, 1)
		must(t, s.SaveFile(t.Context(), file, content(1)))
		must(t, s.AddMoveCode(t.Context(), key("code"), a.ID, start, after(900)))
		must(t, s.MoveConversation(t.Context(), host.Moving{Hash: key("code"), From: a, To: b, Unsent: true}))
		got, err := s.Find(t.Context(), b.Peer)
		must(t, err)
		if got.ID != a.ID || got.Version != a.Version+1 {
			t.Errorf("the peer has conversation %d, version %d; want %d, %d", got.ID, got.Version, a.ID, a.Version+1)
		}
		if _, err := s.Find(t.Context(), a.Peer); !errors.Is(err, host.ErrNotFound) {
			t.Errorf("the old peer still has a conversation: %v", err)
		}
		left, err := s.Load(t.Context(), b.ID)
		must(t, err)
		if left.Peer.ID != fmt.Sprint("moved:", b.ID) {
			t.Errorf("the conversation that made room is under %q", left.Peer.ID)
		}
		listed(t, s, desk.Filter{Conversation: a.ID}, "О-26-000001-1")
		stored, open, err := s.OpenFile(t.Context(), "file")
		must(t, err)
		must(t, open.Close())
		same(t, "the file's peer", stored.Peer, b.Peer)
		ids, err := s.Joined(t.Context(), b.ID)
		must(t, err)
		same(t, "joined", ids, []int64{a.ID, b.ID})
		again, err := s.TryMoveCode(t.Context(), key("code"), b.ID, after(1))
		must(t, err)
		same(t, "the spent code", again, host.MoveCode{Conversation: a.ID, Spent: true, Old: a.Peer})
		if _, err := s.TryMoveCode(t.Context(), key("code"), begin(t, s, "c").ID, after(1)); !errors.Is(err, host.ErrNotFound) {
			t.Errorf("a spent code in somebody else's hands: %v, want ErrNotFound", err)
		}
	},
	"a turn meanwhile stops the move": func(t *testing.T, s Store) {
		a, b := begin(t, s, "a"), begin(t, s, "b")
		must(t, s.AddMoveCode(t.Context(), key("code"), a.ID, start, after(900)))
		take(t, s, next(a, "u1", said("стойте")))
		if err := s.MoveConversation(t.Context(), host.Moving{Hash: key("code"), From: a, To: b}); !errors.Is(err, host.ErrConflict) {
			t.Errorf("moving an old record: %v, want ErrConflict", err)
		}
		got, err := s.TryMoveCode(t.Context(), key("code"), b.ID, after(1))
		must(t, err)
		same(t, "the code", got, host.MoveCode{Conversation: a.ID})
	},
	"persons grow together": func(t *testing.T, s Store) {
		a, b, c, d := begin(t, s, "a"), begin(t, s, "b"), begin(t, s, "c"), begin(t, s, "d")
		for i, pair := range [][2]host.Record{{a, b}, {c, d}, {b, d}} {
			code := key(fmt.Sprint("code", i))
			must(t, s.AddMoveCode(t.Context(), code, pair[0].ID, after(i), after(900)))
			must(t, s.JoinConversations(t.Context(), code, pair[0].ID, pair[1].ID))
		}
		b = put(t, s, b, ticket(b, "О-26-000001-1"))
		listed(t, s, desk.Filter{Conversation: c.ID}, "О-26-000001-1")
		ids, err := s.Joined(t.Context(), c.ID)
		must(t, err)
		same(t, "joined", ids, []int64{a.ID, b.ID, c.ID, d.ID})
		alone, err := s.Joined(t.Context(), begin(t, s, "e").ID)
		must(t, err)
		if len(alone) != 1 {
			t.Errorf("a conversation of its own is joined with %v", alone)
		}
	},
}
