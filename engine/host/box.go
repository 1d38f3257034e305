package host

import (
	"context"
	"maps"
	"math"
	"sync"
)

// maxWaiting bounds the line before one conversation: whoever floods it is refused and harms nobody else. What the host
// and the operators do with it has no bound, being little, so that a flood does not keep it out.
const (
	maxWaiting = 64
	noBound    = math.MaxInt
)

// maxBoxes bounds the conversations kept in memory; those without work are let go first.
const maxBoxes = 20000

// box is a conversation's mailbox: it lets one turn in at a time, first come, first served, and keeps the newest state.
type box struct {
	mu     sync.Mutex
	busy   bool
	line   []chan struct{}
	record Record // of the newest turn; ID 0 means not loaded. Owned by who holds the lock; peek reads it under mu
}

// lock waits for its turn, or returns ErrBusy if as many as bound wait already.
func (b *box) lock(ctx context.Context, bound int) error {
	b.mu.Lock()
	if !b.busy {
		b.busy = true
		b.mu.Unlock()
		return nil
	}
	if len(b.line) >= bound {
		b.mu.Unlock()
		return ErrBusy
	}
	turn := make(chan struct{})
	b.line = append(b.line, turn)
	b.mu.Unlock()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
	}
	b.mu.Lock()
	for i, c := range b.line {
		if c == turn {
			b.line = append(b.line[:i], b.line[i+1:]...)
			b.mu.Unlock()
			return ctx.Err()
		}
	}
	b.mu.Unlock()
	b.unlock() // the lock was handed over while we gave up
	return ctx.Err()
}

func (b *box) unlock() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.line) == 0 {
		b.busy = false
		return
	}
	next := b.line[0]
	b.line = b.line[1:]
	close(next)
}

func (b *box) set(r Record) {
	b.mu.Lock()
	b.record = r
	b.mu.Unlock()
}

// boxes are the mailboxes of the conversations in memory.
type boxes struct {
	mu    sync.Mutex
	byID  map[int64]*box
	peers map[Peer]int64
}

func (m *boxes) init() {
	m.byID, m.peers = map[int64]*box{}, map[Peer]int64{}
}

func (m *boxes) id(p Peer) (int64, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	id, ok := m.peers[p]
	return id, ok
}

func (m *boxes) remember(r Record) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.trim()
	m.peers[r.Peer] = r.ID
	if m.byID[r.ID] == nil {
		m.byID[r.ID] = &box{record: r}
	}
}

// forget lets go which conversations the peers have: they have others now.
func (m *boxes) forget(peers ...Peer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, p := range peers {
		delete(m.peers, p)
	}
}

func (m *boxes) box(id int64) *box {
	m.mu.Lock()
	defer m.mu.Unlock()
	b := m.byID[id]
	if b == nil {
		m.trim()
		b = &box{}
		m.byID[id] = b
	}
	return b
}

func (m *boxes) peek(id int64) (Record, bool) {
	m.mu.Lock()
	b := m.byID[id]
	m.mu.Unlock()
	if b == nil {
		return Record{}, false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.record, b.record.ID != 0
}

// trim lets idle conversations go once there are too many. A box that somebody is about to lock is not at risk: its
// holder keeps it, and the version number fences the rare pair of boxes for one conversation.
func (m *boxes) trim() {
	if len(m.byID) < maxBoxes {
		return
	}
	for id, b := range m.byID {
		b.mu.Lock()
		if !b.busy {
			delete(m.byID, id)
		}
		b.mu.Unlock()
		if len(m.byID) < maxBoxes/2 {
			break
		}
	}
	// By the box, as a box whose record is not loaded knows no peer.
	maps.DeleteFunc(m.peers, func(_ Peer, id int64) bool { return m.byID[id] == nil })
}
