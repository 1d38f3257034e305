package console

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"spravka/engine"
	"spravka/engine/desk"
	"spravka/engine/host"
)

func TestOnlyAdministratorsManageOperators(t *testing.T) {
	b := newBench(t)
	br := b.as(anna)
	br.get("operators").status(t, 403).has(t, "не открыт вашей роли (оператор)")
	br.post("operators", url.Values{"login": {"x1"}, "name": {"X"}, "role": {"administrator"}}).status(t, 403)
	br.post("operators/2", url.Values{"do": {"renew"}}).status(t, 403)
	br.get("tickets").lacks(t, "/console/operators")
	if len(b.people.all()) != 3 || b.people.all()[1].PasswordHash == "" || generated(b.people.all()[1]) {
		t.Error("an operator changed the staff")
	}
	b.browser().get("operators").status(t, 303)
	b.as(vera).get("operators").status(t, 200).has(t, "Борис Лукин", "это вы")
}

var linkPattern = regexp.MustCompile(`value="http://example\.com(/console/invitation/[A-Za-z0-9_-]{43})"`)

// link returns the path of the invitation that a page shows.
func (a *answer) link(t *testing.T) string {
	t.Helper()
	m := linkPattern.FindStringSubmatch(a.text)
	if m == nil {
		t.Fatal("no link on the page:\n", a.main())
	}
	return m[1]
}

func TestInvitation(t *testing.T) {
	b := newBench(t)
	admin := b.as(vera)
	form := url.Values{"login": {" Galina.S "}, "name": {" Галина Седова "}, "role": {"supervisor"}, "queues": {"status", "general", "no such queue", "status"},
		"capacity": {"7"}, "email": {"Galina@Example.ru"}, "key": {newKey()}}
	page := admin.post("operators", form).status(t, 200).has(t, "Галина Седова", "Больше она не будет показана")
	link := page.link(t)
	admin.get("operators").has(t, "Приглашения", "galina.s").lacks(t, link)
	again := admin.post("operators", form).status(t, 303)
	admin.get(again.location()).has(t, "уже была отправлена").lacks(t, link)
	if invitations, _ := b.people.Invitations(t.Context(), b.clock.now()); len(invitations) != 1 {
		t.Errorf("%d invitations after a replayed form", len(invitations))
	}

	galina := b.browser()
	galina.get(link).status(t, 200).has(t, "Вас пригласили", "старший смены", "galina.s")
	for field, says := range map[string]string{"short": "короче 12", "password12345": "легко угадать", "моя galina.s и весна": "логина или имени", "Седова у моря синего": "логина или имени"} {
		galina.post(link, url.Values{"name": {"Галина Седова"}, "new": {field}, "repeat": {field}}).status(t, 422).has(t, says).lacks(t, `value="`+field)
	}
	galina.post(link, url.Values{"name": {""}, "new": {"семь слонов на лугу"}, "repeat": {"семь слонов на лугу"}}).status(t, 422).has(t, "Укажите имя")
	galina.post(link, url.Values{"name": {"Г"}, "new": {"семь слонов на лугу"}, "repeat": {"другое"}}).status(t, 422).has(t, "различаются")
	accepted := url.Values{"name": {"Галина С."}, "new": {"семь слонов на лугу"}, "repeat": {"семь слонов на лугу"}}
	to := galina.post(link, accepted).status(t, 303).location()
	galina.get(to).status(t, 200).has(t, "Пароль задан", "Снимите этот рисунок")
	galina.get("tickets").status(t, 200).has(t, "Галина С.")
	o := b.people.all()[3]
	if o.Login != "galina.s" || o.Name != "Галина С." || o.Role != host.RoleSupervisor || o.Capacity != 7 || strings.Join(o.Queues, ",") != "status,general" ||
		o.Email != "galina@example.ru" || !o.Created.Equal(b.clock.now()) || generated(o) {
		t.Errorf("stored: %+v", o)
	}
	b.browser().get(link).status(t, 404).has(t, "Ссылка не действует")
	b.browser().post(link, accepted).status(t, 404)
	b.browser().login("galina.s", "семь слонов на лугу").status(t, 303)
	if len(b.people.all()) != 4 {
		t.Error("a used link made another operator")
	}
	if strings.Contains(b.log.String(), link[20:]) {
		t.Error("the link is in the log")
	}
	var log []string
	for _, line := range b.people.log(host.AuditFilter{Action: "people"}) {
		log = append(log, line.Login+" "+line.Action+" "+line.Subject)
	}
	if got := strings.Join(log, ", "); got != "vera people.invite galina.s, galina.s people.join galina.s" {
		t.Errorf("audit log: %s", got)
	}
}

