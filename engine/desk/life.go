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

// What moves a ticket from one status to another.
const (
	Taken     = "take"
	Asked     = "ask"
	Clarified = "clarified" // the citizen has answered
	Returned  = "return"    // back to the bot: the ticket stays open only if nobody has worked on it
	Resolved  = "resolve"
	Reopened  = "reopen"
	Expired   = "close"
)

var life = fsm.Events{
	{Name: Taken, Src: []string{string(New), string(InWork), string(Clarify)}, Dst: string(InWork)},
	{Name: Asked, Src: []string{string(New), string(InWork), string(Clarify)}, Dst: string(Clarify)},
	{Name: Clarified, Src: []string{string(Clarify)}, Dst: string(InWork)},
	{Name: Returned, Src: []string{string(New), string(InWork), string(Clarify)}, Dst: string(Solved)},
	{Name: Resolved, Src: []string{string(New), string(InWork), string(Clarify)}, Dst: string(Solved)},
	{Name: Reopened, Src: []string{string(Solved)}, Dst: string(New)},
	{Name: Expired, Src: []string{string(Solved)}, Dst: string(Closed)},
}

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
