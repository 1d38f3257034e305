package engine

import (
	"time"

	"spravka/engine/desk"
)

// Owner says who may speak to the citizen. There is exactly one at any time.
type Owner string

// The owners of a conversation.
const (
	OwnerBot      Owner = "bot"
	OwnerQueue    Owner = "queue"
	OwnerOperator Owner = "operator"
)

// Conversation is the state of one citizen on one channel: small, bounded, and all that a turn needs to know.
// What was said is in the history, which a turn never reads.
type Conversation struct {
	Channel   string   `json:"channel,omitempty"`
	Locale    string   `json:"locale,omitempty"`
	Content   string   `json:"content,omitempty"` // hash of the content version of the last turn
	Owner     Owner    `json:"owner,omitempty"`   // empty means the bot
	Operator  int64    `json:"operator,omitempty"`
	Fence     int64    `json:"fence,omitempty"` // grows with each change of owner; a late speaker holds an old one
	Frames    []Frame  `json:"frames,omitempty"`
	Slots     []Slot   `json:"slots,omitempty"`   // what the citizen has told, known in every flow
	Tickets   []Ticket `json:"tickets,omitempty"` // the newest few
	Topic     string   `json:"topic,omitempty"`   // the last topic served, for elliptic follow-ups
	Pending   []string `json:"pending,omitempty"` // topics to serve once the open flow has ended
	Offered   []string `json:"offered,omitempty"` // payloads of the buttons last shown outside a step
	Calls     int64    `json:"calls,omitempty"`   // service calls made so far; makes their identifiers
	Silence   int      `json:"silence,omitempty"` // how often the citizen was reminded
	Watched   bool     `json:"watched,omitempty"` // the silence timer is set
	Greeted   bool     `json:"greeted,omitempty"`
	Notice    *Notice  `json:"-"`                // what everybody is to know now; the host sets it for each turn
	Public    bool     `json:"public,omitempty"` // everybody can read it: nothing is said but answers
	AskedBack bool     `json:"asked_back,omitempty"`
	Rating    *Rating  `json:"rated,omitempty"`     // the mark that the citizen's next words may go with
	Answering string   `json:"answering,omitempty"` // the ticket that the citizen's next message is for
	Replying  bool     `json:"replying,omitempty"`  // they said so themselves, by its button

	Took        bool `json:"took,omitempty"`        // the newest message has answered the question at the end of the trail
	Unreachable bool `json:"unreachable,omitempty"` // the citizen takes no messages: nothing is sent before they write again
}

// Rating is a mark that a citizen has just given. Once stored it is never changed.
type Rating struct {
	Ticket string    `json:"ticket"`
	At     time.Time `json:"t"`
}

// Frame is a place in a flow. The last frame of a conversation is where it stands.
type Frame struct {
	Flow   string   `json:"flow"`
	Step   string   `json:"step"`
	Slots  []Slot   `json:"slots,omitempty"`  // known only within this flow
	Told   []string `json:"told,omitempty"`   // personal slots that were told in this very flow
	Misses int      `json:"misses,omitempty"` // in a row, at this step
	Trail  []string `json:"trail,omitempty"`  // questions and calls passed, newest last; bounded
	Call   string   `json:"call,omitempty"`   // the service call that is waited for
	Force  bool     `json:"force,omitempty"`  // ask this step although its slot is known
	Fixing string   `json:"fixing,omitempty"` // the step to return to once a corrected answer is in
	Until  bool     `json:"until,omitempty"`  // a wait step's timer runs
}

// Slot is one thing that is known, who said it and when.
type Slot struct {
	Name     string    `json:"n"`
	Value    string    `json:"v"`
	Kind     string    `json:"k,omitempty"` // the kind of answer, see engine/answer
	By       Author    `json:"b,omitempty"` // empty means the citizen
	At       time.Time `json:"t,omitzero"`
	Verified bool      `json:"ok,omitempty"` // a register has confirmed it
}

// Ticket is a citizen's case as the conversation knows it; the whole of it is in the store.
type Ticket struct {
	Number   string        `json:"number"`
	Kind     desk.Kind     `json:"kind,omitempty"`
	Queue    string        `json:"queue"`
	Priority desk.Priority `json:"priority"`
	Status   desk.Status   `json:"status"`
	Due      time.Time     `json:"due,omitzero"`

	Operator     int64     `json:"operator,omitempty"`
	Former       int64     `json:"former,omitempty"`
	OfferedTo    int64     `json:"offered_to,omitempty"`
	OfferedUntil time.Time `json:"offered_until,omitzero"`
	Fence        int64     `json:"fence,omitempty"`
	Wants        desk.Want `json:"wants,omitempty"`
	Resolution   string    `json:"resolution,omitempty"`
	MergedInto   string    `json:"merged_into,omitempty"`
	Follows      string    `json:"follows,omitempty"`
	Solved       time.Time `json:"solved,omitzero"`
	Reopened     int       `json:"reopened,omitempty"`

	Told  Told `json:"told,omitzero"`   // of the wait
	Later bool `json:"later,omitempty"` // the citizen wants no messages about the queue
}

// Case is a stored ticket as a conversation knows it.
func Case(k desk.Ticket) Ticket {
	return Ticket{Number: k.Number, Kind: k.Kind, Queue: k.Queue, Priority: k.Priority, Status: k.Status, Due: k.Due,
		Operator: k.Operator, Former: k.Former, OfferedTo: k.OfferedTo, OfferedUntil: k.OfferedUntil, Fence: k.Fence, Wants: k.Wants,
		Resolution: k.Resolution, MergedInto: k.MergedInto, Follows: k.Follows, Solved: k.Solved, Reopened: k.Reopened}
}
