package telegram

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"spravka/engine/host"
)

// most returns how many of the moments lie within any window of that length.
func most(at []time.Time, window time.Duration) int {
	slices.SortFunc(at, time.Time.Compare)
	n, from := 0, 0
	for i := range at {
		for at[i].Sub(at[from]) >= window {
			from++
		}
		n = max(n, i-from+1)
	}
	return n
}

// A broadcast to 500 chats by 32 senders stays below 30 a second, and loses nothing.
func TestPaceInAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSetting(t, nil)
		chats := make(chan int)
		var all sync.WaitGroup
		for range 32 {
			all.Go(func() {
				for chat := range chats {
					if err := s.bot.Send(t.Context(), say(fmt.Sprint(chat), "слово")); err != nil {
						t.Errorf("chat %d: %v", chat, err)
					}
				}
			})
		}
		begin := time.Now()
		for i := range 500 {
			chats <- i + 1
		}
		close(chats)
		all.Wait()
		var at []time.Time
		for _, m := range s.fake.out() {
			at = append(at, m.at)
		}
		if n := most(at, time.Second); n > 30 || len(at) != 500 {
			t.Errorf("%d messages, %d within a second", len(at), n)
		}
		if took := time.Since(begin); took > 21*time.Second {
			t.Errorf("it took %s", took)
		}
	})
}

// One chat gets a short burst, then one a second; after a refusal not even the burst.
func TestPaceOfChat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSetting(t, nil)
		send := func(n int) (at []time.Time) {
			before := len(s.fake.out())
			for range n {
				if err := s.bot.Send(t.Context(), say("5", "слово")); err != nil {
					t.Fatal(err)
				}
			}
			for _, m := range s.fake.out()[before:] {
				at = append(at, m.at)
			}
			return at
		}
		if at := send(10); most(at, time.Second) != 3 || at[9].Sub(at[0]) != 7*time.Second {
			t.Errorf("%d within a second, 10 in %s", most(at, time.Second), at[9].Sub(at[0]))
		}
		s.fake.setTrouble(times(1, "sendMessage", refuse(429, "Too Many Requests", `{"retry_after":2}`)))
		if err := s.bot.Send(t.Context(), say("5", "слово")); !errors.As(err, new(host.RetryAfterError)) {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if at := send(5); most(at, time.Second) != 1 {
			t.Errorf("after a refusal %d within a second", most(at, time.Second))
		}
	})
}

// A group never gets more than 20 messages a minute; what would wait long goes back to the outbox.
func TestPaceOfGroup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSetting(t, nil)
		for end := time.Now().Add(10 * time.Minute); time.Now().Before(end); {
			if err := s.bot.Send(t.Context(), say("-100:5", "слово")); err != nil {
				t.Fatal(err)
			}
		}
		var at []time.Time
		for _, m := range s.fake.out() {
			at = append(at, m.at)
		}
		if n := most(at, time.Minute); n > 20 || len(at) < 140 {
			t.Errorf("%d within a minute, %d in ten", n, len(at))
		}
		var all sync.WaitGroup
		later := 0
		var mu sync.Mutex
		for i := range 5 {
			all.Go(func() {
				m := say("-200:5", "слово")
				for range 3 {
					m.Seq = int64(i)
					if err := s.bot.Send(t.Context(), m); errors.As(err, new(host.RetryAfterError)) {
						mu.Lock()
						later++
						mu.Unlock()
					}
				}
			})
		}
		all.Wait()
		if later == 0 {
			t.Error("nothing went back to the outbox")
		}
	})
}

// Without limits nothing waits: for tests against fakes.
func TestPaceOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSetting(t, func(c *Config) { c.Limits = Limits{PerSecond: -1, Chat: -1} })
		begin := time.Now()
		for range 200 {
			if err := s.bot.Send(t.Context(), say("5", "слово")); err != nil {
				t.Fatal(err)
			}
		}
		if time.Since(begin) != 0 {
			t.Errorf("it took %s", time.Since(begin))
		}
	})
}

// What waits for the limits does so before it counts as being sent, and then goes out at once.
func TestPaceBeforeSending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSetting(t, func(c *Config) { c.Limits = Limits{PerSecond: -1, Chat: 1, ChatBurst: 1} })
		began := time.Now()
		for seq := range int64(3) {
			m := outgoing3(seq)
			if err := s.bot.Pace(t.Context(), m); err != nil {
				t.Fatal(err)
			}
			waited := time.Since(began)
			if err := s.bot.Send(t.Context(), m); err != nil {
				t.Fatal(err)
			}
			if waited != time.Duration(seq)*time.Second || time.Since(began) != waited {
				t.Errorf("message %d waited %v before and %v while it was sent", seq, waited, time.Since(began)-waited)
			}
		}
		if len(s.bot.pace.granted) != 0 {
			t.Errorf("left over: %v", s.bot.pace.granted)
		}
		stopped, stop := context.WithCancel(t.Context())
		stop()
		if err := s.bot.Pace(stopped, outgoing3(3)); err == nil {
			t.Error("a wait that was broken off is no leave to send")
		}
	})
}

func outgoing3(seq int64) host.Outgoing {
	return host.Outgoing{Conversation: 1, Seq: seq, Peer: host.Peer{Channel: Channel, ID: "5"}, Body: []byte(`{"text":"да"}`)}
}
