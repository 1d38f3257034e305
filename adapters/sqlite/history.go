package sqlite

import (
	"context"
	"fmt"

	"spravka/engine"
	"spravka/engine/host"
)

const (
	addEntry = `INSERT INTO history (conversation, seq, at, author, name, update_id, message_id, edits, body, trace)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`
	entryColumns = `SELECT conversation, seq, at, author, name, update_id, message_id, edits, body, trace FROM history `
	entriesAfter = entryColumns + `WHERE conversation = $1 AND seq > $2 ORDER BY seq LIMIT $3`
	// Read from the end of the conversation: what is edited is nearly always new.
	entryOfMessage = entryColumns + `WHERE conversation = $1 AND message_id = $2 ORDER BY seq DESC LIMIT 1`
)

// History implements [host.Store].
func (s *Store) History(ctx context.Context, conversation, after int64, limit int) ([]host.Entry, error) {
	entries, err := list(ctx, s, scanEntry, entriesAfter, conversation, after, max(limit, 0))
	return entries, wrap(fmt.Sprintf("history of conversation %d", conversation), err)
}

// EntryOf implements [host.Store].
func (s *Store) EntryOf(ctx context.Context, conversation int64, message string) (host.Entry, error) {
	if message == "" {
		return host.Entry{}, host.ErrNotFound
	}
	e, err := one(ctx, s, scanEntry, entryOfMessage, conversation, message)
	return e, wrap(fmt.Sprintf("entry of a message of conversation %d", conversation), err)
}

func scanEntry(row rowScanner) (e host.Entry, err error) {
	var at int64
	var author string
	err = row.Scan(&e.Conversation, &e.Seq, &at, &author, &e.Name, &e.Update, &e.Message, &e.Edits, &e.Body, &e.Trace)
	e.At, e.Author = moment(at), engine.Author(author)
	return e, err
}

func writeEntries(t *tx, turn *host.Turn) error {
	for _, e := range turn.Entries {
		_, err := t.exec(addEntry, turn.Record.ID, e.Seq, millis(e.At), string(e.Author), e.Name, e.Update, e.Message, e.Edits, present(e.Body), e.Trace)
		if err != nil {
			return err
		}
		if !outgoing(turn, e) {
			continue
		}
		if _, err := t.exec(addOutgoing, turn.Record.ID, e.Seq, turn.Priority, millis(turn.At)); err != nil {
			return err
		}
	}
	return nil
}

// present turns no bytes into an empty value, where nil would be NULL.
func present(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
