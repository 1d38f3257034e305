package console

import (
	"context"
	"encoding/json"
	"slices"

	"spravka/engine"
	"spravka/engine/host"
)

// linesShown is how many entries of a talk a page shows at once.
const linesShown = 200

// line is an entry of a talk, read, or a note between two.
type line struct {
	host.Entry
	By       engine.Author
	Message  engine.Message
	Why      *why      // what was understood and decided
	Day      string    // set on the first line of a day
	Broken   bool      // the entry can't be read
	Delivery *delivery // what is known about it on its way, nil if it has arrived
	Note     *noteLine // instead of all of the above
}

// delivery says in words what became of a message.
type delivery struct {
	State host.OutboxState
	Text  string
}

// readLine decodes an entry. What can't be read is shown as that and does not hide the rest.
func readLine(e host.Entry) line {
	l := line{Entry: e, By: e.Author}
	if err := json.Unmarshal(e.Body, &l.Message); err != nil {
		l.Broken, l.Message = true, engine.Message{}
	}
	return l
}

// talk is the part of a conversation that a page shows.
type talk struct {
	Lines   []line
	Last    int64 // number of the newest entry shown
	Note    int64 // number of the newest note
	Earlier bool  // there are lines before
	From    int64 // where the window before this one begins
	Later   bool  // there are lines after
	Next    int64 // where the window after this one begins
}

// Live reports whether new lines belong at the end.
func (t talk) Live() bool { return !t.Later }

// readTalk reads the window that begins after the given entry, with the notes of its time; below zero means the newest
// one.
func (c *Console) readTalk(ctx context.Context, v *visit, number string, record host.Record, after int64) (talk, error) {
	newest := max(0, record.Seq-linesShown)
	if after < 0 || after > newest {
		after = newest
	}
	entries, err := c.Conversations.History(ctx, record.ID, after, linesShown)
	if err != nil {
		return talk{}, err
	}
	notes, err := c.notesOf(ctx, v, number, 0)
	if err != nil {
		return talk{}, err
	}
	t := talk{Last: after, Earlier: after > 0, From: max(0, after-linesShown)}
	if len(entries) > 0 {
		t.Last = entries[len(entries)-1].Seq
	}
	t.Later, t.Next = t.Last < record.Seq, t.Last
	if len(notes) > 0 {
		t.Note = notes[len(notes)-1].ID
	}
	lines := c.readLines(v, entries, c.deliveries(ctx, v, record.ID))
	notes = slices.DeleteFunc(notes, func(n noteLine) bool { // those of other windows
		return len(lines) > 0 && (t.Earlier && n.At.Before(lines[0].At) || t.Later && n.At.After(lines[len(lines)-1].At))
	})
	t.Lines = c.weave(v, lines, notes)
	return t, nil
}

// readLines decodes entries.
func (c *Console) readLines(v *visit, entries []host.Entry, on map[int64]*delivery) []line {
	var lines []line
	for _, e := range entries {
		l := readLine(e)
		l.Why = c.why(v.locale, e.Trace)
		l.Delivery = on[e.Seq]
		lines = append(lines, l)
	}
	return lines
}

// weave puts notes between the lines of a talk by their time, and marks where a day begins. The first one begins one,
// too: what stands before it may be on another page.
func (c *Console) weave(v *visit, lines []line, notes []noteLine) []line {
	var all []line
	for len(lines) > 0 || len(notes) > 0 {
		if len(notes) > 0 && (len(lines) == 0 || notes[0].At.Before(lines[0].At)) {
			n := notes[0]
			all, notes = append(all, line{Entry: host.Entry{At: n.At}, Note: &n}), notes[1:]
			continue
		}
		all, lines = append(all, lines[0]), lines[1:]
	}
	m := c.moments(v.locale)
	day := ""
	for i := range all {
		if d := m.day(all[i].At); d != day {
			day, all[i].Day = d, d
		}
	}
	return all
}

func (c *Console) moments(locale string) moments {
	return moments{locale: locale, zone: c.config.Location, now: c.config.Now}
}

// deliveries says what is known about the messages on their way. A talk is worth showing without it.
func (c *Console) deliveries(ctx context.Context, v *visit, conversation int64) map[int64]*delivery {
	pending, err := c.Inbox.Deliveries(ctx, conversation)
	if err != nil && ctx.Err() == nil {
		c.config.Log.WarnContext(ctx, "console: deliveries can't be read", "conversation", conversation, "error", err)
	}
	on := map[int64]*delivery{}
	for _, d := range pending {
		text := word(v.locale, "delivery."+string(d.State))
		if d.State == host.Failed && d.Error != "" {
			text += ": " + cut(d.Error, 200)
		}
		on[d.Seq] = &delivery{d.State, text}
	}
	return on
}
