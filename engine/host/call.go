package host

import (
	"context"
	"errors"
	"strconv"
	"time"

	"spravka/engine"
)

// resumeCalls makes the calls again whose answer an earlier process did not store. Their identifiers are the same, so a
// service that has carried one out answers without doing it twice.
func (h *Host) resumeCalls(ctx context.Context) error {
	pending, err := h.Store.Calls(ctx, 10000)
	if err != nil {
		return err
	}
	for _, c := range pending {
		h.startCall(c)
	}
	return nil
}

func (h *Host) startCall(c PendingCall) {
	h.running.Go(func() {
		select {
		case h.calls <- struct{}{}:
			defer func() { <-h.calls }()
		case <-h.life.Done():
			return
		}
		for pause := time.Second; ; pause = min(2*pause, time.Minute) {
			err := h.call(h.life, c)
			if err == nil || h.life.Err() != nil {
				return
			}
			h.Log.Error("storing a service's answer", "conversation", c.Conversation, "operation", c.Call.Operation, "error", err)
			select {
			case <-time.After(pause):
			case <-h.life.Done():
				return
			}
		}
	})
}

// call asks the service and plays its answer. An error means that the answer could not be stored.
func (h *Host) call(ctx context.Context, c PendingCall) error {
	r, err := h.Load(ctx, c.Conversation)
	if err != nil {
		return err
	}
	asked := c.Call
	asked.ID = "c" + strconv.FormatInt(c.Conversation, 10) + "-" + c.Call.ID
	limited, cancel := context.WithTimeout(ctx, h.CallTimeout)
	answer, err := h.Services.Call(limited, ServiceCall{Conversation: c.Conversation, Peer: r.Peer, Call: asked})
	cancel()
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err() // we are stopping: the call stays pending and is made again
		}
		h.Log.Warn("a service did not answer", "operation", c.Call.Operation, "error", err)
		answer = engine.Answered{Outcome: engine.Unavailable}
	}
	answer.Call = c.Call.ID
	_, err = h.play(ctx, c.Conversation, internal(c.Conversation, "call", c.Call.ID), answer)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// Drain makes every pending call and fires every due timer until nothing is left to do. It stands in for [Host.Run] in
// the terminal chat and in rehearsals, where time stands still between two turns.
func (h *Host) Drain(ctx context.Context) error {
	for range 100 {
		pending, err := h.Store.Calls(ctx, 100)
		if err != nil {
			return err
		}
		for _, c := range pending {
			if err := h.call(ctx, c); err != nil {
				return err
			}
		}
		if len(pending) == 0 {
			return h.FireDue(ctx)
		}
	}
	return errors.New("service calls without end")
}
