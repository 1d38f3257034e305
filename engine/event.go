package engine

import (
	"time"

	"spravka/engine/desk"
)

// Event is something that happens to a conversation. The kinds are the types of this file.
type Event interface{ event() }

// Opened says that a citizen has opened the chat for the first time or sent /start, saying nothing yet.
type Opened struct{}

// Said is a citizen's message. Files have been stored already.
type Said struct {
	Text  string
	Files []File
	// Stays says that the channel keeps the message as it was written, where nobody but the citizen can delete it. The host
	// fills it in.
	Stays bool
}

// Edited is a citizen's new wording of an earlier message.
type Edited struct {
	Message string // the channel's own name of the message
	Text    string // the whole of it as it reads now

	// The host fills in the rest. A message that is in no history is told as [Said] instead.
	Of     int64  // the entry of the message in the history
	Before string // how it read until now, secrets masked
	Newest bool   // the citizen has said nothing since, and pressed nothing
	Stays  bool   // as in [Said]
}

// Reachable says whether the citizen takes messages on this channel. Whoever writes again is reachable anyway.
type Reachable struct{ Yes bool }

// Pressed is a button that the citizen used. A payload of an older version of the content is answered kindly.
type Pressed struct{ Payload string }

// Fired is a timer that came due; Name is the one it was set under.
type Fired struct{ Name string }

// Answered is the result of a service call.
type Answered struct {
	Call    string            `json:"call"`    // the identifier of the [Call] effect
	Outcome string            `json:"outcome"` // one of the outcomes that the operation names, or [Unavailable]
	Data    map[string]string `json:"data,omitempty"`
}

// Unavailable is the outcome of a call whose service failed, timed out or answered nonsense.
const Unavailable = "unavailable"

// TicketOpened tells the conversation the number that its [OpenTicket] was given. The host sends it within the same turn.
type TicketOpened struct {
	Ticket Ticket
	Ahead  int // open tickets before this one in its queue; 0 means next
	Wait   desk.Estimate
}

// Acted is something that an operator, or the dispatcher, does with one of the conversation's tickets.
type Acted struct {
	Action   Action `json:"action"`
	Operator int64  `json:"operator"` // who acts; 0 is the dispatcher
	Name     string `json:"name"`     // how the citizen sees them
	Ticket   string `json:"ticket"`   // number
	Text     string `json:"text,omitempty"`
	Files    []File `json:"files,omitempty"`

	Fence int64  `json:"fence,omitempty"` // the ticket's fence as the page has seen it; 0: whatever it is now
	Over  int64  `json:"over,omitempty"`  // whose ticket is taken, assigned or released over their head, knowingly
	Note  string `json:"note,omitempty"`  // for the staff, kept with the ticket's history

	To     int64     `json:"to,omitempty"` // Assign, Transfer: the operator who gets it
	ToName string    `json:"to_name,omitempty"`
	Until  time.Time `json:"until,omitzero"`  // Assign, Transfer to an operator: it is an offer, good until then; zero: it is theirs at once
	Queue  string    `json:"queue,omitempty"` // Release, Transfer: the queue it goes to; "" leaves it in its own

	Flow       string            `json:"flow,omitempty"`       // Return: the flow to go on in; "" for the exact step
	Slots      map[string]string `json:"slots,omitempty"`      // Return with Flow: answers that are known already, by the names of their slots
	Resolution string            `json:"resolution,omitempty"` // Resolve: one of [desk.Resolutions], or ""
	Into       string            `json:"into,omitempty"`       // Merge: the number under which the case goes on
}

// Action is what can be done with a ticket.
type Action string

// The actions. Take, Assign and Release change whose a ticket is; the others are for whoever has it.
const (
	Take        Action = "take"     // become the owner, also of what was offered
	Assign      Action = "assign"   // offer it to an operator until a moment, or give it to them at once
	Release     Action = "release"  // back to the queue; of an offer: it was declined, or not accepted in time
	Transfer    Action = "transfer" // to another operator or queue; the citizen is told
	Reply       Action = "reply"    // say something to the citizen
	Ask         Action = "ask"      // ask the citizen for a clarification; Text may be empty
	RequestFile Action = "ask_file" // ask the citizen for a document; Text says for which
	Return      Action = "return"   // hand the conversation back to the bot at the exact step, or into another flow
	Resolve     Action = "resolve"  // solved; Text and Files are the last answer
	Merge       Action = "merge"    // the case goes on under another number
	Reopen      Action = "reopen"   // a solved ticket is taken up again
)

func (Opened) event()       {}
func (Said) event()         {}
func (Edited) event()       {}
func (Reachable) event()    {}
func (Pressed) event()      {}
func (Fired) event()        {}
func (Answered) event()     {}
func (TicketOpened) event() {}
func (Acted) event()        {}
