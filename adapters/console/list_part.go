package console

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// partKey names a page of a list in a snapshot: all who see the same tickets under it share it.
type partKey struct {
	filter   listFilter
	locale   string
	audience string
}

// listPart is a page of a list as a snapshot has it. It never changes.
type listPart struct {
	id     int64 // no other in this process has it
	second int64 // in which it was made: what is late depends on the time
	rows   []row // without what depends on who looks
	pager  pager
	digest string // of the rows; the same in every process

	mu     sync.Mutex
	deltas map[deltaKey]string
}

// deltaKey names an event: what turns one part into another, for somebody who has or is offered tickets in it, or for all others.
type deltaKey struct {
	before int64
	mine   int64
}

var partIDs atomic.Int64

// audience is the same for viewers who see the same tickets in a view.
func (s *snapshot) audience(who viewer, view string) string {
	all := who.All
	if !all {
		all = true
		for queue := range s.tally {
			all = all && slices.Contains(who.Queues, queue)
		}
	}
	switch {
	case view == viewMine:
		return itoa(who.ID)
	case view == viewGroup, view == viewUnassigned && !all:
		return strings.Join(who.Queues, " ")
	case all:
		return ""
	}
	return itoa(who.ID) // one's own are seen whatever their queue
}

// part is the part of a list that its page shows.
func (c *Console) part(ctx context.Context, v *visit, who viewer, f listFilter, s *snapshot) (*listPart, error) {
	if f.View == viewSolved {
		rows, p, err := c.endedRows(ctx, v, who, f)
		return newPart(rows, p, 0), err
	}
	now := c.config.Now()
	key := partKey{f, v.locale, s.audience(who, f.View)}
	s.mu.Lock()
	defer s.mu.Unlock() // whoever waits here waits for what they need
	p := s.parts[key]
	if p != nil && p.second == now.Unix() {
		return p, nil
	}
	rows, pager := c.rows(v, who, f, s, now)
	fresh := newPart(rows, pager, now.Unix())
	if p != nil && p.digest == fresh.digest && p.pager == fresh.pager { // the same as before: so are its events
		fresh.id = p.id
	}
	if len(s.parts) >= 1000 { // of so many filters none is asked for often
		clear(s.parts)
	}
	s.parts[key] = fresh
	return fresh, nil
}

func newPart(rows []row, p pager, second int64) *listPart {
	h := sha256.New()
	for _, r := range rows {
		fmt.Fprintf(h, "%s=%s;", r.Number, r.print)
	}
	return &listPart{id: partIDs.Add(1), second: second, rows: rows, pager: p, digest: hex.EncodeToString(h.Sum(nil)), deltas: map[deltaKey]string{}}
}

// listDigest is of all that a list shows.
func listDigest(part string, counts map[string]int) string {
	h := sha256.New()
	h.Write([]byte(part))
	for _, view := range listViews {
		fmt.Fprintf(h, ";%s=%d", view, counts[view])
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// delta is the beginning of a [listEvent], up to its tabs, that turns one part into another; nil stands for nothing.
func (c *Console) delta(v *visit, who viewer, before, now *listPart) (string, error) {
	key := deltaKey{}
	prints := map[string]string{}
	if before != nil {
		key.before = before.id
		for _, r := range before.rows {
			prints[r.Number] = r.print
		}
	}
	for _, r := range now.rows {
		if (r.Operator == who.ID || r.Operator == 0 && r.OfferedTo == who.ID) && prints[r.Number] != r.print {
			key.mine = who.ID
		}
	}
	now.mu.Lock()
	defer now.mu.Unlock()
	if text, ok := now.deltas[key]; ok {
		return text, nil
	}
	event := listEvent{Order: []string{}, Rows: map[string]string{}}
	for _, r := range now.rows {
		event.Order = append(event.Order, r.Number)
		if prints[r.Number] == r.print && before != nil {
			continue
		}
		var err error
		if event.Rows[r.Number], err = c.drawRow(v, r); err != nil {
			return "", err
		}
	}
	var err error
	if event.Pager, err = c.draw(v.locale, "pager", now.pager); err != nil {
		return "", err
	}
	var out strings.Builder
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false) // what reads it is JSON.parse
	if err := e.Encode(event); err != nil {
		return "", err
	}
	text := strings.TrimSuffix(out.String(), "}\n")
	now.deltas[key] = text
	return text, nil
}

// drawRows draws the rows of a page.
func (c *Console) drawRows(v *visit, rows []row) (template.HTML, error) {
	var all strings.Builder
	for _, r := range rows {
		text, err := c.drawRow(v, r)
		if err != nil {
			return "", err
		}
		all.WriteString(text)
	}
	return template.HTML(all.String()), nil // the template has escaped what others wrote
}

// drawRow draws a row for somebody, or takes what was drawn before for others.
func (c *Console) drawRow(v *visit, r row) (string, error) {
	r.Mine = r.Operator == v.operator.ID
	r.Offered = r.Operator == 0 && r.OfferedTo == v.operator.ID
	if r.of == nil {
		return c.draw(v.locale, "row", r)
	}
	key, minute := drawnKey{v.locale, r.Term, r.Mine, r.Offered}, c.config.Now().Unix()/60
	if d, ok := r.of.drawn.Load(key); ok && d.(drawnRow).minute == minute {
		return d.(drawnRow).html, nil
	}
	text, err := c.draw(v.locale, "row", r)
	if err == nil {
		r.of.drawn.Store(key, drawnRow{minute, text})
	}
	return text, err
}
