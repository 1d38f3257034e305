package answer

import (
	"strings"
	"unicode/utf8"
)

// monthForms are the full names of the months: Russian in the cases that people write, the same in Latin letters, and
// English.
var monthForms = [12][]string{
	{"январь", "января", "январе", "yanvarya", "january"},
	{"февраль", "февраля", "феврале", "fevralya", "february"},
	{"март", "марта", "марте", "marta", "march"},
	{"апрель", "апреля", "апреле", "aprelya", "april"},
	{"май", "мая", "мае", "maya", "may"},
	{"июнь", "июня", "июне", "iyunya", "june"},
	{"июль", "июля", "июле", "iyulya", "july"},
	{"август", "августа", "августе", "avgusta", "august"},
	{"сентябрь", "сентября", "сентябре", "sentyabrya", "september"},
	{"октябрь", "октября", "октябре", "oktyabrya", "october"},
	{"ноябрь", "ноября", "ноябре", "noyabrya", "november"},
	{"декабрь", "декабря", "декабре", "dekabrya", "december"},
}

// romanMonths are the numerals of old forms («12.III.1958»); they count only between two numbers.
var romanMonths = map[string]int{
	"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10, "xi": 11, "xii": 12,
	"х": 10, "хi": 11, "хii": 12,
}

// monthIndex knows the full forms and the short ones.
var monthIndex = func() map[string]int {
	m := make(map[string]int, 128)
	for i, forms := range monthForms {
		for _, f := range forms {
			m[f] = i + 1
		}
	}
	for i, forms := range [12]string{
		"янв jan", "фев февр feb", "мар mar", "апр apr", "маи", "июн jun", "июл jul", "авг aug",
		"сен сент sep sept", "окт oct", "ноя нояб nov", "дек dec",
	} {
		for _, f := range strings.Fields(forms) {
			m[f] = i + 1
		}
	}
	return m
}()

// monthOf gives the month that a folded word names, 1–12; 0 if it names none, -1 if a slip of the pen leaves two
// («июмя» is June or July). One slip is forgiven in words of four letters or more, two from eight on.
func monthOf(w string) int {
	if m, ok := monthIndex[w]; ok {
		return m
	}
	n := utf8.RuneCountInString(w)
	if n < 4 || n > 11 || notMonths.has(w) {
		return 0
	}
	best, month := 1, 0
	if n >= 8 {
		best = 2
	}
	// Of two months equally near neither is taken; a nearer one beats the others.
	for i, forms := range monthForms {
		for _, f := range forms {
			switch d := distance(w, f, best); {
			case d > best, len(f) < 4, len(f) < len("март") && f[0] >= utf8.RuneSelf: // «маме» is no slip for «мае»
			case d < best || month == 0:
				best, month = d, i+1
			case month != i+1:
				month = -1
			}
		}
	}
	return month
}

// notMonths are words one letter away from a month that mean something else.
var notMonths = words(`марка марку марки марке марк карта карты карте карту парта мария марию марии марго мать майя
маша мара марс мира мать маме мама папа июни many make mary maria mark marie junie jule jane
карт старт фарт парт мар`)
