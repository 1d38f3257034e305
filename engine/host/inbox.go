package host

import (
	"context"
	"time"

	"spravka/engine/desk"
)

// Inbox is what the lists and the search of a console read. A store keeps it up with every turn.
type Inbox interface {
	// OpenTickets lists every open ticket, urgent first, then the oldest, with how far its conversation has come.
	OpenTickets(ctx context.Context) ([]OpenTicket, error)
	// OpenVersions says of every open ticket how far its conversation has come, in any order. It costs much less than
	// OpenTickets: whoever knows the tickets reads only those again whose version has changed.
	OpenVersions(ctx context.Context) ([]OpenVersion, error)
	// OpenTicketsNumbered is OpenTickets for up to 500 numbers, in any order; what is not open is left out.
	OpenTicketsNumbered(ctx context.Context, numbers []string) ([]OpenTicket, error)
	// SearchTickets finds tickets by number, subject, topic, the citizen's name or words of the talk, the newest first.
	SearchTickets(ctx context.Context, q Search) (SearchResult, error)
	// Deliveries tells of each message of the conversation that has not arrived for certain, in the order of the talk.
	Deliveries(ctx context.Context, conversation int64) ([]Delivery, error)
}

// OpenTicket is an open ticket and how far its conversation has come.
type OpenTicket struct {
	desk.Ticket
	Version int64 // of the conversation: grows with each turn
	Seq     int64 // of its newest history entry
}

// OpenVersion is the number of an open ticket and the version of its conversation, which grows whenever the ticket changes.
type OpenVersion struct {
	Number  string
	Version int64
}

// Search says what to look for. A ticket is found by one of the numbers, or if all words stand together in its subject,
// in the citizen's name or in one message of the citizen or an operator; or if it has one of the topics.
type Search struct {
	Numbers []string // whole numbers, as they are stored
	Digits  string   // digits that a number contains, "" for none
	Words   []string // lower case, ё as е, at least two letters each
	Topics  []string
	Tickets int // how many tickets are looked at, the newest first; 1–100,000
	Lines   int // how many lines of all talks are looked at, the newest first; 1–1,000,000
	Limit   int // 1–200
}

// SearchResult is what was found.
type SearchResult struct {
	Found []Found
	Whole bool // everything was looked at: nothing older can match
}

// Found is a ticket that matches, and the message in which the words stand, "" if they stand elsewhere.
type Found struct {
	desk.Ticket
	Message string
}

// Delivery is what is known about a message on its way to the citizen.
type Delivery struct {
	Seq      int64
	State    OutboxState // [Waiting], [Sending], [Unknown] or [Failed]: what has arrived has none
	Attempts int
	Due      time.Time // of the next attempt
	Error    string    // of the last attempt
}
