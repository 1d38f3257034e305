package console

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"spravka/engine/host"
)

func TestAccount(t *testing.T) {
	b := newBench(t)
	br := b.as(anna)
	br.get("account").status(t, 200).has(t, "Анна Петрова", "оператор", "этот").lacks(t, "Завершить все")
	br.get(br.post("account", url.Values{"name": {" Анна П. "}, "locale": {"en"}}).status(t, 303).location()).has(t, "Saved", "Анна П.", `<html lang="en">`)
	b.as(anna).get("tickets").has(t, `<html lang="en">`) // wherever they log in
	br.post("language", url.Values{"locale": {"ru"}}).status(t, 303)
	if o := b.people.find(anna); o.Locale != "ru" || o.Name != "Анна П." {
		t.Errorf("stored: %+v", o)
	}
	br.post("account", url.Values{"name": {"А\x00"}, "locale": {""}}).status(t, 422).has(t, "Укажите имя")
	br.post("account", url.Values{"name": {"А"}, "locale": {"xx"}}).status(t, 400)
	br.post("account", url.Values{"name": {"А"}, "key": {"?"}}).status(t, 400)
	br.post("account", url.Values{"name": {"Анна П."}, "role": {"administrator"}, "capacity": {"50"}}).status(t, 303)
	if o := b.people.find(anna); o.Role != host.RoleOperator || o.Capacity != host.CapacityDefault {
		t.Errorf("somebody promoted themselves: %+v", o)
	}
}

func TestPresence(t *testing.T) {
	b := newBench(t)
	br := b.as(anna)
	br.get(br.post("account/presence", url.Values{"presence": {"away"}}).status(t, 303).location()).has(t, "не будут приходить", "Я на месте")
	if o := b.people.find(anna); o.Presence != host.PresenceAway || !o.PresenceSince.Equal(b.clock.now()) {
		t.Errorf("stored: %+v", o)
	}
	if to := br.post("account/presence", url.Values{"presence": {"available"}, "back": {"/console/tickets"}}).status(t, 303).location(); to != "/console/tickets" {
		t.Errorf("back at %q", to)
	}
	br.post("account/presence", url.Values{"presence": {"asleep"}}).status(t, 400)
}

func TestSessionsAreListedAndEnded(t *testing.T) {
	b := newBench(t)
	one := b.as(anna)
	other := b.browser()
	other.remote = "198.51.100.7:1"
	other.header.Set("User-Agent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 YaBrowser/25.8 Safari/537.36")
	other.login("anna", secretOf("anna")).status(t, 303)
	third, boris := b.as(anna), b.as(boris)
	page := one.get("account").status(t, 200).has(t, "Яндекс Браузер, Windows", "198.51.100.7", "Завершить все")
	ids := regexp.MustCompile(`name="session" value="([0-9a-f]{16})"`).FindAllStringSubmatch(page.text, -1)
	if len(ids) != 2 {
		t.Fatalf("%d sessions can be ended:\n%s", len(ids), page.main())
	}
	for _, cookie := range []string{one.cookies[sessionCookie], other.cookies[sessionCookie]} {
		page.lacks(t, cookie)
	}
	boris.post("account/sessions", url.Values{"session": {ids[0][1]}}).status(t, 303) // another's: nothing happens
	other.get("tickets").status(t, 200)
	third.get("tickets").status(t, 200)
	one.get(one.post("account/sessions", url.Values{"session": {ids[0][1]}}).status(t, 303).location()).has(t, "Сеанс завершён")
	if ended := []int{other.get("tickets").Code, third.get("tickets").Code}; ended[0]+ended[1] != 200+303 {
		t.Errorf("after ending one: %v", ended)
	}
	one.post("account/sessions", url.Values{"session": {"others"}}).status(t, 303)
	other.get("tickets").status(t, 303)
	third.get("tickets").status(t, 303)
	one.get("tickets").status(t, 200)
	boris.get("tickets").status(t, 200)
	one.post("account/sessions", url.Values{"session": {strings.Repeat("f", 100)}}).status(t, 400)
}

