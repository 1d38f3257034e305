package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"spravka/engine/host"
)

const (
	noteColumns = `n.id, n.ticket, n.at, n.operator, n.name, n.text, n.key`
	addNote     = `INSERT INTO notes (ticket, at, operator, name, text, key) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (key) DO NOTHING RETURNING id`
	addMention = `INSERT INTO mentions (operator, note, read) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING`
	notesOf    = `SELECT ` + noteColumns + ` FROM notes n WHERE n.ticket = $1 AND n.id > $2 ORDER BY n.id`
	mentionsOf = `SELECT ` + noteColumns + `, m.read FROM mentions m JOIN notes n ON n.id = m.note
		WHERE m.operator = $1 ORDER BY m.read <> 0, n.id DESC LIMIT $2`
	unreadMentions = `SELECT operator, COUNT(*) FROM mentions WHERE read = 0 GROUP BY operator`
	readMentions   = `UPDATE mentions SET read = $1 WHERE operator = $2 AND read = 0
		AND note IN (SELECT id FROM notes WHERE ticket = $3)`
)

// AddNote implements [host.Notes].
func (s *Store) AddNote(ctx context.Context, n host.Note) (int64, error) {
	if err := errors.Join(bounded("the note", n.Text, 1, 20_000), bounded("the key", n.Key, 1, 128), bounded("the name", n.Name, 1, 200)); err != nil {
		return 0, fmt.Errorf("add note: %w", err)
	}
	if len(n.Mentions) > 100 {
		return 0, fmt.Errorf("add note: it mentions %d people, more than 100", len(n.Mentions))
	}
	var id int64
	var failure error
	err := s.writer.do(ctx, 1, func(t *tx) error {
		if _, err := scanTicket(t.row(ticketByID, n.Ticket)); err != nil {
			if failure = host.ErrNotFound; errors.Is(err, sql.ErrNoRows) {
				return nil
			}
			return err
		}
		err := t.row(addNote, n.Ticket, millis(n.At), n.Operator, n.Name, n.Text, n.Key).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			failure = host.ErrDuplicate
			return nil
		}
		if err != nil {
			return err
		}
		for _, operator := range n.Mentions {
			if _, err := t.exec(addMention, operator, id); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = failure
	}
	return id, wrap("add note to "+n.Ticket, err)
}

// Notes implements [host.Notes].
func (s *Store) Notes(ctx context.Context, ticket string, after int64) ([]host.Note, error) {
	all, err := query(ctx, s, scanNote, notesOf, ticket, after)
	return all, wrap("notes of "+ticket, err)
}

// Mentions implements [host.Notes].
func (s *Store) Mentions(ctx context.Context, operator int64, limit int) ([]host.Mention, error) {
	scan := func(row rowScanner) (m host.Mention, err error) {
		var read int64
		m.Note, err = scanNote(longer{row, []any{&read}})
		m.Read = moment(read)
		return m, err
	}
	all, err := query(ctx, s, scan, mentionsOf, operator, min(max(limit, 0), 200))
	return all, wrap("mentions", err)
}

// UnreadMentions implements [host.Notes].
func (s *Store) UnreadMentions(ctx context.Context) (map[int64]int, error) {
	unread := map[int64]int{}
	scan := func(row rowScanner) (_ struct{}, err error) {
		var operator int64
		var n int
		if err = row.Scan(&operator, &n); err == nil {
			unread[operator] = n
		}
		return struct{}{}, err
	}
	_, err := query(ctx, s, scan, unreadMentions)
	return unread, wrap("unread mentions", err)
}

// ReadMentions implements [host.Notes].
func (s *Store) ReadMentions(ctx context.Context, operator int64, ticket string, now time.Time) (int, error) {
	var n int64
	err := s.writer.do(ctx, 1, func(t *tx) (err error) {
		n, err = t.exec(readMentions, millis(now), operator, ticket)
		return err
	})
	return int(n), wrap("read mentions", err)
}

func scanNote(row rowScanner) (n host.Note, err error) {
	var at int64
	err = row.Scan(&n.ID, &n.Ticket, &at, &n.Operator, &n.Name, &n.Text, &n.Key)
	n.At = moment(at)
	return n, err
}
