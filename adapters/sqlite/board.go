package sqlite

import (
	"context"
	"time"

	"spravka/engine/desk"
)

const (
	// Every open ticket is read, which are thousands at the most; never the ended ones.
	openCounts = `SELECT queue, CASE operator WHEN 0 THEN offered_to ELSE operator END AS hands,
			CASE WHEN operator = 0 AND offered_to <> 0 THEN 1 ELSE 0 END AS offered, status, COUNT(*),
			SUM(CASE WHEN due <> 0 AND due <= $1 AND status <> 'clarify' THEN 1 ELSE 0 END),
			SUM(CASE WHEN due > $1 AND due <= $2 AND status <> 'clarify' THEN 1 ELSE 0 END), MIN(opened)
		FROM tickets WHERE ` + openStatus + ` GROUP BY queue, hands, offered, status ORDER BY queue, hands, offered, status`
	// What has changed since a moment: open tickets, and of the ended ones those at the head of their index.
	changedSince = ` FROM (SELECT kind, status, operator, reason, rating, opened, first_reply, solved FROM tickets WHERE ` + openStatus + ` AND changed >= $1
		UNION ALL SELECT kind, status, operator, reason, rating, opened, first_reply, solved FROM tickets WHERE ` + closedStatus + ` AND changed >= $1) AS t `
	// The smallest value that at least half, and nine tenths, do not exceed.
	quantilesOf  = `SELECT i, n, v FROM (SELECT v, ROW_NUMBER() OVER (ORDER BY v) AS i, COUNT(*) OVER () AS n FROM (`
	atQuantiles  = `) AS s) AS r WHERE i IN ((n + 1) / 2, (9 * n + 9) / 10) ORDER BY i`
	firstReplies = quantilesOf + `SELECT first_reply - opened AS v` + changedSince + `WHERE kind = 'hand_off' AND first_reply >= $1` + atQuantiles
	solvings     = quantilesOf + `SELECT solved - opened AS v` + changedSince + `WHERE kind = 'hand_off' AND solved >= $1 AND ` + closedStatus + atQuantiles
	solvedBy     = `SELECT operator, COUNT(*)` + changedSince + `WHERE solved >= $1 AND operator <> 0 AND ` + closedStatus + ` GROUP BY operator ORDER BY operator`
	ratingsGiven = `SELECT rating, COUNT(*)` + changedSince + `WHERE rating <> 0 GROUP BY rating ORDER BY rating`
	reasonsGiven = `SELECT reason, COUNT(*) AS n` + changedSince + `WHERE kind = 'hand_off' AND opened >= $1 GROUP BY reason ORDER BY n DESC, reason LIMIT 50`
)

// Tally implements [host.Store].
func (s *Store) Tally(ctx context.Context, since, now, soon time.Time) (t desk.Tally, err error) {
	if t.Open, err = list(ctx, s, scanOpenCount, openCounts, millis(now), millis(soon)); err != nil {
		return t, wrap("counting open tickets", err)
	}
	if t.FirstReply, err = s.quantiles(ctx, firstReplies, since); err != nil {
		return t, wrap("measuring first replies", err)
	}
	if t.Solving, err = s.quantiles(ctx, solvings, since); err != nil {
		return t, wrap("measuring solutions", err)
	}
	t.Solved, err = list(ctx, s, func(row rowScanner) (c desk.SolvedCount, err error) {
		return c, row.Scan(&c.Operator, &c.Count)
	}, solvedBy, millis(since))
	if err != nil {
		return t, wrap("counting solved tickets", err)
	}
	ratings, err := list(ctx, s, func(row rowScanner) (c [2]int, err error) { return c, row.Scan(&c[0], &c[1]) }, ratingsGiven, millis(since))
	if err != nil {
		return t, wrap("counting ratings", err)
	}
	for _, r := range ratings {
		t.Ratings[r[0]] = r[1]
	}
	t.Reasons, err = list(ctx, s, func(row rowScanner) (c desk.ReasonCount, err error) {
		return c, row.Scan(&c.Reason, &c.Count)
	}, reasonsGiven, millis(since))
	return t, wrap("counting reasons", err)
}

func scanOpenCount(row rowScanner) (c desk.OpenCount, err error) {
	var status string
	var offered, oldest int64
	err = row.Scan(&c.Queue, &c.Operator, &offered, &status, &c.Count, &c.Overdue, &c.DueSoon, &oldest)
	c.Offered, c.Status, c.Oldest = offered != 0, desk.Status(status), moment(oldest)
	return c, err
}

func (s *Store) quantiles(ctx context.Context, query string, since time.Time) (q desk.Quantiles, err error) {
	rows, err := list(ctx, s, func(row rowScanner) (r [3]int64, err error) { return r, row.Scan(&r[0], &r[1], &r[2]) }, query, millis(since))
	for i, r := range rows {
		q.Count = int(r[1])
		if i == 0 {
			q.Median = time.Duration(r[2]) * time.Millisecond
		}
		q.P90 = time.Duration(r[2]) * time.Millisecond
	}
	return q, err
}
