package calendar

import (
	"slices"
	"time"
)

// After returns the moment at which that much of the queue's working time has passed since t; the zero time if the days
// that can be looked ahead do not hold it.
func (c *Calendar) After(queue string, t time.Time, d time.Duration) time.Time {
	if slices.Contains(c.always, queue) {
		return t.Add(d)
	}
	open := c.Open(queue, t)
	from := t
	for _, e := range c.edges(t, lookahead) {
		if open {
			span := e.at.Sub(from)
			if d <= span {
				return from.Add(d)
			}
			d -= span
		}
		from, open = e.at, e.period != nil && slices.Contains(e.period.Queues, queue)
	}
	return time.Time{}
}
