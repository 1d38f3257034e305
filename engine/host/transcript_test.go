package host_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"spravka/adapters/sqlite"
	"spravka/engine"
	"spravka/engine/desk"
	"spravka/engine/host"
)

const sayTranscript = "пришлите переписку"

// spoiled is a store one of whose entries can't be read.
type spoiled struct{ host.Store }

func (s spoiled) History(ctx context.Context, id, after int64, limit int) ([]host.Entry, error) {
	list, err := s.Store.History(ctx, id, after, limit)
	for i := range list {
		if list[i].Seq == 2 {
			list[i].Body = []byte(`{"text":`)
		}
	}
	return list, err
}

// transcribed asks for the transcript of a talk whose store is changed, and returns the store and what the citizen got.
func transcribed(t *testing.T, change func(host.Store) host.Store) (*sqlite.Store, []engine.File) {
	t.Helper()
	s, err := sqlite.Open(":memory:")
	must(t, err)
	t.Cleanup(func() { s.Close() })
	h := newHouse(t, host.Config{Store: over(change(s)), Files: s})
	id := h.say("a", "1", sayAnswer).Conversation
	h.say("a", "2", sayTranscript)
	all, err := s.History(t.Context(), id, 0, 100)
	must(t, err)
	files := messageOf(t, all[len(all)-1].Body).Files
	if len(files) != 1 {
		t.Fatalf("the citizen was told %s", all[len(all)-1].Body)
	}
	return s, files
}

// What can't be read now can't be read later either: such a turn must not fail for ever.
func TestTranscriptWithAnUnreadableEntry(t *testing.T) {
	s, files := transcribed(t, func(s host.Store) host.Store { return spoiled{s} })
	_, content, err := s.OpenFile(t.Context(), files[0].ID)
	must(t, err)
	defer content.Close()
	text, err := io.ReadAll(content)
	must(t, err)
	if !strings.Contains(string(text), sayAnswer) {
		t.Errorf("the transcript is %s", text)
	}
}

// The newest lines count where all of them would be too many for a file.
func TestTranscriptOfALongConversation(t *testing.T) {
	_, files := transcribed(t, func(s host.Store) host.Store { return long{s} })
	if files[0].Size > 5<<20 || files[0].Size < 2<<20 {
		t.Fatalf("the files are %+v", files)
	}
}

// long is a store whose citizens have said very much.
type long struct{ host.Store }

func (s long) History(ctx context.Context, id, after int64, limit int) ([]host.Entry, error) {
	list, err := s.Store.History(ctx, id, after, limit)
	for i := range list {
		list[i].Body = []byte(`{"text":"` + strings.Repeat("много ", 200_000) + `"}`)
	}
	return list, err
}

func TestTranscriptWithoutFiles(t *testing.T) {
	h := newHouse(t, host.Config{})
	id := h.say("a", "1", sayTranscript).Conversation
	all := h.history(id)
	if text := textOf(t, all[len(all)-1].Body); !strings.Contains(text, "сейчас не получается") {
		t.Errorf("the citizen was told %q", text)
	}
}

// noticeStore is what reports has no need of.
type noticeStore = host.Notices

// reports is a list of faults that are mended.
type reports struct {
	noticeStore
	list []host.Report
}

func (r *reports) Untold(context.Context, time.Time, int) ([]host.Report, error) { return r.list, nil }

func (r *reports) Told(_ context.Context, told host.Report) error {
	for i := range r.list {
		if r.list[i].Ticket == told.Ticket {
			r.list = append(r.list[:i:i], r.list[i+1:]...)
			return nil
		}
	}
	return host.ErrNotFound
}

// One citizen who can't be told keeps nobody else from it, and one who is gone is let go.
func TestTellMendedGoesOn(t *testing.T) {
	h := newHouse(t, host.Config{})
	bad, good := h.say("a", "1", sayHuman).Conversation, h.say("b", "2", sayHuman).Conversation
	broken := errors.New("broken")
	h.store.commit.set(func(turns []*host.Turn, write func() ([]error, error)) ([]error, error) {
		for _, x := range turns {
			if x.Record.ID == bad {
				return nil, broken
			}
		}
		return write()
	})
	notice := desk.Notice{ID: 7, Kind: desk.FaultNews, Texts: map[string]string{"ru": "Нет связи."}}
	r := &reports{list: []host.Report{{Notice: notice, Ticket: h.ticket(bad).Number, Conversation: bad}, {Notice: notice, Ticket: "gone", Conversation: 99}, {Notice: notice, Ticket: h.ticket(good).Number, Conversation: good}}}
	if err := h.TellMended(t.Context(), r); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	all := h.history(good)
	if text := textOf(t, all[len(all)-1].Body); !strings.Contains(text, "Нет связи.") || len(r.list) != 1 {
		t.Errorf("the citizen was told %q; left: %+v", text, r.list)
	}
	h.store.commit.unset()
	must(t, h.TellMended(t.Context(), r))
	if len(r.list) != 0 {
		t.Errorf("left: %+v", r.list)
	}
}
