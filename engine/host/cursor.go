package host

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// Cursors keeps how far the channels have received. A channel saves its cursor when every turn of what it has received
// so far is durable, never before.
type Cursors interface {
	// Cursor returns what was saved last under a name (1–128 bytes) and when, or ErrNotFound.
	Cursor(ctx context.Context, name string) (value string, saved time.Time, err error)
	// SaveCursor returns when the value (1–256 bytes) is durable.
	SaveCursor(ctx context.Context, name, value string, now time.Time) error
}

// Leases let one process at a time do what two must not, such as polling for the same bot.
type Leases interface {
	// Lease takes the lease of a name for an owner (1–128 bytes each), or renews it. It reports false if another owner
	// has it and it has not run out at now. Until must be after now.
	Lease(ctx context.Context, name, owner string, now, until time.Time) (bool, error)
	// Release gives it back; releasing what another owner has does nothing.
	Release(ctx context.Context, name, owner string) error
}

// Undecodable is an update that could not be understood, as it came.
type Undecodable struct {
	ID      int64 // of the store; ignored when it is kept
	Channel string
	Update  string // the channel's identifier of it, "" if that could not be read either
	Raw     []byte // its first MaxUndecodable bytes; it holds personal data
	At      time.Time
}

// MaxUndecodable is how many bytes are kept of an update that could not be understood.
const MaxUndecodable = 64 << 10

// Undecodables keeps the newest updates of each channel that could not be understood, at least 200 and at most 1,000.
type Undecodables interface {
	// KeepUndecodable stores an update; what is longer than MaxUndecodable is cut.
	KeepUndecodable(ctx context.Context, u Undecodable) error
	// Undecodables returns up to limit of a channel's, newest first; channel "" stands for all.
	Undecodables(ctx context.Context, channel string, limit int) ([]Undecodable, error)
	// Undecodable returns one, or ErrNotFound.
	Undecodable(ctx context.Context, id int64) (Undecodable, error)
}

// Lead does something in one process at a time: it takes the lease of the name, waiting for it as long as another
// process has it, and runs do. The context of do ends when the lease may be lost, or with ctx. Lead returns when ctx
// has ended, or do has returned by itself.
type Lead struct {
	Leases Leases
	Name   string        // what is done
	Owner  string        // unique to this process
	Term   time.Duration // how long a dead process keeps the others out; 15 s by default
	Now    func() time.Time
	Log    *slog.Logger
}

// Run leads until ctx has ended or do returns by itself; it then returns what do returned.
func (l Lead) Run(ctx context.Context, do func(context.Context) error) error {
	if l.Term == 0 {
		l.Term = 15 * time.Second
	}
	waited := false
	for ctx.Err() == nil {
		at := l.Now()
		got, err := l.Leases.Lease(ctx, l.Name, l.Owner, at, at.Add(l.Term))
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			l.Log.Error("taking a lease", "name", l.Name, "error", err)
		case got:
			lost, err := l.hold(ctx, at, do)
			if !lost {
				return err
			}
			l.Log.Error("a lease was lost: another process goes on", "name", l.Name)
			continue
		case !waited:
			waited = true
			l.Log.Info("another process does this now; waiting", "name", l.Name)
		}
		rest(ctx, l.Term/3, nil)
	}
	return nil
}

// hold runs do while the lease lasts, which was taken at the given moment. It reports whether it was lost.
func (l Lead) hold(ctx context.Context, taken time.Time, do func(context.Context) error) (lost bool, err error) {
	working, end := context.WithCancel(ctx)
	defer end()
	done := make(chan error, 1)
	go func() { done <- do(working) }()
	for {
		alarm := time.NewTimer(l.Term / 3)
		select {
		case err := <-done:
			alarm.Stop()
			return false, errors.Join(err, l.Leases.Release(context.WithoutCancel(ctx), l.Name, l.Owner))
		case <-alarm.C:
		}
		at := l.Now()
		got, err := l.Leases.Lease(context.WithoutCancel(ctx), l.Name, l.Owner, at, at.Add(l.Term))
		switch {
		case err == nil && got:
			taken = at
		case err == nil, l.Now().Sub(taken) >= 2*l.Term/3: // somebody else may begin any moment
			end()
			err := <-done
			return ctx.Err() == nil, err
		default:
			l.Log.Error("renewing a lease", "name", l.Name, "error", err)
		}
	}
}
