package console

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"spravka/engine/host"
)

// ticketEvent tells the page of a ticket what is new: lines of the talk to append, and parts to replace.
type ticketEvent struct {
	Lines string            `json:"lines,omitempty"` // HTML of list items
	Parts map[string]string `json:"parts,omitempty"` // name → HTML
}

// cursor says how far a browser has come: the newest line it has, the version of the conversation from which its parts
// were drawn, the newest note, and up to when alerts were told (unix ms, and the place among what has happened).
type cursor struct {
	seq, version, note, heard int64
	mark                      mark
}

func (c cursor) String() string {
	text := fmt.Sprintf("%d.%d.%d.%d", c.seq, c.version, c.note, c.heard)
	if c.mark.process != "" {
		text += "." + c.mark.String()
	}
	return text
}

var cursorPattern = regexp.MustCompile(`^(\d{1,18})\.(\d{1,18})\.(\d{1,18})\.(\d{1,15})` + markPattern + `$`)

func parseCursor(text string) (c cursor, ok bool) {
	m := cursorPattern.FindStringSubmatch(text)
	if m == nil {
		return cursor{}, false
	}
	for i, n := range []*int64{&c.seq, &c.version, &c.note, &c.heard} {
		var err error
		if *n, err = strconv.ParseInt(m[i+1], 10, 64); err != nil {
			return cursor{}, false
		}
	}
	c.mark = parseMark(m[5], m[6])
	return c, true
}

// livePage are at most how many lines one event carries.
const livePage = 100

// ticketPoll is how often a quiet stream looks at what gives no hint: signs of life that run out, deliveries.
const ticketPoll = 5 * time.Second

// ticketStream is what a stream has told its browser besides what its cursor says.
type ticketStream struct {
	number  string
	talk    int64
	marks   string // deliveries
	present string
	bell    bell
	typed   atomic.Bool // the citizen writes
	stale   atomic.Bool // something but other tickets has changed
}

// streamTicket follows a ticket and its talk. It begins to watch before it reads, so nothing falls between the two.
func (c *Console) streamTicket(w http.ResponseWriter, r *http.Request, v *visit) error {
	t, _, record, err := c.load(r.Context(), v, r.PathValue("number"))
	if err != nil {
		return err
	}
	if err := c.looked(r.Context(), v, t.Number, true); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	turns, stop := c.Conversations.Watch(t.Conversation)
	defer stop()
	notes, stopNotes := c.noted.Watch(t.Number)
	defer stopNotes()
	desk, stopDesk := c.inbox.watch()
	defer stopDesk()
	c.Presence.Looking(t.Number, v.operator.ID)
	defer c.Presence.Left(t.Number, v.operator.ID)
	people, stopPeople := c.Presence.Watch(t.Number)
	defer stopPeople()
	typists, stopTyping := c.Conversations.WatchTyping(t.Conversation)
	defer stopTyping()
	poll := time.NewTicker(ticketPoll)
	defer poll.Stop()
	begun, err := c.inbox.fresh(ctx)
	if err != nil {
		return err
	}
	told := &ticketStream{number: t.Number, talk: t.Conversation}
	if !r.URL.Query().Has("around") { // the page shows nobody beside, and no message on its way
		told.marks = "{}"
		if told.present, err = c.draw(v.locale, "present", nil); err != nil {
			return err
		}
	}
	told.stale.Store(true)
	changed := make(chan struct{}, 1)
	for _, source := range []<-chan struct{}{turns, notes, people} {
		pass(ctx, changed, source, func(struct{}) bool { return told.look() })
	}
	pass(ctx, changed, poll.C, func(time.Time) bool { return told.look() })
	pass(ctx, changed, desk, func(struct{}) bool { return true })
	pass(ctx, changed, typists, told.typing)
	return c.follow(w, r, v, changed, streamGap, func(s *stream) error {
		at, ok := parseCursor(s.last)
		if !ok { // a stream without a place to go on from begins now
			at = cursor{seq: record.Seq, heard: c.config.Now().UnixMilli(), mark: begun.mark}
		}
		if !told.stale.Swap(false) { // of the whole desk's traffic this stream carries the alerts only
			return c.tellAlerts(v, s, told, at)
		}
		c.Presence.Looking(t.Number, v.operator.ID)
		if at, err = c.tellTicket(r, v, s, told, at); err != nil {
			return err
		}
		if err := c.tellAround(r, v, s, told); err != nil {
			return err
		}
		return c.tellAlerts(v, s, told, at)
	})
}

