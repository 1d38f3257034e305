package host

import "sync"

// allTickets stands for every ticket among the things that can be watched; conversations count from 1.
const allTickets int64 = 0

// watchers are told that something has changed about what they watch, by its key. A hint says nothing more: who hears it
// reads again from where they were.
type watchers[K comparable] struct {
	mu   sync.Mutex
	subs map[K]map[chan struct{}]bool
}

func (w *watchers[K]) init() { w.subs = map[K]map[chan struct{}]bool{} }

func (w *watchers[K]) add(key K) (<-chan struct{}, func()) {
	c := make(chan struct{}, 1)
	w.mu.Lock()
	if w.subs[key] == nil {
		w.subs[key] = map[chan struct{}]bool{}
	}
	w.subs[key][c] = true
	w.mu.Unlock()
	var once sync.Once
	return c, func() {
		once.Do(func() {
			w.mu.Lock()
			defer w.mu.Unlock()
			delete(w.subs[key], c)
			if len(w.subs[key]) == 0 {
				delete(w.subs, key)
			}
		})
	}
}

func (w *watchers[K]) changed(key K) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.subs[key] {
		kick(c)
	}
}

// Watch gives a channel that gets a hint whenever the conversation has something new. Hints are coalesced.
func (h *Host) Watch(conversation int64) (changed <-chan struct{}, stop func()) {
	return h.watchers.add(conversation)
}

// WatchTickets gives a channel that gets a hint whenever a ticket was opened or has changed.
func (h *Host) WatchTickets() (changed <-chan struct{}, stop func()) {
	return h.watchers.add(allTickets)
}
