package host_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"spravka/engine"
	"spravka/engine/answer"
	"spravka/engine/desk"
	"spravka/engine/host"
)

func checkNumber(t testing.TB, number, begins string) {
	t.Helper()
	r := answer.Parse(answer.TicketNumber, number, answer.Context{Locale: "ru"})
	if !r.OK() || r.Fit != answer.Strong || r.Value != number || !strings.HasPrefix(number, begins) {
		t.Errorf("the number %q reads as %+v; it should begin with %s", number, r, begins)
	}
}

func TestTicketNumbersAreUnique(t *testing.T) {
	h := newHouse(t, host.Config{})
	other := h.next(host.Config{})
	ids := make([]int64, 60)
	var wg sync.WaitGroup
	for i := range ids {
		wg.Go(func() {
			r, err := []*house{h, other}[i%2].Receive(context.Background(), said(fmt.Sprint("p", i), fmt.Sprint(i), sayHuman))
			if err != nil {
				t.Error(err)
			}
			ids[i] = r.Conversation
		})
	}
	wg.Wait()
	had := map[string]bool{}
	for _, id := range ids {
		k := h.ticket(id)
		checkNumber(t, k.Number, "О-26-")
		if had[k.Number] {
			t.Errorf("%s was given twice", k.Number)
		}
		had[k.Number] = true
		stored, changes, err := h.store.Ticket(t.Context(), k.Number)
		must(t, err)
		if stored.Conversation != id || stored.Status != desk.New || stored.Channel != "web" || !stored.Opened.Equal(monday) || !stored.Due.Equal(k.Due) {
			t.Errorf("ticket %s is stored as %+v", k.Number, stored)
		}
		if len(changes) != 1 || changes[0].Status != desk.New || changes[0].By != string(engine.Bot) {
			t.Errorf("its history is %+v", changes)
		}
		all := h.history(id)
		if text := textOf(t, all[len(all)-1].Body); !strings.Contains(text, k.Number) {
			t.Errorf("the citizen was told %q", text)
		}
	}
}

// A ticket that does not hand the conversation over has its number within the same turn too, of its own series.
func TestTicketOfAFlow(t *testing.T) {
	h := newHouse(t, host.Config{})
	id := h.say("a", "1", "tech.problem").Conversation
	for i, text := range []string{"Страница не открывается", "на портале", "с утра", "пропустить"} {
		h.say("a", fmt.Sprint("answer ", i), text)
	}
	if n := len(h.state(id).Tickets); n != 0 {
		t.Fatalf("%d tickets too early", n)
	}
	h.receive(host.Inbound{Peer: peer("a"), Update: "last", Event: engine.Pressed{Payload: "o:tech.problem:repeat:first"}})
	k := h.ticket(id)
	checkNumber(t, k.Number, "Т-26-000001-")
	if all := h.history(id); !strings.Contains(textOf(t, all[len(all)-1].Body), k.Number) || h.state(id).Owner != engine.OwnerBot {
		t.Errorf("the citizen was told %s; the owner is %s", all[len(all)-1].Body, h.state(id).Owner)
	}
	human := h.say("b", "b", sayHuman).Conversation
	checkNumber(t, h.ticket(human).Number, "О-26-000001-")
}

// The year of a number is the one in which the people who work live.
func TestTicketOfTheNewYear(t *testing.T) {
	now := time.Date(2026, 12, 31, 20, 59, 0, 0, time.UTC)
	h := newHouse(t, host.Config{Now: func() time.Time { return now }})
	h.say("x", "0", sayHuman)
	checkNumber(t, h.ticket(h.say("a", "1", sayHuman).Conversation).Number, "О-26-000002-")
	now = now.Add(time.Minute) // midnight in Moscow
	checkNumber(t, h.ticket(h.say("b", "2", sayHuman).Conversation).Number, "О-27-000001-")
}

