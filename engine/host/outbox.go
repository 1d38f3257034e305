package host

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"strconv"
	"sync"
	"time"

	"spravka/engine"
)

// Channel is one that messages are sent to. The web chat and the terminal are none: they read the history.
type Channel interface {
	Name() string
	// Idempotent reports whether sending a message twice is harmless, (Conversation, Seq) being its key.
	Idempotent() bool
	// Send sends a message. Its error may be a [RetryAfterError] or wrap [ErrPermanent] or [ErrCitizenLeft]; any other
	// one is tried again. Once the context has ended, any other one means that nobody knows whether the message arrived;
	// a channel that is sure that it did not says so by a RetryAfterError.
	Send(ctx context.Context, m Outgoing) error
}

// Parting is a [Channel] that may send a message in several parts.
type Parting interface {
	// SendParts is Send that leaves out the first m.Parts parts, which are out, and tells how many are out after each one
	// but the last. A try that fails between two parts goes on there, even in another process.
	SendParts(ctx context.Context, m Outgoing, out func(parts int)) error
}

// Pacing is a [Channel] that keeps its platform's limits by waiting.
type Pacing interface {
	// Pace returns when the message may go out, or why not: a [RetryAfterError], or the context's error. It is called before
	// the message counts as being sent, so that one that merely waits for its turn is not in doubt after a crash. Send then
	// does not wait again for the first part.
	Pace(ctx context.Context, m Outgoing) error
}

// Errors of a [Channel].
var (
	ErrPermanent   = errors.New("the message is refused for good")
	ErrCitizenLeft = errors.New("the citizen does not want messages any more")
	ErrUndecided   = errors.New("nobody can tell whether the message has arrived") // of a channel that is not idempotent
)

// RetryAfterError says when the platform will take messages again. It counts as no attempt.
type RetryAfterError struct{ After time.Duration }

func (e RetryAfterError) Error() string { return "the platform asks to wait " + e.After.String() }

const (
	sendBatch   = 256
	sendSweep   = 5 * time.Second
	sendTimeout = 60 * time.Second // near its limits Telegram holds a connection instead of refusing it
	sendAbsent  = 5 * time.Minute  // how often it is looked whether a channel is configured again
	maxAttempts = 20
)

// sendWorkers are how many conversations of each priority are sent to at a time. What nobody waits for has few and of
// its own: however much of it there is, a dialogue finds a free worker, and few are ahead of it at a platform's limit.
var sendWorkers = [2]int{Dialogue: 32, Calm: 4}

// runOutbox sends what waits: in order within a conversation, side by side between them.
func (h *Host) runOutbox(ctx context.Context) {
	a := &active{again: map[int64]bool{}}
	for p, workers := range sendWorkers {
		h.running.Go(func() { h.runLine(ctx, a, Priority(p), make(chan struct{}, workers)) })
	}
}

// runLine sends what has a priority.
func (h *Host) runLine(ctx context.Context, a *active, p Priority, workers chan struct{}) {
	var all sync.WaitGroup
	defer all.Wait()
	for {
		ids, err := h.Store.Unsent(ctx, h.Now(), p, sendBatch)
		if err != nil && ctx.Err() == nil {
			h.Log.Error("reading the outbox", "error", err)
		}
		a.more(p, len(ids) == sendBatch)
		for _, id := range ids {
			if !a.begin(id) {
				continue
			}
			select {
			case workers <- struct{}{}:
			case <-ctx.Done():
				return
			}
			all.Go(func() {
				went := h.sendAll(ctx, id)
				again, rest := a.end(p, id)
				if went && (again || rest) {
					kick(h.kickSend[p])
				}
				if went && again {
					kick(h.kickSend[1-p]) // whichever has met it
				}
				<-workers
			})
		}
		if !rest(ctx, sendSweep, h.kickSend[p]) {
			return
		}
	}
}

// active holds the conversations that are being sent to.
type active struct {
	mu    sync.Mutex
	again map[int64]bool // those being sent to; true if something new may have come meanwhile
	rest  [2]bool        // by priority: a portion had no room for all that wait
}

func (a *active) more(p Priority, rest bool) {
	a.mu.Lock()
	a.rest[p] = rest
	a.mu.Unlock()
}

