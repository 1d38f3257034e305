package host

import (
	"context"
	"sync"
	"time"
)

// Typing is a [Channel] that can show the citizen that somebody writes.
type Typing interface {
	// ShowTyping shows it for a few seconds. It is a courtesy: an error is not acted upon.
	ShowTyping(ctx context.Context, p Peer) error
}

// Who types.
const (
	typeEvery   = 4 * time.Second // platforms show it for five
	typeTimeout = 5 * time.Second
	maxTypists  = 64 // signs on their way at a time; what exceeds that is left out
)

// Typist is somebody who is writing just now.
type Typist struct {
	Citizen bool
	Name    string // of the operator; "" is the bot, or the citizen
}

// typing passes on who is writing. Nothing of it is stored.
type typing struct {
	host *Host
	busy chan struct{} // one token a sign on its way to a platform

	mu    sync.Mutex
	last  map[typistKey]time.Time
	swept time.Time
	subs  map[int64]map[chan Typist]bool
}

type typistKey struct {
	conversation int64
	citizen      bool
}

func (t *typing) init(h *Host) {
	t.host, t.busy, t.last, t.subs = h, make(chan struct{}, maxTypists), map[typistKey]time.Time{}, map[int64]map[chan Typist]bool{}
}

// Typing tells the citizen that an operator is writing; name "" means the bot. It returns at once, shows nothing more
// often than every four seconds, and nothing where the channel can't.
func (h *Host) Typing(ctx context.Context, conversation int64, name string) {
	if !h.typing.tell(conversation, Typist{Name: name}) {
		return
	}
	r, err := h.Load(ctx, conversation)
	if err != nil || r.State.Unreachable {
		return
	}
	c, ok := h.channel(r.Peer.Channel).(Typing)
	if !ok {
		return
	}
	select {
	case h.typing.busy <- struct{}{}:
	default:
		return
	}
	go func() {
		defer func() { <-h.typing.busy }()
		limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), typeTimeout)
		defer cancel()
		_ = c.ShowTyping(limited, r.Peer) // nobody misses it
	}()
}

// CitizenTyping tells whoever watches the conversation that the citizen is writing.
func (h *Host) CitizenTyping(conversation int64) {
	h.typing.tell(conversation, Typist{Citizen: true})
}

// WatchTyping gives a channel that hears who writes in a conversation, until stop is called. Who does not listen misses
// it.
func (h *Host) WatchTyping(conversation int64) (typists <-chan Typist, stop func()) {
	t := &h.typing
	c := make(chan Typist, 2)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.subs[conversation] == nil {
		t.subs[conversation] = map[chan Typist]bool{}
	}
	t.subs[conversation][c] = true
	return c, sync.OnceFunc(func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.subs[conversation], c)
		if len(t.subs[conversation]) == 0 {
			delete(t.subs, conversation)
		}
	})
}

// over forgets that somebody was writing: what they wrote is there, and what they write next is shown at once.
func (t *typing) over(conversation int64, citizen bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.last, typistKey{conversation, citizen})
}

// tell passes a sign on unless there was one a moment ago. It reports whether it did.
func (t *typing) tell(conversation int64, who Typist) bool {
	now := t.host.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	key := typistKey{conversation, who.Citizen}
	if at, ok := t.last[key]; ok && now.Sub(at) < typeEvery && !now.Before(at) {
		return false
	}
	if now.Sub(t.swept) > time.Minute || now.Before(t.swept) {
		for k, at := range t.last {
			if now.Sub(at) >= typeEvery {
				delete(t.last, k)
			}
		}
		t.swept = now
	}
	t.last[key] = now
	for c := range t.subs[conversation] {
		select {
		case c <- who:
		default:
		}
	}
	return true
}

// firstTyping is how long a service may take before the citizen is shown that something is being done.
const firstTyping = 700 * time.Millisecond

// typingMeanwhile shows that the bot is busy until stop is called.
func (h *Host) typingMeanwhile(ctx context.Context, conversation int64) (stop func()) {
	ended := make(chan struct{})
	go func() {
		again := time.NewTimer(firstTyping)
		defer again.Stop()
		for {
			select {
			case <-ended:
				return
			case <-ctx.Done():
				return
			case <-again.C:
			}
			h.Typing(ctx, conversation, "")
			again.Reset(typeEvery)
		}
	}()
	return func() { close(ended) }
}
