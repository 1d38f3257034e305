package sqlite

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"spravka/engine/host"
)

// seenEvery is how old the note of a session's last use may become: a write for each request would be wasted.
const seenEvery = time.Minute

const (
	dropExpired = `DELETE FROM sessions WHERE expires <= $1`
	addSession  = `INSERT INTO sessions (token_hash, operator, created, expires, seen, address, device, pending)
		SELECT $1, id, $2, $3, $2, $4, $5, $6 FROM operators WHERE id = $7 AND disabled = 0`
	sessionColumns = `s.token_hash, s.operator, s.created, s.expires, s.seen, s.address, s.device, s.pending`
	openSession    = `SELECT ` + sessionColumns + `, ` + operatorColumns + ` FROM sessions s JOIN operators o ON o.id = s.operator
		WHERE s.token_hash = $1 AND s.expires > $2 AND o.disabled = 0`
	sessionsOf = `SELECT ` + sessionColumns + ` FROM sessions s WHERE s.operator = $1 AND s.expires > $2 AND s.pending = 0
		ORDER BY s.seen DESC, s.created DESC, s.token_hash LIMIT 500`
	seeSession   = `UPDATE sessions SET seen = $1 WHERE token_hash = $2`
	endSession   = `DELETE FROM sessions WHERE token_hash = $1`
	endSessionOf = `DELETE FROM sessions WHERE operator = $1 AND lower(substr(hex(token_hash), 1, 16)) = $2`
	endSessions  = `DELETE FROM sessions WHERE operator = $1`
)

// CreateSession implements [host.Accounts]. Sessions that have expired are removed with it.
func (s *Store) CreateSession(ctx context.Context, tokenHash []byte, o host.Session) error {
	if err := checkToken(tokenHash); err != nil {
		return fmt.Errorf("create session: %w", err)
	}
	if !o.Expires.After(o.Created) {
		return fmt.Errorf("create session: it would expire at %s, before it begins", o.Expires.UTC().Format(time.RFC3339))
	}
	if err := errors.Join(bounded("the address", o.Address, 0, 64), bounded("the device", o.Device, 0, 200)); err != nil {
		return fmt.Errorf("create session: %w", err)
	}
	var n int64
	err := s.writer.do(ctx, 1, func(t *tx) (err error) {
		if _, err = t.exec(dropExpired, millis(o.Created)); err != nil {
			return err
		}
		n, err = t.exec(addSession, tokenHash, millis(o.Created), millis(o.Expires), o.Address, o.Device, number(o.Pending), o.Operator)
		return err
	})
	if err == nil && n == 0 {
		err = host.ErrNotFound
	}
	return wrap("create session", err)
}

// checkToken refuses a hash that is too short to be one.
func checkToken(hash []byte) error {
	if len(hash) < 16 || len(hash) > 64 {
		return fmt.Errorf("the hash of the token has %d bytes, it must have 16–64", len(hash))
	}
	return nil
}

// Session implements [host.Accounts].
func (s *Store) Session(ctx context.Context, tokenHash []byte, now time.Time) (host.Operator, host.Session, error) {
	found, err := one(ctx, s, scanSignedIn, openSession, present(tokenHash), millis(now))
	if err != nil {
		return host.Operator{}, host.Session{}, wrap("session", err)
	}
	if now.Sub(found.Session.Seen) >= seenEvery {
		err = s.writer.do(ctx, 1, func(t *tx) error {
			_, err := t.exec(seeSession, millis(now), tokenHash)
			return err
		})
		// The operator is who they are, whether or not the note could be written: a full disk must not lock the staff out.
		if err != nil && ctx.Err() != nil && errors.Is(err, ctx.Err()) {
			return host.Operator{}, host.Session{}, wrap("session", err)
		}
	}
	return found.Operator, found.Session, nil
}

// Sessions implements [host.Accounts].
func (s *Store) Sessions(ctx context.Context, operator int64, now time.Time) ([]host.Session, error) {
	all, err := list(ctx, s, scanSession, sessionsOf, operator, millis(now))
	return all, wrap("sessions", err)
}

// EndSession implements [host.Accounts].
func (s *Store) EndSession(ctx context.Context, tokenHash []byte) error {
	return s.endSessions(ctx, endSession, present(tokenHash))
}

// EndSessionOf implements [host.Accounts].
func (s *Store) EndSessionOf(ctx context.Context, operator int64, id string) error {
	return s.endSessions(ctx, endSessionOf, operator, strings.ToLower(id))
}

// EndSessions implements [host.Accounts].
func (s *Store) EndSessions(ctx context.Context, operator int64) error {
	return s.endSessions(ctx, endSessions, operator)
}

func (s *Store) endSessions(ctx context.Context, statement string, args ...any) error {
	return wrap("end sessions", s.writer.do(ctx, 1, func(t *tx) error {
		_, err := t.exec(statement, args...)
		return err
	}))
}

// sessionRow is a session as the columns hold it.
type sessionRow struct {
	host.Session
	token                           []byte
	created, expires, seen, pending int64
}

// columns are the places of sessionColumns.
func (r *sessionRow) columns() []any {
	return []any{&r.token, &r.Operator, &r.created, &r.expires, &r.seen, &r.Address, &r.Device, &r.pending}
}

func (r *sessionRow) session() host.Session {
	s := r.Session
	s.ID = hex.EncodeToString(r.token[:min(8, len(r.token))])
	s.Created, s.Expires, s.Seen, s.Pending = moment(r.created), moment(r.expires), moment(r.seen), r.pending != 0
	return s
}

func scanSession(row rowScanner) (host.Session, error) {
	var r sessionRow
	if err := row.Scan(r.columns()...); err != nil {
		return host.Session{}, err
	}
	return r.session(), nil
}

type signedIn struct {
	Operator host.Operator
	Session  host.Session
}

func scanSignedIn(row rowScanner) (f signedIn, err error) {
	var r sessionRow
	var p person
	if err := row.Scan(append(r.columns(), p.columns()...)...); err != nil {
		return f, err
	}
	f.Session = r.session()
	f.Operator, err = p.operator()
	return f, err
}
