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
	// one is tried again.
	Send(ctx context.Context, m Outgoing) error
}

// Errors of a [Channel].
var (
	ErrPermanent   = errors.New("the message is refused for good")
	ErrCitizenLeft = errors.New("the citizen does not want messages any more")
)

// RetryAfterError says when the platform will take messages again.
type RetryAfterError struct{ After time.Duration }

func (e RetryAfterError) Error() string { return "the platform asks to wait " + e.After.String() }

const (
	sendBatch   = 256
	sendWorkers = 32
	sendSweep   = 5 * time.Second
	sendTimeout = 60 * time.Second // near its limits Telegram holds a connection instead of refusing it
	maxAttempts = 20
)

// runOutbox sends what waits: in order within a conversation, side by side between them.
func (h *Host) runOutbox(ctx context.Context) {
	var mu sync.Mutex
	active := map[int64]bool{}
	workers := make(chan struct{}, sendWorkers)
	var all sync.WaitGroup
	defer all.Wait()
	for {
		ids, err := h.Store.Unsent(ctx, h.Now(), sendBatch)
		if err != nil && ctx.Err() == nil {
			h.Log.Error("reading the outbox", "error", err)
		}
		for _, id := range ids {
			mu.Lock()
			busy := active[id]
			active[id] = true
			mu.Unlock()
			if busy {
				continue
			}
			select {
			case workers <- struct{}{}:
			case <-ctx.Done():
				return
			}
			all.Go(func() {
				h.sendAll(ctx, id)
				mu.Lock()
				delete(active, id)
				mu.Unlock()
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

// sendAll sends a conversation's messages one after another and stops at the first that has to wait.
func (h *Host) sendAll(ctx context.Context, id int64) {
	for {
		list, err := h.Store.Outbox(ctx, id, 20)
		if err != nil || len(list) == 0 {
			return
		}
		for _, m := range list {
			if m.Due.After(h.Now()) || !h.send(ctx, m) {
				return
			}
		}
	}
}

// send sends one message and records how it went. It reports whether the next one may follow.
func (h *Host) send(ctx context.Context, m Outgoing) bool {
	var c Channel
	for _, known := range h.Channels {
		if known.Name() == m.Peer.Channel {
			c = known
		}
	}
	if c == nil {
		return false
	}
	mark := Mark{Conversation: m.Conversation, Seq: m.Seq, Attempts: m.Attempts + 1}
	if !c.Idempotent() {
		if m.State == Sending {
			// A process died while this was on its way: nobody can tell whether it arrived.
			mark.State = Unknown
			return h.Store.Mark(ctx, []Mark{mark}) == nil
		}
		mark.State = Sending
		if h.Store.Mark(ctx, []Mark{mark}) != nil {
			return false
		}
	}
	limited, cancel := context.WithTimeout(ctx, sendTimeout)
	err := c.Send(limited, m)
	cancel()
	var later RetryAfterError
	switch {
	case err == nil:
		mark.State = Sent
	case errors.Is(err, ErrPermanent), errors.Is(err, ErrCitizenLeft), mark.Attempts >= maxAttempts:
		mark.State, mark.Error = Failed, err.Error()
	case errors.As(err, &later):
		mark.State, mark.Due, mark.Error = Waiting, h.Now().Add(later.After), err.Error()
	default:
		back := min(time.Second<<min(mark.Attempts, 9), 5*time.Minute)
		mark.State, mark.Due, mark.Error = Waiting, h.Now().Add(back/2+rand.N(back/2)), err.Error()
	}
	if err := h.Store.Mark(context.WithoutCancel(ctx), []Mark{mark}); err != nil {
		return false
	}
	return mark.State != Waiting
}
