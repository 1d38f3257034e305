package storetest

import (
	"errors"
	"fmt"
	"testing"

	"spravka/engine"
	"spravka/engine/host"
)

var historyTests = map[string]func(*testing.T, Store){
	"an entry comes back as it was": func(t *testing.T, s Store) {
		want := []host.Entry{
			{At: after(1), Author: engine.Citizen, Update: "client-1", Message: "77", Body: []byte(`{"text":"Привет \u0000 👋"}`), Trace: []byte(`{"decision":"answer"}`)},
			{At: after(2), Author: engine.Operator, Name: "Ольга", Body: []byte(`{}`)},
			{At: after(1), Author: engine.System, Body: []byte{0, 0xff, 'x'}}, // bytes, to the store; and a clock that was put back
		}
		r := take(t, s, next(begin(t, s, "a"), "1", want...))
		got, err := s.History(t.Context(), r.ID, 0, 10)
		must(t, err)
		same(t, "history", got, want) // numbered by next
		if got[1].Trace != nil {
			t.Errorf("an entry without a trace came back with %q", got[1].Trace)
		}
	},
	"pages follow each other": func(t *testing.T, s Store) {
		r, other := begin(t, s, "a"), begin(t, s, "b")
		for i := range 5 {
			r = take(t, s, next(r, fmt.Sprint("a", i), said(fmt.Sprint(2*i+1)), told(fmt.Sprint(2*i+2))))
			other = take(t, s, next(other, fmt.Sprint("b", i), said("foreign")))
		}
		for _, c := range []struct {
			after int64
			limit int
			want  []int64
		}{
			{0, 4, []int64{1, 2, 3, 4}},
			{4, 4, []int64{5, 6, 7, 8}},
			{8, 4, []int64{9, 10}},
			{10, 4, nil},
			{99, 4, nil},
			{0, 0, nil},
			{0, -1, nil},
		} {
			got, err := s.History(t.Context(), r.ID, c.after, c.limit)
			must(t, err)
			same(t, fmt.Sprintf("after %d, limit %d", c.after, c.limit), each(got, func(e host.Entry) int64 { return e.Seq }), c.want)
		}
	},
	"a channel's message is found by its name, in its last wording": func(t *testing.T, s Store) {
		first, second := said("Иваов"), said("другое")
		first.Message, second.Message = "m1", "m2"
		r := take(t, s, next(begin(t, s, "a"), "1", first, told("answer"), second))
		edit := said("Иванов")
		edit.Message, edit.Edits = "m1", 1
		r = take(t, s, next(r, "2", edit))
		other := take(t, s, next(begin(t, s, "b"), "3", second))
		for _, c := range []struct {
			of      host.Record
			message string
			seq     int64
			edits   int64
		}{{r, "m1", 4, 1}, {r, "m2", 3, 0}, {other, "m2", 1, 0}} {
			got, err := s.EntryOf(t.Context(), c.of.ID, c.message)
			must(t, err)
			if got.Seq != c.seq || got.Edits != c.edits || got.Message != c.message {
				t.Errorf("message %s of conversation %d is %+v", c.message, c.of.ID, got)
			}
		}
		for _, message := range []string{"m3", ""} {
			if got, err := s.EntryOf(t.Context(), r.ID, message); !errors.Is(err, host.ErrNotFound) {
				t.Errorf("message %q: %+v, %v", message, got, err)
			}
		}
	},
	"an unknown conversation has none": func(t *testing.T, s Store) {
		same(t, "history", texts(t, s, 1<<40), []string(nil))
	},
}
