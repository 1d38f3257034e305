package host

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"spravka/engine"
	"spravka/engine/desk"
)

// maxHandling bounds a handling time that is taken from the store at the start: what lay open over night says nothing of
// how long an operator was busy with it.
const maxHandling = 2 * time.Hour

// waits is what the dispatcher knows about waiting. It is guarded by the dispatcher's lock.
type waits struct {
	known   map[string]*desk.Experience // by queue
	told    map[string]promise          // by ticket: when it was opened
	offered map[string]time.Time
	busy    map[string]time.Time // since when the operator who has the ticket is busy with it

	floor  *desk.Floor // nil: has to be made anew
	places map[string]*desk.Waiting
}

// promise is what a citizen was told when their ticket was opened.
type promise struct {
	desk.Estimate
	at time.Time
}

func (w *waits) init() {
	w.known, w.told = map[string]*desk.Experience{}, map[string]promise{}
	w.offered, w.busy = map[string]time.Time{}, map[string]time.Time{}
}

func (w *waits) of(queue string) *desk.Experience {
	x := w.known[queue]
	if x == nil {
		x = &desk.Experience{}
		w.known[queue] = x
	}
	return x
}

// recover learns from tickets that have ended, newest first.
func (w *waits) recover(ended []desk.Ticket, rules desk.Rules) {
	for _, k := range slices.Backward(ended) {
		if d := k.Solved.Sub(k.Taken); !k.Taken.IsZero() && d > 0 && k.MergedInto == "" {
			x := w.of(k.Queue)
			x.Handling = desk.Remember(x.Handling, min(d, maxHandling), rules.WaitSample)
		}
	}
}

// saw learns from a change of a hand-off.
func (w *waits) saw(old, k desk.Ticket, now time.Time, content *engine.Content, meter Meter) {
	rules := content.Desk
	if k.OfferedTo != 0 && k.OfferedTo != old.OfferedTo {
		w.offered[k.Number] = now
	}
	if since, ok := w.busy[k.Number]; ok && (k.Operator != old.Operator || !k.Status.Counts()) {
		x := w.of(old.Queue)
		x.Handling = desk.Remember(x.Handling, now.Sub(since), rules.WaitSample)
		delete(w.busy, k.Number)
	}
	if k.Operator != 0 && k.Operator != old.Operator {
		x := w.of(k.Queue)
		began, offered := w.offered[k.Number]
		if offered && old.OfferedTo == k.Operator {
			x.Taking = desk.Remember(x.Taking, now.Sub(began), rules.WaitSample)
		} else {
			began = now
		}
		if k.Status.Counts() {
			w.busy[k.Number] = began
		}
		if p, ok := w.told[k.Number]; ok && old.Taken.IsZero() {
			// A night in between is no wait that anybody could have foreseen in minutes.
			if real := now.Sub(p.at); p.Known && content.Calendar.After(k.Queue, p.at, real).Equal(now) {
				x.Errors = desk.Remember(x.Errors, p.Error(real), desk.WaitErrors)
				if real < p.From || real > p.To {
					meter.Count(k.Channel, MeterWaitMiss)
				} else {
					meter.Count(k.Channel, MeterWaitHeld)
				}
			}
		}
		delete(w.told, k.Number)
		delete(w.offered, k.Number)
	} else if k.Operator != 0 && k.Status.Counts() && !old.Status.Counts() {
		w.busy[k.Number] = now // the citizen has answered
	}
	if k.Operator == 0 && k.OfferedTo == 0 {
		delete(w.offered, k.Number)
	}
	if !k.Status.Open() {
		delete(w.told, k.Number)
		delete(w.offered, k.Number)
		delete(w.busy, k.Number)
	}
}

// look makes the floor where something has changed since it was made.
func (d *dispatcher) floor() *desk.Floor {
	if d.waits.floor == nil {
		seats, waiting, _ := d.look()
		d.waits.floor = desk.NewFloor(seats, waiting, d.h.Content().Desk)
		d.waits.places = make(map[string]*desk.Waiting, len(waiting))
		for i := range waiting {
			d.waits.places[waiting[i].Number] = &waiting[i]
		}
	}
	return d.waits.floor
}

// expect estimates the wait of a ticket that is just being opened, and remembers what is told. It is not ok as long as the
// open tickets are not known.
func (d *dispatcher) expect(k desk.Ticket) (e desk.Estimate, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.loaded || k.Kind != desk.HandOff {
		return e, false
	}
	seats, waiting, _ := d.look()
	w := d.waitingOf(k)
	waiting = append(waiting, w)
	e = desk.NewFloor(seats, waiting, d.h.Content().Desk).Wait(&w, *d.waits.of(k.Queue))
	now := d.h.Now()
	for number, p := range d.waits.told { // of turns that were not stored
		if _, open := d.tickets[number]; !open && now.Sub(p.at) > time.Minute {
			delete(d.waits.told, number)
		}
	}
	d.waits.told[k.Number] = promise{e, now}
	return e, true
}

// estimate tells how the wait of a ticket stands. It is not ok if nobody waits with it.
func (d *dispatcher) estimate(number string) (e desk.Estimate, queue string, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f := d.floor()
	w := d.waits.places[number]
	if w == nil {
		return e, "", false
	}
	return f.Wait(w, *d.waits.of(w.Queue)), w.Queue, true
}

func (d *dispatcher) isLoaded() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.loaded
}

// tell lets those know whose wait has changed notably, where the channel shows nothing by itself.
func (d *dispatcher) tell(ctx context.Context, rules desk.Rules) error {
	d.mu.Lock()
	var waiting []desk.Ticket
	for _, k := range d.tickets {
		if k.Operator == 0 && k.Status == desk.New && d.h.Now().Sub(k.Opened) >= rules.TellAfter && d.h.channel(k.Channel) != nil {
			waiting = append(waiting, k)
		}
	}
	d.mu.Unlock()
	var failed failures
	for _, k := range waiting {
		r, err := d.h.Load(ctx, k.Conversation)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			failed.add(fmt.Errorf("reading conversation %d: %w", k.Conversation, err))
			continue
		}
		e, _, ok := d.estimate(k.Number)
		now := d.h.Now()
		if !ok || !engine.Notable(d.h.Content(), r.State, k.Number, e, now) {
			continue
		}
		update := internal(k.Conversation, "wait", k.Number+":"+strconv.FormatInt(now.UnixMilli(), 10))
		if _, err := d.h.play(ctx, k.Conversation, update, engine.Waited{Ticket: k.Number, Estimate: e}); err != nil {
			failed.add(fmt.Errorf("telling about ticket %s: %w", k.Number, err))
		}
	}
	return failed.err()
}

// Wait returns how the wait of a ticket stands, and in words of the conversation's language what the citizen is to be told
// besides the place; "" if that can't be said honestly. ErrNotFound if the ticket does not wait.
func (h *Host) Wait(ctx context.Context, number string) (desk.Estimate, string, error) {
	if h.desk == nil || !h.desk.isLoaded() {
		ahead, err := h.Ahead(ctx, number)
		return desk.Estimate{Place: ahead + 1}, "", err
	}
	e, queue, ok := h.desk.estimate(number)
	if !ok {
		return e, "", ErrNotFound
	}
	h.desk.mu.Lock()
	k := h.desk.tickets[number]
	h.desk.mu.Unlock()
	r, err := h.Load(ctx, k.Conversation)
	if err != nil {
		return e, "", err
	}
	return e, engine.Wait(h.Content(), r.State, queue, e, h.Now()), nil
}
