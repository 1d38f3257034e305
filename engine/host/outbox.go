package host

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"
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

// Errors of a [Channel].
var (
	ErrPermanent   = errors.New("the message is refused for good")
	ErrCitizenLeft = errors.New("the citizen does not want messages any more")
)

// RetryAfterError says when the platform will take messages again. It counts as no attempt.
type RetryAfterError struct{ After time.Duration }

func (e RetryAfterError) Error() string { return "the platform asks to wait " + e.After.String() }

const (
	sendBatch   = 256
	sendWorkers = 32
	sendSweep   = 5 * time.Second
	sendTimeout = 60 * time.Second // near its limits Telegram holds a connection instead of refusing it
	sendAbsent  = 5 * time.Minute  // how often it is looked whether a channel is configured again
	maxAttempts = 20
)

// runOutbox sends what waits: in order within a conversation, side by side between them.
func (h *Host) runOutbox(ctx context.Context) {
	a := active{again: map[int64]bool{}}
	workers := make(chan struct{}, sendWorkers)
	var all sync.WaitGroup
	defer all.Wait()
	for {
		ids, err := h.Store.Unsent(ctx, h.Now(), Dialogue, sendBatch)
		if err != nil && ctx.Err() == nil {
			h.Log.Error("reading the outbox", "error", err)
		}
		a.more(len(ids) == sendBatch)
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
				if a.end(id) && went {
					kick(h.kickSend)
				}
				<-workers
			})
		}
		alarm := time.NewTimer(sendSweep)
		select {
		case <-ctx.Done():
			alarm.Stop()
			return
		case <-h.kickSend:
			alarm.Stop()
		case <-alarm.C:
		}
	}
}

// active holds the conversations that are being sent to.
type active struct {
	mu    sync.Mutex
	again map[int64]bool // those being sent to; true if something new may have come meanwhile
	rest  bool           // a portion had no room for all that wait
}

func (a *active) more(rest bool) {
	a.mu.Lock()
	a.rest = rest
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

// end reports whether the outbox has to be read again at once.
func (a *active) end(id int64) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	again := a.again[id] || a.rest
	delete(a.again, id)
	return again
}

// sendAll sends a conversation's messages one after another and stops at the first that has to wait. It reports false if
// the store has failed.
func (h *Host) sendAll(ctx context.Context, id int64) bool {
	for {
		list, err := h.Store.Outbox(ctx, id, 20)
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
			state, err := h.send(ctx, m)
			if err != nil {
				h.Log.Error("recording how sending went", "conversation", id, "seq", m.Seq, "error", err)
				return false
			}
			if state == Waiting || state == Sending {
				return true
			}
		}
	}
}

// send sends one message and records how it went.
func (h *Host) send(ctx context.Context, m Outgoing) (OutboxState, error) {
	mark := Mark{Conversation: m.Conversation, Seq: m.Seq, Attempts: m.Attempts + 1}
	c := h.channel(m.Peer.Channel)
	switch {
	case c == nil:
		// Out of the way of the other conversations until somebody configures the channel again.
		mark.State, mark.Attempts, mark.Due, mark.Error = m.State, m.Attempts, h.Now().Add(sendAbsent), "the channel is not configured"
		return mark.State, h.Store.Mark(ctx, []Mark{mark})
	case c.Idempotent():
	case m.State == Sending:
		// A process died while this was on its way: nobody can tell whether it arrived.
		mark.State, mark.Error = Unknown, "sending was interrupted"
		return mark.State, h.conclude(ctx, m, mark)
	default:
		mark.State = Sending
		if err := h.Store.Mark(ctx, []Mark{mark}); err != nil {
			return mark.State, err
		}
	}
	limited, cancel := context.WithTimeout(ctx, sendTimeout)
	err := c.Send(limited, m)
	ended := limited.Err() != nil
	cancel()
	var later RetryAfterError
	switch {
	case err == nil:
		mark.State = Sent
	case errors.Is(err, ErrPermanent), errors.Is(err, ErrCitizenLeft):
		mark.State = Failed
	case errors.As(err, &later):
		mark.State, mark.Due, mark.Attempts = Waiting, h.Now().Add(later.After), m.Attempts
	case ended && !c.Idempotent():
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
	return mark.State, h.conclude(context.WithoutCancel(ctx), m, mark)
}

// conclude records how sending went, and tells the staff of a message that the citizen has not got, or not surely.
func (h *Host) conclude(ctx context.Context, m Outgoing, mark Mark) error {
	if err := h.Store.Mark(ctx, []Mark{mark}); err != nil {
		return err
	}
	if mark.State == Failed || mark.State == Unknown {
		h.Log.Warn("a message did not surely reach the citizen", "channel", m.Peer.Channel, "conversation", m.Conversation, "seq", m.Seq,
			"state", string(mark.State), "attempts", mark.Attempts, "error", mark.Error)
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
