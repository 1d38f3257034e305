package answer

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// drawDigits draws n digits.
func drawDigits(t *rapid.T, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('0' + rapid.IntRange(0, 9).Draw(t, "digit"))
	}
	return string(b)
}

// withSNILSCheck adds the check number, written down independently of the code under test.
func withSNILSCheck(nine string) string {
	sum := 0
	for i, c := range nine {
		sum += int(c-'0') * (9 - i)
	}
	for sum > 101 {
		sum %= 101
	}
	if sum >= 100 {
		sum = 0
	}
	return nine + fmt.Sprintf("%02d", sum)
}

// withINNCheck adds both check digits.
func withINNCheck(ten string) string {
	for _, weights := range []string{"7 2 4 10 3 5 9 4 6 8", "3 7 2 4 10 3 5 9 4 6 8"} {
		sum := 0
		for i, w := range strings.Fields(weights) {
			var n int
			fmt.Sscan(w, &n)
			sum += n * int(ten[i]-'0')
		}
		ten += fmt.Sprint(sum % 11 % 10)
	}
	return ten
}

var (
	surnamesForTests    = strings.Fields("Иванов Петрова Семёнов Салтыков-Щедрин Ким Цой Шевченко Мкртчян Гегечкори Чёрный Мороз Ахметова Ли Джугашвили О'Коннор")
	givenForTests       = strings.Fields("Иван Мария Пётр Ольга Александр Гульнара Ашот Вахтанг Айгуль Шерзод Рахиль Виктор Анна-Мария Фёдор")
	patronymicsForTests = strings.Fields("Иванович Петровна Ильич Никитична Алексеевич Ринатовна Львович Евграфович Сергеевна")
)

// drawValue draws a canonical value of a kind; "" for kinds without one.
func drawValue(t *rapid.T, kind Kind) string {
	switch kind {
	case FullName:
		parts := []string{rapid.SampledFrom(surnamesForTests).Draw(t, "surname"), rapid.SampledFrom(givenForTests).Draw(t, "given")}
		if rapid.Bool().Draw(t, "has patronymic") {
			parts = append(parts, rapid.SampledFrom(patronymicsForTests).Draw(t, "patronymic"))
			if rapid.Bool().Draw(t, "surname last") {
				parts = []string{parts[1], parts[2], parts[0]}
			}
		}
		return strings.Join(parts, " ")
	case BirthDate:
		days := rapid.IntRange(0, 120*365).Draw(t, "days")
		return now.AddDate(0, 0, -days).Format("2006-01-02")
	case SNILS:
		s := withSNILSCheck(fmt.Sprintf("%09d", rapid.IntRange(1, 999_999_999).Draw(t, "number")))
		return s[:3] + "-" + s[3:6] + "-" + s[6:9] + " " + s[9:]
	case INN:
		return withINNCheck(fmt.Sprintf("%010d", rapid.IntRange(1, 9_999_999_999).Draw(t, "number")))
	case SNILSOrINN:
		return drawValue(t, rapid.SampledFrom([]Kind{SNILS, INN}).Draw(t, "which"))
	case Passport:
		return drawDigits(t, 4) + " " + drawDigits(t, 6)
	case Phone:
		return "+79" + rapid.SampledFrom([]string{"00", "16", "26", "85"}).Draw(t, "operator") + drawDigits(t, 7)
	case Email:
		return rapid.StringMatching(`[a-z][a-z0-9_]{0,10}(\.[a-z0-9]{1,5})?@[a-z0-9]{1,10}(-[a-z0-9]{1,3})?\.(ru|com|test|рф)`).Draw(t, "email")
	case Contact:
		return drawValue(t, rapid.SampledFrom([]Kind{Phone, Email}).Draw(t, "which"))
	case ApplicationNumber:
		return drawDigits(t, 10)
	case TicketNumber:
		letter := rapid.SampledFrom([]rune("АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ")).Draw(t, "letter")
		return NewTicketNumber(letter, rapid.IntRange(2000, 2099).Draw(t, "year"), rapid.IntRange(0, maxSerial).Draw(t, "serial"))
	case Code:
		return drawDigits(t, 6)
	case YesNo, Confirm, Consent:
		return rapid.SampledFrom([]string{yes, no}).Draw(t, "value")
	case Text:
		return strings.TrimSpace(strings.ReplaceAll(rapid.StringN(1, 50, 200).Draw(t, "text"), "\x00", ""))
	}
	return ""
}

