package console

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"spravka/engine"
	"spravka/engine/desk"
	"spravka/engine/host"
)

// owned opens a ticket that the operator has taken.
func (x *shift) owned(peer string, w *atWork) (number string, conversation int64) {
	x.t.Helper()
	conversation = x.callOperator(peer)
	own, err := x.store.Tickets(x.t.Context(), desk.Filter{Conversation: conversation})
	if err != nil || len(own) != 1 {
		x.t.Fatal(err, own)
	}
	x.take(own[0].Number, w)
	return own[0].Number, conversation
}

// take takes a ticket, even if the dispatcher offers it to somebody meanwhile.
func (x *shift) take(number string, w *atWork) {
	x.t.Helper()
	for range 5 {
		if w.do("POST", ticketURL(number), act("take", "over", itoa(x.now(number).OfferedTo))).Code == 303 {
			return
		}
	}
	x.t.Fatalf("%s can't take %s", w.name, number)
}

// now is how a ticket stands.
func (x *shift) now(number string) desk.Ticket {
	x.t.Helper()
	k, _, err := x.store.Ticket(x.t.Context(), number)
	if err != nil {
		x.t.Fatal(err)
	}
	return k
}

func act(action string, more ...string) url.Values {
	form := url.Values{"action": {action}}
	for i := 0; i < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return form
}

// logged is how many lines of the audit log tell of an action on a ticket.
func (x *shift) logged(action, number string) (n int) {
	x.t.Helper()
	lines, err := x.store.AuditLog(x.t.Context(), host.AuditFilter{Limit: 500})
	if err != nil {
		x.t.Fatal(err)
	}
	for _, l := range lines {
		if l.Action == action && l.Ticket == number {
			n++
		}
	}
	return n
}

func TestPassingOn(t *testing.T) {
	x := openShift(t)
	a, b := x.comes("anna", "Анна Петрова"), x.comes("boris", "Борис Лукин")
	number, conversation := x.owned("citizen", a)
	path := ticketURL(number)
	queue := x.now(number).Queue
	other := x.console.config.Queues[0]
	if other == queue {
		other = x.console.config.Queues[1]
	}
	for _, bad := range []url.Values{act("transfer"), act("transfer", "to", "operator:"+itoa(a.id)), act("transfer", "to", "operator:999"), act("transfer", "to", "operator:x"),
		act("transfer", "to", "queue:nowhere"), act("transfer", "to", "queue:"+queue), act("transfer", "to", `<script>alert(1)</script>`)} {
		bad.Set("note", "записка <script>alert(1)</script>")
		a.do("POST", path, bad).status(t, 422).has(t, "Выберите, кому или куда передать", "записка &lt;script&gt;").lacks(t, "<script>alert")
	}
	long := strings.Repeat("з", passedMost+1)
	a.do("POST", path, act("transfer", "to", "operator:"+itoa(b.id), "note", long)).status(t, 422).has(t, "1001", "1000", long)
	a.do("POST", path, act("transfer", "to", "operator:"+itoa(b.id), "text", "начатый ответ")).status(t, 422).has(t, "неотправленный ответ", "начатый ответ</textarea>")

	form := act("transfer", "to", "operator:"+itoa(b.id), "note", "<b>Ждёт</b> справку", "key", newKey())
	a.do("POST", path, form).status(t, 303)
	a.do("POST", path, form).status(t, 303) // replayed
	if k := x.now(number); k.Operator != b.id || k.Queue != queue {
		t.Fatalf("passed on: %+v", k)
	}
	if n := x.logged("ticket.transfer", number); n != 1 {
		t.Errorf("%d transfers are in the audit log", n)
	}
	b.do("GET", path, nil).has(t, "&lt;b&gt;Ждёт&lt;/b&gt; справку").lacks(t, "<b>Ждёт")
	if told := x.told(conversation); strings.Contains(told, "Ждёт") || !strings.Contains(told, "Борис Лукин") {
		t.Errorf("the citizen was told: %s", told)
	}
	b.do("POST", path, act("transfer", "to", "queue:"+other, "note", "не наше")).status(t, 303)
	if k := x.now(number); k.Operator != 0 || k.Queue != other {
		t.Fatalf("to a group: %+v", k)
	}
	x.take(number, a)
	a.do("POST", path, act("release")).status(t, 303)
	if k := x.now(number); k.Operator != 0 || !k.Status.Open() {
		t.Fatalf("released: %+v", k)
	}
	if told := x.told(conversation); !strings.Contains(told, "снова в очереди") {
		t.Errorf("the citizen is not told: %s", told)
	}
}

