package console

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"spravka/engine"
)

// listEvent tells a list what has changed: the order of all rows, and those rows that look different.
type listEvent struct {
	Order []string          `json:"order"`
	Rows  map[string]string `json:"rows"` // number → HTML
	Tabs  map[string]int    `json:"tabs"` // view → count
	Pager string            `json:"pager"`
}

// alert is something that an operator should hear of wherever they are in the console.
type alert struct {
	ID     string `json:"id"`   // the same alert has the same identifier: a browser tells nothing twice
	Kind   string `json:"kind"` // "new", "message" or "mention"
	Text   string `json:"text"`
	Number string `json:"number,omitempty"`
	URL    string `json:"url"`
}

// alertEvent tells what an operator should hear of, and how many tickets each view holds.
type alertEvent struct {
	Alerts []alert        `json:"alerts"`
	Tabs   map[string]int `json:"tabs"`
}

// streamList follows the list. An event's identifier is a digest of the whole list with the moment up to which alerts
// were told: a browser that comes back with the newest one has missed nothing, any other is sent all rows.
func (c *Console) streamList(w http.ResponseWriter, r *http.Request, v *visit) error {
	changed, stop := c.inbox.watch()
	defer stop()
	if _, err := c.inbox.fresh(r.Context()); err != nil {
		return err
	}
	f, who := c.filterOf(r), c.viewerOf(v)
	var seen map[string]string // what this stream has sent: number → digest
	var bell bell
	return c.follow(w, r, v, changed, 0, func(s *stream) error {
		snap := c.inbox.latest()
		tabs := c.tabs(f, who, snap)
		var rows []row
		var p pager
		if !within(f.View, viewSearch, viewMentions) { // those pages hold still
			var err error
			if rows, p, err = c.rows(r.Context(), v, who, f, snap); err != nil {
				return err
			}
		}
		shown, since := parseStreamCursor(s.last)
		now := digest(rows, tabs)
		id := streamCursor(now, snap)
		alerts := bell.ring(c, v, who, snap, since)
		if len(alerts) > 0 {
			if err := s.send("alerts", streamCursor(shown, snap), alertEvent{alerts, countsOf(tabs)}); err != nil {
				return err
			}
		}
		prints := printsOf(rows)
		if now == shown {
			seen = prints
			return nil
		}
		event := listEvent{Order: []string{}, Rows: map[string]string{}, Tabs: countsOf(tabs)}
		var err error
		for _, row := range rows {
			event.Order = append(event.Order, row.Number)
			if seen[row.Number] == prints[row.Number] {
				continue
			}
			if event.Rows[row.Number], err = c.drawRow(v, row); err != nil {
				return err
			}
		}
		if event.Pager, err = c.draw(v.locale, "pager", p); err != nil {
			return err
		}
		seen = prints
		return s.send("list", id, event)
	})
}

// drawRow draws a row, or takes what another stream has drawn. Nothing in it tells the time but how long somebody has
// waited, which the browser counts itself.
func (c *Console) drawRow(v *visit, r row) (string, error) {
	if r.of == nil {
		return c.draw(v.locale, "row", r)
	}
	key := drawnKey{v.locale, r.Term, r.Mine}
	if text, ok := r.of.drawn.Load(key); ok {
		return text.(string), nil
	}
	text, err := c.draw(v.locale, "row", r)
	if err == nil {
		r.of.drawn.Store(key, text)
	}
	return text, err
}

func countsOf(tabs []tab) map[string]int {
	n := map[string]int{}
	for _, t := range tabs {
		n[t.View] = t.Count
	}
	return n
}

func printsOf(rows []row) map[string]string {
	prints := map[string]string{}
	for _, r := range rows {
		prints[r.Number] = r.print
	}
	return prints
}

// digest is of all that a list shows; the same in every process.
func digest(rows []row, tabs []tab) string {
	h := sha256.New()
	for _, r := range rows {
		fmt.Fprintf(h, "%s=%s;", r.Number, r.print)
	}
	for _, t := range tabs {
		fmt.Fprintf(h, "%s=%d;", t.View, t.Count)
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// streamCursor is a list's digest and the moment of the newest thing in it.
func streamCursor(digest string, s *snapshot) string {
	return digest + "." + strconv.FormatInt(s.last.UnixMilli(), 10)
}

var streamCursorPattern = regexp.MustCompile(`^([0-9a-f]{24})\.(\d{1,15})$`)

// parseStreamCursor reads a cursor; of nonsense it makes one that knows nothing.
func parseStreamCursor(text string) (digest string, since time.Time) {
	m := streamCursorPattern.FindStringSubmatch(text)
	if m == nil {
		return "", time.Time{}
	}
	ms, _ := strconv.ParseInt(m[2], 10, 64) // the pattern bounds it
	return m[1], time.UnixMilli(ms)
}

// bell finds what is new for an operator from snapshot to snapshot.
type bell struct {
	heard *snapshot // up to which everything was told
}

// alertsMost bounds what is told at once: after a long absence nobody needs each of a hundred.
const alertsMost = 20

// ring returns what is new since the last snapshot; at the first one, since the moment up to which the browser knows.
func (b *bell) ring(c *Console, v *visit, who viewer, s *snapshot, since time.Time) []alert {
	alerts := []alert{}
	if s == b.heard {
		return alerts
	}
	after := func(at time.Time) bool { return !since.IsZero() && at.After(since) }
	for _, k := range s.cases {
		var before *openCase
		opened, written := after(k.Opened), after(k.LastAt)
		if b.heard != nil {
			if before = b.heard.by[k.Number]; before == k {
				continue
			}
			opened, written = before == nil, before == nil || k.Seq > before.Seq
		}
		switch {
		case k.Operator == 0 && opened && who.in(viewGroup, &k.Ticket):
			alerts = append(alerts, c.alertOf(v, "new", k, k.Number))
		case k.Operator == who.ID && k.LastBy == engine.Citizen && written:
			alerts = append(alerts, c.alertOf(v, "message", k, fmt.Sprintf("%s:%d", k.Number, k.Seq)))
		}
	}
	if unread := s.unread[who.ID]; b.heard != nil && unread > b.heard.unread[who.ID] {
		alerts = append(alerts, alert{ID: fmt.Sprintf("mentions:%d:%d", unread, c.config.Now().UnixMilli()), Kind: "mention",
			Text: word(v.locale, "alert.mention"), URL: listFilter{Page: 1}.URL(viewMentions)})
	}
	b.heard = s
	return alerts[max(0, len(alerts)-alertsMost):]
}

func (c *Console) alertOf(v *visit, kind string, k *openCase, id string) alert {
	text := word(v.locale, "alert."+kind, "number", k.Number)
	if k.Urgent() {
		text = word(v.locale, "priority.urgent") + ". " + text
	}
	return alert{ID: kind + ":" + id, Kind: kind, Text: text, Number: k.Number, URL: ticketURL(k.Number)}
}
