package console

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// moments writes times the way operators read them.
type moments struct {
	locale string
	zone   *time.Location
	now    func() time.Time
}

// day is the date: 22.11.2026.
func (m moments) day(t time.Time) string { return t.In(m.zone).Format(word(m.locale, "time.day")) }

// clock is the time of day: 15:04.
func (m moments) clock(t time.Time) string { return t.In(m.zone).Format("15:04") }

// moment is the time of day, with the date unless it is today, and with the year unless it is this one.
func (m moments) moment(t time.Time) string {
	t, now := t.In(m.zone), m.now().In(m.zone)
	switch {
	case t.Year() == now.Year() && t.YearDay() == now.YearDay():
		return m.clock(t)
	case t.Year() == now.Year():
		return t.Format(word(m.locale, "time.short")) + ", " + m.clock(t)
	}
	return m.day(t) + ", " + m.clock(t)
}

// stamp is the moment for machines.
func (m moments) stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// since is how long ago t was, in the two largest units. assets/since.js does the same, so that it goes on counting.
func (m moments) since(t time.Time) string { return m.span(m.now().Sub(t)) }

// span is a length of time in the two largest units.
func (m moments) span(d time.Duration) string {
	units := strings.Fields(word(m.locale, "time.units"))
	minutes := int(d.Minutes())
	unit := func(n, i int) string { return strconv.Itoa(n) + " " + units[i] }
	switch days, hours := minutes/(24*60), minutes/60%24; {
	case minutes < 1:
		return "<" + unit(1, 0)
	case minutes < 60:
		return unit(minutes, 0)
	case days == 0:
		return strings.TrimSuffix(unit(hours, 1)+" "+unit(minutes%60, 0), " "+unit(0, 0))
	default:
		return strings.TrimSuffix(unit(days, 2)+" "+unit(hours, 1), " "+unit(0, 1))
	}
}

// remaining is how much is left of a term, in words.
type remaining struct {
	Due   time.Time
	Class string // "", "careful" or "danger": nothing is told by colour alone
	Text  string
}

// left counts down to a term. assets/since.js does the same, so that it goes on counting.
func (m moments) left(due time.Time) remaining {
	now := m.now()
	switch left := due.Sub(now); {
	case left < 0:
		return remaining{due, "danger", word(m.locale, "term.late", "time", m.span(-left))}
	case left < soon:
		return remaining{due, "careful", word(m.locale, "term.soon", "time", m.span(left))}
	default:
		return remaining{due, "", word(m.locale, "term.left", "time", m.span(left))}
	}
}

// byteSize writes the size of a file.
func byteSize(locale string, n int64) string {
	units := strings.Fields(word(locale, "bytes.units"))
	switch {
	case n < 1024:
		return fmt.Sprintf("%d %s", n, units[0])
	case n < 1024*1024:
		return fmt.Sprintf("%d %s", (n+512)/1024, units[1])
	default:
		text := fmt.Sprintf("%.1f %s", float64(n)/(1024*1024), units[2])
		if locale == "ru" {
			text = strings.Replace(text, ".", ",", 1)
		}
		return text
	}
}
