package register

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// proofLife is how long a code that was answered right proves who the citizen is.
const proofLife = 15 * time.Minute

// recoverAccount sends the link for a new password. The proof is the citizen's own, fresh, and serves one call.
func (r *Register) recoverAccount(ctx context.Context, tx *sql.Tx, q question) (reply, error) {
	c, err := citizenOf(ctx, tx, q.with["citizen"], q.now)
	if err != nil {
		return reply{}, err
	}
	if !c.reachable() {
		return reply{}, fmt.Errorf("%w: the citizen has no contact any more", ErrCall)
	}
	challenge := q.with["challenge"]
	// The key lets a call through again that was interrupted between sending and answering.
	took, err := tx.ExecContext(ctx, `UPDATE register_codes SET spent_by = $1
		WHERE id = $2 AND snils = $3 AND used > 0 AND used >= $4 AND (spent_by = '' OR spent_by = $1)`,
		q.key, challenge, c.snils, q.now.Add(-proofLife).UnixMilli())
	if err != nil {
		return reply{}, err
	}
	if n, err := took.RowsAffected(); err != nil || n != 1 {
		if err != nil {
			return reply{}, err
		}
		return reply{}, fmt.Errorf("%w: this citizen has not answered the challenge right within the last %s, or it has served already", ErrCall, proofLife)
	}
	m := recoveryMessage(c)
	return reply{
		outcome: "started",
		data:    map[string]string{"to": m.masked()},
		send:    m,
		undo: func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `UPDATE register_codes SET spent_by = '' WHERE id = $1`, challenge)
			return err
		},
	}, nil
}
