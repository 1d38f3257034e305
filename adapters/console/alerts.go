package console

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"

	"spravka/engine"
)

// alert is something that an operator should hear of wherever they are in the console.
type alert struct {
	ID     string `json:"id"`   // the same alert has the same identifier: a browser tells nothing twice
	Kind   string `json:"kind"` // "new", "offer", "passed", "message" or "mention"
	Text   string `json:"text"`
	Number string `json:"number,omitempty"`
	URL    string `json:"url"`
}

// alertEvent tells what an operator should hear of, and how many tickets each view holds.
type alertEvent struct {
	Alerts []alert        `json:"alerts"`
	Tabs   map[string]int `json:"tabs"`
}

// happening is what may be an alert for somebody.
type happening struct {
	id       int64 // counts from 1 in each process
	at       time.Time
	kind     string
	number   string
	seq      int64 // of a message
	operator int64 // for whom it is, 0 for all who work in the ticket's queue
}

// What happened is kept for happeningsFor, at most happeningsKept of it: who was gone for longer is told by the times of
// the tickets and their last words.
const (
	happeningsFor  = 10 * time.Minute
	happeningsKept = 5000
)

// mark is a place among what has happened in one process.
type mark struct {
	process string // "" stands for none
	id      int64
}

func (m mark) String() string { return m.process + "-" + itoa(m.id) }

// markPattern is what follows a cursor; pages that were drawn by an older program have none.
const markPattern = `(?:\.([A-Z2-7]{8})-(\d{1,18}))?`

func parseMark(process, id string) mark {
	if process == "" {
		return mark{}
	}
	n, _ := strconv.ParseInt(id, 10, 64) // the pattern bounds it
	return mark{process, n}
}

// happened finds out what has changed from one snapshot to the next, and gives the new one its mark. The caller holds x.mu.
func (x *inbox) happened(former, s *snapshot) {
	defer func() { s.mark = mark{x.process, x.newest} }()
	if former == nil {
		return
	}
	now := x.clock()
	add := func(h happening) { x.add(now, h) }
	for _, k := range s.cases {
		before := former.by[k.Number]
		if before == k {
			continue
		}
		if k.Operator == 0 && before == nil {
			add(happening{kind: "new", number: k.Number})
		}
		if to := k.OfferedTo; k.Operator == 0 && to != 0 && (before == nil || before.OfferedTo != to) {
			add(happening{kind: "offer", number: k.Number, operator: to, seq: k.Fence})
		}
		if k.Operator != 0 && k.LastBy == engine.Citizen && (before == nil || k.Seq > before.Seq) {
			add(happening{kind: "message", number: k.Number, operator: k.Operator, seq: k.Seq})
		}
	}
	for operator, n := range s.unread {
		if n > former.unread[operator] {
			add(happening{kind: "mention", operator: operator})
		}
	}
	old := max(0, len(x.events)-happeningsKept)
	for old < len(x.events) && now.Sub(x.events[old].at) > happeningsFor {
		old++
	}
	x.events = slices.Delete(x.events, 0, old)
}

func (x *inbox) add(now time.Time, h happening) {
	x.newest++
	h.id, h.at = x.newest, now
	x.events = append(x.events, h)
}

// passed tells an operator that a colleague has given them a ticket; the next snapshot carries it.
func (x *inbox) passed(number string, operator int64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.add(x.clock(), happening{kind: "passed", number: number, operator: operator})
}

// since returns what has happened after a mark up to another; ok is false if not all of it is known any more, or if the
// mark is of another process.
func (x *inbox) since(from, to mark) (all []happening, ok bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if from.process != x.process || from.id > to.id || from.id < x.newest-int64(len(x.events)) {
		return nil, false
	}
	at := func(id int64) int {
		i, _ := slices.BinarySearchFunc(x.events, id+1, func(h happening, id int64) int { return cmp.Compare(h.id, id) })
		return i
	}
	return slices.Clone(x.events[at(from.id):at(to.id)]), true
}

// bell finds what is new for an operator.
type bell struct {
	heard mark // up to which everything was told
}

// alertsMost bounds what is told at once: after a long absence nobody needs each of a hundred.
const alertsMost = 20

