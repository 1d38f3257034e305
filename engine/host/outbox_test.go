package host_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"spravka/engine"
	"spravka/engine/host"
)

// channel remembers what it is asked to send.
type channel struct {
	name       string
	idempotent bool
	send       func(ctx context.Context, m host.Outgoing) error

	mu   sync.Mutex
	seen []shipment
}

type shipment struct {
	host.Outgoing
	at  time.Time
	err error
}

func (c *channel) Name() string     { return c.name }
func (c *channel) Idempotent() bool { return c.idempotent }

func (c *channel) Send(ctx context.Context, m host.Outgoing) (err error) {
	at := time.Now()
	c.mu.Lock()
	send := c.send
	c.mu.Unlock()
	if send != nil {
		err = send(ctx, m)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen = append(c.seen, shipment{m, at, err})
	return err
}

// behave changes how the channel sends.
func (c *channel) behave(send func(context.Context, host.Outgoing) error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.send = send
}

// tried lists what was tried, in order.
func (c *channel) tried() []shipment {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]shipment(nil), c.seen...)
}

// texts lists what has arrived, in order.
func (c *channel) texts(t testing.TB) (all []string) {
	for _, s := range c.tried() {
		if s.err == nil {
			all = append(all, textOf(t, s.Body))
		}
	}
	return all
}

// arrived lists the sequence numbers that have arrived at a peer, in order.
func (c *channel) arrived(peer string) (all []int64) {
	for _, s := range c.tried() {
		if s.err == nil && s.Peer.ID == peer {
			all = append(all, s.Seq)
		}
	}
	return all
}

func pushed(id, update, text string) host.Inbound {
	return host.Inbound{Peer: host.Peer{Channel: "push", ID: id}, Update: update, Event: engine.Said{Text: text}}
}

// outgoing lists the sequence numbers of what should reach a peer.
func (h *house) outgoing(conversation int64) (all []int64) {
	h.t.Helper()
	for _, e := range h.history(conversation) {
		if e.Author != engine.Citizen {
			all = append(all, e.Seq)
		}
	}
	return all
}

// left lists what still waits to be sent.
func (h *house) left(conversation int64) []host.Outgoing {
	h.t.Helper()
	all, err := h.store.Outbox(context.Background(), conversation, 1000)
	must(h.t, err)
	return all
}

// pushing is a host that sends through c.
func pushing(t testing.TB, c *channel) *house {
	return newHouse(t, host.Config{Now: since2026(), Channels: []host.Channel{c}})
}

func TestOutboxSendsInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &channel{name: "push", idempotent: true}
		h := pushing(t, c).run()
		began := time.Now()
		ids := map[string]int64{}
		for i := range 30 {
			who := fmt.Sprint("p", i%3)
			ids[who] = h.receive(pushed(who, fmt.Sprint(i), sayAnswer)).Conversation
		}
		web := h.say("w", "w", sayAnswer).Conversation
		synctest.Wait()
		for who, id := range ids {
			same(t, "arrived at "+who, c.arrived(who), h.outgoing(id))
			if len(h.left(id)) != 0 {
				t.Errorf("%s: left over: %v", who, h.left(id))
			}
		}
		if d := time.Since(began); d != 0 {
			t.Errorf("the messages waited %v", d)
		}
		if len(h.left(web)) != 0 || len(c.arrived("w")) != 0 {
			t.Error("a channel that reads the history was sent to")
		}
		for _, s := range c.tried() {
			if s.Peer.Channel != "push" || ids[s.Peer.ID] != s.Conversation {
				t.Errorf("conversation %d was sent to %v", s.Conversation, s.Peer)
			}
		}
	})
}

// What comes while a conversation is being sent to follows at once, not with the next sweep.
func TestOutboxTakesUpWhatComesMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := make(chan struct{})
		c := &channel{name: "push", idempotent: true, send: func(context.Context, host.Outgoing) error {
			<-gate
			return nil
		}}
		h := pushing(t, c).run()
		began := time.Now()
		id := int64(0)
		for i := range 50 {
			id = h.receive(pushed("a", fmt.Sprint(i), sayAnswer)).Conversation
			synctest.Wait()
		}
		close(gate)
		synctest.Wait()
		same(t, "arrived", c.arrived("a"), h.outgoing(id))

		// At the worst moment: the sender has just found that nothing is left.
		found, goOn := make(chan struct{}), make(chan struct{})
		var once sync.Once
		h.store.outbox.set(func(list []host.Outgoing) {
			if len(list) == 0 {
				once.Do(func() {
					close(found)
					<-goOn
				})
			}
		})
		h.receive(pushed("a", "last but one", sayAnswer))
		<-found
		h.receive(pushed("a", "last", sayAnswer))
		synctest.Wait()
		close(goOn)
		synctest.Wait()
		same(t, "arrived", c.arrived("a"), h.outgoing(id))
		if d := time.Since(began); d != 0 {
			t.Errorf("the last message waited %v", d)
		}
	})
}

func TestOutboxBacksOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &channel{name: "push", idempotent: true}
		c.send = func(context.Context, host.Outgoing) error {
			if len(c.tried()) < 7 {
				return errors.New("no connection")
			}
			return nil
		}
		h := pushing(t, c).run()
		id := h.receive(pushed("a", "1", sayAnswer)).Conversation
		h.receive(pushed("a", "2", sayAnswer))
		wait(20)
		same(t, "arrived", c.arrived("a"), h.outgoing(id))
		all := c.tried()
		for i := 1; i < 8; i++ {
			// The n-th pause is between 2ⁿ⁻¹ and 2ⁿ seconds, and the outbox is looked into every 5 seconds.
			least := time.Second << (i - 1)
			if gap := all[i].at.Sub(all[i-1].at); gap < least || gap > 2*least+5*time.Second {
				t.Errorf("pause %d was %v", i, gap)
			}
			if all[i].Seq != all[0].Seq || all[i].Conversation != all[0].Conversation {
				t.Errorf("attempt %d was for message %d, not %d", i, all[i].Seq, all[0].Seq)
			}
		}
	})
}

func TestOutboxGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first := int64(0)
		c := &channel{name: "push", idempotent: true, send: func(_ context.Context, m host.Outgoing) error {
			if first == 0 {
				first = m.Seq
			}
			if m.Seq == first {
				return errors.New("no connection")
			}
			return nil
		}}
		h := pushing(t, c).run()
		id := h.receive(pushed("a", "1", sayAnswer)).Conversation
		h.receive(pushed("a", "2", sayAnswer))
		wait(180)
		same(t, "arrived", c.arrived("a"), h.outgoing(id)[1:])
		if n := len(c.tried()); n != 20+len(c.arrived("a")) {
			t.Errorf("%d attempts", n)
		}
		if len(h.left(id)) != 0 {
			t.Errorf("left over: %v", h.left(id))
		}
	})
}

func TestOutboxHonoursRetryAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const asks = 30 // more than the attempts that another error would have
		c := &channel{name: "push"}
		c.send = func(context.Context, host.Outgoing) error {
			if len(c.tried()) < asks {
				return fmt.Errorf("429: %w", host.RetryAfterError{After: 40 * time.Second})
			}
			return nil
		}
		h := pushing(t, c).run()
		id := h.receive(pushed("a", "1", sayAnswer)).Conversation
		other := h.receive(pushed("b", "2", sayAnswer)).Conversation
		// As if the list had been read before the message was put off.
		h.store.unsent.set(func([]int64) []int64 { return []int64{id, other} })
		wait(60)
		same(t, "arrived", c.arrived("a"), h.outgoing(id))
		last := map[string]time.Time{}
		for _, s := range c.tried() {
			if gap := s.at.Sub(last[s.Peer.ID]); !last[s.Peer.ID].IsZero() && (gap < 40*time.Second || gap > 45*time.Second) {
				t.Errorf("%s was tried again after %v", s.Peer.ID, gap)
			}
			if last[s.Peer.ID] = s.at; s.Attempts != 0 {
				t.Errorf("%d attempts were counted", s.Attempts)
			}
		}
	})
}

func TestOutboxGoesOnAfterARefusal(t *testing.T) {
	for name, why := range map[string]error{"permanent": host.ErrPermanent, "the citizen left": host.ErrCitizenLeft} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log bytes.Buffer
				var marks []host.Mark
				c := &channel{name: "push"}
				c.send = func(context.Context, host.Outgoing) error {
					if len(c.tried()) == 0 {
						return fmt.Errorf("403: %w", why)
					}
					return nil
				}
				h := newHouse(t, host.Config{Now: since2026(), Channels: []host.Channel{c}, Log: slog.New(slog.NewTextHandler(&log, nil))})
				h.store.mark.set(func(all []host.Mark) error {
					marks = append(marks, all...)
					return nil
				})
				h.run()
				id := h.receive(pushed("a", "1", sayAnswer)).Conversation
				synctest.Wait()
				h.receive(pushed("a", "2", sayAnswer))
				synctest.Wait()
				want := h.outgoing(id)
				same(t, "arrived", c.arrived("a"), want[1:])
				wait(30)
				if n := len(c.tried()); n != len(want) {
					t.Errorf("%d attempts for %d messages", n, len(want))
				}
				if m := marks[1]; m.State != host.Failed || m.Seq != want[0] || !strings.Contains(m.Error, "403") || m.Attempts != 1 {
					t.Errorf("the message was marked %+v", m)
				}
				if n := strings.Count(log.String(), "state=failed"); n != 1 {
					t.Errorf("the log tells of %d failures: %s", n, &log)
				}
			})
		})
	}
}
