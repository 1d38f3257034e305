package register

import (
	"strings"
	"testing"
)

// Whatever table is damaged: an error or a valid answer, no panic, no word of what was asked, and no half-done work.
func TestDamagedDatabaseIsAnErrorWithoutPersonalData(t *testing.T) {
	tables := []string{"register_citizens", "register_applications", "register_codes", "register_orders", "register_works",
		"register_faults", "register_answers", "register_handles", "outgoing_notices"}
	for _, table := range tables {
		b := newBench(t)
		handle := b.identify(ivanova)
		proof := b.prove(handle)
		open := b.sendCode(handle, "804513")
		b.sent()
		b.exec(`DROP TABLE ` + table)
		failed := 0
		for operation, pairs := range map[string][]string{
			"application.find":   b.find("1000000011", ivanova, ivanova["contact"]),
			"application.notify": {"number", "1000000011", "contact", ivanova["contact"]},
			"identity.check":     {"name", ivanova["name"], "born", ivanova["born"], "id", ivanova["inn"]},
			"code.send":          {"citizen", handle},
			"code.check":         b.check(open, "804513"),
			"account.recover":    {"citizen", handle, "challenge", proof},
			"document.order":     orderBy(ivanova),
			"works.current":      nil,
		} {
			if _, err := b.ask(operation, pairs...); err != nil {
				failed++
				nothingPersonal(t, err.Error())
				if strings.Contains(err.Error(), "804513") {
					t.Errorf("the error holds the code: %v", err)
				}
			}
		}
		if failed == 0 {
			t.Errorf("without %s everything went well", table)
		}
		if table == "register_answers" && len(b.sent()) != 0 {
			t.Error("something was sent though no answer could be kept")
		}
	}
}

func TestDamagedRowsAreErrors(t *testing.T) {
	b := newBench(t)
	handle := b.identify(ivanova)
	open := b.sendCode(handle, "804513")
	b.exec(`UPDATE register_applications SET details = 'x' WHERE number = '1000000011'`)
	b.exec(`UPDATE register_codes SET code_hash = x'00'`)
	b.exec(`INSERT INTO register_applications VALUES ('1000x', $1, '', '', '', '', '{}')`, kim["snils"])
	for operation, pairs := range map[string][]string{
		"application.find":   b.find("1000000011", ivanova, ivanova["contact"]),
		"application.notify": {"number", "1000000011"},
		"code.check":         b.check(open, "804513"),
		"document.order":     orderBy(ivanova),
	} {
		if a, err := b.ask(operation, pairs...); err == nil {
			t.Errorf("%s: %+v", operation, a)
		}
	}
}