// begin reports false if the conversation is being sent to already.
func (a *active) begin(id int64) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	_, busy := a.again[id]
	a.again[id] = busy
	return !busy
}

// end reports whether the outbox has to be read again at once: for this conversation, and for others.
func (a *active) end(p Priority, id int64) (again, rest bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	again = a.again[id]
	delete(a.again, id)
	return again, a.rest[p]
}

// sendAll sends a conversation's messages one after another and stops at the first that has to wait. It reports false if
// the store has failed.
func (h *Host) sendAll(ctx context.Context, id int64) bool {
	for {
		list, err := h.Store.Outbox(ctx, id, 20)
		var r Record
		if err == nil && len(list) > 0 {
			r, err = h.Load(ctx, id)
		}
		if err != nil {
			if ctx.Err() == nil {
				h.Log.Error("reading the outbox", "conversation", id, "error", err)
			}
			return false
		}
		if len(list) == 0 {
			return true
		}
		for _, m := range list {
			if m.Due.After(h.Now()) || ctx.Err() != nil {
				return true
			}
			state, err := h.send(ctx, r, m)
			if err != nil {
				h.Log.Error("recording how sending went", "conversation", id, "seq", m.Seq, "error", err)
				return false
			}
			if state == Waiting || state == Sending {
				return true
			}
			if state == Failed {
				break // whoever has left gets nothing more: the record says so now
			}
		}
	}
}

// send sends one message and records how it went.
func (h *Host) send(ctx context.Context, r Record, m Outgoing) (OutboxState, error) {
	mark := Mark{Conversation: m.Conversation, Seq: m.Seq, Parts: m.Parts, Attempts: m.Attempts + 1}
	c := h.channel(m.Peer.Channel)
	resend := slices.Contains(h.Resend, m.Peer.Channel)
	switch {
	case r.State.Unreachable:
		mark.State, mark.Attempts, mark.Error = Failed, m.Attempts, ErrCitizenLeft.Error()
		return mark.State, h.conclude(ctx, m, mark)
	case c == nil:
		// Out of the way of the other conversations until somebody configures the channel again.
		mark.State, mark.Attempts, mark.Due, mark.Error = m.State, m.Attempts, h.Now().Add(sendAbsent), "the channel is not configured"
		return mark.State, h.Store.Mark(ctx, []Mark{mark})
	case c.Idempotent():
	case m.State == Sending && !resend:
		// A process died while this was on its way: nobody can tell whether it arrived.
		mark.State, mark.Error = Unknown, "sending was interrupted"
		return mark.State, h.conclude(ctx, m, mark)
	case m.State == Sending && mark.Attempts > maxAttempts:
		mark.State, mark.Error = Failed, "sending was interrupted again and again"
		return mark.State, h.conclude(ctx, m, mark)
	default:
		if state, err := h.paced(ctx, c, m, mark); state != Sending || err != nil {
			return state, err
		}
		mark.State = Sending
		if err := h.Store.Mark(ctx, []Mark{mark}); err != nil {
			return mark.State, err
		}
	}
	if signed, err := h.signed(r, m); err == nil {
		m = signed
	}
	limited, cancel := context.WithTimeout(ctx, sendTimeout)
	parts, err := h.deliver(limited, c, m, mark)
	ended := limited.Err() != nil
	cancel()
	mark.Parts = parts
	var later RetryAfterError
	undecided := !c.Idempotent() && (ended || errors.Is(err, ErrUndecided))
	switch {
	case err == nil:
		mark.State = Sent
	case errors.Is(err, ErrPermanent), errors.Is(err, ErrCitizenLeft):
		mark.State = Failed
	case errors.As(err, &later):
		mark.State, mark.Due, mark.Attempts = Waiting, h.Now().Add(later.After), m.Attempts
	case undecided && !resend:
		mark.State = Unknown
	case mark.Attempts >= maxAttempts:
		mark.State = Failed
	default:
		back := min(time.Second<<min(mark.Attempts, 9), 5*time.Minute)
		mark.State, mark.Due = Waiting, h.Now().Add(back/2+rand.N(back/2))
	}
	if err != nil {
		mark.Error = err.Error()
	}
	ctx = context.WithoutCancel(ctx)
	if err := h.conclude(ctx, m, mark); err != nil {
		return mark.State, err
	}
	if errors.Is(err, ErrCitizenLeft) {
		h.left(ctx, m)
	}
	return mark.State, nil
}

