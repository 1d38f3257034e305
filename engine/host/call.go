package host

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"spravka/engine"
)

const (
	callBatch = 10000
	callSweep = time.Minute
)

// callKey names a call: its identifier is unique within the conversation only.
type callKey struct {
	conversation int64
	id           string
}

// runCalls takes up, now and then, the calls that nobody makes: those that a portion had no room for, and those of a turn
// that was stored although storing it failed, or of a process that has died.
func (h *Host) runCalls(ctx context.Context) {
	sweep := time.NewTicker(callSweep)
	defer sweep.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-sweep.C:
		}
		// A younger one may still be in the hands of another process.
		if err := h.resumeCalls(ctx, h.Now().Add(-h.CallTimeout-callSweep)); err != nil && ctx.Err() == nil {
			h.Log.Error("taking up service calls", "error", err)
		}
	}
}

// resumeCalls makes the calls again that were asked for until the given moment and whose answer is not stored. Their
// identifiers are the same, so a service that has carried one out answers without doing it twice.
func (h *Host) resumeCalls(ctx context.Context, until time.Time) error {
	pending, err := h.Store.Calls(ctx, callBatch)
	if err != nil {
		return err
	}
	for _, c := range pending {
		if !c.At.After(until) {
			h.startCall(c)
		}
	}
	return nil
}

// startCall makes a call in the background, unless it is being made. Without Run it stays pending.
func (h *Host) startCall(c PendingCall) {
	key := callKey{c.Conversation, c.Call.ID}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.life == nil || h.life.Err() != nil || h.asking[key] {
		return
	}
	h.asking[key] = true
	life := h.life
	h.running.Go(func() {
		h.makeCall(life, c)
		h.mu.Lock()
		delete(h.asking, key)
		h.mu.Unlock()
	})
}

// makeCall asks the service and stores its answer, unless the host stops before the answer is there.
func (h *Host) makeCall(ctx context.Context, c PendingCall) {
	select {
	case h.calls <- struct{}{}:
	case <-ctx.Done():
		return
	}
	var answer engine.Answered
	still := h.typingMeanwhile(ctx, c.Conversation)
	asked := h.insist(ctx, c, func() (err error) {
		answer, err = h.ask(ctx, c)
		return err
	})
	still()
	<-h.calls
	if asked {
		h.insist(ctx, c, func() error { return h.take(context.WithoutCancel(ctx), c, answer) })
	}
}

// insist repeats what can only fail for a reason that has nothing to do with the call itself. It reports whether it was done.
func (h *Host) insist(ctx context.Context, c PendingCall, do func() error) bool {
	for pause := time.Second; ; pause = min(2*pause, time.Minute) {
		err := do()
		if err == nil || ctx.Err() != nil || errors.Is(err, ErrNotFound) {
			return err == nil
		}
		h.Log.Error("a service call waits for the store", "conversation", c.Conversation, "operation", c.Call.Operation, "error", err)
		if !rest(ctx, pause, nil) {
			return false
		}
	}
}

// ask asks the service. What goes wrong with the service is an answer too; an error means that it was not asked, or that
// the host is stopping: the call stays pending and is made again.
func (h *Host) ask(ctx context.Context, c PendingCall) (engine.Answered, error) {
	r, err := h.Load(ctx, c.Conversation)
	if err != nil {
		return engine.Answered{}, fmt.Errorf("loading the conversation: %w", err)
	}
	asked := c.Call
	asked.ID = "c" + strconv.FormatInt(c.Conversation, 10) + "-" + c.Call.ID
	limited, cancel := context.WithTimeout(ctx, h.CallTimeout)
	answer, err := h.Services.Call(limited, ServiceCall{Conversation: c.Conversation, Peer: r.Peer, Call: asked})
	cancel()
	if err != nil {
		if ctx.Err() != nil {
			return engine.Answered{}, ctx.Err()
		}
		h.Log.Warn("a service did not answer", "operation", c.Call.Operation, "error", err)
		answer = engine.Answered{Outcome: engine.Unavailable}
	}
	answer.Call = c.Call.ID
	return answer, nil
}

// take plays a service's answer.
func (h *Host) take(ctx context.Context, c PendingCall, answer engine.Answered) error {
	_, err := h.play(ctx, c.Conversation, internal(c.Conversation, "call", c.Call.ID), answer)
	return err
}

// Drain makes every pending call and fires every due timer until nothing is left to do. It stands in for [Host.Run] in
// the terminal chat and in rehearsals, where time stands still between two turns.
func (h *Host) Drain(ctx context.Context) error {
	for range 100 {
		pending, err := h.Store.Calls(ctx, 100)
		if err == nil && len(pending) == 0 {
			if err = h.FireDue(ctx); err == nil {
				pending, err = h.Store.Calls(ctx, 100) // a timer may have led to some
			}
		}
		if err != nil || len(pending) == 0 {
			return err
		}
		for _, c := range pending {
			answer, err := h.ask(ctx, c)
			if err == nil {
				err = h.take(ctx, c, answer)
			}
			if err != nil {
				return err
			}
		}
	}
	return errors.New("service calls without end")
}

// Flush sends what is in the outbox and may be sent now, in order within each conversation. Like [Host.Drain] it stands
// in for [Host.Run] where time stands still.
func (h *Host) Flush(ctx context.Context) error {
	for range 100 {
		ids, err := h.Store.Unsent(ctx, h.Now(), Dialogue, sendBatch)
		if err == nil && len(ids) == 0 {
			ids, err = h.Store.Unsent(ctx, h.Now(), Calm, sendBatch)
		}
		if err != nil || len(ids) == 0 {
			return err
		}
		for _, id := range ids {
			if !h.sendAll(ctx, id) {
				return errors.New("the outbox could not be read or marked")
			}
		}
	}
	return errors.New("messages without end")
}
