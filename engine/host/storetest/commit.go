package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"spravka/engine"
	"spravka/engine/desk"
	"spravka/engine/host"
)

// whole is a turn that changes everything a turn can change.
func whole(r host.Record, update string) *host.Turn {
	turn := next(r, update, said("question "+update), told("answer "+update))
	turn.Outbox = true
	turn.Set = []host.Timer{{Conversation: r.ID, Name: "timer " + update, Due: after(10)}}
	turn.Calls = []host.PendingCall{{Conversation: r.ID, Call: engine.Call{ID: "call " + update, Operation: "find"}, At: start}}
	turn.Tickets = []desk.Ticket{ticket(r, "T-"+update)}
	turn.Changes = []desk.Change{{Ticket: "T-" + update, At: start, Status: desk.New, By: "bot", Note: "opened"}}
	return turn
}

// written checks that of the turns made by whole those of the given updates are stored, and no others.
func written(t *testing.T, s Store, r host.Record, updates ...string) {
	t.Helper()
	ctx := t.Context()
	var history, timers, calls, tickets []string
	var outbox []int64
	for i, u := range updates {
		history = append(history, "question "+u, "answer "+u)
		outbox = append(outbox, int64(2*i+2))
		timers = append(timers, "timer "+u)
		calls = append(calls, "call "+u)
		tickets = append(tickets, "T-"+u)
	}
	same(t, "history", texts(t, s, r.ID), history)
	queue, err := s.Outbox(ctx, r.ID, 100)
	must(t, err)
	same(t, "outbox", each(queue, func(o host.Outgoing) int64 { return o.Seq }), outbox)
	due, err := s.Due(ctx, after(3600), 1000)
	must(t, err)
	same(t, "timers", each(of(due, func(x host.Timer) bool { return x.Conversation == r.ID }), func(x host.Timer) string { return x.Name }), timers)
	pending, err := s.Calls(ctx, 1000)
	must(t, err)
	same(t, "calls", each(of(pending, func(c host.PendingCall) bool { return c.Conversation == r.ID }),
		func(c host.PendingCall) string { return c.Call.ID }), calls)
	open, err := s.Tickets(ctx, desk.Filter{Conversation: r.ID})
	must(t, err)
	same(t, "tickets", each(open, func(k desk.Ticket) string { return k.Number }), tickets)
	for _, number := range tickets {
		_, changes, err := s.Ticket(ctx, number)
		must(t, err)
		if len(changes) != 1 {
			t.Errorf("ticket %s has %d changes, want 1", number, len(changes))
		}
	}
}

func each[T, R any](all []T, f func(T) R) (out []R) {
	for _, v := range all {
		out = append(out, f(v))
	}
	return out
}

func of[T any](all []T, keep func(T) bool) (out []T) {
	for _, v := range all {
		if keep(v) {
			out = append(out, v)
		}
	}
	return out
}

