// Package fakehost is a host in memory for the tests of the web chat: it answers deterministically and can be told to
// let a person join, to fail, or to be slow.
package fakehost

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"spravka/adapters/channeltest"
	"spravka/engine"
	"spravka/engine/desk"
	"spravka/engine/host"
)

// Host keeps conversations and files in memory. It outlives the chats that are served over it, as a database does.
type Host struct {
	channeltest.Files

	Now    func() time.Time
	Typing chan int64 // the conversations in which the citizen was writing

	mu      sync.Mutex
	records map[host.Peer]*host.Record
	entries map[int64][]host.Entry
	updates map[string]int64  // update → conversation
	hints   host.Hints[int64] // of conversations
	typists map[int64][]chan host.Typist
	ahead   map[string]int
	fail    error
	hold    chan struct{}
	turns   int
}

// New makes an empty host.
func New() *Host {
	return &Host{
		Now: time.Now, Typing: make(chan int64, 4),
		records: map[host.Peer]*host.Record{}, entries: map[int64][]host.Entry{}, updates: map[string]int64{},
		typists: map[int64][]chan host.Typist{}, ahead: map[string]int{},
	}
}

// Secret is what this host hides in a citizen's message, and Hidden stands there instead.
const (
	Secret = "Qwerty123"
	Hidden = "••••••"
)

// Greeting is what an empty chat shows.
func Greeting(locale string) engine.Message {
	if locale == "en" {
		return engine.Message{Text: "Hello! I am the **assistant**. What do you need?", Buttons: []engine.Button{{Label: "Status of an application", Payload: "t:status"}, {Label: "Access to the account", Payload: "t:access"}}}
	}
	return engine.Message{
		Text: "Здравствуйте! Я **помощник** справочной линии. Отвечаю на вопросы и могу:\n\n- узнать статус заявления\n- вернуть доступ\n- заказать документ\n\nЧем помочь?",
		Buttons: []engine.Button{
			{Label: "Статус заявления", Payload: "t:status"}, {Label: "Доступ к кабинету", Payload: "t:access"},
			{Label: "Документы и справки", Payload: "t:documents"}, {Label: "Сайт не работает", Payload: "t:tech"},
		},
	}
}

// Receive echoes what is said. Some words do more: see reply.
func (h *Host) Receive(ctx context.Context, in host.Inbound) (host.Receipt, error) {
	h.mu.Lock()
	hold := h.hold
	h.mu.Unlock()
	if hold != nil {
		select {
		case <-hold:
		case <-ctx.Done():
			return host.Receipt{}, ctx.Err()
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.fail != nil {
		return host.Receipt{}, h.fail
	}
	key := in.Peer.Channel + "\x00" + in.Update
	if id, seen := h.updates[key]; seen {
		return host.Receipt{Conversation: id, Seq: int64(len(h.entries[id])), Duplicate: true}, nil
	}
	rec, ok := h.records[in.Peer]
	if !ok {
		rec = &host.Record{ID: int64(len(h.records) + 1), Peer: in.Peer, State: engine.Conversation{Channel: in.Peer.Channel, Locale: in.Locale}}
		h.records[in.Peer] = rec
	}
	h.updates[key] = rec.ID
	h.turns++
	h.turn(rec, in)
	h.hints.Changed(rec.ID)
	return host.Receipt{Conversation: rec.ID, Seq: rec.Seq}, nil
}

// turn is the whole engine of this host.
func (h *Host) turn(rec *host.Record, in host.Inbound) {
	bot := rec.State.Owner == "" || rec.State.Owner == engine.OwnerBot
	switch e := in.Event.(type) {
	case engine.Opened:
		h.add(rec, engine.Bot, "", "", Greeting(in.Locale))
	case engine.Said:
		e.Text = strings.ReplaceAll(e.Text, Secret, Hidden)
		h.add(rec, engine.Citizen, "", in.Update, engine.Message{Text: e.Text, Files: e.Files})
		if bot {
			h.reply(rec, e)
		}
	case engine.Pressed:
		h.add(rec, engine.Citizen, "", in.Update, engine.Message{Text: "[" + e.Payload + "]"})
		switch {
		case e.Payload == "~human" && bot:
			h.queue(rec)
		case bot:
			h.add(rec, engine.Bot, "", "", engine.Message{Text: "Вы нажали: **" + e.Payload + "**"})
		}
	}
}

func (h *Host) reply(rec *host.Record, e engine.Said) {
	switch {
	case e.Text == "кнопки":
		h.add(rec, engine.Bot, "", "", engine.Message{Text: "Выберите:", Buttons: []engine.Button{{Label: "Да", Payload: "yes"}, {Label: "Нет", Payload: "no"}}})
	case len(e.Files) > 0:
		h.add(rec, engine.Bot, "", "", engine.Message{Text: fmt.Sprintf("Файлов получено: %d", len(e.Files))})
	default:
		h.add(rec, engine.Bot, "", "", engine.Message{Text: "Эхо: " + e.Text})
	}
}

func (h *Host) queue(rec *host.Record) {
	number := fmt.Sprintf("Т-26-%06d-%d", rec.ID, rec.ID%10)
	rec.State.Owner = engine.OwnerQueue
	rec.State.Tickets = append(rec.State.Tickets, engine.Ticket{Number: number, Kind: desk.HandOff, Queue: "general", Status: desk.New})
	h.ahead[number] = 3
	h.add(rec, engine.System, "", "", engine.Message{Text: "Вопрос передан специалисту. Обращение " + number + "."})
}

func (h *Host) add(rec *host.Record, author engine.Author, name, update string, m engine.Message) {
	body, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	rec.Seq++
	rec.Version++
	h.entries[rec.ID] = append(h.entries[rec.ID], host.Entry{Conversation: rec.ID, Seq: rec.Seq, At: h.Now(), Author: author, Name: name, Update: update, Body: body})
}

// Find returns a copy of the record.
func (h *Host) Find(_ context.Context, p host.Peer) (host.Record, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	rec, ok := h.records[p]
	if !ok {
		return host.Record{}, host.ErrNotFound
	}
	out := *rec
	out.State.Tickets = slices.Clone(rec.State.Tickets)
	return out, nil
}

// History returns a page of the entries.
func (h *Host) History(_ context.Context, conversation, after int64, limit int) ([]host.Entry, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.fail != nil {
		return nil, h.fail
	}
	all := h.entries[conversation]
	from := min(max(after, 0), int64(len(all)))
	to := min(from+int64(limit), int64(len(all)))
	return slices.Clone(all[from:to]), nil
}

// Watch gives hints.
func (h *Host) Watch(conversation int64) (<-chan struct{}, func()) {
	return h.hints.Watch(conversation)
}

// Wait returns the place that SetAhead has set, at first the fourth, and words for the wait.
func (h *Host) Wait(_ context.Context, ticket string) (desk.Estimate, string, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	n, ok := h.ahead[ticket]
	if !ok {
		return desk.Estimate{}, "", host.ErrNotFound
	}
	return desk.Estimate{Place: n + 1}, "Ждать, скорее всего, от 5 до 15 минут.", nil
}
