package vk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"spravka/engine/host"
)

// work is an update on its way into the store.
type work struct {
	action
	id      string
	raw     []byte
	arrived time.Time
	patient bool          // tried until it is stored; otherwise given up soon, and VK repeats it
	done    chan struct{} // closed when it is stored or given up
	err     error         // why it was given up
}

func (w *work) finish(err error) {
	w.err = err
	close(w.done)
}

// flying are the updates being handled. The same update arriving again joins the one under way.
type flying struct {
	mu    sync.Mutex
	byID  map[string]*work
	space chan struct{} // one token an update
}

func (f *flying) init() {
	f.byID, f.space = map[string]*work{}, make(chan struct{}, maxFlying)
}

// wait waits until nothing flies, but not longer than d.
func (f *flying) wait(d time.Duration) {
	deadline := time.NewTimer(d)
	defer deadline.Stop()
	for {
		var any *work
		f.mu.Lock()
		for _, any = range f.byID {
			break
		}
		f.mu.Unlock()
		if any == nil {
			return
		}
		select {
		case <-any.done:
		case <-deadline.C:
			return
		}
	}
}

// submit puts an update in line. raw is the update as it came. An update that needs nothing, or that can't be
// understood, is done at once: it must hold nothing up.
func (a *Adapter) submit(ctx, life context.Context, raw []byte, patient bool) (*work, error) {
	w := &work{raw: raw, arrived: time.Now(), patient: patient, done: make(chan struct{})}
	var u update
	if err := json.Unmarshal(raw, &u); err != nil {
		a.pass("", raw, "it has an unknown form")
		w.finish(nil)
		return w, nil
	}
	w.id = u.id()
	if _, known := a.seen.get(w.id); known {
		w.finish(nil)
		return w, nil
	}
	var err error
	if w.action, err = a.readSafely(u); err != nil {
		if !errors.Is(err, errNothing) {
			a.pass(w.id, raw, err.Error())
		}
		w.finish(nil)
		return w, nil
	}
	select {
	case a.flying.space <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	a.flying.mu.Lock()
	if first := a.flying.byID[w.id]; first != nil {
		a.flying.mu.Unlock()
		<-a.flying.space
		return first, nil
	}
	if _, known := a.seen.get(w.id); known { // the first one has landed since the look above
		a.flying.mu.Unlock()
		<-a.flying.space
		w.finish(nil)
		return w, nil
	}
	a.flying.byID[w.id] = w
	a.flying.mu.Unlock()
	if w.line > 0 {
		a.active.set(w.line, w.arrived)
	}
	if w.start != nil {
		w.start()
	}
	a.lines.add(life, w)
	return w, nil
}

// readSafely reads an update. One that makes us panic can't be understood: it would do the same after every restart.
func (a *Adapter) readSafely(u update) (act action, err error) {
	defer func() {
		if p := recover(); p != nil {
			act, err = action{}, panicked{fmt.Sprintf("%T", p)}
		}
	}()
	return a.read(u)
}

// Trying again.
const (
	firstPause  = 100 * time.Millisecond
	longPause   = 10 * time.Second
	briefTries  = 3 // of a callback: then VK repeats it
	poisonTries = 8 // of an update that fails while others are stored
	poisonAge   = 30 * time.Second
)

// perform handles a work until it is stored or given up.
func (a *Adapter) perform(ctx context.Context, w *work) {
	wait, stored := firstPause, a.stored.Load()
	for try := 1; ; try++ {
		err := a.attempt(ctx, w)
		if err == nil {
			a.stored.Add(1)
			a.land(w, nil)
			return
		}
		poison := try >= poisonTries && time.Since(w.arrived) >= poisonAge && a.stored.Load() > stored
		if errors.As(err, new(panicked)) || poison {
			a.alarm(AlarmPassed, "update "+w.id+" could not be handled and was passed by: "+err.Error())
			a.keep(w.id, w.raw)
			a.land(w, nil)
			return
		}
		if ctx.Err() == nil {
			a.config.Log.Error("VK: an update could not be stored", "event", w.id, "try", try, "error", err)
		}
		if !w.patient && try == briefTries || pause(ctx, wait) != nil {
			a.land(w, err)
			return
		}
		wait = min(2*wait, longPause)
	}
}

// panicked is the error of an update that made us panic: trying again would do the same.
type panicked struct{ kind string }

func (p panicked) Error() string { return "panic: " + p.kind }

func (a *Adapter) attempt(ctx context.Context, w *work) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = panicked{fmt.Sprintf("%T", p)} // its value may be what a citizen wrote
			a.config.Log.Error("VK: panic", "event", w.id, "stack", string(debug.Stack()))
		}
	}()
	return w.do(ctx)
}

func (a *Adapter) land(w *work, err error) {
	if err == nil {
		a.seen.set(w.id, true)
	}
	a.flying.mu.Lock()
	delete(a.flying.byID, w.id)
	a.flying.mu.Unlock()
	<-a.flying.space
	w.finish(err)
}

// pass notes an update that can't be understood. The log gets no more than its id.
func (a *Adapter) pass(id string, raw []byte, why string) {
	a.config.Log.Warn("VK: an update was passed by", "event", id, "why", why)
	a.keep(id, raw)
}

func (a *Adapter) keep(id string, raw []byte) {
	if a.config.Keep != nil {
		a.config.Keep(id, bytes.Clone(raw[:min(len(raw), host.MaxUndecodable)]))
	}
}
