package host

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"spravka/engine"
)

// Timers are read in portions; a failing store is asked again after a pause.
const (
	timerBatch = 200
	timerPause = 5 * time.Second
	timerSweep = time.Minute           // another process may have set one that we were not told of
	timerFloor = 20 * time.Millisecond // between two readings, whatever is due
)

func (h *Host) runTimers(ctx context.Context) {
	for {
		wait := timerSweep
		if err := h.FireDue(ctx); err != nil {
			if ctx.Err() != nil {
				return
			}
			h.Log.Error("firing timers", "error", err)
			wait = timerPause
		} else if at, ok, err := h.Store.NextDue(ctx); err == nil && ok {
			wait = max(timerFloor, min(wait, at.Sub(h.Now())))
		}
		if !rest(ctx, wait, h.kickTimer) {
			return
		}
	}
}

// FireDue plays every timer that is due. One that can't be played does not keep the others from it.
func (h *Host) FireDue(ctx context.Context) error {
	for {
		due, err := h.Store.Due(ctx, h.Now(), timerBatch)
		if err != nil {
			return err
		}
		fired := 0
		var failed failures
		for _, t := range due {
			update := internal(t.Conversation, t.Name, strconv.FormatInt(t.Due.UnixMilli(), 10))
			receipt, err := h.play(ctx, t.Conversation, update, engine.Fired{Name: t.Name})
			switch {
			case ctx.Err() != nil:
				return ctx.Err()
			case err != nil:
				failed.add(fmt.Errorf("timer %s of conversation %d: %w", t.Name, t.Conversation, err))
			case !receipt.Duplicate:
				fired++
			}
		}
		if err := failed.err(); err != nil {
			return err
		}
		if len(due) < timerBatch || fired == 0 {
			return nil
		}
	}
}
