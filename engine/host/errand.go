package host

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

// Deleting is a [Channel] that can delete what a citizen has written.
type Deleting interface {
	// Delete deletes a message by the channel's own name of it. Deleting one that is gone is no error. Its errors are
	// those of Send.
	Delete(ctx context.Context, p Peer, message string) error
}

const (
	errandBatch   = 50
	errandSweep   = time.Minute
	errandTimeout = 30 * time.Second
	errandAge     = 48 * time.Hour // what Telegram allows; later nothing can be done any more
)

// runErrands does what has to be done at the channels besides sending.
func (h *Host) runErrands(ctx context.Context) {
	for {
		if err := h.doErrands(ctx); err != nil && ctx.Err() == nil {
			h.Log.Error("doing errands", "error", err)
		}
		if !rest(ctx, errandSweep, h.kickDo) {
			return
		}
	}
}

func (h *Host) doErrands(ctx context.Context) error {
	for {
		list, err := h.Store.Errands(ctx, h.Now(), errandBatch)
		if err != nil {
			return err
		}
		for _, e := range list {
			if ctx.Err() != nil {
				return nil
			}
			if err := h.doErrand(ctx, e); err != nil {
				return err
			}
		}
		if len(list) < errandBatch {
			return nil
		}
	}
}

// doErrand tries once. What is written to the log says nothing of the message.
func (h *Host) doErrand(ctx context.Context, e Errand) error {
	c, can := h.channel(e.Peer.Channel).(Deleting)
	if !can || e.Kind != ErrandDelete {
		return h.Store.PutOffErrand(ctx, e.ID, e.Attempts, h.Now().Add(sendAbsent))
	}
	limited, cancel := context.WithTimeout(ctx, errandTimeout)
	err := c.Delete(limited, e.Peer, e.Message)
	cancel()
	log := h.Log.With("channel", e.Peer.Channel, "conversation", e.Conversation)
	var later RetryAfterError
	wait := min(time.Second<<min(e.Attempts, 12), time.Hour)
	wait = wait/2 + rand.N(wait/2)
	switch {
	case err == nil:
		h.Meter.Count(e.Peer.Channel, MeterDeleted)
		return h.Store.EndErrand(context.WithoutCancel(ctx), e.ID)
	case ctx.Err() != nil:
		return nil // after the restart
	case errors.Is(err, ErrPermanent), errors.Is(err, ErrCitizenLeft), h.Now().Sub(e.At) > errandAge:
		log.Warn("a message that held a secret could not be deleted; here it is masked", "error", err)
		return h.Store.EndErrand(ctx, e.ID)
	case errors.As(err, &later):
		wait = later.After
		e.Attempts--
	}
	return h.Store.PutOffErrand(ctx, e.ID, e.Attempts+1, h.Now().Add(wait))
}
