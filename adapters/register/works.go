package register

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// worksAhead is how far ahead planned works are told.
const worksAhead = 7 * 24 * time.Hour

// currentWorks tells of the works that go on, and of the next ones otherwise.
func (r *Register) currentWorks(ctx context.Context, tx *sql.Tx, q question) (reply, error) {
	now := q.now.UnixMilli()
	rep, ok, err := r.works(ctx, tx, "now", `SELECT starts, ends, what FROM register_works
		WHERE starts <= $1 AND ends > $2 ORDER BY ends DESC, id LIMIT 1`, now, now)
	if ok || err != nil {
		return rep, err
	}
	rep, ok, err = r.works(ctx, tx, "planned", `SELECT starts, ends, what FROM register_works
		WHERE starts > $1 AND starts <= $2 ORDER BY starts, id LIMIT 1`, now, q.now.Add(worksAhead).UnixMilli())
	if ok || err != nil {
		return rep, err
	}
	return reply{outcome: "none"}, nil
}

func (r *Register) works(ctx context.Context, tx *sql.Tx, outcome, query string, args ...any) (reply, bool, error) {
	var (
		from, to int64
		what     string
	)
	err := tx.QueryRowContext(ctx, query, args...).Scan(&from, &to, &what)
	if errors.Is(err, sql.ErrNoRows) {
		return reply{}, false, nil
	}
	if err != nil {
		return reply{}, false, err
	}
	return reply{outcome: outcome, data: map[string]string{"what": what, "from": r.moment(from), "to": r.moment(to)}}, true, nil
}

func (r *Register) moment(ms int64) string { return time.UnixMilli(ms).In(r.zone).Format(time.RFC3339) }
