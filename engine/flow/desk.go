package flow

import (
	"fmt"
	"reflect"
	"time"

	"spravka/engine/desk"
)

// rawDesk is flows/desk.yaml. What is left out is as [desk.Default] says.
type rawDesk struct {
	Assign       string `yaml:"assign"`
	AcceptWithin string `yaml:"accept_within"`
	MaxLapses    *int   `yaml:"max_lapses"`
	OfflineAfter string `yaml:"offline_after"`
	AwayAfter    string `yaml:"away_after"`
	StarveAfter  string `yaml:"starve_after"`
	ReopenWithin string `yaml:"reopen_within"`
	WarnBefore   string `yaml:"warn_before"`
	WaitSample   *int   `yaml:"wait_sample"`
	WaitMin      *int   `yaml:"wait_min"`
	TellAfter    string `yaml:"tell_after"`
}

// readDesk reads the rules of the desk and refuses those that would harm somebody: an offer too short to be seen, a
// message about the wait every few seconds.
func (c *Content) readDesk(src *source) Problems {
	var raw rawDesk
	if ps := src.decode(&raw, fieldsOf(reflect.TypeFor[rawDesk]())...); ps != nil {
		return ps
	}
	var ps Problems
	add := func(key, hint, format string, args ...any) {
		ps = append(ps, Problem{File: src.file, Line: src.line(key), Text: key + ": " + fmt.Sprintf(format, args...), Hint: hint})
	}
	r := desk.Default()
	switch a := desk.Assign(raw.Assign); a {
	case "":
	case desk.Auto, desk.Manual:
		r.Assign = a
	default:
		add("assign", didYouMean(raw.Assign, []string{string(desk.Auto), string(desk.Manual)}), "%q is neither auto nor manual", raw.Assign)
	}
	span := func(key, text string, to *time.Duration, least, most time.Duration) {
		if text == "" {
			return
		}
		d, err := time.ParseDuration(text)
		switch {
		case err != nil:
			add(key, "write for instance 90s, 15m or 72h", "%q is no span of time", text)
		case d < least || d > most:
			add(key, "", "%s is outside of %s to %s", text, least, most)
		default:
			*to = d
		}
	}
	count := func(key string, n *int, to *int, least, most int) {
		switch {
		case n == nil:
		case *n < least || *n > most:
			add(key, "", "%d is outside of %d to %d", *n, least, most)
		default:
			*to = *n
		}
	}
	span("accept_within", raw.AcceptWithin, &r.AcceptWithin, 10*time.Second, 24*time.Hour)
	count("max_lapses", raw.MaxLapses, &r.MaxLapses, 1, 100)
	span("offline_after", raw.OfflineAfter, &r.OfflineAfter, 45*time.Second, time.Hour)
	span("away_after", raw.AwayAfter, &r.AwayAfter, 0, 7*24*time.Hour)
	span("starve_after", raw.StarveAfter, &r.StarveAfter, time.Minute, 7*24*time.Hour)
	span("reopen_within", raw.ReopenWithin, &r.ReopenWithin, time.Minute, 365*24*time.Hour)
	span("warn_before", raw.WarnBefore, &r.WarnBefore, time.Minute, 24*time.Hour)
	count("wait_sample", raw.WaitSample, &r.WaitSample, 5, 64)
	count("wait_min", raw.WaitMin, &r.WaitMin, 3, 64)
	span("tell_after", raw.TellAfter, &r.TellAfter, time.Minute, 24*time.Hour)
	if r.WaitMin > r.WaitSample {
		add("wait_min", "", "%d is more than wait_sample, %d: no wait would ever be told", r.WaitMin, r.WaitSample)
	}
	c.Desk = r
	return ps
}