// What is canonical reads as itself, and so does what is shown of it.
func TestRoundTrip(t *testing.T) {
	for _, kind := range Kinds() {
		if kind == Choice || kind == File {
			continue
		}
		t.Run(string(kind), rapid.MakeCheck(func(t *rapid.T) {
			v := drawValue(t, kind)
			if v == "" {
				return
			}
			for _, text := range []string{v, Display(kind, v, "ru"), Display(kind, v, "en")} {
				r := Parse(kind, text, ctx)
				if r.Value != v || r.Problem != "" || kind != Text && r.Fit != Strong {
					t.Fatalf("%q shown as %q reads as %+v", v, text, r)
				}
				if kind != Text {
					if found, problem, ok := Find(kind, text, ctx); !ok || found != v {
						t.Fatalf("Find(%q) = %q, %q, %v", text, found, problem, ok)
					}
				}
			}
			if m := Mask(kind, v); m == "" {
				t.Fatalf("the mask of %q is empty", v)
			}
		}))
	}
}

// A wrong digit in a SNILS is refused, but where the rule itself is blind: sums of 100 and of 101 both give 00, and numbers
// up to 001-001-998 are not checked.
func TestSNILSWrongDigit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		nine := fmt.Sprintf("%09d", rapid.IntRange(1_001_999, 999_999_999).Draw(t, "number"))
		whole := []byte(withSNILSCheck(nine))
		i := rapid.IntRange(0, 10).Draw(t, "place")
		whole[i] = '0' + (whole[i]-'0'+byte(rapid.IntRange(1, 9).Draw(t, "by")))%10
		r := Parse(SNILS, string(whole), ctx)
		blind := string(whole[:9]) <= "001001998" || withSNILSCheck(string(whole[:9])) == string(whole)
		if r.OK() != blind {
			t.Fatalf("%s: %+v, blind %v", whole, r, blind)
		}
		if blind && string(whole[:9]) > "001001998" && string(whole[9:]) != "00" {
			t.Fatalf("%s: the rule has another blind spot", whole)
		}
	})
}

// A wrong digit in an INN is refused, but for the few where the remainders 10 and 0 are taken for each other.
func TestINNWrongDigit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := []byte(withINNCheck(fmt.Sprintf("%010d", rapid.IntRange(1, 9_999_999_999).Draw(t, "number"))))
		i := rapid.IntRange(0, 11).Draw(t, "place")
		whole[i] = '0' + (whole[i]-'0'+byte(rapid.IntRange(1, 9).Draw(t, "by")))%10
		blind := withINNCheck(string(whole[:10])) == string(whole)
		if r := Parse(INN, string(whole), ctx); r.OK() != blind {
			t.Fatalf("%s: %+v, blind %v", whole, r, blind)
		}
		if i >= 10 && blind {
			t.Fatalf("%s: a wrong check digit passed", whole)
		}
	})
}

// Every wrong digit and every swap of two neighbours in the number of a ticket is refused, and so is most wrong letters.
func TestTicketWrongDigit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := []byte(drawValue(t, TicketNumber))
		digits := []int{}
		for i, c := range v {
			if c >= '0' && c <= '9' {
				digits = append(digits, i)
			}
		}
		if rapid.Bool().Draw(t, "swap") {
			k := rapid.IntRange(0, len(digits)-2).Draw(t, "place")
			a, b := digits[k], digits[k+1]
			if v[a] == v[b] {
				return
			}
			v[a], v[b] = v[b], v[a]
		} else {
			i := rapid.SampledFrom(digits).Draw(t, "place")
			v[i] = '0' + (v[i]-'0'+byte(rapid.IntRange(1, 9).Draw(t, "by")))%10
		}
		if r := Parse(TicketNumber, string(v), ctx); r.Problem != problemTicketChecksum {
			t.Fatalf("%s: %+v", v, r)
		}
	})
}

