package answer

import (
	"strings"
	"testing"
	"time"
)

// now is the day on which the tests are told to be.
var now = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

var ctx = Context{Now: now, Locale: "ru"}

// reading is a row of a table: want is the value, or the key of the problem after an exclamation mark.
type reading struct {
	text string
	want string
	fit  Fit
}

// check reads every row as the kind.
func check(t *testing.T, kind Kind, c Context, rows []reading) {
	t.Helper()
	for _, row := range rows {
		got := Parse(kind, row.text, c)
		value, problem := row.want, ""
		if p, ok := strings.CutPrefix(row.want, "!"); ok {
			value, problem = "", p
		}
		if got.Value != value || got.Problem != problem || got.Fit != row.fit {
			t.Errorf("%s %q: got value %q, problem %q, fit %d; want %q, fit %d",
				kind, row.text, got.Value, got.Problem, got.Fit, row.want, row.fit)
		}
		if got.OK() != (problem == "") {
			t.Errorf("%s %q: OK is %v", kind, row.text, got.OK())
		}
	}
}

// params checks the placeholders of a problem, given as "name=value".
func params(t *testing.T, kind Kind, text string, want ...string) {
	t.Helper()
	got := Parse(kind, text, ctx)
	for _, w := range want {
		name, value, _ := strings.Cut(w, "=")
		if got.Params[name] != value {
			t.Errorf("%s %q: %s is %q, want %q (problem %s)", kind, text, name, got.Params[name], value, got.Problem)
		}
	}
}

// A question or another wish is an attempt at no kind but text.
func TestOtherWishes(t *testing.T) {
	wishes := []string{
		"а зачем вам снилс?", "а зачем вам это", "где взять номер заявки?", "где мне его посмотреть", "а вы до скольки работаете?",
		"до скольки вы работаете", "сколько ждать", "хочу поговорить с человеком", "позовите оператора", "позови оператора",
		"где моё заявление", "не знаю", "не помню", "я не знаю", "какой паспорт, старый или новый?", "можно без отчества?",
		"нужен ли паспорт", "у меня вопрос", "почему так долго", "здравствуйте", "спасибо", "", "   ", "?", "...", "а это обязательно?",
		"why do you need it?", "i want to talk to a human", "what is snils?", "вы кто", "кто вы", "что такое снилс", "скажите а как его узнать",
		"мне плохо", "у меня 2 вопроса",
	}
	for _, kind := range Kinds() {
		if kind == Text {
			continue
		}
		for _, w := range wishes {
			c := ctx
			c.Options = []Option{{ID: "a", Label: "Справка о доходах"}, {ID: "b", Label: "Замена паспорта"}}
			if r := Parse(kind, w, c); r.Fit != None && !(kind == Choice && r.Fit == Weak && !r.OK()) {
				t.Errorf("%s %q: fit %d, value %q, problem %q", kind, w, r.Fit, r.Value, r.Problem)
			}
		}
	}
}

func TestText(t *testing.T) {
	check(t, Text, Context{MinRunes: 5, MaxRunes: 20}, []reading{
		{"  Не работает вход  ", "Не работает вход", Strong},
		{"кот", "!text.short", Strong},
		{"   ", "!text.short", None},
		{strings.Repeat("ы", 21), "!text.long", Strong},
		{"почему мне отказали", "почему мне отказали", Weak},
		{"вход\xff не идёт", "вход\ufffd не идёт", Strong},
	})
	// What a citizen writes is kept whole: no cut at 500 runes.
	long := strings.Repeat("слово ", 600)
	if r := Parse(Text, long, Context{}); r.Value != strings.TrimSpace(long) {
		t.Errorf("a text of %d bytes came back with %d", len(long), len(r.Value))
	}
	if r := Parse(Text, strings.Repeat("а", 4097), Context{}); r.Problem != problemTextLong || r.Params["max"] != "4096" {
		t.Errorf("4,097 runes: %+v", r)
	}
	check(t, File, ctx, []reading{{"вот", "!file.expected", None}, {"", "!file.expected", None}})
	check(t, "colour", ctx, []reading{{"red", "!answer.unknown", None}})
}

// Signs that phones, keyboards and copying put in place of plain ones.
func TestCleaning(t *testing.T) {
	for _, row := range []struct {
		kind       Kind
		text, want string
	}{
		{SNILS, "112\u2013233\u2013445\u00a095", "112-233-445 95"},
		{SNILS, "112\u2011233\u2011445\u202f95", "112-233-445 95"},
		{SNILS, "\ufeff112-233-445 95\u200b", "112-233-445 95"},
		{ApplicationNumber, "１０００００００１１", "1000000011"},
		{ApplicationNumber, "١٠٠٠٠٠٠٠١١", "1000000011"},
		{BirthDate, "12․03․1958", "1958-03-12"},
		{BirthDate, "12·03·1958", "1958-03-12"},
		{FullName, "Андреи\u0306 Чернои\u0306", "Андрей Чёрной"},
		{FullName, "Ивано\u0301в Ива\u0301н", "Иванов Иван"},
		{FullName, "О’Коннор Джон", "О'Коннор Джон"},
		{FullName, "Петров\u2010Водкин Кузьма", "Петров-Водкин Кузьма"},
		{FullName, "Ива\u00adнов Иван", "Иванов Иван"},
		{Choice, "2\ufe0f\u20e3", "b"},
		{YesNo, "👍🏿", "yes"},
	} {
		c := ctx
		c.Options = []Option{{ID: "a", Label: "Один"}, {ID: "b", Label: "Два"}}
		want := strings.ReplaceAll(row.want, "Чёрной", "Черной")
		if got := Parse(row.kind, row.text, c); got.Value != want {
			t.Errorf("%s %q: %+v, want %q", row.kind, row.text, got, want)
		}
	}
}

// Only the first 500 runes are read.
func TestBound(t *testing.T) {
	if r := Parse(ApplicationNumber, strings.Repeat("я", 480)+" 1000000011", ctx); !r.OK() {
		t.Errorf("within 500 runes: %+v", r)
	}
	if r := Parse(ApplicationNumber, strings.Repeat("я", 500)+" 1000000011", ctx); r.OK() {
		t.Errorf("beyond 500 runes: %+v", r)
	}
}
