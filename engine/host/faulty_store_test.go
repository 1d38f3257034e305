package host_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"spravka/adapters/sqlite"
	"spravka/engine/host"
)

// hook is a function that a test may put in, exchange or take out at any time.
type hook[F any] struct{ at atomic.Pointer[F] }

func (h *hook[F]) set(f F) { h.at.Store(&f) }
func (h *hook[F]) unset()  { h.at.Store(nil) }

func (h *hook[F]) get() (f F, ok bool) {
	if p := h.at.Load(); p != nil {
		return *p, true
	}
	return f, false
}

// store is a SQLite store whose calls a test can stop, spoil and count.
type store struct {
	host.Store
	open   hook[func(host.Peer) host.Record]
	dead   atomic.Bool // nothing is written any more: the process that used it was killed
	commit hook[func(turns []*host.Turn, write func() ([]error, error)) ([]error, error)]
	load   hook[func(id int64) error]
	due    hook[func(due []host.Timer) []host.Timer]
	mark   hook[func([]host.Mark) error]
	unsent hook[func(ids []int64) []int64]
	outbox hook[func(list []host.Outgoing)] // is told what was read
}

var errDead = errors.New("the process is dead")

func newStore(t testing.TB) *store {
	t.Helper()
	s, err := sqlite.Open(":memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return over(s)
}

// over gives a store of its own hooks over the same data.
func over(s host.Store) *store { return &store{Store: s} }

func (s *store) Open(ctx context.Context, p host.Peer, locale string, now time.Time) (host.Record, error) {
	if open, ok := s.open.get(); ok {
		return open(p), nil
	}
	return s.Store.Open(ctx, p, locale, now)
}

func (s *store) Commit(ctx context.Context, turns []*host.Turn) ([]error, error) {
	write := func() ([]error, error) { return s.Store.Commit(ctx, turns) }
	if s.dead.Load() {
		return nil, errDead
	}
	if commit, ok := s.commit.get(); ok {
		return commit(turns, write)
	}
	return write()
}

func (s *store) Load(ctx context.Context, id int64) (host.Record, error) {
	if load, ok := s.load.get(); ok {
		if err := load(id); err != nil {
			return host.Record{}, err
		}
	}
	return s.Store.Load(ctx, id)
}

func (s *store) Due(ctx context.Context, now time.Time, limit int) ([]host.Timer, error) {
	all, err := s.Store.Due(ctx, now, limit)
	if due, ok := s.due.get(); ok {
		all = due(all)
	}
	return all, err
}

func (s *store) Unsent(ctx context.Context, now time.Time, p host.Priority, limit int) ([]int64, error) {
	ids, err := s.Store.Unsent(ctx, now, p, limit)
	if unsent, ok := s.unsent.get(); ok {
		ids = unsent(ids)
	}
	return ids, err
}

func (s *store) Outbox(ctx context.Context, conversation int64, limit int) ([]host.Outgoing, error) {
	list, err := s.Store.Outbox(ctx, conversation, limit)
	if outbox, ok := s.outbox.get(); ok {
		outbox(list)
	}
	return list, err
}

func (s *store) Mark(ctx context.Context, marks []host.Mark) error {
	if s.dead.Load() {
		return errDead
	}
	if mark, ok := s.mark.get(); ok {
		if err := mark(marks); err != nil {
			return err
		}
	}
	return s.Store.Mark(ctx, marks)
}

// held makes every commit wait until release is called.
func held(s *store) (release func()) {
	gate := make(chan struct{})
	s.commit.set(func(_ []*host.Turn, write func() ([]error, error)) ([]error, error) {
		<-gate
		return write()
	})
	return sync.OnceFunc(func() { close(gate) })
}
