package console

import (
	"sync"
	"time"
)

// patience lets each key try a few times freely and then ever more slowly. An attempt counts from the moment it
// begins, so that many at once gain nothing. Safe for concurrent use; remembers at most patienceKeys keys.
type patience struct {
	rule patienceRule
	now  func() time.Time

	mu            sync.Mutex
	young, former map[string]tries
}

type patienceRule struct {
	free   int           // attempts without delay
	first  time.Duration // the delay after those; it doubles with each further attempt
	most   time.Duration // up to this
	forget time.Duration // after this time without an attempt all is forgotten
}

type tries struct {
	count int
	last  time.Time
	until time.Time // nothing is tried before
}

// A login is guarded closely. An address is not: a whole office may stand behind one.
var (
	loginPatience = patienceRule{free: 5, first: 2 * time.Second, most: 5 * time.Minute, forget: time.Hour}
	placePatience = patienceRule{free: 30, first: 2 * time.Second, most: 15 * time.Minute, forget: time.Hour}
)

const patienceKeys = 20000

func newPatience(rule patienceRule, now func() time.Time) *patience {
	return &patience{rule: rule, now: now, young: map[string]tries{}}
}

// attempt counts an attempt, or refuses it and tells how long to wait. A refused one does not lengthen the wait.
func (p *patience) attempt(key string) (ok bool, wait time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now, t := p.now(), p.of(key)
	if now.Sub(t.last) > p.rule.forget {
		t = tries{}
	}
	if wait := t.until.Sub(now); wait > 0 {
		return false, wait
	}
	t.count++
	t.last = now
	t.until = now.Add(p.rule.delay(t.count))
	p.young[key] = t
	return true, 0
}

func (r patienceRule) delay(count int) time.Duration {
	if count < r.free {
		return 0
	}
	delay := r.first
	for range count - r.free {
		if delay *= 2; delay >= r.most {
			return r.most
		}
	}
	return delay
}

// forgive takes one attempt back: it was a good one.
func (p *patience) forgive(key string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.of(key)
	t.count = max(0, t.count-1)
	t.until = time.Time{}
	p.young[key] = t
}

// clear forgets a key.
func (p *patience) clear(key string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.young, key)
	delete(p.former, key)
}

// of looks a key up. There are two generations: once the young one is full it becomes the former one, and a key that is
// used there comes back. So forgetting costs no walk, and whoever keeps trying is never forgotten.
func (p *patience) of(key string) tries {
	if t, ok := p.young[key]; ok {
		return t
	}
	if len(p.young) >= patienceKeys/2 {
		p.former, p.young = p.young, map[string]tries{}
	}
	t := p.former[key]
	delete(p.former, key)
	p.young[key] = t
	return t
}
