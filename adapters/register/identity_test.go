package register

import (
	"strings"
	"testing"
	"time"
)

func TestIdentityMatches(t *testing.T) {
	b := newBench(t)
	masks := map[string][2]string{
		ivanova["snils"]: {"+7 9** ***-**-01", "i***@example.test"}, semyonov["snils"]: {"+7 9** ***-**-02", ""},
		akhmetova["snils"]: {"", "a***@example.test"}, kim["snils"]: {"+7 9** ***-**-04", "k***@example.test"}, saltykov["snils"]: {"", ""},
	}
	handles := map[string]bool{}
	for _, who := range []map[string]string{ivanova, semyonov, akhmetova, kim, saltykov} {
		digitsOnly := strings.NewReplacer("-", "", " ", "")
		for _, id := range []string{who["snils"], who["inn"], digitsOnly.Replace(who["snils"])} {
			for _, passport := range []string{"", who["passport"], digitsOnly.Replace(who["passport"])} {
				a, err := b.ask("identity.check", "name", who["name"], "born", who["born"], "id", id, "passport", passport)
				mask := masks[who["snils"]]
				if err != nil || a.Outcome != "match" || a.Data["phone"] != mask[0] || a.Data["email"] != mask[1] || len(a.Data) != 3 {
					t.Fatalf("%s, %q, %q: %+v, %v", who["name"], id, passport, a, err)
				}
				handle := a.Data["citizen"]
				if len(handle) < 20 || handles[handle] {
					t.Errorf("the handle %q is short or was given out before", handle)
				}
				for _, value := range who {
					if value != "" && strings.Contains(handle, digits(value)) && digits(value) != "" {
						t.Errorf("the handle %q holds %q", handle, value)
					}
				}
				handles[handle] = true
			}
		}
	}
}

func TestIdentityMismatches(t *testing.T) {
	b := newBench(t)
	ask := func(name, born, id, passport string) []string {
		return []string{"name", name, "born", born, "id", id, "passport", passport}
	}
	for name, pairs := range map[string][]string{
		"another's SNILS":       ask(ivanova["name"], ivanova["born"], kim["snils"], ""),
		"another's INN":         ask(ivanova["name"], ivanova["born"], kim["inn"], ""),
		"another's name":        ask(kim["name"], ivanova["born"], ivanova["snils"], ""),
		"another's birth date":  ask(ivanova["name"], kim["born"], ivanova["snils"], ""),
		"another's passport":    ask(ivanova["name"], ivanova["born"], ivanova["snils"], kim["passport"]),
		"passport without digs": ask(ivanova["name"], ivanova["born"], ivanova["snils"], "нет"),
		"unknown SNILS":         ask(ivanova["name"], ivanova["born"], "112-233-445 96", ""),
		"unknown INN":           ask(ivanova["name"], ivanova["born"], "770100001108", ""),
		"short number":          ask(ivanova["name"], ivanova["born"], "1122334459", ""),
		"no number":             ask(ivanova["name"], ivanova["born"], "", ""),
		"no name":               ask("", ivanova["born"], ivanova["snils"], ""),
		"no birth date":         ask(ivanova["name"], "", ivanova["snils"], ""),
		"nothing":               ask("", "", "", ""),
	} {
		if a, err := b.ask("identity.check", pairs...); err != nil || a.Outcome != "mismatch" || len(a.Data) != 0 {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
	if n := b.count(`SELECT COUNT(*) FROM register_handles`); n != 0 {
		t.Errorf("%d handles of citizens whose identity did not match", n)
	}
}

func TestHandleGrowsOld(t *testing.T) {
	b := newBench(t)
	handle := b.identify(ivanova)
	b.advance(24 * time.Hour)
	b.sendCode(handle, "111111")
	b.advance(time.Minute)
	b.refused(ErrCall, "code.send", "citizen", handle)
	b.identify(kim) // the old one is deleted when a new one is made
	if n := b.count(`SELECT COUNT(*) FROM register_handles`); n != 1 {
		t.Errorf("%d handles, want 1", n)
	}
}
