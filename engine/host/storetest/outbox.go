package storetest

import (
	"fmt"
	"strings"
	"testing"

	"spravka/engine"
	"spravka/engine/host"
)

// speak commits a turn in which the bot says the texts through the outbox.
func speak(t *testing.T, s Store, r host.Record, second int, texts ...string) host.Record {
	t.Helper()
	var entries []host.Entry
	for _, text := range texts {
		entries = append(entries, told(text))
	}
	turn := next(r, fmt.Sprintf("turn %d of %d", r.Version, r.ID), entries...)
	turn.At, turn.Outbox = after(second), true
	return take(t, s, turn)
}

func unsent(t *testing.T, s Store, second, limit int, want ...host.Record) {
	t.Helper()
	got, err := s.Unsent(t.Context(), after(second), host.Dialogue, limit)
	must(t, err)
	same(t, fmt.Sprintf("unsent at second %d", second), got, each(want, func(r host.Record) int64 { return r.ID }))
}

func waiting(t *testing.T, s Store, r host.Record, want ...int64) []host.Outgoing {
	t.Helper()
	got, err := s.Outbox(t.Context(), r.ID, 100)
	must(t, err)
	same(t, "outbox", each(got, func(o host.Outgoing) int64 { return o.Seq }), want)
	return got
}

var outboxTests = map[string]func(*testing.T, Store){
	"everything but the citizen's words goes out in order": func(t *testing.T, s Store) {
		turn := next(begin(t, s, "a"), "1", said("question"), told("one"), entry(engine.System, "two"), entry(engine.Operator, "three"))
		turn.At, turn.Outbox = after(5), true
		r := take(t, s, turn)
		got := waiting(t, s, r, 2, 3, 4)
		same(t, "first message", got[0], host.Outgoing{Conversation: r.ID, Peer: r.Peer, Seq: 2, Author: engine.Bot, Body: turn.Entries[1].Body,
			Due: after(5), State: host.Waiting})
		limited, err := s.Outbox(t.Context(), r.ID, 2)
		must(t, err)
		same(t, "the first two", limited, got[:2])
		unsent(t, s, 4, 10)
		unsent(t, s, 5, 10, r)
	},
	"a channel that reads the history has none": func(t *testing.T, s Store) {
		r := take(t, s, next(begin(t, s, "a"), "1", said("question"), told("answer")))
		waiting(t, s, r)
		unsent(t, s, 100, 10)
	},
	"what was sent is gone": func(t *testing.T, s Store) {
		r := speak(t, s, begin(t, s, "a"), 0, "one", "two")
		must(t, s.Mark(t.Context(), []host.Mark{{Conversation: r.ID, Seq: 1, State: host.Sent}}))
		waiting(t, s, r, 2)
		must(t, s.Mark(t.Context(), []host.Mark{{Conversation: r.ID, Seq: 2, State: host.Sent}}))
		waiting(t, s, r)
		unsent(t, s, 100, 10)
		same(t, "history", texts(t, s, r.ID), []string{"one", "two"})
	},
	"a late mark does not bring it back": func(t *testing.T, s Store) {
		r := speak(t, s, begin(t, s, "a"), 0, "one")
		must(t, s.Mark(t.Context(), []host.Mark{{Conversation: r.ID, Seq: 1, State: host.Sent}}))
		must(t, s.Mark(t.Context(), []host.Mark{{Conversation: r.ID, Seq: 1, State: host.Waiting, Attempts: 1}}))
		waiting(t, s, r)
	},
	"the first message holds back the others": func(t *testing.T, s Store) {
		r := speak(t, s, begin(t, s, "a"), 0, "one", "two")
		must(t, s.Mark(t.Context(), []host.Mark{{Conversation: r.ID, Seq: 1, State: host.Waiting, Attempts: 3, Due: after(60), Error: "429"}}))
		unsent(t, s, 59, 10)
		unsent(t, s, 60, 10, r)
		got := waiting(t, s, r, 1, 2)
		if got[0].Attempts != 3 || !got[0].Due.Equal(after(60)) || got[0].State != host.Waiting {
			t.Errorf("the first message came back as %+v", got[0])
		}
	},
	"sending is a lease until its due time": func(t *testing.T, s Store) {
		r := speak(t, s, begin(t, s, "a"), 0, "one", "two")
		must(t, s.Mark(t.Context(), []host.Mark{{Conversation: r.ID, Seq: 1, State: host.Sending, Attempts: 1, Due: after(30)}}))
		unsent(t, s, 29, 10)
		unsent(t, s, 30, 10, r)
		if got := waiting(t, s, r, 1, 2); got[0].State != host.Sending {
			t.Errorf("the first message is %q", got[0].State)
		}
	},
	"one that failed or is unknown lets the others pass": func(t *testing.T, s Store) {
		for _, state := range []host.OutboxState{host.Failed, host.Unknown} {
			r := speak(t, s, begin(t, s, string(state)), 0, "one", "two")
			must(t, s.Mark(t.Context(), []host.Mark{{Conversation: r.ID, Seq: 1, State: state, Error: strings.Repeat("ж", 5000) + "\xff\x00"}}))
			waiting(t, s, r, 2)
			must(t, s.Mark(t.Context(), []host.Mark{{Conversation: r.ID, Seq: 2, State: host.Sent}}))
			unsent(t, s, 100, 10)
			must(t, s.Mark(t.Context(), []host.Mark{{Conversation: r.ID, Seq: 1, State: host.Waiting, Due: after(7)}}))
			waiting(t, s, r, 1)
			unsent(t, s, 7, 10, r)
			must(t, s.Mark(t.Context(), []host.Mark{{Conversation: r.ID, Seq: 1, State: host.Sent}}))
		}
	},
	"conversations come in the order in which they became due": func(t *testing.T, s Store) {
		c := speak(t, s, begin(t, s, "c"), 3, "late")
		a := speak(t, s, begin(t, s, "a"), 1, "early")
		b := speak(t, s, begin(t, s, "b"), 2, "between", "and more")
		a = speak(t, s, a, 9, "later")
		unsent(t, s, 100, 10, a, b, c)
		unsent(t, s, 100, 2, a, b)
		unsent(t, s, 2, 10, a, b)
		unsent(t, s, 100, 0)
		unsent(t, s, 100, -1)
	},
	"marks are written together": func(t *testing.T, s Store) {
		r := speak(t, s, begin(t, s, "a"), 0, "one", "two")
		err := s.Mark(t.Context(), []host.Mark{{Conversation: r.ID, Seq: 1, State: host.Sent}, {Conversation: r.ID, Seq: 2, State: "lost"}})
		if err == nil {
			t.Error("a mark with an unknown state was accepted")
		}
		waiting(t, s, r, 1, 2)
		must(t, s.Mark(t.Context(), []host.Mark{{Conversation: r.ID, Seq: 1, State: host.Sent}, {Conversation: r.ID, Seq: 2, State: host.Sent}}))
		waiting(t, s, r)
		must(t, s.Mark(t.Context(), nil))
	},
}
