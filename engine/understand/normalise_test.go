package understand

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	for _, x := range [][2]string{
		{"Здравствуйте, Ёлка!", "здравствуйте, елка!"},
		{"оооочень длиннннно", "очень длино"},
		{"открыть ООО", "открыть ооо"},
		{"поддержка, программа", "поддержка, программа"},
		{"и\u0306 \u0438\u0306", "й й"},
		{"ударе\u0301ние", "ударение"},
		{"\u202eпривет\u200b", "привет"},
		{"a\x00b\tc", "a b c"},
		{"d’accord", "d'accord"},
		{"\xff\xfe", "  "},
		{"", ""},
	} {
		if got := clean(x[0]); got != x[1] {
			t.Errorf("clean(%q) = %q, want %q", x[0], got, x[1])
		}
	}
	if n := utf8.RuneCountInString(clean(strings.Repeat("щука ", 100000))); n > maxRunes {
		t.Errorf("%d runes are left", n)
	}
}

func words(toks []token) string {
	var out []string
	for _, t := range toks {
		out = append(out, t.text)
	}
	return strings.Join(out, " ")
}

func TestTokenize(t *testing.T) {
	for _, x := range [][2]string{
		{"2-НДФЛ, пожалуйста", "2 ндфл пожалуйста"},
		{"мой номер +7 (900) 123-45-67!", "мой номер #n"},
		{"снилс 112-233-445 95", "снилс #n"},
		{"вызвать 112", "вызвать 112"},
		{"пишите на ivan.petrov@mail.ru срочно", "пишите на #m срочно"},
		{"don't panic", "dont panic"},
		{"что-то, кто-то", "что то кто то"},
		{"пapоль", "пароль"},
		{"🙂🙂", ""},
		{"...!!!", ""},
	} {
		if got := words(tokenize(clean(x[0]), nil)); got != x[1] {
			t.Errorf("tokenize(%q) = %q, want %q", x[0], got, x[1])
		}
	}
}

func TestStops(t *testing.T) {
	toks := tokenize(clean("Забыл пароль. Что делать? Сайт gosuslugi.ru молчит, совсем"), nil)
	var ends []string
	for _, x := range toks {
		if x.end == stopEnd {
			ends = append(ends, x.text)
		}
	}
	if got := strings.Join(ends, " "); got != "пароль делать" {
		t.Errorf("sentences end after %q", got)
	}
	if n := len(sentences(toks)); n != 3 {
		t.Errorf("%d sentences, want 3", n)
	}
}

func TestLongInputIsCut(t *testing.T) {
	toks := tokenize(clean(strings.Repeat("да. ", 400)), nil)
	if n := len(sentences(toks)); n > maxSentences {
		t.Errorf("%d sentences", n)
	}
}

func TestPoliteness(t *testing.T) {
	p := newPoliteness([]string{"здравствуйте", "подскажите пожалуйста", "подскажите", "пожалуйста", "спасибо"})
	for _, x := range [][2]string{
		{"Здравствуйте! Подскажите, пожалуйста, где справка? Спасибо", "где справка"},
		{"Здравствуйте, спасибо", "здравствуйте спасибо"},
		{"где справка", "где справка"},
		{"", ""},
	} {
		if got := words(p.strip(tokenize(clean(x[0]), nil))); got != x[1] {
			t.Errorf("strip(%q) = %q, want %q", x[0], got, x[1])
		}
	}
}
