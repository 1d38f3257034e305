package calendar_test

import (
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"spravka"
	"spravka/engine/calendar"
)

func load(t *testing.T) *calendar.Calendar {
	t.Helper()
	var s calendar.Schedule
	var d calendar.Days
	for name, v := range map[string]any{"schedule.yaml": &s, "calendar.yaml": &d} {
		data, err := spravka.Content.ReadFile("flows/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if err := yaml.UnmarshalWithOptions(data, v, yaml.Strict()); err != nil {
			t.Fatal(err)
		}
	}
	c, err := calendar.New(s, d)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func at(t *testing.T, s string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestAt(t *testing.T) {
	c := load(t)
	for _, tt := range []struct{ name, now, mode, until, next, staff string }{
		{"a second before the working day", "2026-11-24T08:59:59+03:00", "automatic", "2026-11-24T09:00:00+03:00", "staff", "2026-11-24T09:00:00+03:00"},
		{"the working day begins", "2026-11-24T09:00:00+03:00", "staff", "2026-11-24T18:00:00+03:00", "technical", ""},
		{"the evening begins", "2026-11-24T18:00:00+03:00", "technical", "2026-11-24T23:00:00+03:00", "automatic", ""},
		{"night", "2026-12-03T01:15:00+03:00", "automatic", "2026-12-03T09:00:00+03:00", "staff", "2026-12-03T09:00:00+03:00"},
		{"Friday night leads to Saturday's ten o'clock", "2026-11-27T23:30:00+03:00", "automatic", "2026-11-28T10:00:00+03:00", "holiday", "2026-11-28T10:00:00+03:00"},
		{"Sunday", "2026-11-22T12:00:00+03:00", "holiday", "2026-11-22T16:00:00+03:00", "automatic", ""},
		{"New Year's Day is a Friday", "2027-01-01T09:30:00+03:00", "automatic", "2027-01-01T10:00:00+03:00", "holiday", "2027-01-01T10:00:00+03:00"},
		{"31 December 2026 is off by the decree", "2026-12-31T11:00:00+03:00", "holiday", "2026-12-31T16:00:00+03:00", "automatic", ""},
		{"another zone's clock means the same moment", "2026-11-24T15:00:00Z", "technical", "2026-11-24T23:00:00+03:00", "automatic", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := c.At(at(t, tt.now))
			if s.Mode != tt.mode || !s.Until.Equal(at(t, tt.until)) || s.Next != tt.next {
				t.Errorf("At(%s) = %+v", tt.now, s)
			}
			if tt.staff == "" != s.NextStaff.IsZero() || tt.staff != "" && !s.NextStaff.Equal(at(t, tt.staff)) {
				t.Errorf("people answer again at %v, want %q", s.NextStaff, tt.staff)
			}
		})
	}
}

func TestQueues(t *testing.T) {
	c := load(t)
	evening := at(t, "2026-11-24T19:00:00+03:00")
	if c.Open("registration", evening) || !c.Open("technical", evening) || !c.Open("urgent", evening.Add(8*time.Hour)) {
		t.Error("in the evening the technical queue has people, registration has not, and the duty specialist is there at any hour")
	}
	if got, want := c.NextOpen("status", evening), at(t, "2026-11-25T09:00:00+03:00"); !got.Equal(want) {
		t.Errorf("the status queue opens at %v, want %v", got, want)
	}
	if got := c.NextOpen("technical", evening); !got.Equal(evening) {
		t.Errorf("an open queue opens now, got %v", got)
	}
}
