package answer

import (
	"strconv"
	"time"
)

// maxAge is the age in years above which a birth date is a slip of the pen. The oldest people on record lived 119 and
// 122 years.
const maxAge = 120

// day is a date as read, before anyone has asked whether it exists.
type day struct {
	y, m, d int
	short   bool // the year came as two digits
}

// dateToken is a token that matters for a date: a number or the name of a month.
type dateToken struct {
	tok   int  // index in line.toks
	n     int  // value of the number
	len   int  // its length in digits; 0 for a month
	month int  // 1–12; -1 for a mistyped name that could be two months
	gap   sep  // separators since the token before that matters
	cut   bool // a foreign word or the end of a clause stands before it
}

// dateTokens picks the tokens that matter; buf keeps them off the heap for ordinary messages.
func (l *line) dateTokens(buf []dateToken) []dateToken {
	cut, gap := true, sep(0)
	for i := range l.toks {
		t := &l.toks[i]
		gap |= t.gap
		if t.gap&(sepQuestion|sepAt) != 0 || t.gap&sepColon != 0 && t.gap != sepColon {
			cut = true
		}
		switch {
		case t.num:
			d := dateToken{tok: i, len: len(t.low), gap: gap, cut: cut}
			if d.len <= 8 {
				d.n, _ = strconv.Atoi(t.low)
			}
			buf = append(buf, d)
		case dateFiller(t.low):
			continue
		default:
			m := monthOf(t.low)
			if m == 0 && i > 0 && i+1 < len(l.toks) && l.toks[i-1].num && l.toks[i+1].num {
				m = romanMonths[t.low]
			}
			if m == 0 {
				cut = true
				continue
			}
			buf = append(buf, dateToken{tok: i, month: m, gap: gap, cut: cut})
		}
		cut, gap = false, 0
	}
	return buf
}

// dateFiller reports words inside a date that carry nothing: «12-го числа 3-го месяца 58 года рождения».
func dateFiller(w string) bool {
	switch w {
	case "го", "ого", "его", "ое", "ого-то", "е", "й", "ый", "ий", "я", "ая", "г", "гг", "гр", "год", "года", "году", "годик", "р",
		"число", "числа", "месяц", "месяца", "рождения", "рожд", "st", "nd", "rd", "th", "of", "the", "in", "day", "year", "y", "yr":
		return true
	}
	return false
}

// maxHits is how many dates of one message are compared; more only make it more ambiguous.
const maxHits = 4

// dates finds every full date.
func dates(toks []dateToken, now time.Time) (hits [maxHits]day, n int) {
	for i := 0; i < len(toks) && n < maxHits; i++ {
		d, size := dateAt(toks, i)
		if size == 0 {
			continue
		}
		if d.short {
			d.y = century(d, now)
		}
		hits[n] = d
		n++
		i += size - 1
	}
	return hits, n
}

// dateAt reads a full date that begins with token i, and says of how many tokens it is made; 0 if there is none.
func dateAt(toks []dateToken, i int) (day, int) {
	if d, ok := oneGroup(toks, i); ok {
		return d, 1
	}
	if i+1 < len(toks) && !toks[i+1].cut && alone(toks, i, 2) {
		// «1203 1958» and «12 031958»: glued in part.
		a, b := &toks[i], &toks[i+1]
		switch {
		case a.len == 4 && b.len == 4 && a.n/100 <= 31 && a.n%100 <= 12 && plausibleYear(b.n):
			return day{y: b.n, m: a.n % 100, d: a.n / 100}, 2
		case (a.len == 2 || a.len == 1) && b.len == 6 && plausibleYear(b.n%10000):
			return day{y: b.n % 10000, m: b.n / 10000, d: a.n}, 2
		}
	}
	if i+2 >= len(toks) || toks[i+1].cut || toks[i+2].cut || !alone(toks, i, 3) {
		return day{}, 0
	}
	a, b, c := &toks[i], &toks[i+1], &toks[i+2]
	switch {
	case a.month > 0 && dayLen(b) && yearLen(c): // March 12, 1958
		return withYear(day{m: a.month, d: b.n}, c), 3
	case b.month > 0 && dayLen(a) && yearLen(c): // 12 марта 1958
		return withYear(day{m: b.month, d: a.n}, c), 3
	case b.month > 0 && a.len == 4 && dayLen(c): // 1958 март 12
		return day{y: a.n, m: b.month, d: c.n}, 3
	case a.month != 0 || b.month != 0 || c.month != 0:
		return day{}, 0
	case a.len == 4 && dayLen(b) && dayLen(c): // 1958-03-12
		return day{y: a.n, m: b.n, d: c.n}, 3
	case dayLen(a) && dayLen(b) && yearLen(c): // 12.03.1958
		return withYear(day{m: b.n, d: a.n}, c), 3
	}
	return day{}, 0
}

