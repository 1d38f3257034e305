package sqlite

import (
	"errors"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"spravka/engine"
	"spravka/engine/desk"
	"spravka/engine/host"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// TestRestart closes a store in the middle of everything and opens it again.
func TestRestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "spravka.db")
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	before := fill(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
	if _, err := s.Serial(ctx, "x"); !errors.Is(err, ErrClosed) {
		t.Errorf("a closed store gave a number: %v", err)
	}

	s = openAt(t, path)
	if after := snapshot(t, s, before.record.ID); !reflect.DeepEqual(before, after) {
		t.Errorf("before the restart\n%+v\nafter it\n%+v", before, after)
	}
	if n, err := s.Serial(ctx, "tickets"); n != 3 || err != nil {
		t.Errorf("the series goes on with %d, %v", n, err)
	}
	old := host.Turn{Update: "1", At: noon, Record: before.record, State: []byte("{}")}
	if got, err := s.Commit(ctx, []*host.Turn{&old}); err != nil || !errors.Is(got[0], host.ErrDuplicate) {
		t.Errorf("an update of before the restart: %v, %v", got, err)
	}
	if _, _, err := s.Session(ctx, make([]byte, 32), noon); err != nil {
		t.Errorf("the session is lost: %v", err)
	}
}

// fill stores something of every kind.
func fill(t *testing.T, s *Store) state {
	t.Helper()
	ctx := t.Context()
	r, err := s.Open(ctx, host.Peer{Channel: "telegram", ID: "1"}, "ru", noon)
	check(t, err)
	for range 2 {
		_, err = s.Serial(ctx, "tickets")
		check(t, err)
	}
	r.Seq = 3
	turn := &host.Turn{Update: "1", At: noon, Record: r, State: []byte(`{"topic":"x"}`), Outbox: true,
		Entries: []host.Entry{
			{Seq: 1, At: noon, Author: engine.Citizen, Body: []byte("{}")},
			{Seq: 2, At: noon, Author: engine.Bot, Body: []byte(`{"text":"a"}`), Trace: []byte("{}")},
			{Seq: 3, At: noon, Author: engine.Bot, Body: []byte(`{"text":"b"}`)},
		},
		Set:     []host.Timer{{Name: "code", Due: noon.Add(time.Minute)}},
		Calls:   []host.PendingCall{{Call: engine.Call{ID: "1", Operation: "find"}, At: noon}},
		Tickets: []desk.Ticket{{Number: "A-1", Queue: "general", Priority: desk.Normal, Status: desk.New, Opened: noon}},
		Changes: []desk.Change{{Ticket: "A-1", At: noon, Status: desk.New, By: "bot"}},
	}
	got, err := s.Commit(ctx, []*host.Turn{turn})
	check(t, errors.Join(append(got, err)...))
	check(t, s.Mark(ctx, []host.Mark{{Conversation: r.ID, Seq: 2, State: host.Sending, Attempts: 1, Due: noon}}))
	check(t, s.SaveFile(ctx, host.File{File: engine.File{ID: "f"}, Peer: r.Peer, At: noon}, []byte("content")))
	id, err := s.CreateOperator(ctx, host.Operator{Login: "olga", Name: "О", Role: host.RoleOperator, PasswordHash: "x", Created: noon})
	check(t, err)
	check(t, s.CreateSession(ctx, make([]byte, 32), host.Session{Operator: id, Created: noon, Expires: noon.Add(time.Hour)}))
	return snapshot(t, s, r.ID)
}

// state is what a store says about a conversation and around it.
type state struct {
	record    host.Record
	history   []host.Entry
	outbox    []host.Outgoing
	unsent    []int64
	timers    []host.Timer
	calls     []host.PendingCall
	ticket    desk.Ticket
	changes   []desk.Change
	files     int
	operators []host.Operator
}

func snapshot(t *testing.T, s *Store, id int64) (v state) {
	t.Helper()
	ctx, errs := t.Context(), make([]error, 10)
	v.record, errs[0] = s.Load(ctx, id)
	v.history, errs[1] = s.History(ctx, id, 0, 100)
	v.outbox, errs[2] = s.Outbox(ctx, id, 100)
	v.unsent, errs[3] = s.Unsent(ctx, noon, host.Dialogue, 100)
	v.timers, errs[4] = s.Due(ctx, noon.Add(time.Hour), 100)
	v.calls, errs[5] = s.Calls(ctx, 100)
	v.ticket, v.changes, errs[6] = s.Ticket(ctx, "A-1")
	v.files, _, errs[7] = s.FilesOf(ctx, v.record.Peer, noon)
	v.operators, errs[8] = s.Operators(ctx)
	_, file, err := s.OpenFile(ctx, "f")
	if errs[9] = err; err == nil {
		errs[9] = file.Close()
	}
	check(t, errors.Join(errs...))
	if len(v.history) != 3 || len(v.outbox) != 2 || len(v.unsent) != 1 || len(v.timers) != 1 || len(v.calls) != 1 ||
		len(v.changes) != 1 || v.files != 1 || len(v.operators) != 1 {
		t.Fatalf("the store is incomplete: %+v", v)
	}
	return v
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
