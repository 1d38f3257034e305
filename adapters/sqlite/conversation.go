package sqlite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"spravka/engine"
	"spravka/engine/host"
)

const (
	conversationByPeer = `SELECT id, channel, peer, version, seq, state FROM conversations WHERE channel = $1 AND peer = $2`
	conversationByID   = `SELECT id, channel, peer, version, seq, state FROM conversations WHERE id = $1`
	createConversation = `INSERT INTO conversations (channel, peer, version, seq, owner, state, opened, changed)
		VALUES ($1, $2, 0, 0, $3, $4, $5, $5) ON CONFLICT (channel, peer) DO NOTHING`
)

// Open implements [host.Store]. A new conversation has version 0, no history, and a state that names its channel and locale.
func (s *Store) Open(ctx context.Context, p host.Peer, locale string, now time.Time) (host.Record, error) {
	if err := checkPeer(p); err != nil {
		return host.Record{}, fmt.Errorf("open conversation: %w", err)
	}
	if err := bounded("the locale", locale, 0, 35); err != nil {
		return host.Record{}, fmt.Errorf("open conversation: %w", err)
	}
	r, err := one(ctx, s, scanRecord, conversationByPeer, p.Channel, p.ID)
	if !errors.Is(err, host.ErrNotFound) {
		return r, wrap("open conversation", err)
	}
	first := engine.Conversation{Channel: p.Channel, Locale: locale}
	state, err := json.Marshal(first)
	if err != nil {
		return host.Record{}, fmt.Errorf("open conversation: %w", err)
	}
	err = s.writer.do(ctx, 1, func(t *tx) (err error) {
		// Another goroutine may have been quicker: then its row is the one.
		if _, err = t.exec(createConversation, p.Channel, p.ID, ownerOf(first), state, millis(now)); err != nil {
			return err
		}
		r, err = scanRecord(t.row(conversationByPeer, p.Channel, p.ID))
		return err
	})
	return r, wrap("open conversation", err)
}

// Find implements [host.Store].
func (s *Store) Find(ctx context.Context, p host.Peer) (host.Record, error) {
	r, err := one(ctx, s, scanRecord, conversationByPeer, p.Channel, p.ID)
	return r, wrap("find conversation", err)
}

// Load implements [host.Store].
func (s *Store) Load(ctx context.Context, id int64) (host.Record, error) {
	r, err := one(ctx, s, scanRecord, conversationByID, id)
	return r, wrap(fmt.Sprintf("load conversation %d", id), err)
}

func scanRecord(row rowScanner) (r host.Record, err error) {
	var state []byte
	if err := row.Scan(&r.ID, &r.Peer.Channel, &r.Peer.ID, &r.Version, &r.Seq, &state); err != nil {
		return host.Record{}, err
	}
	if err := json.Unmarshal(state, &r.State); err != nil {
		return host.Record{}, fmt.Errorf("the stored state of conversation %d is unreadable: %w", r.ID, err)
	}
	return r, nil
}

// wrap says what was being done when something failed.
func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}
