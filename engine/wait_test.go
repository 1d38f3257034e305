package engine_test

import (
	"strings"
	"testing"
	"time"

	"spravka/engine"
	"spravka/engine/desk"
)

// The wait is told in minutes, by the clock where it is long or the queue closes in between, and not at all where nobody
// can know.
func TestWordsOfTheWait(t *testing.T) {
	content := benchContent(t)
	known := func(from, to int) desk.Estimate {
		return desk.Estimate{Place: 3, AtWork: 2, Known: true, From: time.Duration(from) * time.Minute, To: time.Duration(to) * time.Minute}
	}
	for _, tt := range []struct {
		name, locale, queue, now string
		e                        desk.Estimate
		want                     string
	}{
		{"up to", "ru", "status", "2026-11-24T12:00:00+03:00", known(0, 1), "Ждать, скорее всего, не больше 1 минуты."},
		{"between", "ru", "status", "2026-11-24T12:00:00+03:00", known(5, 15), "Ждать, скорее всего, от 5 до 15 минут."},
		{"long", "ru", "status", "2026-11-24T10:00:00+03:00", known(60, 180), "Ответят, скорее всего, не раньше чем в 11:00 и не позже чем в 13:00."},
		{"long, perhaps at once", "ru", "status", "2026-11-24T10:00:00+03:00", known(0, 240), "Ответят, скорее всего, не позже чем в 14:00."},
		{"over the end of the day", "ru", "status", "2026-11-24T17:50:00+03:00", known(5, 30), "Ответят, скорее всего, не раньше чем в 17:55 и не позже чем завтра в 09:20."},
		{"the queue works on in the evening", "ru", "technical", "2026-11-24T17:50:00+03:00", known(5, 30), "Ждать, скорее всего, от 5 до 30 минут."},
		{"nobody works", "ru", "status", "2026-11-24T19:00:00+03:00", known(5, 30), ""},
		{"too little is known", "ru", "status", "2026-11-24T12:00:00+03:00", desk.Estimate{Place: 3}, ""},
		{"English", "en", "status", "2026-11-24T12:00:00+03:00", known(5, 15), "The wait is most likely 5 to 15 minutes."},
		{"English, over the night", "en", "status", "2026-11-24T17:50:00+03:00", known(5, 30), "You will most likely have an answer at 17:55 at the earliest and tomorrow at 09:20 at the latest."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			now, err := time.Parse(time.RFC3339, tt.now)
			if err != nil {
				t.Fatal(err)
			}
			if got := engine.Wait(content, engine.Conversation{Locale: tt.locale}, tt.queue, tt.e, now); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestNotable(t *testing.T) {
	content := benchContent(t)
	told := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC) // noon in Moscow
	e := func(place, to int) desk.Estimate {
		return desk.Estimate{Place: place, Known: to > 0, To: time.Duration(to) * time.Minute}
	}
	for _, tt := range []struct {
		name    string
		place   int // as told
		by      int // minutes, 0 for no interval
		minutes int // since then
		now     desk.Estimate
		change  func(*engine.Conversation)
		want    bool
	}{
		{"nothing has changed", 8, 40, 10, e(7, 30), nil, false},
		{"half of the queue is gone", 8, 40, 10, e(4, 30), nil, true},
		{"but that was a moment ago", 8, 40, 4, e(4, 30), nil, false},
		{"they are next", 2, 40, 10, e(1, 30), nil, true},
		{"they have been told that they are", 1, 40, 10, e(1, 25), nil, false},
		{"half of the wait is gone at once", 8, 60, 10, e(7, 20), nil, true},
		{"time passes as was told", 8, 60, 40, e(7, 20), nil, false},
		{"longer than was told", 8, 20, 25, e(7, 30), nil, true},
		{"longer, and nobody can say how long", 8, 20, 25, e(7, 0), nil, false},
		{"now an interval can be told", 8, 0, 10, e(7, 30), nil, true},
		{"the answer is wanted later", 8, 40, 10, e(1, 5), func(c *engine.Conversation) { c.Tickets[0].Later = true }, false},
		{"they are talking with the assistant", 8, 40, 10, e(1, 5), func(c *engine.Conversation) { c.Owner = engine.OwnerBot }, false},
		{"it was taken", 8, 40, 10, e(1, 5), func(c *engine.Conversation) { c.Tickets[0].Status = desk.InWork }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := engine.Ticket{Number: "A", Kind: desk.HandOff, Queue: "status", Status: desk.New, Told: engine.Told{Place: tt.place, At: told}}
			if tt.by > 0 {
				k.Told.By = told.Add(time.Duration(tt.by) * time.Minute)
			}
			c := engine.Conversation{Locale: "ru", Owner: engine.OwnerQueue, Tickets: []engine.Ticket{k}}
			if tt.change != nil {
				tt.change(&c)
			}
			now := told.Add(time.Duration(tt.minutes) * time.Minute)
			if got := engine.Notable(content, c, "A", tt.now, now); got != tt.want {
				t.Fatalf("notable: %v", got)
			}
			after, effects := engine.Step(content, c, engine.Waited{Ticket: "A", Estimate: tt.now}, now)
			said := ""
			for _, x := range effects {
				if s, ok := x.(engine.Say); ok {
					said = s.Message.Text
				}
			}
			if (said != "") != tt.want || tt.want && (!strings.Contains(said, "Обращение A") || !after.Tickets[0].Told.At.Equal(now)) {
				t.Errorf("it said %q; %+v", said, after.Tickets[0])
			}
		})
	}
}
