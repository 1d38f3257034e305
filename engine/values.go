package engine

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"spravka/engine/answer"
)

// Value fills a placeholder of a text. It is part of [flow.Values].
func (t *turn) Value(name, filter string, fact bool) string {
	if fact {
		if f := t.content.Facts[name]; f != nil {
			return f.In(t.locale.Name)
		}
		return ""
	}
	value, kind := t.lookup(name)
	switch filter {
	case "mask":
		if kind != "" {
			return literal(answer.Mask(kind, value))
		}
	case "term":
		return t.term(value)
	case "lower":
		return strings.ToLower(value)
	case "list":
		return t.list(value)
	}
	return t.display(kind, value)
}

// lookup finds a value by name: what the sentence was given, what the flow knows, what the citizen has told, what can be worked out.
func (t *turn) lookup(name string) (value string, kind answer.Kind) {
	for i := len(t.params) - 1; i >= 0; i-- {
		if t.params[i].name == name {
			return t.params[i].value, ""
		}
	}
	if s := t.slot(name); s != nil {
		return literal(s.Value), answer.Kind(s.Kind)
	}
	return t.computed(name), ""
}

// literal keeps the asterisks of a value from being read as bold: a register masks a number as "+7 9** ***-**-02", and a
// citizen may write anything.
func literal(value string) string {
	if !strings.Contains(value, "**") {
		return value
	}
	return asterisks.ReplaceAllStringFunc(value, func(run string) string { return strings.Repeat("•", len(run)) })
}

var asterisks = regexp.MustCompile(`\*\*+`)

func (t *turn) display(kind answer.Kind, value string) string {
	if kind != "" {
		return literal(answer.Display(kind, value, t.locale.Name))
	}
	if d, err := time.Parse(time.DateOnly, value); err == nil && len(value) == len(time.DateOnly) {
		return t.day(d)
	}
	if at, err := time.Parse(time.RFC3339, value); err == nil {
		return t.moment(at)
	}
	return value
}

// term is a register's word as citizens read it.
func (t *turn) term(value string) string {
	if w, ok := t.locale.Terms[value]; ok {
		return w
	}
	return value
}

// list shows a value of several parts, each on its own line.
func (t *turn) list(value string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(value, "; ") {
		if part = strings.TrimSpace(part); part != "" {
			b.WriteString("\n- ")
			b.WriteString(t.term(part))
		}
	}
	return strings.TrimPrefix(b.String(), "\n")
}

func (t *turn) computed(name string) string {
	switch name {
	case "hours.mode", "hours.until", "hours.next", "hours.staff":
		s := t.content.Calendar.At(t.now)
		switch name {
		case "hours.mode":
			return s.Mode
		case "hours.until":
			return t.moment(s.Until)
		case "hours.next":
			return s.Next
		}
		if s.NextStaff.IsZero() {
			return ""
		}
		return t.moment(s.NextStaff)
	case "now.date":
		return t.now.In(t.content.Calendar.Zone()).Format(time.DateOnly)
	case "channel":
		return t.c.Channel
	case "notice.fault", "notice.text":
		return t.faultNews(name)
	case "ticket", "ticket.queue":
		if k := t.openTicket(); k != nil {
			if name == "ticket" {
				return k.Number
			}
			return t.term(k.Queue)
		}
	}
	return ""
}

// environment is what conditions see. It is built only where one is decided.
func (t *turn) environment() map[string]any {
	env := map[string]any{"channel": t.c.Channel}
	s := t.content.Calendar.At(t.now)
	env["hours"] = map[string]any{"mode": s.Mode, "until": t.computed("hours.until"), "next": s.Next, "staff": t.computed("hours.staff")}
	env["notice"] = map[string]any{"fault": t.computed("notice.fault"), "text": t.computed("notice.text")}
	env["now"] = map[string]any{"date": t.computed("now.date")}
	if f := t.top(); f != nil {
		if fl := t.content.Flows[f.Flow]; fl != nil {
			for _, st := range fl.Steps {
				if st.Slot != "" {
					env[st.Slot] = ""
				}
				for _, p := range st.Save {
					env[p.Name] = ""
				}
			}
		}
	}
	env["ticket"] = t.computed("ticket")
	for _, sl := range t.c.Slots {
		env[sl.Name] = sl.Value
	}
	if f := t.top(); f != nil {
		for _, sl := range f.Slots {
			env[sl.Name] = sl.Value
		}
	}
	return env
}

// day writes a date as people say it: 1 December, and the year if it is another one.
func (t *turn) day(d time.Time) string {
	here := t.now.In(t.content.Calendar.Zone())
	month := t.locale.Terms["month."+strconv.Itoa(int(d.Month()))]
	if d.Year() == here.Year() {
		return t.sentence("moment.date", "days", strconv.Itoa(d.Day()), "value", month)
	}
	return t.sentence("moment.date_year", "days", strconv.Itoa(d.Day()), "value", month, "year", strconv.Itoa(d.Year()))
}

// moment writes a time as people say it, seen from now: 18:00, tomorrow at 09:00, on Monday, 30 November, at 09:00.
func (t *turn) moment(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	zone := t.content.Calendar.Zone()
	at, here := at.In(zone), t.now.In(zone)
	clock := at.Format("15:04")
	switch days(at) - days(here) {
	case 0:
		return t.sentence("moment.today", "value", clock)
	case 1:
		return t.sentence("moment.tomorrow", "value", clock)
	}
	return t.sentence("moment.later", "value", clock, "label", t.locale.Terms["weekday."+strconv.Itoa(int(at.Weekday()))], "days", t.day(at))
}

func days(t time.Time) int64 {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC).Unix() / 86400
}

// open reports whether somebody works in the queue now.
func (t *turn) open(queue string) bool { return t.content.Calendar.Open(queue, t.now) }
