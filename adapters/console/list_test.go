package console

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"spravka/engine"
	"spravka/engine/desk"
	"spravka/engine/host"
)

var rowNumber = regexp.MustCompile(`<tr role="row" id="t-([^"]+)"`)

func numbers(a *answer) []string {
	var found []string
	for _, m := range rowNumber.FindAllStringSubmatch(a.text, -1) {
		found = append(found, m[1])
	}
	return found
}

func TestListOrderAndFilters(t *testing.T) {
	b := newBench(t)
	at := func(minutes int) time.Time { return b.clock.now().Add(-time.Duration(minutes) * time.Minute) }
	b.world.open(desk.Ticket{Number: "A", Queue: "technical", Opened: at(5)})
	b.world.open(desk.Ticket{Number: "B", Queue: "status", Opened: at(50), Operator: anna, OperatorName: "Анна Петрова", Status: desk.InWork})
	b.world.open(desk.Ticket{Number: "C", Queue: "urgent", Opened: at(1), Priority: desk.Urgent})
	b.world.open(desk.Ticket{Number: "D", Queue: "technical", Opened: at(500), Status: desk.Solved})
	b.world.open(desk.Ticket{Number: "E", Queue: "technical", Opened: at(20), Operator: boris, OperatorName: "Борис Лукин", Status: desk.Clarify})
	b.world.open(desk.Ticket{Number: "F", Queue: "urgent", Opened: at(3), Priority: desk.Urgent})
	br := b.as(anna)
	for query, want := range map[string]string{
		"":                                "F C B E A",
		"?view=mine":                      "B",
		"?view=unassigned":                "F C A",
		"?view=solved":                    "D",
		"?queue=technical":                "E A",
		"?view=unassigned&queue=urgent":   "F C",
		"?view=nonsense&queue=nonsense":   "F C B E A",
		"?view=mine&queue=certificates":   "",
		"?queue=%3Cscript%3E&view=%00%ff": "F C B E A",
	} {
		page := br.get("tickets"+query).status(t, 200)
		if got := strings.Join(numbers(page), " "); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	page := br.get("tickets").has(t, "50 мин", "Борис Лукин", "Свободно", "Срочно", "требуется уточнение")
	if n := strings.Count(page.text, "<strong>У вас</strong>"); n != 1 {
		t.Errorf("%d tickets are said to be mine", n)
	}
	br.get("tickets?view=mine&queue=certificates").has(t, "Под отбор ничего не подходит")
	b.as(vera).get("tickets?view=mine").has(t, "За вами обращений нет")
	br.get("tickets?view=solved").has(t, `href="/console/tickets?view=mine"`).lacks(t, "data-since")
}

func TestListShowsTheLastWords(t *testing.T) {
	b := newBench(t)
	one := b.world.open(ticketOf("О-26-00001"))
	b.world.say(one.Conversation, engine.Citizen, "Первое")
	b.world.say(one.Conversation, engine.Citizen, "Не  могу\nвойти "+strings.Repeat("очень ", 60))
	b.world.say(one.Conversation, engine.System, "Обращение передано")
	two := b.world.open(ticketOf("О-26-00002"))
	b.world.put(two.Conversation, host.Entry{Author: engine.Citizen}, engine.Message{Files: []engine.File{{ID: "f", Name: "a.png"}}})
	b.world.open(ticketOf("О-26-00003"))
	page := b.as(anna).get("tickets").has(t, "Гражданин:", "Не могу войти очень", "есть файл").lacks(t, "Обращение передано", "Первое")
	if strings.Contains(page.text, strings.Repeat("очень ", 40)) {
		t.Error("the last words are not cut")
	}
}

func TestTermsWarn(t *testing.T) {
	b := newBench(t)
	now := b.clock.now()
	b.world.open(desk.Ticket{Number: "A", Due: now.Add(time.Hour)})
	b.world.open(desk.Ticket{Number: "B", Due: now.Add(9 * time.Minute)})
	b.world.open(desk.Ticket{Number: "C", Due: now.Add(-time.Second)})
	b.world.open(desk.Ticket{Number: "D", Due: now.Add(-time.Hour), Status: desk.Solved})
	br := b.as(anna)
	page := br.get("tickets")
	for word, want := range map[string]int{"badge left careful": 1, "badge left danger": 1, ">скоро, 9 мин<": 1, ">просрочено на &lt;1 мин<": 1, ">осталось 1 ч<": 1} {
		if n := strings.Count(page.text, word); n != want {
			t.Errorf("%q %d times", word, n)
		}
	}
	page.has(t, "13:00", "12:09", "11:59") // Moscow
	br.get("tickets?view=solved").lacks(t, "badge left")
}

func TestPages(t *testing.T) {
	b := newBench(t)
	for i := range 2*pageRows + 5 {
		b.world.open(desk.Ticket{Number: fmt.Sprintf("N-%03d", i)})
	}
	br := b.as(anna)
	first := br.get("tickets").has(t, "1–50 из 105", "Дальше").lacks(t, "Назад")
	if n := len(numbers(first)); n != pageRows {
		t.Errorf("%d rows", n)
	}
	last := br.get("tickets?page=3").has(t, "101–105 из 105", `href="/console/tickets?page=2"`).lacks(t, "Дальше")
	if got := strings.Join(numbers(last), " "); got != "N-100 N-101 N-102 N-103 N-104" {
		t.Errorf("the last page: %s", got)
	}
	for _, query := range []string{"?page=99", "?page=-1", "?page=x", "?page=99999999999999999999"} {
		if n := len(numbers(br.get("tickets"+query).status(t, 200))); n == 0 {
			t.Errorf("%s shows nothing", query)
		}
	}
}

func TestSince(t *testing.T) {
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	m := moments{locale: "ru", zone: moscow(), now: func() time.Time { return now }}
	for ago, want := range map[time.Duration]string{
		-time.Minute: "<1 мин", 0: "<1 мин", 59 * time.Second: "<1 мин", time.Minute: "1 мин", 59*time.Minute + 59*time.Second: "59 мин",
		time.Hour: "1 ч", 61 * time.Minute: "1 ч 1 мин", 23*time.Hour + 59*time.Minute: "23 ч 59 мин", 24 * time.Hour: "1 д",
		25*time.Hour + 30*time.Minute: "1 д 1 ч", 300 * time.Hour: "12 д 12 ч", 240 * time.Hour: "10 д", 70 * time.Minute: "1 ч 10 мин",
	} {
		if got := m.since(now.Add(-ago)); got != want {
			t.Errorf("%v: %q, want %q", ago, got, want)
		}
	}
	if got := m.moment(now.Add(14 * time.Hour)); got != "25.11, 02:00" {
		t.Errorf("another day in Moscow: %q", got)
	}
	if got := m.moment(now.AddDate(-1, 0, 0)); got != "24.11.2025, 12:00" {
		t.Errorf("another year: %q", got)
	}
	if got := m.moment(now.Add(-12 * time.Hour)); got != "00:00" {
		t.Errorf("the same day in Moscow: %q", got)
	}
	for n, want := range map[int64]string{0: "0 байт", 1023: "1023 байт", 1024: "1 КБ", 1536: "2 КБ", 10 << 20: "10,0 МБ"} {
		if got := byteSize("ru", n); got != want {
			t.Errorf("%d bytes: %q, want %q", n, got, want)
		}
	}
}

func TestStanding(t *testing.T) {
	talk := func(owner engine.Owner, operator int64) engine.Conversation {
		return engine.Conversation{Owner: owner, Operator: operator}
	}
	for name, c := range map[string]struct {
		ticket desk.Ticket
		talk   engine.Conversation
		want   string
	}{
		"nobody's":                    {desk.Ticket{Status: desk.New}, talk(engine.OwnerQueue, 0), "why.free"},
		"with the bot, nobody's":      {desk.Ticket{Status: desk.New}, talk("", 0), "why.free"},
		"mine":                        {desk.Ticket{Status: desk.InWork, Operator: anna}, talk(engine.OwnerOperator, anna), ""},
		"mine, the bot talks":         {desk.Ticket{Status: desk.InWork, Operator: anna}, talk(engine.OwnerBot, 0), "why.free"},
		"another's":                   {desk.Ticket{Status: desk.InWork, Operator: boris, OperatorName: "Б"}, talk(engine.OwnerOperator, boris), "why.other"},
		"another's, the bot talks":    {desk.Ticket{Status: desk.Clarify, Operator: boris, OperatorName: "Б"}, talk(engine.OwnerBot, 0), "why.other"},
		"mine, another talks":         {desk.Ticket{Status: desk.InWork, Operator: anna}, talk(engine.OwnerOperator, boris), "why.somebody"},
		"nobody's, another talks":     {desk.Ticket{Status: desk.New}, talk(engine.OwnerOperator, boris), "why.somebody"},
		"nobody's, I talk already":    {desk.Ticket{Status: desk.New}, talk(engine.OwnerOperator, anna), "why.free"},
		"solved":                      {desk.Ticket{Status: desk.Solved, Operator: anna}, talk(engine.OwnerOperator, anna), "why.over"},
		"closed while another's talk": {desk.Ticket{Status: desk.Closed}, talk(engine.OwnerOperator, boris), "why.over"},
	} {
		s := stand(c.ticket, c.talk, anna, time.Now())
		if got := s.Why(); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if s.Mine != (c.want == "") || (s.Other == boris) != slices.Contains([]string{"why.other", "why.somebody"}, c.want) {
			t.Errorf("%s: %+v", name, s)
		}
	}
}
