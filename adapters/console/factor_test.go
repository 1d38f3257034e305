package console

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"spravka/engine/host"
)

// codeAt is what an authenticator shows: made by the library that others use as well.
func (b *bench) codeAt(secret string, after time.Duration) string {
	b.t.Helper()
	code, err := totp.GenerateCode(secret, b.clock.now().Add(after))
	if err != nil {
		b.t.Fatal(err)
	}
	return code
}

var codePattern = regexp.MustCompile(`<code>([a-z]{4}(?:-[a-z]{4}){3})</code>`)

// factor sets the second factor up for whoever uses the browser.
func (br *browser) factor() (secret string, codes []string) {
	br.t.Helper()
	page := br.get("account/factor").status(br.t, 200)
	secret = page.field("secret")
	done := br.post("account/factor", url.Values{"do": {"on"}, "secret": {secret}, "code": {br.codeAt(secret, 0)}}).status(br.t, 200).has(br.t, "Запасные коды")
	for _, m := range codePattern.FindAllStringSubmatch(done.text, -1) {
		codes = append(codes, m[1])
	}
	if len(codes) != factorCodes {
		br.t.Fatalf("%d recovery codes on the page:\n%s", len(codes), done.main())
	}
	return secret, codes
}

func TestSecondFactor(t *testing.T) {
	b := newBench(t)
	br := b.as(anna)
	page := br.get("account/factor").status(t, 200).has(t, `<svg class="qr"`, "Снимите этот рисунок")
	secret := page.field("secret")
	if !strings.Contains(strings.ReplaceAll(page.text, " ", ""), ">"+secret+"<") || len(secret) != 32 {
		t.Errorf("the key %q does not stand on the page", secret)
	}
	br.post("account/factor", url.Values{"do": {"on"}, "secret": {secret}, "code": {"000000"}}).status(t, 422).has(t, "Код не подошёл", secret)
	br.post("account/factor", url.Values{"do": {"on"}, "secret": {"weak"}, "code": {"000000"}}).status(t, 400)
	br.post("account/factor", url.Values{"do": {"on"}, "secret": {secret}, "code": {b.codeAt(secret, 5*time.Minute)}}).status(t, 422)
	secret, codes := br.factor()
	br.get("account").has(t, "включён", "запасных кодов: 10").lacks(t, secret)
	br.get("account/factor").lacks(t, secret, codes[0])

	thief := b.browser()
	to := thief.login("anna", secretOf("anna")).status(t, 303).location()
	if to != "/console/login/code" {
		t.Fatalf("after the password: %q", to)
	}
	for _, path := range []string{"tickets", "account", "account/factor", "password", "operators", "log", "files/x"} { // the password alone opens nothing
		if got := thief.get(path).status(t, 303).location(); !strings.HasPrefix(got, "/console/login") {
			t.Errorf("%s leads to %q", path, got)
		}
	}
	for _, code := range []string{"", "123", "abcdef", "１２３４５６", strings.Repeat("1", 5000), "aaaa-aaaa-aaaa-aaaa", b.codeAt(secret, 0)} { // the last was used to set it up
		thief.post("login/code", url.Values{"code": {code}}).status(t, 403).has(t, "Код не подошёл")
		b.clock.pass(time.Minute * 6) // the delays are another test's
		if b.clock.now(); len(code) == 6 {
			break
		}
		thief.login("anna", secretOf("anna"))
	}

	b.clock.pass(time.Hour)
	mine := b.browser()
	mine.login("anna", secretOf("anna")).status(t, 303)
	code := b.codeAt(secret, 0)
	mine.post("login/code", url.Values{"code": {code[:3] + " " + code[3:]}, "back": {"/console/tickets?show=mine"}}).status(t, 303)
	mine.get("tickets").status(t, 200)

	replay := b.browser() // who has looked over the shoulder
	replay.login("anna", secretOf("anna")).status(t, 303)
	replay.post("login/code", url.Values{"code": {code}}).status(t, 403)
	replay.get("tickets").status(t, 303)
	b.clock.pass(factorStep)
	replay.post("login/code", url.Values{"code": {b.codeAt(secret, -factorStep)}}).status(t, 403) // the same code, a step later
	replay.post("login/code", url.Values{"code": {b.codeAt(secret, 0)}}).status(t, 303)

	lost := b.browser()
	lost.login("anna", secretOf("anna")).status(t, 303)
	to = lost.post("login/code", url.Values{"code": {strings.ToUpper(codes[3])}}).status(t, 303).location()
	lost.get(to).has(t, "запасному коду", "запасных кодов: 9")
	again := b.browser()
	again.login("anna", secretOf("anna")).status(t, 303)
	again.post("login/code", url.Values{"code": {codes[3]}}).status(t, 403)

	lost.post("account/factor", url.Values{"do": {"off"}, "code": {"000000"}}).status(t, 403) // an open browser is not enough
	lost.post("account/factor", url.Values{"do": {"codes"}, "code": {codes[4]}}).status(t, 200).has(t, "Запасные коды").lacks(t, codes[5])
	again.post("login/code", url.Values{"code": {codes[5]}}).status(t, 403) // the old ones are gone
	b.clock.pass(factorStep * 4)
	lost.get(lost.post("account/factor", url.Values{"do": {"off"}, "code": {b.codeAt(secret, 0)}}).status(t, 303).location()).has(t, "выключен")
	b.browser().login("anna", secretOf("anna")).status(t, 303)
	if b.people.find(anna).TOTPSecret != "" {
		t.Error("the second factor is still there")
	}
	for _, line := range b.people.log(host.AuditFilter{}) {
		for _, d := range line.Details {
			if strings.Contains(d.After+d.Before, secret) || strings.Contains(d.After, codes[0]) {
				t.Errorf("a secret is in the audit log: %+v", line)
			}
		}
	}
}

