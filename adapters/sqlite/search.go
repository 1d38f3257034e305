package sqlite

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"spravka/engine"
	"spravka/engine/answer"
	"spravka/engine/desk"
	"spravka/engine/host"
)

// SQLite folds the case of ASCII letters only, so texts are compared here. What is read is bounded by the question.
const (
	newestTickets = `SELECT ` + ticketColumns + `, talk_state FROM tickets
		JOIN (SELECT id AS talk, state AS talk_state FROM conversations) ON talk = conversation
		ORDER BY tickets.rowid DESC LIMIT $1`
	newestLines = `SELECT conversation, body FROM history WHERE id > (SELECT COALESCE(MAX(id), 0) FROM history) - $1
		AND author IN ('citizen', 'operator') ORDER BY id DESC`
	countLines = `SELECT COALESCE(MAX(id), 0) FROM history`
)

// SearchTickets implements [host.Inbox].
func (s *Store) SearchTickets(ctx context.Context, q host.Search) (host.SearchResult, error) {
	for name, n := range map[string][2]int{"tickets": {q.Tickets, 100_000}, "lines": {q.Lines, 1_000_000}, "limit": {q.Limit, 200}} {
		if n[0] < 1 || n[0] > n[1] {
			return host.SearchResult{}, fmt.Errorf("search: %s is %d, it must be 1–%d", name, n[0], n[1])
		}
	}
	said, whole, err := s.searchTalks(ctx, q)
	if err != nil {
		return host.SearchResult{}, wrap("search the talks", err)
	}
	result := host.SearchResult{Whole: whole}
	looked := 0
	take := func(row rowScanner) (_ struct{}, err error) {
		var state []byte
		t, err := scanTicket(longer{row, []any{&state}})
		if err != nil {
			return struct{}{}, err
		}
		looked++
		message, ok := said[t.Conversation]
		if ok || matches(t, state, q) {
			if len(result.Found) < q.Limit {
				result.Found = append(result.Found, host.Found{Ticket: t, Message: message})
			} else {
				result.Whole = false
			}
		}
		return struct{}{}, nil
	}
	if _, err := query(ctx, s, take, newestTickets, q.Tickets); err != nil {
		return host.SearchResult{}, wrap("search the tickets", err)
	}
	if looked == q.Tickets {
		result.Whole = false
	}
	return result, s.addNumbers(ctx, q, &result)
}

// addNumbers puts tickets that were asked for by their number first, however old they are.
func (s *Store) addNumbers(ctx context.Context, q host.Search, result *host.SearchResult) error {
	for _, number := range q.Numbers {
		t, err := one(ctx, s, scanTicket, ticketByID, number)
		if err != nil {
			if err == host.ErrNotFound {
				continue
			}
			return wrap("search for a number", err)
		}
		result.Found = slices.DeleteFunc(result.Found, func(f host.Found) bool { return f.Number == number })
		result.Found = slices.Insert(result.Found, 0, host.Found{Ticket: t})
	}
	return nil
}

// searchTalks finds the newest message of each talk that holds all words.
func (s *Store) searchTalks(ctx context.Context, q host.Search) (said map[int64]string, whole bool, err error) {
	said = map[int64]string{}
	if len(q.Words) == 0 {
		return said, true, nil
	}
	lines, err := one(ctx, s, scanInt, countLines)
	if err != nil {
		return nil, false, err
	}
	take := func(row rowScanner) (_ struct{}, err error) {
		var conversation int64
		var body []byte
		if err := row.Scan(&conversation, &body); err != nil {
			return struct{}{}, err
		}
		if _, ok := said[conversation]; ok || !holds(lowered(body), q.Words) { // JSON leaves letters as they are
			return struct{}{}, nil
		}
		var m engine.Message
		if json.Unmarshal(body, &m) == nil && holds(lowered([]byte(m.Text)), q.Words) {
			said[conversation] = m.Text
		}
		return struct{}{}, nil
	}
	_, err = query(ctx, s, take, newestLines, q.Lines)
	return said, lines <= int64(q.Lines), err
}

func matches(t desk.Ticket, state []byte, q host.Search) bool {
	if slices.Contains(q.Numbers, t.Number) || t.Topic != "" && slices.Contains(q.Topics, t.Topic) {
		return true
	}
	if q.Digits != "" && strings.Contains(digitsOf(t.Number), q.Digits) {
		return true
	}
	if len(q.Words) == 0 {
		return false
	}
	return holds(lowered([]byte(t.Subject)), q.Words) || holds(lowered(state), q.Words) && holds(lowered([]byte(nameIn(state))), q.Words)
}

// nameIn is the citizen's name in the state of a talk.
func nameIn(state []byte) string {
	var c struct {
		Slots []engine.Slot `json:"slots"`
	}
	if json.Unmarshal(state, &c) != nil {
		return ""
	}
	for _, slot := range c.Slots {
		if slot.Kind == string(answer.FullName) {
			return slot.Value
		}
	}
	return ""
}

func digitsOf(number string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, number)
}

func lowered(text []byte) []byte {
	return bytes.ReplaceAll(bytes.ToLower(text), []byte("ё"), []byte("е"))
}

func holds(text []byte, words []string) bool {
	for _, w := range words {
		if !bytes.Contains(text, []byte(w)) {
			return false
		}
	}
	return true
}
