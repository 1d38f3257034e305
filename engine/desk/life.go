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
	Returned  = "return"    // back to the bot, and done with
	Resolved  = "resolve"
	Merged    = "merge" // goes on under another number
	Reopened  = "reopen"
	Raised    = "urgent" // its priority
	Expired   = "close"
)

var life = func() fsm.Events {
	open := []string{string(New), string(InWork), string(Clarify)}
	return fsm.Events{
		{Name: Offered, Src: []string{string(New)}, Dst: string(New)},
		{Name: Offered, Src: []string{string(InWork)}, Dst: string(InWork)},
		{Name: Offered, Src: []string{string(Clarify)}, Dst: string(Clarify)},
		{Name: Lapsed, Src: []string{string(New)}, Dst: string(New)},
		{Name: Lapsed, Src: []string{string(InWork)}, Dst: string(InWork)},
		{Name: Lapsed, Src: []string{string(Clarify)}, Dst: string(Clarify)},
		{Name: Taken, Src: []string{string(New), string(InWork)}, Dst: string(InWork)},
		{Name: Taken, Src: []string{string(Clarify)}, Dst: string(Clarify)}, // the citizen's answer is still awaited
		{Name: Assigned, Src: []string{string(New), string(InWork)}, Dst: string(InWork)},
		{Name: Assigned, Src: []string{string(Clarify)}, Dst: string(Clarify)},
		{Name: Released, Src: []string{string(New), string(InWork)}, Dst: string(New)},
		{Name: Released, Src: []string{string(Clarify)}, Dst: string(Clarify)},
		{Name: Moved, Src: []string{string(New)}, Dst: string(New)},
		{Name: Moved, Src: []string{string(InWork)}, Dst: string(New)}, // until who gets it takes it
		{Name: Moved, Src: []string{string(Clarify)}, Dst: string(Clarify)},
		{Name: Asked, Src: open, Dst: string(Clarify)},
		{Name: FileAsked, Src: open, Dst: string(Clarify)},
		{Name: Clarified, Src: []string{string(Clarify)}, Dst: string(InWork)},
		{Name: Returned, Src: open, Dst: string(Solved)},
		{Name: Resolved, Src: open, Dst: string(Solved)},
		{Name: Merged, Src: open, Dst: string(Closed)},
		{Name: Reopened, Src: []string{string(Solved)}, Dst: string(New)},
		{Name: Expired, Src: []string{string(Solved)}, Dst: string(Closed)},
	}
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
