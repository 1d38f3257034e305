package engine

import "spravka/engine/desk"

// Warned says that a ticket's term is about to break, or has broken: which of the two, the moment decides.
type Warned struct{ Ticket string }

func (Warned) event() {}

// warned puts it into the ticket's history, where consoles and the supervisor's board find it. The citizen is told nothing
// that nobody can promise.
func (t *turn) warned(e Warned) {
	k := t.ticket(e.Ticket)
	if k == nil || !k.Status.Open() || k.Due.IsZero() {
		return
	}
	kind := desk.DueSoon
	if !t.now.Before(k.Due) {
		kind = desk.Overdue
	}
	t.emit(MoveTicket{Ticket: *k, Kind: kind, By: System, OldHands: k.Operator})
}
