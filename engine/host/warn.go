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

// maxWarned bounds the tickets that are warned of in one sweep; the others follow in the next ones.
const maxWarned = 500

// warn records of each ticket once that its term is about to break, and once that it has broken. While the citizen's answer
// is awaited, nobody of the staff can keep the term, so nothing is said.
func (d *dispatcher) warn(ctx context.Context, rules desk.Rules) error {
	now := d.h.Now()
	var failed failures
	for offset, done := 0, 0; done < maxWarned; offset += deskPage {
		page, err := d.h.Store.Tickets(ctx, desk.Filter{OverdueBy: now.Add(rules.WarnBefore + time.Millisecond), Statuses: []desk.Status{desk.New, desk.InWork}, Sort: desk.ByDue,
			Limit: deskPage, Offset: offset})
		if err != nil {
			return fmt.Errorf("reading the tickets that are due: %w", err)
		}
		for _, k := range page {
			broken := !now.Before(k.Due)
			if k.Escalated && !broken || broken && d.overdue[k.Number].Equal(k.Due) {
				continue
			}
			if broken && k.Escalated {
				known, err := d.recorded(ctx, k)
				if err != nil {
					return err
				}
				if known {
					d.overdue[k.Number] = k.Due
					continue
				}
			}
			what := MeterDueSoon
			if broken {
				what = MeterOverdue
			}
			update := internal(k.Conversation, what, k.Number+":"+strconv.FormatInt(k.Due.UnixMilli(), 10))
			receipt, err := d.h.play(ctx, k.Conversation, update, engine.Warned{Ticket: k.Number})
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil {
				failed.add(fmt.Errorf("warning of ticket %s: %w", k.Number, err))
				continue
			}
			if broken {
				d.overdue[k.Number] = k.Due
			}
			if !receipt.Duplicate {
				d.h.Meter.Count(k.Channel, what)
			}
			done++
		}
		if len(page) < deskPage {
			if len(d.overdue) > 10*deskMost { // of tickets that ended long ago
				clear(d.overdue)
			}
			break
		}
	}
	return failed.err()
}

// recorded looks whether an earlier process has recorded that the term broke.
func (d *dispatcher) recorded(ctx context.Context, k desk.Ticket) (bool, error) {
	_, changes, err := d.h.Store.Ticket(ctx, k.Number)
	if err != nil {
		return false, fmt.Errorf("reading ticket %s: %w", k.Number, err)
	}
	return slices.ContainsFunc(changes, func(c desk.Change) bool { return c.Kind == desk.Overdue && !c.At.Before(k.Due) }), nil
}
