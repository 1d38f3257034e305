package vk

import (
	"context"
	"errors"
	"time"

	"spravka/engine/host"
)

// maxChances is how often a cursor that VK calls outdated is tried again: going on from a newer one loses updates.
const maxChances = 3

// Pauses after failed polls.
const (
	pollPause    = 250 * time.Millisecond
	longPollWait = 30 * time.Second
)

// poller fetches updates one poll after another. It does not wait for the updates of a poll to be stored before the
// next one; the cursor is saved in order, each value when all updates before it are stored.
type poller struct {
	a       *Adapter
	server  server
	ts      string // of the next poll
	chances int    // how often VK has called ts outdated in a row
	refused int    // polls in a row
	batches chan batch
}

type batch struct {
	works []*work
	ts    string // valid once all works are done
}

// poll receives until ctx ends. Updates are handled in life, which outlasts it a little.
func (a *Adapter) poll(ctx, life context.Context) {
	p := &poller{a: a, batches: make(chan batch, maxFlying)}
	ts, err := retry(ctx, a, "reading the cursor", a.config.Cursor.Load)
	if err != nil {
		return
	}
	a.preferPolling(ctx)
	p.ts = ts
	a.side.Go(func() { p.save(life) })
	p.loop(ctx, life)
	close(p.batches)
}

func (p *poller) loop(ctx, life context.Context) {
	wait := pollPause
	for ctx.Err() == nil {
		err := p.step(ctx, life)
		if err == nil {
			wait = pollPause
			continue
		}
		if ctx.Err() != nil {
			return
		}
		p.a.config.Log.Warn("VK: polling failed", "error", err, "pause", wait)
		if pause(ctx, max(wait, delay(err))) != nil {
			return
		}
		wait = min(2*wait, longPollWait)
	}
}

// delay is how long an error asks to wait.
func delay(err error) time.Duration {
	var later host.RetryAfterError
	if errors.As(err, &later) {
		return later.After
	}
	return time.Second
}

// step finds a server if there is none, or polls once.
func (p *poller) step(ctx, life context.Context) error {
	if p.server.key == "" {
		s, err := p.a.findServer(ctx)
		if err != nil {
			return err
		}
		p.server = s
		if p.ts == "" { // what comes in from now on must not be lost, even before the first update
			p.ts = s.ts
			p.batches <- batch{ts: s.ts}
		}
	}
	got, err := p.a.ask(ctx, p.server, p.ts)
	if err != nil {
		return err
	}
	if got.failed != 0 {
		if err := p.failed(got); err != nil {
			return err
		}
		if p.refused++; p.refused > 2 {
			return errors.New("the server refuses one poll after another")
		}
		return nil
	}
	p.chances, p.refused = 0, 0
	return p.take(ctx, life, got)
}

func (p *poller) take(ctx, life context.Context, got polled) error {
	if len(got.updates) == 0 && got.ts == p.ts {
		return nil
	}
	b := batch{ts: got.ts}
	for _, raw := range got.updates {
		w, err := p.a.submit(ctx, life, raw, true)
		if err != nil {
			return err
		}
		b.works = append(b.works, w)
	}
	p.ts = got.ts
	select {
	case p.batches <- b:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// failed handles the refusals of a poll: 1 the cursor is outdated, 2 the key has expired, 3 both.
func (p *poller) failed(got polled) error {
	if got.failed != 1 {
		p.server = server{}
	}
	switch got.failed {
	case 1, 3:
		if p.chances++; p.chances > maxChances {
			p.gap(got.ts)
		}
	case 2:
	default:
		return errors.New("the server refuses the poll for an unknown reason")
	}
	return nil
}

// gap goes on after a loss of VK's.
func (p *poller) gap(ts string) {
	p.a.alarm(AlarmGap, "VK has dropped updates after cursor "+p.ts+": look through the community's unread messages")
	p.ts, p.chances = ts, 0
	if ts == "" {
		p.server = server{} // the next one says where to go on
		return
	}
	p.batches <- batch{ts: ts}
}

// save saves the cursor of each poll once its updates are stored.
func (p *poller) save(life context.Context) {
	for b := range p.batches {
		for _, w := range b.works {
			<-w.done
			if w.err != nil {
				return // we are stopping: it comes again after the restart
			}
		}
		_, err := retry(life, p.a, "saving the cursor", func(ctx context.Context) (struct{}, error) {
			return struct{}{}, p.a.config.Cursor.Save(ctx, b.ts)
		})
		if err != nil {
			return
		}
	}
}

// retry does something that must succeed, until it does or the context ends.
func retry[T any](ctx context.Context, a *Adapter, what string, f func(context.Context) (T, error)) (T, error) {
	for wait := firstPause; ; wait = min(2*wait, longPause) {
		v, err := f(ctx)
		if err == nil || ctx.Err() != nil {
			return v, err
		}
		a.config.Log.Error("VK: "+what, "error", err)
		if err := pause(ctx, wait); err != nil {
			return v, err
		}
	}
}
