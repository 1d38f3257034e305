package console

import (
	"context"
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

func TestViewsAndCounts(t *testing.T) {
	b := newBench(t)
	b.world.open(desk.Ticket{Number: "A", Operator: anna, OperatorName: "Анна Петрова", Status: desk.InWork})
	b.world.open(desk.Ticket{Number: "B"})
	b.world.open(desk.Ticket{Number: "C", Status: desk.Solved})
	page := b.as(anna).get("tickets")
	for view, n := range map[string]int{"mine": 1, "unassigned": 1, "group": 2, "all": 2, "mentions": 0, "solved": 1} {
		if !strings.Contains(page.text, fmt.Sprintf(`data-count="%s">%d<`, view, n)) {
			t.Errorf("%s is not counted as %d", view, n)
		}
	}
}

func TestFilters(t *testing.T) {
	b := newBench(t)
	now := b.clock.now()
	b.world.open(desk.Ticket{Number: "A", Queue: "status", Channel: "vk", Due: now.Add(-time.Minute)})
	b.world.open(desk.Ticket{Number: "B", Priority: desk.Urgent, Channel: "web", Due: now.Add(time.Minute)})
	b.world.open(desk.Ticket{Number: "C", Status: desk.Clarify})
	br := b.as(anna)
	for query, want := range map[string]string{
		"?overdue=1": "A", "?priority=urgent": "B", "?status=clarify": "C", "?channel=vk": "A", "?channel=web&priority=normal": "C",
		"?status=solved": "B A C", "?priority=x&channel=%00": "B A C", "?overdue=1&view=unassigned&queue=status": "A",
	} {
		if got := strings.Join(numbers(br.get("tickets"+query).status(t, 200)), " "); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
}

func TestSearch(t *testing.T) {
	b := newBench(t)
	b.world.open(desk.Ticket{Number: "О-26-000123-3", Subject: "Где моё заявление"})
	two := b.world.open(desk.Ticket{Number: "B", Status: desk.Solved})
	b.world.say(two.Conversation, engine.Citizen, "Очень длинная история о том, как однажды "+strings.Repeat("я ждал и ", 20)+"пришёл чек на почту")
	br := b.as(anna)
	number := engineNumber(t)
	b.world.open(desk.Ticket{Number: number})
	for query, want := range map[string]string{
		"ждал": "B", "чек": "B", "заявление": "О-26-000123-3", strings.ToLower(number): number, strings.ReplaceAll(number, "-", " "): number,
		"№ " + strings.ReplaceAll(number, "-", ""): number,
	} {
		page := br.get("tickets?q="+urlText(query)).status(t, 200)
		if got := strings.Join(numbers(page), " "); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	br.get("tickets?q="+urlText("чек")).has(t, "…", "пришёл чек на почту", "Результаты поиска")
	wrong := number[:len(number)-1] + string('0'+(number[len(number)-1]-'0'+1)%10)
	br.get("tickets?q="+urlText(wrong)).has(t, "контрольная цифра не сходится", "Ничего не нашлось")
	br.get("tickets?q=+").lacks(t, "Результаты поиска")
	br.get("tickets?q="+urlText("я")).has(t, "Слишком короткий запрос")
	br.get("tickets?q="+urlText("<script>alert(1)</script>")).lacks(t, "<script>alert")
	br.get("tickets?q="+strings.Repeat("a+", 3000)).status(t, 200)
	for _, q := range b.world.searched {
		if len(q.Words) > 10 || q.Limit > 200 || q.Lines > 1_000_000 {
			t.Errorf("unbounded: %+v", q)
		}
	}
}

// Fifty streams and a burst of changes cost one reading each snapshotGap, not one each.
func TestStreamsShareOneReading(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(c *Config) { c.StreamsEach = 100 })
		for i := range 20 {
			b.world.open(desk.Ticket{Number: fmt.Sprint("N-", i)})
		}
		br := b.as(anna)
		var all []*connection
		for range 50 {
			all = append(all, connect(t, br, "tickets/live", ""))
		}
		synctest.Wait()
		for _, c := range all {
			c.pending()
		}
		time.Sleep(time.Second)
		b.world.listed = 0
		for i := range 100 { // 20 messages a second for 5 seconds
			b.world.say(int64(i%20+1), engine.Citizen, fmt.Sprint("слово ", i))
			time.Sleep(50 * time.Millisecond)
		}
		time.Sleep(time.Second)
		if b.world.listed > 52 {
			t.Errorf("the tickets were read %d times in 5 s", b.world.listed)
		}
		for i, c := range all {
			shown := map[string]string{}
			for _, e := range c.pending() {
				var data listEvent
				if err := json.Unmarshal([]byte(e.data), &data); err != nil {
					t.Fatal(err)
				}
				for number, row := range data.Rows {
					shown[number] = row
				}
			}
			for n := range 20 {
				if !strings.Contains(shown[fmt.Sprint("N-", n)], fmt.Sprint("слово ", 80+n)) {
					t.Fatalf("stream %d has not seen the last words of %d", i, n)
				}
			}
			c.hangUp()
		}
	})
}

