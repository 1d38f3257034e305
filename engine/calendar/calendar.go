// Package calendar knows when people work: hours by weekday, public holidays, and which queue has somebody now.
package calendar

import (
	"fmt"
	"slices"
	"time"
)

// Schedule is the working week as editors write it.
type Schedule struct {
	Zone    string   `yaml:"zone"` // IANA name
	Periods []Period `yaml:"periods"`
	Always  []string `yaml:"always"` // queues that have somebody at any hour
}

// Period is a span of a day in which people answer.
type Period struct {
	Days   string   `yaml:"days"` // "working" or "off"
	From   string   `yaml:"from"` // 15:04
	To     string   `yaml:"to"`   // 15:04, after From
	Mode   string   `yaml:"mode"`
	Queues []string `yaml:"queues"`

	from, to time.Duration
}

// Days is the production calendar as editors write it.
type Days struct {
	KnownUntil string   `yaml:"known_until"`
	Sources    []string `yaml:"sources"`
	Off        []Day    `yaml:"off"`
	Working    []Day    `yaml:"working"`
}

// Day is an exception from the rule that Saturdays and Sundays are off.
type Day struct {
	Day string `yaml:"day"` // 2006-01-02
	Why string `yaml:"why"`
}

// Automatic is the mode in which nobody but the bot answers.
const Automatic = "automatic"

// Calendar answers questions about working time.
type Calendar struct {
	zone       *time.Location
	periods    []Period
	always     []string
	exceptions map[string]bool // date → is a working day
	knownUntil time.Time
}

// New makes a calendar. Errors name what is wrong in the files.
func New(s Schedule, d Days) (*Calendar, error) {
	zone, err := time.LoadLocation(s.Zone)
	if err != nil || s.Zone == "" {
		return nil, fmt.Errorf("zone: %q is no time zone; write for instance Europe/Moscow", s.Zone)
	}
	c := &Calendar{zone: zone, always: s.Always, exceptions: map[string]bool{}}
	for i, p := range s.Periods {
		if p.Days != "working" && p.Days != "off" {
			return nil, fmt.Errorf("period %d: days is %q; it can be working or off", i+1, p.Days)
		}
		if p.from, err = clock(p.From); err == nil {
			p.to, err = clock(p.To)
		}
		if err != nil || p.to <= p.from || p.Mode == "" {
			return nil, fmt.Errorf("period %d: it needs from, a later to (both as 09:00) and a mode", i+1)
		}
		c.periods = append(c.periods, p)
	}
	add := func(list []Day, working bool) error {
		for _, e := range list {
			if _, err := time.Parse(time.DateOnly, e.Day); err != nil {
				return fmt.Errorf("calendar: %q is no date; write it as 2027-01-31", e.Day)
			}
			c.exceptions[e.Day] = working
		}
		return nil
	}
	if err := add(d.Off, false); err != nil {
		return nil, err
	}
	if err := add(d.Working, true); err != nil {
		return nil, err
	}
	if c.knownUntil, err = time.ParseInLocation(time.DateOnly, d.KnownUntil, zone); err != nil {
		return nil, fmt.Errorf("calendar: known_until is %q, which is no date", d.KnownUntil)
	}
	return c, nil
}

func clock(s string) (time.Duration, error) {
	if s == "24:00" {
		return 24 * time.Hour, nil
	}
	t, err := time.Parse("15:04", s)
	if err != nil {
		return 0, err
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, nil
}

// State is what holds at a moment.
type State struct {
	Mode      string    // of the period, or Automatic
	Until     time.Time // when the mode ends
	Next      string    // the mode after it
	NextStaff time.Time // when people answer again; zero if somebody does now
}

// Zone returns the zone in which people work.
func (c *Calendar) Zone() *time.Location { return c.zone }

// KnownUntil returns the last day of which the public holidays are known.
func (c *Calendar) KnownUntil() time.Time { return c.knownUntil }

// Working reports whether the day of t is a working day.
func (c *Calendar) Working(t time.Time) bool {
	t = t.In(c.zone)
	if w, ok := c.exceptions[t.Format(time.DateOnly)]; ok {
		return w
	}
	return t.Weekday() != time.Saturday && t.Weekday() != time.Sunday
}

// edge is a moment at which a period begins or ends.
type edge struct {
	at     time.Time
	period *Period // that begins here; nil for an end
}

func (c *Calendar) period(t time.Time) *Period {
	t = t.In(c.zone)
	days := "off"
	if c.Working(t) {
		days = "working"
	}
	// The clock on the wall decides, not the time passed since midnight: they differ on a day of a clock change.
	at := time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute + time.Duration(t.Second())*time.Second + time.Duration(t.Nanosecond())
	for i := range c.periods {
		p := &c.periods[i]
		if p.Days == days && at >= p.from && at < p.to {
			return p
		}
	}
	return nil
}

// edges lists the moments after t, within the given number of days, at which something changes.
func (c *Calendar) edges(t time.Time, days int) []edge {
	t = t.In(c.zone)
	var out []edge
	for d := range days {
		day := time.Date(t.Year(), t.Month(), t.Day()+d, 0, 0, 0, 0, c.zone)
		kind := "off"
		if c.Working(day) {
			kind = "working"
		}
		for i := range c.periods {
			p := &c.periods[i]
			if p.Days != kind {
				continue
			}
			for _, h := range []time.Duration{p.from, p.to} {
				at := time.Date(day.Year(), day.Month(), day.Day(), int(h/time.Hour), int(h%time.Hour/time.Minute), 0, 0, c.zone)
				if at.After(t) {
					out = append(out, edge{at, c.period(at)})
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b edge) int { return a.at.Compare(b.at) })
	return out
}

// lookahead covers the longest row of days without people that a calendar can hold.
const lookahead = 30

// At returns what holds at t.
func (c *Calendar) At(t time.Time) State {
	now := c.period(t)
	s := State{Mode: Automatic, Next: Automatic}
	if now != nil {
		s.Mode = now.Mode
	}
	for _, e := range c.edges(t, lookahead) {
		mode := Automatic
		if e.period != nil {
			mode = e.period.Mode
		}
		if s.Until.IsZero() && mode != s.Mode {
			s.Until, s.Next = e.at, mode
		}
		if now == nil && s.NextStaff.IsZero() && e.period != nil {
			s.NextStaff = e.at
		}
		if !s.Until.IsZero() && (now != nil || !s.NextStaff.IsZero()) {
			break
		}
	}
	return s
}

// Open reports whether somebody works in the queue at t.
func (c *Calendar) Open(queue string, t time.Time) bool {
	if slices.Contains(c.always, queue) {
		return true
	}
	p := c.period(t)
	return p != nil && slices.Contains(p.Queues, queue)
}

// NextOpen returns t itself if somebody works in the queue then, otherwise when somebody does; zero if nobody ever does.
func (c *Calendar) NextOpen(queue string, t time.Time) time.Time {
	if c.Open(queue, t) {
		return t
	}
	for _, e := range c.edges(t, lookahead) {
		if e.period != nil && slices.Contains(e.period.Queues, queue) {
			return e.at
		}
	}
	return time.Time{}
}
