package answer

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// seeds are texts of every kind, right and wrong, for the fuzzer to begin with.
var seeds = []string{
	"", " ", "Иванова Мария Петровна", "салтыков - щедрин михаил", "Мамедов Али Гасан оглы", "Иванов И.И.", "Ю Ирина", "Но Виктор", "О'Коннор Джон",
	"Bdfyjd Bdfy", "12.03.1958", "12 марта 58", "29.02.57", "March 12, 1958", "12.III.58", "112-233-445 95", "770100001107", "4510 №123456",
	"серия 4510, номер 123456", "+7 (900) 000-00-01", "810375291234567", "ivanova @ mail ru", "a@b@c.ru", "почта@пример.рф", "№ 100-000-0011",
	"О-26-000123-7", "0-26-000123-7", "код 123456", "2-й", "справка о доходах", "последний", "да, всё верно", "нет, дата другая", "👍🏽", "не знаю",
	"а зачем вам?", "\xff\xfe", "и\u0306", "\u202e1234567890", "１２３４５６", "x\x00y", strings.Repeat("ы", 600), "'-'-'-", "-", "@", "@@", "...", "İıſ K",
	"ﬁ ﬂ", "Ⅻ", "12\u00ad03\u00ad1958", "a@b.\u200bru", "ли ли ли", "оглы оглы", "я я я", "ф и о", "ф и о Иванов Иван", "де де", "фон фон",
}

func FuzzParse(f *testing.F) {
	for i := range Kinds() {
		for _, s := range seeds {
			f.Add(i, s)
		}
	}
	c := ctx
	c.Options = options
	c.MinRunes, c.MaxRunes = 2, 300
	problems := Problems()
	f.Fuzz(func(t *testing.T, i int, text string) {
		kinds := Kinds()
		kind := kinds[uint(i)%uint(len(kinds))]
		r := Parse(kind, text, c)
		if diff := cmp.Diff(r, Parse(kind, text, c)); diff != "" {
			t.Fatalf("%s %q is read in two ways: %s", kind, text, diff)
		}
		if (r.Value == "") == (r.Problem == "") || r.OK() != (r.Value != "") {
			t.Fatalf("%s %q: %+v", kind, text, r)
		}
		if r.Fit < None || r.Fit > Strong || r.OK() && r.Fit == None {
			t.Fatalf("%s %q: %+v", kind, text, r)
		}
		if !r.OK() && !slices.Contains(problems, r.Problem) {
			t.Fatalf("%s %q: unknown problem %q", kind, text, r.Problem)
		}
		if !utf8.ValidString(r.Value) || kind != Text && len(r.Value) > 4*maxRunes {
			t.Fatalf("%s %q: value %q", kind, text, r.Value)
		}
		holds := func(v string) {
			if kind == Choice {
				return // the value is the option's ID, which nobody types
			}
			if again := Parse(kind, v, c); again.Value != v {
				t.Fatalf("%s %q: value %q reads as %+v", kind, text, v, again)
			}
			if Mask(kind, v) == "" || Display(kind, v, "ru") == "" {
				t.Fatalf("%s %q: value %q has no mask or nothing to show", kind, text, v)
			}
		}
		if r.OK() {
			holds(r.Value)
		}
		v, problem, ok := Find(kind, text, c)
		if ok != (v != "") || ok && problem != "" || problem != "" && !slices.Contains(problems, problem) {
			t.Fatalf("Find %s %q: %q, %q, %v", kind, text, v, problem, ok)
		}
		if ok {
			holds(v)
		}
		Mask(kind, text)
		Display(kind, text, "en")
		KindOf(text)
		if SameName(text, r.Value) != SameName(r.Value, text) {
			t.Fatalf("SameName of %q and %q depends on the order", text, r.Value)
		}
	})
}
