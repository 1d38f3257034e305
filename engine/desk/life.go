package desk

import (
	"context"
	"fmt"
	"sync"

	"github.com/looplab/fsm"
)

// Status is where a ticket stands in its life.
type Status string

// The life of a ticket. The words that citizens read for them are in locales/*/desk.yaml.
const (
	New     Status = "new"
	InWork  Status = "in_work"
	Clarify Status = "clarify" // the citizen was asked for something
	Solved  Status = "solved"
	Closed  Status = "closed"
)

// Open reports whether somebody still has to do something.
func (s Status) Open() bool { return s == New || s == InWork || s == Clarify }

// What moves a ticket from one status to another, or into other hands.
const (
	Opened    = "open"
	Offered   = "offer"   // to an operator, who has not accepted yet
	Lapsed    = "lapse"   // the offer was not accepted in time
	Assigned  = "assign"  // given to an operator without asking
	Taken     = "take"    // by an operator, who may have had an offer
	Released  = "release" // back to its queue
	Moved     = "transfer"
	Asked     = "ask"
	FileAsked = "ask_file"
	Clarified = "clarified" // the citizen has answered
	Requeued  = "requeue"   // the citizen has answered, and nobody has the ticket any more
	Returned  = "return"    // back to the bot, and done with
	Resolved  = "resolve"
	Merged    = "merge" // goes on under another number
	Reopened  = "reopen"
	Raised    = "urgent" // its priority
	Expired   = "close"
	Rated     = "rate" // by the citizen; it moves nothing

	Replied = "reply"    // for the first time: a hand-off's term is kept
	DueSoon = "due_soon" // its term is about to break
	Overdue = "overdue"  // its term has broken
)

// The life of a ticket as a state machine. What comes into other hands waits for them as new, unless the citizen's answer
// is awaited: that stays so, whoever has it.
var life = func() fsm.Events {
	const n, w, c = string(New), string(InWork), string(Clarify)
	open := []string{n, w, c}
	var out fsm.Events
	lead := func(dst string, src []string, names ...string) {
		for _, name := range names {
			out = append(out, fsm.EventDesc{Name: name, Src: src, Dst: dst})
		}
	}
	lead(n, []string{n, w}, Offered, Lapsed, Released, Moved)
	lead(w, []string{n, w}, Taken, Assigned)
	lead(c, []string{c}, Offered, Lapsed, Released, Moved, Taken, Assigned)
	lead(c, open, Asked, FileAsked)
	lead(w, []string{c}, Clarified)
	lead(n, []string{c}, Requeued)
	lead(string(Solved), open, Returned, Resolved)
	lead(string(Closed), open, Merged)
	lead(n, []string{string(Solved)}, Reopened)
	lead(string(Closed), []string{string(Solved)}, Expired)
	return out
}()

var lives = sync.Pool{New: func() any { return fsm.NewFSM(string(New), life, nil) }}

// Next returns the status that follows when what happens to a ticket in status s, or an error that says why it can't.
func Next(s Status, what string) (Status, error) {
	m := lives.Get().(*fsm.FSM)
	defer lives.Put(m)
	m.SetState(string(s))
	err := m.Event(context.Background(), what)
	switch err.(type) {
	case nil, fsm.NoTransitionError:
		return Status(m.Current()), nil
	default:
		return s, fmt.Errorf("a ticket in status %q can't be changed by %q", s, what)
	}
}
