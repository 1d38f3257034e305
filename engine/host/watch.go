package host

// allTickets stands for every ticket among the things that can be watched; conversations count from 1.
const allTickets int64 = 0

// Watch gives a channel that gets a hint whenever the conversation has something new. Hints are coalesced.
func (h *Host) Watch(conversation int64) (changed <-chan struct{}, stop func()) {
	return h.hints.Watch(conversation)
}

// WatchTickets gives a channel that gets a hint whenever a ticket was opened or has changed.
func (h *Host) WatchTickets() (changed <-chan struct{}, stop func()) {
	return h.hints.Watch(allTickets)
}
