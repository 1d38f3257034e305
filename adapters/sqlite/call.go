package sqlite

import (
	"context"
	"encoding/json"
	"fmt"

	"spravka/engine/host"
)

const (
	addCall      = `INSERT INTO calls (conversation, call_id, body, at) VALUES ($1, $2, $3, $4)`
	endCall      = `DELETE FROM calls WHERE conversation = $1 AND call_id = $2`
	pendingCalls = `SELECT conversation, body, at FROM calls ORDER BY at, id LIMIT $1`
)

// Calls implements [host.Store].
func (s *Store) Calls(ctx context.Context, limit int) ([]host.PendingCall, error) {
	calls, err := list(ctx, s, scanCall, pendingCalls, max(limit, 0))
	return calls, wrap("pending calls", err)
}

func scanCall(row rowScanner) (c host.PendingCall, err error) {
	var at int64
	var body []byte
	if err := row.Scan(&c.Conversation, &body, &at); err != nil {
		return c, err
	}
	if err := json.Unmarshal(body, &c.Call); err != nil {
		return c, fmt.Errorf("a stored call of conversation %d is unreadable: %w", c.Conversation, err)
	}
	c.At = moment(at)
	return c, nil
}

func writeCalls(t *tx, turn *host.Turn) error {
	if turn.Done != "" {
		if _, err := t.exec(endCall, turn.Record.ID, turn.Done); err != nil {
			return err
		}
	}
	for _, c := range turn.Calls {
		body, err := json.Marshal(c.Call)
		if err != nil {
			return fmt.Errorf("%w: call %s: %w", errData, c.Call.ID, err)
		}
		if len(body) > maxBody {
			return fmt.Errorf("%w: call %s has %d bytes, more than %d", errData, c.Call.ID, len(body), maxBody)
		}
		if _, err := t.exec(addCall, turn.Record.ID, c.Call.ID, body, millis(c.At)); err != nil {
			return err
		}
	}
	return nil
}