// A console that was gone while its server was restarted is told all that happened, and nothing twice.
func TestAlertsOverARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		mine := b.world.open(desk.Ticket{Number: "M", Operator: anna, OperatorName: "Анна Петрова", Status: desk.InWork})
		b.clock.pass(time.Second)
		heard := map[string]int{}
		last := ""
		listen := func(c *connection) {
			t.Helper()
			time.Sleep(snapshotGap * 2)
			for _, e := range c.pending() {
				last = e.id
				if e.name != "alerts" {
					continue
				}
				var data alertEvent
				if err := json.Unmarshal([]byte(e.data), &data); err != nil {
					t.Fatal(err)
				}
				for _, a := range data.Alerts {
					heard[a.ID]++
				}
			}
		}
		c := connect(t, b.as(anna), "tickets/live", "")
		listen(c)
		b.world.say(mine.Conversation, engine.Citizen, "раз")
		listen(c)
		b.clock.pass(time.Second)
		c.hangUp()
		b.world.say(mine.Conversation, engine.Citizen, "два, пока никто не слушал")
		b.world.open(desk.Ticket{Number: "N"})
		b.clock.pass(time.Second)

		other := newBench(t) // a new process over the same data
		other.world, other.people = b.world, b.people
		again, err := New(b.console.Ports, b.console.config)
		if err != nil {
			t.Fatal(err)
		}
		defer again.Close()
		b.console.Close()
		b.console = again
		c = connect(t, b.as(anna), "tickets/live", last)
		listen(c)
		b.clock.pass(time.Second)
		b.world.say(mine.Conversation, engine.Citizen, "три")
		listen(c)
		c.hangUp()
		c = connect(t, b.as(anna), "tickets/live", last)
		listen(c)
		c.hangUp()
		want := map[string]int{"message:M:1": 1, "message:M:2": 1, "message:M:3": 1, "new:N": 1}
		if fmt.Sprint(heard) != fmt.Sprint(want) {
			t.Errorf("heard %v, want %v", heard, want)
		}
	})
}

// A reading that was asked for after a change shows it, however many ask at once.
func TestFreshIsFresh(t *testing.T) {
	b := newBench(t)
	one := b.world.open(desk.Ticket{Number: "A"})
	for i := range 50 {
		done := make(chan struct{})
		for range 4 {
			go func() { b.console.inbox.fresh(context.Background()); done <- struct{}{} }()
		}
		text := fmt.Sprint("слово ", i)
		b.world.say(one.Conversation, engine.Citizen, text)
		s, err := b.console.inbox.fresh(context.Background())
		if err != nil || s.by["A"].Last != text {
			t.Fatalf("%d: %v, %v", i, s.by["A"].Last, err)
		}
		for range 4 {
			<-done
		}
	}
}

func TestMentionsView(t *testing.T) {
	b := newBench(t)
	b.world.open(desk.Ticket{Number: "A"})
	for i, text := range []string{"@anna посмотрите <b>", "@anna ещё"} {
		if _, err := b.world.AddNote(t.Context(), host.Note{Ticket: "A", Text: text, Name: "Борис Лукин", At: b.clock.now(), Mentions: []int64{anna}, Key: fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
	}
	br := b.as(anna)
	br.get("tickets").has(t, `class="count alarm" data-count="mentions">2<`)
	br.get("tickets?view=mentions").has(t, "@anna посмотрите &lt;b&gt;", "Борис Лукин", `href="/console/tickets/A#n-1"`)
	b.as(boris).get("tickets?view=mentions").has(t, "Вас пока никто не упоминал").lacks(t, "посмотрите")
}
