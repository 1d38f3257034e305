package host_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"spravka/adapters/sqlite"
	"spravka/engine"
	"spravka/engine/flow/flowtest"
	"spravka/engine/host"
	"spravka/engine/understand"
)

// What citizens say in these tests: a topic's id is understood wherever it stands in a message.
const (
	sayAnswer  = "hotline.call"     // is answered at once
	sayFlow    = "account.recover"  // begins a flow that asks, so the timer of silence is set
	sayService = "tech.maintenance" // asks a service: works.current
	sayHuman   = "operator"         // goes to the queue
	sayBot     = "вернуться к боту" // comes back from it
)

// topics understands a text by the topic ids in it.
type topics []string

func (all topics) Understand(q understand.Query) understand.Reading {
	for _, id := range all {
		if strings.Contains(q.Text, id) {
			return understand.Reading{Decision: understand.Answer, Needs: []string{id}, Confidence: 0.95, Topics: []understand.Scored{{Topic: id, Score: 0.95}}}
		}
	}
	return understand.Reading{Decision: understand.AskBack}
}

func content(t testing.TB, files fs.FS) *engine.Content {
	t.Helper()
	c := flowtest.Load(t, files)
	var ids topics
	for _, topic := range c.Topics {
		ids = append(ids, topic.ID)
	}
	return engine.NewContent(c, ids)
}

var shipped struct {
	sync.Once
	*engine.Content
}

func builtIn(t testing.TB) *engine.Content {
	shipped.Do(func() { shipped.Content = content(t, flowtest.Shipped(t)) })
	return shipped.Content
}

// words is what a step of tech.maintenance says.
func words(t testing.TB, step string) string {
	t.Helper()
	text := builtIn(t).Locales["ru"].Topics[sayService].Steps[step].Text.Source
	if text == "" || strings.Contains(text, "{") {
		t.Fatalf("the words of step %s have changed: %q", step, text)
	}
	return text
}

// monday is a working day at noon in Moscow.
var monday = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// since2026 gives a clock that begins on monday and goes with the time of a synctest bubble.
func since2026() func() time.Time {
	began := time.Now()
	return func() time.Time { return monday.Add(time.Since(began)) }
}

// store is a SQLite store whose calls a test can stop, spoil and count.
type store struct {
	host.Store
	dead   *atomic.Bool // nothing is read or written any more: the process that used it was killed
	commit func(turns []*host.Turn, write func() ([]error, error)) ([]error, error)
	load   func(id int64) error
	due    func(due []host.Timer) []host.Timer
	mark   func([]host.Mark) error
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
func over(s host.Store) *store { return &store{Store: s, dead: new(atomic.Bool)} }

func (s *store) Commit(ctx context.Context, turns []*host.Turn) ([]error, error) {
	write := func() ([]error, error) { return s.Store.Commit(ctx, turns) }
	if s.dead.Load() {
		return nil, errDead
	}
	if s.commit != nil {
		return s.commit(turns, write)
	}
	return write()
}

func (s *store) Load(ctx context.Context, id int64) (host.Record, error) {
	if s.load != nil {
		if err := s.load(id); err != nil {
			return host.Record{}, err
		}
	}
	return s.Store.Load(ctx, id)
}

func (s *store) Due(ctx context.Context, now time.Time, limit int) ([]host.Timer, error) {
	due, err := s.Store.Due(ctx, now, limit)
	if s.due != nil {
		due = s.due(due)
	}
	return due, err
}

func (s *store) Mark(ctx context.Context, marks []host.Mark) error {
	if s.dead.Load() {
		return errDead
	}
	if s.mark != nil {
		if err := s.mark(marks); err != nil {
			return err
		}
	}
	return s.Store.Mark(ctx, marks)
}

// service answers calls and remembers them.
type service struct {
	answer func(ctx context.Context, c host.ServiceCall) (engine.Answered, error) // nil: there are no works

	mu    sync.Mutex
	calls []host.ServiceCall
}

func (s *service) Call(ctx context.Context, c host.ServiceCall) (engine.Answered, error) {
	s.mu.Lock()
	s.calls = append(s.calls, c)
	s.mu.Unlock()
	if s.answer != nil {
		return s.answer(ctx, c)
	}
	return engine.Answered{Outcome: "none"}, nil
}

// asked lists the identifiers of the calls made so far.
func (s *service) asked() (ids []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.calls {
		ids = append(ids, c.ID)
	}
	return ids
}

// never is a service that does not answer before it is told to stop.
func never(ctx context.Context, _ host.ServiceCall) (engine.Answered, error) {
	<-ctx.Done()
	return engine.Answered{}, ctx.Err()
}

// house is a host with what it needs.
type house struct {
	*host.Host
	t       testing.TB
	store   *store
	service *service
	now     func() time.Time
	halt    func()
}

// newHouse makes a host; what is not given is the ordinary.
func newHouse(t testing.TB, c host.Config) *house {
	t.Helper()
	h := &house{t: t, now: c.Now}
	if c.Store == nil {
		c.Store = newStore(t)
	}
	h.store = c.Store.(*store)
	if c.Services == nil {
		c.Services = &service{}
	}
	h.service, _ = c.Services.(*service)
	if h.now == nil {
		h.now = func() time.Time { return monday }
	}
	c.Now = h.now
	if c.Content == nil {
		built := builtIn(t)
		c.Content = func() *engine.Content { return built }
	}
	h.Host = host.New(c)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	close(ended)
	run := ended
	h.halt = sync.OnceFunc(func() {
		cancel()
		<-run
		h.Close()
	})
	t.Cleanup(h.halt)
	started.Store(h, func() {
		run = make(chan struct{})
		go func() {
			defer close(run)
			if err := h.Run(ctx); err != nil && !h.store.dead.Load() {
				t.Errorf("Run: %v", err)
			}
		}()
	})
	return h
}

var started sync.Map
