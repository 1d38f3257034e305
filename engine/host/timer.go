package host

import (
	"context"
	"errors"
	"strconv"
	"time"

	"spravka/engine"
)

// Timers are read in portions; a failing store is asked again after this pause.
const (
	timerBatch = 200
	timerPause = 5 * time.Second
	timerSweep = time.Minute // another process may have set one that we were not told of
)

func (h *Host) runTimers(ctx context.Context) {
	for {
		wait := timerSweep
		if err := h.FireDue(ctx); err != nil {
			h.Log.Error("firing timers", "error", err)
			wait = timerPause
		} else if at, ok, err := h.Store.NextDue(ctx); err == nil && ok {
			wait = max(0, min(wait, at.Sub(h.Now())))
		}
		alarm := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			alarm.Stop()
			return
		case <-h.kickTimer:
			alarm.Stop()
		case <-alarm.C:
		}
	}
}

// FireDue plays every timer that is due.
func (h *Host) FireDue(ctx context.Context) error {
	for {
		due, err := h.Store.Due(ctx, h.Now(), timerBatch)
		if err != nil {
			return err
		}
		for _, t := range due {
			if _, err := h.play(ctx, t.Conversation, internal(t.Conversation, t.Name, strconv.FormatInt(t.Due.UnixMilli(), 10)), engine.Fired{Name: t.Name}); err != nil && !errors.Is(err, ErrBusy) {
				return err
			}
		}
		if len(due) < timerBatch {
			return nil
		}
	}
}
