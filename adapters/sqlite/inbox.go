package sqlite

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"spravka/engine/answer"
	"spravka/engine/desk"
)

// Bounds of what a list may be asked for.
const (
	maxLimit   = 200
	maxOffset  = 100_000
	maxChoices = 50 // queues of one filter, filters of one count
	maxSearch  = 200
	maxWords   = 5 // of a search
)

// Tickets implements [host.Store].
func (s *Store) Tickets(ctx context.Context, f desk.Filter) ([]desk.Ticket, error) {
	var q inboxQuery
	if err := q.page(f, ticketColumns); err != nil {
		return nil, fmt.Errorf("tickets: %w", err)
	}
	tickets, err := query(ctx, s, scanTicket, q.text(), q.args...)
	return tickets, wrap("tickets", err)
}

// Counts implements [host.Store].
func (s *Store) Counts(ctx context.Context, filters ...desk.Filter) ([]int, error) {
	if len(filters) == 0 {
		return nil, nil
	}
	if len(filters) > maxChoices {
		return nil, fmt.Errorf("counts of tickets: %d at once, at most %d are possible", len(filters), maxChoices)
	}
	var q inboxQuery
	var parts []string
	for _, f := range filters {
		q.where = nil
		if err := q.narrow(f); err != nil {
			return nil, fmt.Errorf("counts of tickets: %w", err)
		}
		parts = append(parts, "(SELECT COUNT(*) FROM tickets WHERE "+strings.Join(q.where, " AND ")+")")
	}
	counts, err := query(ctx, s, func(row rowScanner) ([]int, error) {
		out := make([]int, len(filters))
		fields := make([]any, len(out))
		for i := range out {
			fields[i] = &out[i]
		}
		return out, row.Scan(fields...)
	}, "SELECT "+strings.Join(parts, ", "), q.args...)
	if err != nil {
		return nil, wrap("counts of tickets", err)
	}
	return counts[0], nil
}

// inboxQuery builds the text of a list or a count. Nothing from outside becomes part of it: values are parameters, and
// names come from this file.
type inboxQuery struct {
	columns, order, limit string
	where                 []string
	args                  []any
}

func (q *inboxQuery) text() string {
	return "SELECT " + q.columns + " FROM tickets WHERE " + strings.Join(q.where, " AND ") + q.order + q.limit
}

func (q *inboxQuery) page(f desk.Filter, columns string) error {
	if f.Limit < 0 || f.Limit > maxLimit {
		return fmt.Errorf("the limit is %d, it must be 1–%d, or 0 for 100", f.Limit, maxLimit)
	}
	if f.Limit == 0 {
		f.Limit = 100
	}
	if f.Offset < 0 || f.Offset > maxOffset {
		return fmt.Errorf("the offset is %d, it must be 0–%d", f.Offset, maxOffset)
	}
	q.columns, q.order = columns, order(f.Sort)
	if err := q.narrow(f); err != nil {
		return err
	}
	q.limit = fmt.Sprintf(" LIMIT %s", q.param(f.Limit))
	if f.Offset > 0 {
		q.limit += fmt.Sprintf(" OFFSET %s", q.param(f.Offset))
	}
	return nil
}

// order is that of a list. 'urgent' sorts after 'normal', so descending order begins with it.
func order(s desk.Sort) string {
	switch s {
	case desk.ByDue:
		return ` ORDER BY due = 0, due, number`
	case desk.ByNewest:
		return ` ORDER BY opened DESC, number`
	case desk.ByChanged:
		return ` ORDER BY changed DESC, number`
	}
	return ` ORDER BY priority DESC, opened, number`
}

func (q *inboxQuery) param(value any) string {
	q.args = append(q.args, value)
	return fmt.Sprintf("$%d", len(q.args))
}

func (q *inboxQuery) is(column string, value any) {
	q.where = append(q.where, column+" = "+q.param(value))
}

