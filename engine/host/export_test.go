package host

// InMemory tells a test how many conversations and peers are kept in memory, which nothing outside can see.
func (h *Host) InMemory() (conversations, peers int) {
	h.boxes.mu.Lock()
	defer h.boxes.mu.Unlock()
	return len(h.boxes.byID), len(h.boxes.peers)
}
