package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp/cmpopts"

	"spravka/engine"
	"spravka/engine/host"
)

// say is a message in the outbox.
func say(peer, text string) host.Outgoing { return post(peer, engine.Message{Text: text}) }

func post(peer string, m engine.Message) host.Outgoing {
	body, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	return host.Outgoing{Conversation: 1, Seq: 2, Peer: host.Peer{Channel: Channel, ID: peer}, Body: body}
}

var sorted = cmpopts.SortSlices(func(a, b string) bool { return a < b })

// ear is a host that writes down what it hears.
type ear struct {
	mu    sync.Mutex
	heard []host.Inbound
	seen  map[string]bool
	fail  func(in host.Inbound) error
	known map[host.Peer]host.Record
}

// Receive implements [Host].
func (e *ear) Receive(_ context.Context, in host.Inbound) (host.Receipt, error) {
	e.mu.Lock()
	fail := e.fail
	e.mu.Unlock()
	if fail != nil {
		if err := fail(in); err != nil {
			return host.Receipt{}, err
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.seen[in.Update] {
		return host.Receipt{Duplicate: true}, nil
	}
	if e.seen == nil {
		e.seen = map[string]bool{}
	}
	e.seen[in.Update] = true
	e.heard = append(e.heard, in)
	return host.Receipt{}, nil
}

// Find implements [Host].
func (e *ear) Find(_ context.Context, p host.Peer) (host.Record, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if r, ok := e.known[p]; ok {
		return r, nil
	}
	return host.Record{}, host.ErrNotFound
}

func (e *ear) all() []host.Inbound {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]host.Inbound(nil), e.heard...)
}

// texts returns what was said, per peer, in the order in which it was heard.
func (e *ear) texts() map[string][]string {
	out := map[string][]string{}
	for _, in := range e.all() {
		if s, ok := in.Event.(engine.Said); ok {
			out[in.Peer.ID] = append(out[in.Peer.ID], s.Text)
		}
	}
	return out
}

// shelf keeps files in memory.
type shelf struct {
	mu    sync.Mutex
	files map[string]host.File
	body  map[string][]byte
	fail  error
}

func newShelf() *shelf { return &shelf{files: map[string]host.File{}, body: map[string][]byte{}} }

func (s *shelf) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.files)
}

// SaveFile implements [host.Files].
func (s *shelf) SaveFile(_ context.Context, f host.File, content []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return s.fail
	}
	if _, ok := s.files[f.ID]; ok {
		return errors.New("a file of this identifier exists")
	}
	s.files[f.ID], s.body[f.ID] = f, content
	return nil
}

// OpenFile implements [host.Files].
func (s *shelf) OpenFile(_ context.Context, id string) (host.File, io.ReadCloser, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.files[id]
	if !ok {
		return f, nil, host.ErrNotFound
	}
	return f, io.NopCloser(bytes.NewReader(s.body[id])), nil
}

// FilesOf implements [host.Files].
func (s *shelf) FilesOf(_ context.Context, p host.Peer, since time.Time) (count int, size int64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.files {
		if f.Peer == p && !f.At.Before(since) {
			count++
			size += f.Size
		}
	}
	return count, size, nil
}

// tally counts and keeps the log.
type tally struct {
	mu  sync.Mutex
	n   map[string]int
	log bytes.Buffer
}

func (t *tally) add(what string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.n == nil {
		t.n = map[string]int{}
	}
	t.n[what]++
}

func (t *tally) of(what string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.n[what]
}

func (t *tally) counts() map[string]int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return maps.Clone(t.n)
}

// Write implements io.Writer for the log.
func (t *tally) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.log.Write(p)
}

func (t *tally) logged() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.log.String()
}

// setting is a bot with its fake Telegram, host and files.
type setting struct {
	*testing.T
	fake  *fake
	ear   *ear
	files *shelf
	tally *tally
	bot   *Bot
}

func newSetting(t *testing.T, change func(*Config)) *setting {
	t.Helper()
	s := &setting{T: t, fake: newFake(), ear: &ear{}, files: newShelf(), tally: &tally{}}
	c := Config{Token: token, Transport: s.fake, Count: s.tally.add, Log: slog.New(slog.NewTextHandler(s.tally, nil))}
	if change != nil {
		change(&c)
	}
	var err error
	if s.bot, err = New(s.files, c); err != nil {
		t.Fatal(err)
	}
	return s
}

// run runs the bot during a task.
func (s *setting) run(task func(ctx context.Context)) {
	s.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.bot.Run(ctx, s.ear) }()
	task(ctx)
	cancel()
	if err := <-done; err != nil {
		s.Errorf("Run: %v", err)
	}
	s.discreet()
}

// discreet checks that the log holds neither the token nor what citizens wrote.
func (s *setting) discreet() {
	s.Helper()
	for _, secret := range []string{"TEST-secret_part", "Пётр", "личное"} {
		if strings.Contains(s.tally.logged(), secret) {
			s.Errorf("the log holds %q:\n%s", secret, s.tally.logged())
		}
	}
}
