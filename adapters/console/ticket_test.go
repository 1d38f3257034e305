package console

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"spravka/engine"
	"spravka/engine/desk"
	"spravka/engine/host"
)

func traced(d engine.Decided) []byte {
	trace, err := json.Marshal(d)
	if err != nil {
		panic(err)
	}
	return trace
}

func TestTicketPage(t *testing.T) {
	b := newBench(t)
	now := b.clock.now()
	one := b.world.open(desk.Ticket{
		Number: "О-26-00001", Subject: "Не открывается заявление", Reason: "flow:tech.problem", Topic: "tech.problem", Kind: desk.Fault,
		Opened: now.Add(-90 * time.Minute), Due: now.Add(time.Hour), Priority: desk.Urgent,
	})
	b.world.put(one.Conversation, host.Entry{Author: engine.Citizen, At: now.Add(-26 * time.Hour), Trace: traced(engine.Decided{Decision: engine.DecideFlow, Topics: []string{"tech.problem", "unknown.topic"}})},
		engine.Message{Text: "не **работает**\nсовсем"})
	b.world.put(one.Conversation, host.Entry{Author: engine.Bot, At: now.Add(-25 * time.Hour)},
		engine.Message{Text: "Что **именно**?\n\n- сайт\n- приложение", Buttons: []engine.Button{{Label: "Сайт", Payload: "p"}}})
	b.world.put(one.Conversation, host.Entry{Author: engine.Operator, Name: "Анна Петрова", At: now}, engine.Message{Text: "Смотрю"})
	b.world.put(one.Conversation, host.Entry{Author: engine.System, At: now}, engine.Message{Text: "Статус изменён"})
	b.world.put(one.Conversation, host.Entry{Author: engine.Citizen, At: now, Body: []byte("{broken")}, engine.Message{})
	b.world.put(one.Conversation, host.Entry{Author: engine.Citizen, At: now, Trace: []byte("{broken")},
		engine.Message{Files: []engine.File{{ID: "f1", Name: "снимок экрана.png", MIME: "image/png", Size: 204800}}})
	record := b.world.records[one.Conversation]
	record.State.Frames = []engine.Frame{{Flow: "Неполадка", Step: "шаг: описание"}}
	record.State.Slots = []engine.Slot{
		{Name: "Номер заявления", Value: "1000000022", At: now.Add(-time.Hour), Verified: true},
		{Name: "Телефон", Value: "+7 900 000-00-02", By: engine.Operator},
	}
	b.world.records[one.Conversation] = record
	b.world.changes[one.Number] = append(b.world.changes[one.Number], desk.Change{At: now, Status: desk.InWork, By: "boris", Note: "перезвонить"},
		desk.Change{At: now, Status: desk.Clarify, By: "Анна Петрова", Note: desk.Asked}, desk.Change{At: now, Status: desk.New, By: "bot", Note: "misses"})

	page := b.as(anna).get(ticketURL(one.Number)).status(t, 200)
	page.has(t,
		"О-26-00001", "Срочно", "Не открывается заявление", "Сообщение о неполадке", "сценарий: Техническая неполадка", "Неполадка, шаг: описание",
		"не **работает**\nсовсем",                  // a citizen's words stay as typed
		"<strong>именно</strong>", "<li>сайт</li>", // the bot's are rendered
		"Специалист, Анна Петрова", "Статус изменён", // who spoke
		"Эту запись не удалось прочитать", "снимок экрана.png", "200 КБ", `href="/console/files/f1"`,
		"→ по шагам", "Техническая неполадка", "unknown.topic", // what was understood
		"23.11.2026", "24.11.2026", ">10:00<", ">11:00<", ">12:00<", // Moscow
		"Номер заявления", "1000000022", "проверено", "Телефон", "не проверено",
		"Борис Лукин", "перезвонить", "запрошено уточнение", "помощник не понял", "Чат на сайте", "1 ч 30 мин",
		`aria-label="Предложенные кнопки"`, "<li>Сайт</li>",
	)
	if n := strings.Count(page.text, `class="day"`); n != 2 {
		t.Errorf("%d days are marked", n)
	}
	for _, by := range []string{"citizen", "bot", "operator", "system"} {
		if !strings.Contains(page.text, `class="said `+by+`"`) {
			t.Errorf("no line is marked as by %s", by)
		}
	}
	page.has(t, "сначала возьмите обращение", `value="take"`)
	if n := strings.Count(page.text, `disabled aria-describedby="why"`); n != 3 {
		t.Errorf("%d buttons are disabled, want 3", n)
	}
}

