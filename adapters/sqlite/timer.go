package sqlite

import (
	"context"
	"errors"
	"time"

	"spravka/engine/host"
)

const (
	setTimer = `INSERT INTO timers (conversation, name, due) VALUES ($1, $2, $3)
		ON CONFLICT (conversation, name) DO UPDATE SET due = excluded.due`
	stopTimer = `DELETE FROM timers WHERE conversation = $1 AND name = $2`
	dueTimers = `SELECT conversation, name, due FROM timers WHERE due <= $1 ORDER BY due, conversation, name LIMIT $2`
	nextTimer = `SELECT due FROM timers ORDER BY due LIMIT 1`
)

// Due implements [host.Store].
func (s *Store) Due(ctx context.Context, now time.Time, limit int) ([]host.Timer, error) {
	timers, err := list(ctx, s, scanTimer, dueTimers, millis(now), max(limit, 0))
	return timers, wrap("timers that are due", err)
}

func scanTimer(row rowScanner) (t host.Timer, err error) {
	var due int64
	err = row.Scan(&t.Conversation, &t.Name, &due)
	t.Due = moment(due)
	return t, err
}

// NextDue implements [host.Store].
func (s *Store) NextDue(ctx context.Context) (at time.Time, ok bool, err error) {
	due, err := one(ctx, s, scanInt, nextTimer)
	if errors.Is(err, host.ErrNotFound) {
		return time.Time{}, false, nil
	}
	if err != nil {
		return time.Time{}, false, wrap("next timer", err)
	}
	return moment(due), true, nil
}

// writeTimers stops first and sets then: a timer that fires and is set again within its own turn stays.
func writeTimers(t *tx, turn *host.Turn) error {
	for _, name := range turn.Stop {
		if _, err := t.exec(stopTimer, turn.Record.ID, name); err != nil {
			return err
		}
	}
	for _, timer := range turn.Set {
		if _, err := t.exec(setTimer, turn.Record.ID, timer.Name, millis(timer.Due)); err != nil {
			return err
		}
	}
	return nil
}
