package desk

import (
	"cmp"
	"slices"
	"time"
)

// Assignment gives a waiting ticket to an operator.
type Assignment struct {
	Ticket       string
	Conversation int64
	Operator     int64
	Name         string // of the operator
}

// Route says who is given what now. It changes neither seats nor tickets, and the same arguments, in whatever order the
// slices stand, have the same result.
//
// Which ticket is first:
//   - urgent ones, the oldest first;
//   - then those that an operator had begun and left, then the others; among them the oldest, whatever their queue;
//   - an ordinary ticket that has waited for StarveAfter goes before the next urgent one with each operator whose last
//     ticket was urgent. So however many urgent ones come, every second ticket of an operator who works in both is one
//     that starves; and an urgent one never waits for more than one ordinary.
//
// Who gets it: an operator who is available, works in the queue and has free capacity: who knows the ticket already, else
// the one with the least load relative to their capacity, then who was given something longest ago, then who works in
// the fewest queues, so that those with many skills stay free for what only they can do.
//
// Who let an offer of a ticket lapse is not offered it again for as long as an offer stands, and after that only if
// nobody else can take it.
func Route(now time.Time, seats []Seat, waiting []Waiting, rules Rules) []Assignment {
	r := router{now: now, rules: rules}
	for _, s := range seats {
		if s.Free() > 0 {
			r.seats = append(r.seats, s)
		}
	}
	if len(r.seats) == 0 {
		return nil
	}
	slices.SortFunc(r.seats, func(a, b Seat) int { return cmp.Compare(a.ID, b.ID) })
	var urgent, starving, ordinary []*Waiting
	for i := range waiting {
		w := &waiting[i]
		switch {
		case w.Offered:
		case w.Priority == Urgent:
			urgent = append(urgent, w)
		case r.starves(w):
			starving = append(starving, w)
		default:
			ordinary = append(ordinary, w)
		}
	}
	for _, list := range [][]*Waiting{urgent, starving, ordinary} {
		slices.SortFunc(list, (*Waiting).compare)
	}
	r.urgent, r.starving = urgent, starving
	for given := -1; given < len(r.out); {
		given = len(r.out)
		// Who owes a starving ticket its turn takes that one first, and after it an urgent one again.
		r.urgent = r.give(r.urgent, r.owes)
		r.starving = r.give(r.starving, func(s *Seat) bool { return !r.owes(s) && r.takes(s, r.urgent) })
	}
	r.give(ordinary, func(*Seat) bool { return false })
	return r.out
}

type router struct {
	now              time.Time
	rules            Rules
	seats            []Seat // with free capacity at first, by ID
	urgent, starving []*Waiting
	out              []Assignment
}

func (r *router) starves(w *Waiting) bool {
	return r.rules.StarveAfter > 0 && r.now.Sub(w.Since) >= r.rules.StarveAfter
}

// give goes through the tickets, leaving operators out, and returns those that nobody can take now.
func (r *router) give(list []*Waiting, without func(*Seat) bool) (left []*Waiting) {
	for _, w := range list {
		s := r.choose(w, without)
		if s == nil {
			left = append(left, w)
			continue
		}
		s.Open++
		s.LastAssigned, s.LastUrgent = r.now, w.Priority == Urgent
		r.out = append(r.out, Assignment{Ticket: w.Number, Conversation: w.Conversation, Operator: s.ID, Name: s.Name})
	}
	return left
}

// choose returns who gets the ticket, or nil.
func (r *router) choose(w *Waiting, without func(*Seat) bool) *Seat {
	var best, again *Seat // again: one who let it lapse once
	for i := range r.seats {
		s := &r.seats[i]
		if !r.may(s, w) || without(s) {
			continue
		}
		switch lapsed, _ := w.lapsedBy(s.ID); {
		case lapsed:
			if again == nil || s.before(again) {
				again = s
			}
		case s.ID == w.Prefer:
			return s
		case best == nil || s.before(best):
			best = s
		}
	}
	if best == nil {
		return again
	}
	return best
}

// may reports whether the operator can be given the ticket now.
func (r *router) may(s *Seat, w *Waiting) bool {
	if s.Free() == 0 || !s.Works(w.Queue) {
		return false
	}
	lapsed, at := w.lapsedBy(s.ID)
	return !lapsed || r.now.Sub(at) >= r.rules.AcceptWithin
}

func (r *router) takes(s *Seat, list []*Waiting) bool {
	return slices.ContainsFunc(list, func(w *Waiting) bool { return r.may(s, w) })
}

// owes reports whether the operator's last ticket was urgent while one starves that they could take.
func (r *router) owes(s *Seat) bool { return s.LastUrgent && r.takes(s, r.starving) }

// lapsedBy tells whether the operator let the ticket lapse, and when last.
func (w *Waiting) lapsedBy(operator int64) (lapsed bool, at time.Time) {
	for _, l := range w.Lapsed {
		if l.Operator == operator && (!lapsed || l.At.After(at)) {
			lapsed, at = true, l.At
		}
	}
	return lapsed, at
}

// before reports whether s is to be given a ticket rather than o.
func (s *Seat) before(o *Seat) bool {
	// Open/Capacity, without fractions. Both have a capacity: they have some of it free.
	if a, b := s.Open*o.Capacity, o.Open*s.Capacity; a != b {
		return a < b
	}
	if c := s.LastAssigned.Compare(o.LastAssigned); c != 0 {
		return c < 0
	}
	if len(s.Queues) != len(o.Queues) {
		return len(s.Queues) < len(o.Queues)
	}
	return s.ID < o.ID
}
