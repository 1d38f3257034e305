package webchat_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"spravka/adapters/webchat"
	"spravka/engine"
)

func TestBadFrames(t *testing.T) {
	w := serve(t)
	token := w.token()
	l := w.enter(token, 0)
	l.until(ofType("ready"))
	for _, test := range []struct{ frame, code string }{
		{`{"type":"explode"}`, "unknown_type"},
		{`{"type":"hello","token":"` + token + `"}`, "hello_again"},
		{`{"type":"message","text":"x"}`, "bad_id"},
		{`nonsense`, "bad_json"},
		{"\"\xff\"", "invalid_utf8"},
		{``, "bad_json"},
	} {
		l.send([]byte(test.frame))
		got := l.until(ofType("error"))
		if e := got[len(got)-1].Error; e.Code != test.code || e.Message == "" {
			t.Errorf("%q: got %+v", test.frame, e)
		}
	}
	if err := l.conn.Write(context.Background(), websocket.MessageBinary, []byte("{}")); err != nil {
		t.Fatal(err)
	}
	if got := l.until(ofType("error")); got[len(got)-1].Error.Code != "not_text" {
		t.Errorf("a binary frame: %+v", got)
	}
	long := message(strings.Repeat("ж", 4001))
	l.send(long)
	if got := l.until(ofType("error")); got[len(got)-1].Error.Code != "too_long" || got[len(got)-1].ID != long["id"] {
		t.Errorf("a long message: %+v", got)
	}
	l.send(message("а так можно")) // the connection has survived all that
	l.until(ofType("ack"))
	for range 20 {
		l.send([]byte(`{"type":"explode"}`))
	}
	if code, _ := l.ended(); code != websocket.StatusPolicyViolation {
		t.Errorf("after 20 bad frames the socket was closed with %d", code)
	}
}

func TestAFrameThatIsTooLarge(t *testing.T) {
	w := serve(t)
	token := w.token()
	l, other := w.enter(token, 0), w.enter(token, 0)
	l.until(ofType("ready"))
	other.until(ofType("ready"))
	big := []byte(`{"type":"message","text":"` + strings.Repeat("ж", 100000) + `"}`)
	l.conn.Write(context.Background(), websocket.MessageText, big) // fails if the server is quick to close
	if code, _ := l.ended(); code != websocket.StatusMessageTooBig && code != -1 {
		t.Errorf("closed with %d", code)
	}
	other.send(message("соседу всё равно"))
	other.until(ofType("ack"))
	if n := w.host.Turns(); n != 1 {
		t.Errorf("%d turns", n)
	}
}

func TestTheFirstFrame(t *testing.T) {
	w := serve(t)
	for _, test := range []struct {
		first any
		code  string
		close websocket.StatusCode
	}{
		{message("x"), "hello_first", websocket.StatusPolicyViolation},
		{[]byte("?"), "bad_json", websocket.StatusPolicyViolation},
		{frame{"type": "hello", "token": "x"}, "bad_token", 4401},
		{frame{"type": "hello"}, "bad_token", 4401},
	} {
		l := w.dial()
		l.send(test.first)
		code, got := l.ended()
		if len(got) != 1 || got[0].Error.Code != test.code || code != test.close {
			t.Errorf("%v: closed with %d, heard %+v", test.first, code, got)
		}
	}
}

func TestTooManySockets(t *testing.T) {
	w := serve(t, func(c *webchat.Config) { c.Sockets, c.SocketsPerVisitor = 5, 2 })
	anna, boris := w.token(), w.token()
	var open []*line
	for range 2 {
		l := w.enter(anna, 0)
		l.until(ofType("ready"))
		open = append(open, l)
	}
	code, got := w.enter(anna, 0).ended()
	if code != 4429 || len(got) != 1 || got[0].Error.Code != "too_many_sockets" {
		t.Errorf("the third one: %d %+v", code, got)
	}
	status, body := w.call("GET", api+"events", anna, nil)
	if status != 429 || refusal(t, body) != "too_many_sockets" {
		t.Errorf("a stream as well: %d %s", status, body)
	}
	w.enter(boris, 0).until(ofType("ready"))
	w.stream(boris, 0).until(ofType("ready"))
	w.eventually(func() bool { // the refused one has left
		conn, _, err := websocket.Dial(context.Background(), w.url+api+"socket", nil)
		if err == nil {
			t.Cleanup(func() { conn.CloseNow() })
		}
		return err == nil
	})
	_, res, err := websocket.Dial(context.Background(), w.url+api+"socket", nil)
	if err == nil || res.StatusCode != 503 {
		t.Errorf("the sixth connection: %v", err)
	}
	open[0].conn.Close(websocket.StatusNormalClosure, "")
	w.eventually(func() bool {
		conn, _, err := websocket.Dial(context.Background(), w.url+api+"socket", nil)
		if err == nil {
			conn.CloseNow()
		}
		return err == nil
	})
}

func TestASocketWhoseHostFails(t *testing.T) {
	w := serve(t)
	token := w.token()
	w.say(token, "x")
	l := w.enter(token, 0)
	l.until(ofType("ready"))
	w.host.Fail(errors.New("disk full"))
	m := message("важное")
	l.send(m)
	got := l.until(ofType("error"))
	if e := got[len(got)-1]; e.Error.Code != "unavailable" || e.ID != m["id"] {
		t.Errorf("got %+v", e)
	}
	w.host.Say(1, engine.Bot, "", engine.Message{Text: "y"})
	if code, _ := l.ended(); code != websocket.StatusTryAgainLater {
		t.Errorf("closed with %d", code)
	}
}

func TestARawConnectionThatIsNoSocket(t *testing.T) {
	w := serve(t)
	res := w.do("GET", api+"socket", "", nil)
	res.Body.Close()
	if res.StatusCode != http.StatusUpgradeRequired {
		t.Errorf("without an upgrade: %d", res.StatusCode)
	}
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET %ssocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", api)
	conn.Write([]byte("\x00\xff garbage that is no frame at all"))
	conn.SetReadDeadline(time.Now().Add(15 * time.Second))
	if answer, err := io.ReadAll(conn); err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 101") {
		t.Errorf("garbage: %v, %.60q", err, answer)
	}
}
