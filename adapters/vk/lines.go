package vk

import (
	"context"
	"sync"
	"time"
)

// How long a callback waits for those that should come before it. VK delivers callbacks side by side, in any order;
// after we were away or busy it repeats them with pauses of its own.
const (
	settle    = 200 * time.Millisecond
	regather  = 5500 * time.Millisecond
	recovered = 10 * time.Second // after the last sign of repeated callbacks
)

// lines let the updates of one dialogue be handled one after another, those of several side by side.
type lines struct {
	a      *Adapter
	mu     sync.Mutex
	byKey  map[int64]*line
	course *memory[int64, course]
}

// course is how far a dialogue has come.
type course struct {
	last int64 // conversation_message_id of the newest message handled
	sent int64 // our own messages since: each takes a number as well
}

type line struct {
	queue []*work
	kick  chan struct{}
}

func (l *lines) init(a *Adapter) {
	l.a, l.byKey, l.course = a, map[int64]*line{}, newMemory[int64, course](50_000)
}

// add puts a work in its line: callbacks by their number in the dialogue, everything else as it comes.
func (l *lines) add(ctx context.Context, w *work) {
	l.mu.Lock()
	defer l.mu.Unlock()
	at := l.byKey[w.line]
	if at == nil {
		at = &line{kick: make(chan struct{}, 1)}
		l.byKey[w.line] = at
		defer func() { go l.work(ctx, w.line, at) }()
	}
	i := len(at.queue)
	if w.rank > 0 && !w.patient {
		for j, other := range at.queue {
			if other.rank > w.rank && !other.patient {
				i = j
				break
			}
		}
	}
	at.queue = append(at.queue, nil)
	copy(at.queue[i+1:], at.queue[i:])
	at.queue[i] = w
	select {
	case at.kick <- struct{}{}:
	default:
	}
}

func (l *lines) work(ctx context.Context, key int64, at *line) {
	for {
		w, wait := l.next(key, at)
		if w == nil {
			return
		}
		if wait > 0 {
			timer := time.NewTimer(wait)
			select {
			case <-timer.C:
			case <-at.kick:
			case <-ctx.Done():
			}
			timer.Stop()
			if ctx.Err() == nil {
				continue
			}
		}
		l.pop(at, w)
		before, _ := l.course.get(key)
		l.a.perform(ctx, w)
		if w.rank > 0 && w.err == nil {
			l.course.change(key, func(c course, _ bool) course {
				if w.rank <= c.last {
					return c
				}
				return course{last: w.rank, sent: c.sent - before.sent} // replies may be out before we get here
			})
		}
	}
}

// next returns the work at the head of the line and how long it should still wait; nil if the line is empty and gone.
func (l *lines) next(key int64, at *line) (*work, time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(at.queue) == 0 {
		delete(l.byKey, key)
		return nil, 0
	}
	w := at.queue[0]
	if w.patient || w.rank <= 1 {
		return w, 0
	}
	if c, known := l.course.get(key); known && w.rank <= c.last+c.sent+1 {
		return w, 0
	}
	window := settle
	if time.Now().UnixNano() < l.a.recovering.Load() {
		window = regather
	}
	return w, time.Until(w.arrived.Add(window))
}

// pop takes a work out of the line. A smaller one may have come in before it since: that one follows.
func (l *lines) pop(at *line, w *work) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, other := range at.queue {
		if other == w {
			at.queue = append(at.queue[:i], at.queue[i+1:]...)
			return
		}
	}
}

// sent counts a message of ours.
func (l *lines) sent(key int64) {
	l.course.change(key, func(c course, known bool) course {
		c.sent++
		return c
	})
}

// late notes that callbacks may come out of order for a while.
func (a *Adapter) late() {
	a.recovering.Store(time.Now().Add(recovered).UnixNano())
}
