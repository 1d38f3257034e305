package storetest

import (
	"fmt"
	"testing"
	"time"

	"spravka/engine"
	"spravka/engine/desk"
	"spravka/engine/host"
)

// counted checks that counts and lists agree.
func counted(t *testing.T, s Store, want []int, filters ...desk.Filter) {
	t.Helper()
	got, err := s.Counts(t.Context(), filters...)
	must(t, err)
	same(t, fmt.Sprintf("counts for %+v", filters), got, want)
}

var inboxTests = map[string]func(*testing.T, Store){
	"what is set must all hold": func(t *testing.T, s Store) {
		a := begin(t, s, "a")
		b, err := s.Open(t.Context(), host.Peer{Channel: "vk", ID: "b"}, "ru", start)
		must(t, err)
		put(t, s, a,
			with(ticket(a, "1"), func(k *desk.Ticket) { k.Priority, k.Due = desk.Urgent, after(10) }),
			with(ticket(a, "2"), func(k *desk.Ticket) { k.Operator, k.Status, k.Due = 7, desk.InWork, after(20) }),
			with(ticket(a, "3"), func(k *desk.Ticket) { k.OfferedTo, k.Queue, k.Kind = 8, "status", desk.Fault }),
			with(ticket(a, "4"), func(k *desk.Ticket) { k.Status, k.Operator, k.Due = desk.Solved, 7, after(10) }))
		put(t, s, b,
			with(ticket(b, "5"), func(k *desk.Ticket) { k.Status, k.Topic, k.Queue = desk.Clarify, "other", "general" }),
			with(ticket(b, "6"), func(k *desk.Ticket) { k.LastCitizen, k.LastStaff = after(5), after(4) }),
			with(ticket(b, "7"), func(k *desk.Ticket) { k.LastCitizen, k.LastStaff, k.Status = after(4), after(5), desk.Closed }))
		for _, c := range []struct {
			filter desk.Filter
			want   []string
		}{
			{desk.Filter{Queues: []string{"status", "general"}}, []string{"3", "5"}},
			{desk.Filter{Queues: []string{"status", "general"}, Queue: "status"}, []string{"3"}},
			{desk.Filter{Statuses: []desk.Status{desk.Clarify, desk.Solved}}, []string{"4", "5"}},
			{desk.Filter{Statuses: []desk.Status{desk.Closed}, Closed: true}, []string{"7"}},
			{desk.Filter{Statuses: []desk.Status{desk.InWork}}, []string{"2"}},
			{desk.Filter{Priority: desk.Urgent}, []string{"1"}},
			{desk.Filter{Kinds: []desk.Kind{desk.Fault, desk.Complaint}}, []string{"3"}},
			{desk.Filter{Channel: "vk"}, []string{"5", "6"}},
			{desk.Filter{OverdueBy: after(15)}, []string{"1"}},
			{desk.Filter{OverdueBy: after(10)}, nil},
			{desk.Filter{OverdueBy: after(15), Closed: true}, []string{"4"}},
			{desk.Filter{Channel: "web", Queue: "technical"}, []string{"1", "2"}},
		} {
			listed(t, s, c.filter, c.want...)
			counted(t, s, []int{len(c.want), 5}, c.filter, desk.Filter{Limit: 1, Offset: 3})
		}
	},
	"an order may be asked for, and a page": func(t *testing.T, s Store) {
		r := begin(t, s, "a")
		at := func(number string, opened, due, changed int) desk.Ticket {
			return with(ticket(r, number), func(k *desk.Ticket) {
				k.Opened, k.Changed = after(opened), after(changed)
				if due > 0 {
					k.Due = after(due)
				}
			})
		}
		put(t, s, r, at("1", 1, 0, 9), at("2", 2, 30, 8), at("3", 3, 20, 10), at("4", 4, 20, 7))
		listed(t, s, desk.Filter{Sort: desk.ByDue}, "3", "4", "2", "1")
		listed(t, s, desk.Filter{Sort: desk.ByNewest}, "4", "3", "2", "1")
		listed(t, s, desk.Filter{Sort: desk.ByChanged}, "3", "1", "2", "4")
		listed(t, s, desk.Filter{Limit: 2}, "1", "2")
		listed(t, s, desk.Filter{Limit: 2, Offset: 2}, "3", "4")
		listed(t, s, desk.Filter{Limit: 2, Offset: 4})
		for _, offset := range []int{-1, 100_001} {
			if _, err := s.Tickets(t.Context(), desk.Filter{Offset: offset}); err == nil {
				t.Errorf("offset %d was taken", offset)
			}
		}
	},
	"a search finds numbers and words": func(t *testing.T, s Store) {
		r := begin(t, s, "a")
		put(t, s, r,
			with(ticket(r, "О-26-000123-4"), func(k *desk.Ticket) { k.Subject = "Ёлка и ПАРОЛЬ" }),
			with(ticket(r, "Т-26-001234-5"), func(k *desk.Ticket) { k.Subject = "Статус заявления" }),
			with(ticket(r, "О-25-000123-0"), func(k *desk.Ticket) { k.Subject = "100%_\\" }))
		for text, want := range map[string][]string{
			"О-26-000123-4": {"О-26-000123-4"},
			"О-26-000123":   {"О-26-000123-4"}, // the check digit left out
			"O-26-000123-4": {"О-26-000123-4"}, // a Latin O
			"o26000123":     {"О-26-000123-4"},
			"о 26 123":      {"О-26-000123-4"},
			"t26 001234 5":  {"Т-26-001234-5"},
			"123":           {"О-25-000123-0", "О-26-000123-4"},
			"000123":        {"О-25-000123-0", "О-26-000123-4"},
			"пароль елка":   {"О-26-000123-4"},
			"ЁЛ":            {"О-26-000123-4"},
			"заявл":         {"Т-26-001234-5"},
			"100%":          {"О-25-000123-0"},
			"%_\\":          {"О-25-000123-0"},
			"_":             {"О-25-000123-0"},
			"нет такого":    nil,
			"  ":            {"О-25-000123-0", "О-26-000123-4", "Т-26-001234-5"},
			"' OR 1=1 --":   nil,
		} {
			listed(t, s, desk.Filter{Text: text}, want...)
		}
	},
	"a touch keeps when somebody spoke": func(t *testing.T, s Store) {
		r := begin(t, s, "a")
		other := put(t, s, begin(t, s, "b"), ticket(host.Record{}, "other"))
		r = put(t, s, r, ticket(r, "1"))
		at := func(update string, second int, touches ...host.Touch) {
			turn := next(r, update)
			turn.At, turn.Touched = after(second), touches
			r = take(t, s, turn)
		}
		at("x", 1, host.Touch{Ticket: "1", By: engine.Citizen}, host.Touch{Ticket: "other", By: engine.Citizen}, host.Touch{Ticket: "none", By: engine.Citizen})
		at("y", 2, host.Touch{Ticket: "1", By: engine.Operator})
		at("z", 3, host.Touch{Ticket: "1", By: engine.Operator})
		got, _, err := s.Ticket(t.Context(), "1")
		must(t, err)
		same(t, "ticket", got, with(ticket(r, "1"), func(k *desk.Ticket) { k.LastCitizen, k.FirstReply, k.LastStaff = after(1), after(2), after(3) }))
		got, _, err = s.Ticket(t.Context(), "other")
		must(t, err)
		if got.Conversation != other.ID || !got.LastCitizen.IsZero() {
			t.Errorf("a turn has touched a ticket of another conversation: %+v", got)
		}
	},
	"the inbox stands 2,000 open tickets": func(t *testing.T, s Store) {
		queues := []string{"technical", "status", "general", "registration"}
		for c := range 20 {
			r := begin(t, s, fmt.Sprint(c))
			var all []desk.Ticket
			for i := range 100 {
				all = append(all, with(ticket(r, fmt.Sprintf("О-26-%06d-0", c*100+i)), func(k *desk.Ticket) {
					k.Queue, k.Opened = queues[i%4], start.Add(time.Duration(c*100+i)*time.Second)
				}))
			}
			put(t, s, r, all...)
		}
		listed(t, s, desk.Filter{Queue: "status", Limit: 3, Offset: 400}, "О-26-001601-0", "О-26-001605-0", "О-26-001609-0")
		counted(t, s, []int{2000, 500, 0}, desk.Filter{}, desk.Filter{Queue: "general"}, desk.Filter{Operator: 1})
	},
}
