package host_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"spravka/engine"
	"spravka/engine/desk"
	"spravka/engine/host"
)

// quiet is a channel that shows nothing by itself: what is told must be sent.
type quiet struct{ sent []host.Outgoing }

func (m *quiet) Name() string { return "telegram" }

func (m *quiet) Idempotent() bool { return true }

func (m *quiet) Send(_ context.Context, o host.Outgoing) error {
	m.sent = append(m.sent, o)
	return nil
}

func onTelegram(who, update, text string) host.Inbound {
	return host.Inbound{Peer: host.Peer{Channel: "telegram", ID: who}, Update: update, Event: engine.Said{Text: text}}
}

// learn lets an operator work on tickets until the queue has experience: each is taken after ten seconds and takes four
// to six minutes.
func (o *office) learn(operator int64) {
	o.t.Helper()
	for i := range 12 {
		id := o.call(fmt.Sprint("before ", i))
		o.dispatch()
		o.clock.pass(10 * time.Second)
		must(o.t, o.do(operator, id, engine.Acted{Action: engine.Take}))
		o.later(time.Duration(4+i%3)*time.Minute, operator)
		must(o.t, o.do(operator, id, engine.Acted{Action: engine.Resolve, Text: "Готово"}))
	}
	o.dispatch()
}

func (o *office) lastWords(conversation int64) string {
	o.t.Helper()
	all := o.history(conversation)
	return textOf(o.t, all[len(all)-1].Body)
}

func TestTheWaitIsTold(t *testing.T) {
	o := newOffice(t, nil)
	anna := o.hire("anna")
	o.dispatch()
	first := o.call("first")
	if text := o.lastWords(first); !strings.Contains(text, "первый в очереди") || strings.Contains(text, "скорее всего") {
		t.Errorf("a wait is told without experience: %q", text)
	}
	o.dispatch()
	must(t, o.do(anna, first, engine.Acted{Action: engine.Take}))
	must(t, o.do(anna, first, engine.Acted{Action: engine.Resolve, Text: "Готово"}))
	o.learn(anna)
	var ids []int64
	for i := range 5 {
		ids = append(ids, o.call(fmt.Sprint("c", i)))
		o.clock.pass(time.Second)
		o.dispatch()
	}
	e, words, err := o.Wait(t.Context(), o.ticket(ids[4]).Number)
	must(t, err)
	// Two are offered to anna, who has two places; the fifth waits for three tickets to end.
	if e.Place != 5 || !e.Known || e.From > 8*time.Minute || e.To < 8*time.Minute || e.To > 40*time.Minute {
		t.Errorf("the fifth is told %+v", e)
	}
	if text := o.lastWords(ids[4]); !strings.Contains(text, "5-й") || !strings.Contains(text, "Ждать, скорее всего,") || !strings.Contains(text, words) {
		t.Errorf("the citizen was told %q; now it is %q", text, words)
	}
	near, _, err := o.Wait(t.Context(), o.ticket(ids[2]).Number)
	must(t, err)
	if near.To > e.To || near.From > e.From {
		t.Errorf("who is third waits longer (%+v) than who is fifth (%+v)", near, e)
	}
	must(t, o.SetPresence(t.Context(), anna, host.PresenceAway))
	o.dispatch()
	if e, words, err := o.Wait(t.Context(), o.ticket(ids[4]).Number); err != nil || e.Known || words != "" || e.AtWork != 0 {
		t.Errorf("nobody is at work, and it says %q (%+v, %v)", words, e, err)
	}
	if _, _, err := o.Wait(t.Context(), "О-26-999999-0"); !errors.Is(err, host.ErrNotFound) {
		t.Errorf("the wait of no ticket: %v", err)
	}
}

