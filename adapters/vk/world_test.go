package vk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"spravka/engine"
	"spravka/engine/host"
)

// stubHost is a host that notes what it is given.
type stubHost struct {
	mu   sync.Mutex
	got  []host.Inbound
	at   []time.Time
	seen map[string]bool
	fail func(in host.Inbound) error // before it is stored
	find func(p host.Peer) (host.Record, error)
}

func (h *stubHost) Receive(ctx context.Context, in host.Inbound) (host.Receipt, error) {
	h.mu.Lock()
	fail := h.fail
	h.mu.Unlock()
	if fail != nil {
		if err := fail(in); err != nil {
			return host.Receipt{}, err
		}
	}
	if ctx.Err() != nil {
		return host.Receipt{}, ctx.Err()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.seen[in.Update] {
		return host.Receipt{Duplicate: true}, nil
	}
	if h.seen == nil {
		h.seen = map[string]bool{}
	}
	h.seen[in.Update] = true
	h.got, h.at = append(h.got, in), append(h.at, time.Now())
	return host.Receipt{}, nil
}

func (h *stubHost) Find(_ context.Context, p host.Peer) (host.Record, error) {
	if h.find != nil {
		return h.find(p)
	}
	return host.Record{}, host.ErrNotFound
}

func (h *stubHost) list() []host.Inbound {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.got)
}

// texts are what a citizen has said, in the order of storing.
func (h *stubHost) texts(peer int64) []string {
	var out []string
	for _, in := range h.list() {
		if said, ok := in.Event.(engine.Said); ok && in.Peer.ID == itoa(peer) {
			out = append(out, said.Text)
		}
	}
	return out
}

// stubFiles keeps files in memory.
type stubFiles struct {
	mu      sync.Mutex
	files   map[string]host.File
	content map[string][]byte
}

func newFiles() *stubFiles {
	return &stubFiles{files: map[string]host.File{}, content: map[string][]byte{}}
}

func (s *stubFiles) SaveFile(_ context.Context, f host.File, content []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.files[f.ID]; ok {
		return errors.New("a file of this identifier exists")
	}
	s.files[f.ID], s.content[f.ID] = f, content
	return nil
}

func (s *stubFiles) OpenFile(_ context.Context, id string) (host.File, io.ReadCloser, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.files[id]
	if !ok {
		return host.File{}, nil, host.ErrNotFound
	}
	return f, io.NopCloser(bytes.NewReader(s.content[id])), nil
}

func (s *stubFiles) FilesOf(_ context.Context, p host.Peer, since time.Time) (count int, size int64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.files {
		if f.Peer == p && !f.At.Before(since) {
			count, size = count+1, size+f.Size
		}
	}
	return count, size, nil
}

func (s *stubFiles) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.files)
}

// stubCursor keeps the cursor in memory.
type stubCursor struct {
	mu    sync.Mutex
	ts    string
	saves []string
	fail  error
}

func (c *stubCursor) Load(context.Context) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ts, c.fail
}

func (c *stubCursor) Save(_ context.Context, ts string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fail != nil {
		return c.fail
	}
	c.ts, c.saves = ts, append(c.saves, ts)
	return nil
}

func (c *stubCursor) now() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ts
}

// world is an adapter with all that stands around it.
type world struct {
	*Adapter
	t      *testing.T
	vk     *fake
	host   *stubHost
	files  *stubFiles
	cursor *stubCursor
	log    *lockedBuffer
	alarms []string
	mu     sync.Mutex
	stop   func()
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func newWorld(t *testing.T, change func(c *Config)) *world {
	t.Helper()
	w := &world{t: t, vk: newFake(), host: &stubHost{}, files: newFiles(), cursor: &stubCursor{}, log: &lockedBuffer{}}
	w.build(change)
	return w
}

// build makes the adapter, or makes it anew as after a restart.
func (w *world) build(change func(c *Config)) {
	w.t.Helper()
	c := Config{Token: token, Group: group, Cursor: w.cursor, Files: w.files, MethodURL: "http://vk.test/method/", AllowLocal: true,
		Transport: w.vk, KeepSettings: true, Log: slog.New(slog.NewTextHandler(w.log, nil)), Alarm: func(kind, text string) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.alarms = append(w.alarms, kind)
		}}
	if change != nil {
		change(&c)
	}
	a, err := New(c)
	if err != nil {
		w.t.Fatal(err)
	}
	w.Adapter = a
}

// start runs the adapter until halt.
func (w *world) start() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx, w.host) }()
	w.stop = func() {
		cancel()
		if err := <-done; err != nil {
			w.t.Error(err)
		}
	}
}

// all lists the alarms.
func (w *world) all() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.alarms)
}

func (w *world) raised(kind string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for _, k := range w.alarms {
		if k == kind {
			n++
		}
	}
	return n
}

func outgoing(conversation, seq, peer int64, m engine.Message) host.Outgoing {
	body, _ := json.Marshal(m)
	return host.Outgoing{Conversation: conversation, Seq: seq, Peer: host.Peer{Channel: Channel, ID: itoa(peer)}, Body: body}
}
