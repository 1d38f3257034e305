package sqlite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"spravka/engine/host"
)

const (
	addAudit = `INSERT INTO audit (at, operator, login, address, action, ticket, subject, details) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	auditAll = `SELECT id, at, operator, login, address, action, ticket, subject, details FROM audit`
	maxAudit = 500 // lines of one page, and of one call of Record
)

// Record implements [host.Audit].
func (s *Store) Record(ctx context.Context, entries ...host.AuditEntry) error {
	if len(entries) > maxAudit {
		return fmt.Errorf("record: %d lines, more than %d", len(entries), maxAudit)
	}
	details := make([]string, len(entries))
	for i, e := range entries {
		if err := checkAudit(e); err != nil {
			return fmt.Errorf("record %s: %w", e.Action, err)
		}
		details[i] = "[]"
		if len(e.Details) > 0 {
			text, err := json.Marshal(e.Details)
			if err != nil {
				return fmt.Errorf("record %s: %w", e.Action, err)
			}
			details[i] = string(text)
		}
	}
	return wrap("record", s.writer.do(ctx, max(1, len(entries)), func(t *tx) error {
		for i, e := range entries {
			if _, err := t.exec(addAudit, millis(e.At), e.Operator, e.Login, e.Address, e.Action, e.Ticket, e.Subject, details[i]); err != nil {
				return err
			}
		}
		return nil
	}))
}

func checkAudit(e host.AuditEntry) error {
	if e.At.IsZero() {
		return errors.New("it has no time")
	}
	err := errors.Join(bounded("the login", e.Login, 0, 64), bounded("the address", e.Address, 0, 64), bounded("the action", e.Action, 1, 64),
		bounded("the ticket", e.Ticket, 0, maxName), bounded("the subject", e.Subject, 0, 200))
	if len(e.Details) > 50 {
		err = errors.Join(err, fmt.Errorf("%d differences, more than 50", len(e.Details)))
	}
	for _, d := range e.Details {
		err = errors.Join(err, bounded("a field", d.Field, 1, 64), bounded("a value before", d.Before, 0, 1000), bounded("a value after", d.After, 0, 1000))
	}
	return err
}

// AuditLog implements [host.Audit]. The text of the query depends on which filters are set, not on their values.
func (s *Store) AuditLog(ctx context.Context, f host.AuditFilter) ([]host.AuditEntry, error) {
	if f.Limit < 0 || f.Limit > maxAudit {
		return nil, fmt.Errorf("audit log: a limit of %d, it must be 1–%d", f.Limit, maxAudit)
	}
	if f.Limit == 0 {
		f.Limit = 100
	}
	var where []string
	var args []any
	add := func(condition string, values ...any) {
		for _, v := range values {
			args = append(args, v)
			condition = strings.Replace(condition, "?", fmt.Sprintf("$%d", len(args)), 1)
		}
		where = append(where, condition)
	}
	if f.Operator != 0 {
		add("operator = ?", f.Operator)
	}
	if f.Ticket != "" {
		add("ticket = ? AND ticket <> ''", f.Ticket)
	}
	if f.Action != "" {
		add("(action = ? OR action >= ? AND action < ?)", f.Action, f.Action+".", f.Action+"/") // "/" follows "."
	}
	if !f.From.IsZero() {
		add("at >= ?", millis(f.From))
	}
	if !f.To.IsZero() {
		add("at < ?", millis(f.To))
	}
	if f.Before > 0 {
		add("id < ?", f.Before)
	}
	query := auditAll
	if len(where) > 0 {
		query += " WHERE " + strings.Join(where, " AND ")
	}
	args = append(args, f.Limit)
	all, err := list(ctx, s, scanAudit, fmt.Sprintf("%s ORDER BY id DESC LIMIT $%d", query, len(args)), args...)
	return all, wrap("audit log", err)
}

func scanAudit(row rowScanner) (e host.AuditEntry, err error) {
	var at int64
	var details string
	if err := row.Scan(&e.ID, &at, &e.Operator, &e.Login, &e.Address, &e.Action, &e.Ticket, &e.Subject, &details); err != nil {
		return e, err
	}
	e.At = moment(at)
	if err := json.Unmarshal([]byte(details), &e.Details); err != nil {
		return e, fmt.Errorf("the details of line %d can't be read: %w", e.ID, err)
	}
	if len(e.Details) == 0 {
		e.Details = nil
	}
	return e, nil
}
