// Package host runs the engine: one turn at a time per conversation, each turn one transaction, and the effects after it.
package host

import (
	"context"
	"errors"
	"time"

	"spravka/engine"
	"spravka/engine/desk"
)

// Errors of a [Store].
var (
	ErrNotFound  = errors.New("not found")
	ErrDuplicate = errors.New("this update was handled before") // no proof that its replies went out
	ErrConflict  = errors.New("the conversation has changed meanwhile")
)

// Store keeps conversations. engine/host/storetest proves an implementation; adapters/sqlite is one.
//
// Times are stored as unix milliseconds in UTC.
type Store interface {
	// Open returns the conversation with the peer and makes it if there is none.
	Open(ctx context.Context, p Peer, locale string, now time.Time) (Record, error)
	// Find returns the conversation with the peer, or ErrNotFound.
	Find(ctx context.Context, p Peer) (Record, error)
	// Load returns a conversation by its identifier, or ErrNotFound.
	Load(ctx context.Context, id int64) (Record, error)
	// Commit writes the turns in one transaction, in order. The i-th error belongs to the i-th turn: nil, ErrDuplicate
	// (its update is stored already: nothing was written), or ErrConflict (its record is not the newest: nothing was
	// written); where both hold, ErrDuplicate. The last result is the failure of the whole batch: then no turn was written.
	Commit(ctx context.Context, turns []*Turn) ([]error, error)
	// History returns up to limit entries with Seq > after, oldest first.
	History(ctx context.Context, conversation, after int64, limit int) ([]Entry, error)
	// Due returns up to limit timers that are due, oldest first. They stay until a turn stops them.
	Due(ctx context.Context, now time.Time, limit int) ([]Timer, error)
	// NextDue returns when the next timer comes due; ok is false if there is none.
	NextDue(ctx context.Context) (at time.Time, ok bool, err error)
	// Calls returns up to limit service calls whose answer is not stored yet, oldest first.
	Calls(ctx context.Context, limit int) ([]PendingCall, error)
	// EntryOf returns the newest entry of a channel's message: the message itself or its last edit. Or ErrNotFound.
	EntryOf(ctx context.Context, conversation int64, message string) (Entry, error)
	// Unsent returns up to limit conversations that have something of this priority in the outbox to send now, oldest
	// first. A conversation with something of a dialogue in it comes with the dialogues, whatever stands before that.
	Unsent(ctx context.Context, now time.Time, p Priority, limit int) ([]int64, error)
	// Outbox returns the conversation's unsent messages in the order in which they must go out.
	Outbox(ctx context.Context, conversation int64, limit int) ([]Outgoing, error)
	// Mark records how sending went.
	Mark(ctx context.Context, marks []Mark) error
	// Errands returns up to limit errands that are due, oldest first. They stay until they are ended.
	Errands(ctx context.Context, now time.Time, limit int) ([]Errand, error)
	// PutOffErrand records a try that has failed and when the next one is due.
	PutOffErrand(ctx context.Context, id int64, attempts int, due time.Time) error
	// EndErrand removes an errand; removing one that is gone is no error.
	EndErrand(ctx context.Context, id int64) error
	// Serial returns the next number of the named series, starting from 1. Numbers may be left out, never repeated.
	Serial(ctx context.Context, series string) (int64, error)
	// Tickets lists tickets, in the order of the filter: urgent first, then the oldest, unless it says otherwise.
	Tickets(ctx context.Context, f desk.Filter) ([]desk.Ticket, error)
	// Counts says how many tickets each of up to 50 filters finds, whatever their limits and offsets.
	Counts(ctx context.Context, filters ...desk.Filter) ([]int, error)
	// Ticket returns one ticket with its history, oldest line first, or ErrNotFound.
	Ticket(ctx context.Context, number string) (desk.Ticket, []desk.Change, error)
	// Tally counts for the supervisor's board, how things stand now and what has happened since a moment. Due soon is what
	// is due until soon.
	Tally(ctx context.Context, since, now, soon time.Time) (desk.Tally, error)
	// Ahead counts the open, untaken tickets of the queue that come before the given moment and priority.
	Ahead(ctx context.Context, queue string, p desk.Priority, before time.Time) (int, error)
}

