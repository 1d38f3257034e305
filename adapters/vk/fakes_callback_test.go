//go:build fakes

package vk

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"spravka/adapters/channeltest"
	"spravka/engine/host"
)

// gateway stands before the channel's handler: it can be down, and keeps its address.
type gateway struct {
	mu       sync.Mutex
	handler  http.Handler
	slowest  time.Duration
	statuses map[int]int
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	h := g.handler
	g.mu.Unlock()
	if h == nil {
		panic(http.ErrAbortHandler)
	}
	begun := time.Now()
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	g.mu.Lock()
	g.slowest = max(g.slowest, time.Since(begun))
	g.statuses[rec.Code]++
	g.mu.Unlock()
	w.WriteHeader(rec.Code)
	w.Write(rec.Body.Bytes())
}

func (g *gateway) set(h http.Handler) {
	g.mu.Lock()
	g.handler = h
	g.mu.Unlock()
}

func fakesCallback(t *testing.T, program string) {
	g := &gateway{statuses: map[int]int{}}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: g}
	go server.Serve(l)
	defer server.Close()
	y := &try{outside: startFake(t, program), folder: t.TempDir(), said: map[int64][]string{}, change: func(c *Config) {
		c.Mode, c.Secret, c.CallbackURL = Callback, secret, "http://"+l.Addr().String()+"/vk"
	}}
	begin := func() {
		a, err := open(y.folder, y.api(), quiet(), y.change)
		if err != nil {
			t.Fatal(err)
		}
		y.app = a
		g.set(a.Handler())
		a.run()
	}
	begin()
	defer y.end()
	registered := func() bool {
		var servers []struct{ Status string }
		y.Ask("events?servers=1", &servers)
		return len(servers) == 1 && servers[0].Status == "ok" && len(y.calls("groups.setCallbackSettings")) > 0
	}
	channeltest.Until(t, 20*time.Second, "the callback server was not registered", registered)

	// Refusals.
	body := fmt.Sprintf(`{"type":"message_new","object":%s,"group_id":%d,"event_id":"forged","secret":"wrong"}`, message(9, 1, "/help", ""), group)
	for text, want := range map[string]int{body: 403, body[:20]: 400} {
		resp, err := http.Post("http://"+l.Addr().String()+"/vk", "application/json", strings.NewReader(text))
		if err != nil || resp.StatusCode != want {
			t.Fatalf("%v, want %d: %v", resp, want, err)
		}
		resp.Body.Close()
	}
	if _, err := y.store.Find(t.Context(), y.peer(9)); !errors.Is(err, host.ErrNotFound) {
		t.Error("a forged callback was stored")
	}

	// Order while everything is well.
	for i := range 30 {
		y.ask(int64(1 + i%3))
	}
	y.settled(time.Minute)

	// Sending hangs: the answers to VK do not wait for it.
	y.fault(m{"method": "messages.send", "kind": "", "delay_ms": 3000, "count": 3})
	g.mu.Lock()
	g.slowest = 0
	g.mu.Unlock()
	for range 3 {
		y.ask(1)
	}
	y.settled(time.Minute)
	g.mu.Lock()
	if g.slowest > 2*time.Second {
		t.Errorf("an answer took %v", g.slowest)
	}
	g.mu.Unlock()

	// Down for a while: the process is gone, then it is back.
	g.set(nil)
	y.end()
	for i := range 30 {
		y.ask(int64(1 + i%3))
		time.Sleep(50 * time.Millisecond)
	}
	time.Sleep(2 * time.Second)
	begin()
	for range 3 { // and new ones come in between
		y.ask(1)
		time.Sleep(300 * time.Millisecond)
	}
	y.settled(time.Minute)

	// The store is down.
	g.set(nil)
	y.app.store.Close()
	g.set(y.Handler())
	y.ask(2)
	channeltest.Until(t, callbackWait+10*time.Second, "no 503 with the store down", func() bool { // at the latest when VK has waited long enough
		g.mu.Lock()
		defer g.mu.Unlock()
		return g.statuses[503] > 0
	})
	g.set(nil)
	y.end()
	begin()
	y.settled(time.Minute)
}
