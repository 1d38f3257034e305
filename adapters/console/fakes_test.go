package console

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"spravka/engine"
	"spravka/engine/desk"
	"spravka/engine/host"
)

var _ Conversations = (*host.Host)(nil)

// world stands in for the host, the store and the content.
type world struct {
	now func() time.Time

	mu      sync.Mutex
	tickets []desk.Ticket
	changes map[string][]desk.Change
	records map[int64]host.Record
	entries map[int64][]host.Entry
	known   map[int64][]Known
	updates map[string]bool
	acted   []engine.Acted
	refuse  error  // what Act answers
	before  func() // runs in Act before anything else
	hints   host.Hints[int64]
	files   map[string]storedFile
	saved   int

	listed     int // how often the open tickets were read
	searched   []host.Search
	deliveries map[int64][]host.Delivery
	notes      []host.Note
	mentions   []mentioned
	canned     []host.Canned
	cannedIDs  int64
}

type storedFile struct {
	host.File
	content []byte
}

func newWorld(now func() time.Time) *world {
	return &world{
		now: now, changes: map[string][]desk.Change{}, records: map[int64]host.Record{}, entries: map[int64][]host.Entry{},
		known: map[int64][]Known{}, updates: map[string]bool{}, files: map[string]storedFile{},
		deliveries: map[int64][]host.Delivery{},
	}
}

// open makes a ticket with a conversation of its own.
func (w *world) open(t desk.Ticket) desk.Ticket {
	w.mu.Lock()
	defer w.mu.Unlock()
	t.Conversation = int64(len(w.records) + 1)
	if t.Number == "" {
		t.Number = fmt.Sprintf("О-26-%05d", t.Conversation)
	}
	if t.Status == "" {
		t.Status = desk.New
	}
	if t.Priority == "" {
		t.Priority = desk.Normal
	}
	if t.Queue == "" {
		t.Queue = "technical"
	}
	if t.Channel == "" {
		t.Channel = "web"
	}
	if t.Opened.IsZero() {
		t.Opened = w.now()
	}
	state := engine.Conversation{Channel: t.Channel, Locale: "ru", Owner: engine.OwnerQueue}
	if t.Operator != 0 {
		state.Owner, state.Operator = engine.OwnerOperator, t.Operator
	}
	w.records[t.Conversation] = host.Record{ID: t.Conversation, Peer: host.Peer{Channel: t.Channel, ID: "visitor"}, Version: 1, State: state}
	w.tickets = append(w.tickets, t)
	w.changes[t.Number] = []desk.Change{{Ticket: t.Number, At: t.Opened, Status: desk.New, By: "bot"}}
	return t
}

// say adds a line to a talk, as a turn does.
func (w *world) say(conversation int64, by engine.Author, text string) {
	w.put(conversation, host.Entry{Author: by}, engine.Message{Text: text})
}

func (w *world) put(conversation int64, e host.Entry, m engine.Message) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.add(conversation, e, m)
	w.signal(conversation)
}

func (w *world) add(conversation int64, e host.Entry, m engine.Message) {
	record := w.records[conversation]
	record.Seq++
	record.Version++
	e.Conversation, e.Seq = conversation, record.Seq
	if e.At.IsZero() {
		e.At = w.now()
	}
	if e.Body == nil {
		e.Body, _ = json.Marshal(m)
	}
	w.records[conversation] = record
	w.entries[conversation] = append(w.entries[conversation], e)
	for i := range w.tickets {
		switch t := &w.tickets[i]; {
		case t.Conversation != conversation:
		case e.Author == engine.Citizen:
			t.LastCitizen = e.At
		case e.Author == engine.Operator:
			t.LastStaff = e.At
		}
	}
}

// hand gives a ticket to an operator behind the console's back.
func (w *world) hand(number string, operator int64, name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.ticket(number)
	t.Operator, t.OperatorName, t.Status = operator, name, desk.InWork
	w.own(t.Conversation, engine.OwnerOperator, operator)
	w.signal(t.Conversation)
}

func (w *world) own(conversation int64, owner engine.Owner, operator int64) {
	record := w.records[conversation]
	record.State.Owner, record.State.Operator = owner, operator
	record.Version++
	w.records[conversation] = record
}

func (w *world) ticket(number string) *desk.Ticket {
	i := slices.IndexFunc(w.tickets, func(t desk.Ticket) bool { return t.Number == number })
	if i < 0 {
		return nil
	}
	return &w.tickets[i]
}

func (w *world) signal(conversation int64) {
	w.hints.Changed(conversation)
	w.hints.Changed(0)
}

