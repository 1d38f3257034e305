package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"spravka/engine/host"
)

const (
	cannedReplies = `SELECT id, queue, locale, title, text, version, changed, by_whom FROM canned_replies ORDER BY locale, queue, title`
	addCanned     = `INSERT INTO canned_replies (queue, locale, title, text, version, changed, by_whom) VALUES ($1, $2, $3, $4, 1, $5, $6) RETURNING id`
	changeCanned  = `UPDATE canned_replies SET queue = $1, locale = $2, title = $3, text = $4, version = version + 1, changed = $5, by_whom = $6
		WHERE id = $7 AND version = $8`
	deleteCanned = `DELETE FROM canned_replies WHERE id = $1 AND version = $2`
	cannedExists = `SELECT COUNT(*) FROM canned_replies WHERE id = $1`
	cannedTitled = `SELECT COUNT(*) FROM canned_replies WHERE locale = $1 AND queue = $2 AND title = $3 AND id <> $4`
)

// CannedReplies implements [host.CannedReplies].
func (s *Store) CannedReplies(ctx context.Context) ([]host.Canned, error) {
	scan := func(row rowScanner) (c host.Canned, err error) {
		var changed int64
		err = row.Scan(&c.ID, &c.Queue, &c.Locale, &c.Title, &c.Text, &c.Version, &changed, &c.By)
		c.Changed = moment(changed)
		return c, err
	}
	all, err := query(ctx, s, scan, cannedReplies)
	return all, wrap("canned replies", err)
}

// SaveCanned implements [host.CannedReplies].
func (s *Store) SaveCanned(ctx context.Context, c host.Canned) (int64, error) {
	if err := errors.Join(bounded("the title", c.Title, 1, 200), bounded("the text", c.Text, 1, 16_000), bounded("the locale", c.Locale, 1, 16),
		bounded("the queue", c.Queue, 0, 64)); err != nil {
		return 0, fmt.Errorf("save canned reply: %w", err)
	}
	id := c.ID
	var failure error
	err := s.writer.do(ctx, 1, func(t *tx) error {
		others, err := scanInt(t.row(cannedTitled, c.Locale, c.Queue, c.Title, c.ID))
		if err != nil {
			return err
		}
		if others > 0 {
			failure = host.ErrTaken
			return nil
		}
		if c.ID == 0 {
			return t.row(addCanned, c.Queue, c.Locale, c.Title, c.Text, millis(c.Changed), c.By).Scan(&id)
		}
		n, err := t.exec(changeCanned, c.Queue, c.Locale, c.Title, c.Text, millis(c.Changed), c.By, c.ID, c.Version)
		if err == nil && n == 0 {
			failure, err = missing(t, c.ID)
		}
		return err
	})
	if err == nil {
		err = failure
	}
	return id, wrap("save canned reply", err)
}

// DeleteCanned implements [host.CannedReplies].
func (s *Store) DeleteCanned(ctx context.Context, id, version int64) error {
	var failure error
	err := s.writer.do(ctx, 1, func(t *tx) error {
		n, err := t.exec(deleteCanned, id, version)
		if err == nil && n == 0 {
			failure, err = missing(t, id)
		}
		return err
	})
	if err == nil {
		err = failure
	}
	return wrap("delete canned reply", err)
}

// missing tells a canned reply that has changed from one that is gone.
func missing(t *tx, id int64) (reason, err error) {
	n, err := scanInt(t.row(cannedExists, id))
	if errors.Is(err, sql.ErrNoRows) || n == 0 {
		return host.ErrNotFound, err
	}
	return host.ErrConflict, err
}
