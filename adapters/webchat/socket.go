package webchat

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/coder/websocket"
)

// Why the chat closes a socket, besides the codes of RFC 6455.
const (
	closeBadToken websocket.StatusCode = 4401
	closeTooMany  websocket.StatusCode = 4429
)

// badFrames is how many refused frames in a row end a connection.
const badFrames = 20

// socket answers GET socket. The connection leaves the handler, which frees what net/http holds for a request.
func (c *Chat) socket(w http.ResponseWriter, r *http.Request) error {
	if c.welcome.Err() != nil || !c.sockets.enter() {
		return faulty("busy")
	}
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{
		InsecureSkipVerify: true, // allow has checked the origin, and more strictly
	})
	if err != nil {
		c.sockets.leave()
		return nil // Accept has answered
	}
	conn.SetReadLimit(maxFrame)
	s := &socket{chat: c, conn: conn, locale: c.locale(r), address: c.address(r), replies: make(chan outFrame)}
	c.wg.Go(func() {
		defer c.sockets.leave()
		s.serve(c.life)
	})
	return nil
}

// seat takes a place for a connection that stays open.
func (c *Chat) seat(v visitor) (leave func(), err error) {
	if !c.sockets.enter() {
		return nil, faulty("busy")
	}
	if !c.sockets.sit(v.peer.ID) {
		c.sockets.leave()
		return nil, faulty("too_many_sockets")
	}
	return func() { c.sockets.rise(v.peer.ID); c.sockets.leave() }, nil
}

// socket is one WebSocket: this goroutine reads, another writes.
type socket struct {
	chat    *Chat
	conn    *websocket.Conn
	locale  string
	address string
	visitor visitor
	replies chan outFrame // from the reader to the writer
}

func (s *socket) serve(ctx context.Context) {
	defer s.conn.CloseNow()
	hello, ok := s.greet(s.chat.welcome)
	if !ok {
		return
	}
	if !s.chat.sockets.sit(s.visitor.peer.ID) {
		s.part(ctx, faulty("too_many_sockets"), closeTooMany)
		return
	}
	defer s.chat.sockets.rise(s.visitor.peer.ID)

	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s.chat.wg.Go(func() {
		defer cancel()
		err := s.chat.feed(s.visitor, hello.After, s.write(ctx)).run(ctx, s.replies)
		s.leave(err)
	})
	s.read(ctx)
}

// greet waits for the first frame.
func (s *socket) greet(ctx context.Context) (inFrame, bool) {
	ctx, cancel := context.WithTimeout(ctx, helloWait)
	defer cancel()
	f, err := s.next(ctx)
	switch {
	case errors.Is(err, errGone):
		return f, false
	case err == nil && f.Type != "hello":
		err = faulty("hello_first")
	}
	if err != nil {
		s.part(ctx, err, closeBadToken)
		return f, false
	}
	s.visitor, _ = knownVisitor(f.Token)
	if f.Locale != "" {
		s.locale = known(f.Locale)
	}
	return f, true
}

// errGone says that the connection can't be read any more.
var errGone = errors.New("the connection is gone")

// next reads a frame.
func (s *socket) next(ctx context.Context) (inFrame, error) {
	kind, data, err := s.conn.Read(ctx)
	if err != nil {
		return inFrame{}, errGone
	}
	if ok, wait := s.chat.origins.allow(s.address); !ok {
		f, _ := parseFrame(data)
		return f, faultyIn("too_many", wait)
	}
	if kind != websocket.MessageText {
		return inFrame{}, faulty("not_text")
	}
	return parseFrame(data)
}

// read answers the client's frames until the connection ends. While a turn is being stored nothing more is read: who
// sends faster than that waits.
func (s *socket) read(ctx context.Context) {
	for bad := 0; bad < badFrames; {
		wait, cancel := context.WithTimeout(ctx, silence)
		f, err := s.next(wait)
		cancel()
		if errors.Is(err, errGone) {
			return
		}
		reply := outFrame{Type: "pong"}
		if err == nil {
			reply, err = s.handle(ctx, f)
		}
		if err != nil {
			t, _ := tell(err, s.locale)
			reply = outFrame{Type: "error", ID: f.ID, Error: &t}
			bad++
		} else {
			bad = 0
		}
		select {
		case s.replies <- reply:
		case <-ctx.Done():
			return
		}
	}
	s.conn.Close(websocket.StatusPolicyViolation, "too many bad frames")
}

func (s *socket) handle(ctx context.Context, f inFrame) (outFrame, error) {
	switch f.Type {
	case "ping":
		return outFrame{Type: "pong"}, nil
	case "typing":
		s.chat.heardTyping(ctx, s.visitor)
		return outFrame{Type: "pong"}, nil
	case "hello":
		return outFrame{}, faulty("hello_again")
	}
	if f.Locale == "" {
		f.Locale = s.locale
	}
	got, err := s.chat.take(ctx, s.visitor, f)
	if err != nil {
		return outFrame{}, err
	}
	return outFrame{Type: "ack", ID: f.ID, Seq: got.Seq, Duplicate: got.Duplicate}, nil
}

// write sends one frame. A reader that does not take it in time is dropped; it finds everything again when it comes back.
func (s *socket) write(ctx context.Context) func(outFrame) error {
	return func(f outFrame) error {
		data, err := json.Marshal(f)
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(ctx, writeWait)
		defer cancel()
		return s.conn.Write(ctx, websocket.MessageText, data)
	}
}

// part tells the client why it can't stay.
func (s *socket) part(ctx context.Context, err error, code websocket.StatusCode) {
	t, _ := tell(err, s.locale)
	if t.Code == "hello_first" || t.Code == "bad_json" {
		code = websocket.StatusPolicyViolation
	}
	s.write(ctx)(outFrame{Type: "error", Error: &t}) // it is closed in any case
	s.conn.Close(code, t.Code)
}

// leave closes the connection in the way that fits the reason.
func (s *socket) leave(err error) {
	switch {
	case errors.Is(err, errClosing):
		s.conn.Close(websocket.StatusGoingAway, "restart")
	case errors.Is(err, context.Canceled):
	default:
		s.chat.config.Log.Debug("web chat: a socket ended", "error", err)
		s.conn.Close(websocket.StatusTryAgainLater, "")
	}
}
