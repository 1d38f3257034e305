package sqlite

import (
	"context"
	"errors"
	"fmt"
	"time"

	"spravka/engine/host"
)

// seenEvery is how old the note of a session's last use may become: a write for each request would be wasted.
const seenEvery = time.Minute

const (
	dropExpired = `DELETE FROM sessions WHERE expires <= $1`
	addSession  = `INSERT INTO sessions (token_hash, operator, created, expires, seen)
		SELECT $1, id, $2, $3, $2 FROM operators WHERE id = $4 AND disabled = 0`
	openSession = `SELECT o.id, o.login, o.name, o.role, o.password_hash, o.created, o.disabled, s.seen
		FROM sessions s JOIN operators o ON o.id = s.operator
		WHERE s.token_hash = $1 AND s.expires > $2 AND o.disabled = 0`
	seeSession  = `UPDATE sessions SET seen = $1 WHERE token_hash = $2`
	endSession  = `DELETE FROM sessions WHERE token_hash = $1`
	endSessions = `DELETE FROM sessions WHERE operator = $1`
)

// CreateSession implements [host.Accounts]. Sessions that have expired are removed with it.
func (s *Store) CreateSession(ctx context.Context, tokenHash []byte, operator int64, now, expires time.Time) error {
	if len(tokenHash) < 16 || len(tokenHash) > 64 {
		return fmt.Errorf("create session: the hash of the token has %d bytes, it must have 16–64", len(tokenHash))
	}
	if !expires.After(now) {
		return fmt.Errorf("create session: it would expire at %s, before it begins", expires.UTC().Format(time.RFC3339))
	}
	var n int64
	err := s.writer.do(ctx, 1, func(t *tx) (err error) {
		if _, err = t.exec(dropExpired, millis(now)); err != nil {
			return err
		}
		n, err = t.exec(addSession, tokenHash, millis(now), millis(expires), operator)
		return err
	})
	if err == nil && n == 0 {
		err = host.ErrNotFound
	}
	return wrap("create session", err)
}

// Session implements [host.Accounts].
func (s *Store) Session(ctx context.Context, tokenHash []byte, now time.Time) (host.Operator, error) {
	found, err := one(ctx, s, scanSession, openSession, present(tokenHash), millis(now))
	if err != nil {
		return host.Operator{}, wrap("session", err)
	}
	if now.Sub(found.seen) >= seenEvery {
		err = s.writer.do(ctx, 1, func(t *tx) error {
			_, err := t.exec(seeSession, millis(now), tokenHash)
			return err
		})
		// The operator is who they are, whether or not the note could be written: a full disk must not lock the staff out.
		if err != nil && ctx.Err() != nil && errors.Is(err, ctx.Err()) {
			return host.Operator{}, wrap("session", err)
		}
	}
	return found.Operator, nil
}

// EndSession implements [host.Accounts].
func (s *Store) EndSession(ctx context.Context, tokenHash []byte) error {
	return wrap("end session", s.writer.do(ctx, 1, func(t *tx) error {
		_, err := t.exec(endSession, present(tokenHash))
		return err
	}))
}

// EndSessions implements [host.Accounts].
func (s *Store) EndSessions(ctx context.Context, operator int64) error {
	return wrap("end sessions", s.writer.do(ctx, 1, func(t *tx) error {
		_, err := t.exec(endSessions, operator)
		return err
	}))
}

type session struct {
	host.Operator
	seen time.Time
}

func scanSession(row rowScanner) (f session, err error) {
	var created, disabled, seen int64
	err = row.Scan(&f.ID, &f.Login, &f.Name, &f.Role, &f.PasswordHash, &created, &disabled, &seen)
	f.Created, f.Disabled, f.seen = moment(created), disabled != 0, moment(seen)
	return f, err
}
