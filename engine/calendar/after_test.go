package calendar_test

import (
	"testing"
	"time"
)

func TestAfterCountsWorkingTimeOfTheQueue(t *testing.T) {
	c := load(t)
	for _, tt := range []struct {
		name, queue, from string
		d                 time.Duration
		want              string
	}{
		{"within a period", "status", "2026-11-24T12:00:00+03:00", 20 * time.Minute, "2026-11-24T12:20:00+03:00"},
		{"over the end of the day", "status", "2026-11-24T17:50:00+03:00", 20 * time.Minute, "2026-11-25T09:10:00+03:00"},
		{"over a change of periods that the queue works through", "technical", "2026-11-24T17:50:00+03:00", 20 * time.Minute, "2026-11-24T18:10:00+03:00"},
		{"over a weekend of short days", "status", "2026-11-27T17:30:00+03:00", time.Hour, "2026-11-28T10:30:00+03:00"},
		{"from the night on", "status", "2026-11-25T02:00:00+03:00", 0, "2026-11-25T09:00:00+03:00"},
		{"the duty specialist never closes", "urgent", "2026-11-25T02:00:00+03:00", time.Hour, "2026-11-25T03:00:00+03:00"},
		{"several days", "status", "2026-11-24T17:00:00+03:00", 11 * time.Hour, "2026-11-26T10:00:00+03:00"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := c.After(tt.queue, at(t, tt.from), tt.d); !got.Equal(at(t, tt.want)) {
				t.Errorf("got %v, want %s", got, tt.want)
			}
		})
	}
	if got := c.After("status", at(t, "2026-11-24T12:00:00+03:00"), 10000*time.Hour); !got.IsZero() {
		t.Errorf("a moment beyond the known days: %v", got)
	}
	if got := c.After("nobody", at(t, "2026-11-24T12:00:00+03:00"), time.Minute); !got.IsZero() {
		t.Errorf("a queue that nobody works in: %v", got)
	}
}
