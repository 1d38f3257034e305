package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"spravka/engine"
	"spravka/engine/host"
)

// calmly commits a turn in which the bot says something that nobody waits for.
func calmly(t *testing.T, s Store, r host.Record, second int, text string) host.Record {
	t.Helper()
	turn := next(r, fmt.Sprintf("turn %d of %d", r.Version, r.ID), told(text))
	turn.At, turn.Outbox, turn.Priority = after(second), true, host.Calm
	return take(t, s, turn)
}

func unsentOf(t *testing.T, s Store, p host.Priority, second int, want ...host.Record) {
	t.Helper()
	got, err := s.Unsent(t.Context(), after(second), p, 10)
	must(t, err)
	same(t, fmt.Sprintf("unsent of priority %d at second %d", p, second), got, each(want, func(r host.Record) int64 { return r.ID }))
}

var priorityTests = map[string]func(*testing.T, Store){
	"dialogues and the rest are listed apart": func(t *testing.T, s Store) {
		a := calmly(t, s, begin(t, s, "a"), 1, "reminder")
		b := speak(t, s, begin(t, s, "b"), 2, "answer")
		unsentOf(t, s, host.Dialogue, 9, b)
		unsentOf(t, s, host.Calm, 9, a)
		if got := waiting(t, s, a, 1); got[0].Priority != host.Calm {
			t.Errorf("the reminder came back as %+v", got[0])
		}
	},
	"an answer takes along what stands before it": func(t *testing.T, s Store) {
		a := calmly(t, s, begin(t, s, "a"), 1, "reminder")
		a = speak(t, s, a, 2, "answer")
		unsentOf(t, s, host.Dialogue, 9, a)
		must(t, s.Mark(t.Context(), []host.Mark{{Conversation: a.ID, Seq: 1, State: host.Waiting, Due: after(60)}}))
		unsentOf(t, s, host.Dialogue, 59)
		unsentOf(t, s, host.Calm, 59)
		unsentOf(t, s, host.Dialogue, 60, a)
	},
	"what stands behind an answer waits for it": func(t *testing.T, s Store) {
		a := speak(t, s, begin(t, s, "a"), 1, "answer")
		a = calmly(t, s, a, 2, "reminder")
		unsentOf(t, s, host.Calm, 9)
		must(t, s.Mark(t.Context(), []host.Mark{{Conversation: a.ID, Seq: 1, State: host.Sent}}))
		unsentOf(t, s, host.Dialogue, 9)
		unsentOf(t, s, host.Calm, 9, a)
	},
	"an operator's message has its author and name": func(t *testing.T, s Store) {
		e := entry(engine.Operator, "Здравствуйте")
		e.Name = "Ольга"
		turn := next(begin(t, s, "a"), "1", e)
		turn.Outbox = true
		if got := waiting(t, s, take(t, s, turn), 1); got[0].Author != engine.Operator || got[0].Name != "Ольга" {
			t.Errorf("the message came back as %+v", got[0])
		}
	},
	"parts that are out are remembered": func(t *testing.T, s Store) {
		r := speak(t, s, begin(t, s, "a"), 0, "long")
		must(t, s.Mark(t.Context(), []host.Mark{{Conversation: r.ID, Seq: 1, State: host.Sending, Parts: 2, Attempts: 1}}))
		if got := waiting(t, s, r, 1); got[0].Parts != 2 {
			t.Errorf("the message came back as %+v", got[0])
		}
	},
}

var errandTests = map[string]func(*testing.T, Store){
	"they come with the turn and go when they are done": func(t *testing.T, s Store) {
		r := begin(t, s, "a")
		turn := next(r, "1", said("••••••"))
		turn.At = after(5)
		turn.Errands = []host.Errand{{Kind: host.ErrandDelete, Message: "m1"}, {Kind: host.ErrandDelete, Message: "m2"}}
		r = take(t, s, turn)
		none, err := s.Errands(t.Context(), after(4), 10)
		must(t, err)
		same(t, "errands before their time", none, []host.Errand(nil))
		got, err := s.Errands(t.Context(), after(5), 10)
		must(t, err)
		if len(got) != 2 || got[0].ID == got[1].ID {
			t.Fatalf("errands: %+v", got)
		}
		same(t, "errand", got[0], host.Errand{ID: got[0].ID, Conversation: r.ID, Peer: r.Peer, Kind: host.ErrandDelete, Message: "m1", Due: after(5), At: after(5)})
		must(t, s.PutOffErrand(t.Context(), got[0].ID, 1, after(60)))
		must(t, s.EndErrand(t.Context(), got[1].ID))
		must(t, s.EndErrand(t.Context(), got[1].ID))
		left, err := s.Errands(t.Context(), after(59), 10)
		must(t, err)
		same(t, "errands that wait", left, []host.Errand(nil))
		left, err = s.Errands(t.Context(), after(60), 10)
		must(t, err)
		if len(left) != 1 || left[0].Attempts != 1 || left[0].Message != "m1" {
			t.Errorf("errands left: %+v", left)
		}
	},
	"a turn that is refused brings none": func(t *testing.T, s Store) {
		r := begin(t, s, "a")
		take(t, s, next(r, "1", said("x")))
		late := next(r, "2", said("y"))
		late.Errands = []host.Errand{{Kind: host.ErrandDelete, Message: "m1"}}
		commit(t, s, []*host.Turn{late}, host.ErrConflict)
		got, err := s.Errands(t.Context(), after(100), 10)
		must(t, err)
		same(t, "errands", got, []host.Errand(nil))
	},
}

