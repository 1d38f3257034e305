package storetest

import (
	"fmt"
	"strings"
	"testing"

	"spravka/engine/host"
)

var auditTests = map[string]func(*testing.T, Store){
	"lines come back as written, the newest first": func(t *testing.T, s Store) {
		want := []host.AuditEntry{
			{At: start, Operator: 1, Login: "olga", Address: "192.0.2.1", Action: "ticket.take", Ticket: "О-26-00001"},
			{At: after(1), Action: "login.failed", Address: "192.0.2.9"},
			{At: after(2), Operator: 2, Login: "vera", Action: "people.change", Subject: "olga",
				Details: []host.AuditChange{{Field: "role", Before: "operator", After: "supervisor"}, {Field: "queues", After: "status"}}},
		}
		must(t, s.Record(t.Context(), want[0]))
		must(t, s.Record(t.Context(), want[1:]...))
		must(t, s.Record(t.Context()))
		got := logged(t, s, host.AuditFilter{})
		if len(got) != 3 {
			t.Fatalf("%d lines", len(got))
		}
		for i := range want {
			if want[i].ID = got[2-i].ID; want[i].ID == 0 {
				t.Error("a line has no identifier")
			}
		}
		same(t, "log", got, []host.AuditEntry{want[2], want[1], want[0]})
	},
	"filters and pages": func(t *testing.T, s Store) {
		for i := range 60 {
			must(t, s.Record(t.Context(), host.AuditEntry{At: after(i), Operator: int64(i%3) + 1, Login: "o", Ticket: fmt.Sprintf("T-%d", i%5),
				Action: []string{"ticket.open", "ticket.take", "ticketing", "login"}[i%4], Subject: fmt.Sprint(i)}))
		}
		for name, c := range map[string]struct {
			filter host.AuditFilter
			want   func(i int) bool
		}{
			"all":      {host.AuditFilter{}, func(int) bool { return true }},
			"person":   {host.AuditFilter{Operator: 2}, func(i int) bool { return i%3 == 1 }},
			"ticket":   {host.AuditFilter{Ticket: "T-3"}, func(i int) bool { return i%5 == 3 }},
			"action":   {host.AuditFilter{Action: "ticket.take"}, func(i int) bool { return i%4 == 1 }},
			"actions":  {host.AuditFilter{Action: "ticket"}, func(i int) bool { return i%4 < 2 }},
			"time":     {host.AuditFilter{From: after(10), To: after(20)}, func(i int) bool { return i >= 10 && i < 20 }},
			"together": {host.AuditFilter{Operator: 1, Ticket: "T-0", Action: "login", From: after(1)}, func(i int) bool { return i%3 == 0 && i%5 == 0 && i%4 == 3 && i >= 1 }},
			"none":     {host.AuditFilter{Ticket: "T-9"}, func(int) bool { return false }},
		} {
			var want, got []string
			for i := 59; i >= 0; i-- {
				if c.want(i) {
					want = append(want, fmt.Sprint(i))
				}
			}
			c.filter.Limit = 7
			for page := 0; page < 20; page++ {
				lines := logged(t, s, c.filter)
				for _, l := range lines {
					got = append(got, l.Subject)
				}
				if len(lines) < c.filter.Limit {
					break
				}
				c.filter.Before = lines[len(lines)-1].ID
			}
			same(t, name, got, want)
		}
	},
	"what can't be kept is refused, and nothing beside it is": func(t *testing.T, s Store) {
		good := host.AuditEntry{At: start, Action: "login"}
		for name, change := range map[string]func(*host.AuditEntry){
			"no action":      func(e *host.AuditEntry) { e.Action = "" },
			"no time":        func(e *host.AuditEntry) { *e = host.AuditEntry{Action: "x"} },
			"a long subject": func(e *host.AuditEntry) { e.Subject = strings.Repeat("x", 201) },
			"a long value": func(e *host.AuditEntry) {
				e.Details = []host.AuditChange{{Field: "f", After: strings.Repeat("x", 1001)}}
			},
			"no field":        func(e *host.AuditEntry) { e.Details = []host.AuditChange{{After: "x"}} },
			"many changes":    func(e *host.AuditEntry) { e.Details = make([]host.AuditChange, 51) },
			"a broken letter": func(e *host.AuditEntry) { e.Subject = "\xff" },
		} {
			bad := good
			change(&bad)
			if err := s.Record(t.Context(), good, bad); err == nil {
				t.Errorf("%s: accepted", name)
			}
		}
		same(t, "log", logged(t, s, host.AuditFilter{}), []host.AuditEntry(nil))
		if _, err := s.AuditLog(t.Context(), host.AuditFilter{Limit: 501}); err == nil {
			t.Error("a huge page was accepted")
		}
	},
}

func logged(t *testing.T, s Store, f host.AuditFilter) []host.AuditEntry {
	t.Helper()
	got, err := s.AuditLog(t.Context(), f)
	must(t, err)
	return got
}