func (w *world) Act(_ context.Context, conversation int64, update string, a engine.Acted) (host.Receipt, error) {
	if w.before != nil {
		w.before()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.updates[update] {
		return host.Receipt{Conversation: conversation, Duplicate: true}, nil
	}
	if w.refuse != nil {
		return host.Receipt{}, w.refuse
	}
	t := w.ticket(a.Ticket)
	record := w.records[conversation]
	owns := record.State.Owner == engine.OwnerOperator && record.State.Operator == a.Operator
	if a.Action == engine.Release {
		if t.Operator == 0 || t.Operator != a.Over {
			return host.Receipt{}, host.RefusedError{Reason: engine.NotOwner}
		}
		t.Operator, t.OperatorName, t.Status = 0, "", desk.New
		w.own(conversation, engine.OwnerQueue, 0)
		w.updates[update] = true
		w.acted = append(w.acted, a)
		w.signal(conversation)
		return host.Receipt{Conversation: conversation}, nil
	}
	if a.Action != engine.Take && !owns {
		return host.Receipt{}, host.RefusedError{Reason: engine.NotOwner}
	}
	what := map[engine.Action]string{
		engine.Take: desk.Taken, engine.Reply: desk.Taken, engine.Ask: desk.Asked, engine.Return: desk.Returned, engine.Resolve: desk.Resolved,
	}[a.Action]
	next, err := desk.Next(t.Status, what)
	if err != nil {
		return host.Receipt{}, err
	}
	t.Status, t.Changed = next, w.now()
	switch a.Action {
	case engine.Take:
		t.Operator, t.OperatorName = a.Operator, a.Name
		w.own(conversation, engine.OwnerOperator, a.Operator)
		w.add(conversation, host.Entry{Author: engine.System}, engine.Message{Text: "С вами говорит " + a.Name})
	case engine.Reply, engine.Ask:
		w.add(conversation, host.Entry{Author: engine.Operator, Name: a.Name}, engine.Message{Text: a.Text, Files: a.Files})
	default:
		w.own(conversation, engine.OwnerBot, 0)
	}
	w.changes[t.Number] = append(w.changes[t.Number], desk.Change{Ticket: t.Number, At: w.now(), Status: next, By: "anna"})
	w.updates[update] = true
	w.acted = append(w.acted, a)
	w.signal(conversation)
	return host.Receipt{Conversation: conversation, Seq: w.records[conversation].Seq}, nil
}

func (w *world) Load(_ context.Context, conversation int64) (host.Record, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	record, ok := w.records[conversation]
	if !ok {
		return record, host.ErrNotFound
	}
	return record, nil
}

func (w *world) History(_ context.Context, conversation, after int64, limit int) ([]host.Entry, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := w.entries[conversation]
	start := min(int(after), len(all))
	return slices.Clone(all[start:min(start+limit, len(all))]), nil
}

func (w *world) Watch(conversation int64) (<-chan struct{}, func()) {
	return w.hints.Watch(conversation)
}
func (w *world) WatchTickets() (<-chan struct{}, func()) { return w.hints.Watch(0) }

func (w *world) Typing(context.Context, int64, string)                {}
func (w *world) WatchTyping(int64) (<-chan host.Typist, func())       { return nil, func() {} }
func (w *world) Board(context.Context, time.Time) (desk.Board, error) { return desk.Board{}, nil }

func (w *world) Tickets(_ context.Context, f desk.Filter) ([]desk.Ticket, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var found []desk.Ticket
	for _, t := range w.tickets {
		if (f.Queue == "" || f.Queue == t.Queue) && (f.Operator == 0 || f.Operator == t.Operator) &&
			(f.Conversation == 0 || f.Conversation == t.Conversation) && (len(f.Queues) == 0 || slices.Contains(f.Queues, t.Queue)) &&
			(f.Closed != t.Status.Open() && len(f.Statuses) == 0 || slices.Contains(f.Statuses, t.Status)) {
			found = append(found, t)
		}
	}
	if f.Limit == 0 {
		f.Limit = 100
	}
	from := min(f.Offset, len(found))
	return found[from:min(len(found), from+f.Limit)], nil
}

func (w *world) Ticket(_ context.Context, number string) (desk.Ticket, []desk.Change, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.ticket(number)
	if t == nil {
		return desk.Ticket{}, nil, host.ErrNotFound
	}
	return *t, slices.Clone(w.changes[number]), nil
}

var terms = map[string]map[string]string{
	"ru": {
		"registration": "Регистрация", "certificates": "Справки", "status": "Статус заявлений", "technical": "Техподдержка",
		"general": "Общие вопросы", "urgent": "Дежурный", "new": "новое", "in_work": "в работе", "clarify": "требуется уточнение",
		"solved": "решено", "closed": "закрыто", "asked": "попросил человека", "misses": "помощник не понял", "flow": "сценарий",
		"application.status": "Статус заявления", "tech.problem": "Техническая неполадка", "account.recover": "Восстановление доступа",
	},
	"en": {"technical": "Technical", "new": "new", "in_work": "in work", "solved": "solved", "asked": "asked for a person"},
}

func (w *world) Term(locale, value string) string { return terms[locale][value] }
func (w *world) Place(_ string, c engine.Conversation) string {
	if len(c.Frames) == 0 {
		return ""
	}
	last := c.Frames[len(c.Frames)-1]
	return last.Flow + ", " + last.Step
}
func (w *world) Known(_ string, c engine.Conversation) []Known {
	var known []Known
	for _, s := range c.Slots {
		known = append(known, Known{Label: s.Name, Value: s.Value, By: s.By, At: s.At, Verified: s.Verified})
	}
	return known
}

func (w *world) SaveFile(_ context.Context, f host.File, content []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, ok := w.files[f.ID]; ok {
		return errors.New("this file exists")
	}
	w.saved++
	w.files[f.ID] = storedFile{f, bytes.Clone(content)}
	return nil
}

func (w *world) OpenFile(_ context.Context, id string) (host.File, io.ReadCloser, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f, ok := w.files[id]
	if !ok {
		return host.File{}, nil, host.ErrNotFound
	}
	return f.File, io.NopCloser(bytes.NewReader(f.content)), nil
}

func (w *world) FilesOf(context.Context, host.Peer, time.Time) (int, int64, error) { return 0, 0, nil }