func TestInvitationEnds(t *testing.T) {
	b := newBench(t)
	admin := b.as(vera)
	ask := func(login string) string {
		return admin.post("operators", url.Values{"login": {login}, "name": {"Имя"}, "role": {"operator"}}).status(t, 200).link(t)
	}
	expired, revoked := ask("first"), ask("second")
	id := regexp.MustCompile(`operators/invitations/(\d+)`).FindAllStringSubmatch(admin.get("operators").text, -1)[0][1] // the newest
	for range 2 {                                                                                                        // the second time it is gone, which is as well
		to := admin.post("operators/invitations/"+id, url.Values{}).status(t, 303).location()
		admin.get(to).has(t, "Приглашение отозвано")
	}
	b.clock.pass(invitationTime - time.Second)
	b.browser().get(revoked).status(t, 404)
	b.browser().get(expired).status(t, 200)
	b.clock.pass(time.Second)
	good := url.Values{"name": {"Имя"}, "new": {"семь слонов на лугу"}, "repeat": {"семь слонов на лугу"}}
	shown := ""
	for _, link := range []string{expired, revoked, "invitation/" + newSecret(), "invitation/short", "invitation/" + strings.Repeat("x", 3000), "invitation/..%2F..", "invitation/%00"} {
		a := b.browser().get(link).status(t, 404)
		b.browser().post(link, good).status(t, 404)
		if shown == "" {
			shown = a.main()
		}
		if a.main() != shown {
			t.Errorf("%s is answered otherwise", link)
		}
	}
	if len(b.people.all()) != 3 {
		t.Error("a dead link made somebody")
	}
}

func TestBadOperators(t *testing.T) {
	b := newBench(t)
	admin := b.as(vera)
	for _, c := range []struct {
		login, name, role, capacity, email string
		status                             int
		says                               string
	}{
		{"a", "Имя", "operator", "", "", 422, "от 2 до 32"},
		{"пётр", "Имя", "operator", "", "", 422, "от 2 до 32"},
		{"a b", "Имя", "operator", "", "", 422, "от 2 до 32"},
		{strings.Repeat("a", 33), "Имя", "operator", "", "", 422, "от 2 до 32"},
		{"petr", "", "operator", "", "", 422, "Укажите имя"},
		{"petr", "\x00", "operator", "", "", 422, "Укажите имя"},
		{"petr", strings.Repeat("я", 101), "operator", "", "", 422, "Укажите имя"},
		{"petr", "Имя", "root", "", "", 422, "Выберите роль"},
		{"petr", "Имя", "operator", "0", "", 422, "от 1 до 50"},
		{"petr", "Имя", "operator", "51", "", 422, "от 1 до 50"},
		{"petr", "Имя", "operator", "много", "", 422, "от 1 до 50"},
		{"petr", "Имя", "operator", "", "a@b@c", 422, "почты записан неверно"},
		{"petr", "Имя", "operator", "", strings.Repeat("a", 300) + "@b", 422, "почты записан неверно"},
		{"anna", "Имя", "operator", "", "", 409, "Такой логин уже есть"},
	} {
		admin.post("operators", url.Values{"login": {c.login}, "name": {c.name}, "role": {c.role}, "capacity": {c.capacity}, "email": {c.email}}).status(t, c.status).has(t, c.says)
	}
	admin.post("operators", url.Values{"login": {"petr"}, "name": {"Имя"}, "role": {"operator"}, "key": {"?"}}).status(t, 400)
	if len(b.people.all()) != 3 {
		t.Error("something was stored")
	}
}

func TestDisableAndEnableOperator(t *testing.T) {
	b := newBench(t)
	admin, br := b.as(vera), b.as(anna)
	off := admin.post("operators/1", url.Values{"do": {"disable"}}).status(t, 303)
	admin.get(off.location()).has(t, "Доступ закрыт", "Открыть доступ")
	br.get("tickets").status(t, 303)
	b.browser().login("anna", secretOf("anna")).status(t, 403)
	admin.post("operators/1", url.Values{"do": {"renew"}}).status(t, 409)
	on := admin.post("operators/1", url.Values{"do": {"enable"}}).status(t, 303)
	admin.get(on.location()).has(t, "Доступ открыт")
	b.browser().login("anna", secretOf("anna")).status(t, 303)

	for _, do := range []string{"disable", "renew", "factor", "sessions"} {
		admin.post("operators/3", url.Values{"do": {do}}).status(t, 403).has(t, "Собственный доступ")
	}
	admin.post("operators/1", url.Values{"do": {"promote"}}).status(t, 400)
	admin.post("operators/1", url.Values{"do": {"disable"}, "key": {"?"}}).status(t, 400)
	for _, id := range []string{"99", "-1", "x", "9223372036854775808"} {
		admin.post("operators/"+id, url.Values{"do": {"disable"}}).status(t, 404)
		admin.get("operators/"+id).status(t, 404)
	}
	log := b.people.log(host.AuditFilter{Action: "people.change"})
	if len(log) != 2 || log[0].Subject != "anna" || log[0].Details[0] != (host.AuditChange{Field: "access", Before: "on", After: "off"}) {
		t.Errorf("audit log: %+v", log)
	}
}

