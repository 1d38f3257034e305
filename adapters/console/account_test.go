package console

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"spravka/engine/host"
)

func TestSetup(t *testing.T) {
	p := newPeople(t)
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	login, password, created, err := Setup(t.Context(), p, "ru", now)
	if err != nil || !created || login != "admin" {
		t.Fatalf("%q, created %v, %v", login, created, err)
	}
	if len(password) != 20 || strings.Trim(password, letters) != "" || strings.ContainsAny(letters, "ilo01") {
		t.Errorf("password %q", password)
	}
	o := p.all()[0]
	if o.Role != host.RoleAdministrator || !generated(o) || strings.Contains(o.PasswordHash, password) || o.Name != "Администратор" || !o.Created.Equal(now) {
		t.Errorf("stored: %+v", o)
	}
	login, password, created, err = Setup(t.Context(), p, "ru", now)
	if login != "" || password != "" || created || err != nil || len(p.all()) != 1 {
		t.Error("the second start made something, too")
	}
	if _, _, _, err := Setup(t.Context(), brokenPeople{newPeople(t)}, "ru", now); !errors.Is(err, errBroken) {
		t.Errorf("error of the store: %v", err)
	}
}

var errBroken = errors.New("the disk is full")

type brokenPeople struct{ *people }

func (brokenPeople) Operators(context.Context) ([]host.Operator, error) { return nil, errBroken }

func TestGeneratedPasswordsDiffer(t *testing.T) {
	seen := map[string]bool{}
	counts := map[rune]int{}
	for range 2000 {
		p := NewPassword()
		if seen[p] {
			t.Fatal("the same password twice")
		}
		seen[p] = true
		for _, r := range p {
			counts[r]++
		}
	}
	for _, r := range letters { // 40,000 letters: about 1,739 of each, give or take 6 deviations of 41
		if counts[r] < 1490 || counts[r] > 1990 {
			t.Errorf("%c came %d times", r, counts[r])
		}
	}
}

func TestGeneratedPasswordMustBeReplaced(t *testing.T) {
	b := newBench(t)
	hash, err := hashGenerated("abcdefghjkmnpqrstuvw", cheap)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.people.SetPassword(t.Context(), anna, hash); err != nil {
		t.Fatal(err)
	}
	b.world.open(ticketOf("О-26-00001"))
	br := b.browser()
	br.login("anna", "abcdefghjkmnpqrstuvw").status(t, 303)
	for _, path := range []string{"tickets", "tickets/live", ticketURL("О-26-00001"), "files/x"} {
		if got := br.get(path).status(t, 303).location(); got != "/console/password" {
			t.Errorf("%s leads to %q", path, got)
		}
	}
	br.do("О-26-00001", "take", "").status(t, 303)
	if len(b.world.acted) != 0 {
		t.Error("somebody with a generated password has acted")
	}
	br.get("password").status(t, 200).has(t, "временным паролем")
	change(br, "abcdefghjkmnpqrstuvw", "семь слонов на лугу", "").status(t, 303)
	br.get("tickets").status(t, 200)
	br.get("password").lacks(t, "временным паролем")
}

func change(br *browser, current, fresh, repeat string) *answer {
	br.t.Helper()
	if repeat == "" {
		repeat = fresh
	}
	return br.post("password", url.Values{"current": {current}, "new": {fresh}, "repeat": {repeat}})
}

func TestChangePassword(t *testing.T) {
	b := newBench(t)
	br, other, boris := b.as(anna), b.as(anna), b.as(boris)
	old := secretOf("anna")
	for _, c := range []struct{ current, fresh, repeat, says string }{
		{"не тот", "семь слонов на лугу", "", "Нынешний пароль введён неверно"},
		{old, "коротко", "", "короче 12 знаков"},
		{old, strings.Repeat("слово ", 30), "", "длиннее 128 знаков"},
		{old, "аааааааааааааа", "", "легко угадать"},
		{old, "123456789012", "", "легко угадать"},
		{old, "моя Anna и весна", "", "не должно быть вашего логина или имени"},
		{old, "семь слонов на\xff лугу", "", "длиннее"},
		{old, old, "", "совпадает с нынешним"},
		{old, "семь слонов на лугу", "семь слонов на луге", "различаются"},
	} {
		a := change(br, c.current, c.fresh, c.repeat).status(t, 422).has(t, c.says)
		if strings.Contains(a.text, c.fresh) {
			t.Errorf("the page repeats the password %q", c.fresh)
		}
	}
	before := br.cookies[sessionCookie]
	form := url.Values{"current": {old}, "new": {"семь слонов на лугу"}, "repeat": {"семь слонов на лугу"}, "key": {newKey()}}
	br.get(br.post("password", form).status(t, 303).location()).status(t, 200).has(t, "Пароль изменён")
	if br.cookies[sessionCookie] == before {
		t.Error("the session kept its token")
	}
	br.post("password", form).status(t, 303) // a replay does nothing
	other.get("tickets").status(t, 303)
	boris.get("tickets").status(t, 200)
	b.browser().login("anna", old).status(t, 403)
	b.browser().login("anna", "семь слонов на лугу").status(t, 303)
	br.post("password", url.Values{"key": {"short"}}).status(t, 400)
}

func TestCurrentPasswordCannotBeGuessed(t *testing.T) {
	b := newBench(t)
	br := b.as(anna)
	for range loginPatience.free {
		change(br, "не тот", "семь слонов на лугу", "").status(t, 422).has(t, "введён неверно")
	}
	change(br, secretOf("anna"), "семь слонов на лугу", "").status(t, 422).has(t, "Слишком много попыток")
	b.clock.pass(2 * time.Second)
	change(br, secretOf("anna"), "семь слонов на лугу", "").status(t, 303)
}
