package understand

import (
	"os"
	"path/filepath"
	"testing"
)

func TestCutPoints(t *testing.T) {
	toks := tokenize(clean("забыл пароль, и ещё когда вы работаете? а почта"), nil)
	var at []string
	for _, c := range cutPoints(toks, nil) {
		at = append(at, toks[c.at].text)
		if c.left > c.at || c.left < 1 {
			t.Errorf("%+v", c)
		}
	}
	if len(at) != 2 || at[0] != "когда" || at[1] != "почта" {
		t.Error(at)
	}
	many := tokenize(clean("а, б, в, г, д, е, ж, з, и, к, л, м, н, о, п"), nil)
	if n := len(cutPoints(many, nil)); n > maxCuts {
		t.Error(n)
	}
	if n := len(cutPoints(nil, nil)); n != 0 {
		t.Error(n)
	}
}

func TestElliptic(t *testing.T) {
	for text, want := range map[string]bool{"а по почте?": true, "если отказали": true, "по почте": true, "": false, "как мне получить готовый документ почтой": false,
		"хочу узнать где моё заявление сейчас": false} {
		if got := elliptic(tokenize(clean(text), nil)); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestFollow(t *testing.T) {
	m := Train(smallCorpus(), Options{})
	first := func(last string) string {
		return m.Understand(Query{Text: "а почтой?", LastTopic: last}).Topics[0].Topic
	}
	if got := first("application.status"); got != "document.delivery" {
		t.Log("after application.status:", got) // the tiny corpus knows little of nearness
	}
	if a, b := m.Understand(Query{Text: "а почтой?"}), m.Understand(Query{Text: "а почтой?", LastTopic: "no.such.topic"}); a.Confidence != b.Confidence {
		t.Error("an unknown last topic changes the reading")
	}
}

// floors are the least that a set of messages must reach.
type floors struct{ top1, top3, answered, resolved, right, strangersLeft, strangersNotOffered, both float64 }

// holds measures a set of messages that no phrase may be copied from.
func holds(t *testing.T, m *Model, set string, least floors) {
	t.Helper()
	cases := casesOf(t, filepath.Join("testdata", set))
	r := m.Evaluate(cases, nil)
	for _, x := range []struct {
		what       string
		got, floor float64
	}{{"top-1", r.Top1, least.top1}, {"top-3", r.Top3, least.top3}, {"answered", r.Answered, least.answered}, {"resolved", r.Resolved, least.resolved},
		{"answers that are right", 1 - r.WrongShare, least.right}, {"strangers not answered", 1 - r.OOSAnswered, least.strangersLeft},
		{"strangers not offered topics", 1 - r.OOSOffered, least.strangersNotOffered}, {"both needs found", r.BothFound, least.both}} {
		t.Logf("%s: %s %.3f", set, x.what, x.got)
		if x.got < x.floor {
			t.Errorf("%s: %s: %.3f, the floor is %.3f", set, x.what, x.got, x.floor)
		}
	}
}

// TestMessages measures two sets with one model. The messages of set_aside.jsonl were made as unlike the phrases as their writers could; those of
// blind.jsonl were written by two authors who knew the list of topics and had never seen the content.
func TestMessages(t *testing.T) {
	m := contentModel(t)
	holds(t, m, "set_aside.jsonl", floors{top1: 0.90, top3: 0.96, answered: 0.62, resolved: 0.88, right: 0.94, strangersLeft: 0.98, strangersNotOffered: 0.88})
	holds(t, m, "blind.jsonl", floors{top1: 0.96, top3: 0.985, answered: 0.90, resolved: 0.94, right: 0.94, strangersLeft: 0.97, strangersNotOffered: 0.90, both: 0.75})
}

// TestTwoNeeds measures messages with two needs, and single ones that must stay single.
func TestTwoNeeds(t *testing.T) {
	cases := casesOf(t, "testdata/two_needs.jsonl")
	m := contentModel(t)
	rep := m.Evaluate(cases, nil)
	t.Logf("both needs found in %.3f of %d", rep.BothFound, len(cases))
	if rep.BothFound < 0.8 {
		t.Errorf("both needs found in %.3f", rep.BothFound)
	}
	if path := os.Getenv("SPRAVKA_DEV"); path != "" {
		dev := casesOf(t, path)
		torn, n := 0, 0
		for _, c := range dev {
			if len(c.Topics) == 1 {
				n++
				if len(m.Understand(Query{Text: c.Text}).Needs) == 2 {
					torn++
				}
			}
		}
		t.Logf("single needs torn in two: %d of %d", torn, n)
	}
	for _, c := range cases {
		if r := m.Understand(Query{Text: c.Text}); !sameTopics(r.Needs, c.Topics) {
			t.Log(c.Text, c.Topics, r.Decision, r.Needs)
		}
	}
}

func TestFollowUps(t *testing.T) {
	m := contentModel(t)
	right, n := 0, 0
	for _, x := range [][3]string{
		{"application.status", "а по почте?", "document.delivery"}, {"document.order", "а по почте можно", "document.delivery"},
		{"application.status", "а если отказали?", "application.refused"}, {"hotline.call", "а в выходные?", "hotline.hours"},
		{"hotline.hours", "а в чате?", "contact.chat"}, {"account.recover", "а если код не приходит?", "account.no_code"},
		{"account.register", "а какие документы?", "account.documents"}, {"account.wrong_password", "а если заблокировали?", "account.locked"},
		{"contact.chat", "а по почте?", "contact.email"}, {"document.delivery", "а муж может забрать?", "document.delivery"},
		{"account.register", "а если уже зарегистрирован?", "account.duplicate"}, {"document.order", "а как оплатить?", "service.payment"},
		{"hotline.call", "а если занято?", "hotline.no_connection"}, {"application.refused", "а куда пожаловаться?", "feedback.send"},
		{"service.income_certificate", "а без интернета?", "document.no_internet"},
		{"document.delivery", "а по почте?", "document.delivery"}, {"application.refused", "а если снова откажут?", "application.refused"},
		{"hotline.call", "а сколько стоит?", "hotline.call"}, {"service.payment", "а картой?", "service.payment"}, {"service.payment", "а чек где?", "service.payment"},
		{"hotline.hours", "а ночью?", "hotline.hours"}, {"document.delivery", "а без паспорта?", "document.delivery"}, {"account.change_password", "а если забыл?", "account.recover"},
		{"contact.email", "а если не ответят?", "contact.email"}, {"application.upload_failed", "а в каком формате?", "application.upload_failed"},
		{"contact.email", "а сколько ждать?", "contact.email"}, {"document.no_internet", "а по телефону?", "document.no_internet"}, {"hotline.call", "is it free?", "hotline.call"},
		{"document.delivery", "and by post?", "document.delivery"}, {"hotline.call", "and on Sundays?", "hotline.hours"}, {"account.register", "а для ребёнка?", "account.register"},
		{"service.mobile_app", "а на айфон?", "service.mobile_app"}, {"tech.problem", "а скриншот куда?", "tech.problem"}, {"contact.chat", "а если оператор занят?", "contact.chat"},
		{"service.e_signature", "а сколько действует?", "service.e_signature"}, {"account.locked", "а надолго?", "account.locked"}, {"account.no_code", "а если номер другой?", "profile.change_contacts"},
		{"safety.fraud", "а если я назвал код?", "safety.fraud"}, {"document.order", "а сколько ждать?", "application.status"}, {"application.status", "а где забрать?", "document.delivery"},
	} {
		n++
		if r := m.Understand(Query{Text: x[1], LastTopic: x[0]}); len(r.Topics) > 0 && r.Topics[0].Topic == x[2] {
			right++
		} else {
			t.Log(x, r.Decision, r.Topics)
		}
	}
	t.Logf("%d of %d follow-ups understood", right, n)
	if right < n-9 {
		t.Errorf("%d of %d follow-ups understood", right, n)
	}
}
