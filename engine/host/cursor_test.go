package host_test

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"spravka/adapters/sqlite"
	"spravka/engine/host"
)

// cut are leases that a process can be cut off from.
type cut struct {
	host.Leases
	off atomic.Bool
}

func (c *cut) Lease(ctx context.Context, name, owner string, now, until time.Time) (bool, error) {
	if c.off.Load() {
		return false, errors.New("the database is gone")
	}
	return c.Leases.Lease(ctx, name, owner, now, until)
}

func (c *cut) Release(ctx context.Context, name, owner string) error {
	if c.off.Load() {
		return errors.New("the database is gone")
	}
	return c.Leases.Release(ctx, name, owner)
}

func TestOneLeadsAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := sqlite.Open(":memory:")
		must(t, err)
		defer s.Close()
		now := since2026()
		var at, begun [2]atomic.Int64
		var both atomic.Bool
		process := func(i int, leases host.Leases) (stop func()) {
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				lead := host.Lead{Leases: leases, Name: "poll", Owner: string(rune('a' + i)), Now: now, Log: slog.New(slog.DiscardHandler)}
				err := lead.Run(ctx, func(ctx context.Context) error {
					begun[i].Add(1)
					at[i].Store(1)
					if at[1-i].Load() == 1 {
						both.Store(true)
					}
					<-ctx.Done()
					at[i].Store(0)
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			}()
			return func() { cancel(); <-ended }
		}
		first := &cut{Leases: s}
		stopFirst := process(0, first)
		synctest.Wait()
		stopSecond := process(1, s)
		time.Sleep(time.Minute)
		if begun[0].Load() != 1 || begun[1].Load() != 0 {
			t.Fatalf("begun %d and %d times", begun[0].Load(), begun[1].Load())
		}
		first.off.Store(true) // the first loses the database: it stops before the second begins
		time.Sleep(30 * time.Second)
		if at[0].Load() != 0 || at[1].Load() != 1 || both.Load() {
			t.Fatalf("after the first was cut off: %d and %d lead, both at once: %v", at[0].Load(), at[1].Load(), both.Load())
		}
		first.off.Store(false)
		time.Sleep(time.Minute)
		if at[0].Load() != 0 {
			t.Error("both lead")
		}
		stopSecond() // gives it back, so the first need not wait until it has run out
		time.Sleep(6 * time.Second)
		if at[0].Load() != 1 || both.Load() {
			t.Errorf("after the second has stopped, %d leads", at[0].Load())
		}
		stopFirst()
	})
}

func TestLeadEndsWithItsWork(t *testing.T) {
	s, err := sqlite.Open(":memory:")
	must(t, err)
	defer s.Close()
	broken := errors.New("broken")
	lead := host.Lead{Leases: s, Name: "poll", Owner: "a", Now: func() time.Time { return monday }, Log: slog.New(slog.DiscardHandler)}
	if err := lead.Run(t.Context(), func(context.Context) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("Run: %v", err)
	}
}
