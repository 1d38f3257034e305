package vk

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"sync"
	"testing"

	"spravka/adapters/channeltest"
	"spravka/engine"
	"spravka/engine/host"
)

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
	host   *channeltest.Ear
	files  *channeltest.Files
	cursor *stubCursor
	log    *channeltest.Log
	alarms []string
	mu     sync.Mutex
	stop   func()
}

func newWorld(t *testing.T, change func(c *Config)) *world {
	t.Helper()
	w := &world{t: t, vk: newFake(), host: &channeltest.Ear{}, files: &channeltest.Files{}, cursor: &stubCursor{}, log: &channeltest.Log{}}
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

// heard is what a citizen has said, in the order of storing.
func (w *world) heard(peer int64) []string { return w.host.Texts()[itoa(peer)] }

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