// A name reads the same whatever its case and lead-in, and is the same person in any order.
func TestNameForms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawValue(t, FullName)
		lead := rapid.SampledFrom([]string{"", "меня зовут ", "я ", "это ", "моё фио ", "ФИО: ", "здравствуйте, ", "Добрый день! "}).Draw(t, "lead")
		tail := rapid.SampledFrom([]string{"", ".", " ", "!", ", спасибо", "\n"}).Draw(t, "tail")
		for _, text := range []string{v, strings.ToLower(v), strings.ToUpper(v)} {
			r := Parse(FullName, lead+text+tail, ctx)
			if r.Value != v || r.Fit != Strong {
				t.Fatalf("%q: %+v, want %q", lead+text+tail, r, v)
			}
		}
		parts := strings.Fields(v)
		other := strings.ToLower(strings.Join(rapid.Permutation(parts).Draw(t, "order"), " "))
		if !SameName(v, other) || !SameName(other, v) || !SameName(v, strings.ReplaceAll(v, "ё", "е")) {
			t.Fatalf("%q is not %q", v, other)
		}
	})
}

// A date reads the same in every form.
func TestDateForms(t *testing.T) {
	russian := strings.Fields("января февраля марта апреля мая июня июля августа сентября октября ноября декабря")
	rapid.Check(t, func(t *rapid.T) {
		v := drawValue(t, BirthDate)
		d, err := time.Parse("2006-01-02", v)
		if err != nil {
			t.Fatal(err)
		}
		forms := []string{
			d.Format("02.01.2006"), d.Format("2.1.2006"), d.Format("02/01/2006"), d.Format("02 01 2006"), d.Format("02-01-2006"), d.Format("02012006"),
			d.Format("2006-01-02"), d.Format("2 January 2006"), d.Format("January 2, 2006"), d.Format("2 Jan 2006"),
			fmt.Sprintf("%d %s %d года", d.Day(), russian[d.Month()-1], d.Year()), fmt.Sprintf("%d-го %s %d", d.Day(), russian[d.Month()-1], d.Year()),
		}
		if now.AddDate(-99, 0, 0).Before(d) {
			forms = append(forms, d.Format("02.01.06"), fmt.Sprintf("%d %s %02d", d.Day(), russian[d.Month()-1], d.Year()%100))
		}
		for _, text := range forms {
			if r := Parse(BirthDate, text, ctx); r.Value != v {
				t.Fatalf("%q: %+v, want %s", text, r, v)
			}
		}
	})
}

// Digits may be set apart anywhere.
func TestSeparators(t *testing.T) {
	kinds := []Kind{SNILS, INN, Passport, ApplicationNumber, Code}
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom(kinds).Draw(t, "kind")
		v := drawValue(t, kind)
		var b strings.Builder
		for _, c := range v {
			if c < '0' || c > '9' {
				continue
			}
			b.WriteRune(c)
			b.WriteString(rapid.SampledFrom([]string{"", "", " ", "-", " - ", "."}).Draw(t, "separator"))
		}
		if r := Parse(kind, b.String(), ctx); r.Value != v {
			t.Fatalf("%s %q: %+v, want %q", kind, b.String(), r, v)
		}
	})
}

// One slip of the pen in a long label still finds it, and the same reading comes back every time.
func TestChoiceSlips(t *testing.T) {
	c := Context{Options: []Option{{ID: "a", Label: "Восстановление доступа"}, {ID: "b", Label: "Электронная подпись"}, {ID: "c", Label: "Запись к врачу"}}}
	rapid.Check(t, func(t *rapid.T) {
		o := rapid.SampledFrom(c.Options[:2]).Draw(t, "option")
		word := []rune(strings.Fields(strings.ToLower(o.Label))[0])
		i := rapid.IntRange(1, len(word)-2).Draw(t, "place")
		switch rapid.IntRange(0, 2).Draw(t, "slip") {
		case 0:
			word[i], word[i+1] = word[i+1], word[i]
		case 1:
			word = append(word[:i], word[i+1:]...)
		default:
			word[i] = 'ъ'
		}
		r := Parse(Choice, string(word), c)
		if r.Value != o.ID {
			t.Fatalf("%q: %+v, want %s", string(word), r, o.ID)
		}
		if diff := cmp.Diff(r, Parse(Choice, string(word), c)); diff != "" {
			t.Fatal(diff)
		}
	})
}
