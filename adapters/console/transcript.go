package console

import (
	"context"
	"encoding/json"

	"spravka/engine"
	"spravka/engine/host"
)

// linesShown is how many entries of a talk a page shows at once.
const linesShown = 200

// line is an entry of a talk, read.
type line struct {
	host.Entry
	By      engine.Author
	Message engine.Message
	Labels  []string // what was understood and decided, in words
	Day     string   // set on the first line of a day
	Broken  bool     // the entry can't be read
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
	Last    int64 // number of the newest line shown
	Earlier bool  // there are lines before
	From    int64 // where the window before this one begins
	Later   bool  // there are lines after
	Next    int64 // where the window after this one begins
}

// Live reports whether new lines belong at the end.
func (t talk) Live() bool { return !t.Later }

// readTalk reads the window that begins after the given entry; below zero means the newest one.
func (c *Console) readTalk(ctx context.Context, v *visit, record host.Record, after int64) (talk, error) {
	newest := max(0, record.Seq-linesShown)
	if after < 0 || after > newest {
		after = newest
	}
	entries, err := c.Conversations.History(ctx, record.ID, after, linesShown)
	if err != nil {
		return talk{}, err
	}
	t := talk{Lines: c.readLines(v, entries), Last: after, Earlier: after > 0, From: max(0, after-linesShown)}
	if len(entries) > 0 {
		t.Last = entries[len(entries)-1].Seq
	}
	t.Later, t.Next = t.Last < record.Seq, t.Last
	return t, nil
}

// readLines decodes entries and marks where a day begins. The first one begins one, too: what stands before it may be
// on another page.
func (c *Console) readLines(v *visit, entries []host.Entry) []line {
	m := moments{locale: v.locale, zone: c.config.Location, now: c.config.Now}
	day := ""
	var lines []line
	for _, e := range entries {
		l := readLine(e)
		l.Labels = c.labels(v.locale, e.Trace)
		if d := m.day(e.At); d != day {
			day, l.Day = d, d
		}
		lines = append(lines, l)
	}
	return lines
}

// labels says in a few words what the assistant made of a message.
func (c *Console) labels(locale string, trace []byte) []string {
	if len(trace) == 0 {
		return nil
	}
	var d engine.Decided
	if err := json.Unmarshal(trace, &d); err != nil || d.Decision == "" {
		return nil
	}
	var labels []string
	if d.Decision != engine.DecideSilent { // while a person answers, the assistant's silence goes without saying
		labels = append(labels, wordOr(locale, "decision.", string(d.Decision)))
	}
	for i, topic := range d.Topics {
		if i == 3 {
			break
		}
		labels = append(labels, c.term(locale, topic))
	}
	return labels
}