// A tab that was opened before the ticket went away and came back does nothing with it, and keeps what was written.
func TestAStaleTab(t *testing.T) {
	x := openShift(t)
	a := x.comes("anna", "Анна Петрова")
	number, conversation := x.owned("citizen", a)
	path := ticketURL(number)
	old := itoa(x.now(number).Fence)
	a.do("POST", path, act("release", "fence", old)).status(t, 303)
	x.take(number, a)
	for _, action := range []string{"reply", "ask", "ask_file", "resolve"} {
		a.do("POST", path, act(action, "fence", old, "text", "из старой вкладки")).status(t, 409).has(t, "только что изменилось", "из старой вкладки</textarea>")
	}
	for _, action := range []string{"release", "return"} {
		a.do("POST", path, act(action, "fence", old)).status(t, 409).has(t, "только что изменилось")
	}
	if k := x.now(number); k.Operator != a.id || strings.Contains(x.told(conversation), "старой вкладки") {
		t.Errorf("the old tab has acted: %+v", k)
	}
	a.do("POST", path, act("reply", "fence", itoa(x.now(number).Fence), "text", "из новой вкладки")).status(t, 303)
}

func TestSolvingWithEachReason(t *testing.T) {
	x := openShift(t)
	a, b := x.comes("anna", "Анна Петрова"), x.comes("boris", "Борис Лукин")
	for i, reason := range desk.Resolutions {
		number, conversation := x.owned(fmt.Sprint("citizen-", i), a)
		path := ticketURL(number)
		a.do("POST", path, act("ask_file")).status(t, 422).has(t, "какой документ нужен")
		a.do("POST", path, act("ask_file", "text", "Пришлите справку")).status(t, 303)
		if k := x.now(number); k.Status != desk.Clarify || k.Wants != desk.WantFile {
			t.Fatalf("asked for a file: %+v", k)
		}
		b.do("POST", path, act("resolve", "resolution", reason)).status(t, 409)
		if got := a.do("POST", path, act("resolve", "resolution", "<script>alert(1)</script>", "text", "почти")).has(t, "почти</textarea>").lacks(t, "<script>alert"); got.Code/100 != 4 {
			t.Errorf("an unknown reason: %d", got.Code)
		}
		form := act("resolve", "resolution", reason, "key", newKey())
		a.do("POST", path, form).status(t, 303)
		a.do("POST", path, form).status(t, 303)
		if k := x.now(number); k.Status != desk.Solved || k.Resolution != reason {
			t.Errorf("solved as %s: %+v", reason, k)
		}
		a.do("GET", path, nil).status(t, 200)
		for _, action := range []string{"reply", "ask", "transfer", "release", "return", "merge", "resolve"} {
			a.do("POST", path, act(action, "text", "ещё слово")).status(t, 409).has(t, "уже закончено", "ещё слово</textarea>")
		}
		if strings.Contains(x.told(conversation), "ещё слово") {
			t.Error("a solved ticket was answered")
		}
		if n := x.logged("ticket.resolve", number); n != 1 {
			t.Errorf("%d times in the audit log", n)
		}
	}
}

func TestReturnAndMerge(t *testing.T) {
	x := openShift(t)
	a := x.comes("anna", "Анна Петрова")
	number, conversation := x.owned("citizen", a)
	path := ticketURL(number)
	flow := ""
	for _, f := range x.console.Content.Flows("ru") {
		for _, q := range x.console.Content.Questions("ru", f.Value) {
			if q.Slot == "problem" || strings.Contains(f.Value, "tech.problem") {
				flow = f.Value
			}
		}
	}
	if flow == "" {
		t.Fatal("there is no flow to return into")
	}
	page := a.do("GET", path+"/return?flow="+flow, nil).status(t, 200)
	a.do("GET", path+"/return?flow=%3Cscript%3E", nil).status(t, 303)
	slots := regexp.MustCompile(`name="(slot\.[^"]+)"`).FindAllStringSubmatch(page.text, -1)
	if len(slots) == 0 {
		t.Fatalf("the page asks for nothing: %s", page.main())
	}
	a.do("POST", path, act("return", "flow", "no.such.flow")).lacks(t, "<script>")
	if k := x.now(number); k.Operator != a.id {
		t.Fatal("an unknown flow has taken the ticket away")
	}
	for _, into := range []string{"", number, "О-26-999999-9", "<script>alert(1)</script>"} {
		if got := a.do("POST", path, act("merge", "into", into)).lacks(t, "<script>alert"); got.Code != 422 && got.Code != 409 {
			t.Errorf("merged into %q: %d", into, got.Code)
		}
	}
	stranger, _ := x.owned("another", a)
	if got := a.do("POST", path, act("merge", "into", stranger)); got.Code != 422 && got.Code != 409 {
		t.Errorf("merged with another citizen's ticket: %d", got.Code)
	}
	form, told := act("return", "flow", flow, "key", newKey()), ""
	for _, q := range x.console.Content.Questions("ru", flow) {
		if len(q.Options) > 0 {
			a.do("POST", path, act("return", "flow", flow, "slot."+q.Slot, "<script>alert(1)</script>")).status(t, 422).lacks(t, "<script>alert")
			continue
		}
		if told == "" {
			told = q.Slot
			form.Set("slot."+q.Slot, "Не открывается <b>личный кабинет</b>, пишет об ошибке")
		}
	}
	a.do("POST", path, form).status(t, 303)
	a.do("POST", path, form).status(t, 303)
	record, err := x.host.Load(t.Context(), conversation)
	if err != nil || record.State.Owner != "bot" {
		t.Fatalf("%v, the owner is %s", err, record.State.Owner)
	}
	if n := x.logged("ticket.return", number); n != 1 {
		t.Errorf("%d returns are in the audit log", n)
	}
	if told == "" {
		t.Fatal("the flow asks for no text")
	}
	for _, s := range record.State.Frames[0].Slots {
		if s.Name == told && s.Value == form.Get("slot."+told) && s.By == engine.Operator {
			return
		}
	}
	t.Errorf("%s is not filled in: %+v", told, record.State.Frames)
}

