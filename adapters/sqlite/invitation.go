package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"spravka/engine/host"
)

const (
	invitationColumns = `id, operator, login, name, role, queues, capacity, email, by_whom, created, expires`
	dropInvitations   = `DELETE FROM invitations WHERE expires <= $1`
	dropRenewal       = `DELETE FROM invitations WHERE operator = $1 AND operator <> 0`
	operatorExists    = `SELECT login FROM operators WHERE id = $1`
	addInvitation     = `INSERT INTO invitations (token_hash, operator, login, name, role, queues, capacity, email, by_whom, created, expires)
		SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11
		WHERE $2 <> 0 OR NOT EXISTS (SELECT 1 FROM operators WHERE login = $3)
		ON CONFLICT (login) DO NOTHING RETURNING id`
	invitationOf    = `SELECT ` + invitationColumns + ` FROM invitations WHERE token_hash = $1 AND expires > $2`
	openInvitations = `SELECT ` + invitationColumns + ` FROM invitations WHERE expires > $1 ORDER BY id DESC LIMIT 500`
	endInvitation   = `DELETE FROM invitations WHERE id = $1`
)

// Invite implements [host.Accounts].
func (s *Store) Invite(ctx context.Context, tokenHash []byte, i host.Invitation) (int64, error) {
	o := withDefaults(host.Operator{Login: i.Login, Name: i.Name, Role: i.Role, Queues: i.Queues, Capacity: i.Capacity, Email: i.Email, PasswordHash: "-"})
	if err := errors.Join(checkToken(tokenHash), checkOperator(o)); err != nil {
		return 0, fmt.Errorf("invite: %w", err)
	}
	if !i.Expires.After(i.Created) {
		return 0, errors.New("invite: the invitation would expire before it begins")
	}
	var id int64
	var refused error
	err := s.writer.do(ctx, 1, func(t *tx) error {
		refused = nil
		if _, err := t.exec(dropInvitations, millis(i.Created)); err != nil {
			return err
		}
		login := i.Login
		if i.Operator != 0 {
			err := t.row(operatorExists, i.Operator).Scan(&login)
			if errors.Is(err, sql.ErrNoRows) {
				refused = host.ErrNotFound
				return nil
			}
			if err != nil {
				return err
			}
			if _, err := t.exec(dropRenewal, i.Operator); err != nil {
				return err
			}
		}
		err := t.row(addInvitation, tokenHash, i.Operator, login, i.Name, i.Role, queueList(i.Queues), o.Capacity, i.Email, i.By,
			millis(i.Created), millis(i.Expires)).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			refused = host.ErrTaken
			return nil
		}
		return err
	})
	if err == nil {
		err = refused
	}
	return id, wrap("invite "+i.Login, err)
}

// Invitation implements [host.Accounts].
func (s *Store) Invitation(ctx context.Context, tokenHash []byte, now time.Time) (host.Invitation, error) {
	i, err := one(ctx, s, scanInvitation, invitationOf, present(tokenHash), millis(now))
	return i, wrap("invitation", err)
}

// Invitations implements [host.Accounts].
func (s *Store) Invitations(ctx context.Context, now time.Time) ([]host.Invitation, error) {
	all, err := list(ctx, s, scanInvitation, openInvitations, millis(now))
	return all, wrap("invitations", err)
}

// Accept implements [host.Accounts].
func (s *Store) Accept(ctx context.Context, tokenHash []byte, name, passwordHash string, now time.Time) (int64, error) {
	if err := errors.Join(bounded("the name", name, 1, 200), bounded("the hash of the password", passwordHash, 1, 512)); err != nil {
		return 0, fmt.Errorf("accept: %w", err)
	}
	var id int64
	var refused error
	err := s.writer.do(ctx, 1, func(t *tx) error {
		id, refused = 0, nil
		i, err := scanInvitation(t.row(invitationOf, present(tokenHash), millis(now)))
		if errors.Is(err, sql.ErrNoRows) {
			refused = host.ErrNotFound
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := t.exec(endInvitation, i.ID); err != nil {
			return err
		}
		if i.Operator != 0 {
			id = i.Operator
			return t.renew(id, passwordHash)
		}
		id, err = t.createOperator(host.Operator{Login: i.Login, Name: name, Role: i.Role, PasswordHash: passwordHash, Created: now,
			Queues: i.Queues, Capacity: i.Capacity, Email: i.Email, Presence: host.PresenceAvailable})
		return err
	})
	if err == nil {
		err = refused
	}
	return id, wrap("accept", err)
}

// renew gives an operator another password and ends all sessions.
func (t *tx) renew(operator int64, passwordHash string) error {
	if _, err := t.exec(setPassword, passwordHash, operator); err != nil {
		return err
	}
	_, err := t.exec(endSessions, operator)
	return err
}

// Revoke implements [host.Accounts].
func (s *Store) Revoke(ctx context.Context, invitation int64) error {
	return s.changeOperator(ctx, "revoke", func(t *tx) (int64, error) { return t.exec(endInvitation, invitation) })
}

func scanInvitation(row rowScanner) (i host.Invitation, err error) {
	var queues string
	var created, expires int64
	if err := row.Scan(&i.ID, &i.Operator, &i.Login, &i.Name, &i.Role, &queues, &i.Capacity, &i.Email, &i.By, &created, &expires); err != nil {
		return i, err
	}
	i.Created, i.Expires = moment(created), moment(expires)
	if err := json.Unmarshal([]byte(queues), &i.Queues); err != nil {
		return i, fmt.Errorf("the queues of invitation %d can't be read: %w", i.ID, err)
	}
	if len(i.Queues) == 0 {
		i.Queues = nil
	}
	return i, nil
}
