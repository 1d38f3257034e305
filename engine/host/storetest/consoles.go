package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"spravka/engine"
	"spravka/engine/desk"
	"spravka/engine/host"
)

var consoleTests = map[string]func(*testing.T, Store){
	"open tickets come with how far their talks are": func(t *testing.T, s Store) {
		a, b := begin(t, s, "a"), begin(t, s, "b")
		a = put(t, s, a, ticket(a, "A-1"), with(ticket(a, "A-2"), func(k *desk.Ticket) { k.Status = desk.Solved }))
		b = put(t, s, b, with(ticket(b, "B-1"), func(k *desk.Ticket) { k.Priority, k.Opened = desk.Urgent, after(9) }))
		b = take(t, s, next(b, "words", said("ау")))
		open, err := s.OpenTickets(t.Context())
		must(t, err)
		same(t, "numbers", each(open, func(k host.OpenTicket) string { return k.Number }), []string{"B-1", "A-1"})
		same(t, "versions", each(open, func(k host.OpenTicket) int64 { return k.Version }), []int64{b.Version, a.Version})
		same(t, "newest entries", each(open, func(k host.OpenTicket) int64 { return k.Seq }), []int64{b.Seq, a.Seq})
		versions, err := s.OpenVersions(t.Context())
		must(t, err)
		slices.SortFunc(versions, func(a, b host.OpenVersion) int { return strings.Compare(a.Number, b.Number) })
		same(t, "versions alone", versions, []host.OpenVersion{{Number: "A-1", Version: a.Version}, {Number: "B-1", Version: b.Version}})
		some, err := s.OpenTicketsNumbered(t.Context(), []string{"B-1", "A-2", "C-1", "'; --"})
		must(t, err)
		same(t, "some of them", some, open[:1])
		none, err := s.OpenTicketsNumbered(t.Context(), nil)
		must(t, err)
		same(t, "none of them", len(none), 0)
	},
	"search": testSearch,
	"deliveries": func(t *testing.T, s Store) {
		r := speak(t, s, begin(t, s, "a"), 0, "раз", "два", "три")
		must(t, s.Mark(t.Context(), []host.Mark{{Conversation: r.ID, Seq: 1, State: host.Sent}, {Conversation: r.ID, Seq: 2, State: host.Failed, Attempts: 3, Error: "blocked"}}))
		got, err := s.Deliveries(t.Context(), r.ID)
		must(t, err)
		same(t, "states", each(got, func(d host.Delivery) string { return fmt.Sprintf("%d %s %s", d.Seq, d.State, d.Error) }), []string{"2 failed blocked", "3 waiting "})
	},
	"notes and mentions": testNotes,
	"canned replies":     testCanned,
}

func testSearch(t *testing.T, s Store) {
	a, b := begin(t, s, "a"), begin(t, s, "b")
	a.State.Slots = []engine.Slot{{Name: "name", Kind: "full_name", Value: "Семёнов Пётр Алексеевич"}, {Name: "city", Value: "Тверь"}}
	a = put(t, s, a, with(ticket(a, "О-26-000123-4"), func(k *desk.Ticket) { k.Subject, k.Topic = "Где моё заявление", "application.status" }))
	b = put(t, s, b, with(ticket(b, "О-26-000777-1"), func(k *desk.Ticket) { k.Subject, k.Status = "Жалоба", desk.Closed }))
	take(t, s, next(b, "words", said("Третий день НЕ приходит код, жду"), told("Код придёт")))
	find := func(q host.Search, want ...string) host.SearchResult {
		t.Helper()
		q.Tickets, q.Lines, q.Limit = max(q.Tickets, 1), max(q.Lines, 1), 10
		if q.Tickets == 1 {
			q.Tickets, q.Lines = 100, 100
		}
		got, err := s.SearchTickets(t.Context(), q)
		must(t, err)
		same(t, fmt.Sprint(q.Words, q.Numbers, q.Digits), each(got.Found, func(f host.Found) string { return f.Number }), want)
		return got
	}
	find(host.Search{Numbers: []string{"О-26-000123-4"}}, "О-26-000123-4")
	find(host.Search{Numbers: []string{"none"}})
	find(host.Search{Digits: "000777"}, "О-26-000777-1")
	find(host.Search{Words: []string{"заявление"}}, "О-26-000123-4")
	find(host.Search{Words: []string{"семенов", "петр"}}, "О-26-000123-4") // the case and ё do not matter
	find(host.Search{Words: []string{"тверь"}})                            // only the name of all that is known
	find(host.Search{Words: []string{"семенов", "заявление"}})             // together, in one place
	find(host.Search{Topics: []string{"application.status"}}, "О-26-000123-4")
	found := find(host.Search{Words: []string{"код", "приходит"}}, "О-26-000777-1")
	if !strings.HasPrefix(found.Found[0].Message, "Третий день") || !found.Whole {
		t.Errorf("found %+v", found)
	}
	find(host.Search{Words: []string{"придет"}}) // the bot says the same to everybody
	find(host.Search{Words: []string{`"text`}})
	find(host.Search{Words: []string{"%"}})
	if part := find(host.Search{Words: []string{"приходит"}, Tickets: 100, Lines: 1}); part.Whole {
		t.Error("older lines were not looked at, yet it is whole")
	}
	if _, err := s.SearchTickets(t.Context(), host.Search{Words: []string{"x"}}); err == nil {
		t.Error("a search without bounds was taken")
	}
}

