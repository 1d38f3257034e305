package register

import (
	"context"
	"database/sql"
	"time"
)

// Sender sends messages to citizens. Its errors hold neither the address nor the text.
type Sender interface {
	// SMS sends a text to a phone in the form +79000000001.
	SMS(ctx context.Context, to, text string) error
	// Email sends a text to an address.
	Email(ctx context.Context, to, subject, text string) error
}

// keepNotices is how many notices stay in the table.
const keepNotices = 1000

// Notices is the built-in [Sender]: it writes into outgoing_notices what would have been sent, for a developer to look
// at, and sends nothing. The texts hold one-time codes, so they belong into no log.
type Notices struct {
	db   Database
	now  func() time.Time
	hook func(kind, to, text string)
}

var _ Sender = (*Notices)(nil)

// NewNotices makes a sender that keeps the last 1,000 messages. The hook, which may be nil, hears of each once it is
// stored: its kind ("sms" or "email"), where it would go, and its text.
func NewNotices(db Database, now func() time.Time, hook func(kind, to, text string)) *Notices {
	return &Notices{db: db, now: now, hook: hook}
}

// SMS stores the text.
func (n *Notices) SMS(ctx context.Context, to, text string) error {
	return n.store(ctx, "sms", to, text)
}

// Email stores the subject and, after an empty line, the text.
func (n *Notices) Email(ctx context.Context, to, subject, text string) error {
	return n.store(ctx, "email", to, subject+"\n\n"+text)
}

func (n *Notices) store(ctx context.Context, kind, to, text string) error {
	err := n.db.Write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO outgoing_notices (at, kind, to_address, text) VALUES ($1, $2, $3, $4)`,
			n.now().UnixMilli(), kind, to, text); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM outgoing_notices WHERE id <= (SELECT MAX(id) FROM outgoing_notices) - $1`, keepNotices)
		return err
	})
	if err == nil && n.hook != nil {
		n.hook(kind, to, text)
	}
	return err
}

// message is something to send to a citizen's contact in the register, never to another one.
type message struct {
	to      citizen
	email   bool // prefer e-mail where there is one
	subject string
	text    string
}

// byEmail reports which way it goes: by SMS unless there is no phone or e-mail is preferred.
func (m *message) byEmail() bool { return m.to.phone == "" || m.email && m.to.email != "" }

// masked is where it goes, as the citizen may be told.
func (m *message) masked() string {
	if m.byEmail() {
		return maskEmail(m.to.email)
	}
	return maskPhone(m.to.phone)
}

func (m *message) by(ctx context.Context, s Sender) error {
	if m.byEmail() {
		return s.Email(ctx, m.to.email, m.subject, m.text)
	}
	return s.SMS(ctx, m.to.phone, m.text)
}
