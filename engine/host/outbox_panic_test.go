package host_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"spravka/engine/host"
)

// A message that breaks its channel is given up and shown as such. It does not end the program, which would meet it again
// after every restart, and the others go out.
func TestAMessageThatBreaksItsChannel(t *testing.T) {
	for _, idempotent := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			c := &channel{name: "push", idempotent: idempotent}
			c.behave(func(_ context.Context, m host.Outgoing) error {
				if m.Peer.ID == "bad" {
					panic("тайна")
				}
				return nil
			})
			var log bytes.Buffer
			var mu sync.Mutex
			states := map[int64][]host.OutboxState{}
			h := newHouse(t, host.Config{Now: since2026(), Channels: []host.Channel{c}, Log: slog.New(slog.NewTextHandler(&log, nil))})
			h.store.mark.set(func(all []host.Mark) error {
				mu.Lock()
				defer mu.Unlock()
				for _, m := range all {
					states[m.Conversation] = append(states[m.Conversation], m.State)
				}
				return nil
			})
			h.run()
			bad := h.receive(pushed("bad", "1", sayAnswer)).Conversation
			good := h.receive(pushed("good", "2", sayAnswer)).Conversation
			synctest.Wait()
			same(t, "arrived", c.arrived("good"), h.outgoing(good))
			if len(h.left(bad)) != 0 {
				t.Errorf("it is tried again: %+v", h.left(bad))
			}
			if got := states[bad]; got[len(got)-1] != host.Failed {
				t.Errorf("marked %v", got)
			}
			if strings.Contains(log.String(), "тайна") || !strings.Contains(log.String(), "breaks its channel") {
				t.Errorf("the log says %s", &log)
			}
		})
	}
}
