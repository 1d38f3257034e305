package storetest

import (
	"fmt"
	"testing"

	"spravka/engine"
	"spravka/engine/host"
)

var historyTests = map[string]func(*testing.T, Store){
	"an entry comes back as it was": func(t *testing.T, s Store) {
		want := []host.Entry{
			{At: after(1), Author: engine.Citizen, Update: "client-1", Body: []byte(`{"text":"Привет \u0000 👋"}`), Trace: []byte(`{"decision":"answer"}`)},
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
	"an unknown conversation has none": func(t *testing.T, s Store) {
		same(t, "history", texts(t, s, 1<<40), []string(nil))
	},
}
