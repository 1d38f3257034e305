package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"spravka/engine/host"
)

const (
	operatorColumns = `id, login, name, role, password_hash, created, disabled`
	addOperator     = `INSERT INTO operators (login, name, role, password_hash, created, disabled)
		VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (login) DO NOTHING RETURNING id`
	operatorByLogin = `SELECT ` + operatorColumns + ` FROM operators WHERE login = $1`
	allOperators    = `SELECT ` + operatorColumns + ` FROM operators ORDER BY login`
	setPassword     = `UPDATE operators SET password_hash = $1 WHERE id = $2`
	setDisabled     = `UPDATE operators SET disabled = $1 WHERE id = $2`
)

// CreateOperator implements [host.Accounts].
func (s *Store) CreateOperator(ctx context.Context, o host.Operator) (int64, error) {
	if err := checkOperator(o); err != nil {
		return 0, fmt.Errorf("create operator: %w", err)
	}
	var id int64
	taken := false
	err := s.writer.do(ctx, 1, func(t *tx) error {
		err := t.row(addOperator, o.Login, o.Name, o.Role, o.PasswordHash, millis(o.Created), number(o.Disabled)).Scan(&id)
		if taken = errors.Is(err, sql.ErrNoRows); taken {
			return nil
		}
		return err
	})
	if err == nil && taken {
		err = host.ErrTaken
	}
	return id, wrap("create operator "+o.Login, err)
}

func checkOperator(o host.Operator) error {
	if o.Role != host.RoleOperator && o.Role != host.RoleAdministrator {
		return fmt.Errorf("there is no role %q, only %q and %q", o.Role, host.RoleOperator, host.RoleAdministrator)
	}
	if err := bounded("the login", o.Login, 1, 64); err != nil {
		return err
	}
	if err := bounded("the name", o.Name, 1, 200); err != nil {
		return err
	}
	return bounded("the hash of the password", o.PasswordHash, 1, 512)
}

// OperatorByLogin implements [host.Accounts].
func (s *Store) OperatorByLogin(ctx context.Context, login string) (host.Operator, error) {
	o, err := one(ctx, s, scanOperator, operatorByLogin, login)
	return o, wrap("operator", err)
}

// Operators implements [host.Accounts].
func (s *Store) Operators(ctx context.Context) ([]host.Operator, error) {
	all, err := list(ctx, s, scanOperator, allOperators)
	return all, wrap("operators", err)
}

// SetPassword implements [host.Accounts].
func (s *Store) SetPassword(ctx context.Context, operator int64, hash string) error {
	if err := bounded("the hash of the password", hash, 1, 512); err != nil {
		return err
	}
	return s.changeOperator(ctx, "set password", func(t *tx) (int64, error) { return t.exec(setPassword, hash, operator) })
}

// SetDisabled implements [host.Accounts].
func (s *Store) SetDisabled(ctx context.Context, operator int64, disabled bool) error {
	return s.changeOperator(ctx, "disable operator", func(t *tx) (int64, error) {
		if disabled {
			if _, err := t.exec(endSessions, operator); err != nil {
				return 0, err
			}
		}
		return t.exec(setDisabled, number(disabled), operator)
	})
}

func (s *Store) changeOperator(ctx context.Context, what string, change func(*tx) (int64, error)) error {
	var n int64
	err := s.writer.do(ctx, 1, func(t *tx) (err error) {
		n, err = change(t)
		return err
	})
	if err == nil && n == 0 {
		err = host.ErrNotFound
	}
	return wrap(what, err)
}

func scanOperator(row rowScanner) (o host.Operator, err error) {
	var created, disabled int64
	err = row.Scan(&o.ID, &o.Login, &o.Name, &o.Role, &o.PasswordHash, &created, &disabled)
	o.Created, o.Disabled = moment(created), disabled != 0
	return o, err
}

// number stores a truth value in a way that both dialects compare alike.
func number(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