func TestTriesOfTheSecondFactorAreSlowed(t *testing.T) {
	b := newBench(t)
	secret, _ := b.as(anna).factor()
	b.clock.pass(time.Hour)
	br := b.browser()
	br.login("anna", secretOf("anna")).status(t, 303)
	for range loginPatience.free {
		br.post("login/code", url.Values{"code": {"000000"}}).status(t, 403)
	}
	other := b.browser() // from elsewhere, with the password: the same person, the same delay
	other.remote = "198.51.100.9:1"
	other.login("anna", secretOf("anna")).status(t, 303)
	other.post("login/code", url.Values{"code": {b.codeAt(secret, 0)}}).status(t, 429).has(t, "Слишком много попыток")
	b.clock.pass(3 * time.Second)
	other.post("login/code", url.Values{"code": {b.codeAt(secret, 0)}}).status(t, 303)
	b.clock.pass(halfway)
	br.post("login/code", url.Values{"code": {b.codeAt(secret, 0)}}).status(t, 303) // half a log-in does not last
	br.get("tickets").status(t, 303)
}

func TestRolesThatNeedASecondFactor(t *testing.T) {
	b := newBench(t, func(c *Config) { c.FactorRoles = []string{host.RoleAdministrator} })
	b.as(anna).get("tickets").status(t, 200)
	br := b.as(vera)
	for _, path := range []string{"tickets", "operators", "account", "log"} {
		if got := br.get(path).status(t, 303).location(); got != "/console/account/factor" {
			t.Errorf("%s leads to %q", path, got)
		}
	}
	br.get("account/factor").has(t, "обязателен").lacks(t, "Позже")
	br.factor()
	br.get("operators").status(t, 200)
	if _, err := New(b.console.Ports, Config{FactorRoles: []string{"boss"}}); err == nil {
		t.Error("an unknown role was taken")
	}
}

func TestAdministratorTakesALostFactorAway(t *testing.T) {
	b := newBench(t)
	br := b.as(anna)
	br.factor()
	admin := b.as(vera)
	admin.get("operators/1").has(t, "Снять код подтверждения")
	admin.get(admin.post("operators/1", url.Values{"do": {"factor"}}).status(t, 303).location()).has(t, "Код подтверждения снят")
	br.get("tickets").status(t, 303)
	if to := b.browser().login("anna", secretOf("anna")).status(t, 303).location(); to != Root {
		t.Errorf("after the log-in: %q", to)
	}
}

func TestFactorURL(t *testing.T) {
	got := factorURL("Справка", "a.b", "ABC")
	u, err := url.Parse(got)
	if err != nil || u.Scheme != "otpauth" || u.Path != "/Справка:a.b" || u.Query().Get("secret") != "ABC" || u.Query().Get("issuer") != "Справка" || strings.Contains(got, "+") {
		t.Errorf("%s, %v", got, err)
	}
}
