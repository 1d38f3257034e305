package console

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"spravka/engine"
	"spravka/engine/desk"
	"spravka/engine/host"
)

// alertsIn are the kinds and numbers of the alerts that came.
func alertsIn(t testing.TB, events []sse) (all []string) {
	t.Helper()
	for _, e := range events {
		if e.name != "alerts" {
			continue
		}
		var data alertEvent
		if err := json.Unmarshal([]byte(e.data), &data); err != nil {
			t.Fatal(err)
		}
		for _, a := range data.Alerts {
			all = append(all, a.Kind+" "+a.Number)
		}
	}
	return all
}

// A console hears of what came while its connection was broken, even within the same millisecond as what it had heard of,
// and even if the server had sent it already into the broken connection.
func TestAlertsOfABrokenConnection(t *testing.T) {
	for name, path := range map[string]string{"list": "tickets/live", "ticket": ticketURL("X") + "/live"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t) // its clock stands still: every event has the same moment
				b.world.open(desk.Ticket{Number: "X", Operator: boris, OperatorName: "Борис Лукин", Status: desk.InWork})
				mine := b.world.open(desk.Ticket{Number: "M", Operator: anna, OperatorName: "Анна Петрова", Status: desk.InWork})
				br := b.as(anna)
				quiet := func() { time.Sleep(2 * streamGap) }
				c := connect(t, br, path, "")
				quiet()
				c.pending()
				b.world.say(mine.Conversation, engine.Citizen, "раз")
				quiet()
				first := c.pending()
				last := first[len(first)-1].id
				if got := fmt.Sprint(alertsIn(t, first)); got != "[message M]" {
					t.Fatalf("heard %s", got)
				}
				b.world.say(mine.Conversation, engine.Citizen, "два, и это приходит в оборванное соединение")
				quiet()
				c.hangUp()
				b.world.open(desk.Ticket{Number: "N"})
				b.world.open(desk.Ticket{Number: "T"})
				b.world.hand("T", boris, "Борис Лукин") // somebody has taken it before the console is back
				if _, err := b.world.AddNote(t.Context(), host.Note{Ticket: "M", Text: "@anna", Mentions: []int64{anna}, Key: "k"}); err != nil {
					t.Fatal(err)
				}
				c = connect(t, br, path, last)
				quiet()
				again := c.pending()
				if got := strings.Join(alertsIn(t, again), ", "); got != "message M, new N, mention " {
					t.Errorf("after the reconnect: %q", got)
				}
				c.hangUp()
				c = connect(t, br, path, again[len(again)-1].id)
				quiet()
				if got := alertsIn(t, c.pending()); len(got) != 0 {
					t.Errorf("told twice: %v", got)
				}
				c.hangUp()
			})
		})
	}
}

// An identifier that nobody knows replays nothing, and the list is whole.
func TestAlertsOfAnUnknownPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.world.open(desk.Ticket{Number: "A"})
		c := connect(t, b.as(anna), "tickets/live", "")
		c.pending()
		b.world.open(desk.Ticket{Number: "B"})
		b.world.signal(0)
		time.Sleep(streamGap)
		c.hangUp()
		future := b.clock.now().Add(time.Hour).UnixMilli()
		digest := strings.Repeat("0", 24)
		for _, id := range []string{"nonsense", "<script>", fmt.Sprintf("%s.%d.AAAAAAAA-1", digest, future),
			fmt.Sprintf("%s.%d.%s-999999", digest, future, b.console.inbox.process), fmt.Sprintf("%s.%d", digest, future)} {
			c := connect(t, b.as(anna), "tickets/live", id)
			got := c.pending()
			c.hangUp()
			var list listEvent
			if len(got) != 1 || got[0].name != "list" || json.Unmarshal([]byte(got[0].data), &list) != nil ||
				fmt.Sprint(list.Order, len(list.Rows)) != "[A B] 2" || list.Tabs["all"] != 2 {
				t.Errorf("%q: %v", id, got)
			}
		}
	})
}

// What is kept for replay is bounded in time and number; who was away for longer is told by the times of the tickets.
func TestAlertsAreKeptForAWhile(t *testing.T) {
	b := newBench(t)
	x := b.console.inbox
	fresh := func() *snapshot {
		s, err := x.fresh(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	b.world.open(desk.Ticket{Number: "A"})
	start := fresh()
	b.world.open(desk.Ticket{Number: "B"})
	s := fresh()
	if all, ok := x.since(start.mark, s.mark); !ok || len(all) != 1 || all[0].number != "B" {
		t.Errorf("at once: %v, %v", all, ok)
	}
	b.clock.pass(happeningsFor + time.Second)
	b.world.open(desk.Ticket{Number: "C"})
	s = fresh()
	if all, ok := x.since(start.mark, s.mark); ok {
		t.Errorf("after long: %v", all)
	}
	v := &visit{operator: b.people.find(anna), locale: "ru"}
	var late bell
	if got := late.ring(b.console, v, b.console.viewerOf(v), s, start.mark, start.last); len(got) != 1 || got[0].ID != "new:C" {
		t.Errorf("by the times: %v", got)
	}
	for i := range happeningsKept + 10 {
		x.mu.Lock()
		x.add(b.clock.now(), happening{kind: "passed", number: fmt.Sprint(i), operator: anna})
		x.mu.Unlock()
	}
	b.world.open(desk.Ticket{Number: "D"})
	if fresh(); len(x.events) != happeningsKept {
		t.Errorf("%d are kept", len(x.events))
	}
}

// Who is offered a ticket hears that it is for them; colleagues hear of a new one.
func TestOffersAreAlerts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		first, second := connect(t, b.as(anna), "tickets/live", ""), connect(t, b.as(boris), "tickets/live", "")
		first.pending()
		second.pending()
		k := b.world.open(desk.Ticket{Number: "A", OfferedTo: anna, OfferedUntil: b.clock.now().Add(time.Minute), Fence: 1})
		b.world.say(k.Conversation, engine.Citizen, "оператор")
		time.Sleep(2 * snapshotGap)
		if got := fmt.Sprint(alertsIn(t, first.pending()), alertsIn(t, second.pending())); got != "[offer A] [new A]" {
			t.Errorf("heard %s", got)
		}
		b.world.mu.Lock()
		one := b.world.ticket("A")
		one.OfferedTo, one.Fence = boris, 3
		b.world.mu.Unlock()
		b.world.say(k.Conversation, engine.System, "предложено другому")
		time.Sleep(2 * snapshotGap)
		if got := fmt.Sprint(alertsIn(t, first.pending()), alertsIn(t, second.pending())); got != "[] [offer A]" {
			t.Errorf("then heard %s", got)
		}
		first.hangUp()
		second.hangUp()
	})
}
