package register

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

const (
	orderDays = 14 // until a document is ready
	inProcess = "в обработке"

	// Numbers of orders lie between these, apart from those of the sample.
	firstOrder = "1000000101"
	lastOrder  = "1999999999"
)

// orderDocument files an application for a document.
func (r *Register) orderDocument(ctx context.Context, tx *sql.Tx, q question) (reply, error) {
	if !agreed(q.with["consent"]) {
		return reply{}, fmt.Errorf("%w: the citizen has not agreed to the processing of personal data", ErrCall)
	}
	if q.with["document"] == "" {
		return reply{}, fmt.Errorf("%w: it does not say which document", ErrCall)
	}
	c, ok, err := citizenWhere(ctx, tx, "snils", writeSNILS(digits(q.with["snils"])))
	if err != nil {
		return reply{}, err
	}
	if !ok || c.inn != digits(q.with["inn"]) || !r.sameName(q.with["name"], c.name) {
		return reply{outcome: "mismatch"}, nil
	}
	a, err := r.orderOf(ctx, tx, q.key)
	if err != nil {
		return reply{}, err
	}
	switch {
	case a.number == "":
		if a, err = r.newOrder(ctx, tx, c, q); err != nil {
			return reply{}, err
		}
	case a.snils != c.snils:
		return reply{}, ErrReused
	}
	return reply{outcome: "accepted", data: map[string]string{"number": a.number, "ready": a.expected}}, nil
}

// orderOf returns the application that a call has made before; its number is empty if there is none.
func (r *Register) orderOf(ctx context.Context, tx *sql.Tx, key string) (application, error) {
	var number string
	err := tx.QueryRowContext(ctx, `SELECT number FROM register_orders WHERE key = $1`, key).Scan(&number)
	if errors.Is(err, sql.ErrNoRows) {
		return application{}, nil
	}
	if err != nil {
		return application{}, err
	}
	a, _, err := applicationOf(ctx, tx, number)
	return a, err
}

func (r *Register) newOrder(ctx context.Context, tx *sql.Tx, c citizen, q question) (application, error) {
	number, err := nextNumber(ctx, tx)
	if err != nil {
		return application{}, err
	}
	a := application{
		number: number, snils: c.snils, service: q.with["document"], status: inProcess,
		filed: r.today(q.now), expected: r.today(q.now.Add(orderDays * 24 * time.Hour)),
		details: details{Delivery: split(q.with["delivery"]), Files: split(q.with["files"])},
	}
	if err := a.insert(ctx, tx); err != nil {
		return application{}, err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO register_orders (number, snils, document, delivery, filed, key) VALUES ($1, $2, $3, $4, $5, $6)`,
		number, c.snils, q.with["document"], q.with["delivery"], q.now.UnixMilli(), q.key)
	return a, err
}

func nextNumber(ctx context.Context, tx *sql.Tx) (string, error) {
	var last sql.NullString
	err := tx.QueryRowContext(ctx, `SELECT MAX(number) FROM register_applications WHERE number >= $1 AND number <= $2`,
		firstOrder, lastOrder).Scan(&last)
	switch {
	case err != nil:
		return "", err
	case !last.Valid:
		return firstOrder, nil
	case last.String == lastOrder:
		return "", errors.New("there are no numbers left for orders")
	}
	n, err := strconv.ParseInt(last.String, 10, 64)
	if err != nil {
		return "", fmt.Errorf("a number of an application is not one: %w", err)
	}
	return strconv.FormatInt(n+1, 10), nil
}

func agreed(consent string) bool { return consent == "yes" || strings.EqualFold(consent, "да") }

// split takes a list apart.
func split(list string) []string {
	var out []string
	for part := range strings.SplitSeq(list, ";") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}
