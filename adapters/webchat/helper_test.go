package webchat_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/uuid"
	"spravka/adapters/webchat"
	"spravka/adapters/webchat/internal/fakehost"
)

const api = "/chat/api/v1/"

// world is a chat with its host and a client.
type world struct {
	t      *testing.T
	host   *fakehost.Host
	chat   *webchat.Chat
	url    string
	client *http.Client
}

// serve starts a chat over a fresh host.
func serve(t *testing.T, change ...func(*webchat.Config)) *world {
	t.Helper()
	return serveOver(t, fakehost.New(), change...)
}

// serveOver starts a chat over a host that exists, as after a restart.
func serveOver(t *testing.T, h *fakehost.Host, change ...func(*webchat.Config)) *world {
	t.Helper()
	chat := newChat(t, h, change...)
	s := httptest.NewServer(chat.Handler())
	t.Cleanup(func() { chat.Close(); s.Close() })
	return &world{t: t, host: h, chat: chat, url: s.URL, client: &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

func newChat(t *testing.T, h *fakehost.Host, change ...func(*webchat.Config)) *webchat.Chat {
	t.Helper()
	c := webchat.Config{VisitorRate: 1000, VisitorBurst: 1000, IPRate: 10000, IPBurst: 10000}
	for _, f := range change {
		f(&c)
	}
	chat, err := webchat.New(h, h, c)
	if err != nil {
		t.Fatal(err)
	}
	return chat
}

// serveInBubble starts a chat on an in-memory network, whose waiting synctest understands.
func serveInBubble(t *testing.T, h *fakehost.Host, change ...func(*webchat.Config)) *world {
	t.Helper()
	chat := newChat(t, h, change...)
	l := &pipes{calls: make(chan net.Conn), closed: make(chan struct{})}
	s := &http.Server{Handler: chat.Handler()}
	done := make(chan struct{})
	go func() { s.Serve(l); close(done) }()
	transport := &http.Transport{DialContext: l.dial}
	t.Cleanup(func() { chat.Close(); transport.CloseIdleConnections(); s.Close(); <-done })
	return &world{t: t, host: h, chat: chat, url: "http://chat.example", client: &http.Client{Transport: transport}}
}

// pipes is a listener without a network.
type pipes struct {
	calls  chan net.Conn
	closed chan struct{}
}

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case p.calls <- there:
		return here, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-p.closed:
		return nil, errors.New("nobody listens")
	}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.calls:
		return addressed{c}, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { close(p.closed); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80} }

type addressed struct{ net.Conn }

func (addressed) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 40000} }

// call does a request; a body that is neither nil nor bytes goes as JSON. It returns the status and the body.
func (w *world) call(method, path, token string, body any, change ...func(*http.Request)) (int, []byte) {
	w.t.Helper()
	res := w.do(method, path, token, body, change...)
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return res.StatusCode, data
}

func (w *world) do(method, path, token string, body any, change ...func(*http.Request)) *http.Response {
	w.t.Helper()
	var in io.Reader
	switch b := body.(type) {
	case nil:
	case []byte:
		in = bytes.NewReader(b)
	case string:
		in = strings.NewReader(b)
	default:
		data, err := json.Marshal(b)
		if err != nil {
			w.t.Fatal(err)
		}
		in = bytes.NewReader(data)
	}
	r, err := http.NewRequest(method, w.url+path, in)
	if err != nil {
		w.t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for _, f := range change {
		f(r)
	}
	res, err := w.client.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	return res
}

// token makes a visitor.
func (w *world) token() string {
	w.t.Helper()
	status, body := w.call("POST", api+"session", "", nil)
	var out struct{ Token string }
	decode(w.t, body, &out)
	if status != 200 || len(out.Token) != 43 {
		w.t.Fatalf("session: %d %s", status, body)
	}
	return out.Token
}

type frame map[string]any

func message(text string) frame {
	return frame{"type": "message", "id": uuid.NewString(), "text": text}
}

func press(payload string) frame {
	return frame{"type": "press", "id": uuid.NewString(), "payload": payload}
}

// say posts a message that must be accepted.
func (w *world) say(token, text string) {
	w.t.Helper()
	if status, body := w.call("POST", api+"messages", token, message(text)); status != 200 {
		w.t.Fatalf("message %q: %d %s", text, status, body)
	}
}

// batch is the answer to GET messages.
type batch struct {
	Entries []struct {
		Seq    int64
		Author string
		Name   string
		ID     string
		Text   string
		Files  []struct{ ID, Name, MIME string }
	}
	State struct {
		Owner, Ticket string
		Ahead         *int
	}
	Seq         int64
	More, Reset bool
}

func (b batch) texts() (out []string) {
	for _, e := range b.Entries {
		out = append(out, e.Author+": "+e.Text)
	}
	return out
}

func (w *world) messages(token, query string) batch {
	w.t.Helper()
	status, body := w.call("GET", api+"messages"+query, token, nil)
	if status != 200 {
		w.t.Fatalf("messages%s: %d %s", query, status, body)
	}
	var b batch
	decode(w.t, body, &b)
	return b
}

// refusal reads the code of an error, which must come with a sentence.
func refusal(t *testing.T, body []byte) string {
	t.Helper()
	var e struct {
		Error struct{ Code, Message string }
	}
	decode(t, body, &e)
	if e.Error.Message == "" {
		t.Errorf("the error %s has no sentence", body)
	}
	return e.Error.Code
}

func decode(t *testing.T, data []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatalf("%v in %.300s", err, data)
	}
}

