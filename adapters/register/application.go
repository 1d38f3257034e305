package register

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// application is a row of register_applications.
type application struct {
	number, snils, service, status, expected, filed string
	details
}

// details are what only some applications have; the table keeps them as JSON.
type details struct {
	Missing      []string `json:"missing,omitempty"`        // documents, while it is looked through
	Delivery     []string `json:"delivery,omitempty"`       // ways in which the result can be had
	Reasons      []string `json:"reasons,omitempty"`        // of a refusal
	MayFileAgain bool     `json:"may_file_again,omitempty"` // after a refusal
	Files        []string `json:"files,omitempty"`          // that the citizen has sent with an order
}

func applicationOf(ctx context.Context, tx *sql.Tx, number string) (a application, ok bool, err error) {
	var more string
	err = tx.QueryRowContext(ctx, `SELECT number, snils, service, status, expected, filed, details FROM register_applications
		WHERE number = $1`, number).Scan(&a.number, &a.snils, &a.service, &a.status, &a.expected, &a.filed, &more)
	if errors.Is(err, sql.ErrNoRows) {
		return application{}, false, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(more), &a.details)
	}
	return a, err == nil, err
}

func (a application) insert(ctx context.Context, tx *sql.Tx) error {
	more, err := json.Marshal(a.details)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO register_applications (number, snils, service, status, expected, filed, details)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, a.number, a.snils, a.service, a.status, a.expected, a.filed, string(more))
	return err
}

const listSeparator = "; "

func (a application) data() map[string]string {
	again := ""
	if a.MayFileAgain {
		again = "да"
	}
	return map[string]string{
		"service": a.service, "status": a.status, "filed": a.filed, "expected": a.expected,
		"missing": strings.Join(a.Missing, listSeparator), "delivery": strings.Join(a.Delivery, listSeparator),
		"reasons": strings.Join(a.Reasons, listSeparator), "may_file_again": again,
	}
}

// findApplication tells where an application stands, to nobody but its citizen.
func (r *Register) findApplication(ctx context.Context, tx *sql.Tx, q question) (reply, error) {
	a, ok, err := applicationOf(ctx, tx, q.with["number"])
	if err != nil {
		return reply{}, err
	}
	if !ok {
		return reply{outcome: "not_found"}, nil
	}
	c, ok, err := citizenWhere(ctx, tx, "snils", a.snils)
	if err != nil {
		return reply{}, err
	}
	if !ok || !r.sameName(q.with["name"], c.name) || q.with["born"] != c.born || c.reachable() && !c.owns(q.with["contact"]) {
		return reply{outcome: "mismatch"}, nil
	}
	return reply{outcome: "found", data: a.data()}, nil
}

// notifyApplication sends the status once more, to the contact in the register. The contact that the citizen has named
// only chooses between phone and e-mail.
func (r *Register) notifyApplication(ctx context.Context, tx *sql.Tx, q question) (reply, error) {
	a, ok, err := applicationOf(ctx, tx, q.with["number"])
	if err != nil {
		return reply{}, err
	}
	if !ok {
		return reply{}, fmt.Errorf("%w: there is no application of this number", ErrCall)
	}
	c, ok, err := citizenWhere(ctx, tx, "snils", a.snils)
	if err != nil {
		return reply{}, err
	}
	if !ok || !c.reachable() {
		return reply{outcome: "no_contact"}, nil
	}
	contact := q.with["contact"]
	if contact != "" && !c.owns(contact) {
		return reply{}, fmt.Errorf("%w: the contact is not that of the application's citizen", ErrCall)
	}
	m := statusMessage(c, a)
	m.email = strings.Contains(contact, "@")
	return reply{outcome: "sent", data: map[string]string{"to": m.masked()}, send: m}, nil
}