func (q *inboxQuery) narrow(f desk.Filter) error {
	if len(f.Queues) > maxChoices || len(f.Kinds) > maxChoices || len(f.Statuses) > maxChoices || len(f.Text) > maxSearch {
		return fmt.Errorf("a filter has at most %d queues, kinds or statuses and %d bytes of text", maxChoices, maxSearch)
	}
	q.status(f)
	if f.Conversation != 0 {
		id := q.param(f.Conversation)
		q.where = append(q.where, "conversation IN (SELECT id FROM conversations WHERE id = "+id+
			" OR person <> 0 AND person = (SELECT person FROM conversations WHERE id = "+id+"))")
	}
	if f.Operator != 0 {
		q.is("operator", f.Operator)
		q.where = append(q.where, "operator <> 0") // lets the planner use the index of taken tickets
	}
	if f.Queue != "" {
		q.is("queue", f.Queue)
	}
	for _, c := range []struct{ column, value string }{{"priority", string(f.Priority)}, {"channel", f.Channel}} {
		if c.value != "" {
			q.is(c.column, c.value)
		}
	}
	if q.columns == "" {
		among(q, "queue", f.Queues)
	} else {
		// A page is read in its order, where its limit ends it; each queue's index would have to be read to its end and sorted.
		among(q, "+queue", f.Queues)
	}
	among(q, "kind", f.Kinds)
	if !f.OverdueBy.IsZero() {
		q.where = append(q.where, "due <> 0", "due < "+q.param(millis(f.OverdueBy)))
	}
	q.search(f.Text)
	return nil
}

func (q *inboxQuery) status(f desk.Filter) {
	if len(f.Statuses) > 0 {
		// The planner knows the partial indices only by their own words.
		switch open := slices.ContainsFunc(f.Statuses, desk.Status.Open); {
		case open && !slices.ContainsFunc(f.Statuses, func(s desk.Status) bool { return !s.Open() }):
			q.where = append(q.where, openStatus)
		case !open:
			q.where = append(q.where, closedStatus)
		}
		among(q, "status", f.Statuses)
		return
	}
	if f.Closed {
		q.where = append(q.where, closedStatus)
	} else {
		q.where = append(q.where, openStatus)
	}
}

func among[T ~string](q *inboxQuery, column string, values []T) {
	if len(values) == 0 {
		return
	}
	var list []string
	for _, v := range values {
		list = append(list, q.param(string(v)))
	}
	q.where = append(q.where, column+" IN ("+strings.Join(list, ", ")+")")
}

// search looks for a ticket's number, or for words of the subject.
func (q *inboxQuery) search(text string) {
	if text = strings.TrimSpace(text); text == "" {
		return
	}
	if prefixes := answer.TicketSearch(text); len(prefixes) > 0 {
		var any []string
		for _, p := range prefixes {
			from := q.param(p)
			any = append(any, "(number >= "+from+" AND number < "+q.param(p+"\U0010FFFF")+")")
		}
		q.where = append(q.where, "("+strings.Join(any, " OR ")+")")
		return
	}
	words := strings.Fields(folded(text))
	for _, w := range words[:min(len(words), maxWords)] {
		like := "search LIKE " + q.param("%"+escaped(w)+"%") + ` ESCAPE '\'`
		if digits := answer.TicketSerial(w); digits != "" {
			like = "(" + like + " OR number LIKE " + q.param("%-"+digits+"-%") + ")"
		}
		q.where = append(q.where, like)
	}
}

func escaped(word string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(word)
}

// folded is a text as searches compare it.
func folded(text string) string {
	return strings.ReplaceAll(strings.ToLower(text), "ё", "е")
}

// query reads all rows of a query whose text is not kept prepared: filters make many.
func query[T any](ctx context.Context, s *Store, scan func(rowScanner) (T, error), text string, args ...any) ([]T, error) {
	defer s.reading()()
	rows, err := s.readers.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	return readAll(rows, scan)
}
