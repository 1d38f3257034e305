package register

import (
	"testing"
	"time"
)

func TestWorks(t *testing.T) {
	b := newBench(t)
	sample := []string{"what", "личный кабинет и оплата", "from", "2026-11-28T01:00:00+03:00", "to", "2026-11-28T05:00:00+03:00"}
	start := time.Date(2026, 11, 28, 1, 0, 0, 0, b.zone)
	for _, c := range []struct {
		at      time.Time
		outcome string
	}{
		{start.Add(-worksAhead - time.Millisecond), "none"},
		{start.Add(-worksAhead), "planned"},
		{start.Add(-time.Millisecond), "planned"},
		{start, "now"},
		{start.Add(4*time.Hour - time.Millisecond), "now"},
		{start.Add(4 * time.Hour), "none"},
	} {
		b.advance(c.at.Sub(b.time()))
		data := sample
		if c.outcome == "none" {
			data = nil
		}
		b.want(c.outcome, data, "works.current")
	}
}

func TestTheNearestWorksAreTold(t *testing.T) {
	b := newBench(t)
	at := func(d time.Duration) int64 { return b.time().Add(d).UnixMilli() }
	add := func(from, to time.Duration, what string) {
		b.exec(`INSERT INTO register_works (starts, ends, what) VALUES ($1, $2, $3)`, at(from), at(to), what)
	}
	add(-time.Hour, -time.Minute, "прошло")
	add(2*time.Hour, 3*time.Hour, "ближайшее")
	b.want("planned", []string{"what", "ближайшее", "from", "2026-11-24T14:00:00+03:00", "to", "2026-11-24T15:00:00+03:00"}, "works.current")
	add(-time.Hour, time.Hour, "короткое")
	add(-time.Minute, 5*time.Hour, "долгое")
	b.want("now", []string{"what", "долгое", "from", "2026-11-24T11:59:00+03:00", "to", "2026-11-24T17:00:00+03:00"}, "works.current")
}