// paced waits until the channel's limits let a message out. The state is Sending when they do; otherwise it says what became
// of the message, which is not touched where the host stops.
func (h *Host) paced(ctx context.Context, c Channel, m Outgoing, mark Mark) (OutboxState, error) {
	p, ok := c.(Pacing)
	if !ok {
		return Sending, nil
	}
	limited, cancel := context.WithTimeout(ctx, sendTimeout)
	err := p.Pace(limited, m)
	cancel()
	var later RetryAfterError
	switch {
	case err == nil:
		return Sending, nil
	case ctx.Err() != nil:
		return Waiting, nil
	case !errors.As(err, &later):
		later.After = time.Second
	}
	mark.State, mark.Due, mark.Attempts, mark.Error = Waiting, h.Now().Add(later.After), m.Attempts, err.Error()
	return mark.State, h.conclude(ctx, m, mark)
}

// deliver hands a message to its channel and returns how many of its parts are out.
func (h *Host) deliver(ctx context.Context, c Channel, m Outgoing, mark Mark) (parts int, err error) {
	parts = m.Parts
	defer func() {
		if p := recover(); p != nil { // it would end every process that tries
			h.Log.Error("a message breaks its channel", "conversation", m.Conversation, "seq", m.Seq, "stack", string(debug.Stack()))
			err = fmt.Errorf("%w: it breaks the channel: %T", ErrPermanent, p)
		}
	}()
	parting, ok := c.(Parting)
	if !ok {
		return parts, c.Send(ctx, m)
	}
	if mark.State == "" {
		mark.State, mark.Due = m.State, m.Due
	}
	err = parting.SendParts(ctx, m, func(out int) {
		parts, mark.Parts = out, out
		if err := h.Store.Mark(context.WithoutCancel(ctx), []Mark{mark}); err != nil {
			// Should this process die now, a part goes out twice.
			h.Log.Error("recording a part of a message", "conversation", m.Conversation, "seq", m.Seq, "error", err)
		}
	})
	return parts, err
}

// signed names the operator in a message, since a messenger shows one sender for all.
func (h *Host) signed(r Record, m Outgoing) (Outgoing, error) {
	if m.Author != engine.Operator {
		return m, nil
	}
	var msg engine.Message
	if err := json.Unmarshal(m.Body, &msg); err != nil {
		return m, err
	}
	m.Body = encode(engine.Signed(h.Content(), r.State.Locale, m.Author, m.Name, msg))
	return m, nil
}

// left records that a citizen takes no messages, unless they have written since the one that was refused.
func (h *Host) left(ctx context.Context, m Outgoing) {
	since, err := h.Store.History(ctx, m.Conversation, m.Seq, 100)
	for _, e := range since {
		if e.Author == engine.Citizen {
			return
		}
	}
	if err == nil {
		_, err = h.play(ctx, m.Conversation, internal(m.Conversation, "left", strconv.FormatInt(m.Seq, 10)), engine.Reachable{})
	}
	if err != nil {
		h.Log.Error("recording that a citizen has left", "conversation", m.Conversation, "error", err)
	}
}

var counted = map[OutboxState]string{Sent: MeterSent, Waiting: MeterRetried, Failed: MeterFailed, Unknown: MeterUnknown}

// conclude records how sending went, and tells the staff of a message that the citizen has not got, or not surely.
func (h *Host) conclude(ctx context.Context, m Outgoing, mark Mark) error {
	if err := h.Store.Mark(ctx, []Mark{mark}); err != nil {
		return err
	}
	h.Meter.Count(m.Peer.Channel, counted[mark.State])
	if mark.State == Failed || mark.State == Unknown {
		h.Log.Warn("a message did not surely reach the citizen", "channel", m.Peer.Channel, "conversation", m.Conversation, "seq", m.Seq,
			"state", string(mark.State), "attempts", mark.Attempts, "error", mark.Error)
		h.hints.Changed(m.Conversation)
	}
	return nil
}

func (h *Host) channel(name string) Channel {
	for _, c := range h.Channels {
		if c.Name() == name {
			return c
		}
	}
	return nil
}
