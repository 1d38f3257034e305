package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"spravka/engine/desk"
	"spravka/engine/host"
)

// ticket is a new one, opened at start.
func ticket(r host.Record, number string) desk.Ticket {
	return desk.Ticket{Number: number, Conversation: r.ID, Channel: r.Peer.Channel, Kind: desk.HandOff, Queue: "technical",
		Priority: desk.Normal, Status: desk.New, Reason: "asked", Topic: "access.recover", Subject: "Не могу войти", Opened: start, Changed: start}
}

// put commits tickets in a turn of their conversation.
func put(t *testing.T, s Store, r host.Record, tickets ...desk.Ticket) host.Record {
	t.Helper()
	turn := next(r, fmt.Sprintf("turn %d of %d", r.Version, r.ID))
	turn.Tickets = tickets
	return take(t, s, turn)
}

func listed(t *testing.T, s Store, f desk.Filter, want ...string) {
	t.Helper()
	got, err := s.Tickets(t.Context(), f)
	must(t, err)
	same(t, fmt.Sprintf("tickets for %+v", f), each(got, func(k desk.Ticket) string { return k.Number }), want)
}

// with returns a copy of the ticket that change has been applied to.
func with(k desk.Ticket, change func(*desk.Ticket)) desk.Ticket {
	change(&k)
	return k
}

