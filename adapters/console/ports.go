package console

import (
	"context"
	"time"

	"spravka/engine"
	"spravka/engine/desk"
	"spravka/engine/host"
)

// Conversations are the talks behind the tickets.
type Conversations interface {
	// Act lets an operator do something with a conversation's ticket. The same update does nothing twice: its receipt
	// then says Duplicate. update is at most 60 bytes. A host.RefusedError says why the action is not possible.
	Act(ctx context.Context, conversation int64, update string, a engine.Acted) (host.Receipt, error)
	// Load returns a conversation, or host.ErrNotFound.
	Load(ctx context.Context, conversation int64) (host.Record, error)
	// History returns up to limit entries with Seq > after, oldest first.
	History(ctx context.Context, conversation, after int64, limit int) ([]host.Entry, error)
	// Watch signals after each stored turn of the conversation, until stop is called. Signals may be merged: whoever is
	// called reads what is new.
	Watch(conversation int64) (changed <-chan struct{}, stop func())
	// WatchTickets signals after each change that the list of tickets shows: of a ticket, or a new line in the
	// conversation of an open one.
	WatchTickets() (changed <-chan struct{}, stop func())
	// Typing shows the citizen, if the channel can, that somebody of this name writes.
	Typing(ctx context.Context, conversation int64, name string)
	// WatchTyping gives a channel that hears who writes in a conversation, until stop is called.
	WatchTyping(conversation int64) (typists <-chan host.Typist, stop func())
	// Board counts how the desk stands now and what has happened since a moment.
	Board(ctx context.Context, since time.Time) (desk.Board, error)
}

// Tickets are the cases in the queues.
type Tickets interface {
	// Tickets lists tickets in the order of the filter.
	Tickets(ctx context.Context, f desk.Filter) ([]desk.Ticket, error)
	// Counts says how many tickets each of up to 50 filters finds, whatever their limits and offsets.
	Counts(ctx context.Context, filters ...desk.Filter) ([]int, error)
	// Ticket returns one ticket with its history, oldest line first, or host.ErrNotFound.
	Ticket(ctx context.Context, number string) (desk.Ticket, []desk.Change, error)
}

// Content has words for what the engine knows. An empty word stands for "none": the console then shows the value itself.
type Content interface {
	// Term names a queue, a status, a reason of a hand-off or a topic.
	Term(locale, value string) string
	// Known lists what the citizen has told, in the order in which it is worth reading.
	Known(locale string, c engine.Conversation) []Known
	// Place says where in a flow the conversation stands, for instance «Статус заявления, шаг: номер».
	Place(locale string, c engine.Conversation) string
	// Topics are those whose title holds all the words, which are in lower case with ё as е.
	Topics(locale string, words []string) []string
	// Flows are those into which an operator can send a citizen.
	Flows(locale string) []Choice
	// Questions are what a flow asks for; none if there is no such flow.
	Questions(locale, flow string) []Question
	// Fact returns the value of a fact such as "hotline.phone"; ok is false if there is none.
	Fact(locale, name string) (value string, ok bool)
	// Facts are the names of all facts.
	Facts(locale string) []string
}

// Choice is a value and how people read it.
type Choice struct {
	Value, Name string
}

// Question is an answer that a flow asks for.
type Question struct {
	Slot    string
	Label   string
	Options []Choice // for a choice among these; none for a text
}

// Known is one thing that is known about the citizen.
type Known struct {
	Label    string
	Value    string
	By       engine.Author // who said so; empty means the citizen
	At       time.Time     // zero if that is not known
	Verified bool          // a register has confirmed it
}

// Presence knows who of the staff is there, and who looks at which ticket. [host.Presence] is one.
type Presence interface {
	Seen(operator int64)
	Gone(operator int64)
	Looking(ticket string, operator int64)
	Typing(ticket string, operator int64)
	Left(ticket string, operator int64)
	Viewers(ticket string) []host.Viewer
	Watch(ticket string) (changed <-chan struct{}, stop func())
}

// Ports are what the console needs from the rest of the program. All are required.
type Ports struct {
	Conversations Conversations
	Tickets       Tickets
	Content       Content
	Accounts      host.Accounts
	Files         host.Files
	Audit         host.Audit
	Inbox         host.Inbox
	Notes         host.Notes
	Canned        host.CannedReplies
	Notices       Notices
	Presence      Presence
}
