package console

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"spravka/engine/desk"
	"spravka/engine/host"
)

// announceSamples leaves a fault, planned works and something that is over.
func announceSamples(b *bench) {
	b.t.Helper()
	now := b.clock.now()
	for i, n := range []desk.Notice{
		{Kind: desk.FaultNews, Texts: map[string]string{"ru": "Не загружаются файлы к заявлениям.", "en": "Files can't be attached to applications."}, Starts: now.Add(-time.Hour)},
		{Kind: desk.Works, Texts: map[string]string{"ru": "Обновление личного кабинета."}, Starts: now.Add(24 * time.Hour), Ends: now.Add(26 * time.Hour)},
		{Kind: desk.Works, Texts: map[string]string{"ru": "Замена серверов."}, Starts: now.Add(-26 * time.Hour), Ends: now.Add(-24 * time.Hour)},
	} {
		n.MadeBy, n.Made = "vera", now.Add(-48*time.Hour)
		if _, err := b.people.AddNotice(b.t.Context(), n, "sample"+string(rune('a'+i))); err != nil {
			b.t.Fatal(err)
		}
	}
}

func noticeForm(kind, text, starts, ends string) url.Values {
	return url.Values{"kind": {kind}, "text_ru": {text}, "text_en": {""}, "starts": {starts}, "ends": {ends}, "key": {newKey()}}
}

func TestANoticeIsAnnouncedAndEnded(t *testing.T) {
	b := newBench(t)
	b.world.open(ticketOf("О-26-00001"))
	boss, _ := b.hire("galina", host.RoleSupervisor)
	starts := b.clock.now().In(moscow()).Format(inputTime)
	form := noticeForm("fault", "Не грузятся <b>файлы</b>.", starts, "")
	boss.get(boss.post("notices", form).status(t, 303).location()).status(t, 200).has(t, "Объявление видно всем", "Не грузятся &lt;b&gt;файлы&lt;/b&gt;.").lacks(t, "<b>файлы")
	boss.get(boss.post("notices", form).status(t, 303).location()).has(t, "уже была отправлена")
	open, _, err := b.people.Notices(t.Context(), b.clock.now(), 0)
	if err != nil || len(open) != 1 || open[0].MadeBy != "galina" {
		t.Fatalf("%+v, %v", open, err)
	}
	boss.get(boss.post("notices/1", url.Values{"do": {"end"}, "key": {newKey()}}).status(t, 303).location()).has(t, "Объявление снято", "Завершил(а) galina")
	boss.post("notices/1", url.Values{"do": {"end"}, "key": {newKey()}}).status(t, 409)
	for _, path := range []string{"notices/0", "notices/x", "notices/99999999999999999999"} {
		boss.post(path, url.Values{"do": {"end"}, "key": {newKey()}}).status(t, 404)
	}
	boss.post("notices/1", url.Values{"do": {"explode"}, "key": {newKey()}}).status(t, 400)
	lines, err := b.people.AuditLog(t.Context(), host.AuditFilter{Limit: 50})
	if err != nil {
		t.Fatal(err)
	}
	actions := ""
	for _, l := range lines {
		actions += l.Action + " "
	}
	if !strings.Contains(actions, "notice.add") || !strings.Contains(actions, "notice.end") {
		t.Errorf("the audit log: %s", actions)
	}
}

func TestBadNotices(t *testing.T) {
	b := newBench(t)
	admin := b.as(vera)
	now := b.clock.now().In(moscow())
	at := func(h int) string { return now.Add(time.Duration(h) * time.Hour).Format(inputTime) }
	for name, c := range map[string]struct {
		form url.Values
		want string
	}{
		"no text":      {noticeForm("fault", " ", at(0), ""), "Напишите, что случилось"},
		"a long text":  {noticeForm("fault", strings.Repeat("я", 501), at(0), ""), "не длиннее 500"},
		"another kind": {noticeForm("gossip", "x", at(0), ""), "Выберите, о чём"},
		"no time":      {noticeForm("fault", "x", "", ""), "дату и время"},
		"a far time":   {noticeForm("works", "x", at(9000), at(9001)), "дату и время"},
		"no end":       {noticeForm("works", "x", at(1), ""), "должно быть окончание"},
		"backwards":    {noticeForm("works", "x", at(2), at(1)), "позже начала"},
		"over already": {noticeForm("works", "x", at(-3), at(-2)), "позже начала"},
	} {
		a := admin.post("notices", c.form).status(t, 422)
		if !strings.Contains(a.text, c.want) {
			t.Errorf("%s: %s", name, a.main())
		}
	}
	admin.post("notices", url.Values{"kind": {"fault"}, "key": {"short"}}).status(t, 400)
	if open, over, err := b.people.Notices(t.Context(), b.clock.now(), 10); err != nil || len(open)+len(over) != 0 {
		t.Errorf("%v %v %v", open, over, err)
	}
	b.as(anna).get("notices").status(t, 403)
}
