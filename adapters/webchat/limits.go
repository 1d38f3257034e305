package webchat

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// limiter bounds how often each key may do something. It remembers at most limiterKeys keys.
type limiter struct {
	limit rate.Limit
	burst int
	now   func() time.Time

	mu            sync.Mutex
	young, former map[string]*rate.Limiter
}

// limiterKeys bounds a limiter's memory to a few megabytes.
const limiterKeys = 40000

func newLimiter(perSecond float64, burst int, now func() time.Time) *limiter {
	return &limiter{limit: rate.Limit(perSecond), burst: burst, now: now, young: map[string]*rate.Limiter{}}
}

// allow takes one event of the key, or tells how long to wait for it.
func (l *limiter) allow(key string) (ok bool, wait time.Duration) {
	now := l.now()
	r := l.of(key).ReserveN(now, 1)
	if wait = r.DelayFrom(now); wait == 0 {
		return true, 0
	}
	r.CancelAt(now)
	return false, wait
}

// of keeps two generations: once the young one is full it becomes the former one, and a key that is used there comes
// back. Forgetting costs no walk through the table, and who keeps asking is never forgotten.
func (l *limiter) of(key string) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	if r, ok := l.young[key]; ok {
		return r
	}
	if len(l.young) >= limiterKeys/2 {
		l.former, l.young = l.young, make(map[string]*rate.Limiter)
	}
	r, ok := l.former[key]
	if !ok {
		r = rate.NewLimiter(l.limit, l.burst)
	}
	delete(l.former, key)
	l.young[key] = r
	return r
}

// places counts open connections, in all and per visitor.
type places struct {
	all, each int

	mu    sync.Mutex
	taken int
	of    map[string]int
}

func newPlaces(all, each int) *places { return &places{all: all, each: each, of: map[string]int{}} }

// enter takes a place before it is known for whom.
func (p *places) enter() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.taken >= p.all {
		return false
	}
	p.taken++
	return true
}

func (p *places) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.taken--
}

// sit gives the place to a visitor.
func (p *places) sit(visitor string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.of[visitor] >= p.each {
		return false
	}
	p.of[visitor]++
	return true
}

func (p *places) rise(visitor string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.of[visitor]--; p.of[visitor] <= 0 {
		delete(p.of, visitor)
	}
}

// budget bounds the bytes that uploads on their way may take, in all and per key.
type budget struct {
	all, each int64

	mu    sync.Mutex
	taken int64
	of    map[string]int64
}

func newBudget(all, each int64) *budget { return &budget{all: all, each: each, of: map[string]int64{}} }

// take reserves n bytes for the key until release is called; ok is false if there is no room for them now.
func (b *budget) take(key string, n int64) (release func(), ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.taken+n > b.all || b.of[key]+n > b.each {
		return nil, false
	}
	b.taken += n
	b.of[key] += n
	return sync.OnceFunc(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.taken -= n
		if b.of[key] -= n; b.of[key] <= 0 {
			delete(b.of, key)
		}
	}), true
}
