package console

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// sse is one event of a stream.
type sse struct{ name, id, data string }

// connection is a browser's end of an event stream.
type connection struct {
	events chan sse
	code   int
	header http.Header
	hangUp func()
	over   chan struct{} // closed when the handler has returned

	mu    sync.Mutex
	beats int
}

// pipeWriter is a ResponseWriter whose other end is read as it is written.
type pipeWriter struct {
	*io.PipeWriter
	head chan int
	h    http.Header
	once sync.Once
}

func (p *pipeWriter) Header() http.Header { return p.h }
func (p *pipeWriter) WriteHeader(code int) {
	p.once.Do(func() { p.head <- code; close(p.head) })
}
func (p *pipeWriter) Flush() {}

// connect opens a stream. last is sent as Last-Event-ID.
func connect(t testing.TB, br *browser, path, last string) *connection {
	t.Helper()
	if !strings.HasPrefix(path, "/") {
		path = Root + path
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := httptest.NewRequest("GET", path, nil).WithContext(ctx)
	r.Header.Set("Accept", "text/event-stream")
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	for name, value := range br.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	reader, writer := io.Pipe()
	w := &pipeWriter{PipeWriter: writer, head: make(chan int, 1), h: http.Header{}}
	c := &connection{events: make(chan sse, 1000), header: w.h, over: make(chan struct{})}
	c.hangUp = func() { cancel(); reader.Close(); <-c.over }
	go func() {
		br.console.ServeHTTP(w, r)
		w.WriteHeader(http.StatusOK)
		writer.Close()
		close(c.over)
	}()
	go c.read(reader)
	c.code = <-w.head
	return c
}

func (c *connection) read(r io.Reader) {
	defer close(c.events)
	var e sse
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return
		}
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch name {
		case "event":
			e.name = value
		case "id":
			e.id = value
		case "data":
			e.data = value
		case "":
			if value == "beat" {
				c.mu.Lock()
				c.beats++
				c.mu.Unlock()
			} else if e.data != "" {
				c.events <- e
				e = sse{}
			}
		}
	}
}

// events opens a stream, takes so many events and hangs up.
func events(t *testing.T, _ *bench, br *browser, path, last string, n int) []sse {
	t.Helper()
	c := connect(t, br, path, last)
	if c.code != 200 {
		t.Fatalf("%s: status %d", path, c.code)
	}
	var got []sse
	for range n {
		select {
		case e := <-c.events:
			got = append(got, e)
		case <-time.After(10 * time.Second):
			t.Fatalf("%s: %d events, want %d", path, len(got), n)
		}
	}
	c.hangUp()
	return got
}

// pending are the events that have come until everything is quiet.
func (c *connection) pending() []sse {
	synctest.Wait()
	var got []sse
	for {
		select {
		case e, ok := <-c.events:
			if !ok {
				return got
			}
			got = append(got, e)
		default:
			return got
		}
	}
}

// soon is pending now or, if a hint of something else came at this very instant, after one more gap.
func (c *connection) soon() []sse {
	if got := c.pending(); len(got) > 0 {
		return got
	}
	time.Sleep(streamGap)
	return c.pending()
}
