package answer

import (
	"strings"
	"testing"
)

// hot are the answers on the hot path and what one may cost: 4 µs and 12 allocations.
var hot = []struct {
	name string
	kind Kind
	text string
}{
	{"name", FullName, "Иванова Мария Петровна"},
	{"name_lead_in", FullName, "меня зовут салтыков-щедрин михаил евграфович"},
	{"date", BirthDate, "12.03.1958"},
	{"date_words", BirthDate, "12 марта 1958 года"},
	{"number", ApplicationNumber, "1000000011"},
	{"number_words", ApplicationNumber, "номер заявления 100-000-0011"},
}

func BenchmarkParse(b *testing.B) {
	rest := []struct {
		name string
		kind Kind
		text string
	}{
		{"name_wish", FullName, "хочу поговорить с человеком"},
		{"snils", SNILS, "112-233-445 95"},
		{"passport", Passport, "серия 4510 номер 123456"},
		{"phone", Phone, "8 (900) 000-00-01"},
		{"email", Email, "ivanova@example.test"},
		{"ticket", TicketNumber, "О-26-000123-7"},
		{"choice", Choice, "справку о даходах"},
		{"yes", YesNo, "да, всё верно"},
		{"long", FullName, strings.Repeat("здравствуйте хочу узнать статус ", 20)},
	}
	c := ctx
	c.Options = options
	for _, x := range append(hot, rest...) {
		b.Run(x.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Parse(x.kind, x.text, c)
			}
		})
	}
}

func TestAllocations(t *testing.T) {
	for _, x := range hot {
		if !Parse(x.kind, x.text, ctx).OK() {
			t.Errorf("%s: %q is not read", x.name, x.text)
		}
		if n := testing.AllocsPerRun(100, func() { Parse(x.kind, x.text, ctx) }); n > 12 {
			t.Errorf("%s: %.0f allocations", x.name, n)
		}
	}
}
