package desk

import (
	"slices"
	"time"
)

// Presence says whether an operator can be given tickets.
type Presence string

// The presences. Operators switch between the first two themselves; nobody is Offline by choice: it means that their
// console is not open, or says nothing any more.
const (
	Available Presence = "available" // is given tickets
	Away      Presence = "away"      // is given none; may still take by hand
	Offline   Presence = "offline"
)

// Seat is an operator as routing sees them.
type Seat struct {
	ID           int64
	Name         string    // as citizens see it
	Queues       []string  // skill groups that they work in
	Capacity     int       // tickets at a time; 0 means that they are given none
	Presence     Presence  //
	Since        time.Time // of the presence
	Open         int       // tickets that count against the capacity now: offered or in work
	LastAssigned time.Time // zero if never
	LastUrgent   bool      // the last one was urgent
}

// Works reports whether the operator works in the queue.
func (s *Seat) Works(queue string) bool { return slices.Contains(s.Queues, queue) }

// Free returns how many more tickets the operator can be given now: never less than 0.
func (s *Seat) Free() int {
	if s.Presence != Available {
		return 0
	}
	return max(0, s.Capacity-s.Open)
}

// Counts reports whether a ticket in this status counts against its operator's capacity. One that waits for the citizen
// does not: nothing can be done about it.
func (s Status) Counts() bool { return s == New || s == InWork }

// Waiting is a ticket that nobody has taken yet, as routing sees it.
type Waiting struct {
	Number       string
	Conversation int64
	Queue        string
	Priority     Priority
	Since        time.Time // when it began to wait: opened, or opened again
	Offered      bool      // an operator has been offered it: it is not routed, and counts as waiting until it is taken
	Returned     bool      // an operator had begun and left: it goes before those that nobody has begun
	Prefer       int64     // the operator who knows it, 0 for none
	Lapsed       []Lapse   // who was offered it and did not take it
}

// Lapse is an offer that was not taken in time, or declined.
type Lapse struct {
	Operator int64     `json:"o"`
	At       time.Time `json:"t"`
}

// Before orders the tickets of one queue: urgent ones, then those that were begun, then the oldest; the number decides
// between equals, so that the order is the same for everybody who looks.
func (w *Waiting) Before(o *Waiting) bool { return w.compare(o) < 0 }

func (w *Waiting) compare(o *Waiting) int {
	switch {
	case w.Priority != o.Priority && w.Priority == Urgent:
		return -1
	case w.Priority != o.Priority && o.Priority == Urgent:
		return 1
	case w.Returned != o.Returned && w.Returned:
		return -1
	case w.Returned != o.Returned:
		return 1
	}
	if c := w.Since.Compare(o.Since); c != 0 {
		return c
	}
	switch {
	case w.Number < o.Number:
		return -1
	case w.Number > o.Number:
		return 1
	}
	return 0
}

// Assign says how tickets come to operators.
type Assign string

// The ways. By hand an operator can take at any time.
const (
	Auto   Assign = "auto"   // operators who are available are offered tickets
	Manual Assign = "manual" // tickets wait until somebody takes them
)

// Rules are the settings of the desk.
type Rules struct {
	Assign       Assign
	AcceptWithin time.Duration // how long an offer stands; after it the ticket goes to the next operator
	MaxLapses    int           // offers in a row that lapse until an operator counts as away
	OfflineAfter time.Duration // of silence of an operator's consoles until they count as offline
	AwayAfter    time.Duration // how long an operator may be away or offline until what they have in work goes back
	StarveAfter  time.Duration // of waiting, from which an ordinary ticket is put between urgent ones
	ReopenWithin time.Duration // of being solved, in which a citizen's answer opens a ticket again
	WarnBefore   time.Duration // before the due time, in which a ticket is marked as due soon
	WaitSample   int           // newest handling times of a queue from which the wait is told
	WaitMin      int           // handling times without which no wait is told
	TellAfter    time.Duration // at the least between two messages about the wait
}

// Default returns the rules that hold where an administrator has set none.
func Default() Rules {
	return Rules{Assign: Auto, AcceptWithin: 2 * time.Minute, MaxLapses: 2, OfflineAfter: 90 * time.Second, AwayAfter: 10 * time.Minute,
		StarveAfter: 30 * time.Minute, ReopenWithin: 72 * time.Hour, WarnBefore: 5 * time.Minute,
		WaitSample: 50, WaitMin: 8, TellAfter: 5 * time.Minute}
}
