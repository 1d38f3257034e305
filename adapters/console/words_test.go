package console

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"spravka/engine"
	"spravka/engine/desk"
	"spravka/engine/host"
)

func TestBothLanguagesHaveTheSameTexts(t *testing.T) {
	ru, en := languages["ru"], languages["en"]
	hole := regexp.MustCompile(`\{[a-z]+\}`)
	for key, text := range ru {
		other, ok := en[key]
		if !ok {
			t.Errorf("%s is not in words/en.yaml", key)
			continue
		}
		a, b := hole.FindAllString(text, -1), hole.FindAllString(other, -1)
		for _, h := range a {
			if !strings.Contains(other, h) {
				t.Errorf("%s: the English text lacks %s", key, h)
			}
		}
		if len(a) != len(b) {
			t.Errorf("%s: %v in Russian, %v in English", key, a, b)
		}
	}
	for key := range en {
		if _, ok := ru[key]; !ok {
			t.Errorf("%s is not in words/ru.yaml", key)
		}
	}
}

// sources are the program's own files: templates and Go without tests.
func sources(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, "_test.go") {
			return err
		}
		if ext := filepath.Ext(path); ext == ".go" || ext == ".html" {
			content, err := os.ReadFile(path)
			all.Write(content)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

// families are keys that are put together: each value must have its text.
var families = map[string][]string{
	"author.":  {string(engine.Citizen), string(engine.Bot), string(engine.Operator), string(engine.System)},
	"channel.": {"web", "terminal", "telegram", "vk"},
	"kind.":    {string(desk.HandOff), string(desk.Fault), string(desk.Complaint), string(desk.Suggestion), string(desk.Request)},
	"view.":    listViews, "list.empty.": append([]string{"search", "narrow"}, listViews...), "list.": {"queue", "status", "priority", "channel"}, "priority.": priorities,
	"language.": localeOrder,
	"role.":     host.Roles,
	"term.":     {"left", "soon", "late"},
	"alert.":    {"new", "offer", "passed", "message"},
	"log.did.":  auditActions, "log.group.": auditGroups, "log.field.": auditFields, "log.switch.": {"on", "off"},
	"log.how.":      {"password", "code", "recovery", "invitation", "provider", "command"},
	"presence.":     {host.PresenceAvailable, host.PresenceAway},
	"notices.done_": {"added", "ended", "joined", "again"}, "notices.end_": {"works", "fault"},
	"account.done_": accountNotices, "operators.done_": slices.Collect(maps.Keys(operatorsNotices)),
	"operators.bad_": {"login", "name", "role", "capacity", "email"},
	"done.":          slices.Collect(maps.Keys(done)),
	"board.":         {"available", "away", "offline"},
	"delivery.":      {"waiting", "sending", "unknown", "failed"},
	"resolution.":    desk.Resolutions,
	"canned.":        {"saved", "deleted", "again"},
	"note.": {desk.Offered, desk.Lapsed, desk.Assigned, desk.Taken, desk.Released, desk.Moved, desk.Asked, desk.FileAsked, desk.Clarified,
		desk.Returned, desk.Resolved, desk.Merged, desk.Reopened, desk.Raised, desk.Expired,
		desk.Replied, desk.DueSoon, desk.Overdue, desk.Requeued},
	"decision.": {"answer", "offer", "ask_back", "hand_off", "flow", "control"},
}

func TestEachTextIsUsedAndEachUseHasAText(t *testing.T) {
	source := sources(t)
	used := map[string]bool{}
	for prefix, values := range families {
		for _, v := range values {
			used[prefix+v] = true
		}
	}
	inTemplate := regexp.MustCompile(`\{?\bt "([a-z_.0-9]+)"`)
	for _, m := range inTemplate.FindAllStringSubmatch(source, -1) {
		used[m[1]] = true
	}
	inGo := regexp.MustCompile(`"([a-z]+\.[a-z_]+)"`)
	for _, m := range inGo.FindAllStringSubmatch(source, -1) {
		if _, ok := languages["ru"][m[1]]; ok {
			used[m[1]] = true
		}
	}
	problems := regexp.MustCompile(`problem\(\s*http\.\w+, "([a-z_.]+)"`)
	for _, m := range problems.FindAllStringSubmatch(source, -1) {
		used[m[1]] = true
		if strings.HasPrefix(m[1], "problem.") {
			used[m[1]+".title"] = true
		}
	}
	used["problem.internal.title"], used["problem.too_large.title"] = true, true
	for key := range used {
		if _, ok := languages["ru"][key]; !ok {
			t.Errorf("%s is used, but words/ru.yaml has no such text", key)
		}
	}
	for key := range languages["ru"] {
		if !used[key] {
			t.Errorf("%s has a text, but nothing uses it", key)
		}
	}
}

// Whatever the console writes into the audit log is shown in words.
func TestTheLogHasWords(t *testing.T) {
	source := sources(t)
	for pattern, known := range map[string][]string{
		`c\.(?:audit|did)\([^"]*"([a-z_.]+)",`:        auditActions,
		`(?:Field: |AuditChange\{|\badd\()"([a-z]+)"`: auditFields,
	} {
		found := regexp.MustCompile(pattern).FindAllStringSubmatch(source, -1)
		if len(found) < 10 {
			t.Errorf("%s finds only %v", pattern, found)
		}
		for _, m := range found {
			if !slices.Contains(known, m[1]) {
				t.Errorf("%q is written down, and the log has no words for it", m[1])
			}
		}
	}
	for _, a := range actions {
		if a != insertCanned && !slices.Contains(auditActions, "ticket."+string(a)) {
			t.Errorf("%q is written down, and the log has no words for it", a)
		}
	}
}

func TestLanguage(t *testing.T) {
	b := newBench(t)
	for _, c := range []struct{ header, want string }{
		{"", "ru"}, {"ru-RU,ru;q=0.9,en;q=0.8", "ru"}, {"en-GB,en;q=0.9", "en"}, {"de,en;q=0.5", "en"}, {"de", "ru"}, {"\xff;;q", "ru"},
		{"be-BY,en;q=0.4", "en"}, {strings.Repeat("en,", 200), "ru"},
	} {
		br := b.browser()
		br.header.Set("Accept-Language", c.header)
		br.get("login").has(t, `<html lang="`+c.want+`">`)
	}

	br := b.browser()
	br.header.Set("Accept-Language", "ru")
	to := br.post("language", map[string][]string{"locale": {"en"}, "back": {"/console/login?back=%2Fconsole%2Ftickets"}})
	if got := to.status(t, 303).location(); got != "/console/login?back=%2Fconsole%2Ftickets" {
		t.Errorf("after the change of the language: %q", got)
	}
	br.get("login").has(t, `<html lang="en">`, "Staff log-in")
	br.post("language", map[string][]string{"locale": {"xx"}}).status(t, 400)
}
