package host_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"spravka/engine"
	"spravka/engine/host"
)

// refused demands that an action was refused for a reason, and that it has left no trace.
func (h *house) refused(err error, why engine.Refusal, conversation int64, before []host.Entry) {
	h.t.Helper()
	if got := (host.RefusedError{}); !errors.As(err, &got) || got.Reason != why {
		h.t.Errorf("the action came to %v, want a refusal: %s", err, why)
	}
	same(h.t, "history after a refusal", h.history(conversation), before)
	stored, err := h.store.Load(h.t.Context(), conversation)
	must(h.t, err)
	cached, err := h.Load(h.t.Context(), conversation)
	must(h.t, err)
	same(h.t, "the conversation in memory and in the store", cached, stored)
}

func TestOnlyTheOwnerSpeaks(t *testing.T) {
	h := newHouse(t, host.Config{})
	id := h.say("a", "1", sayHuman).Conversation
	before := h.history(id)
	_, err := h.act(id, "early", engine.Reply, "Рано")
	h.refused(err, engine.NotOwner, id, before) // nobody has taken the ticket
	for _, a := range []engine.Action{engine.Ask, engine.Return, engine.Resolve, "nonsense"} {
		_, err := h.act(id, "early "+string(a), a, "Рано")
		h.refused(err, engine.NotOwner, id, before)
	}
	_, err = h.act(id, "take", engine.Take, "")
	must(t, err)
	_, err = h.act(id, "hello", engine.Reply, "Здравствуйте")
	must(t, err)
	if k := h.state(id); k.Owner != engine.OwnerOperator || k.Operator != 1 {
		t.Errorf("the owner is %s %d", k.Owner, k.Operator)
	}
	before = h.history(id)
	boris := engine.Acted{Action: engine.Reply, Operator: 2, Name: "Борис", Ticket: h.ticket(id).Number, Text: "И я здесь"}
	_, err = h.Act(t.Context(), id, "boris", boris)
	h.refused(err, engine.NotOwner, id, before)
	boris.Ticket = "О-26-999999-9"
	_, err = h.Act(t.Context(), id, "boris", boris)
	h.refused(err, engine.NoTicket, id, before)
	_, err = h.act(id, "empty", engine.Reply, "")
	h.refused(err, engine.Empty, id, before)

	_, err = h.act(id, "return", engine.Return, "")
	must(t, err)
	before = h.history(id)
	_, err = h.act(id, "late", engine.Reply, "Поздно")
	h.refused(err, engine.TicketEnded, id, before)
	if n := h.counts(id, "Здравствуйте"); n != 1 {
		t.Errorf("the reply stands %d times in the history", n)
	}

	// The conversation has a new owner; the former one's ticket is not the key to it.
	h.say("a", "2", sayHuman)
	before = h.history(id)
	_, err = h.act(id, "late again", engine.Reply, "Поздно")
	h.refused(err, engine.NotOwner, id, before)
}

func TestActionIsCarriedOutOnce(t *testing.T) {
	h := newHouse(t, host.Config{})
	id := h.say("a", "1", sayHuman).Conversation
	for _, step := range []struct {
		update string
		what   engine.Action
		text   string
	}{{"1", engine.Take, ""}, {"2", engine.Reply, "Здравствуйте"}, {"3", engine.Ask, "Какой номер?"}, {"4", engine.Resolve, "Всё готово"}} {
		first, err := h.act(id, step.update, step.what, step.text)
		must(t, err)
		if first.Duplicate {
			t.Errorf("%s: new, yet a duplicate", step.what)
		}
		before := h.history(id)
		again, err := h.act(id, step.update, step.what, step.text)
		if err != nil || !again.Duplicate || again.Seq != first.Seq {
			t.Errorf("%s once more: %+v, %v; at first %+v", step.what, again, err, first)
		}
		same(t, "history", h.history(id), before)
	}
	_, changes, err := h.store.Ticket(t.Context(), h.ticket(id).Number)
	must(t, err)
	var lines []string
	for _, c := range changes {
		lines = append(lines, fmt.Sprint(c.Kind, " by ", c.By, ": ", c.Status))
	}
	same(t, "the ticket's history", lines, []string{"open by bot: new", "take by Анна: in_work", "reply by Анна: in_work", "ask by Анна: clarify", "resolve by Анна: solved"})

	// Long after, when nothing of it would be allowed any more, and on a new process.
	h.halt()
	h = h.next(host.Config{})
	again, err := h.act(id, "2", engine.Reply, "Здравствуйте")
	if err != nil || !again.Duplicate {
		t.Errorf("after all: %+v, %v", again, err)
	}
}

// An operator's form and a citizen's message may have the same id: they are not the same update.
func TestActionHasItsOwnName(t *testing.T) {
	h := newHouse(t, host.Config{})
	a := h.say("a", "1", sayHuman).Conversation
	b := h.say("b", "2", sayHuman).Conversation
	for _, id := range []int64{a, b} {
		if r, err := h.act(id, "1", engine.Take, ""); err != nil || r.Duplicate {
			t.Errorf("taking the ticket of %d: %+v, %v", id, r, err)
		}
	}
	for name, update := range map[string]string{"none": "", "a long one": strings.Repeat("x", 91)} {
		if _, err := h.act(a, update, engine.Reply, "!"); err == nil {
			t.Errorf("%s was accepted as an id", name)
		}
	}
	if _, err := h.act(a, strings.Repeat("x", 90), engine.Reply, "!"); err != nil {
		t.Error(err)
	}
}

func TestTwoOperatorsAtOnce(t *testing.T) {
	h := newHouse(t, host.Config{})
	id := h.say("a", "1", sayHuman).Conversation
	number := h.ticket(id).Number
	var wg sync.WaitGroup
	accepted := make([]map[string]bool, 3)
	for operator := int64(1); operator <= 2; operator++ {
		accepted[operator] = map[string]bool{}
		name := []string{"", "Анна", "Борис"}[operator]
		wg.Go(func() {
			for _, n := range numbered(name, 20) {
				_, err := h.Act(t.Context(), id, "take "+n, engine.Acted{Action: engine.Take, Operator: operator, Name: name, Ticket: number, Over: 3 - operator})
				if err != nil {
					t.Error(err)
				}
				_, err = h.Act(t.Context(), id, "say "+n, engine.Acted{Action: engine.Reply, Operator: operator, Name: name, Ticket: number, Text: n})
				if refused := (host.RefusedError{}); err != nil && (!errors.As(err, &refused) || refused.Reason != engine.NotOwner) {
					t.Error(err)
				}
				if err == nil {
					accepted[operator][n] = true
				}
			}
		})
	}
	wg.Wait()
	said := 0
	owner := ""
	for _, e := range h.history(id) {
		text := textOf(t, e.Body)
		switch {
		case e.Author == engine.System && strings.Contains(text, "Анна"):
			owner = "Анна"
		case e.Author == engine.System && strings.Contains(text, "Борис"):
			owner = "Борис"
		case e.Author == engine.Operator:
			said++
			if e.Name != owner || !strings.HasPrefix(text, owner) {
				t.Errorf("%s said %q while %s owned the conversation", e.Name, text, owner)
			}
		}
	}
	if want := len(accepted[1]) + len(accepted[2]); said != want {
		t.Errorf("%d replies in the history, %d were accepted", said, want)
	}
}
