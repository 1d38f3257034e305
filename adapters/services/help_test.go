package services

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"spravka"
	"spravka/engine"
	"spravka/engine/host"
)

// operations are those of flows/services.yaml.
func operations(t testing.TB) map[string]Operation {
	t.Helper()
	data, err := spravka.Content.ReadFile("flows/services.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Operations map[string]struct {
			Params   []string `yaml:"params"`
			Outcomes []string `yaml:"outcomes"`
			Data     []string `yaml:"data"`
		} `yaml:"operations"`
	}
	if err := yaml.UnmarshalWithOptions(data, &file, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	out := map[string]Operation{}
	for name, op := range file.Operations {
		out[name] = Operation(op)
	}
	return out
}

func options(t testing.TB, url string) Options {
	return Options{URL: url, Token: "secret-token", Instance: "test", Operations: operations(t),
		Jitter: func() float64 { return 0 }}
}

func client(t testing.TB, o Options) *Client {
	t.Helper()
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// server answers over the loopback.
func server(t testing.TB, h http.HandlerFunc) *httptest.Server {
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

// bubbleServer answers over pipes in memory, on which a testing/synctest bubble can tell that everybody waits: its clock
// then moves by itself, and no test sleeps. The client's transport comes back with it.
func bubbleServer(t *testing.T, h http.HandlerFunc) (*httptest.Server, *http.Transport) {
	l := &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
	s := httptest.NewUnstartedServer(h)
	s.Listener.Close()
	s.Listener = l
	s.Start()
	tr := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return l.dial() }}
	t.Cleanup(func() {
		tr.CloseIdleConnections()
		s.CloseClientConnections()
		s.Close()
	})
	return s, tr
}

type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (p *pipes) dial() (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case p.conns <- theirs:
		return ours, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	select {
	case <-p.closed:
	default:
		close(p.closed)
	}
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80} }

func find() host.ServiceCall {
	return host.ServiceCall{Conversation: 42, Call: engine.Call{ID: "call-7", Operation: "application.find", With: map[string]string{
		"number": "1000000011", "name": "Иванова Мария Петровна", "born": "1958-03-12", "contact": "+79000000001"}}}
}

func reply(w http.ResponseWriter, body string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Write([]byte(body))
}

const notFound = `{"outcome":"not_found"}`

func failure(t testing.TB, err error) *Error {
	t.Helper()
	e, ok := err.(*Error)
	if !ok {
		t.Fatalf("got the error %v (%T), want an *Error", err, err)
	}
	return e
}

func wantKind(t testing.TB, err error, kind Kind) *Error {
	t.Helper()
	e := failure(t, err)
	if e.Kind != kind {
		t.Fatalf("kind %q, want %q: %v", e.Kind, kind, err)
	}
	return e
}

func wantElapsed(t testing.TB, since time.Time, want time.Duration) {
	t.Helper()
	if got := time.Since(since); got != want {
		t.Errorf("it took %s, want %s", got, want)
	}
}

// httptestTLS is a server whose certificate nobody has signed.
func httptestTLS(t *testing.T) string {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the call was sent") }))
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // it complains about the handshake
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.URL
}