// look notes that this ticket is to be looked at.
func (told *ticketStream) look() bool {
	told.stale.Store(true)
	return true
}

// typing notes that the citizen writes.
func (told *ticketStream) typing(who host.Typist) bool {
	if who.Citizen {
		told.typed.Store(true)
		told.look()
	}
	return who.Citizen
}

// tellTicket sends what is new in the talk, on the ticket and among its notes.
func (c *Console) tellTicket(r *http.Request, v *visit, s *stream, told *ticketStream, at cursor) (cursor, error) {
	t, changes, record, err := c.load(r.Context(), v, told.number)
	if err != nil {
		return at, err
	}
	for {
		entries, err := c.Conversations.History(r.Context(), t.Conversation, at.seq, livePage)
		if err != nil {
			return at, err
		}
		more := len(entries) == livePage
		var event ticketEvent
		var notes []noteLine
		if !more {
			if notes, err = c.notesOf(r.Context(), v, t.Number, at.note); err != nil {
				return at, err
			}
		}
		if len(entries) > 0 || len(notes) > 0 {
			lines := c.weave(v, c.readLines(v, entries, c.deliveries(r.Context(), v, t.Conversation)), notes)
			if event.Lines, err = c.drawLines(v, lines); err != nil {
				return at, err
			}
		}
		if len(entries) > 0 {
			at.seq = entries[len(entries)-1].Seq
		}
		if len(notes) > 0 {
			at.note = notes[len(notes)-1].ID
			c.readMentions(r.Context(), v, t.Number)
		}
		if !more && record.Version != at.version {
			at.version = record.Version
			parts, err := c.ticketParts(r.Context(), v, t, changes, record)
			if err != nil {
				return at, err
			}
			if event.Parts, err = c.drawParts(v, parts); err != nil {
				return at, err
			}
		}
		if event.Lines != "" || event.Parts != nil {
			if err := s.send("ticket", at.String(), event); err != nil {
				return at, err
			}
		}
		if !more {
			return at, nil
		}
	}
}

func (c *Console) drawLines(v *visit, lines []line) (string, error) {
	var all strings.Builder
	for _, l := range lines {
		text, err := c.draw(v.locale, "line", l)
		if err != nil {
			return "", err
		}
		all.WriteString(text)
	}
	return all.String(), nil
}

// tellAround sends what is no part of the record: who is there, and what became of messages on their way.
func (c *Console) tellAround(r *http.Request, v *visit, s *stream, told *ticketStream) error {
	marks := map[string]string{}
	for seq, d := range c.deliveries(r.Context(), v, told.talk) {
		text, err := c.draw(v.locale, "delivery", d)
		if err != nil {
			return err
		}
		marks[itoa(seq)] = text
	}
	body, err := json.Marshal(marks)
	if err != nil {
		return err
	}
	if string(body) != told.marks {
		if err := s.aside("marks", marks); err != nil {
			return err
		}
		told.marks = string(body)
	}
	if told.typed.Swap(false) {
		if err := s.aside("typing", struct{}{}); err != nil {
			return err
		}
	}
	present, err := c.draw(v.locale, "present", c.present(r.Context(), v, told.number))
	if err != nil {
		return err
	}
	if present != told.present {
		if err := s.aside("present", map[string]string{"html": present}); err != nil {
			return err
		}
		told.present = present
	}
	return nil
}

// tellAlerts sends what the operator should hear of other tickets.
func (c *Console) tellAlerts(v *visit, s *stream, told *ticketStream, at cursor) error {
	snap := c.inbox.latest()
	alerts := told.bell.ring(c, v, c.viewerOf(v), snap, at.mark, time.UnixMilli(at.heard))
	if len(alerts) == 0 {
		return nil
	}
	at.heard, at.mark = max(at.heard, snap.last.UnixMilli()), snap.mark
	return s.send("alerts", at.String(), alertEvent{alerts, nil})
}

// parts are what the stream replaces on the page of a ticket: template and mark on the page have the same name. The
// boxes in which something is written are none of them.
var parts = []string{"glance", "state", "actions", "known", "own", "history"}

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
