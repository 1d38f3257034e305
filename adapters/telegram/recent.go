package telegram

import "sync"

// recent is a map that remembers the keys used last, at most a given number of them. It keeps two generations: once
// the young one is full it becomes the former one, and a key that is used there comes back.
type recent[K comparable, V any] struct {
	most          int
	mu            sync.Mutex
	young, former map[K]V
}

func newRecent[K comparable, V any](most int) *recent[K, V] {
	return &recent[K, V]{most: most, young: map[K]V{}}
}

func (r *recent[K, V]) get(k K) (V, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.find(k)
}

func (r *recent[K, V]) find(k K) (V, bool) {
	if v, ok := r.young[k]; ok {
		return v, true
	}
	v, ok := r.former[k]
	if ok {
		r.set(k, v)
	}
	return v, ok
}

// or returns the value of the key, or makes it.
func (r *recent[K, V]) or(k K, fresh func() V) V {
	r.mu.Lock()
	defer r.mu.Unlock()
	v, ok := r.find(k)
	if !ok {
		v = fresh()
		r.set(k, v)
	}
	return v
}

func (r *recent[K, V]) put(k K, v V) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.set(k, v)
}

func (r *recent[K, V]) set(k K, v V) {
	if len(r.young) >= r.most/2 {
		r.former, r.young = r.young, map[K]V{}
	}
	delete(r.former, k)
	r.young[k] = v
}

func (r *recent[K, V]) drop(k K) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.young, k)
	delete(r.former, k)
}
