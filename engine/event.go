package engine

// Event is something that happens to a conversation. The kinds are the types of this file.
type Event interface{ event() }

// Opened says that a citizen has opened the chat for the first time or sent /start, saying nothing yet.
type Opened struct{}

// Said is a citizen's message. Files have been stored already.
type Said struct {
	Text  string
	Files []File
}

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
}

// Acted is something that an operator does with the conversation's ticket.
type Acted struct {
	Action   Action `json:"action"`
	Operator int64  `json:"operator"` // who acts
	Name     string `json:"name"`     // how the citizen sees them
	Ticket   string `json:"ticket"`   // number
	Text     string `json:"text,omitempty"`
	Files    []File `json:"files,omitempty"`
}

// Action is what an operator can do with a ticket.
type Action string

// The actions of operators.
const (
	Take    Action = "take"    // become the owner
	Reply   Action = "reply"   // say something to the citizen
	Ask     Action = "ask"     // ask the citizen for a clarification; Text may be empty
	Return  Action = "return"  // hand the conversation back to the bot at the exact step
	Resolve Action = "resolve" // solved
)

func (Opened) event()       {}
func (Said) event()         {}
func (Pressed) event()      {}
func (Fired) event()        {}
func (Answered) event()     {}
func (TicketOpened) event() {}
func (Acted) event()        {}
