package host

import "sync"

// Hints tell those who watch something, named by a key, that it has changed. A hint says nothing more: who hears it reads
// again from where they were, so hints that nobody has heard yet are merged. The zero value is ready.
type Hints[K comparable] struct {
	mu   sync.Mutex
	subs map[K]map[chan struct{}]bool
}

// Watch gives a channel that gets a hint after each change, until stop is called, which may be done more than once.
func (h *Hints[K]) Watch(key K) (changed <-chan struct{}, stop func()) {
	c := make(chan struct{}, 1)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.subs == nil {
		h.subs = map[K]map[chan struct{}]bool{}
	}
	if h.subs[key] == nil {
		h.subs[key] = map[chan struct{}]bool{}
	}
	h.subs[key][c] = true
	return c, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.subs[key], c)
		if len(h.subs[key]) == 0 {
			delete(h.subs, key)
		}
	}
}

// Changed gives everybody who watches the key a hint.
func (h *Hints[K]) Changed(key K) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.subs[key] {
		kick(c)
	}
}

// Watchers tells how many watch the key.
func (h *Hints[K]) Watchers(key K) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.subs[key])
}
