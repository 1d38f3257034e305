package console

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"spravka/adapters/sqlite"
	"spravka/engine"
	"spravka/engine/desk"
	"spravka/engine/host"
)

// shift is a house with staff, whose clock the test moves.
type shift struct {
	*house
	clock *clock
}

func openShift(t testing.TB) *shift {
	t.Helper()
	c := newClock()
	x := openDesk(t, func(h *host.Config, store *sqlite.Store) { h.Staff, h.Now = store, c.now }, func(config *Config) { config.Now = c.now })
	return &shift{x, c}
}

// colleague at work: their browser with a stream open.
type atWork struct {
	x      *shift
	id     int64
	name   string
	cookie *http.Cookie
	close  func() // the console
}

func (x *shift) comes(login, name string) *atWork {
	x.t.Helper()
	w := &atWork{x: x, name: name}
	w.id, w.cookie = x.hire(login, name, host.RoleOperator)
	ctx, cancel := context.WithCancel(context.Background())
	w.close = cancel
	x.t.Cleanup(cancel)
	r, _ := http.NewRequestWithContext(ctx, "GET", x.server.URL+Root+"tickets/live", nil)
	r.AddCookie(w.cookie)
	answer, err := http.DefaultClient.Do(r)
	if err != nil || answer.StatusCode != http.StatusOK {
		x.t.Fatal(err, answer)
	}
	x.t.Cleanup(func() { answer.Body.Close() })
	if _, err := answer.Body.Read(make([]byte, 10)); err != nil { // it is open: its first words have come
		x.t.Fatal(err)
	}
	return w
}

// passes lets time pass while the consoles of these people give their signs of life, and dispatches.
func (x *shift) passes(d time.Duration, at ...*atWork) {
	x.t.Helper()
	for step := time.Duration(0); ; step += 20 * time.Second {
		for _, w := range at {
			x.host.Presence.Seen(w.id)
		}
		if err := x.host.Dispatch(x.t.Context()); err != nil {
			x.t.Fatal(err)
		}
		if step >= d {
			return
		}
		x.clock.pass(min(20*time.Second, d-step))
	}
}

func (w *atWork) do(method, path string, form url.Values) *answer {
	w.x.t.Helper()
	b := &bench{t: w.x.t, console: w.x.console}
	br := b.browser()
	br.cookies[sessionCookie] = w.cookie.Value
	if method == "GET" {
		return br.get(path)
	}
	return br.multipart(path, form)
}

func (x *shift) ticket() desk.Ticket {
	x.t.Helper()
	open, err := x.store.OpenTickets(x.t.Context())
	if err != nil || len(open) != 1 {
		x.t.Fatal(err, open)
	}
	return open[0].Ticket
}

// told is all that the citizen has been told.
func (x *shift) told(conversation int64) string {
	x.t.Helper()
	entries, err := x.store.History(x.t.Context(), conversation, 0, 500)
	if err != nil {
		x.t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		if l := readLine(e); l.By != engine.Citizen {
			all = append(all, l.Message.Text)
		}
	}
	return strings.Join(all, "\n")
}

// A ticket is offered to one operator, who does not take it in time, then to another, who accepts, answers and leaves
// without a word: the ticket goes back, and the citizen is told at each step.
func TestAShiftOfTwo(t *testing.T) {
	x := openShift(t)
	rules := x.host.Content().Desk
	people := []*atWork{x.comes("anna", "Анна Петрова"), x.comes("boris", "Борис Лукин")}
	x.passes(0, people...)
	conversation := x.callOperator("citizen")
	x.passes(0, people...)

	k := x.ticket()
	if k.OfferedTo != people[0].id {
		people[0], people[1] = people[1], people[0]
	}
	first, second := people[0], people[1]
	if k.OfferedTo != first.id || k.Operator != 0 {
		t.Fatalf("it is offered to %d, and has %d", k.OfferedTo, k.Operator)
	}
	path := ticketURL(k.Number)
	first.do("GET", path, nil).status(t, 200).has(t, "предложено вам", `value="take"`, `value="release">Отказаться`, `data-due="`+k.OfferedUntil.UTC().Format(time.RFC3339))
	first.do("GET", "tickets", nil).has(t, "предложено вам")
	second.do("GET", "tickets", nil).lacks(t, "предложено вам")
	second.do("GET", path, nil).status(t, 200).lacks(t, "предложено вам", "Отказаться")
	second.do("POST", path, url.Values{"action": {"reply"}, "text": {"не моё"}}).status(t, 409).has(t, "не моё</textarea>")
	second.do("POST", path, url.Values{"action": {"take"}}).status(t, 409)

	x.passes(rules.AcceptWithin+time.Second, people...)
	if k = x.ticket(); k.OfferedTo != second.id || k.Operator != 0 {
		t.Fatalf("after %v it is offered to %d, not to %d", rules.AcceptWithin, k.OfferedTo, second.id)
	}
	first.do("GET", path, nil).lacks(t, "предложено вам", "Отказаться")
	page := second.do("GET", path, nil).has(t, "предложено вам")
	second.do("POST", path, url.Values{"action": {"take"}, "fence": {page.field("fence")}}).status(t, 303)
	if k = x.ticket(); k.Operator != second.id || k.Status != desk.InWork {
		t.Fatalf("accepted: %+v", k)
	}
	if told := x.told(conversation); !strings.Contains(told, second.name) {
		t.Errorf("the citizen does not know who answers: %s", told)
	}
	first.do("POST", path, url.Values{"action": {"reply"}, "text": {"моя мысль"}}).status(t, 409).has(t, second.name, "моя мысль</textarea>")
	second.do("POST", path, url.Values{"action": {"reply"}, "text": {"Здравствуйте, сейчас посмотрю"}}).status(t, 303)

	second.close()
	x.passes(rules.OfflineAfter+rules.AwayAfter-time.Minute, first)
	if k = x.ticket(); k.Operator != second.id {
		t.Fatal("it went back too early")
	}
	x.passes(2*time.Minute, first)
	if k = x.ticket(); k.Operator != 0 || k.OfferedTo != first.id {
		t.Fatalf("after %v it has operator %d and is offered to %d", rules.AwayAfter, k.Operator, k.OfferedTo)
	}
	if told := x.told(conversation); !strings.Contains(told, "снова в очереди") {
		t.Errorf("the citizen is not told: %s", told)
	}
	second.do("POST", path, url.Values{"action": {"reply"}, "text": {"я вернулся"}}).status(t, 409).has(t, "я вернулся</textarea>")
	first.do("POST", path, url.Values{"action": {"take"}}).status(t, 303)
	first.do("POST", path, url.Values{"action": {"resolve"}, "resolution": {desk.Resolutions[0]}, "text": {"Готово"}}).status(t, 303)
	if open, err := x.store.OpenTickets(t.Context()); err != nil || len(open) != 0 {
		t.Error(err, open)
	}
	if told := x.told(conversation); !strings.Contains(told, "Готово") || strings.Contains(told, "моя мысль") || strings.Contains(told, "я вернулся") {
		t.Errorf("the citizen was told: %s", told)
	}
}
