package console

import (
	"context"
	"strings"
	"sync"
	"time"

	"spravka/engine/host"
)

// auditTime bounds how long a line may take to be written.
const auditTime = 10 * time.Second

// audit writes down that the visitor did or looked at something. An action that begins with "ticket." has the ticket's
// number for its subject; any other names what it was done to: a login, a file's identifier, a setting. Neither subject
// nor details may hold a citizen's personal data or what was said.
//
// Call it before something personal is shown, and show nothing if it fails. What is done is written down by [Console.did].
func (c *Console) audit(ctx context.Context, v *visit, action, subject string, details ...host.AuditChange) error {
	e := host.AuditEntry{At: c.config.Now(), Operator: v.operator.ID, Login: v.operator.Login, Address: v.address, Action: action}
	if strings.HasPrefix(action, "ticket.") {
		e.Ticket = subject
	} else {
		e.Subject = cutBytes(subject, 200)
	}
	for _, d := range details {
		if d.Before != d.After {
			e.Details = append(e.Details, host.AuditChange{Field: d.Field, Before: cutBytes(d.Before, 1000), After: cutBytes(d.After, 1000)})
		}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), auditTime) // a browser that leaves hides nothing
	defer cancel()
	err := c.Audit.Record(ctx, e)
	if err != nil {
		c.config.Log.ErrorContext(ctx, "console: the audit log can't be written", "action", action, "operator", v.operator.ID, "error", err)
	}
	return err
}

// did is audit for what has been done: that it could not be written down undoes nothing, and stands in the program's log.
func (c *Console) did(ctx context.Context, v *visit, action, subject string, details ...host.AuditChange) {
	_ = c.audit(ctx, v, action, subject, details...)
}

// cutBytes shortens a text to at most n bytes of whole characters.
func cutBytes(text string, n int) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "�"), "\x00", "�")
	if len(text) > n {
		text = strings.ToValidUTF8(text[:n-len("…")], "") + "…"
	}
	return text
}

// looked writes down a look at a ticket. Opening its page always counts; a stream that follows it counts only where the
// same session has not opened the page lately, so that a broken line does not fill the log.
func (c *Console) looked(ctx context.Context, v *visit, number string, follows bool) error {
	key := string(v.session) + number
	if follows && c.looks.recent(key) {
		return nil
	}
	err := c.audit(ctx, v, "ticket.open", number)
	if err == nil {
		c.looks.note(key)
	}
	return err
}

// looks remembers what was looked at within the last hour, at most looksKept of them.
type looks struct {
	now func() time.Time

	mu   sync.Mutex
	seen map[string]time.Time
}

const looksKept = 20000

func newLooks(now func() time.Time) *looks { return &looks{now: now, seen: map[string]time.Time{}} }

func (l *looks) recent(key string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	at, ok := l.seen[key]
	return ok && l.now().Sub(at) < time.Hour
}

func (l *looks) note(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.seen) >= looksKept { // then some looks stand in the log once more
		l.seen = map[string]time.Time{}
	}
	l.seen[key] = l.now()
}