var commitTests = map[string]func(*testing.T, Store){
	"a turn is written whole": func(t *testing.T, s Store) {
		turn := whole(begin(t, s, "a"), "1")
		turn.Record.State.Owner = engine.OwnerQueue
		turn.Record.State.Slots = []engine.Slot{{Name: "имя", Value: "Пётр", At: start, Verified: true}}
		turn.State, _ = json.Marshal(turn.Record.State)
		r := take(t, s, turn)
		written(t, s, r, "1")
		loaded(t, s, r)
	},
	"a duplicate writes nothing": func(t *testing.T, s Store) {
		r := take(t, s, whole(begin(t, s, "a"), "1"))
		again := whole(r, "2")
		again.Update = "1"
		commit(t, s, []*host.Turn{again}, host.ErrDuplicate)
		written(t, s, r, "1")
		loaded(t, s, r)
	},
	"a duplicate in the same batch writes nothing": func(t *testing.T, s Store) {
		first := whole(begin(t, s, "a"), "1")
		again := whole(follow(first), "2")
		again.Update = "1"
		third := whole(follow(first), "3")
		commit(t, s, []*host.Turn{first, again, third}, nil, host.ErrDuplicate, nil)
		written(t, s, first.Record, "1", "3")
		loaded(t, s, follow(third))
	},
	"an update is unique within its channel": func(t *testing.T, s Store) {
		a, b := begin(t, s, "a"), begin(t, s, "b")
		c, err := s.Open(t.Context(), host.Peer{Channel: "vk", ID: "a"}, "ru", start)
		must(t, err)
		commit(t, s, []*host.Turn{next(a, "1"), next(b, "1"), next(c, "1")}, nil, host.ErrDuplicate, nil)
	},
	"what was handled stays a duplicate though its record is old": func(t *testing.T, s Store) {
		old := begin(t, s, "a")
		r := take(t, s, whole(old, "1"))
		commit(t, s, []*host.Turn{whole(old, "1")}, host.ErrDuplicate)
		written(t, s, r, "1")
	},
	"a conflict writes nothing and leaves the update unhandled": func(t *testing.T, s Store) {
		old := begin(t, s, "a")
		r := take(t, s, whole(old, "1"))
		commit(t, s, []*host.Turn{whole(old, "2")}, host.ErrConflict)
		written(t, s, r, "1")
		loaded(t, s, r)
		r = take(t, s, whole(r, "2"))
		written(t, s, r, "1", "2")
	},
	"a version that is not there yet is a conflict": func(t *testing.T, s Store) {
		first := whole(begin(t, s, "a"), "1")
		second := whole(follow(first), "2")
		commit(t, s, []*host.Turn{second, first}, host.ErrConflict, nil)
		written(t, s, first.Record, "1")
	},
	"a turn of no conversation is a conflict": func(t *testing.T, s Store) {
		r := host.Record{ID: 1 << 40, Peer: host.Peer{Channel: "web", ID: "nobody"}}
		commit(t, s, []*host.Turn{next(r, "1", said("hello"))}, host.ErrConflict)
		same(t, "history", texts(t, s, r.ID), []string(nil))
	},
	"turns of one conversation follow each other in a batch": func(t *testing.T, s Store) {
		one := whole(begin(t, s, "a"), "1")
		two := whole(follow(one), "2")
		three := whole(follow(two), "3")
		commit(t, s, []*host.Turn{one, two, three})
		written(t, s, one.Record, "1", "2", "3")
		loaded(t, s, follow(three))
	},
	"a batch of 256 turns of 256 conversations": func(t *testing.T, s Store) {
		var turns []*host.Turn
		for i := range 256 {
			turns = append(turns, next(begin(t, s, fmt.Sprint(i)), fmt.Sprint("update ", i), said("hello")))
		}
		commit(t, s, turns)
		for _, turn := range turns {
			loaded(t, s, follow(turn))
		}
	},
	"an empty batch is nothing": func(t *testing.T, s Store) {
		got, err := s.Commit(t.Context(), nil)
		if len(got) != 0 || err != nil {
			t.Errorf("Commit(nil) = %v, %v", got, err)
		}
	},
	"a turn without entries": func(t *testing.T, s Store) {
		r := take(t, s, next(begin(t, s, "a"), "1", said("hello")))
		loaded(t, s, take(t, s, next(r, "timer")))
	},
	"of two turns on the same record one wins": func(t *testing.T, s Store) {
		const racers = 16
		r := begin(t, s, "a")
		var won, lost atomic.Int64
		var wait sync.WaitGroup
		for i := range racers {
			wait.Go(func() {
				got, err := s.Commit(t.Context(), []*host.Turn{whole(r, fmt.Sprint("racer ", i))})
				switch {
				case err != nil:
					t.Errorf("Commit: %v", err)
				case got[0] == nil:
					won.Add(1)
				case errors.Is(got[0], host.ErrConflict):
					lost.Add(1)
				default:
					t.Errorf("racer %d: %v", i, got[0])
				}
			})
		}
		wait.Wait()
		if won.Load() != 1 || lost.Load() != racers-1 {
			t.Errorf("%d won and %d lost, want 1 and %d", won.Load(), lost.Load(), racers-1)
		}
		if n := len(texts(t, s, r.ID)); n != 2 {
			t.Errorf("the history has %d entries, want those of the winner", n)
		}
	},
	"conversations do not disturb each other": func(t *testing.T, s Store) {
		const talkers, turns = 12, 15
		var wait sync.WaitGroup
		for i := range talkers {
			r := begin(t, s, fmt.Sprint(i))
			wait.Go(func() {
				for n := range turns {
					turn := next(r, fmt.Sprintf("%d/%d", i, n), said(fmt.Sprint(n)))
					got, err := s.Commit(t.Context(), []*host.Turn{turn})
					if err != nil || got[0] != nil {
						t.Errorf("turn %d of talker %d: %v, %v", n, i, got, err)
						return
					}
					r = follow(turn)
				}
				if got := texts(t, s, r.ID); len(got) != turns || got[turns-1] != fmt.Sprint(turns-1) {
					t.Errorf("talker %d has the history %q", i, got)
				}
			})
		}
		wait.Wait()
	},
	"nothing is written once the context has ended": func(t *testing.T, s Store) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		r := begin(t, s, "a")
		if _, err := s.Commit(ctx, []*host.Turn{whole(r, "1")}); !errors.Is(err, context.Canceled) {
			t.Errorf("Commit: %v", err)
		}
		written(t, s, r)
		loaded(t, s, r)
	},
}
