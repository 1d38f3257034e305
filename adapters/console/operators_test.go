package console

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"spravka/engine/host"
)

func TestOnlyAdministratorsManageOperators(t *testing.T) {
	b := newBench(t)
	br := b.as(anna)
	br.get("operators").status(t, 403).has(t, "не открыт вашей роли (оператор)")
	br.post("operators", url.Values{"login": {"x1"}, "name": {"X"}, "role": {"administrator"}}).status(t, 403)
	br.post("operators/2", url.Values{"do": {"reset"}}).status(t, 403)
	br.get("tickets").lacks(t, "/console/operators")
	if len(b.people.all()) != 3 || b.people.all()[1].PasswordHash == "" || generated(b.people.all()[1]) {
		t.Error("an operator changed the staff")
	}
	b.browser().get("operators").status(t, 303)
	b.as(vera).get("operators").status(t, 200).has(t, "Борис Лукин", "это вы")
}

func TestCreateOperator(t *testing.T) {
	b := newBench(t)
	admin := b.as(vera)
	form := url.Values{"login": {" Galina.S "}, "name": {" Галина Седова "}, "role": {"operator"}, "key": {newKey()}}
	page := admin.post("operators", form).status(t, 200).has(t, "Галина Седова", "Больше он не будет показан")
	password := regexp.MustCompile(`id="secret">([a-z]{20})<`).FindStringSubmatch(page.text)
	if password == nil {
		t.Fatal("no password on the page:\n", page.main())
	}
	o := b.people.all()[3]
	if o.Login != "galina.s" || o.Name != "Галина Седова" || o.Role != host.RoleOperator || !generated(o) || !o.Created.Equal(b.clock.now()) {
		t.Errorf("stored: %+v", o)
	}
	admin.get("operators").lacks(t, password[1])
	again := admin.post("operators", form).status(t, 303)
	admin.get(again.location()).has(t, "уже была отправлена").lacks(t, password[1])
	if len(b.people.all()) != 4 {
		t.Error("the replayed form made another operator")
	}
	galina := b.browser()
	galina.login("galina.s", password[1]).status(t, 303)
	if got := galina.get("tickets").status(t, 303).location(); got != "/console/password" {
		t.Errorf("after the first log-in: %q", got)
	}
	if strings.Contains(b.log.String(), password[1]) {
		t.Error("the password is in the log")
	}
}

func TestBadOperators(t *testing.T) {
	b := newBench(t)
	admin := b.as(vera)
	for _, c := range []struct {
		login, name, role string
		status            int
		says              string
	}{
		{"a", "Имя", "operator", 422, "от 2 до 32"},
		{"пётр", "Имя", "operator", 422, "от 2 до 32"},
		{"a b", "Имя", "operator", 422, "от 2 до 32"},
		{strings.Repeat("a", 33), "Имя", "operator", 422, "от 2 до 32"},
		{"petr", "", "operator", 422, "Укажите имя"},
		{"petr", "\x00", "operator", 422, "Укажите имя"},
		{"petr", strings.Repeat("я", 101), "operator", 422, "Укажите имя"},
		{"petr", "Имя", "root", 422, "Выберите роль"},
		{"anna", "Имя", "operator", 409, "Такой логин уже есть"},
	} {
		admin.post("operators", url.Values{"login": {c.login}, "name": {c.name}, "role": {c.role}}).status(t, c.status).has(t, c.says)
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
	on := admin.post("operators/1", url.Values{"do": {"enable"}}).status(t, 303)
	admin.get(on.location()).has(t, "Доступ открыт")
	b.browser().login("anna", secretOf("anna")).status(t, 303)

	admin.post("operators/3", url.Values{"do": {"disable"}}).status(t, 403).has(t, "Собственный доступ")
	admin.post("operators/1", url.Values{"do": {"promote"}}).status(t, 400)
	for _, id := range []string{"99", "-1", "x", "9223372036854775808"} {
		admin.post("operators/"+id, url.Values{"do": {"disable"}}).status(t, 404)
	}
}

func TestResetPassword(t *testing.T) {
	b := newBench(t)
	admin, br := b.as(vera), b.as(anna)
	form := url.Values{"do": {"reset"}, "key": {newKey()}}
	page := admin.post("operators/1", form).status(t, 200)
	password := regexp.MustCompile(`id="secret">([a-z]{20})<`).FindStringSubmatch(page.text)
	if password == nil {
		t.Fatal("no password on the page")
	}
	br.get("tickets").status(t, 303)
	admin.post("operators/1", form).status(t, 303)
	b.browser().login("anna", secretOf("anna")).status(t, 403)
	b.browser().login("anna", password[1]).status(t, 303)
}
