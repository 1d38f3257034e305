package storetest

import (
	"fmt"
	"testing"
	"time"

	"spravka/engine/desk"
)

var tallyTests = map[string]func(*testing.T, Store){
	"nothing is counted as nothing": func(t *testing.T, s Store) {
		got, err := s.Tally(t.Context(), start, after(60), after(120))
		must(t, err)
		same(t, "tally", got, desk.Tally{})
	},
	"open tickets are counted by queue, hands and status": func(t *testing.T, s Store) {
		r := begin(t, s, "a")
		open := func(number string, change func(*desk.Ticket)) desk.Ticket { return with(ticket(r, number), change) }
		put(t, s, r,
			open("1", func(k *desk.Ticket) { k.Opened, k.Due = after(5), after(50) }),
			open("2", func(k *desk.Ticket) { k.Due = after(61) }),
			open("3", func(k *desk.Ticket) { k.Due = after(500) }),
			open("4", func(k *desk.Ticket) { k.OfferedTo, k.OfferedUntil, k.Due = 7, after(99), after(60) }),
			open("5", func(k *desk.Ticket) { k.Operator, k.Status, k.Due = 7, desk.InWork, after(59) }),
			open("6", func(k *desk.Ticket) { k.Operator, k.Status, k.Due = 7, desk.Clarify, after(1) }),
			open("7", func(k *desk.Ticket) { k.Queue = "status" }),
			open("8", func(k *desk.Ticket) { k.Status, k.Solved, k.Changed = desk.Closed, after(-100), after(-100) }))
		got, err := s.Tally(t.Context(), start, after(60), after(120))
		must(t, err)
		same(t, "open", got.Open, []desk.OpenCount{
			{Queue: "status", Status: desk.New, Count: 1, Oldest: start},
			{Queue: "technical", Status: desk.New, Count: 3, Overdue: 1, DueSoon: 1, Oldest: start},
			{Queue: "technical", Operator: 7, Status: desk.Clarify, Count: 1, Oldest: start},
			{Queue: "technical", Operator: 7, Status: desk.InWork, Count: 1, Overdue: 1, Oldest: start},
			{Queue: "technical", Operator: 7, Offered: true, Status: desk.New, Count: 1, Overdue: 1, Oldest: start},
		})
	},
	"what has happened is counted since a moment": func(t *testing.T, s Store) {
		r := begin(t, s, "a")
		var all []desk.Ticket
		for i := 1; i <= 10; i++ { // first replies after 1 to 10 seconds, solved after ten times that
			all = append(all, with(ticket(r, fmt.Sprint("s", i)), func(k *desk.Ticket) {
				k.Opened, k.FirstReply, k.Solved, k.Changed = after(100), after(100+i), after(100+10*i), after(100+10*i)
				k.Status, k.Operator, k.Reason = desk.Solved, int64(1+i%2), []string{"asked", "misses"}[i/8]
				if i > 4 {
					k.Rating = 5 - i%2
				}
			}))
		}
		all = append(all,
			with(ticket(r, "old"), func(k *desk.Ticket) {
				k.Opened, k.FirstReply, k.Solved, k.Changed = after(1), after(2), after(3), after(3)
				k.Status, k.Operator, k.Rating = desk.Closed, 1, 1
			}),
			with(ticket(r, "complaint"), func(k *desk.Ticket) {
				k.Kind, k.Opened, k.FirstReply, k.Solved, k.Changed, k.Status, k.Operator = desk.Complaint, after(100), after(9000), after(9001), after(9001), desk.Solved, 3
			}),
			with(ticket(r, "reopened"), func(k *desk.Ticket) {
				k.Opened, k.FirstReply, k.Solved, k.Changed, k.Status = after(90), after(95), after(105), after(110), desk.New
			}),
			with(ticket(r, "waiting"), func(k *desk.Ticket) { k.Opened, k.Changed = after(300), after(300) }))
		put(t, s, r, all...)
		got, err := s.Tally(t.Context(), after(100), after(10000), after(10000))
		must(t, err)
		got.Open = nil
		same(t, "tally", got, desk.Tally{
			FirstReply: desk.Quantiles{Count: 10, Median: 5 * time.Second, P90: 9 * time.Second},
			Solving:    desk.Quantiles{Count: 10, Median: 50 * time.Second, P90: 90 * time.Second},
			Solved:     []desk.SolvedCount{{Operator: 1, Count: 5}, {Operator: 2, Count: 5}, {Operator: 3, Count: 1}},
			Ratings:    [6]int{4: 3, 5: 3},
			Reasons:    []desk.ReasonCount{{Reason: "asked", Count: 8}, {Reason: "misses", Count: 3}},
		})
	},
}
