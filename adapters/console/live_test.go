package console

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"spravka/engine"
	"spravka/engine/desk"
	"spravka/engine/host"
)

var lineID = regexp.MustCompile(`id="m-(\d+)"`)

func linesOf(t testing.TB, e sse) []string {
	t.Helper()
	var data ticketEvent
	if err := json.Unmarshal([]byte(e.data), &data); err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, m := range lineID.FindAllStringSubmatch(data.Lines, -1) {
		found = append(found, m[1])
	}
	return found
}

// The browser hangs up at random moments, loses events that were on their way, and comes back with the identifier of
// the last one that it has seen. Each line must reach it exactly once and in order.
func TestNothingIsMissedOverReconnects(t *testing.T) {
	for seed := range uint64(12) {
		synctest.Test(t, func(t *testing.T) {
			chance := rand.New(rand.NewPCG(seed, 7))
			b := newBench(t)
			one := b.world.open(ticketOf("О-26-00001"))
			br := b.as(anna)
			path := ticketURL(one.Number) + "/live"
			last, said := "0.1.0.0", 0
			var seen []string
			take := func(c *connection, most int) {
				for i, e := range c.pending() {
					if i == most {
						return // the rest was on its way when the connection broke
					}
					if e.id == "" { // beside the talk
						continue
					}
					seen = append(seen, linesOf(t, e)...)
					last = e.id
				}
			}
			for range 25 {
				for range chance.IntN(4) {
					said++
					b.world.say(one.Conversation, engine.Citizen, fmt.Sprint(said))
				}
				c := connect(t, br, path, last)
				for range chance.IntN(5) {
					for range chance.IntN(130) {
						said++
						b.world.say(one.Conversation, engine.Bot, fmt.Sprint(said))
					}
					time.Sleep(time.Duration(chance.IntN(400)) * time.Millisecond)
					take(c, 1000)
				}
				said++
				b.world.say(one.Conversation, engine.Citizen, fmt.Sprint(said))
				take(c, chance.IntN(2))
				c.hangUp()
			}
			c := connect(t, br, path, last)
			time.Sleep(time.Second)
			take(c, 1000)
			c.hangUp()
			var want []string
			for n := 1; n <= said; n++ {
				want = append(want, fmt.Sprint(n))
			}
			if !slices.Equal(seen, want) {
				t.Fatalf("seed %d: %d lines said, %d seen: %v", seed, said, len(seen), seen)
			}
		})
	}
}

func TestTicketStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		one := b.world.open(ticketOf("О-26-00001"))
		b.world.say(one.Conversation, engine.Citizen, "раз")
		br := b.as(anna)
		page := br.get(ticketURL(one.Number))
		after := regexp.MustCompile(`data-after="([^"]+)"`).FindStringSubmatch(page.text)[1]
		c := connect(t, br, ticketURL(one.Number)+"/live?after="+after, "")
		defer c.hangUp()
		if c.header.Get("Content-Type") != "text/event-stream; charset=utf-8" || c.header.Get("X-Accel-Buffering") != "no" {
			t.Errorf("header: %v", c.header)
		}
		if got := c.pending(); len(got) != 0 {
			t.Errorf("the page was up to date, yet it is told %v", got)
		}
		time.Sleep(streamGap)
		start := time.Now()
		b.world.say(one.Conversation, engine.Citizen, "два")
		got := c.soon()
		if len(got) != 1 || fmt.Sprint(linesOf(t, got[0])) != "[2]" || got[0].name != "ticket" || !strings.HasPrefix(got[0].id, "2.3.0.") || time.Since(start) > streamGap {
			t.Fatalf("after %v: %v", time.Since(start), got)
		}
		for n := range 10 { // a burst comes as one
			b.world.say(one.Conversation, engine.Bot, fmt.Sprint(n))
		}
		if got := c.pending(); len(got) != 0 {
			t.Errorf("within the gap: %v", got)
		}
		time.Sleep(streamGap)
		if got := c.pending(); len(got) != 1 || len(linesOf(t, got[0])) != 10 {
			t.Errorf("after the gap: %v", got)
		}
		b.as(boris).do(one.Number, "take", "").status(t, 303)
		time.Sleep(streamGap)
		got = c.pending()
		if len(got) != 1 {
			t.Fatalf("after a take: %v", got)
		}
		var data ticketEvent
		if err := json.Unmarshal([]byte(got[0].data), &data); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(data.Parts["actions"], "Отвечает Борис Лукин") || !strings.Contains(data.Parts["state"], "в работе") ||
			len(data.Parts) != len(parts) || strings.Contains(fmt.Sprint(data.Parts), "<textarea") {
			t.Errorf("parts: %v", data.Parts)
		}
		time.Sleep(3*streamBeat + time.Second)
		synctest.Wait()
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.beats != 3 {
			t.Errorf("%d beats in a minute", c.beats)
		}
	})
}

func TestListStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		one := b.world.open(desk.Ticket{Number: "A", Subject: "первое"})
		two := b.world.open(desk.Ticket{Number: "B", Subject: "второе", Queue: "status"})
		br := b.as(anna)
		after := regexp.MustCompile(`data-after="([^"]+)"`).FindStringSubmatch(br.get("tickets").text)[1]
		c := connect(t, br, "tickets/live?after="+after, "")
		mine := connect(t, br, "tickets/live?view=mine", "")
		next := func(c *connection) listEvent {
			t.Helper()
			time.Sleep(streamGap)
			got := slices.DeleteFunc(c.pending(), func(e sse) bool { return e.name == "alerts" })
			if len(got) != 1 {
				t.Fatalf("%d events: %v", len(got), got)
			}
			after = got[0].id
			var e listEvent
			if err := json.Unmarshal([]byte(got[0].data), &e); err != nil {
				t.Fatal(err)
			}
			return e
		}
		if e := next(mine); len(e.Order) != 0 || e.Order == nil {
			t.Errorf("mine: %v", e)
		}
		if got := c.pending(); len(got) != 0 {
			t.Errorf("the list was up to date, yet it is told %v", got)
		}
		b.world.say(two.Conversation, engine.Citizen, "алло")
		if e := next(c); fmt.Sprint(e.Order) != "[A B]" || len(e.Rows) != 1 || !strings.Contains(e.Rows["B"], "алло") {
			t.Errorf("a new line: %v", e)
		}
		b.world.hand(one.Number, anna, "Анна Петрова")
		if e := next(c); len(e.Rows) != 1 || !strings.Contains(e.Rows["A"], "У вас") {
			t.Errorf("taken: %v", e)
		}
		if e := next(mine); fmt.Sprint(e.Order) != "[A]" || e.Tabs["mine"] != 1 || e.Tabs["all"] != 2 {
			t.Errorf("mine, taken: %v", e)
		}
		c.hangUp()
		b.world.open(desk.Ticket{Number: "U", Priority: desk.Urgent, Opened: b.clock.now().Add(time.Minute)})
		again := connect(t, br, "tickets/live", after) // Last-Event-ID of another list, or of an old one: all is sent
		if e := next(again); fmt.Sprint(e.Order) != "[U A B]" || len(e.Rows) != 3 {
			t.Errorf("after a reconnect: %v", e)
		}
		again.hangUp()
		quiet := connect(t, br, "tickets/live", after)
		time.Sleep(streamGap)
		if got := quiet.pending(); len(got) != 0 {
			t.Errorf("nothing had changed, yet it is told %v", got)
		}
		quiet.hangUp()
		mine.hangUp()
	})
}

func TestDueTimesReachAQuietList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.world.open(desk.Ticket{Number: "A", Due: b.clock.now().Add(time.Minute)})
		c := connect(t, b.as(anna), "tickets/live", "")
		defer c.hangUp()
		c.pending()
		b.clock.pass(2 * time.Minute)
		time.Sleep(streamBeat)
		if got := c.pending(); len(got) != 1 || !strings.Contains(got[0].data, "просрочено") {
			t.Errorf("after the term: %v", got)
		}
	})
}

func TestStreamsEndWithTheSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		one := b.world.open(ticketOf("О-26-00001"))
		br := b.as(anna)
		c := connect(t, br, ticketURL(one.Number)+"/live", "")
		if err := b.people.SetDisabled(t.Context(), anna, true); err != nil {
			t.Fatal(err)
		}
		time.Sleep(streamBeat + time.Second)
		<-c.over
		if again := connect(t, br, ticketURL(one.Number)+"/live", ""); again.code != 401 {
			t.Errorf("status %d", again.code)
		}
	})
}

func TestStreamsEndWithTheRole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		one := b.world.open(ticketOf("О-26-00001"))
		br := b.as(anna)
		c := connect(t, br, ticketURL(one.Number)+"/live", "")
		o := b.people.find(anna)
		o.Role = host.RoleEditor
		if err := b.people.UpdateOperator(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		time.Sleep(streamBeat + time.Second)
		<-c.over
		if again := connect(t, br, ticketURL(one.Number)+"/live", ""); again.code != 403 {
			t.Errorf("status %d", again.code)
		}
	})
}

func TestStreamsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(c *Config) { c.Streams, c.StreamsEach = 3, 2 })
		a, other := b.as(anna), b.as(boris)
		first, second := connect(t, a, "tickets/live", ""), connect(t, a, "tickets/live", "")
		if c := connect(t, a, "tickets/live", ""); c.code != 503 {
			t.Errorf("the third of one operator: %d", c.code)
		}
		third := connect(t, other, "tickets/live", "")
		if c := connect(t, other, "tickets/live", ""); c.code != 503 {
			t.Errorf("the fourth of all: %d", c.code)
		}
		first.hangUp()
		fourth := connect(t, a, "tickets/live", "")
		if fourth.code != 200 {
			t.Errorf("a place was free: %d", fourth.code)
		}
		b.console.Close()
		synctest.Wait()
		for _, c := range []*connection{second, third, fourth} {
			<-c.over
		}
		if n := b.world.hints.Watchers(0); n != 0 {
			t.Errorf("%d watchers are left", n)
		}
	})
}

func TestCursors(t *testing.T) {
	for text, ok := range map[string]bool{
		"0.0.0.0": true, "17.3.1.1795510800000": true, "": false, "1": false, "-1.2.3.4": false, "1.2.3": false, "x.y.z.t": false, "1.1.1.": false,
		"9999999999999999999.1.1.1": false, "1.1.1.1\n": false, "1.1.1.9999999999999999": false,
	} {
		if _, got := parseCursor(text); got != ok {
			t.Errorf("%q: %v", text, got)
		}
	}
	synctest.Test(t, func(t *testing.T) { // nonsense begins now and is harmless
		b := newBench(t)
		one := b.world.open(ticketOf("О-26-00001"))
		b.world.say(one.Conversation, engine.Citizen, "раньше")
		c := connect(t, b.as(anna), ticketURL(one.Number)+"/live?after=<script>", "nonsense\"")
		defer c.hangUp()
		got := c.pending()
		if len(got) != 1 || len(linesOf(t, got[0])) != 0 {
			t.Errorf("told: %v", got)
		}
		time.Sleep(streamGap)
		b.world.say(one.Conversation, engine.Citizen, "теперь")
		if got := c.soon(); len(got) != 1 || fmt.Sprint(linesOf(t, got[0])) != "[2]" {
			t.Errorf("told: %v", got)
		}
	})
}