func TestForgedNumbers(t *testing.T) {
	b := newBench(t)
	b.world.open(ticketOf("О-26-00001"))
	br := b.as(anna)
	for _, number := range []string{
		"О-26-00002", "o-26-00001", "%3Cscript%3E", "..%2F..%2Fetc", "О-26-00001'%20OR%201=1", strings.Repeat("9", 4000), "%FF%FE", "%00",
	} {
		for _, path := range []string{"", "/take", "/live"} {
			a := br.get(Root+"tickets/"+number+path).status(t, 404).has(t, "Обращение не найдено", "На главную")
			a.lacks(t, "<script>")
		}
		br.multipart(Root+"tickets/"+number, url.Values{"action": {"take"}}).status(t, 404)
	}
}

func TestWindowsOfALongTalk(t *testing.T) {
	b := newBench(t)
	one := b.world.open(ticketOf("О-26-00001"))
	for i := 1; i <= 450; i++ {
		b.world.say(one.Conversation, engine.Citizen, fmt.Sprintf("слово %03d", i))
	}
	br := b.as(anna)
	path := ticketURL(one.Number)
	br.get(path).has(t, "слово 251", "слово 450", "?after=50", "data-follow").lacks(t, "слово 250", "Позже")
	br.get(path+"?after=50").has(t, "слово 051", "слово 250", "?after=0", "?after=250", "К последним").lacks(t, "слово 251", "слово 050", "data-follow")
	br.get(path+"?after=0").has(t, "слово 001", "слово 200").lacks(t, ">Раньше<")
	br.get(path+"?after=999999").has(t, "слово 450", "data-follow")
	for _, bad := range []string{"-1", "x", "1e3", "99999999999999999999"} {
		br.get(path+"?after="+bad).status(t, 400)
	}
}

func TestFilesNeedASession(t *testing.T) {
	b := newBench(t)
	for id, f := range map[string]storedFile{
		"png": {host.File{File: engine.File{ID: "png", Name: "фото.png", MIME: "image/png", Size: 4}}, []byte("\x89PNG")},
		"pdf": {host.File{File: engine.File{ID: "pdf", Name: "a\"b\r\nX: y.pdf", MIME: "application/pdf", Size: 4}}, []byte("%PDF")},
		"odd": {host.File{File: engine.File{ID: "odd", Name: "x.html", MIME: "text/html", Size: 8}}, []byte("<script>")},
	} {
		b.world.files[id] = f
	}
	b.browser().get("files/png").status(t, 303)
	br := b.as(anna)
	for id, want := range map[string]struct{ kind, disposition string }{
		"png": {"image/png", "inline; filename*=utf-8''%D1%84%D0%BE%D1%82%D0%BE.png"},
		"pdf": {"application/pdf", "attachment; filename=\"a_b_X_ y.pdf\""},
		"odd": {"application/octet-stream", "attachment; filename=x.html"},
	} {
		a := br.get("files/"+id).status(t, 200)
		h := a.Result().Header
		if h.Get("Content-Type") != want.kind || h.Get("Content-Disposition") != want.disposition {
			t.Errorf("%s: %q, %q", id, h.Get("Content-Type"), h.Get("Content-Disposition"))
		}
		if !strings.Contains(h.Get("Content-Security-Policy"), "sandbox") || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s could run: %v", id, h)
		}
		if a.text != string(b.world.files[id].content) {
			t.Errorf("%s: content %q", id, a.text)
		}
	}
	for _, id := range []string{"none", "..%2Fpng", "%00", strings.Repeat("x", 200)} {
		br.get("files/"+id).status(t, 404).has(t, "Файл не найден")
	}
}

// A message that the citizen has reworded stands beside its original, and who can't be reached is marked.
func TestEditsAndWhoHasLeft(t *testing.T) {
	b := newBench(t)
	one := b.world.open(desk.Ticket{Number: "О-26-00001", Channel: "telegram"})
	b.world.say(one.Conversation, engine.Citizen, "Иваов")
	b.world.put(one.Conversation, host.Entry{Author: engine.Citizen, Edits: 1}, engine.Message{Text: "Иванов"})
	page := b.as(anna).get(ticketURL(one.Number)).text
	if strings.Count(page, `<a class="label" href="#m-1">изменено:</a>`) != 1 || !strings.Contains(page, "Иваов") || strings.Contains(page, "недоступен") {
		t.Errorf("the page shows %s", page)
	}
	record := b.world.records[one.Conversation]
	record.State.Unreachable = true
	b.world.records[one.Conversation] = record
	if page = b.as(anna).get(ticketURL(one.Number)).text; !strings.Contains(page, "недоступен: сообщения не принимает") {
		t.Error("the page does not say that the citizen takes no messages")
	}
}
