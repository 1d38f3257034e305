package webchat

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"spravka/engine"
	"spravka/engine/desk"
	"spravka/engine/host"
)

// entry is a line of the history as the citizen sees it.
type entry struct {
	Seq     int64           `json:"seq"`
	At      time.Time       `json:"at"`
	Author  engine.Author   `json:"author"`
	Name    string          `json:"name,omitempty"` // of the operator
	ID      string          `json:"id,omitempty"`   // the client's id of its own message
	Text    string          `json:"text,omitempty"`
	Buttons []engine.Button `json:"buttons,omitempty"`
	Files   []engine.File   `json:"files,omitempty"`
}

// shown turns an entry of the store into what goes over the wire. How the turn was understood stays inside.
func (c *Chat) shown(e host.Entry) entry {
	var m engine.Message
	if err := json.Unmarshal(e.Body, &m); err != nil {
		// The line keeps its place, or every client would ask for it for ever.
		c.config.Log.Error("web chat: an entry can't be read", "conversation", e.Conversation, "seq", e.Seq, "error", err)
	}
	out := entry{Seq: e.Seq, At: e.At.UTC().Truncate(time.Millisecond), Author: e.Author, Name: e.Name, Text: m.Text, Buttons: m.Buttons, Files: m.Files}
	if e.Author == engine.Citizen {
		out.ID = clientID(e.Update)
	}
	return out
}

// state is what the citizen may know about the conversation besides its history.
type state struct {
	Owner   engine.Owner `json:"owner"`
	Ahead   *int         `json:"ahead,omitempty"`  // open tickets before this one; only while waiting in a queue
	Wait    string       `json:"wait,omitempty"`   // how long the wait is likely to be, in words
	Ticket  string       `json:"ticket,omitempty"` // the one that is waited for
	Tickets []ticket     `json:"tickets,omitempty"`
}

type ticket struct {
	Number string      `json:"number"`
	Kind   desk.Kind   `json:"kind,omitempty"`
	Status desk.Status `json:"status"`
	Due    *time.Time  `json:"due,omitempty"`
}

// stateOf collects the state of a conversation. A place in the queue that can't be told now is left out.
func (c *Chat) stateOf(ctx context.Context, rec host.Record) state {
	s := state{Owner: rec.State.Owner}
	if s.Owner == "" {
		s.Owner = engine.OwnerBot
	}
	for _, t := range rec.State.Tickets {
		out := ticket{Number: t.Number, Kind: t.Kind, Status: t.Status}
		if !t.Due.IsZero() {
			due := t.Due.UTC()
			out.Due = &due
		}
		s.Tickets = append(s.Tickets, out)
		if t.Status.Open() && (t.Kind == desk.HandOff || t.Kind == "" || s.Ticket == "") {
			s.Ticket = t.Number
		}
	}
	if s.Owner == engine.OwnerBot {
		s.Ticket = ""
	}
	if s.Owner != engine.OwnerQueue || s.Ticket == "" {
		return s
	}
	e, words, err := c.host.Wait(ctx, s.Ticket)
	if err == nil {
		ahead := max(0, e.Place-1)
		s.Ahead, s.Wait = &ahead, words
	} else if !errors.Is(err, host.ErrNotFound) && ctx.Err() == nil {
		c.config.Log.Warn("web chat: no place in the queue", "ticket", s.Ticket, "error", err)
	}
	return s
}

// equal reports whether a client would see no difference.
func (s state) equal(other state) bool {
	a, _ := json.Marshal(s)
	b, _ := json.Marshal(other)
	return string(a) == string(b)
}