func testNotes(t *testing.T, s Store) {
	r := begin(t, s, "a")
	put(t, s, r, ticket(r, "A-1"), ticket(r, "A-2"))
	n := host.Note{Ticket: "A-1", At: after(1), Operator: 1, Name: "Анна", Text: "<b>Смотрите</b> @boris", Mentions: []int64{2, 2}, Key: "k1"}
	id, err := s.AddNote(t.Context(), n)
	must(t, err)
	if _, err := s.AddNote(t.Context(), n); !errors.Is(err, host.ErrDuplicate) {
		t.Errorf("the same form again: %v", err)
	}
	second := n
	second.Key, second.Text, second.Ticket = "k2", "ещё", "A-2"
	_, err = s.AddNote(t.Context(), second)
	must(t, err)
	for name, bad := range map[string]host.Note{
		"no ticket": {Ticket: "none", Text: "x", Name: "x", Key: "k3"}, "empty": {Ticket: "A-1", Name: "x", Key: "k4"},
		"huge": {Ticket: "A-1", Text: strings.Repeat("x", 20_001), Name: "x", Key: "k5"}, "no key": {Ticket: "A-1", Text: "x", Name: "x"},
	} {
		if _, err := s.AddNote(t.Context(), bad); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	notes, err := s.Notes(t.Context(), "A-1", 0)
	must(t, err)
	n.ID, n.Mentions = id, nil
	same(t, "notes", notes, []host.Note{n})
	notes, err = s.Notes(t.Context(), "A-1", id)
	must(t, err)
	same(t, "notes after the last", len(notes), 0)
	unread, err := s.UnreadMentions(t.Context())
	must(t, err)
	same(t, "unread", unread, map[int64]int{2: 2})
	read, err := s.ReadMentions(t.Context(), 2, "A-2", after(9))
	must(t, err)
	same(t, "read", read, 1)
	mentions, err := s.Mentions(t.Context(), 2, 10)
	must(t, err)
	same(t, "mentions", each(mentions, func(m host.Mention) string { return m.Ticket + " " + fmt.Sprint(m.Read.IsZero()) }), []string{"A-1 true", "A-2 false"})
}

func testCanned(t *testing.T, s Store) {
	c := host.Canned{Queue: "status", Locale: "ru", Title: "Привет", Text: "Здравствуйте, {name}!", Changed: after(1), By: "vera"}
	id, err := s.SaveCanned(t.Context(), c)
	must(t, err)
	if _, err := s.SaveCanned(t.Context(), c); !errors.Is(err, host.ErrTaken) {
		t.Errorf("the same title: %v", err)
	}
	other := c
	other.Queue = ""
	otherID, err := s.SaveCanned(t.Context(), other)
	must(t, err)
	c.ID, c.Version, c.Text = id, 1, "Добрый день!"
	_, err = s.SaveCanned(t.Context(), c)
	must(t, err)
	if _, err := s.SaveCanned(t.Context(), c); !errors.Is(err, host.ErrConflict) {
		t.Errorf("an old version: %v", err)
	}
	clash := host.Canned{ID: otherID, Version: 1, Queue: "status", Locale: "ru", Title: "Привет", Text: "x"}
	if _, err := s.SaveCanned(t.Context(), clash); !errors.Is(err, host.ErrTaken) {
		t.Errorf("the title of another one: %v", err)
	}
	if err := s.DeleteCanned(t.Context(), id, 1); !errors.Is(err, host.ErrConflict) {
		t.Errorf("deleting an old version: %v", err)
	}
	must(t, s.DeleteCanned(t.Context(), id, 2))
	if err := s.DeleteCanned(t.Context(), id, 2); !errors.Is(err, host.ErrNotFound) {
		t.Errorf("deleting it again: %v", err)
	}
	c.Version = 2
	if _, err := s.SaveCanned(t.Context(), c); !errors.Is(err, host.ErrNotFound) {
		t.Errorf("changing what is gone: %v", err)
	}
	all, err := s.CannedReplies(t.Context())
	must(t, err)
	other.ID, other.Version = otherID, 1
	same(t, "all", all, []host.Canned{other})
}
