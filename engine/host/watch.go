package host

import "sync"

// allTickets stands for every ticket among the things that can be watched; conversations count from 1.
const allTickets int64 = 0

// watchers are told that something has changed. A hint says nothing more: who hears it reads again from where they were.
type watchers struct {
	mu   sync.Mutex
	subs map[int64]map[chan struct{}]bool
}

func (w *watchers) init() { w.subs = map[int64]map[chan struct{}]bool{} }

func (w *watchers) add(id int64) (<-chan struct{}, func()) {
	c := make(chan struct{}, 1)
	w.mu.Lock()
	if w.subs[id] == nil {
		w.subs[id] = map[chan struct{}]bool{}
	}
	w.subs[id][c] = true
	w.mu.Unlock()
	var once sync.Once
	return c, func() {
		once.Do(func() {
			w.mu.Lock()
			defer w.mu.Unlock()
			delete(w.subs[id], c)
			if len(w.subs[id]) == 0 {
				delete(w.subs, id)
			}
		})
	}
}

func (w *watchers) changed(id int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.subs[id] {
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
