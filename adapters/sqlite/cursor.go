package sqlite

import (
	"context"
	"errors"
	"fmt"
	"time"

	"spravka/engine/host"
)

var (
	_ host.Cursors      = (*Store)(nil)
	_ host.Leases       = (*Store)(nil)
	_ host.Undecodables = (*Store)(nil)
)

const (
	readCursor = `SELECT value, at FROM cursors WHERE name = $1`
	saveCursor = `INSERT INTO cursors (name, value, at) VALUES ($1, $2, $3)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value, at = excluded.at`
	takeLease = `INSERT INTO leases (name, owner, until) VALUES ($1, $2, $3)
		ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until
		WHERE leases.owner = excluded.owner OR leases.until <= $4`
	dropLease      = `DELETE FROM leases WHERE name = $1 AND owner = $2`
	addUndecodable = `INSERT INTO undecodable (channel, update_id, raw, at) VALUES ($1, $2, $3, $4)`
	// The newest ones stay.
	trimUndecodable = `DELETE FROM undecodable WHERE channel = $1 AND id <= (
		SELECT id FROM undecodable WHERE channel = $1 ORDER BY id DESC LIMIT 1 OFFSET $2)`
	undecodables = `SELECT id, channel, update_id, raw, at FROM undecodable WHERE $1 = '' OR channel = $1 ORDER BY id DESC LIMIT $2`
	undecodable  = `SELECT id, channel, update_id, raw, at FROM undecodable WHERE id = $1`
)

// maxUndecodables is how many updates of a channel are kept that could not be understood.
const maxUndecodables = 500

type cursor struct {
	value string
	at    int64
}

func scanCursor(row rowScanner) (c cursor, err error) {
	err = row.Scan(&c.value, &c.at)
	return c, err
}

// Cursor implements [host.Cursors].
func (s *Store) Cursor(ctx context.Context, name string) (string, time.Time, error) {
	c, err := one(ctx, s, scanCursor, readCursor, name)
	if err != nil {
		return "", time.Time{}, wrap("cursor "+name, err)
	}
	return c.value, moment(c.at), nil
}

// SaveCursor implements [host.Cursors].
func (s *Store) SaveCursor(ctx context.Context, name, value string, now time.Time) error {
	err := errors.Join(bounded("the cursor's name", name, 1, maxName), bounded("the cursor", value, 1, maxUpdate))
	if err != nil {
		return wrap("save cursor", err)
	}
	return wrap("save cursor "+name, s.writer.do(ctx, 1, func(t *tx) error {
		_, err := t.exec(saveCursor, name, value, millis(now))
		return err
	}))
}

// Lease implements [host.Leases].
func (s *Store) Lease(ctx context.Context, name, owner string, now, until time.Time) (bool, error) {
	err := errors.Join(bounded("the lease's name", name, 1, maxName), bounded("the lease's owner", owner, 1, maxName))
	if err == nil && !until.After(now) {
		err = fmt.Errorf("it would run out at %s, before it begins", until.UTC().Format(time.RFC3339))
	}
	if err != nil {
		return false, wrap("lease", err)
	}
	var n int64
	err = s.writer.do(ctx, 1, func(t *tx) (err error) {
		n, err = t.exec(takeLease, name, owner, millis(until), millis(now))
		return err
	})
	return n > 0, wrap("lease "+name, err)
}

// Release implements [host.Leases].
func (s *Store) Release(ctx context.Context, name, owner string) error {
	return wrap("release "+name, s.writer.do(ctx, 1, func(t *tx) error {
		_, err := t.exec(dropLease, name, owner)
		return err
	}))
}

// KeepUndecodable implements [host.Undecodables].
func (s *Store) KeepUndecodable(ctx context.Context, u host.Undecodable) error {
	if err := bounded("the channel", u.Channel, 1, 32); err != nil {
		return wrap("keep an update", err)
	}
	raw := present(u.Raw[:min(len(u.Raw), host.MaxUndecodable)])
	return wrap("keep an update", s.writer.do(ctx, 1, func(t *tx) error {
		if _, err := t.exec(addUndecodable, u.Channel, cut(u.Update, maxUpdate), raw, millis(u.At)); err != nil {
			return err
		}
		_, err := t.exec(trimUndecodable, u.Channel, maxUndecodables)
		return err
	}))
}

// Undecodables implements [host.Undecodables].
func (s *Store) Undecodables(ctx context.Context, channel string, limit int) ([]host.Undecodable, error) {
	all, err := list(ctx, s, scanUndecodable, undecodables, channel, max(limit, 0))
	return all, wrap("updates that could not be understood", err)
}

// Undecodable implements [host.Undecodables].
func (s *Store) Undecodable(ctx context.Context, id int64) (host.Undecodable, error) {
	u, err := one(ctx, s, scanUndecodable, undecodable, id)
	return u, wrap("an update that could not be understood", err)
}

func scanUndecodable(row rowScanner) (u host.Undecodable, err error) {
	var at int64
	err = row.Scan(&u.ID, &u.Channel, &u.Update, &u.Raw, &at)
	u.At = moment(at)
	return u, err
}