// alone reports whether the tokens [i, i+n) are no part of something longer, such as a phone: a number next to them
// must be set off more clearly than they are from each other.
func alone(toks []dateToken, i, n int) bool {
	inner := sep(0)
	for k := i + 1; k < i+n; k++ {
		if toks[k].month == 0 && toks[k-1].month == 0 {
			inner |= toks[k].gap
		}
	}
	tight := inner&^(sepSpace|sepLine|sepParen) != 0 || n == 1 && toks[i].len == 8
	apart := func(t *dateToken) bool {
		return t.cut || t.month != 0 || t.gap&(sepComma|sepLine) != 0 || tight && t.gap&^(sepSpace|sepTight|sepParen) == 0 && t.gap&^sepParen != 0
	}
	if i > 0 && toks[i-1].len > 0 && toks[i].len > 0 && !apart(&toks[i]) {
		return false
	}
	if toks[i].gap&sepPlus != 0 {
		return false
	}
	return i+n >= len(toks) || toks[i+n].len == 0 || toks[i+n-1].len == 0 || apart(&toks[i+n])
}

// dayLen reports whether a token has the length of a day or a month.
func dayLen(t *dateToken) bool { return t.len == 1 || t.len == 2 }

// yearLen reports whether a token has the length of a year.
func yearLen(t *dateToken) bool { return t.len == 2 || t.len == 4 }

// plausibleYear tells a year from four other digits.
func plausibleYear(y int) bool { return y >= 1850 && y < 2100 }

// withYear adds the year.
func withYear(d day, t *dateToken) day {
	d.y, d.short = t.n, t.len == 2
	return d
}

// oneGroup reads a date glued together: 12031958, 19580312, 120358. The first two can never both be dates: the month of
// one is the century of the other.
func oneGroup(toks []dateToken, i int) (day, bool) {
	t := &toks[i]
	if t.len != 8 && t.len != 6 || !alone(toks, i, 1) {
		return day{}, false
	}
	if t.len == 6 {
		d := day{y: t.n % 100, m: t.n / 100 % 100, d: t.n / 10000, short: true}
		return d, d.m >= 1 && d.m <= 12 && d.d >= 1 && d.d <= 31
	}
	d := day{y: t.n % 10000, m: t.n / 10000 % 100, d: t.n / 1000000}
	if plausibleYear(d.y) {
		return d, true
	}
	d = day{y: t.n / 10000, m: t.n / 100 % 100, d: t.n % 100}
	return d, plausibleYear(d.y)
}

// century completes a two-digit year so that the person is 0 to 99 years old on the day of the message. Exactly one
// century does that, so a preference for grown-up citizens has nothing to choose between. Without a clock the year
// 2026 serves, in which this was written.
func century(d day, now time.Time) int {
	if now.IsZero() {
		now = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	y, m, dd := now.Date()
	full := y - y%100 + d.y
	if full > y || full == y && (d.m > int(m) || d.m == int(m) && d.d > dd) {
		full -= 100
	}
	return full
}

// judge asks whether a date exists and can be a birth date on the day now.
func (d day) judge(now time.Time) (problem string, params []string) {
	switch {
	case d.m < 1 || d.m > 12:
		return problemDateMonth, []string{"month", strconv.Itoa(d.m)}
	case d.d < 1 || d.d > daysIn(d.y, d.m):
		if d.m == 2 && d.d == 29 {
			return problemDateNotLeap, []string{"year", strconv.Itoa(d.y)}
		}
		return problemDateImpossible, []string{"days", strconv.Itoa(daysIn(d.y, d.m))}
	case now.IsZero():
		return "", nil
	}
	y, m, dd := now.Date()
	late := d.m > int(m) || d.m == int(m) && d.d > dd // the birthday of this year is still to come
	age := y - d.y
	if late {
		age--
	}
	switch {
	case age < 0:
		return problemDateFuture, nil
	case age > maxAge:
		return problemDateTooOld, []string{"year", strconv.Itoa(d.y)}
	}
	return "", nil
}

// daysIn gives the length of a month in the Gregorian calendar.
func daysIn(y, m int) int {
	switch m {
	case 2:
		if y%4 == 0 && (y%100 != 0 || y%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// String writes the date in its canonical form, 1958-03-12.
func (d day) String() string {
	b := [10]byte{4: '-', 7: '-'}
	put := func(at, n, width int) {
		for i := at + width - 1; i >= at; i-- {
			b[i] = byte('0' + n%10)
			n /= 10
		}
	}
	put(0, d.y, 4)
	put(5, d.m, 2)
	put(8, d.d, 2)
	return string(b[:])
}
