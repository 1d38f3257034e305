package console

import (
	"context"
	"sync"
)

// hints tell those who watch something that it has changed; who hears one reads again.
type hints struct {
	mu   sync.Mutex
	subs map[string]map[chan struct{}]bool
}

func (h *hints) watch(of string) (changed <-chan struct{}, stop func()) {
	c := make(chan struct{}, 1)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.subs == nil {
		h.subs = map[string]map[chan struct{}]bool{}
	}
	if h.subs[of] == nil {
		h.subs[of] = map[chan struct{}]bool{}
	}
	h.subs[of][c] = true
	return c, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.subs[of], c)
		if len(h.subs[of]) == 0 {
			delete(h.subs, of)
		}
	}
}

func (h *hints) tell(of string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.subs[of] {
		hint(c)
	}
}

func hint(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// gather passes on the hints of several sources until the context ends. What it returns is closed then, or once the
// first of the sources is.
func gather(ctx context.Context, sources ...<-chan struct{}) <-chan struct{} {
	all := make(chan struct{}, 1)
	for _, source := range sources {
		go func() {
			for {
				select {
				case _, open := <-source:
					if !open {
						return
					}
					hint(all)
				case <-ctx.Done():
					return
				}
			}
		}()
	}
	return all
}
