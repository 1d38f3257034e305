package storetest

import (
	"fmt"
	"testing"
	"time"

	"spravka/engine"
	"spravka/engine/host"
)

// timed commits a turn that sets and stops timers.
func timed(t *testing.T, s Store, r host.Record, set []host.Timer, stop ...string) host.Record {
	t.Helper()
	turn := next(r, fmt.Sprintf("turn %d of %d", r.Version, r.ID))
	turn.Set, turn.Stop = set, stop
	return take(t, s, turn)
}

func timer(r host.Record, name string, second int) host.Timer {
	return host.Timer{Conversation: r.ID, Name: name, Due: after(second)}
}

func due(t *testing.T, s Store, second, limit int, want ...host.Timer) {
	t.Helper()
	got, err := s.Due(t.Context(), after(second), limit)
	must(t, err)
	same(t, fmt.Sprintf("due at second %d", second), got, want)
}

func nextDue(t *testing.T, s Store, want time.Time, wantOK bool) {
	t.Helper()
	at, ok, err := s.NextDue(t.Context())
	must(t, err)
	if ok != wantOK || !at.Equal(want) {
		t.Errorf("NextDue = %v, %v, want %v, %v", at, ok, want, wantOK)
	}
}

var timerTests = map[string]func(*testing.T, Store){
	"without timers nothing is due": func(t *testing.T, s Store) {
		due(t, s, 1000, 10)
		nextDue(t, s, time.Time{}, false)
	},
	"the oldest comes first": func(t *testing.T, s Store) {
		a, b := begin(t, s, "a"), begin(t, s, "b")
		timed(t, s, a, []host.Timer{timer(a, "late", 30), timer(a, "soon", 10)})
		timed(t, s, b, []host.Timer{timer(b, "soon", 20)})
		nextDue(t, s, after(10), true)
		due(t, s, 9, 10)
		due(t, s, 10, 10, timer(a, "soon", 10))
		due(t, s, 99, 10, timer(a, "soon", 10), timer(b, "soon", 20), timer(a, "late", 30))
		due(t, s, 99, 2, timer(a, "soon", 10), timer(b, "soon", 20))
		due(t, s, 99, 0)
		due(t, s, 99, -1)
	},
	"one that is due stays until a turn stops it": func(t *testing.T, s Store) {
		r := begin(t, s, "a")
		r = timed(t, s, r, []host.Timer{timer(r, "code", 10), timer(r, "silence", 20)})
		due(t, s, 15, 10, timer(r, "code", 10))
		due(t, s, 15, 10, timer(r, "code", 10))
		timed(t, s, r, nil, "code", "no such timer")
		due(t, s, 15, 10)
		nextDue(t, s, after(20), true)
	},
	"a name stands once in a conversation": func(t *testing.T, s Store) {
		a, b := begin(t, s, "a"), begin(t, s, "b")
		b = timed(t, s, b, []host.Timer{timer(b, "silence", 15)})
		a = timed(t, s, a, []host.Timer{timer(a, "silence", 10)})
		a = timed(t, s, a, []host.Timer{timer(a, "silence", 40)})
		due(t, s, 99, 10, timer(b, "silence", 15), timer(a, "silence", 40))
		a = timed(t, s, a, []host.Timer{timer(a, "silence", 5), timer(a, "silence", 6)})
		due(t, s, 99, 10, timer(a, "silence", 6), timer(b, "silence", 15))
		timed(t, s, a, nil, "silence")
		due(t, s, 99, 10, timer(b, "silence", 15))
	},
	"one that is stopped and set in the same turn stays": func(t *testing.T, s Store) {
		r := begin(t, s, "a")
		r = timed(t, s, r, []host.Timer{timer(r, "silence", 10)})
		timed(t, s, r, []host.Timer{timer(r, "silence", 50)}, "silence")
		due(t, s, 99, 10, timer(r, "silence", 50))
	},
}

// called commits a turn that makes calls and takes in an answer.
func called(t *testing.T, s Store, r host.Record, done string, calls ...host.PendingCall) host.Record {
	t.Helper()
	turn := next(r, fmt.Sprintf("turn %d of %d", r.Version, r.ID))
	turn.Calls, turn.Done = calls, done
	return take(t, s, turn)
}

func call(r host.Record, id string, second int) host.PendingCall {
	return host.PendingCall{Conversation: r.ID, At: after(second),
		Call: engine.Call{ID: id, Operation: "application.find", With: map[string]string{"номер": "1000000011"}}}
}

func pending(t *testing.T, s Store, limit int, want ...host.PendingCall) {
	t.Helper()
	got, err := s.Calls(t.Context(), limit)
	must(t, err)
	same(t, "pending calls", got, want)
}

var callTests = map[string]func(*testing.T, Store){
	"the oldest comes first": func(t *testing.T, s Store) {
		pending(t, s, 10)
		a, b := begin(t, s, "a"), begin(t, s, "b")
		called(t, s, a, "", call(a, "1", 20), call(a, "2", 30))
		called(t, s, b, "", call(b, "1", 10))
		pending(t, s, 10, call(b, "1", 10), call(a, "1", 20), call(a, "2", 30))
		pending(t, s, 2, call(b, "1", 10), call(a, "1", 20))
		pending(t, s, 0)
		pending(t, s, -1)
	},
	"an answer ends the conversation's own call": func(t *testing.T, s Store) {
		a, b := begin(t, s, "a"), begin(t, s, "b")
		a = called(t, s, a, "", call(a, "1", 10))
		b = called(t, s, b, "", call(b, "1", 20))
		a = called(t, s, a, "1", call(a, "2", 30))
		pending(t, s, 10, call(b, "1", 20), call(a, "2", 30))
		b = called(t, s, b, "1")
		called(t, s, b, "1") // the same answer again
		called(t, s, a, "2")
		pending(t, s, 10)
	},
}
