package sqlite

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"spravka/engine/desk"
	"spravka/engine/host"
)

const (
	noticeColumns = `n.id, n.kind, n.texts, n.starts, n.ends, n.made_by, n.made, n.ended, n.ended_by`
	addNotice     = `INSERT INTO notices (kind, texts, starts, ends, made_by, made, request) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (request) DO UPDATE SET request = excluded.request RETURNING id`
	endNotice   = `UPDATE notices SET ended = $1, ended_by = $2 WHERE id = $3 AND ended = 0`
	openNotices = `SELECT ` + noticeColumns + `, (SELECT count(*) FROM notice_tickets t WHERE t.notice = n.id)
		FROM notices n WHERE n.ended = 0 AND (n.ends = 0 OR n.ends > $1) ORDER BY n.starts, n.id LIMIT 200`
	overNotices = `SELECT ` + noticeColumns + `, (SELECT count(*) FROM notice_tickets t WHERE t.notice = n.id)
		FROM notices n WHERE n.ended <> 0 OR n.ends <> 0 AND n.ends <= $1 ORDER BY n.id DESC LIMIT $2`
	joinNotice = `INSERT INTO notice_tickets (notice, ticket)
		SELECT n.id, t.number FROM notices n, tickets t WHERE n.id = $1 AND t.number = $2
		ON CONFLICT (notice, ticket) DO UPDATE SET told = notice_tickets.told`
	untold = `SELECT ` + noticeColumns + `, 0, r.ticket, t.conversation
		FROM notice_tickets r JOIN notices n ON n.id = r.notice JOIN tickets t ON t.number = r.ticket
		WHERE r.told = 0 AND n.kind = 'fault' AND (n.ended <> 0 OR n.ends <> 0 AND n.ends <= $1) ORDER BY r.notice, r.ticket LIMIT $2`
	told = `UPDATE notice_tickets SET told = 1 WHERE notice = $1 AND ticket = $2`
)

// maxNotice bounds the text of a notice in one language, in bytes.
const maxNotice = 2000

// AddNotice implements [host.Notices].
func (s *Store) AddNotice(ctx context.Context, n desk.Notice, request string) (id int64, err error) {
	if err := bounded("the form's name", request, 1, maxName); err != nil {
		return 0, wrap("add notice", err)
	}
	if err := bounded("the login", n.MadeBy, 1, maxName); err != nil {
		return 0, wrap("add notice", err)
	}
	if len(n.Texts) == 0 || len(n.Texts) > 20 {
		return 0, fmt.Errorf("add notice: it has %d texts, it must have 1–20", len(n.Texts))
	}
	for locale, text := range n.Texts {
		if err := bounded("the text in "+locale, text, 1, maxNotice); err != nil {
			return 0, wrap("add notice", err)
		}
	}
	texts, err := json.Marshal(n.Texts)
	if err != nil {
		return 0, wrap("add notice", err)
	}
	err = s.writer.do(ctx, 1, func(t *tx) error {
		return t.row(addNotice, string(n.Kind), string(texts), millis(n.Starts), millis(n.Ends), n.MadeBy, millis(n.Made), request).Scan(&id)
	})
	return id, wrap("add notice", err)
}

// EndNotice implements [host.Notices].
func (s *Store) EndNotice(ctx context.Context, id int64, by string, at time.Time) error {
	var n int64
	err := s.writer.do(ctx, 1, func(t *tx) (err error) {
		n, err = t.exec(endNotice, millis(at), by, id)
		return err
	})
	if err == nil && n == 0 {
		err = host.ErrNotFound
	}
	return wrap(fmt.Sprintf("end notice %d", id), err)
}

// Notices implements [host.Notices].
func (s *Store) Notices(ctx context.Context, now time.Time, past int) (open, over []desk.Notice, err error) {
	if open, err = list(ctx, s, scanNotice, openNotices, millis(now)); err != nil || past <= 0 {
		return open, nil, wrap("notices", err)
	}
	over, err = list(ctx, s, scanNotice, overNotices, millis(now), min(past, 200))
	return open, over, wrap("notices", err)
}

// JoinNotice implements [host.Notices].
func (s *Store) JoinNotice(ctx context.Context, id int64, ticket string) error {
	var n int64
	err := s.writer.do(ctx, 1, func(t *tx) (err error) {
		n, err = t.exec(joinNotice, id, ticket)
		return err
	})
	if err == nil && n == 0 {
		err = host.ErrNotFound
	}
	return wrap(fmt.Sprintf("join notice %d", id), err)
}

// Untold implements [host.Notices].
func (s *Store) Untold(ctx context.Context, now time.Time, limit int) ([]host.Report, error) {
	all, err := list(ctx, s, scanReport, untold, millis(now), limit)
	return all, wrap("untold reports", err)
}

// Told implements [host.Notices].
func (s *Store) Told(ctx context.Context, r host.Report) error {
	return wrap("told report", s.writer.do(ctx, 1, func(t *tx) error {
		_, err := t.exec(told, r.Notice.ID, r.Ticket)
		return err
	}))
}

func scanNotice(row rowScanner) (desk.Notice, error) { return noticeFrom(row) }

func scanReport(row rowScanner) (r host.Report, err error) {
	r.Notice, err = noticeFrom(row, &r.Ticket, &r.Conversation)
	return r, err
}

func noticeFrom(row rowScanner, more ...any) (n desk.Notice, err error) {
	var kind, texts string
	var starts, ends, made, ended int64
	dest := append([]any{&n.ID, &kind, &texts, &starts, &ends, &n.MadeBy, &made, &ended, &n.EndedBy, &n.Tickets}, more...)
	if err := row.Scan(dest...); err != nil {
		return n, err
	}
	if err := json.Unmarshal([]byte(texts), &n.Texts); err != nil {
		return n, fmt.Errorf("the texts of notice %d are unreadable: %w", n.ID, err)
	}
	n.Kind, n.Starts, n.Ends, n.Made, n.Ended = desk.NoticeKind(kind), moment(starts), moment(ends), moment(made), moment(ended)
	return n, nil
}