// In a messenger the citizen is told of changes that matter, seldom, and not at all who wants the answer later.
func TestNotableChangesAreTold(t *testing.T) {
	c := &clock{at: monday}
	s := newStore(t)
	staff := s.Store.(host.Accounts)
	m := &quiet{}
	o := &office{newHouse(t, host.Config{Store: s, Now: c.now, Staff: staff, Channels: []host.Channel{m}}), c, staff}
	anna := o.hire("anna")
	o.learn(anna)
	var before []int64
	for i := range 6 {
		before = append(before, o.call(fmt.Sprint("c", i)))
	}
	o.dispatch()
	waiting := o.receive(onTelegram("w", "w", sayHuman)).Conversation
	calm := o.receive(onTelegram("l", "l", sayHuman)).Conversation
	o.receive(host.Inbound{Peer: host.Peer{Channel: "telegram", ID: "l"}, Update: "l2", Event: engine.Pressed{Payload: "~later"}})
	if text := o.lastWords(calm); !strings.Contains(text, "Место в очереди остаётся за вами") {
		t.Fatalf("pressing «later» is answered with %q", text)
	}
	if s := o.state(calm); s.Owner != engine.OwnerQueue || !o.ticket(calm).Later {
		t.Errorf("the ticket no longer waits: %s", s.Owner)
	}
	place := func(id int64) int {
		e, _, err := o.Wait(context.Background(), o.ticket(id).Number)
		must(t, err)
		return e.Place
	}
	if place(waiting) != 7 || place(calm) != 8 {
		t.Fatalf("places %d and %d", place(waiting), place(calm))
	}
	said, calmSaid := len(o.history(waiting)), len(o.history(calm))
	told := []string{}
	for i := range before {
		o.dispatch()
		for _, id := range before {
			if k := o.stored(id); k.OfferedTo == anna {
				must(t, o.do(anna, id, engine.Acted{Action: engine.Take}))
			}
		}
		for range 8 {
			o.later(30*time.Second, anna)
		}
		must(t, o.do(anna, before[i], engine.Acted{Action: engine.Resolve, Text: "Готово"}))
		o.dispatch()
		if all := o.history(waiting); len(all) > said {
			for _, e := range all[said:] {
				told = append(told, textOf(t, e.Body))
			}
			said = len(all)
		}
		if k := o.stored(waiting); k.OfferedTo != 0 {
			break
		}
	}
	if len(told) == 0 || len(told) > 4 {
		t.Errorf("%d messages about the wait: %q", len(told), told)
	}
	for _, text := range told {
		if !strings.Contains(text, o.ticket(waiting).Number) || !strings.Contains(text, "в очереди") {
			t.Errorf("told: %q", text)
		}
	}
	if n := len(o.history(calm)); n != calmSaid {
		t.Errorf("who wants the answer later was told %d things more", n-calmSaid)
	}
	if k := o.stored(calm); k.Status != desk.New || k.Operator != 0 {
		t.Errorf("their ticket: %+v", k)
	}
}

func TestTermsAreWarnedOf(t *testing.T) {
	o := newOffice(t, nil)
	id := o.call("a")
	kinds := func() (out []string) {
		_, changes, err := o.store.Ticket(context.Background(), o.ticket(id).Number)
		must(t, err)
		for _, c := range changes {
			out = append(out, c.Kind)
		}
		return out
	}
	o.dispatch()
	o.clock.pass(4 * time.Minute)
	o.dispatch()
	same(t, "history", kinds(), []string{desk.Opened})
	o.clock.pass(time.Minute)
	o.dispatch()
	o.dispatch()
	same(t, "history", kinds(), []string{desk.Opened, desk.DueSoon})
	if !o.stored(id).Escalated {
		t.Error("the ticket is not marked")
	}
	o.clock.pass(5 * time.Minute)
	o.dispatch()
	o.dispatch()
	same(t, "history", kinds(), []string{desk.Opened, desk.DueSoon, desk.Overdue})
	again := &office{o.next(host.Config{Staff: o.staff}), o.clock, o.staff}
	again.dispatch()
	same(t, "history", kinds(), []string{desk.Opened, desk.DueSoon, desk.Overdue})
	must(t, again.do(1, id, engine.Acted{Action: engine.Take}))
	must(t, again.do(1, id, engine.Acted{Action: engine.Reply, Text: "Здравствуйте"}))
	if k := again.stored(id); k.Escalated || !k.Due.IsZero() {
		t.Errorf("a person has answered, and the term still runs: %+v", k)
	}
}

func TestPresence(t *testing.T) {
	c := &clock{at: monday}
	p := host.NewPresence(c.now, 90*time.Second)
	online := func(want bool, since time.Time) {
		t.Helper()
		if is, at := p.Online(1); is != want || !at.Equal(since) {
			t.Errorf("online %v since %v, want %v since %v", is, at, want, since)
		}
	}
	online(false, time.Time{})
	p.Seen(1)
	online(true, monday)
	c.pass(time.Minute)
	p.Seen(1)
	c.pass(89 * time.Second)
	online(true, monday)
	c.pass(time.Second)
	online(false, c.now())
	c.pass(time.Hour)
	p.Seen(1)
	online(true, c.now())
	p.Gone(1)
	online(false, c.now())

	changed, stop := p.Watch("A")
	defer stop()
	hints := func(want int) {
		t.Helper()
		got := 0
		for len(changed) > 0 {
			<-changed
			got++
		}
		if got != want {
			t.Errorf("%d hints, want %d", got, want)
		}
	}
	p.Looking("A", 1)
	hints(1)
	p.Looking("A", 1)
	p.Looking("B", 1)
	hints(0)
	p.Typing("A", 2)
	hints(1)
	same(t, "viewers", p.Viewers("A"), []host.Viewer{{Operator: 1, Since: c.now()}, {Operator: 2, Since: c.now(), Typing: true}})
	c.pass(10 * time.Second)
	p.Looking("A", 2)
	same(t, "typing", p.Viewers("A")[1].Typing, false)
	p.Left("A", 2)
	hints(1)
	c.pass(35 * time.Second)
	same(t, "viewers", p.Viewers("A"), nil)
	for i := range 200 {
		p.Looking("A", int64(i))
	}
	if n := len(p.Viewers("A")); n != 50 {
		t.Errorf("%d viewers are remembered", n)
	}
}