// line is a client's end of a socket.
type line struct {
	w    *world
	conn *websocket.Conn
}

func (w *world) dial(header ...string) *line {
	w.t.Helper()
	h := http.Header{}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	conn, _, err := websocket.Dial(context.Background(), w.url+api+"socket", &websocket.DialOptions{HTTPClient: w.client, HTTPHeader: h})
	if err != nil {
		w.t.Fatal(err)
	}
	conn.SetReadLimit(1 << 20)
	w.t.Cleanup(func() { conn.CloseNow() })
	return &line{w, conn}
}

// enter opens a socket and says hello.
func (w *world) enter(token string, after int64) *line {
	w.t.Helper()
	l := w.dial()
	l.send(frame{"type": "hello", "token": token, "after": after})
	return l
}

func (l *line) send(f any) {
	l.w.t.Helper()
	data, ok := f.([]byte)
	if !ok {
		var err error
		if data, err = json.Marshal(f); err != nil {
			l.w.t.Fatal(err)
		}
	}
	if err := l.conn.Write(context.Background(), websocket.MessageText, data); err != nil {
		l.w.t.Fatal(err)
	}
}

// heard is a frame from the server.
type heard struct {
	Type      string
	ID        string
	Seq       int64
	Duplicate bool
	Entry     struct {
		Seq                    int64
		Author, Name, ID, Text string
		Buttons                []struct{ Label, Payload string }
	}
	State struct {
		Owner, Ticket string
		Ahead         *int
		Wait          string
	}
	Error struct{ Code, Message string }
}

func (l *line) hear() (heard, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	_, data, err := l.conn.Read(ctx)
	if err != nil {
		return heard{}, err
	}
	var f heard
	if err := json.Unmarshal(data, &f); err != nil {
		l.w.t.Fatalf("%v in %s", err, data)
	}
	return f, nil
}

// until hears frames up to and with the first one that fits.
func (l *line) until(fits func(heard) bool) (all []heard) {
	l.w.t.Helper()
	for {
		f, err := l.hear()
		if err != nil {
			l.w.t.Fatalf("%v after %+v", err, all)
		}
		all = append(all, f)
		if fits(f) {
			return all
		}
	}
}

func ofType(kind string) func(heard) bool { return func(f heard) bool { return f.Type == kind } }

func entries(all []heard) (out []string) {
	for _, f := range all {
		if f.Type == "entry" {
			out = append(out, f.Entry.Author+": "+f.Entry.Text)
		}
	}
	return out
}

// ended hears until the server closes the socket and returns why.
func (l *line) ended() (websocket.StatusCode, []heard) {
	var all []heard
	for {
		f, err := l.hear()
		if err != nil {
			return websocket.CloseStatus(err), all
		}
		all = append(all, f)
	}
}

// eventually waits until the server has noticed something.
func (w *world) eventually(happened func() bool) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	for tick := time.NewTicker(5 * time.Millisecond); !happened(); {
		select {
		case <-tick.C:
		case <-ctx.Done():
			w.t.Fatal("it does not happen")
		}
	}
}
