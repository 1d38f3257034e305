package host_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"spravka/engine/host"
)

// hang sends nothing and says nothing until it is told to stop.
func hang(ctx context.Context, _ host.Outgoing) error {
	<-ctx.Done()
	return ctx.Err()
}

// Where the platform can't tell a message that was sent twice, one whose sending was interrupted is not sent again: it is
// marked, and the log tells of it.
func TestInterruptedSending(t *testing.T) {
	for name, stop := range map[string]func(*house){"shutdown": (*house).halt, "crash": (*house).crash} {
		t.Run(name+" on a channel without a key", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := pushing(t, &channel{name: "push", send: hang}).run()
				id := h.receive(pushed("a", "1", sayAnswer)).Conversation
				h.receive(pushed("a", "2", sayAnswer))
				synctest.Wait()
				var states []host.OutboxState
				for _, m := range h.left(id) {
					states = append(states, m.State)
				}
				same(t, "states while sending", states, []host.OutboxState{host.Sending, host.Waiting})
				var log bytes.Buffer
				logger := slog.New(slog.NewTextHandler(&log, nil))
				h.Log = logger
				stop(h)

				c := &channel{name: "push"}
				h = h.next(host.Config{Channels: []host.Channel{c}, Log: logger}).run()
				synctest.Wait()
				same(t, "arrived", c.arrived("a"), h.outgoing(id)[1:])
				wait(60)
				if n := len(c.tried()); n != 1 || len(h.left(id)) != 0 {
					t.Errorf("%d messages sent, left over: %v", n, h.left(id))
				}
				if n := strings.Count(log.String(), "state=unknown"); n != 1 {
					t.Errorf("the log tells of %d messages in doubt: %s", n, &log)
				}
			})
		})
		t.Run(name+" on a channel with a key", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				before := &channel{name: "push", idempotent: true, send: hang}
				h := pushing(t, before).run()
				id := h.receive(pushed("a", "1", sayAnswer)).Conversation
				h.receive(pushed("a", "2", sayAnswer))
				synctest.Wait()
				stop(h)
				c := &channel{name: "push", idempotent: true}
				h = h.next(host.Config{Channels: []host.Channel{c}}).run()
				wait(1)
				same(t, "arrived", c.arrived("a"), h.outgoing(id))
				was, is := before.tried()[0], c.tried()[0]
				if was.Conversation != is.Conversation || was.Seq != is.Seq || !bytes.Equal(was.Body, is.Body) {
					t.Errorf("sent again as %+v, first as %+v", is, was)
				}
			})
		})
	}
}

func TestSendingThatTakesTooLong(t *testing.T) {
	for _, idempotent := range []bool{false, true} {
		t.Run(fmt.Sprint("idempotent ", idempotent), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := &channel{name: "push", idempotent: idempotent}
				c.send = func(ctx context.Context, m host.Outgoing) error {
					if len(c.tried()) == 0 {
						return hang(ctx, m)
					}
					return nil
				}
				h := pushing(t, c).run()
				id := h.receive(pushed("a", "1", sayAnswer)).Conversation
				h.receive(pushed("a", "2", sayAnswer))
				wait(10)
				want := h.outgoing(id)
				if !idempotent {
					want = want[1:] // it may have arrived: who can tell?
				}
				same(t, "arrived", c.arrived("a"), want)
			})
		})
	}
}

// A channel that waits for its own limiter knows that nothing was sent.
func TestSendingThatHadNotBegun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := pushing(t, &channel{name: "push", send: func(ctx context.Context, _ host.Outgoing) error {
			<-ctx.Done()
			return host.RetryAfterError{}
		}}).run()
		id := h.receive(pushed("a", "1", sayAnswer)).Conversation
		synctest.Wait()
		h.halt()
		c := &channel{name: "push"}
		h = h.next(host.Config{Channels: []host.Channel{c}}).run()
		synctest.Wait()
		same(t, "arrived", c.arrived("a"), h.outgoing(id))
	})
}

