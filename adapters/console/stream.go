package console

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"
)

const (
	// streamGap is the least time between two updates of a stream: whatever happens meanwhile is told at once after it.
	streamGap = 200 * time.Millisecond
	// streamBeat is how often a quiet stream shows that it lives, and how soon it notices that its session has ended.
	streamBeat = 20 * time.Second
	// streamWrite bounds how long a browser may take to accept what is sent.
	streamWrite = 15 * time.Second
)

// stream is an event stream to a browser. Each event has an identifier that says how far the browser has come; it comes
// back as Last-Event-ID when the connection broke, and as ?after= from a new page.
type stream struct {
	w    http.ResponseWriter
	out  *http.ResponseController
	last string // the identifier up to which the browser is informed
}

// follow serves a stream: it calls tell now, after each signal and with each beat, until the browser leaves, the session
// ends or the console closes, with at least the pause between two calls. tell sends what is new after s.last.
func (c *Console) follow(w http.ResponseWriter, r *http.Request, v *visit, changed <-chan struct{}, pause time.Duration, tell func(s *stream) error) error {
	if !c.places.enter(v.operator.ID) {
		w.Header().Set("Retry-After", "30")
		return problem(http.StatusServiceUnavailable, "problem.streams")
	}
	defer c.places.leave(v.operator.ID)
	s := &stream{w: w, out: http.NewResponseController(w), last: r.Header.Get("Last-Event-ID")}
	if s.last == "" {
		s.last = r.URL.Query().Get("after")
	}
	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	w.Header().Set("X-Accel-Buffering", "no") // nginx would keep events back
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return nil
	}
	if err := s.write("retry: 2000\n\n"); err != nil {
		return nil // the browser has left
	}
	c.Presence.Seen(v.operator.ID)
	beat := time.NewTicker(streamBeat)
	defer beat.Stop()
	for {
		if err := tell(s); err != nil {
			var gone *goneError
			if !errors.As(err, &gone) && r.Context().Err() == nil {
				c.config.Log.WarnContext(r.Context(), "console: an event stream ended early", "pattern", r.Pattern, "error", err)
			}
			return nil // the browser connects again and says where it stands
		}
		gap := time.NewTimer(pause)
		select {
		case <-gap.C:
		case <-r.Context().Done():
			return nil
		case <-c.closing:
			return nil
		}
		select {
		case <-changed:
		case <-beat.C:
			if over, err := c.sessionOver(r, v); over || err != nil {
				return nil
			}
			c.Presence.Seen(v.operator.ID)
			if err := s.write(": beat\n\n"); err != nil {
				return nil
			}
		case <-r.Context().Done():
			return nil
		case <-c.closing:
			return nil
		}
	}
}

// sessionOver looks whether the operator may still see what the stream tells. Whose role or queues have changed connects
// anew and is asked again.
func (c *Console) sessionOver(r *http.Request, v *visit) (bool, error) {
	now := &visit{}
	if err := c.recognise(r, now); err != nil {
		return false, err
	}
	return now.operator.ID != v.operator.ID || generated(now.operator) || now.operator.Role != v.operator.Role ||
		!slices.Equal(now.operator.Queues, v.operator.Queues), nil
}

// goneError says that the browser has left, which is no fault.
type goneError struct{ err error }

func (e *goneError) Error() string { return "the browser has left: " + e.err.Error() }

// send sends an event. JSON has no line ends, so it is one data line whatever it holds.
func (s *stream) send(event, id string, data any) error {
	body, err := json.Marshal(data)
	if err != nil {
		return err
	}
	return s.sendText(event, id, string(body))
}

// sendText sends an event whose JSON stands already.
func (s *stream) sendText(event, id, body string) error {
	if err := s.write("event: " + event + "\nid: " + id + "\ndata: " + body + "\n\n"); err != nil {
		return err
	}
	s.last = id
	return nil
}

// aside sends an event that moves nothing on: who misses it is told again by the next stream.
func (s *stream) aside(event string, data any) error {
	body, err := json.Marshal(data)
	if err != nil {
		return err
	}
	return s.write(fmt.Sprintf("event: %s\ndata: %s\n\n", event, body))
}

func (s *stream) write(text string) error {
	err := s.out.SetWriteDeadline(time.Now().Add(streamWrite))
	if err != nil && !errors.Is(err, http.ErrNotSupported) {
		return &goneError{err}
	}
	if _, err := s.w.Write([]byte(text)); err != nil {
		return &goneError{err}
	}
	if err := s.out.Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return &goneError{err}
	}
	return nil
}

// places counts open streams, in all and per operator.
type places struct {
	all, each int

	mu    sync.Mutex
	taken int
	of    map[int64]int
}

func newPlaces(all, each int) *places { return &places{all: all, each: each, of: map[int64]int{}} }

func (p *places) enter(operator int64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.taken >= p.all || p.of[operator] >= p.each {
		return false
	}
	p.taken++
	p.of[operator]++
	return true
}

func (p *places) leave(operator int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.taken--
	if p.of[operator]--; p.of[operator] <= 0 {
		delete(p.of, operator)
	}
}
