package console

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

// ticketEvent tells the page of a ticket what is new: lines of the talk to append, and parts to replace.
type ticketEvent struct {
	Lines string            `json:"lines,omitempty"` // HTML of list items
	Parts map[string]string `json:"parts,omitempty"` // name → HTML
}

// cursor says how far a browser has come: the newest line it has, and the version of the conversation from which its
// parts were drawn.
func cursor(seq, version int64) string { return fmt.Sprintf("%d.%d", seq, version) }

var cursorPattern = regexp.MustCompile(`^(\d{1,18})\.(\d{1,18})$`)

func parseCursor(text string) (seq, version int64, ok bool) {
	m := cursorPattern.FindStringSubmatch(text)
	if m == nil {
		return 0, 0, false
	}
	seq, errSeq := strconv.ParseInt(m[1], 10, 64)
	version, errVersion := strconv.ParseInt(m[2], 10, 64)
	return seq, version, errSeq == nil && errVersion == nil
}

// livePage are at most how many lines one event carries.
const livePage = 100

// streamTicket follows a ticket and its talk. It begins to watch before it reads, so nothing falls between the two.
func (c *Console) streamTicket(w http.ResponseWriter, r *http.Request, v *visit) error {
	t, _, record, err := c.load(r.Context(), v, r.PathValue("number"))
	if err != nil {
		return err
	}
	if err := c.looked(r.Context(), v, t.Number, true); err != nil {
		return err
	}
	changed, stop := c.Conversations.Watch(t.Conversation)
	defer stop()
	return c.follow(w, r, v, changed, streamGap, func(s *stream) error {
		seq, version, ok := parseCursor(s.last)
		if !ok { // a stream without a place to go on from begins now
			seq, version = record.Seq, 0
		}
		return c.tellTicket(r, v, s, t.Number, seq, version)
	})
}

func (c *Console) tellTicket(r *http.Request, v *visit, s *stream, number string, seq, version int64) error {
	t, changes, record, err := c.load(r.Context(), v, number)
	if err != nil {
		return err
	}
	for {
		entries, err := c.Conversations.History(r.Context(), t.Conversation, seq, livePage)
		if err != nil {
			return err
		}
		more := len(entries) == livePage
		var event ticketEvent
		if len(entries) > 0 {
			seq = entries[len(entries)-1].Seq
			var lines strings.Builder
			for _, l := range c.readLines(v, entries) {
				text, err := c.draw(v.locale, "line", l)
				if err != nil {
					return err
				}
				lines.WriteString(text)
			}
			event.Lines = lines.String()
		}
		if !more && record.Version != version {
			version = record.Version
			if event.Parts, err = c.drawParts(v, c.ticketParts(r.Context(), v, t, changes, record)); err != nil {
				return err
			}
		}
		if event.Lines != "" || event.Parts != nil {
			if err := s.send("ticket", cursor(seq, version), event); err != nil {
				return err
			}
		}
		if !more {
			return nil
		}
	}
}

// parts are what the stream replaces on the page of a ticket: template and mark on the page have the same name. The
// box with the reply is none of them.
var parts = []string{"state", "actions", "known", "history"}

func (c *Console) drawParts(v *visit, p ticketPage) (map[string]string, error) {
	drawn := map[string]string{}
	for _, name := range parts {
		text, err := c.draw(v.locale, name, p)
		if err != nil {
			return nil, err
		}
		drawn[name] = text
	}
	return drawn, nil
}
