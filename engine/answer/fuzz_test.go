package answer

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// seeds are texts of every kind, right and wrong, for the fuzzer to begin with.
var seeds = []string{
	"", " ", "Иванова Мария Петровна", "салтыков - щедрин михаил", "Мамедов Али Гасан оглы", "Иванов И.И.", "Ю Ирина", "Но Виктор", "О'Коннор Джон",
	"Bdfyjd Bdfy", "12.03.1958", "12 марта 58", "29.02.57", "March 12, 1958", "12.III.58", "112-233-445 95", "770100001107", "4510 №123456",
	"серия 4510, номер 123456", "+7 (900) 000-00-01", "810375291234567", "ivanova @ mail ru", "a@b@c.ru", "почта@пример.рф", "№ 100-000-0011",
	"О-26-000123-7", "0-26-000123-7", "код 123456", "2-й", "справка о доходах", "последний", "да, всё верно", "нет, дата другая", "👍🏽", "не знаю",
	"а зачем вам?", "\xff\xfe", "и\u0306", "\u202e1234567890", "１２３４５６", "x\x00y", strings.Repeat("ы", 600), "'-'-'-", "-", "@", "@@", "...", "İıſ K",
	"ﬁ ﬂ", "Ⅻ", "12\u00ad03\u00ad1958", "a@b.\u200bru", "ли ли ли", "оглы оглы", "я я я", "ф и о", "ф и о Иванов Иван", "де де", "фон фон", "0YS7\x040", "0-26x000123-7", "00-№3100-000-0011", "фИво Иванов ߘван", "ĸim anna petrova", "8 10 86406042370", "+4305060", "О Онноўк Джон",
}

// fuzzContext has something for every kind.
var fuzzContext = func() Context {
	c := ctx
	c.Options = options
	c.MinRunes, c.MaxRunes = 2, 300
	return c
}()

func FuzzParse(f *testing.F) {
	for i := range Kinds() {
		for _, s := range seeds {
			f.Add(i, s)
		}
	}
	kinds := Kinds()
	f.Fuzz(func(t *testing.T, i int, text string) { holds(t, kinds[uint(i)%uint(len(kinds))], text) })
}

// pieces are what answers are made of, right and wrong; random mixtures of them reach where random bytes do not.
var pieces = strings.Fields(`
Иванова мария ПЕТРОВНА Салтыков-Щедрин Ким Ю и ф о я не но ли Ли оглы кызы фон де МП И. О'Коннор Cергей Bdfyjd Bdfy меня зовут фио фамилия имя
отчества нет отчество без по паспорту добрый день спасибо нельзя стоп оператор хочу где зачем сколько можно ли John Smith McDonald вера света
12 03 1958 58 12.03.1958 31.02 марта март марат июмя 12-го года двенадцатое восьмого III 12031958 120358 2026 25.11.2026
112-233-445 95 11223344595 770100001107 7707083893 4510 123456 45 10 серия номер № снилс инн паспорт телефон код заявление обращение загран
+7 8 900 000-00-01 9000000001 375291234567 810 00 (900) ivanova @ mail ru mail.ru ,com ivanova@mail.ru иванова почта а@б.рф mailto:a@b.ru
1000000011 1000000O11 О-26-000123-7 о 26 000123 7 0-26-000123-7 О-26-123-7 0YS7 1а1 x 0 12x первый второй 2-й 1 2 3 справка о доходах загран последний
да нет ага ладно верно неверно нверно согласна наверное конечно 👍 👎 + - ? , . : ; ! / ( ) другая дата не-а`)

func TestMixtures(t *testing.T) {
	kinds := Kinds()
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		for range rapid.IntRange(1, 7).Draw(t, "length") {
			b.WriteString(rapid.SampledFrom(pieces).Draw(t, "piece"))
			b.WriteString(rapid.SampledFrom([]string{" ", " ", " ", "", ", ", "\n", ". ", "-"}).Draw(t, "gap"))
		}
		holds(t, rapid.SampledFrom(kinds).Draw(t, "kind"), b.String())
	})
}

// holds checks what is true of every reading, whatever the text.
func holds(t interface{ Fatalf(string, ...any) }, kind Kind, text string) {
	c := fuzzContext
	problems := Problems()
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
	again := func(v string) {
		if kind == Choice {
			return // the value is the option's ID, which nobody types
		}
		if again := Parse(kind, v, c); again.Value != v {
			t.Fatalf("%s %q: value %q reads as %+v", kind, text, v, again)
		}
		for _, l := range []string{"ru", "en"} {
			if back := Parse(kind, Display(kind, v, l), c); back.Value != v {
				t.Fatalf("%s %q: value %q shown as %q reads as %+v", kind, text, v, Display(kind, v, l), back)
			}
		}
		if Mask(kind, v) == "" {
			t.Fatalf("%s %q: value %q has no mask", kind, text, v)
		}
	}
	if r.OK() {
		again(r.Value)
	}
	v, problem, ok := Find(kind, text, c)
	if ok != (v != "") || ok && problem != "" || problem != "" && !slices.Contains(problems, problem) {
		t.Fatalf("Find %s %q: %q, %q, %v", kind, text, v, problem, ok)
	}
	if ok {
		again(v)
	}
	Mask(kind, text)
	Display(kind, text, "en")
	_ = KindOf(text)
	if SameName(text, r.Value) != SameName(r.Value, text) {
		t.Fatalf("SameName of %q and %q depends on the order", text, r.Value)
	}
}
