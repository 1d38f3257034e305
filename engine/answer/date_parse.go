package answer

import (
	"strings"
	"time"
)

// parseDate reads a birth date.
func parseDate(l *line, c Context) Reading {
	var buf [12]dateToken
	toks := l.dateTokens(buf[:0])
	hits, n := dates(toks, c.Now)
	foreign, asks := l.foreignToDate(), l.question()
	sure := fitOf(foreign <= maxForeignToDate && asks < 2)
	d, n := pickDate(hits[:n], c.Now)
	switch {
	case n > 1:
		return bad(problemSeveral, sure)
	case n == 1:
		problem, params := d.judge(c.Now)
		if problem == "" {
			return good(d.String(), sure)
		}
		return bad(problem, sure, params...)
	case asks > 1 || asks > 0 && foreign > 0:
		return bad(problemDateFormat, None)
	}
	return partOfDate(l, toks, foreign)
}

// pickDate chooses among the dates of a message: the same one twice counts once, and one that can be a birth date goes
// before one that cannot. n is how many different ones are left.
func pickDate(hits []day, now time.Time) (d day, n int) {
	fine := false
	for _, h := range hits {
		problem, _ := h.judge(now)
		switch {
		case n == 0 || problem == "" && !fine:
			d, n, fine = h, 1, problem == ""
		case problem == "" && h.String() != d.String():
			n++
		}
	}
	return d, n
}

// partOfDate says what is missing when there is no full date.
func partOfDate(l *line, toks []dateToken, foreign int) Reading {
	var months, days, years, others int
	unsure := false
	for i := range toks {
		switch t := &toks[i]; {
		case t.month < 0:
			unsure = true
			months++
		case t.month > 0:
			months++
		case dayLen(t):
			days++
		case t.len == 4 && plausibleYear(t.n):
			years++
		default:
			others++
		}
	}
	if foreign > maxForeignToDate {
		return bad(problemDateFormat, None)
	}
	sure := fitOf(foreign <= 2)
	inWords := l.ordinals()
	switch {
	case unsure && days+years > 0, inWords > 0 && months > 0, inWords > 1,
		months == 0 && days == 1 && years == 1 && toks[len(toks)-1].cut: // «12 снтбря 1960»
		// «двенадцатое марта пятьдесят восьмого»: plainly a date, but not one that is read.
		return bad(problemDateFormat, sure)
	case months == 1 && days == 1 && years+others == 0, months == 0 && days == 2 && years+others == 0 && l.plainPair(toks):
		return bad(problemDateNoYear, sure)
	case months == 1 && years == 1 && days+others == 0, months == 0 && days == 1 && years == 1 && others == 0,
		months == 0 && days == 0 && years == 1 && others == 0:
		return bad(problemDateNoDay, sure)
	case months > 0 && days+years+others > 0:
		return bad(problemDateFormat, sure)
	case len(toks) > 0 && l.digits >= 5 && foreign <= 2 && l.looksLikeDateRun(toks):
		return bad(problemDateFormat, Strong)
	case months > 0 && foreign == 0, l.digits > 0 && foreign == 0, l.digits >= 4 && foreign <= 3:
		return bad(problemDateFormat, Weak)
	}
	return bad(problemDateFormat, None)
}

// plainPair reports whether two small numbers are written as day and month are: 12.03, not «2 5».
func (l *line) plainPair(toks []dateToken) bool {
	return len(toks) == 2 && toks[0].n >= 1 && toks[0].n <= 31 && toks[1].n >= 1 && toks[1].n <= 12 && !toks[1].cut
}

// looksLikeDateRun reports whether the numbers come in three groups, or in a length that a glued date has but for a
// digit lost or doubled: 12.03.195, 1203195.
func (l *line) looksLikeDateRun(toks []dateToken) bool {
	switch len(toks) {
	case 1:
		return toks[0].len >= 5 && toks[0].len <= 9
	case 3:
		return toks[0].len <= 4 && toks[1].len <= 2 && toks[2].len <= 5
	}
	return false
}

// ordinals counts the words that are numbers as dates have them.
func (l *line) ordinals() int {
	n := 0
	for i := range l.toks {
		if t := &l.toks[i]; !t.num && ordinalWord(t.low) {
			n++
		}
	}
	return n
}

// ordinalWord reports whether a word is a number as dates in words have them.
func ordinalWord(w string) bool {
	if len(w) < 2*len("п") {
		return false
	}
	for _, p := range ordinalPrefixes {
		if strings.HasPrefix(w, p) {
			return true
		}
	}
	return strings.Contains(w, "надцат") || strings.HasSuffix(w, "teenth") || strings.HasSuffix(w, "teen")
}

var ordinalPrefixes = [...]string{
	"перво", "второ", "третье", "четверт", "пятого", "пятое", "шестого", "шестое", "седьмо", "восьмо", "девято", "десято",
	"двадцат", "тридцат", "сороков", "сорок", "пятьдес", "пятидес", "шестьдес", "шестидес", "семьдес", "семидес",
	"восемьдес", "восьмидес", "девяност", "тысяча", "тысячи", "девятьсот", "двухтысяч", "двадцатое",
	"twent", "thirt", "ninet", "eight",
}

// dateWords are words that come with a birth date and say nothing else.
var dateWords = words(`
дата дату даты датой родился родилась родилися рожден рождена рождение рождения др мой моя мое мои моего я у меня это вот
ну да нет ой так и а же пожалуйста здравствуйте привет добрый день вечер утро спасибо извините простите по паспорту от с в
другая верная правильная правильно точно кажется вроде исправьте надо
born birth date my is was i am it's it on`)

// maxForeignToDate is how many other words may stand beside a date that is plainly an answer.
const maxForeignToDate = 4

// foreignToDate counts the words that have nothing to do with a date.
func (l *line) foreignToDate() int {
	n := 0
	for i := range l.toks {
		t := &l.toks[i]
		switch {
		case t.num || dateFiller(t.low) || dateWords.has(t.low):
		case mentionOf(t.low) != "" && mentionOf(t.low) != BirthDate:
			n += maxForeignToDate + 1 // «заявление от 12.03.2026»: a date, but of something else
		case monthOf(t.low) == 0 && !ordinalWord(t.low):
			n++
		}
	}
	return n
}
