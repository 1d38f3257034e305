// Package desk holds the rules of the human queue: what a ticket is, how it lives, which queues there are and who may
// work in them. It knows no conversation and no storage.
package desk

import "time"

// Priority of a ticket.
type Priority string

// The priorities. Urgent tickets go to the duty specialist at any hour, ahead of the ordinary ones.
const (
	Normal Priority = "normal"
	Urgent Priority = "urgent"
)

// Kind says what a ticket is about.
type Kind string

// The kinds. Only a hand-off passes the conversation to a person at once; the others are registered and worked on later.
const (
	HandOff    Kind = "hand_off"
	Fault      Kind = "fault"
	Complaint  Kind = "complaint"
	Suggestion Kind = "suggestion"
	Request    Kind = "request"
)

// Ticket is a citizen's case in a queue.
type Ticket struct {
	Number       string
	Conversation int64
	Channel      string
	Kind         Kind
	Queue        string
	Priority     Priority
	Status       Status
	Reason       string // why it was opened: "asked", "misses", "out_of_scope", "flow"
	Topic        string // best guess of what it is about, may be empty
	Subject      string // one line for lists, without personal data
	Operator     int64  // who works on it, 0 for nobody
	OperatorName string
	Opened       time.Time
	Due          time.Time // zero where nothing was promised
	Changed      time.Time
}

// Change is a line of a ticket's history.
type Change struct {
	Ticket string
	At     time.Time
	Status Status
	By     string // "citizen", "bot" or the operator's login
	Note   string
}

// Filter chooses tickets for a list. The zero value means every open ticket.
type Filter struct {
	Queue        string
	Operator     int64
	Conversation int64
	Closed       bool // solved and closed ones instead of the open ones
	Limit        int  // 1–200; 0 means 100
}
