package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"spravka/engine/host"
)

const (
	dropMoveCodes  = `DELETE FROM move_codes WHERE expires <= $1`
	dropMoveTries  = `DELETE FROM move_tries WHERE at <= $1`
	countMoveCodes = `SELECT count(*) FROM move_codes WHERE conversation = $1 AND made > $2`
	endMoveCodes   = `UPDATE move_codes SET spent_by = $1 WHERE conversation = $1 AND spent_by = 0`
	addMoveCode    = `INSERT INTO move_codes (code_hash, conversation, made, expires) VALUES ($1, $2, $3, $4)`
	countMoveTries = `SELECT count(*), count(*) FILTER (WHERE conversation = $1) FROM move_tries`
	addMoveTry     = `INSERT INTO move_tries (conversation, at) VALUES ($1, $2)`
	moveCode       = `SELECT conversation, spent_by, old_channel, old_peer FROM move_codes
		WHERE code_hash = $1 AND made > $2 AND (spent_by = $3 OR spent_by = 0 AND expires > $4)`
	spendMoveCode = `UPDATE move_codes SET spent_by = $1, old_channel = $2, old_peer = $3 WHERE code_hash = $4 AND spent_by IN (0, $1)`
	givePeer      = `UPDATE conversations SET channel = $1, peer = $2, version = version + 1 WHERE id = $3 AND version = $4`
	moveTickets   = `UPDATE tickets SET channel = $1 WHERE conversation = $2`
	moveFiles     = `UPDATE files SET channel = $1, peer = $2 WHERE channel = $3 AND peer = $4`
	dropUnsent    = `DELETE FROM outbox WHERE conversation = $1 AND state = 'waiting'`
	personOf      = `SELECT person FROM conversations WHERE id = $1`
	joinPerson    = `UPDATE conversations SET person = $1 WHERE id IN ($2, $3) OR person <> 0 AND person IN ($4, $5)`
	joined        = `SELECT id FROM conversations WHERE id = $1
		OR person <> 0 AND person = (SELECT person FROM conversations WHERE id = $1) ORDER BY id`
)

// AddMoveCode implements [host.Moves].
func (s *Store) AddMoveCode(ctx context.Context, hash []byte, conversation int64, now, expires time.Time) error {
	if len(hash) < 16 || len(hash) > 64 {
		return fmt.Errorf("move code: its hash has %d bytes, it must have 16–64", len(hash))
	}
	many := false
	err := s.writer.do(ctx, 1, func(t *tx) error {
		since := millis(now.Add(-host.MoveWindow))
		if _, err := t.exec(dropMoveCodes, since); err != nil {
			return err
		}
		var n int
		if err := t.row(countMoveCodes, conversation, since).Scan(&n); err != nil {
			return err
		}
		if many = n >= host.MaxMoveCodes; many {
			return nil
		}
		if _, err := t.exec(endMoveCodes, conversation); err != nil {
			return err
		}
		_, err := t.exec(addMoveCode, hash, conversation, millis(now), millis(expires))
		return err
	})
	if err == nil && many {
		err = host.ErrTooMany
	}
	return wrap("move code", err)
}

// TryMoveCode implements [host.Moves].
func (s *Store) TryMoveCode(ctx context.Context, hash []byte, by int64, now time.Time) (host.MoveCode, error) {
	var code host.MoveCode
	var result error
	err := s.writer.do(ctx, 1, func(t *tx) error {
		code, result = host.MoveCode{}, nil
		since := millis(now.Add(-host.MoveWindow))
		if _, err := t.exec(dropMoveTries, since); err != nil {
			return err
		}
		var all, own int
		if err := t.row(countMoveTries, by).Scan(&all, &own); err != nil {
			return err
		}
		if all >= host.MaxAllMoveTries || own >= host.MaxMoveTries {
			result = host.ErrTooMany
			return nil
		}
		var spentBy int64
		err := t.row(moveCode, hash, since, by, millis(now)).Scan(&code.Conversation, &spentBy, &code.Old.Channel, &code.Old.ID)
		if errors.Is(err, sql.ErrNoRows) {
			result = host.ErrNotFound
			_, err = t.exec(addMoveTry, by, millis(now))
		}
		code.Spent = spentBy != 0
		return err
	})
	if err == nil {
		err = result
	}
	if err != nil {
		return host.MoveCode{}, wrap("try move code", err)
	}
	return code, nil
}

// MoveConversation implements [host.Moves].
func (s *Store) MoveConversation(ctx context.Context, m host.Moving) error {
	conflict := false
	err := s.writer.do(ctx, 1, func(t *tx) error {
		conflict = false
		// Both are looked at before anything is written: what a conflict leaves behind would be committed with the others' work.
		for _, r := range []host.Record{m.From, m.To} {
			now, err := scanRecord(t.row(conversationByID, r.ID))
			if err != nil {
				return err
			}
			if now.Version != r.Version || now.Peer != r.Peer {
				conflict = true
				return nil
			}
		}
		n, err := t.exec(spendMoveCode, m.To.ID, m.From.Peer.Channel, m.From.Peer.ID, m.Hash)
		if err != nil {
			return err
		}
		if n == 0 {
			conflict = true // somebody else was quicker
			return nil
		}
		retired := "moved:" + strconv.FormatInt(m.To.ID, 10)
		for _, step := range []struct {
			query string
			args  []any
		}{
			{givePeer, []any{m.To.Peer.Channel, retired, m.To.ID, m.To.Version}},
			{givePeer, []any{m.To.Peer.Channel, m.To.Peer.ID, m.From.ID, m.From.Version}},
			{moveTickets, []any{m.To.Peer.Channel, m.From.ID}},
			{moveFiles, []any{m.To.Peer.Channel, m.To.Peer.ID, m.From.Peer.Channel, m.From.Peer.ID}},
		} {
			if _, err := t.exec(step.query, step.args...); err != nil {
				return err
			}
		}
		if !m.Unsent {
			if _, err := t.exec(dropUnsent, m.From.ID); err != nil {
				return err
			}
		}
		return join(t, m.From.ID, m.To.ID)
	})
	if err == nil && conflict {
		err = host.ErrConflict
	}
	return wrap("move conversation", err)
}

// JoinConversations implements [host.Moves].
func (s *Store) JoinConversations(ctx context.Context, hash []byte, a, b int64) error {
	missing := false
	err := s.writer.do(ctx, 1, func(t *tx) error {
		n, err := t.exec(spendMoveCode, b, "", "", hash)
		if missing = n == 0; err != nil || missing {
			return err
		}
		return join(t, a, b)
	})
	if err == nil && missing {
		err = host.ErrNotFound
	}
	return wrap("join conversations", err)
}

// join makes two conversations, and all that belong to either one's person, one person's.
func join(t *tx, a, b int64) error {
	persons := [2]int64{}
	for i, id := range []int64{a, b} {
		if err := t.row(personOf, id).Scan(&persons[i]); err != nil {
			return err
		}
	}
	_, err := t.exec(joinPerson, min(a, b), a, b, persons[0], persons[1])
	return err
}

// Joined implements [host.Moves].
func (s *Store) Joined(ctx context.Context, conversation int64) ([]int64, error) {
	ids, err := list(ctx, s, scanInt, joined, conversation)
	if err == nil && len(ids) == 0 {
		err = host.ErrNotFound
	}
	return ids, wrap("joined conversations", err)
}
