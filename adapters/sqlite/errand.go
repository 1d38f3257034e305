package sqlite

import (
	"context"
	"fmt"
	"time"

	"spravka/engine/host"
)

const (
	addErrand  = `INSERT INTO errands (conversation, kind, message_id, attempts, due, at) VALUES ($1, $2, $3, 0, $4, $4)`
	dueErrands = `SELECT e.id, e.conversation, c.channel, c.peer, e.kind, e.message_id, e.attempts, e.due, e.at FROM errands e
		JOIN conversations c ON c.id = e.conversation WHERE e.due <= $1 ORDER BY e.due, e.id LIMIT $2`
	putOffErrand = `UPDATE errands SET attempts = $1, due = $2 WHERE id = $3`
	endErrand    = `DELETE FROM errands WHERE id = $1`
)

// Errands implements [host.Store].
func (s *Store) Errands(ctx context.Context, now time.Time, limit int) ([]host.Errand, error) {
	all, err := list(ctx, s, scanErrand, dueErrands, millis(now), max(limit, 0))
	return all, wrap("errands", err)
}

func scanErrand(row rowScanner) (e host.Errand, err error) {
	var due, at int64
	err = row.Scan(&e.ID, &e.Conversation, &e.Peer.Channel, &e.Peer.ID, &e.Kind, &e.Message, &e.Attempts, &due, &at)
	e.Due, e.At = moment(due), moment(at)
	return e, err
}

// PutOffErrand implements [host.Store].
func (s *Store) PutOffErrand(ctx context.Context, id int64, attempts int, due time.Time) error {
	return wrap(fmt.Sprintf("put off errand %d", id), s.writer.do(ctx, 1, func(t *tx) error {
		_, err := t.exec(putOffErrand, attempts, millis(due), id)
		return err
	}))
}

// EndErrand implements [host.Store].
func (s *Store) EndErrand(ctx context.Context, id int64) error {
	return wrap(fmt.Sprintf("end errand %d", id), s.writer.do(ctx, 1, func(t *tx) error {
		_, err := t.exec(endErrand, id)
		return err
	}))
}

func writeErrands(t *tx, turn *host.Turn) error {
	for _, e := range turn.Errands {
		if _, err := t.exec(addErrand, turn.Record.ID, e.Kind, e.Message, millis(turn.At)); err != nil {
			return err
		}
	}
	return nil
}
