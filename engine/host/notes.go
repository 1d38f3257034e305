package host

import (
	"context"
	"time"
)

// Note is what an operator writes on a ticket for the colleagues. No citizen ever reads it.
type Note struct {
	ID       int64
	Ticket   string
	At       time.Time
	Operator int64
	Name     string  // of the operator
	Text     string  // 1–20,000 bytes
	Mentions []int64 // operators who are to read it
	Key      string  // of the form that wrote it, 1–128 bytes
}

// Mention is a note in which an operator is mentioned.
type Mention struct {
	Note
	Read time.Time // zero while it is unread
}

// Notes keeps the notes on tickets.
type Notes interface {
	// AddNote stores a note with its mentions; n.ID is ignored. ErrDuplicate if its key was used before, ErrNotFound if
	// there is no such ticket.
	AddNote(ctx context.Context, n Note) (id int64, err error)
	// Notes returns the notes on a ticket with ID > after, oldest first. Mentions are left out.
	Notes(ctx context.Context, ticket string, after int64) ([]Note, error)
	// Mentions returns notes in which an operator is mentioned: unread ones first, then the newest, at most 200.
	Mentions(ctx context.Context, operator int64, limit int) ([]Mention, error)
	// UnreadMentions counts unread mentions by operator; who has none is left out.
	UnreadMentions(ctx context.Context) (map[int64]int, error)
	// ReadMentions marks the mentions of an operator on a ticket as read and tells how many there were.
	ReadMentions(ctx context.Context, operator int64, ticket string, now time.Time) (int, error)
}

// Canned is a reply that is kept ready. Its text may hold placeholders; the console fills them.
type Canned struct {
	ID      int64
	Queue   string // "" for all queues
	Locale  string
	Title   string // 1–200 bytes, unique within queue and locale
	Text    string // 1–16,000 bytes
	Version int64  // grows by one with each change
	Changed time.Time
	By      string // login of who changed it last
}

// CannedReplies keeps replies ready.
type CannedReplies interface {
	// CannedReplies lists them all in the order of locale, queue and title.
	CannedReplies(ctx context.Context) ([]Canned, error)
	// SaveCanned stores a new one (ID 0) or a changed one, whose Version must be the stored one: else ErrConflict.
	// ErrTaken if another one has its title, ErrNotFound if there is none with this ID.
	SaveCanned(ctx context.Context, c Canned) (id int64, err error)
	// DeleteCanned removes one of this version: else ErrConflict. ErrNotFound if there is none.
	DeleteCanned(ctx context.Context, id, version int64) error
}