func TestAdministratorEndsSessions(t *testing.T) {
	b := newBench(t)
	br := b.as(anna)
	admin := b.as(vera)
	admin.get(admin.post("operators/1", url.Values{"do": {"sessions"}}).status(t, 303).location()).has(t, "Сеансы сотрудника завершены")
	br.get("tickets").status(t, 303)
}

func TestDevices(t *testing.T) {
	for agent, want := range map[string]string{
		"": "",
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                                              "Firefox, Linux",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1": "Safari, iPhone",
		"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36":     "Chrome, Android",
		"curl/8.0":                "curl",
		"x\r\n\x00":               "x",
		strings.Repeat("ж", 3000): strings.Repeat("ж", 28) + "…",
		"\xff\xfe":                "",
	} {
		if got := deviceOf(agent); got != want {
			t.Errorf("%.40q: %q, want %q", agent, got, want)
		}
	}
}

func TestAuditLogPage(t *testing.T) {
	b := newBench(t)
	b.world.open(ticketOf("О-26-00001"))
	br := b.as(anna)
	for range 60 {
		br.get(ticketURL("О-26-00001")).status(t, 200)
	}
	b.clock.pass(24 * time.Hour)
	admin := b.as(vera)
	admin.post("operators/1", url.Values{"do": {"save"}, "name": {"Анна Петрова"}, "role": {"supervisor"}, "queues": {"status"}, "capacity": {"5"}}).status(t, 303)
	b.browser().login("anna", "wrong").status(t, 403)
	b.browser().login("пароль вместо логина", "wrong").status(t, 403)

	first := admin.get("log").status(t, 200).has(t, "изменил сотрудника", "<del><span class=\"hidden\">было </span>оператор</del>", "старший смены", "не смог войти", "неизвестно кто", "192.0.2.1").
		lacks(t, "пароль вместо логина", "wrong")
	count := func(a *answer) int { return strings.Count(a.text, `<tr role="row">`) - 1 }
	if n := count(first); n != logMost {
		t.Errorf("%d lines on a page", n)
	}
	older := regexp.MustCompile(`href="([^"]*before=\d+)"`).FindStringSubmatch(first.text)
	if older == nil {
		t.Fatal("no way to older lines")
	}
	second := admin.get(strings.ReplaceAll(older[1], "&amp;", "&")).status(t, 200).has(t, "К последним")
	total := len(b.people.log(host.AuditFilter{Limit: 500}))
	if n := count(second); n != total-logMost {
		t.Errorf("%d lines on the second page, want %d", n, total-logMost)
	}
	for query, want := range map[string]int{
		"action=login": 4, "action=login.failed": 2, fmt.Sprintf("person=%d&action=people", vera): 1, "ticket=О-26-00001&action=login": 0,
		"from=2026-11-25": total - 61, "to=2026-11-24&action=login": 1, "from=2026-11-24&to=2026-11-24&action=ticket": logMost,
		"action=nonsense": logMost, "person=x": logMost, "before=-5": logMost, "person=99": 0,
	} {
		u, _ := url.ParseQuery(query)
		if n := max(0, count(admin.get("log?"+u.Encode()).status(t, 200))); n != want {
			t.Errorf("%s: %d lines, want %d", query, n, want)
		}
	}
	admin.get("log?from=yesterday").status(t, 200).has(t, "Дата записана неверно")
	admin.get("log?ticket=%3Cscript%3E").status(t, 200).has(t, "Номер обращения записан неверно").lacks(t, "<script>")
	admin.get("log?person="+strings.Repeat("9", 3000)).status(t, 200)
	b.as(anna).get("log").status(t, 200) // a supervisor by now
	b.as(boris).get("log").status(t, 403)
	english := b.as(vera)
	english.header.Set("Accept-Language", "en")
	english.get("log").has(t, "changed somebody", "supervisor", "failed to log in")
}