// ring returns what is new since it rang last; the first time, since the browser's mark, or, if that is of another process
// or too old, since the moment up to which the browser knows.
func (b *bell) ring(c *Console, v *visit, who viewer, s *snapshot, from mark, since time.Time) []alert {
	if b.heard.process != "" {
		from = b.heard
	}
	if from == s.mark {
		b.heard = s.mark
		return nil
	}
	events, ok := c.inbox.since(from, s.mark)
	var alerts []alert
	if !ok && b.heard.process == "" {
		alerts = c.missed(v, who, s, since)
	}
	b.heard = s.mark
	for _, h := range events {
		k := s.by[h.number]
		switch {
		case h.kind == "mention":
			if h.operator == who.ID {
				alerts = append(alerts, alert{ID: "mention:" + mark{s.mark.process, h.id}.String(), Kind: h.kind,
					Text: word(v.locale, "alert.mention"), URL: listFilter{Page: 1}.URL(viewMentions)})
			}
		case k == nil: // it has ended since
		case h.kind == "new" && k.Operator == 0 && k.OfferedTo != who.ID && who.in(viewGroup, &k.Ticket):
			alerts = append(alerts, c.alertOf(v, h.kind, k, h.number))
		case h.operator != who.ID:
		case h.kind == "offer" && k.Operator == 0 && k.OfferedTo == who.ID:
			alerts = append(alerts, c.alertOf(v, h.kind, k, fmt.Sprintf("%s:%d", h.number, h.seq)))
		case h.kind == "passed" && k.Operator == who.ID:
			alerts = append(alerts, c.alertOf(v, h.kind, k, mark{s.mark.process, h.id}.String()))
		case h.kind == "message" && k.Operator == who.ID:
			alerts = append(alerts, c.alertOf(v, h.kind, k, fmt.Sprintf("%s:%d", h.number, h.seq)))
		}
	}
	return alerts[max(0, len(alerts)-alertsMost):]
}

// missed is what a browser has not heard that was away while the program was started anew, or for very long.
func (c *Console) missed(v *visit, who viewer, s *snapshot, since time.Time) (alerts []alert) {
	if since.IsZero() {
		return nil
	}
	for _, k := range s.cases {
		switch {
		case k.Operator == 0 && k.OfferedTo == who.ID:
			alerts = append(alerts, c.alertOf(v, "offer", k, fmt.Sprintf("%s:%d", k.Number, k.Fence)))
		case k.Operator == 0 && k.Opened.After(since) && who.in(viewGroup, &k.Ticket):
			alerts = append(alerts, c.alertOf(v, "new", k, k.Number))
		case k.Operator == who.ID && k.LastBy == engine.Citizen && k.LastAt.After(since):
			alerts = append(alerts, c.alertOf(v, "message", k, fmt.Sprintf("%s:%d", k.Number, k.Seq)))
		}
	}
	return alerts
}

func (c *Console) alertOf(v *visit, kind string, k *openCase, id string) alert {
	text := word(v.locale, "alert."+kind, "number", k.Number)
	if k.Urgent() {
		text = word(v.locale, "priority.urgent") + ". " + text
	}
	return alert{ID: kind + ":" + id, Kind: kind, Text: text, Number: k.Number, URL: ticketURL(k.Number)}
}

var streamCursorPattern = regexp.MustCompile(`^([0-9a-f]{24})\.(\d{1,15})` + markPattern + `$`)

// streamCursor is a list's digest, the moment of the newest thing in it, and the place among what has happened.
func streamCursor(digest string, s *snapshot) string {
	return digest + "." + itoa(s.last.UnixMilli()) + "." + s.mark.String()
}

// parseStreamCursor reads a cursor; of nonsense it makes one that knows nothing.
func parseStreamCursor(text string) (digest string, since time.Time, from mark) {
	m := streamCursorPattern.FindStringSubmatch(text)
	if m == nil {
		return "", time.Time{}, mark{}
	}
	ms, _ := strconv.ParseInt(m[2], 10, 64) // the pattern bounds it
	return m[1], time.UnixMilli(ms), parseMark(m[3], m[4])
}