func TestChangePerson(t *testing.T) {
	b := newBench(t)
	admin := b.as(vera)
	admin.get("operators/1").status(t, 200).has(t, "Анна Петрова", "anna")
	form := url.Values{"do": {"save"}, "name": {"Анна Ильина"}, "role": {"supervisor"}, "queues": {"technical"}, "capacity": {"50"}, "email": {"anna@example.ru"}, "key": {newKey()}}
	admin.get(admin.post("operators/1", form).status(t, 303).location()).has(t, "Сохранено", "Анна Ильина")
	admin.get(admin.post("operators/1", form).status(t, 303).location()).has(t, "уже была отправлена")
	o := b.people.find(anna)
	if o.Name != "Анна Ильина" || o.Role != host.RoleSupervisor || o.Capacity != 50 || o.Email != "anna@example.ru" || strings.Join(o.Queues, "") != "technical" || o.Login != "anna" {
		t.Errorf("stored: %+v", o)
	}
	log := b.people.log(host.AuditFilter{Action: "people.change"})
	if len(log) != 1 || len(log[0].Details) != 5 || log[0].Details[1] != (host.AuditChange{Field: "role", Before: "operator", After: "supervisor"}) {
		t.Errorf("audit log: %+v", log)
	}
	admin.post("operators/1", url.Values{"do": {"save"}, "name": {""}, "role": {"operator"}}).status(t, 422).has(t, "Укажите имя")
	admin.post("operators/1", url.Values{"do": {"save"}, "name": {"А"}, "role": {"root"}}).status(t, 422).has(t, "Выберите роль")
	admin.post("operators/3", url.Values{"do": {"save"}, "name": {"Вера"}, "role": {"operator"}}).status(t, 403) // nobody gives up the last key
	admin.post("operators/3", url.Values{"do": {"save"}, "name": {"Вера С."}, "role": {"administrator"}}).status(t, 303)
}

// TestOneAdministratorStays: of two who shut each other out, the second comes too late.
func TestOneAdministratorStays(t *testing.T) {
	b := newBench(t)
	other, id := b.hire("second", host.RoleAdministrator)
	first := b.as(vera)
	first.post("operators/"+strconv.FormatInt(id, 10), url.Values{"do": {"save"}, "name": {"Второй"}, "role": {"operator"}}).status(t, 303)
	other.post("operators/3", url.Values{"do": {"disable"}}).status(t, 403)
	if b.people.find(vera).Disabled {
		t.Error("nobody is left")
	}
}

func TestRenewPassword(t *testing.T) {
	b := newBench(t)
	admin, br := b.as(vera), b.as(anna)
	form := url.Values{"do": {"renew"}, "key": {newKey()}}
	link := admin.post("operators/1", form).status(t, 200).has(t, "Анна Петрова").link(t)
	br.get("tickets").status(t, 200) // until the link is used all stays as it is
	admin.post("operators/1", form).status(t, 303)
	anybody := b.browser()
	anybody.get(link).status(t, 200).has(t, "задайте новый пароль").lacks(t, `name="name"`)
	to := anybody.post(link, url.Values{"name": {"Другая"}, "new": {"семь слонов на лугу"}, "repeat": {"семь слонов на лугу"}}).status(t, 303).location()
	anybody.get(to).has(t, "Новый пароль задан")
	anybody.get("tickets").status(t, 303)
	br.get("tickets").status(t, 303)
	b.browser().login("anna", secretOf("anna")).status(t, 403)
	b.browser().login("anna", "семь слонов на лугу").status(t, 303)
	if b.people.find(anna).Name != "Анна Петрова" {
		t.Error("the link changed the name")
	}
}

func TestTicketsOfWhoIsShutOutGoBack(t *testing.T) {
	b := newBench(t)
	for _, number := range []string{"A-1", "A-2"} {
		b.world.open(desk.Ticket{Number: number, Operator: anna, OperatorName: "Анна Петрова", Status: desk.InWork})
	}
	b.world.open(desk.Ticket{Number: "B-1", Operator: boris, OperatorName: "Борис Лукин", Status: desk.InWork})
	admin := b.as(vera)
	admin.get(admin.post("operators/1", url.Values{"do": {"disable"}}).status(t, 303).location()).has(t, "вернулись в очередь")
	if len(b.world.acted) != 2 || b.world.acted[0].Action != engine.Release || b.world.acted[0].Over != anna || b.world.acted[0].Operator != vera {
		t.Errorf("done: %+v", b.world.acted)
	}
	log := b.people.log(host.AuditFilter{Action: "ticket.release"})
	if len(log) != 2 || log[0].Ticket == log[1].Ticket {
		t.Errorf("audit log: %+v", log)
	}
	b.world.refuse = errBroken // the rest of the work goes on
	admin.get(admin.post("operators/2", url.Values{"do": {"disable"}}).status(t, 303).location()).has(t, "Не все обращения")
	if !b.people.find(boris).Disabled {
		t.Error("the access is still open")
	}
}
