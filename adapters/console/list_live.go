package console

import (
	"encoding/json"
	"net/http"
)

// listEvent tells a list what has changed: the order of all rows, and those rows that look different.
type listEvent struct {
	Order []string          `json:"order"`
	Rows  map[string]string `json:"rows"` // number → HTML
	Pager string            `json:"pager"`
	Tabs  map[string]int    `json:"tabs,omitempty"` // view → count
}

// streamList follows the list. An event's identifier is a digest of the whole list with the place up to which alerts were
// told: a browser that comes back with the newest one has missed nothing, any other is sent all rows.
func (c *Console) streamList(w http.ResponseWriter, r *http.Request, v *visit) error {
	changed, stop := c.inbox.watch()
	defer stop()
	if _, err := c.inbox.fresh(r.Context()); err != nil {
		return err
	}
	f, who := c.filterOf(r), c.viewerOf(v)
	var seen *listPart // what this stream has sent
	var bell bell
	return c.follow(w, r, v, changed, 0, func(s *stream) error {
		snap := c.inbox.latest()
		counts := snap.counts(who)
		part := newPart(nil, pager{}, 0)
		if !within(f.View, viewSearch, viewMentions) { // those pages hold still
			var err error
			if part, err = c.part(r.Context(), v, who, f, snap); err != nil {
				return err
			}
		}
		shown, since, from := parseStreamCursor(s.last)
		now := listDigest(part.digest, counts)
		if alerts := bell.ring(c, v, who, snap, from, since); len(alerts) > 0 {
			if err := s.send("alerts", streamCursor(shown, snap), alertEvent{alerts, counts}); err != nil {
				return err
			}
		}
		if now == shown {
			seen = part
			return nil
		}
		delta, err := c.delta(v, who, seen, part)
		if err != nil {
			return err
		}
		tabs, err := json.Marshal(counts)
		if err != nil {
			return err
		}
		seen = part
		return s.sendText("list", streamCursor(now, snap), delta+`,"tabs":`+string(tabs)+"}")
	})
}
