package register

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// citizen is a row of register_citizens.
type citizen struct {
	snils, inn, name, born, passport, phone, email string
}

const citizenColumns = `snils, inn, name, born, passport, phone, email`

// citizenWhere returns the only citizen of whom the column has the value; ok is false if there is none.
func citizenWhere(ctx context.Context, tx *sql.Tx, column, value string) (c citizen, ok bool, err error) {
	query := `SELECT ` + citizenColumns + ` FROM register_citizens WHERE snils = $1`
	if column == "inn" {
		query = `SELECT ` + citizenColumns + ` FROM register_citizens WHERE inn = $1`
	}
	err = tx.QueryRowContext(ctx, query, value).Scan(&c.snils, &c.inn, &c.name, &c.born, &c.passport, &c.phone, &c.email)
	if errors.Is(err, sql.ErrNoRows) {
		return citizen{}, false, nil
	}
	return c, err == nil, err
}

// keepHandles is how long a handle leads to its citizen: as long as a conversation waits for an answer.
const keepHandles = 24 * time.Hour

// newHandle makes a name for a citizen that tells nothing.
func newHandle(ctx context.Context, tx *sql.Tx, snils string, now time.Time) (string, error) {
	handle := rand.Text()
	if _, err := tx.ExecContext(ctx, `DELETE FROM register_handles WHERE made < $1`, now.Add(-keepHandles).UnixMilli()); err != nil {
		return "", err
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO register_handles (handle, snils, made) VALUES ($1, $2, $3)`, handle, snils, now.UnixMilli())
	return handle, err
}

// citizenOf returns the citizen of a handle.
func citizenOf(ctx context.Context, tx *sql.Tx, handle string, now time.Time) (citizen, error) {
	var snils string
	err := tx.QueryRowContext(ctx, `SELECT snils FROM register_handles WHERE handle = $1 AND made >= $2`,
		handle, now.Add(-keepHandles).UnixMilli()).Scan(&snils)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return citizen{}, err
	}
	c, ok, err := citizenWhere(ctx, tx, "snils", snils)
	if err == nil && !ok {
		err = fmt.Errorf("%w: the citizen's handle is unknown or older than %s", ErrCall, keepHandles)
	}
	return c, err
}

// reachable reports whether there is a way to send the citizen something.
func (c citizen) reachable() bool { return c.phone != "" || c.email != "" }

// owns reports whether a contact is the citizen's.
func (c citizen) owns(contact string) bool {
	if contact == "" {
		return false
	}
	if strings.Contains(contact, "@") {
		return strings.EqualFold(contact, c.email)
	}
	return c.phone != "" && phoneDigits(contact) == phoneDigits(c.phone)
}

// phoneDigits makes Russian numbers comparable however they are written: 8 900…, +7 900…, 900….
func phoneDigits(s string) string {
	d := digits(s)
	switch {
	case len(d) == 11 && d[0] == '8':
		return "7" + d[1:]
	case len(d) == 10:
		return "7" + d
	}
	return d
}

// digits keeps the digits of a text.
func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// writeSNILS puts 11 digits into the form in which the register keeps them.
func writeSNILS(d string) string {
	if len(d) != 11 {
		return ""
	}
	return d[:3] + "-" + d[3:6] + "-" + d[6:9] + " " + d[9:]
}

// maskPhone shows of a phone what its owner recognises: +7 9** ***-**-01.
func maskPhone(phone string) string {
	d := phoneDigits(phone)
	switch {
	case d == "":
		return ""
	case len(d) == 11 && d[0] == '7':
		return "+7 " + d[1:2] + "** ***-**-" + d[9:]
	case len(d) < 6:
		return "***"
	}
	return "+*** ***-" + d[len(d)-2:]
}

// maskEmail shows of an address what its owner recognises: i***@example.test.
func maskEmail(email string) string {
	local, domain, ok := strings.Cut(email, "@")
	if !ok {
		return ""
	}
	for _, first := range local {
		return string(first) + "***@" + domain
	}
	return "***@" + domain
}
