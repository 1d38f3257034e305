package console

import (
	"context"
	"fmt"

	"spravka/engine"
	"spravka/engine/desk"
	"spravka/engine/host"
)

// giveBack puts the open tickets of somebody who was shut out back into their queues. One that can't be given back now
// does not keep the others: what is left over is counted, and the dispatcher takes back what is in work.
func (c *Console) giveBack(ctx context.Context, v *visit, o host.Operator, name string) (left int, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), actTime)
	defer cancel()
	tried := map[string]bool{}
	for {
		tickets, err := c.Tickets.Tickets(ctx, desk.Filter{Operator: o.ID, Limit: 200})
		if err != nil {
			return left, fmt.Errorf("the tickets of operator %d can't be read: %w", o.ID, err)
		}
		more := false
		for _, t := range tickets {
			if tried[t.Number] {
				continue
			}
			tried[t.Number], more = true, true
			lock := &c.acting[uint64(t.Conversation)%uint64(len(c.acting))]
			lock.Lock()
			_, err := c.Conversations.Act(ctx, t.Conversation, update(v.operator.ID, name, "release", t.Number),
				engine.Acted{Action: engine.Release, Operator: v.operator.ID, Name: v.operator.Name, Ticket: t.Number, Over: o.ID})
			lock.Unlock()
			if err != nil {
				left++
				c.config.Log.WarnContext(ctx, "console: a ticket of somebody shut out was not given back", "ticket", t.Number, "operator", o.ID, "error", err)
				continue
			}
			c.did(ctx, v, "ticket.release", t.Number, host.AuditChange{Field: "operator", Before: o.Name})
		}
		if !more {
			return left, nil
		}
	}
}