// Peer is who we talk to: a citizen on a channel.
type Peer struct {
	Channel string // "web", "terminal", "telegram", "vk"
	ID      string // the channel's own identifier, at most 128 bytes
}

// Record is a conversation as it is stored.
type Record struct {
	ID      int64
	Peer    Peer
	Version int64 // grows by one with each turn: the fence against a second writer
	Seq     int64 // of the newest history entry; 0 if there is none
	State   engine.Conversation
}

// Turn is all that one event changes. A store writes it whole or not at all.
type Turn struct {
	Update  string // unique within the channel: the channel's own update id, or the host's for timers, calls and operators
	At      time.Time
	Record  Record // the new state; Version is the one that was loaded, Seq is that of the newest entry
	State   []byte // Record.State as JSON: what is stored
	Entries []Entry
	Outbox  bool // entries that are not the citizen's go through the outbox; false for channels that read the history
	// Priority is that of the entries in the outbox.
	Priority Priority
	Set      []Timer
	Stop     []string // names of timers; a timer in Set replaces one of the same name
	Calls    []PendingCall
	Done     string        // the call whose answer this turn has taken in
	Tickets  []desk.Ticket // new ones and changed ones, whole
	Touched  []Touch       // after Tickets
	Changes  []desk.Change
	Errands  []Errand // only Kind and Message count; they are due at once
}

// Touch notes when somebody last spoke about a ticket: the citizen, or an operator, whose first time is kept as well.
type Touch struct {
	Ticket string
	By     engine.Author
}

// Entry is a line of the history.
type Entry struct {
	Conversation int64
	Seq          int64 // 1, 2, 3, … within the conversation
	At           time.Time
	Author       engine.Author
	Name         string // of the operator
	Update       string // the channel's update id of a citizen's message: the web chat's client id
	Message      string // name of a citizen's message by which its edits are told; "" if it has none
	Edits        int64  // the entry that this one is a later wording of; 0 if it is none
	Body         []byte // an engine.Message as JSON
	Trace        []byte // an engine.Decided as JSON, or nil
}

// Timer is due at a moment and stands under a name that is unique within its conversation.
type Timer struct {
	Conversation int64
	Name         string
	Due          time.Time
}

// PendingCall is a service call whose answer is awaited.
type PendingCall struct {
	Conversation int64
	Call         engine.Call
	At           time.Time
}

// Outgoing is a message in the outbox. (Conversation, Seq) is its idempotency key.
type Outgoing struct {
	Conversation int64
	Peer         Peer
	Seq          int64
	Author       engine.Author
	Name         string // of the operator
	Body         []byte
	Priority     Priority
	Parts        int // parts of it that are out, where a channel sends it in several
	Attempts     int
	Due          time.Time
	State        OutboxState
}

// Priority says what is sent first where a platform limits how much can be sent.
type Priority int8

// The priorities.
const (
	Dialogue Priority = 0 // somebody waits for it
	Calm     Priority = 1 // nobody does: reminders, notices, what goes to many
)

// Errand is what is to be done at a channel after a turn, besides sending.
type Errand struct {
	ID           int64 // given by the store
	Conversation int64
	Peer         Peer
	Kind         string // [ErrandDelete]
	Message      string // the channel's own name of the message
	Attempts     int
	Due          time.Time
	At           time.Time // when it was asked for
}

// ErrandDelete deletes a citizen's message that held a secret.
const ErrandDelete = "delete"

// OutboxState says what is known about a message on its way.
type OutboxState string

// The states of an outgoing message.
const (
	Waiting OutboxState = "waiting"
	Sending OutboxState = "sending" // being sent, or interrupted while it was
	Sent    OutboxState = "sent"
	Unknown OutboxState = "unknown" // sending was interrupted and the platform can't tell whether it arrived
	Failed  OutboxState = "failed"  // refused for good
)

// Mark is a change of an outgoing message.
type Mark struct {
	Conversation int64
	Seq          int64
	State        OutboxState
	Parts        int // that are out
	Attempts     int
	Due          time.Time // of the next attempt
	Error        string
}
