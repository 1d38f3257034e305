package host

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"spravka/engine"
	"spravka/engine/desk"
)

// Staff is what the dispatcher needs to know of the accounts.
type Staff interface {
	// Operators lists everybody.
	Operators(ctx context.Context) ([]Operator, error)
	// SetPresence says whether tickets are assigned to the operator, or returns ErrNotFound.
	SetPresence(ctx context.Context, operator int64, presence string, now time.Time) error
}

const (
	deskSweep = 10 * time.Second       // how often everything is read again, so that what no hint told of is found
	deskPause = 100 * time.Millisecond // between two dispatches, however much happens
	deskStuck = time.Minute            // how long a ticket that could not be offered is left out
	deskPage  = 200                    // tickets read at a time
	deskMost  = 20000                  // open hand-offs that are looked at; beyond, the youngest wait until others end
	maxRounds = 4                      // of routing in one dispatch, where assignments are refused because something changed
)

// dispatcher brings tickets and operators together. It keeps the open hand-offs in memory: every turn of this process tells
// it what changed, and a sweep reads them all again. All that it does goes through turns, with the ticket's fence: what it
// decided on a picture that is no longer true is refused there and harms nothing.
type dispatcher struct {
	h       *Host
	started time.Time
	kick    chan struct{}
	work    sync.Mutex // one dispatch at a time

	mu       sync.Mutex
	loaded   bool
	tickets  map[string]desk.Ticket // open hand-offs
	heard    map[string]int64       // the number of the change that told of a ticket
	changes  int64
	seats    []desk.Seat // without their tickets, as of the last dispatch
	lapses   map[string][]desk.Lapse
	inRow    map[int64]int // offers that an operator let lapse one after another
	assigned map[int64]time.Time
	urgent   map[int64]bool // whether the last one was
	waits    waits

	// These belong to the dispatch that is going on.
	overdue map[string]time.Time // the broken terms that are recorded
	stuck   map[string]time.Time // tickets that could not be offered, until when they are left out
}

func newDispatcher(h *Host) *dispatcher {
	d := &dispatcher{h: h, started: h.Now(), kick: make(chan struct{}, 1), tickets: map[string]desk.Ticket{}, heard: map[string]int64{},
		lapses: map[string][]desk.Lapse{}, inRow: map[int64]int{}, assigned: map[int64]time.Time{}, urgent: map[int64]bool{}, overdue: map[string]time.Time{}, stuck: map[string]time.Time{}}
	d.waits.init()
	h.Presence.onChange(func() { kick(d.kick) })
	return d
}

func (d *dispatcher) run(ctx context.Context) {
	sweep := true
	for {
		if err := d.dispatch(ctx, sweep); err != nil && ctx.Err() == nil {
			d.h.Log.Error("dispatching tickets", "error", err)
		}
		next := time.NewTimer(deskSweep)
		rest(ctx, deskPause, nil)
		select {
		case <-ctx.Done():
			next.Stop()
			return
		case <-d.kick:
			sweep = false
		case <-next.C:
			sweep = true
		}
		next.Stop()
	}
}

// Dispatch does at once what the dispatcher does by itself while the host runs: it reads the open tickets and who is at
// work, takes back what was not taken in time or belongs to somebody who has left, gives waiting tickets to who is free,
// and tells those who wait if their wait has changed notably.
func (h *Host) Dispatch(ctx context.Context) error {
	if h.desk == nil {
		return errNoDesk
	}
	return h.desk.dispatch(ctx, true)
}

var errNoDesk = errors.New("this host has no staff to dispatch tickets to")

