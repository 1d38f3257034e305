package host

import (
	"context"
	"time"
)

// AuditEntry is one thing that somebody of the staff did or looked at. It holds no personal data of citizens: tickets and
// files stand in it by number, texts not at all.
type AuditEntry struct {
	ID       int64
	At       time.Time
	Operator int64         // 0 for nobody known: a failed log-in
	Login    string        // of the operator, as it was then; at most 64 bytes
	Address  string        // where from, at most 64 bytes
	Action   string        // "ticket.take", "login.failed", …: 1–64 bytes
	Ticket   string        // the number, or ""; at most 128 bytes
	Subject  string        // what else it was done to: a login, a file, a setting; at most 200 bytes
	Details  []AuditChange // at most 50
}

// AuditChange is a difference: what a field was and what it became.
type AuditChange struct {
	Field  string `json:"field"`            // 1–64 bytes
	Before string `json:"before,omitempty"` // at most 1,000 bytes
	After  string `json:"after,omitempty"`  // at most 1,000 bytes
}

// AuditFilter chooses lines. The zero value means the newest of all.
type AuditFilter struct {
	Operator int64     // 0 for everybody
	Action   string    // an action, or the beginning of several before a dot: "ticket" for all of tickets; "" for all
	Ticket   string    // "" for all
	From, To time.Time // From ≤ At < To; zero for no bound
	Before   int64     // only lines with a smaller ID: the next page; 0 for the first
	Limit    int       // 1–500; 0 means 100
}

// Audit is the log of what the staff did. Lines are only ever added.
type Audit interface {
	// Record adds lines, all or none; their IDs are ignored.
	Record(ctx context.Context, entries ...AuditEntry) error
	// AuditLog returns lines, the newest first.
	AuditLog(ctx context.Context, f AuditFilter) ([]AuditEntry, error)
}
