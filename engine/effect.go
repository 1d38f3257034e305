package engine

import (
	"time"

	"spravka/engine/desk"
	"spravka/engine/understand"
)

// Effect is what a step wants done. Effects are stored with the turn and carried out after its commit.
type Effect interface{ effect() }

// Heard puts the citizen's message into the history: Text is what may be kept, with secrets masked.
type Heard struct {
	Message Message
	Secret  bool  // a secret was found and masked: delete the original where the channel can
	Edits   int64 // the entry that this is a later wording of; 0 if it is a message of its own
}

// Say sends a message to the citizen.
type Say struct {
	Author  Author
	Name    string // of the operator, if one speaks
	Message Message
}

// Call asks a service. The answer comes back as [Answered] with the same ID; the ID is the idempotency key.
type Call struct {
	ID        string            `json:"id"`
	Operation string            `json:"operation"` // e.g. "application.find"
	With      map[string]string `json:"with"`
}

// SetTimer sets or moves the conversation's timer of this name.
type SetTimer struct {
	Name string
	Due  time.Time
}

// StopTimer removes it.
type StopTimer struct{ Name string }

// OpenTicket asks for a ticket; the host answers within the turn with [TicketOpened].
type OpenTicket struct {
	Kind     desk.Kind
	Queue    string
	Priority desk.Priority
	Reason   string // why: "asked", "misses", "out_of_scope", "flow:…"
	Topic    string // best guess, may be empty
	Subject  string // one line for the operator's list
	Due      time.Time
	Follows  string // the closed ticket that it takes up again, or ""
}

// MoveTicket records a change of a ticket: Ticket is how it stands afterwards.
type MoveTicket struct {
	Ticket   Ticket
	Kind     string // what was done, one of those that package desk names
	By       Author
	Operator int64 // who did it, if an operator
	Name     string
	Note     string // for the staff
	OldHands int64  // whose it was before, 0 for nobody
	HandName string // of the operator who has it now, where it came into new hands
}

// TouchTicket notes that somebody has just spoken about a ticket: the citizen, or an operator.
type TouchTicket struct {
	Number string
	By     Author
}

// Refused says that an operator's action was not carried out, and why: nothing of the turn is stored.
type Refused struct{ Reason Refusal }

// Refusal is the reason for which an operator's action was refused.
type Refusal string

// The refusals.
const (
	NotOwner    Refusal = "not_owner"    // somebody else has the ticket, or nobody has taken it
	Changed     Refusal = "changed"      // the ticket came into other hands since the page was drawn
	TicketEnded Refusal = "ticket_ended" // solved or closed meanwhile
	TicketOpen  Refusal = "ticket_open"  // what is open can't be reopened
	NoTicket    Refusal = "no_ticket"    // not a ticket of this conversation
	NoTarget    Refusal = "no_target"    // no such queue, flow, slot or ticket to go to, or it is where it should go already
	BadSlot     Refusal = "bad_slot"     // a value that the flow's question would not take
	Empty       Refusal = "empty"        // nothing to say
	Unknown     Refusal = "unknown"      // no such action or resolution
)

// Decided records how the turn was understood; it is kept with the history for operators, reports and `why`.
type Decided struct {
	Decision Decision `json:"decision"`
	Topics   []string `json:"topics,omitempty"`
	Score    float64  `json:"score,omitempty"`
	Flow     string   `json:"flow,omitempty"` // where the conversation stands after the turn
	Step     string   `json:"step,omitempty"`
	Secret   bool     `json:"secret,omitempty"`
	Why      *Why     `json:"why,omitempty"` // if the message was given to understanding
}

// Why explains a decision: what was read, what it resembled, what weighed most, and the threshold that decided.
type Why struct {
	Read     string                  `json:"read"` // the text as understood, numbers masked
	Nearest  []understand.NearPhrase `json:"nearest,omitempty"`
	Features []understand.Weighed    `json:"features,omitempty"`
	Decided  string                  `json:"decided"`
}

// Decision names what the engine did with a turn; the values are those of SCRIPTING.md.
type Decision string

// The decisions.
const (
	DecideAnswer  Decision = "answer"
	DecideOffer   Decision = "offer"
	DecideAskBack Decision = "ask_back"
	DecideHandOff Decision = "hand_off"
	DecideFlow    Decision = "flow"
	DecideControl Decision = "control"
	DecideSilent  Decision = "silent"
)

func (Heard) effect()       {}
func (Say) effect()         {}
func (Call) effect()        {}
func (SetTimer) effect()    {}
func (StopTimer) effect()   {}
func (OpenTicket) effect()  {}
func (MoveTicket) effect()  {}
func (TouchTicket) effect() {}
func (Decided) effect()     {}
func (Refused) effect()     {}
