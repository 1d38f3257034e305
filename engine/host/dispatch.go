package host

import (
	"context"
	"errors"
	"fmt"
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
	urgent   map[int64]bool       // whether the last one was
	overdue  map[string]time.Time // the broken terms that are recorded
	waits    waits
}

func newDispatcher(h *Host) *dispatcher {
	d := &dispatcher{h: h, started: h.Now(), kick: make(chan struct{}, 1), tickets: map[string]desk.Ticket{}, heard: map[string]int64{},
		lapses: map[string][]desk.Lapse{}, inRow: map[int64]int{}, assigned: map[int64]time.Time{}, urgent: map[int64]bool{}, overdue: map[string]time.Time{}}
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
		pause, next := time.NewTimer(deskPause), time.NewTimer(deskSweep)
		select {
		case <-ctx.Done():
		case <-pause.C:
		}
		select {
		case <-ctx.Done():
			pause.Stop()
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
	rules := d.h.Content().Desk
	seats, _, held := d.picture()
	for _, r := range desk.Recall(d.h.Now(), seats, held, rules) {
		if err := d.release(ctx, r, rules); err != nil {
			return err
		}
	}
	for round := 0; round < maxRounds && rules.Assign == desk.Auto; round++ {
		seats, waiting, _ := d.picture()
		given := desk.Route(d.h.Now(), seats, waiting, rules)
		if len(given) == 0 {
			break
		}
		for _, a := range given {
			if err := d.offer(ctx, a, rules); err != nil {
				return err
			}
		}
	}
	if !sweep {
		return nil
	}
	if err := d.warn(ctx, rules); err != nil {
		return err
	}
	return d.tell(ctx, rules)
}

// sweep reads the open hand-offs. What a turn told of meanwhile is newer than what was read.
func (d *dispatcher) sweep(ctx context.Context) error {
	d.mu.Lock()
	began := d.changes
	d.mu.Unlock()
	read := map[string]desk.Ticket{}
	for offset := 0; offset < deskMost; offset += deskPage {
		page, err := d.h.Store.Tickets(ctx, desk.Filter{Kinds: []desk.Kind{desk.HandOff}, Limit: deskPage, Offset: offset})
		if err != nil {
			return fmt.Errorf("reading the open tickets: %w", err)
		}
		for _, k := range page {
			read[k.Number] = k
		}
		if len(page) < deskPage {
			break
		}
	}
	d.mu.Lock()
	first := !d.loaded
	for number := range d.tickets {
		if _, ok := read[number]; !ok && d.heard[number] <= began {
			d.forget(number)
		}
	}
	for number, k := range read {
		if d.heard[number] <= began {
			if old, ok := d.tickets[number]; !ok || old.Fence <= k.Fence {
				d.take(k)
			}
		}
	}
	for number, n := range d.heard {
		if _, open := d.tickets[number]; !open && n <= began {
			delete(d.heard, number)
		}
	}
	d.loaded = true
	d.mu.Unlock()
	if first {
		return d.recover(ctx)
	}
	return nil
}

// recover reads what an earlier process knew: who let which ticket lapse, and how long tickets took lately.
func (d *dispatcher) recover(ctx context.Context) error {
	_, waiting, _ := d.picture()
	for _, w := range waiting {
		if w.Offered {
			continue
		}
		k, changes, err := d.h.Store.Ticket(ctx, w.Number)
		if err != nil {
			return fmt.Errorf("reading ticket %s: %w", w.Number, err)
		}
		d.mu.Lock()
		for _, c := range changes {
			if c.Kind == desk.Lapsed && c.From != 0 {
				d.lapses[k.Number] = append(d.lapses[k.Number], desk.Lapse{Operator: c.From, At: c.At})
			}
		}
		d.mu.Unlock()
	}
	ended, err := d.h.Store.Tickets(ctx, desk.Filter{Kinds: []desk.Kind{desk.HandOff}, Closed: true, Sort: desk.ByChanged, Limit: deskPage})
	if err != nil {
		return fmt.Errorf("reading the tickets that ended lately: %w", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.waits.recover(ended, d.h.Content().Desk)
	return nil
}

func (d *dispatcher) readStaff(ctx context.Context) error {
	all, err := d.h.Staff.Operators(ctx)
	if err != nil {
		return fmt.Errorf("reading the operators: %w", err)
	}
	queues := d.h.Content().Settings.Queues
	d.mu.Lock()
	defer d.mu.Unlock()
	d.seats = d.seats[:0]
	for _, o := range all {
		if s, ok := seat(o, d.h.Presence, d.started, queues); ok {
			d.seats = append(d.seats, s)
		}
	}
	d.waits.floor = nil
	return nil
}

// saw takes in what a turn has changed. It is called in the order of each conversation's turns.
func (d *dispatcher) saw(tickets []desk.Ticket) {
	d.mu.Lock()
	for _, k := range tickets {
		if k.Kind != desk.HandOff {
			continue
		}
		d.changes++
		d.heard[k.Number] = d.changes
		d.waits.saw(d.tickets[k.Number], k, d.h.Now(), d.h.Content(), d.h.Meter)
		if k.Status.Open() {
			d.take(k)
		} else {
			d.forget(k.Number)
		}
	}
	d.mu.Unlock()
	kick(d.kick)
}

// take notes how a ticket stands. Who had an offer and has it no more, without having taken it, has let it lapse.
func (d *dispatcher) take(k desk.Ticket) {
	now := d.h.Now()
	old := d.tickets[k.Number]
	if had := old.OfferedTo; had != 0 && k.OfferedTo != had && k.Operator != had {
		d.lapses[k.Number] = append(d.lapses[k.Number], desk.Lapse{Operator: had, At: now})
		if list := d.lapses[k.Number]; len(list) > 20 {
			d.lapses[k.Number] = list[1:]
		}
	}
	hand, before := k.Operator+k.OfferedTo, old.Operator+old.OfferedTo
	if hand != 0 && hand != before {
		at := now
		if old.Number == "" {
			at = k.Changed
		}
		if at.After(d.assigned[hand]) {
			d.assigned[hand], d.urgent[hand] = at, k.Priority == desk.Urgent
		}
	}
	if k.Operator != 0 {
		d.inRow[k.Operator] = 0
		delete(d.lapses, k.Number)
	}
	d.tickets[k.Number] = k
	d.waits.floor = nil
}

func (d *dispatcher) forget(number string) {
	delete(d.tickets, number)
	delete(d.lapses, number)
	d.waits.floor = nil
}

// picture is the desk as routing sees it.
func (d *dispatcher) picture() (seats []desk.Seat, waiting []desk.Waiting, held []desk.Held) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.look()
}

func (d *dispatcher) look() (seats []desk.Seat, waiting []desk.Waiting, held []desk.Held) {
	load := map[int64]int{}
	for _, k := range d.tickets {
		switch {
		case k.Operator != 0:
			held = append(held, desk.Held{Number: k.Number, Conversation: k.Conversation, Operator: k.Operator, Status: k.Status})
			if k.Status.Counts() {
				load[k.Operator]++
			}
		case k.OfferedTo != 0:
			held = append(held, desk.Held{Number: k.Number, Conversation: k.Conversation, Operator: k.OfferedTo, Status: k.Status, Until: k.OfferedUntil})
			load[k.OfferedTo]++
		}
		if k.Operator == 0 && k.Status == desk.New {
			waiting = append(waiting, d.waitingOf(k))
		}
	}
	seats = append(seats, d.seats...)
	for i := range seats {
		s := &seats[i]
		s.Open, s.LastAssigned, s.LastUrgent = load[s.ID], d.assigned[s.ID], d.urgent[s.ID]
	}
	return seats, waiting, held
}

// waitingOf is a ticket as routing sees it. One that was begun and is opened again waits since it was solved.
func (d *dispatcher) waitingOf(k desk.Ticket) desk.Waiting {
	w := desk.Waiting{Number: k.Number, Conversation: k.Conversation, Queue: k.Queue, Priority: k.Priority, Since: k.Opened,
		Offered: k.OfferedTo != 0, Returned: !k.Taken.IsZero(), Prefer: k.Former, Lapsed: d.lapses[k.Number]}
	if k.Reopened > 0 && !k.Solved.IsZero() {
		w.Since = k.Solved
	}
	return w
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
	d.h.watchers.changed(allTickets)
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
	h.watchers.changed(allTickets)
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
