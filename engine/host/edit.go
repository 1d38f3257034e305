package host

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"spravka/engine"
)

// editLook bounds how many entries after an edited message are looked at for something newer of the citizen. A message
// with more than that behind it is not the newest in any sense that matters.
const editLook = 50

// scoped is a message's name in the history: with that of the channel, as a conversation may move to another one.
func scoped(p Peer, message string) string {
	if message == "" {
		return ""
	}
	return p.Channel + ":" + message
}

// edited finds the message that the citizen has reworded. One that is in no history is new to us: it is taken as said
// now, so that a citizen is never met with silence.
func (h *Host) edited(ctx context.Context, r Record, e engine.Edited) (engine.Event, error) {
	was, err := h.Store.EntryOf(ctx, r.ID, scoped(r.Peer, e.Message))
	if errors.Is(err, ErrNotFound) {
		return engine.Said{Text: e.Text}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("looking for the message that was edited: %w", err)
	}
	var m engine.Message
	if err := json.Unmarshal(was.Body, &m); err != nil {
		h.Log.Error("the message that was edited is unreadable", "conversation", r.ID, "entry", was.Seq, "error", err)
	}
	e.Of, e.Before = was.Seq, m.Text
	if was.Edits != 0 {
		e.Of = was.Edits
	}
	since, err := h.Store.History(ctx, r.ID, e.Of, editLook)
	if err != nil {
		return nil, fmt.Errorf("reading what followed the message that was edited: %w", err)
	}
	e.Newest = len(since) < editLook
	for _, s := range since {
		if s.Author == engine.Citizen && s.Edits != e.Of {
			e.Newest = false
		}
	}
	return e, nil
}