func TestAhead(t *testing.T) {
	now := monday
	h := newHouse(t, host.Config{Now: func() time.Time { return now }})
	var numbers []string
	var ids []int64
	open := func(who string, texts ...string) {
		var id int64
		for i, text := range texts {
			id = h.say(who, fmt.Sprint(who, i), text).Conversation
		}
		ids, numbers = append(ids, id), append(numbers, h.ticket(id).Number)
	}
	ahead := func(want ...int) {
		t.Helper()
		for i, number := range numbers {
			if n, err := h.Ahead(t.Context(), number); err != nil || n != want[i] {
				t.Errorf("%d tickets before number %d, want %d; %v", n, i+1, want[i], err)
			}
		}
	}
	told := func(id int64, what string) {
		t.Helper()
		all := h.history(id)
		if text := textOf(t, all[len(all)-1].Body); !strings.Contains(text, what) {
			t.Errorf("conversation %d was told %q, not %q", id, text, what)
		}
	}
	open("a", sayHuman)
	told(ids[0], "первый в очереди")
	open("b", sayHuman) // in the same millisecond: who is told to be second must not be told to be first
	told(ids[1], "2-й")
	now = now.Add(time.Second)
	open("c", sayHuman)
	told(ids[2], "3-й")
	open("d", "hotline.urgent", "У меня срочное дело, не могу ждать")
	if q := h.ticket(ids[3]).Queue; q != "urgent" {
		t.Errorf("the urgent ticket went to the queue %s", q)
	}
	now = now.Add(time.Second)
	open("e", sayHuman)
	told(ids[4], "4-й") // the urgent one stands in another queue
	numbers, ids = append(numbers[:1], numbers[2:]...), append(ids[:1], ids[2:]...)
	ahead(0, 2, 0, 3)
	_, err := h.act(ids[0], "take", engine.Take, "")
	must(t, err)
	ahead(0, 1, 0, 2)
	_, err = h.act(ids[0], "solve", engine.Resolve, "")
	must(t, err)
	ahead(0, 1, 0, 2)
	if _, err := h.Ahead(t.Context(), "О-26-999999-9"); err == nil {
		t.Error("a number that nobody has stands in a queue")
	}
}

// Citizens ask the desk itself about their cases, through flows and the service.
func TestTicketService(t *testing.T) {
	s := newStore(t)
	desk := host.TicketService{Store: s, Content: func() *engine.Content { return builtIn(t) }}
	h := newHouse(t, host.Config{Store: s, Services: host.Services{"ticket": desk, "": &service{}}})
	play := func(who, update, text string) (id int64, last string) {
		t.Helper()
		id = h.say(who, update, text).Conversation
		must(t, h.Drain(t.Context()))
		all := h.history(id)
		return id, textOf(t, all[len(all)-1].Body)
	}
	id, _ := play("a", "1", sayHuman)
	number := h.ticket(id).Number
	play("a", "2", sayBot)
	if _, text := play("a", "3", "feedback.status"); !strings.Contains(text, number) {
		t.Errorf("the list of the citizen's cases is %q", text)
	}
	if _, text := play("a", "4", number); !strings.Contains(text, number) || !strings.Contains(text, "23.11 12:00") {
		t.Errorf("of their own case the citizen hears %q", text)
	}
	if _, text := play("b", "5", "feedback.status "+number); !strings.Contains(text, number) || strings.Contains(text, "23.11 12:00 —") {
		t.Errorf("of somebody else's case the citizen hears %q", text)
	}
	if other, text := play("c", "6", "feedback.status"); strings.Contains(text, number) || len(h.state(other).Frames) != 1 {
		t.Errorf("who has no case hears %q", text)
	}
	if _, err := desk.Call(t.Context(), host.ServiceCall{Conversation: id, Call: engine.Call{Operation: "ticket.burn"}}); err == nil {
		t.Error("the desk carries out what it does not know")
	}
	if _, err := (host.Services{}).Call(t.Context(), host.ServiceCall{Call: engine.Call{Operation: "x.y"}}); err == nil {
		t.Error("a service that nobody has configured answers")
	}
}
