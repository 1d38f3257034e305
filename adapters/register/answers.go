package register

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"spravka/engine"
	"spravka/engine/host"
)

// keepAnswers is how long a repeated call hears its first answer again.
const keepAnswers = 30 * 24 * time.Hour

// recall returns the answer that was given to this call, if one was.
func recall(ctx context.Context, tx *sql.Tx, c host.ServiceCall, q question) (engine.Answered, bool, error) {
	var (
		operation, outcome, data string
		asked                    []byte
	)
	err := tx.QueryRowContext(ctx, `SELECT operation, question, outcome, data FROM register_answers
		WHERE conversation = $1 AND call_id = $2`, c.Conversation, c.ID).Scan(&operation, &asked, &outcome, &data)
	if errors.Is(err, sql.ErrNoRows) {
		return engine.Answered{}, false, nil
	}
	if err != nil {
		return engine.Answered{}, false, err
	}
	if operation != c.Operation || !bytes.Equal(asked, digest(q.with)) {
		return engine.Answered{}, false, ErrReused
	}
	a := engine.Answered{Call: c.ID, Outcome: outcome}
	if err := json.Unmarshal([]byte(data), &a.Data); err != nil {
		return engine.Answered{}, false, err
	}
	return a, true, nil
}

// remember keeps an answer and forgets some that are too old.
func remember(ctx context.Context, tx *sql.Tx, c host.ServiceCall, q question, a engine.Answered) error {
	data, err := json.Marshal(a.Data)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO register_answers (conversation, call_id, operation, question, outcome, data, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, c.Conversation, c.ID, c.Operation, digest(q.with), a.Outcome, string(data),
		q.now.UnixMilli()); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM register_answers WHERE (conversation, call_id) IN
		(SELECT conversation, call_id FROM register_answers WHERE at < $1 ORDER BY at LIMIT 20)`,
		q.now.Add(-keepAnswers).UnixMilli())
	return err
}

// digest is the same for the same parameters only.
func digest(with map[string]string) []byte {
	names := make([]string, 0, len(with))
	for name, value := range with {
		if value != "" { // an empty parameter is one that was left out
			names = append(names, name)
		}
	}
	slices.Sort(names)
	sum := sha256.New()
	for _, name := range names {
		for _, s := range []string{name, with[name]} {
			sum.Write(binary.BigEndian.AppendUint32(nil, uint32(len(s))))
			sum.Write([]byte(s))
		}
	}
	return sum.Sum(nil)
}
