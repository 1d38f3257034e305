package console

import (
	"context"
	"errors"
	"strings"
	"time"

	reading "spravka/engine/answer"
	"spravka/engine/host"
)

// Bounds of a search.
const (
	searchTickets = 20_000
	searchLines   = 50_000
	searchTime    = 5 * time.Second
	searchLimit   = 200
)

// searchNote says how a search went.
type searchNote struct {
	Mistyped bool // the number's check digit is wrong
	Part     bool // older tickets and messages were not looked at, or more were found than are shown
	Short    bool // nothing to look for
	Late     bool // it took too long
}

// search finds what the query names. A number is understood in any spelling.
func (c *Console) search(ctx context.Context, v *visit, body *listPage) error {
	f := body.Filter
	body.Search = &searchNote{}
	q := host.Search{Words: wordsOf(f.Query), Tickets: searchTickets, Lines: searchLines, Limit: searchLimit}
	number := reading.Parse(reading.TicketNumber, f.Query, reading.Context{Now: c.config.Now(), Locale: v.locale})
	switch {
	case number.OK():
		q.Numbers, q.Words = []string{number.Value}, nil
	case number.Fit == reading.Strong && strings.Contains(number.Problem, "checksum"):
		body.Search.Mistyped = true
	}
	if len([]rune(f.Query)) >= 3 && numberPattern.MatchString(f.Query) && !number.OK() {
		q.Numbers = append(q.Numbers, strings.ToUpper(f.Query))
	}
	if digits := strings.Trim(f.Query, "- "); len(digits) >= 3 && len(digits) <= 9 && strings.Trim(digits, "0123456789") == "" {
		q.Digits = digits
	}
	if len(q.Words) > 0 {
		q.Topics = c.Content.Topics(v.locale, q.Words)
	}
	if len(q.Words) == 0 && len(q.Numbers) == 0 && q.Digits == "" {
		body.Search.Short = true
		return nil
	}
	if err := c.audit(ctx, v, "search", ""); err != nil { // not what was looked for: that may be a citizen's name
		return err
	}
	limited, cancel := context.WithTimeout(ctx, searchTime)
	defer cancel()
	result, err := c.Inbox.SearchTickets(limited, q)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		body.Search.Late = true
		return nil
	}
	if err != nil {
		return err
	}
	body.Search.Part = !result.Whole
	now := c.config.Now()
	for _, found := range result.Found {
		if !f.passes(&found.Ticket, now) || !v.sees(found.Queue, found.Operator) {
			continue
		}
		r := c.endedRow(ctx, v, found.Ticket)
		if found.Message != "" {
			r.Last, r.LastBy = excerpt(found.Message, q.Words), ""
		}
		body.Rows = append(body.Rows, r)
	}
	body.Pager = pager{From: 1, To: len(body.Rows), All: len(body.Rows)}
	return nil
}

// excerpt is the part of a message around the first of the words.
func excerpt(text string, words []string) string {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	at := 0
	if len(words) > 0 {
		low := strings.ReplaceAll(strings.ToLower(string(runes)), "ё", "е")
		if i := strings.Index(low, words[0]); i >= 0 {
			at = len([]rune(low[:i]))
		}
	}
	from := max(0, min(at, len(runes))-60)
	piece := cut(string(runes[from:]), 160)
	if from > 0 {
		piece = "…" + strings.TrimSpace(piece)
	}
	return piece
}
