package console

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
)

// listEvent tells a list what has changed: the order of all rows, and those rows that look different.
type listEvent struct {
	Order []string          `json:"order"`
	Rows  map[string]string `json:"rows"` // number → HTML
	Count string            `json:"count"`
}

// streamList follows the list. An event's identifier is a digest of the whole list: a browser that comes back with the
// newest one has missed nothing, any other is sent all rows.
func (c *Console) streamList(w http.ResponseWriter, r *http.Request, v *visit) error {
	changed, stop := c.Conversations.WatchTickets()
	defer stop()
	f := c.filterOf(r)
	var seen map[string]string // what this stream has sent: number → digest
	return c.follow(w, r, v, changed, func(s *stream) error {
		rows, _, err := c.rows(r.Context(), v, f)
		if err != nil {
			return err
		}
		digests, id := prints(rows)
		if id == s.last {
			seen = digests
			return nil
		}
		event := listEvent{Order: []string{}, Rows: map[string]string{}, Count: word(v.locale, "list.count", "n", len(rows))}
		for _, row := range rows {
			event.Order = append(event.Order, row.Number)
			if seen[row.Number] == digests[row.Number] {
				continue
			}
			if event.Rows[row.Number], err = c.draw(v.locale, "row", row); err != nil {
				return err
			}
		}
		seen = digests
		return s.send("list", id, event)
	})
}

// prints returns a digest of each row and one of the list.
func prints(rows []row) (digests map[string]string, all string) {
	digests = map[string]string{}
	whole := sha256.New()
	for _, row := range rows {
		text, err := json.Marshal(row)
		if err != nil { // rows are made of strings, numbers and times: nothing in them can fail
			text = []byte(row.Number)
		}
		sum := sha256.Sum256(text)
		digests[row.Number] = hex.EncodeToString(sum[:])
		whole.Write(sum[:])
	}
	return digests, hex.EncodeToString(whole.Sum(nil)[:12])
}
