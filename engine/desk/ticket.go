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
//
// An open one is in exactly one of three hands: it waits in its queue (Operator and OfferedTo are 0), it is offered to
// an operator who has not accepted yet (OfferedTo), or it is an operator's (Operator).
type Ticket struct {
	Number       string
	Conversation int64
	Channel      string
	Language     string // of the citizen: "ru", "en"; empty for tickets of older versions
	Kind         Kind
	Queue        string
	Priority     Priority
	Status       Status
	Reason       string // why it was opened: "asked", "misses", "out_of_scope", "flow"
	Topic        string // best guess of what it is about, may be empty
	Subject      string // one line for lists, without personal data
	Operator     int64  // who works on it, 0 for nobody
	OperatorName string // of Operator; of the last one while there is none
	Former       int64  // who worked on it before, 0 for nobody: the first to ask when it comes back
	OfferedTo    int64  // to whom it is offered, 0 for nobody
	OfferedUntil time.Time
	Fence        int64 // grows whenever the ticket passes into other hands or ends: what a page has seen of it
	Opened       time.Time
	Due          time.Time // zero where nothing was promised
	Escalated    bool      // it was made known that its term is about to break
	Taken        time.Time // by the first operator; zero if by none yet
	FirstReply   time.Time // of an operator; zero if there was none yet
	LastStaff    time.Time // when an operator last spoke about it
	LastCitizen  time.Time // when the citizen last wrote; zero if not since it was opened
	Solved       time.Time // the last time; zero while it never was
	Resolution   string    // one of [Resolutions], or empty
	Wants        Want      // what the citizen was asked for, while the status is [Clarify]
	Reopened     int       // how often
	MergedInto   string    // the number under which it goes on, or empty
	Follows      string    // the closed ticket that it takes up again, or empty
	Rating       int       // 1–5, 0 if the citizen gave none
	RatingText   string
	Changed      time.Time
}

// Waiting reports whether the ticket is in nobody's hands and offered to nobody.
func (t *Ticket) Waiting() bool { return t.Status.Open() && t.Operator == 0 && t.OfferedTo == 0 }

// Unread reports whether the citizen has written since an operator last spoke.
func (t *Ticket) Unread() bool { return t.LastCitizen.After(t.LastStaff) }

// Want is what a citizen was asked for.
type Want string

// What operators ask citizens for.
const (
	WantAnswer Want = "answer"
	WantFile   Want = "file"
)

// Resolutions are the reasons with which a ticket can be solved. Their words stand in locales/*/terms.yaml under
// "resolution." and the code.
var Resolutions = []string{"answered", "done", "elsewhere", "no_answer", "duplicate", "spam"}

// Change is a line of a ticket's history.
type Change struct {
	Ticket   string
	At       time.Time
	Status   Status // after the change
	Kind     string // what was done: "open", or what moves a ticket, such as [Taken] or [Moved]; empty in old lines
	By       string // "citizen", "bot", "system" or the operator's name
	Operator int64  // who did it, 0 if no operator
	From, To int64  // whose it was and whose it is now; 0 for nobody. Of an offer, To is to whom.
	Queue    string // where it went, if it went to another queue
	Note     string // for the staff: why it was opened, what the one who passed it on has written
}

// Filter chooses tickets for a list or a count. The zero value means every open ticket. What is set must all hold.
type Filter struct {
	Queue        string
	Queues       []string // in any of these, at most 50; empty means all
	Operator     int64
	Conversation int64    // and those that are the same person's
	Closed       bool     // solved and closed ones instead of the open ones; ignored where Statuses are given
	Statuses     []Status // any of these, whether open or not
	Priority     Priority
	Kinds        []Kind
	Channel      string
	OverdueBy    time.Time // whose term is over at this moment
	Text         string    // a number, whole or in part, with or without its check digit and in look-alike letters; or words of the subject
	Sort         Sort
	Offset       int // 0–100,000
	Limit        int // 1–200; 0 means 100
}

// Sort is the order of a list.
type Sort string

// The orders. In each, ties go by number.
const (
	ByPlace   Sort = ""        // urgent first, then the oldest: the order in which they are worked on
	ByDue     Sort = "due"     // whose term breaks first; those without a term last
	ByNewest  Sort = "newest"  // opened last, first
	ByChanged Sort = "changed" // changed last, first
)
