package channeltest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"testing"
	"time"

	"spravka/engine"
	"spravka/engine/host"
)

// Ear is a host that writes down what it hears. The zero value is ready.
type Ear struct {
	mu    sync.Mutex
	heard []host.Inbound
	seen  map[string]bool
	fail  func(in host.Inbound) error
}

// Fail makes f decide, before anything is stored, whether an update can be; nil lets everything be stored.
func (e *Ear) Fail(f func(in host.Inbound) error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.fail = f
}

// Receive hears an update: each once.
func (e *Ear) Receive(ctx context.Context, in host.Inbound) (host.Receipt, error) {
	e.mu.Lock()
	fail := e.fail
	e.mu.Unlock()
	if fail != nil {
		if err := fail(in); err != nil {
			return host.Receipt{}, err
		}
	}
	if ctx.Err() != nil {
		return host.Receipt{}, ctx.Err()
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

// Heard returns all that was heard, in order.
func (e *Ear) Heard() []host.Inbound {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.heard)
}

// Texts returns what was said, by the peers' identifiers, in the order in which it was heard.
func (e *Ear) Texts() map[string][]string {
	out := map[string][]string{}
	for _, in := range e.Heard() {
		if said, ok := in.Event.(engine.Said); ok {
			out[in.Peer.ID] = append(out[in.Peer.ID], said.Text)
		}
	}
	return out
}

// Files keeps files in memory. The zero value is ready.
type Files struct {
	mu    sync.Mutex
	files map[string]kept
	fault error
}

type kept struct {
	host.File
	content []byte
}

// Break makes storing fail, until it is called with nil.
func (s *Files) Break(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = err
}

// SaveFile implements [host.Files].
func (s *Files) SaveFile(_ context.Context, f host.File, content []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fault != nil {
		return s.fault
	}
	if _, taken := s.files[f.ID]; taken {
		return errors.New("a file of this identifier exists")
	}
	if s.files == nil {
		s.files = map[string]kept{}
	}
	s.files[f.ID] = kept{f, bytes.Clone(content)}
	return nil
}

// OpenFile implements [host.Files].
func (s *Files) OpenFile(_ context.Context, id string) (host.File, io.ReadCloser, error) {
	f, content, ok := s.Kept(id)
	if !ok {
		return host.File{}, nil, host.ErrNotFound
	}
	return f, io.NopCloser(bytes.NewReader(content)), nil
}

// FilesOf implements [host.Files].
func (s *Files) FilesOf(_ context.Context, p host.Peer, since time.Time) (count int, size int64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.files {
		if f.Peer == p && !f.At.Before(since) {
			count, size = count+1, size+f.Size
		}
	}
	return count, size, nil
}

// Kept returns a file with its content.
func (s *Files) Kept(id string) (f host.File, content []byte, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, ok := s.files[id]
	return k.File, k.content, ok
}

// Count tells how many files there are.
func (s *Files) Count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.files)
}

// Log keeps the first megabyte of a log. The zero value is ready.
type Log struct {
	mu   sync.Mutex
	data []byte
}

// Write implements [io.Writer].
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.data) < 1<<20 {
		l.data = append(l.data, p...)
	}
	return len(p), nil
}

func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.data)
}

// Until waits for something that happens outside of the test; what names it.
func Until(t testing.TB, limit time.Duration, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(limit); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it took longer than %s: %s", limit, what)
		}
	}
}