// A duplicate is no proof that the replies went out: another process may have stored them and died.
func TestDuplicateLooksIntoTheOutbox(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &channel{name: "push", idempotent: true}
		h := pushing(t, c).run()
		other := h.next(host.Config{Channels: []host.Channel{c}})
		synctest.Wait()
		began := time.Now()
		id := other.receive(pushed("a", "1", sayAnswer)).Conversation
		other.crash()
		synctest.Wait()
		same(t, "arrived too early", c.arrived("a"), nil)
		if r := h.receive(pushed("a", "1", sayAnswer)); !r.Duplicate {
			t.Error("played twice")
		}
		synctest.Wait()
		same(t, "arrived", c.arrived("a"), h.outgoing(id))
		if d := time.Since(began); d != 0 {
			t.Errorf("the message waited %v", d)
		}
	})
}

func TestSlowPeerHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &channel{name: "push", idempotent: true}
		c.send = func(ctx context.Context, m host.Outgoing) error {
			if strings.HasPrefix(m.Peer.ID, "slow") {
				return hang(ctx, m)
			}
			return nil
		}
		h := pushing(t, c).run()
		for i := range 20 {
			h.receive(pushed(fmt.Sprint("slow", i), fmt.Sprint("s", i), sayAnswer))
		}
		synctest.Wait()
		began := time.Now()
		for i := range 40 {
			id := h.receive(pushed(fmt.Sprint("p", i), fmt.Sprint(i), sayAnswer)).Conversation
			synctest.Wait()
			same(t, "arrived", c.arrived(fmt.Sprint("p", i)), h.outgoing(id))
		}
		if d := time.Since(began); d != 0 {
			t.Errorf("the others waited %v", d)
		}
	})
}

// A restart takes up more than one portion of the outbox, at once, and what no configured channel will take stands in
// nobody's way.
func TestRestartResumesTheOutbox(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const peers = 300 // a portion is 256
		idle := []host.Channel{&channel{name: "gone"}, &channel{name: "push"}}
		h := newHouse(t, host.Config{Now: since2026(), Channels: idle})
		var gone int64
		for i := range peers {
			in := pushed(fmt.Sprint("g", i), fmt.Sprint("g", i), sayAnswer)
			in.Peer.Channel = "gone"
			gone = h.receive(in).Conversation
		}
		wait(1)
		ids := map[string]int64{}
		for i := range peers {
			who := fmt.Sprint("p", i)
			ids[who] = h.receive(pushed(who, fmt.Sprint("p", i), sayAnswer)).Conversation
		}
		h.halt()

		c := &channel{name: "push"}
		h = h.next(host.Config{Channels: []host.Channel{c}}).run()
		began := time.Now()
		synctest.Wait()
		for who, id := range ids {
			same(t, "arrived at "+who, c.arrived(who), h.outgoing(id))
		}
		if d := time.Since(began); d != 0 {
			t.Errorf("the messages waited %v", d)
		}
		h.halt()

		c = &channel{name: "gone"}
		h = h.next(host.Config{Channels: []host.Channel{c}}).run()
		wait(6)
		same(t, "arrived later", c.arrived(fmt.Sprint("g", peers-1)), h.outgoing(gone))
	})
}

// A store that can't be written to must not make the host send the same message without a pause.
func TestOutboxWhenTheStoreFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, idempotent := range []bool{true, false} {
			c := &channel{name: "push", idempotent: idempotent}
			h := pushing(t, c)
			id := h.receive(pushed("a", "1", sayAnswer)).Conversation
			h.store.mark.set(func([]host.Mark) error { return errors.New("the disk is full") })
			h.run()
			wait(1)
			least, most := 12, 15 // one a sweep: what was sent could not be noted
			if !idempotent {
				least, most = 0, 0
			}
			before := len(c.tried())
			if before < least || before > most {
				t.Errorf("idempotent %v: sent %d times in a minute", idempotent, before)
			}
			h.store.mark.unset()
			wait(1)
			if arrived := c.arrived("a"); len(h.left(id)) != 0 || len(arrived) != before+1 {
				t.Errorf("idempotent %v: left over: %v; arrived: %v", idempotent, h.left(id), arrived)
			}
			h.halt()
		}
	})
}
