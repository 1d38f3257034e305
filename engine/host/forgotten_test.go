package host_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"spravka/engine"
	"spravka/engine/desk"
	"spravka/engine/host"
)

// A conversation keeps its newest few tickets; what happens to an older one works all the same.
func TestForgottenTickets(t *testing.T) {
	now := monday
	h := newHouse(t, host.Config{Now: func() time.Time { return now }})
	var id int64
	var numbers []string
	for i := range 8 {
		id = h.say("a", fmt.Sprint("ask ", i), sayHuman).Conversation
		numbers = append(numbers, h.ticket(id).Number)
		for _, what := range []engine.Action{engine.Take, engine.Resolve} {
			_, err := h.act(id, fmt.Sprint(what, i), what, "")
			must(t, err)
		}
		now = now.Add(time.Minute)
	}
	if n := len(h.state(id).Tickets); n != 5 {
		t.Fatalf("the conversation keeps %d tickets", n)
	}
	stored := func(number string, want desk.Status) desk.Ticket {
		t.Helper()
		k, _, err := h.store.Ticket(t.Context(), number)
		must(t, err)
		if k.Status != want {
			t.Errorf("ticket %s is %s, not %s", number, k.Status, want)
		}
		return k
	}
	// The citizen presses the button under the very first one.
	button := ""
	for _, e := range h.history(id) {
		for _, b := range messageIn(t, e.Body).Buttons {
			if button == "" && strings.HasSuffix(b.Payload, ":reopen") {
				button = b.Payload
			}
		}
	}
	h.receive(host.Inbound{Peer: peer("a"), Update: "again", Event: engine.Pressed{Payload: button}})
	if k := stored(numbers[0], desk.New); k.Reopened != 1 || k.Former != 1 || k.Operator != 0 || !k.Opened.Equal(monday) {
		t.Errorf("reopened, it is %+v", k)
	}
	if c := h.state(id); c.Owner != engine.OwnerQueue || len(c.Tickets) != 5 {
		t.Errorf("the owner is %s; %d tickets are kept", c.Owner, len(c.Tickets))
	}
	_, err := h.Act(t.Context(), id, "take first", engine.Acted{Action: engine.Take, Operator: 1, Name: "Анна", Ticket: numbers[0]})
	must(t, err)
	_, err = h.Act(t.Context(), id, "solve first", engine.Acted{Action: engine.Resolve, Operator: 1, Name: "Анна", Ticket: numbers[0], Resolution: "done"})
	must(t, err)
	if k := stored(numbers[0], desk.Solved); k.Resolution != "done" || k.Taken.IsZero() {
		t.Errorf("solved, it is %+v", k)
	}
	// An operator has second thoughts about the second; somebody else's number leads nowhere.
	_, err = h.Act(t.Context(), id, "reopen", engine.Acted{Action: engine.Reopen, Operator: 1, Name: "Анна", Ticket: numbers[1]})
	must(t, err)
	other := h.say("b", "b", sayHuman).Conversation
	before := h.history(other)
	_, err = h.Act(t.Context(), other, "steal", engine.Acted{Action: engine.Take, Operator: 1, Name: "Анна", Ticket: numbers[1]})
	h.refused(err, engine.NoTicket, other, before)
	h.receive(host.Inbound{Peer: peer("b"), Update: "steal", Event: engine.Pressed{Payload: button}})
	stored(numbers[0], desk.Solved)

	// A week later all that is solved is closed, forgotten or not, and the timers are gone.
	now = now.Add(8 * 24 * time.Hour)
	must(t, h.FireDue(t.Context()))
	for i, number := range numbers {
		want := desk.Closed
		if i == 1 {
			want = desk.New
		}
		stored(number, want)
	}
	if at, ok, err := h.store.NextDue(t.Context()); ok || err != nil {
		t.Errorf("a timer is left at %v (%v)", at, err)
	}
}

func messageIn(t *testing.T, body []byte) (m engine.Message) {
	t.Helper()
	must(t, json.Unmarshal(body, &m))
	return m
}
