package storetest

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"spravka/engine"
	"spravka/engine/host"
)

var modelTests = map[string]func(*testing.T, Store){
	"any sequence of turns and marks does to the store what it does to a few maps": func(t *testing.T, s Store) {
		runs := 0
		rapid.Check(t, func(rt *rapid.T) {
			runs++ // a channel of its own keeps the runs apart in one store
			m := newModel(rt, t, s, fmt.Sprint("channel ", runs))
			rt.Repeat(map[string]func(*rapid.T){
				"deliver": m.deliver,
				"mark":    m.mark,
				"":        m.compare,
			})
			m.finish(rt)
		})
	},
}

// model is what a store has to be like, kept in maps.
type model struct {
	t       *testing.T
	s       Store
	channel string
	talks   []*talk
	handled []string // updates, in order
	updates int
}

type talk struct {
	host.Record
	entries []host.Entry
	timers  map[string]time.Time
	calls   []host.PendingCall
	outbox  []host.Outgoing // waiting or sending
	aside   []host.Outgoing // unknown or failed
}

func newModel(rt *rapid.T, t *testing.T, s Store, channel string) *model {
	m := &model{t: t, s: s, channel: channel}
	for i := range rapid.IntRange(1, 3).Draw(rt, "talks") {
		r, err := s.Open(t.Context(), host.Peer{Channel: channel, ID: fmt.Sprint(i)}, "ru", start)
		if err != nil {
			rt.Fatal(err)
		}
		m.talks = append(m.talks, &talk{Record: r, timers: map[string]time.Time{}})
	}
	return m
}

// deliver commits a batch of turns: some follow each other, some are repeated, some hold an old or a future record, and
// some come in another order than they were made.
func (m *model) deliver(rt *rapid.T) {
	heads := map[*talk]host.Record{}
	for _, k := range m.talks {
		heads[k] = k.Record
	}
	type made struct {
		talk *talk
		turn *host.Turn
	}
	var batch []made
	for range rapid.IntRange(1, 6).Draw(rt, "turns") {
		k := rapid.SampledFrom(m.talks).Draw(rt, "talk")
		turn := m.draw(rt, k, heads[k])
		switch kind := rapid.IntRange(0, 9).Draw(rt, "kind"); {
		case kind == 0 && len(m.handled) > 0:
			turn.Update = rapid.SampledFrom(m.handled).Draw(rt, "repeated")
		case kind == 1:
			turn.Record.Version += rapid.SampledFrom([]int64{-1, 1, 5}).Draw(rt, "skew")
		case kind == 2 && len(batch) > 0:
			turn.Update = batch[0].turn.Update
		default:
			heads[k] = follow(turn)
		}
		batch = append(batch, made{k, turn})
	}
	if rapid.IntRange(0, 3).Draw(rt, "shuffle") == 0 {
		batch = rapid.Permutation(batch).Draw(rt, "order")
	}
	got, err := m.s.Commit(m.t.Context(), each(batch, func(b made) *host.Turn { return b.turn }))
	if err != nil {
		rt.Fatalf("Commit: %v", err)
	}
	for i, b := range batch {
		if want := m.apply(b.talk, b.turn); !errors.Is(got[i], want) {
			rt.Fatalf("turn %d of %d: %v, want %v", i+1, len(batch), got[i], want)
		}
	}
}

// draw makes a turn that follows r.
func (m *model) draw(rt *rapid.T, k *talk, r host.Record) *host.Turn {
	m.updates++
	var entries []host.Entry
	for range rapid.IntRange(0, 3).Draw(rt, "entries") {
		author := rapid.SampledFrom([]engine.Author{engine.Citizen, engine.Bot, engine.Operator}).Draw(rt, "author")
		entries = append(entries, entry(author, rapid.String().Draw(rt, "text")))
	}
	turn := next(r, fmt.Sprint("update ", m.updates), entries...)
	turn.At = after(rapid.IntRange(0, 20).Draw(rt, "at"))
	turn.Outbox = rapid.Bool().Draw(rt, "outbox")
	turn.Priority = rapid.SampledFrom([]host.Priority{host.Dialogue, host.Calm}).Draw(rt, "priority")
	names := rapid.SampledFrom([]string{"code", "silence", "term"})
	turn.Stop = rapid.SliceOfN(names, 0, 2).Draw(rt, "stop")
	for _, name := range rapid.SliceOfN(names, 0, 2).Draw(rt, "set") {
		turn.Set = append(turn.Set, host.Timer{Conversation: r.ID, Name: name, Due: after(rapid.IntRange(0, 20).Draw(rt, "due"))})
	}
	if rapid.IntRange(0, 3).Draw(rt, "call") == 0 {
		turn.Calls = []host.PendingCall{{Conversation: r.ID, At: turn.At, Call: engine.Call{ID: fmt.Sprint(m.updates), Operation: "find"}}}
	}
	if len(k.calls) > 0 && rapid.Bool().Draw(rt, "answered") {
		turn.Done = k.calls[0].Call.ID
	}
	return turn
}

