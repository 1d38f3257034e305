package fakehost

import (
	"encoding/json"

	"spravka/engine"
	"spravka/engine/desk"
	"spravka/engine/host"
)

// Fail makes every turn and every reading of a history fail, until it is called with nil.
func (h *Host) Fail(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.fail = err
}

// Hold keeps turns waiting until the returned function is called.
func (h *Host) Hold() (release func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	hold := make(chan struct{})
	h.hold = hold
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.hold = nil
		close(hold)
	}
}

// Turns tells how many updates were handled; duplicates don't count.
func (h *Host) Turns() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.turns
}

// Watchers tells how many listen to a conversation.
func (h *Host) Watchers(conversation int64) int {
	return h.hints.Watchers(conversation)
}

// Conversations returns the identifiers of all conversations, in the order in which they began: 1, 2, 3, …
func (h *Host) Conversations() []int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	ids := make([]int64, len(h.records))
	for i := range ids {
		ids[i] = int64(i + 1)
	}
	return ids
}

// Texts returns "author: text" of a conversation's entries.
func (h *Host) Texts(conversation int64) []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []string
	for _, e := range h.entries[conversation] {
		var m engine.Message
		if err := json.Unmarshal(e.Body, &m); err != nil {
			panic(err)
		}
		out = append(out, string(e.Author)+": "+m.Text)
	}
	return out
}

// Say lets somebody but the citizen speak.
func (h *Host) Say(conversation int64, author engine.Author, name string, m engine.Message) {
	h.change(conversation, func(rec *host.Record) { h.add(rec, author, name, "", m) })
}

// Spoil stores an entry that can't be read.
func (h *Host) Spoil(conversation int64) {
	h.change(conversation, func(rec *host.Record) {
		h.add(rec, engine.Bot, "", "", engine.Message{})
		all := h.entries[conversation]
		all[len(all)-1].Body = []byte("{")
	})
}

// Take lets an operator take the conversation over.
func (h *Host) Take(conversation int64) {
	h.change(conversation, func(rec *host.Record) {
		rec.State.Owner = engine.OwnerOperator
		for i := range rec.State.Tickets {
			rec.State.Tickets[i].Status = desk.InWork
		}
	})
}

// SetAhead sets the place of every ticket in its queue. Nobody gets a hint, as when others leave the queue.
func (h *Host) SetAhead(n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for number := range h.ahead {
		h.ahead[number] = n
	}
}

// Wipe forgets everything, as when an old backup is restored.
func (h *Host) Wipe() {
	h.mu.Lock()
	defer h.mu.Unlock()
	clear(h.records)
	clear(h.entries)
	clear(h.updates)
}

func (h *Host) change(conversation int64, f func(*host.Record)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, rec := range h.records {
		if rec.ID == conversation {
			f(rec)
		}
	}
	h.hints.Changed(conversation)
}

// Type lets somebody write in a conversation.
func (h *Host) Type(conversation int64, who host.Typist) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, c := range h.typists[conversation] {
		c <- who
	}
}

// WatchTyping gives what [Host.Type] tells, to the end.
func (h *Host) WatchTyping(conversation int64) (<-chan host.Typist, func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	c := make(chan host.Typist, 8)
	h.typists[conversation] = append(h.typists[conversation], c)
	return c, func() {}
}

// CitizenTyping puts the conversation into Typing.
func (h *Host) CitizenTyping(conversation int64) {
	select {
	case h.Typing <- conversation:
	default: // nobody looks
	}
}
