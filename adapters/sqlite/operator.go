package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"spravka/engine/host"
)

const (
	operatorColumns = `o.id, o.login, o.name, o.role, o.password_hash, o.created, o.disabled, o.queues, o.capacity, o.presence, o.presence_since,
		o.email, o.locale, o.totp_secret`
	addOperator = `INSERT INTO operators (login, name, role, password_hash, created, disabled, queues, capacity, presence, presence_since, email, locale, totp_secret)
		SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13
		WHERE NOT EXISTS (SELECT 1 FROM invitations WHERE login = $1 AND operator = 0 AND expires > $5)
		ON CONFLICT (login) DO NOTHING RETURNING id`
	operatorByLogin = `SELECT ` + operatorColumns + ` FROM operators o WHERE o.login = $1`
	allOperators    = `SELECT ` + operatorColumns + ` FROM operators o ORDER BY o.login`
	updateOperator  = `UPDATE operators SET name = $1, role = $2, queues = $3, capacity = $4, email = $5, locale = $6 WHERE id = $7`
	setPresence     = `UPDATE operators SET presence = $1, presence_since = $2 WHERE id = $3`
	setPassword     = `UPDATE operators SET password_hash = $1 WHERE id = $2`
	setDisabled     = `UPDATE operators SET disabled = $1 WHERE id = $2`
)

// maxQueues bounds the skill groups of one operator.
const maxQueues = 50

// CreateOperator implements [host.Accounts].
func (s *Store) CreateOperator(ctx context.Context, o host.Operator) (int64, error) {
	o = withDefaults(o)
	if err := checkOperator(o); err != nil {
		return 0, fmt.Errorf("create operator: %w", err)
	}
	var id int64
	taken := false
	err := s.writer.do(ctx, 1, func(t *tx) (err error) {
		id, err = t.createOperator(o)
		if taken = errors.Is(err, host.ErrTaken); taken {
			return nil
		}
		return err
	})
	if err == nil && taken {
		err = host.ErrTaken
	}
	return id, wrap("create operator "+o.Login, err)
}

// createOperator adds a checked operator, or returns host.ErrTaken.
func (t *tx) createOperator(o host.Operator) (id int64, err error) {
	err = t.row(addOperator, o.Login, o.Name, o.Role, o.PasswordHash, millis(o.Created), number(o.Disabled), queueList(o.Queues), o.Capacity,
		o.Presence, millis(o.PresenceSince), o.Email, o.Locale, o.TOTPSecret).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		err = host.ErrTaken
	}
	return id, err
}

func withDefaults(o host.Operator) host.Operator {
	if o.Capacity == 0 {
		o.Capacity = host.CapacityDefault
	}
	if o.Presence == "" {
		o.Presence = host.PresenceAvailable
	}
	return o
}

func checkOperator(o host.Operator) error {
	if err := checkPerson(o); err != nil {
		return err
	}
	if err := bounded("the login", o.Login, 1, 64); err != nil {
		return err
	}
	if err := checkPresence(o.Presence); err != nil {
		return err
	}
	if err := bounded("the secret of the second factor", o.TOTPSecret, 0, 128); err != nil {
		return err
	}
	return bounded("the hash of the password", o.PasswordHash, 1, 512)
}

// checkPerson checks what an administrator can change.
func checkPerson(o host.Operator) error {
	if !slices.Contains(host.Roles, o.Role) {
		return fmt.Errorf("there is no role %q, only %q", o.Role, host.Roles)
	}
	if o.Capacity < 1 || o.Capacity > host.CapacityMost {
		return fmt.Errorf("a capacity of %d: it must be 1–%d", o.Capacity, host.CapacityMost)
	}
	if len(o.Queues) > maxQueues {
		return fmt.Errorf("%d queues, more than %d", len(o.Queues), maxQueues)
	}
	for _, q := range o.Queues {
		if err := bounded("a queue", q, 1, maxName); err != nil {
			return err
		}
	}
	if err := bounded("the name", o.Name, 1, 200); err != nil {
		return err
	}
	if err := bounded("the e-mail address", o.Email, 0, 254); err != nil {
		return err
	}
	return bounded("the locale", o.Locale, 0, 16)
}

func checkPresence(presence string) error {
	if presence != host.PresenceAvailable && presence != host.PresenceAway {
		return fmt.Errorf("there is no presence %q, only %q and %q", presence, host.PresenceAvailable, host.PresenceAway)
	}
	return nil
}

// queueList stores names of queues.
func queueList(queues []string) string {
	if len(queues) == 0 {
		return "[]"
	}
	list, err := json.Marshal(queues)
	if err != nil {
		panic(err) // strings can be marshalled
	}
	return string(list)
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

// UpdateOperator implements [host.Accounts].
func (s *Store) UpdateOperator(ctx context.Context, o host.Operator) error {
	o = withDefaults(o)
	if err := checkPerson(o); err != nil {
		return fmt.Errorf("update operator: %w", err)
	}
	return s.changeOperator(ctx, "update operator", func(t *tx) (int64, error) {
		return t.exec(updateOperator, o.Name, o.Role, queueList(o.Queues), o.Capacity, o.Email, o.Locale, o.ID)
	})
}

// SetPresence implements [host.Accounts].
func (s *Store) SetPresence(ctx context.Context, operator int64, presence string, now time.Time) error {
	if err := checkPresence(presence); err != nil {
		return fmt.Errorf("set presence: %w", err)
	}
	return s.changeOperator(ctx, "set presence", func(t *tx) (int64, error) {
		return t.exec(setPresence, presence, millis(now), operator)
	})
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

// changeOperator runs a change that must find its row.
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

func scanOperator(row rowScanner) (host.Operator, error) {
	var p person
	err := row.Scan(p.columns()...)
	if err != nil {
		return host.Operator{}, err
	}
	return p.operator()
}

// person is an operator as the columns hold it.
type person struct {
	host.Operator
	created, disabled, presenceSince int64
	queues                           string
}

// columns are the places of operatorColumns.
func (p *person) columns() []any {
	return []any{&p.ID, &p.Login, &p.Name, &p.Role, &p.PasswordHash, &p.created, &p.disabled, &p.queues, &p.Capacity, &p.Presence, &p.presenceSince,
		&p.Email, &p.Locale, &p.TOTPSecret}
}

func (p *person) operator() (host.Operator, error) {
	o := p.Operator
	o.Created, o.Disabled, o.PresenceSince = moment(p.created), p.disabled != 0, moment(p.presenceSince)
	if err := json.Unmarshal([]byte(p.queues), &o.Queues); err != nil {
		return host.Operator{}, fmt.Errorf("the queues of operator %d can't be read: %w", o.ID, err)
	}
	if len(o.Queues) == 0 {
		o.Queues = nil
	}
	return o, nil
}

// number stores a truth value in a way that both dialects compare alike.
func number(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