// apply does to the model what the turn does to a store.
func (m *model) apply(k *talk, turn *host.Turn) error {
	if slices.Contains(m.handled, turn.Update) {
		return host.ErrDuplicate
	}
	if turn.Record.Version != k.Version || turn.Record.Seq-int64(len(turn.Entries)) != k.Seq {
		return host.ErrConflict
	}
	m.handled = append(m.handled, turn.Update)
	k.Record = follow(turn)
	k.entries = append(k.entries, turn.Entries...)
	for _, e := range turn.Entries {
		if turn.Outbox && e.Author != engine.Citizen {
			k.outbox = append(k.outbox, host.Outgoing{Conversation: k.ID, Peer: k.Peer, Seq: e.Seq, Author: e.Author, Name: e.Name, Body: e.Body, Priority: turn.Priority, Due: turn.At, State: host.Waiting})
		}
	}
	for _, name := range turn.Stop {
		delete(k.timers, name)
	}
	for _, timer := range turn.Set {
		k.timers[timer.Name] = timer.Due
	}
	k.calls = slices.DeleteFunc(k.calls, func(c host.PendingCall) bool { return c.Call.ID == turn.Done })
	k.calls = append(k.calls, turn.Calls...)
	return nil
}

// mark changes one message, in the outbox or set aside.
func (m *model) mark(rt *rapid.T) {
	k := rapid.SampledFrom(m.talks).Draw(rt, "talk")
	all := append(slices.Clone(k.outbox), k.aside...)
	if len(all) == 0 {
		return
	}
	o := rapid.SampledFrom(all).Draw(rt, "message")
	o.State = rapid.SampledFrom([]host.OutboxState{host.Waiting, host.Sending, host.Sent, host.Unknown, host.Failed}).Draw(rt, "state")
	o.Attempts++
	o.Parts = rapid.IntRange(0, 3).Draw(rt, "parts")
	o.Due = after(rapid.IntRange(0, 20).Draw(rt, "due"))
	err := m.s.Mark(m.t.Context(), []host.Mark{{Conversation: k.ID, Seq: o.Seq, State: o.State, Parts: o.Parts, Attempts: o.Attempts, Due: o.Due, Error: "why"}})
	if err != nil {
		rt.Fatalf("Mark: %v", err)
	}
	other := func(x host.Outgoing) bool { return x.Seq != o.Seq }
	k.outbox, k.aside = of(k.outbox, other), of(k.aside, other)
	switch o.State {
	case host.Waiting, host.Sending:
		k.outbox = append(k.outbox, o)
		slices.SortFunc(k.outbox, func(a, b host.Outgoing) int { return int(a.Seq - b.Seq) })
	case host.Unknown, host.Failed:
		k.aside = append(k.aside, o)
	}
}

// compare checks everything that the store says about the model's conversations.
func (m *model) compare(rt *rapid.T) {
	ctx := m.t.Context()
	check := func(what string, got, want any, err error) {
		if err != nil {
			rt.Fatalf("%s: %v", what, err)
		}
		if reflect.DeepEqual(want, got) {
			return // nearly always, and a hundred times quicker than a diff
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			rt.Fatalf("%s (-want +got):\n%s", what, diff)
		}
	}
	now := after(rapid.IntRange(0, 20).Draw(rt, "now"))
	due, err := m.s.Due(ctx, now, 100_000)
	check("order of timers", slices.IsSortedFunc(due, func(a, b host.Timer) int { return a.Due.Compare(b.Due) }), true, err)
	calls, err := m.s.Calls(ctx, 100_000)
	check("order of calls", slices.IsSortedFunc(calls, func(a, b host.PendingCall) int { return a.At.Compare(b.At) }), true, err)
	ids, err := m.s.Unsent(ctx, now, host.Dialogue, 100_000)
	check("unsent", nil, nil, err)
	calm, err := m.s.Unsent(ctx, now, host.Calm, 100_000)
	check("unsent that nobody waits for", nil, nil, err)
	ids = append(ids, calm...)
	for _, k := range m.talks {
		r, err := m.s.Load(ctx, k.ID)
		check("conversation", r, k.Record, err)
		entries, err := m.s.History(ctx, k.ID, 0, 100_000)
		check("history", entries, k.entries, err)
		outbox, err := m.s.Outbox(ctx, k.ID, 100_000)
		check("outbox", outbox, k.outbox, err)
		check("unsent", slices.Contains(ids, k.ID), len(k.outbox) > 0 && !k.outbox[0].Due.After(now), nil)
		timers := map[string]time.Time{}
		for _, timer := range of(due, func(x host.Timer) bool { return x.Conversation == k.ID }) {
			timers[timer.Name] = timer.Due
		}
		want := map[string]time.Time{}
		for name, at := range k.timers {
			if !at.After(now) {
				want[name] = at
			}
		}
		check("timers", timers, want, nil)
		byID := func(a, b host.PendingCall) int { return strings.Compare(a.Call.ID, b.Call.ID) }
		got := of(calls, func(c host.PendingCall) bool { return c.Conversation == k.ID })
		check("calls", slices.SortedFunc(slices.Values(got), byID), slices.SortedFunc(slices.Values(k.calls), byID), nil)
	}
}

// finish takes away what the lists over all conversations would carry into the next run.
func (m *model) finish(rt *rapid.T) {
	for _, k := range m.talks {
		turn := next(k.Record, fmt.Sprint("last of ", k.ID))
		turn.Stop = []string{"code", "silence", "term"}
		batch := []*host.Turn{turn}
		for _, c := range k.calls {
			turn = next(follow(turn), fmt.Sprint("answer to ", c.Call.ID))
			turn.Done = c.Call.ID
			batch = append(batch, turn)
		}
		got, err := m.s.Commit(m.t.Context(), batch)
		if err = errors.Join(append(got, err)...); err != nil {
			rt.Fatalf("last turns: %v", err)
		}
		sent := func(o host.Outgoing) host.Mark { return host.Mark{Conversation: k.ID, Seq: o.Seq, State: host.Sent} }
		if err := m.s.Mark(m.t.Context(), each(append(k.outbox, k.aside...), sent)); err != nil {
			rt.Fatalf("last marks: %v", err)
		}
	}
}
