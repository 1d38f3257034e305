package console

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"spravka/engine/desk"
	"spravka/engine/host"
)

// TestLookAtDesk looks at the pages of the desk and at tickets with open panels as [TestLook] does at the others.
func TestLookAtDesk(t *testing.T) {
	chrome := startChromium(t)
	b := newBench(t, func(c *Config) { c.Now = time.Now })
	b.clock.at = time.Now()
	_, mine, other, solved := sample(b)
	b.console.Conversations = boardWorld{b.world}
	for i, c := range []host.Canned{
		{Locale: "ru", Title: "Приветствие", Text: "Здравствуйте, {name}! Меня зовут {operator}, я занимаюсь обращением {ticket}."},
		{Locale: "ru", Queue: "status", Title: "Срок рассмотрения", Text: "Заявление рассматривают до десяти рабочих дней.\nЕсли срок прошёл, позвоните по номеру {@hotline.phone}."},
		{Locale: "en", Title: "Greeting", Text: "Hello! My name is {operator}."},
	} {
		c.Changed, c.By = b.clock.now(), "vera"
		if _, err := b.world.SaveCanned(t.Context(), c); err != nil {
			t.Fatal(i, err)
		}
	}
	a, colleague, admin := b.as(anna), b.as(boris), b.as(vera)
	colleague.note(mine.Number, "@anna гражданин звонил и по телефону, обещали ответить до вечера. Номер заявления он путает, сверьте по дате рождения.")
	a.get(ticketURL(mine.Number))
	colleague.note(other.Number, "@anna посмотри, пожалуйста: такое уже было на прошлой неделе")
	b.world.open(desk.Ticket{Number: "О-26-00420-7", Queue: "status", Subject: "Тот же вопрос с телефона", Opened: b.clock.now()})
	b.world.mu.Lock()
	b.world.ticket("О-26-00420-7").Conversation = mine.Conversation
	k := b.world.ticket(solved.Number)
	k.Resolution, k.Rating, k.RatingText = "answered", 5, "Быстро и вежливо"
	b.world.mu.Unlock()
	opened := func(box string) func(*window) {
		return func(w *window) {
			live(w)
			w.do(chromedp.Click(chromedp.CSS(box + " summary")))
			w.until(`document.querySelector('` + box + `').open`)
		}
	}
	lookAt(t, chrome, b.serve(), []look{
		{"mentions", a, "tickets?view=mentions", live},
		{"mentions-none", admin, "tickets?view=mentions", live},
		{"list-search", a, "tickets?q=заявление", nil},
		{"list-filters", a, "tickets?view=all&queue=status", live},
		{"ticket-transfer", a, ticketURL(mine.Number), opened("#transfer-box")},
		{"ticket-return", a, ticketURL(mine.Number), opened("#return-box")},
		{"ticket-merge", a, ticketURL(mine.Number), opened("#merge-box")},
		{"ticket-resolve", a, ticketURL(mine.Number), opened("#resolve-box")},
		{"ticket-canned", a, ticketURL(mine.Number), opened("#canned-box")},
		{"ticket-note", a, ticketURL(mine.Number), opened("#note-box")},
		{"ticket-slash", a, ticketURL(mine.Number), func(w *window) {
			live(w)
			w.do(chromedp.Focus(chromedp.CSS("#reply-text")))
			w.keys("/")
			w.until(`!document.getElementById('reply-text-list').hidden`)
		}},
		{"ticket-rated", a, ticketURL(solved.Number), live},
		{"return", a, ticketURL(mine.Number) + "/return?flow=application.status", nil},
		{"canned", admin, "canned", nil},
		{"board", admin, "board", live},
		{"list-help", a, "tickets", func(w *window) {
			live(w)
			w.keys("?")
			w.until(`document.getElementById('help').open`)
		}},
	})
}

// boardWorld is a world with a busy morning on its board.
type boardWorld struct{ *world }

func (w boardWorld) Board(_ context.Context, since time.Time) (desk.Board, error) {
	seat := func(id int64, name string, presence desk.Presence, capacity int) desk.Seat {
		return desk.Seat{ID: id, Name: name, Presence: presence, Capacity: capacity}
	}
	return desk.Board{
		Since: since, At: w.now(), Total: desk.BoardLine{AtWork: 3, Waiting: 7, InWork: 4, Clarify: 2, Overdue: 1, DueSoon: 2, Longest: 9*time.Hour + 15*time.Minute},
		Queues: []desk.BoardLine{{Queue: "urgent", AtWork: 1, Waiting: 1, DueSoon: 1, Longest: 6 * time.Minute},
			{Queue: "status", AtWork: 3, Waiting: 2, InWork: 3, Overdue: 1, Longest: 9*time.Hour + 15*time.Minute}, {Queue: "registration", Waiting: 4, InWork: 1, Clarify: 2, Longest: 70 * time.Minute}},
		Operators:  []desk.OperatorLine{{Seat: seat(anna, "Анна Петрова", desk.Available, 4), InWork: 3, Overdue: 1, Solved: 11}, {Seat: seat(boris, "Борис Лукин", desk.Away, 4), InWork: 1, Clarify: 2, Solved: 6}},
		FirstReply: desk.Quantiles{Count: 17, Median: 4 * time.Minute, P90: 21 * time.Minute}, Solving: desk.Quantiles{Count: 17, Median: 38 * time.Minute, P90: 5 * time.Hour},
		Solved: 17, Ratings: [6]int{0, 1, 0, 2, 3, 6}, Rated: 12, Mean: 4.1, Reasons: []desk.ReasonCount{{Reason: "asked", Count: 9}, {Reason: "misses", Count: 5}},
	}, nil
}