var cursorTests = map[string]func(*testing.T, Store){
	"the last one is kept": func(t *testing.T, s Store) {
		if _, _, err := s.Cursor(t.Context(), "vk:1"); !errors.Is(err, host.ErrNotFound) {
			t.Errorf("a cursor that was never saved: %v", err)
		}
		must(t, s.SaveCursor(t.Context(), "vk:1", "100", after(1)))
		must(t, s.SaveCursor(t.Context(), "vk:2", "7", after(2)))
		must(t, s.SaveCursor(t.Context(), "vk:1", "99", after(3))) // VK may count anew
		value, saved, err := s.Cursor(t.Context(), "vk:1")
		must(t, err)
		if value != "99" || !saved.Equal(after(3)) {
			t.Errorf("cursor %q of %s", value, saved)
		}
	},
	"nonsense is refused": func(t *testing.T, s Store) {
		for name, value := range map[string]string{"": "1", "empty": "", "long": strings.Repeat("1", 300), "zero": "a\x00b"} {
			if s.SaveCursor(t.Context(), name, value, start) == nil {
				t.Errorf("cursor %q of %d bytes was saved under %q", value, len(value), name)
			}
		}
	},
}

var leaseTests = map[string]func(*testing.T, Store){
	"one has it until it runs out": func(t *testing.T, s Store) {
		lease := func(owner string, at int, want bool) {
			t.Helper()
			got, err := s.Lease(t.Context(), "poll", owner, after(at), after(at+15))
			must(t, err)
			if got != want {
				t.Errorf("at %d %s: %v", at, owner, got)
			}
		}
		lease("a", 0, true)
		lease("b", 1, false)
		lease("a", 10, true) // until 25
		lease("b", 24, false)
		lease("b", 25, true)
		lease("a", 26, false)
		must(t, s.Release(t.Context(), "poll", "a")) // not its own any more
		lease("a", 27, false)
		must(t, s.Release(t.Context(), "poll", "b"))
		lease("a", 28, true)
	},
	"each name is another": func(t *testing.T, s Store) {
		for _, name := range []string{"telegram", "vk"} {
			got, err := s.Lease(t.Context(), name, name, start, after(15))
			must(t, err)
			if !got {
				t.Errorf("%s was not given", name)
			}
		}
	},
	"nonsense is refused": func(t *testing.T, s Store) {
		for _, c := range [][2]string{{"", "a"}, {"poll", ""}, {strings.Repeat("x", 200), "a"}} {
			if _, err := s.Lease(t.Context(), c[0], c[1], start, after(1)); err == nil {
				t.Errorf("a lease of %q was given to %q", c[0], c[1])
			}
		}
		if _, err := s.Lease(t.Context(), "poll", "a", start, start); err == nil {
			t.Error("a lease of no time was given")
		}
	},
}

var undecodableTests = map[string]func(*testing.T, Store){
	"the newest of each channel stay": func(t *testing.T, s Store) {
		must(t, s.KeepUndecodable(t.Context(), host.Undecodable{Channel: "vk", Update: "first", Raw: []byte{0, 0xff}, At: after(1)}))
		long := host.Undecodable{Channel: "vk", Update: "", Raw: bytes.Repeat([]byte("x"), host.MaxUndecodable+1), At: after(2)}
		must(t, s.KeepUndecodable(t.Context(), long))
		got, err := s.Undecodables(t.Context(), "vk", 10)
		must(t, err)
		long.Raw = long.Raw[:host.MaxUndecodable]
		if len(got) != 2 || got[0].ID <= got[1].ID {
			t.Fatalf("%d are kept, or their identifiers don't grow", len(got))
		}
		one, err := s.Undecodable(t.Context(), got[1].ID)
		must(t, err)
		same(t, "one", one, got[1])
		if _, err := s.Undecodable(t.Context(), got[0].ID+1); !errors.Is(err, host.ErrNotFound) {
			t.Errorf("one that does not exist: %v", err)
		}
		long.ID = got[0].ID
		same(t, "kept", got, []host.Undecodable{long, {ID: one.ID, Channel: "vk", Update: "first", Raw: []byte{0, 0xff}, At: after(1)}})
		for i := range 1001 {
			must(t, s.KeepUndecodable(t.Context(), host.Undecodable{Channel: "telegram", Update: fmt.Sprint(i), Raw: []byte("{"), At: start.Add(time.Duration(i))}))
		}
		got, err = s.Undecodables(t.Context(), "telegram", 5000)
		must(t, err)
		if len(got) < 200 || len(got) > 1000 || got[0].Update != "1000" || got[len(got)-1].Update != fmt.Sprint(1001-len(got)) {
			t.Errorf("%d are kept, from %s to %s", len(got), got[len(got)-1].Update, got[0].Update)
		}
		got, err = s.Undecodables(t.Context(), "vk", 10)
		must(t, err)
		same(t, "of the other channel", len(got), 2)
		got, err = s.Undecodables(t.Context(), "", 2)
		must(t, err)
		if len(got) != 2 || got[0].Update != "1000" {
			t.Errorf("of all channels: %+v", got)
		}
	},
}