func TestCannedRepliesByRole(t *testing.T) {
	x := openShift(t)
	a := x.comes("anna", "Анна Петрова")
	boss := &atWork{x: x}
	boss.id, boss.cookie = x.hire("vera", "Вера Соколова", host.RoleSupervisor)
	form := func(more ...string) url.Values {
		f := act("", "do", "save", "locale", "ru", "queue", "", "title", "Приветствие", "text", "Здравствуйте, {name}! Обращение {ticket}, {operator}.", "key", newKey())
		for i := 0; i < len(more); i += 2 {
			f.Set(more[i], more[i+1])
		}
		return f
	}
	send := func(w *atWork, f url.Values) *answer {
		br := (&bench{t: t, console: x.console}).browser()
		br.cookies[sessionCookie] = w.cookie.Value
		return br.post("canned", f)
	}
	send(a, form()).status(t, 403)
	for field, bad := range map[string][2]string{
		"{nmae}": {"text", "Привет, {nmae} {@no.fact}"}, "80": {"title", strings.Repeat("я", 81)}, "4000": {"text", strings.Repeat("я", 4001)},
		"очередь": {"queue", "<script>"}, "язык": {"locale", "xx"}, "название": {"title", " "},
	} {
		send(boss, form(bad[0], bad[1])).status(t, 422).has(t, field).lacks(t, "<script>")
	}
	first := form("title", "<b>Привет</b>")
	send(boss, first).status(t, 303)
	if to := send(boss, first).status(t, 303).location(); !strings.Contains(to, "again") {
		t.Errorf("replayed: %s", to)
	}
	send(boss, form("title", "<b>Привет</b>")).status(t, 409).has(t, "уже есть")
	a.do("GET", "canned", nil).has(t, "&lt;b&gt;Привет&lt;/b&gt;").lacks(t, `name="do"`, "<b>Привет")
	all, err := x.store.CannedReplies(t.Context())
	if err != nil || len(all) != 1 {
		t.Fatal(err, all)
	}
	id, version := itoa(all[0].ID), itoa(all[0].Version)
	number, conversation := x.owned("citizen", a)
	box := a.do("POST", ticketURL(number), act("canned", "canned", id, "text", "Начало")).status(t, 200)
	box.has(t, "Начало", "Обращение "+number+", Анна Петрова.", "{name}")
	a.do("POST", ticketURL(number), act("reply", "text", "Здравствуйте, {name}!")).status(t, 422).has(t, "{name}")
	if strings.Contains(x.told(conversation), "{name}") {
		t.Error("a placeholder was sent")
	}
	send(a, form("do", "delete", "id", id, "version", version)).status(t, 403)
	send(boss, form("id", id, "version", version, "text", "Новый текст")).status(t, 303)
	send(boss, form("id", id, "version", version, "text", "Мой текст")).status(t, 409).has(t, "Мой текст")
	send(boss, form("do", "delete", "id", id, "version", version)).status(t, 409)
	send(boss, form("do", "delete", "id", id, "version", itoa(all[0].Version+1))).status(t, 303)
	send(boss, form("do", "delete", "id", id, "version", itoa(all[0].Version+1))).status(t, 409)
	a.do("POST", ticketURL(number), act("canned", "canned", id, "text", "Начало")).status(t, 422).has(t, "больше нет", "Начало")
}
