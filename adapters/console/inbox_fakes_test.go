package console

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"spravka/engine"
	reading "spravka/engine/answer"
	"spravka/engine/desk"
	"spravka/engine/host"
)

func (w *world) OpenTickets(context.Context) ([]host.OpenTicket, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.listed++
	var open []host.OpenTicket
	for _, t := range w.tickets {
		if r := w.records[t.Conversation]; t.Status.Open() {
			open = append(open, host.OpenTicket{Ticket: t, Version: r.Version, Seq: r.Seq})
		}
	}
	return open, nil
}

func (w *world) OpenVersions(ctx context.Context) (all []host.OpenVersion, err error) {
	open, err := w.OpenTickets(ctx)
	for _, t := range open {
		all = append(all, host.OpenVersion{Number: t.Number, Version: t.Version})
	}
	return all, err
}

func (w *world) OpenTicketsNumbered(_ context.Context, numbers []string) (found []host.OpenTicket, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, t := range w.tickets {
		if r := w.records[t.Conversation]; t.Status.Open() && slices.Contains(numbers, t.Number) {
			found = append(found, host.OpenTicket{Ticket: t, Version: r.Version, Seq: r.Seq})
		}
	}
	return found, nil
}

func (w *world) Counts(ctx context.Context, filters ...desk.Filter) (counts []int, err error) {
	for _, f := range filters {
		f.Limit, f.Offset = 100_000, 0
		found, err := w.Tickets(ctx, f)
		if err != nil {
			return nil, err
		}
		counts = append(counts, len(found))
	}
	return counts, nil
}

func (w *world) SearchTickets(_ context.Context, q host.Search) (host.SearchResult, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.searched = append(w.searched, q)
	result := host.SearchResult{Whole: true}
	for _, t := range w.tickets {
		found := slices.Contains(q.Numbers, t.Number)
		for _, word := range q.Words {
			found = found || strings.Contains(strings.ToLower(t.Subject), word)
		}
		if found {
			result.Found = append(result.Found, host.Found{Ticket: t})
			continue
		}
		for _, e := range w.entries[t.Conversation] {
			if text := readLine(e).Message.Text; e.Author == engine.Citizen && len(q.Words) > 0 && strings.Contains(strings.ToLower(text), q.Words[0]) {
				result.Found = append(result.Found, host.Found{Ticket: t, Message: text})
				break
			}
		}
	}
	return result, nil
}

func (w *world) Deliveries(_ context.Context, conversation int64) ([]host.Delivery, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.deliveries[conversation]), nil
}

func (w *world) Topics(locale string, words []string) (found []string) {
	for value, title := range terms[locale] {
		if strings.Contains(value, ".") && !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(strings.ToLower(title), word) }) {
			found = append(found, value)
		}
	}
	slices.Sort(found)
	return found
}

func (w *world) AddNote(_ context.Context, n host.Note) (int64, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ticket(n.Ticket) == nil {
		return 0, host.ErrNotFound
	}
	for _, other := range w.notes {
		if other.Key == n.Key {
			return 0, host.ErrDuplicate
		}
	}
	n.ID = int64(len(w.notes) + 1)
	w.notes = append(w.notes, n)
	for _, operator := range n.Mentions {
		w.mentions = append(w.mentions, mentioned{n.ID, operator, time.Time{}})
	}
	return n.ID, nil
}

// mentioned is an operator who is to read a note.
type mentioned struct {
	note, operator int64
	read           time.Time
}

func (w *world) Notes(_ context.Context, ticket string, after int64) ([]host.Note, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var found []host.Note
	for _, n := range w.notes {
		if n.Ticket == ticket && n.ID > after {
			found = append(found, n)
		}
	}
	return found, nil
}

func (w *world) Mentions(_ context.Context, operator int64, limit int) ([]host.Mention, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var found []host.Mention
	for _, m := range w.mentions {
		if m.operator == operator {
			found = append(found, host.Mention{Note: w.notes[m.note-1], Read: m.read})
		}
	}
	slices.SortStableFunc(found, func(a, b host.Mention) int {
		if a.Read.IsZero() != b.Read.IsZero() {
			return map[bool]int{true: -1, false: 1}[a.Read.IsZero()]
		}
		return cmp.Compare(b.ID, a.ID)
	})
	return found[:min(len(found), limit)], nil
}

func (w *world) UnreadMentions(context.Context) (map[int64]int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	unread := map[int64]int{}
	for _, m := range w.mentions {
		if m.read.IsZero() {
			unread[m.operator]++
		}
	}
	return unread, nil
}

func (w *world) ReadMentions(_ context.Context, operator int64, ticket string, now time.Time) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	read := 0
	for i, m := range w.mentions {
		if m.operator == operator && m.read.IsZero() && w.notes[m.note-1].Ticket == ticket {
			w.mentions[i].read = now
			read++
		}
	}
	return read, nil
}

func (w *world) CannedReplies(context.Context) ([]host.Canned, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := slices.Clone(w.canned)
	slices.SortFunc(all, func(a, b host.Canned) int {
		return cmp.Or(cmp.Compare(a.Locale, b.Locale), cmp.Compare(a.Queue, b.Queue), cmp.Compare(a.Title, b.Title))
	})
	return all, nil
}

func (w *world) SaveCanned(_ context.Context, c host.Canned) (int64, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	at := -1
	for i, other := range w.canned {
		if other.ID == c.ID {
			at = i
		} else if other.Locale == c.Locale && other.Queue == c.Queue && other.Title == c.Title {
			return 0, host.ErrTaken
		}
	}
	switch {
	case c.ID == 0:
		w.cannedIDs++
		c.ID, c.Version = w.cannedIDs, 1
		w.canned = append(w.canned, c)
		return c.ID, nil
	case at < 0:
		return 0, host.ErrNotFound
	case w.canned[at].Version != c.Version:
		return 0, host.ErrConflict
	}
	c.Version++
	w.canned[at] = c
	return c.ID, nil
}

func (w *world) DeleteCanned(_ context.Context, id, version int64) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := slices.IndexFunc(w.canned, func(c host.Canned) bool { return c.ID == id })
	switch {
	case i < 0:
		return host.ErrNotFound
	case w.canned[i].Version != version:
		return host.ErrConflict
	}
	w.canned = slices.Delete(w.canned, i, i+1)
	return nil
}

func urlText(text string) string { return url.QueryEscape(text) }

// engineNumber is a number with a right check digit.
func engineNumber(testing.TB) string { return reading.NewTicketNumber('О', 26, 4711) }

func (w *world) Flows(locale string) []Choice {
	return []Choice{{"application.status", "Статус заявления"}, {"tech.problem", "Техническая неполадка"}}
}

func (w *world) Questions(_, flow string) []Question {
	if flow != "application.status" {
		return nil
	}
	return []Question{{Slot: "application", Label: "Номер заявления"}, {Slot: "how", Label: "Как узнать", Options: []Choice{{"number", "По номеру"}, {"name", "По фамилии"}}}}
}

var facts = map[string]string{"hotline.phone": "8 800 100-00-00"}

func (w *world) Fact(_, name string) (string, bool) { f, ok := facts[name]; return f, ok }
func (w *world) Facts(string) []string              { return []string{"hotline.phone"} }
