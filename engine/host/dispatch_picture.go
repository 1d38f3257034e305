package host

import (
	"context"
	"fmt"

	"spravka/engine/desk"
)

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
