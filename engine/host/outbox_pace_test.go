package host_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"spravka/engine/host"
)

// pacing is a channel whose platform's limits are waited for.
type pacing struct {
	*channel
	pace func(ctx context.Context) error
}

func (p *pacing) Pace(ctx context.Context, _ host.Outgoing) error { return p.pace(ctx) }

// What waited for its turn when the process died has surely not been sent: it is not in doubt, and goes out afterwards.
func TestWaitingForTheLimitsIsNoDoubt(t *testing.T) {
	for name, stop := range map[string]func(*house){"shutdown": (*house).halt, "crash": (*house).crash} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				slow := &pacing{&channel{name: "push"}, func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }}
				h := newHouse(t, host.Config{Now: since2026(), Channels: []host.Channel{slow}}).run()
				id := h.receive(pushed("a", "1", sayAnswer)).Conversation
				synctest.Wait()
				for _, m := range h.left(id) {
					same(t, "state while it waits", m.State, host.Waiting)
				}
				stop(h)
				c := &channel{name: "push"}
				h = h.next(host.Config{Channels: []host.Channel{c}}).run()
				wait(1)
				same(t, "arrived", c.arrived("a"), h.outgoing(id))
				same(t, "sent before", len(slow.tried()), 0)
			})
		})
	}
	t.Run("later", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			free := time.Now().Add(10 * time.Minute)
			c := &pacing{&channel{name: "push"}, func(context.Context) error {
				if left := time.Until(free); left > 0 {
					return host.RetryAfterError{After: left}
				}
				return nil
			}}
			h := newHouse(t, host.Config{Now: since2026(), Channels: []host.Channel{c}}).run()
			id := h.receive(pushed("a", "1", sayAnswer)).Conversation
			wait(9)
			same(t, "sent too early", len(c.tried()), 0)
			wait(10)
			same(t, "arrived", c.arrived("a"), h.outgoing(id))
		})
	})
}