func (d *dispatcher) dispatch(ctx context.Context, sweep bool) error {
	d.work.Lock()
	defer d.work.Unlock()
	if sweep {
		if err := d.sweep(ctx); err != nil {
			return err
		}
	}
	if err := d.readStaff(ctx); err != nil {
		return err
	}
	// One conversation with which something is wrong must not keep the tickets of all the others waiting.
	var failed failures
	now, rules := d.h.Now(), d.h.Content().Desk
	maps.DeleteFunc(d.stuck, func(_ string, until time.Time) bool { return !now.Before(until) })
	seats, _, held := d.picture()
	for _, r := range desk.Recall(now, seats, held, rules) {
		if err := d.release(ctx, r, rules); err != nil {
			failed.add(err)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	for round := 0; round < maxRounds && rules.Assign == desk.Auto; round++ {
		seats, waiting, _ := d.picture()
		waiting = slices.DeleteFunc(waiting, func(w desk.Waiting) bool { return !d.stuck[w.Number].IsZero() })
		given := desk.Route(d.h.Now(), seats, waiting, rules)
		if len(given) == 0 {
			break
		}
		for _, a := range given {
			if err := d.offer(ctx, a, rules); err != nil {
				failed.add(err)
				d.stuck[a.Ticket] = now.Add(deskStuck)
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
	}
	if sweep {
		failed.add(d.warn(ctx, rules))
		failed.add(d.tell(ctx, rules))
	}
	return failed.err()
}

// release takes a ticket back.
func (d *dispatcher) release(ctx context.Context, r desk.Release, rules desk.Rules) error {
	d.mu.Lock()
	k := d.tickets[r.Ticket]
	d.mu.Unlock()
	done, err := d.act(ctx, k, engine.Acted{Action: engine.Release, Ticket: r.Ticket, Over: r.Operator, Fence: k.Fence, Note: string(r.Why)})
	if err != nil || !done || r.Why != desk.NotTaken {
		return err
	}
	d.h.Meter.Count(k.Channel, MeterLapsed)
	d.mu.Lock()
	d.inRow[r.Operator]++
	away := d.inRow[r.Operator] >= rules.MaxLapses
	if away {
		d.inRow[r.Operator] = 0
	}
	d.mu.Unlock()
	if !away {
		return nil
	}
	// They have left without saying so. They switch themselves back, or take something by hand.
	d.h.Log.Info("an operator lets offers lapse and counts as away now", "operator", r.Operator)
	if err := d.h.Staff.SetPresence(ctx, r.Operator, PresenceAway, d.h.Now()); err != nil && !errors.Is(err, ErrNotFound) {
		return fmt.Errorf("setting operator %d to away: %w", r.Operator, err)
	}
	d.h.hints.Changed(allTickets)
	return d.readStaff(ctx)
}

// offer gives a ticket to an operator until they accept.
func (d *dispatcher) offer(ctx context.Context, a desk.Assignment, rules desk.Rules) error {
	d.mu.Lock()
	k := d.tickets[a.Ticket]
	d.mu.Unlock()
	done, err := d.act(ctx, k, engine.Acted{Action: engine.Assign, Ticket: a.Ticket, To: a.Operator, ToName: a.Name,
		Until: d.h.Now().Add(rules.AcceptWithin), Fence: k.Fence})
	if done {
		d.h.Meter.Count(k.Channel, MeterOffered)
	}
	return err
}

// act carries out a decision. It is done once however often it is tried: its name is the ticket's fence. A refusal means that
// somebody was faster; the ticket is then read anew.
func (d *dispatcher) act(ctx context.Context, k desk.Ticket, a engine.Acted) (done bool, err error) {
	if k.Number == "" {
		return false, nil
	}
	update := internal(k.Conversation, string(a.Action), k.Number+":"+strconv.FormatInt(k.Fence, 10))
	receipt, err := d.h.play(ctx, k.Conversation, update, a)
	refused := RefusedError{}
	switch {
	case err == nil && !receipt.Duplicate:
		return true, nil
	case err == nil, errors.As(err, &refused):
		if refused.Reason != "" {
			d.h.Log.Debug("a decision of the dispatcher came too late", "ticket", k.Number, "action", a.Action, "reason", refused.Reason)
		}
		return false, d.reread(ctx, k.Number)
	case ctx.Err() != nil:
		return false, ctx.Err()
	}
	return false, fmt.Errorf("ticket %s: %s: %w", k.Number, a.Action, err)
}

func (d *dispatcher) reread(ctx context.Context, number string) error {
	k, _, err := d.h.Store.Ticket(ctx, number)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return fmt.Errorf("reading ticket %s: %w", number, err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if err != nil || !k.Status.Open() {
		d.forget(number)
		return nil
	}
	d.take(k)
	return nil
}

// SetPresence switches an operator between available and away; tickets follow at once.
func (h *Host) SetPresence(ctx context.Context, operator int64, presence string) error {
	if h.desk == nil {
		return errNoDesk
	}
	if err := h.Staff.SetPresence(ctx, operator, presence, h.Now()); err != nil {
		return err
	}
	h.desk.mu.Lock()
	h.desk.inRow[operator] = 0
	h.desk.mu.Unlock()
	kick(h.desk.kick)
	h.hints.Changed(allTickets)
	return nil
}

// Seats lists the operators as routing sees them now, in the order of their logins.
func (h *Host) Seats(ctx context.Context) ([]desk.Seat, error) {
	if h.desk == nil {
		return nil, errNoDesk
	}
	if err := h.desk.readStaff(ctx); err != nil {
		return nil, err
	}
	seats, _, _ := h.desk.picture()
	return seats, nil
}
