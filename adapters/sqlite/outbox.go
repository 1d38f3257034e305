package sqlite

import (
	"context"
	"fmt"
	"strings"
	"time"

	"spravka/engine"
	"spravka/engine/host"
)

const (
	addOutgoing = `INSERT INTO outbox (conversation, seq, state, priority, attempts, due, error) VALUES ($1, $2, 'waiting', $3, 0, $4, '')`
	// Only the first unsent message of a conversation counts: those behind it wait for it, however long they are due.
	// Ahead of the first one of a dialogue there may be others: they go out with it.
	unsentDialogues = `SELECT o.conversation FROM outbox o
		WHERE o.state IN ('waiting', 'sending') AND o.priority = 0 AND o.due <= $1
		AND NOT EXISTS (SELECT 1 FROM outbox e
			WHERE e.conversation = o.conversation AND e.seq < o.seq AND e.state IN ('waiting', 'sending') AND (e.priority = 0 OR e.due > $1))
		ORDER BY o.due, o.conversation LIMIT $2`
	unsentOthers = `SELECT o.conversation FROM outbox o
		WHERE o.state IN ('waiting', 'sending') AND o.priority = 1 AND o.due <= $1
		AND NOT EXISTS (SELECT 1 FROM outbox e
			WHERE e.conversation = o.conversation AND e.seq < o.seq AND e.state IN ('waiting', 'sending'))
		ORDER BY o.due, o.conversation LIMIT $2`
	outboxOf = `SELECT o.conversation, c.channel, c.peer, o.seq, h.author, h.name, h.body, o.priority, o.parts, o.attempts, o.due, o.state FROM outbox o
		JOIN history h ON h.conversation = o.conversation AND h.seq = o.seq
		JOIN conversations c ON c.id = o.conversation
		WHERE o.conversation = $1 AND o.state IN ('waiting', 'sending') ORDER BY o.seq LIMIT $2`
	setAside  = `SELECT seq, state, error FROM outbox WHERE conversation = $1 AND state IN ('unknown', 'failed') ORDER BY seq DESC LIMIT $2`
	markSent  = `DELETE FROM outbox WHERE conversation = $1 AND seq = $2`
	markState = `UPDATE outbox SET state = $1, parts = $2, attempts = $3, due = $4, error = $5 WHERE conversation = $6 AND seq = $7`
)

// Unsent implements [host.Store]. A message being sent counts again once its Due has passed: a mark with
// [host.Sending] and a Due in the future is a lease.
func (s *Store) Unsent(ctx context.Context, now time.Time, p host.Priority, limit int) ([]int64, error) {
	query := unsentDialogues
	if p != host.Dialogue {
		query = unsentOthers
	}
	ids, err := list(ctx, s, scanInt, query, millis(now), max(limit, 0))
	return ids, wrap("unsent conversations", err)
}

// Outbox implements [host.Store]: messages that wait, or whose sending has not been concluded, due or not.
func (s *Store) Outbox(ctx context.Context, conversation int64, limit int) ([]host.Outgoing, error) {
	all, err := list(ctx, s, scanOutgoing, outboxOf, conversation, max(limit, 0))
	return all, wrap(fmt.Sprintf("outbox of conversation %d", conversation), err)
}

func scanOutgoing(row rowScanner) (o host.Outgoing, err error) {
	var due int64
	var author, state string
	err = row.Scan(&o.Conversation, &o.Peer.Channel, &o.Peer.ID, &o.Seq, &author, &o.Name, &o.Body, &o.Priority, &o.Parts, &o.Attempts, &due, &state)
	o.Author, o.Due, o.State = engine.Author(author), moment(due), host.OutboxState(state)
	return o, err
}

// Mark implements [host.Store]. All marks are written, or none. A mark for a message that was sent before changes
// nothing: it comes from a sender that was too late. Errors are cut to 1,000 bytes.
func (s *Store) Mark(ctx context.Context, marks []host.Mark) error {
	for _, m := range marks {
		switch m.State {
		case host.Waiting, host.Sending, host.Sent, host.Unknown, host.Failed:
		default:
			return fmt.Errorf("mark message %d of conversation %d: there is no state %q", m.Seq, m.Conversation, m.State)
		}
	}
	if len(marks) == 0 {
		return nil
	}
	err := s.writer.do(ctx, min(len(marks), groupWeight), func(t *tx) error {
		for _, m := range marks {
			if err := writeMark(t, m); err != nil {
				return err
			}
		}
		return nil
	})
	return wrap(fmt.Sprintf("mark %d messages", len(marks)), err)
}

func writeMark(t *tx, m host.Mark) error {
	if m.State == host.Sent {
		_, err := t.exec(markSent, m.Conversation, m.Seq)
		return err
	}
	_, err := t.exec(markState, string(m.State), m.Parts, m.Attempts, millis(m.Due), cut(m.Error, maxLine), m.Conversation, m.Seq)
	return err
}

// cut shortens a text of foreign origin to at most n bytes of valid UTF-8.
func cut(text string, n int) string {
	if len(text) > n {
		text = text[:n]
	}
	return strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\x00", "")
}
