package vk

import (
	"strconv"
	"sync"
)

// memory keeps the newest entries of a map: what is forgotten costs a call or a query, never correctness. It has two
// generations, the older of which is dropped when the younger is full.
type memory[K comparable, V any] struct {
	mu         sync.Mutex
	most       int
	young, old map[K]V
}

func newMemory[K comparable, V any](most int) *memory[K, V] {
	return &memory[K, V]{most: most / 2, young: map[K]V{}}
}

func (m *memory[K, V]) get(k K) (V, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.look(k)
}

func (m *memory[K, V]) look(k K) (V, bool) {
	v, ok := m.young[k]
	if !ok {
		if v, ok = m.old[k]; ok {
			m.write(k, v)
		}
	}
	return v, ok
}

func (m *memory[K, V]) write(k K, v V) {
	if len(m.young) >= m.most {
		m.old, m.young = m.young, make(map[K]V, m.most)
	}
	m.young[k] = v
}

func (m *memory[K, V]) set(k K, v V) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.write(k, v)
}

func (m *memory[K, V]) forget(k K) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.young, k)
	delete(m.old, k)
}

// change replaces a value by what f makes of it.
func (m *memory[K, V]) change(k K, f func(v V, known bool) V) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.look(k)
	m.write(k, f(v, ok))
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