var ticketTests = map[string]func(*testing.T, Store){
	"a ticket comes back as it was": func(t *testing.T, s Store) {
		r := begin(t, s, "a")
		want := with(ticket(r, "К-2026-1"), func(k *desk.Ticket) {
			k.Kind, k.Priority, k.Operator, k.OperatorName, k.Due = desk.Fault, desk.Urgent, 7, "Ольга", after(172800)
			k.Language, k.Former, k.OfferedTo, k.OfferedUntil, k.Fence, k.Escalated = "ru", 6, 8, after(60), 5, true
			k.Taken, k.FirstReply, k.LastStaff, k.LastCitizen, k.Solved = after(1), after(2), after(3), after(4), after(5)
			k.Resolution, k.Wants, k.Reopened, k.MergedInto, k.Follows = "answered", desk.WantFile, 2, "К-2026-2", "К-2026-0"
			k.Rating, k.RatingText = 4, "Спасибо!"
		})
		r = put(t, s, r, want)
		got, changes, err := s.Ticket(t.Context(), want.Number)
		must(t, err)
		same(t, "ticket", got, want)
		same(t, "changes", changes, []desk.Change(nil))

		want = with(want, func(k *desk.Ticket) {
			k.Kind, k.Queue, k.Priority, k.Status, k.Reason, k.Topic, k.Subject = desk.Request, "general", desk.Normal, desk.Clarify, "flow", "", "Другое"
			k.Operator, k.OperatorName, k.Due, k.Changed = 0, "", time.Time{}, after(5)
			k.Language, k.Former, k.OfferedTo, k.OfferedUntil, k.Fence, k.Escalated = "", 0, 0, time.Time{}, 6, false
			k.Taken, k.FirstReply, k.LastStaff, k.LastCitizen, k.Solved = time.Time{}, time.Time{}, time.Time{}, time.Time{}, time.Time{}
			k.Resolution, k.Wants, k.Reopened, k.MergedInto, k.Follows, k.Rating, k.RatingText = "", "", 0, "", "", 0, ""
		})
		put(t, s, r, want)
		got, _, err = s.Ticket(t.Context(), want.Number)
		must(t, err)
		same(t, "changed ticket", got, want)
	},
	"an unknown number is not found": func(t *testing.T, s Store) {
		if _, _, err := s.Ticket(t.Context(), "К-1"); !errors.Is(err, host.ErrNotFound) {
			t.Errorf("Ticket: %v", err)
		}
	},
	"changes come in the order in which they were made": func(t *testing.T, s Store) {
		r := put(t, s, begin(t, s, "a"), ticket(host.Record{}, "К-1"), ticket(host.Record{}, "К-2"))
		want := []desk.Change{
			{Ticket: "К-1", At: after(1), Status: desk.New, By: "bot"},
			{Ticket: "К-1", At: after(2), Status: desk.InWork, Kind: desk.Moved, By: "Ольга", Operator: 7, From: 7, To: 8, Queue: "status", Note: "Позвонить после обеда\nи проверить"},
			{Ticket: "К-1", At: after(2), Status: desk.Solved, By: "olga"},
		}
		turn := next(r, "x")
		turn.Changes = []desk.Change{want[0], {Ticket: "К-2", At: after(1), Status: desk.New, By: "bot"}, want[1]}
		r = take(t, s, turn)
		turn = next(r, "y")
		turn.Changes = want[2:]
		take(t, s, turn)
		_, got, err := s.Ticket(t.Context(), "К-1")
		must(t, err)
		same(t, "changes", got, want)
	},
	"urgent ones come first, then the oldest": func(t *testing.T, s Store) {
		r := begin(t, s, "a")
		at := func(number string, p desk.Priority, second int) desk.Ticket {
			return with(ticket(r, number), func(k *desk.Ticket) { k.Priority, k.Opened = p, after(second) })
		}
		r = put(t, s, r, at("late", desk.Normal, 3), at("early", desk.Normal, 1), at("urgent late", desk.Urgent, 4), at("between", desk.Normal, 2))
		put(t, s, r, at("urgent early", desk.Urgent, 2), at("as early", desk.Normal, 1))
		listed(t, s, desk.Filter{}, "urgent early", "urgent late", "as early", "early", "between", "late")
		listed(t, s, desk.Filter{Limit: 3}, "urgent early", "urgent late", "as early")
	},
	"a filter narrows the list": func(t *testing.T, s Store) {
		a, b := begin(t, s, "a"), begin(t, s, "b")
		put(t, s, a,
			ticket(a, "1"),
			with(ticket(a, "2"), func(k *desk.Ticket) { k.Queue = "status" }),
			with(ticket(a, "3"), func(k *desk.Ticket) { k.Status, k.Operator = desk.InWork, 7 }),
			with(ticket(a, "4"), func(k *desk.Ticket) { k.Status, k.Operator = desk.Solved, 7 }))
		put(t, s, b,
			with(ticket(b, "5"), func(k *desk.Ticket) { k.Status, k.Operator = desk.Clarify, 8 }),
			with(ticket(b, "6"), func(k *desk.Ticket) { k.Status, k.Queue = desk.Closed, "status" }))
		listed(t, s, desk.Filter{}, "1", "2", "3", "5")
		listed(t, s, desk.Filter{Closed: true}, "4", "6")
		listed(t, s, desk.Filter{Queue: "status"}, "2")
		listed(t, s, desk.Filter{Queue: "status", Closed: true}, "6")
		listed(t, s, desk.Filter{Queue: "nothing"})
		listed(t, s, desk.Filter{Operator: 7}, "3")
		listed(t, s, desk.Filter{Operator: 7, Closed: true}, "4")
		listed(t, s, desk.Filter{Conversation: a.ID}, "1", "2", "3")
		listed(t, s, desk.Filter{Conversation: b.ID, Operator: 8, Queue: "technical"}, "5")
		listed(t, s, desk.Filter{Conversation: b.ID, Operator: 7})
	},
	"a list has at most 200 lines": func(t *testing.T, s Store) {
		r := begin(t, s, "a")
		var all []desk.Ticket
		for i := range 201 {
			all = append(all, ticket(r, fmt.Sprintf("%03d", i)))
		}
		put(t, s, r, all...)
		for limit, want := range map[int]int{0: 100, 1: 1, 200: 200} {
			got, err := s.Tickets(t.Context(), desk.Filter{Limit: limit})
			must(t, err)
			if len(got) != want {
				t.Errorf("limit %d: %d tickets, want %d", limit, len(got), want)
			}
		}
		for _, limit := range []int{-1, 201} {
			if got, err := s.Tickets(t.Context(), desk.Filter{Limit: limit}); err == nil {
				t.Errorf("limit %d: %d tickets, it must be refused", limit, len(got))
			}
		}
	},
	"those ahead are open, untaken and earlier or more urgent": func(t *testing.T, s Store) {
		r := begin(t, s, "a")
		put(t, s, r,
			with(ticket(r, "early"), func(k *desk.Ticket) { k.Opened = after(1) }),
			with(ticket(r, "at the moment"), func(k *desk.Ticket) { k.Opened = after(10) }),
			with(ticket(r, "late"), func(k *desk.Ticket) { k.Opened = after(20) }),
			with(ticket(r, "urgent early"), func(k *desk.Ticket) { k.Opened, k.Priority = after(1), desk.Urgent }),
			with(ticket(r, "urgent late"), func(k *desk.Ticket) { k.Opened, k.Priority = after(20), desk.Urgent }),
			with(ticket(r, "taken"), func(k *desk.Ticket) { k.Opened, k.Operator, k.Status = after(1), 7, desk.InWork }),
			with(ticket(r, "solved"), func(k *desk.Ticket) { k.Opened, k.Status = after(1), desk.Solved }),
			with(ticket(r, "elsewhere"), func(k *desk.Ticket) { k.Opened, k.Queue = after(1), "status" }))
		for _, c := range []struct {
			queue    string
			priority desk.Priority
			second   int
			want     int
		}{
			{"technical", desk.Normal, 10, 3}, // early, and both urgent ones
			{"technical", desk.Normal, 0, 2},
			{"technical", desk.Normal, 99, 5},
			{"technical", desk.Urgent, 10, 1},
			{"technical", desk.Urgent, 1, 0},
			{"status", desk.Normal, 10, 1},
			{"nothing", desk.Normal, 10, 0},
		} {
			got, err := s.Ahead(t.Context(), c.queue, c.priority, after(c.second))
			must(t, err)
			if got != c.want {
				t.Errorf("Ahead(%s, %s, second %d) = %d, want %d", c.queue, c.priority, c.second, got, c.want)
			}
		}
	},
}
