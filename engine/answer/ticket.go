package answer

import (
	"unicode"
	"unicode/utf8"
)

// damm is the quasigroup of order 10 from H. Michael Damm, "Total anti-symmetrische Quasigruppen" (Marburg 2004): a check
// digit by it finds every wrong digit and every swap of two neighbours.
var damm = [10][10]byte{
	{0, 3, 1, 7, 5, 9, 8, 6, 4, 2},
	{7, 0, 9, 2, 1, 5, 4, 8, 6, 3},
	{4, 2, 0, 6, 8, 7, 1, 3, 5, 9},
	{1, 7, 5, 0, 9, 8, 3, 4, 2, 6},
	{6, 1, 2, 3, 0, 4, 5, 9, 7, 8},
	{3, 6, 7, 4, 2, 0, 9, 5, 8, 1},
	{5, 8, 6, 9, 7, 2, 0, 1, 3, 4},
	{8, 9, 4, 5, 3, 6, 2, 0, 1, 7},
	{9, 4, 3, 8, 6, 1, 7, 2, 0, 5},
	{2, 5, 8, 1, 4, 3, 6, 7, 9, 0},
}

// maxSerial is the largest serial of a year: six digits.
const maxSerial = 999_999

// NewTicketNumber makes a ticket's number, О-26-000123-4: a Cyrillic letter, two digits of the year, six of the serial and
// a check digit by Damm's algorithm over the index of the letter in the alphabet (two digits), the year and the serial. The
// letter may be of either case or a Latin one that looks like a Cyrillic letter, and one that is neither becomes О; year is
// 2026 or 26; a serial beyond 999,999 begins again at 0, so the caller must not let a year have more.
func NewTicketNumber(letter rune, year, serial int) string {
	return ticketNumber(ticketLetter(letter), abs(year)%100, abs(serial)%(maxSerial+1))
}

// ticketNumber writes a number whose parts are in order.
func ticketNumber(letter rune, year, serial int) string {
	var d [10]byte
	ticketDigits(&d, letter, year, serial)
	b := make([]byte, 0, 16)
	b = utf8.AppendRune(b, letter)
	b = append(b, '-', '0'+d[2], '0'+d[3], '-')
	for _, x := range d[4:] {
		b = append(b, '0'+x)
	}
	b = append(b, '-', '0'+dammOf(d[:]))
	return string(b)
}

// ticketDigits writes what the check digit is made of.
func ticketDigits(d *[10]byte, letter rune, year, serial int) {
	index := int(letter - 'А') // without Ё, which is taken for Е: 0–31
	d[0], d[1] = byte(index/10), byte(index%10)
	d[2], d[3] = byte(year/10), byte(year%10)
	for i := 9; i >= 4; i-- {
		d[i] = byte(serial % 10)
		serial /= 10
	}
}

// dammOf gives the check digit of some digits.
func dammOf(d []byte) byte {
	var c byte
	for _, x := range d {
		c = damm[c][x]
	}
	return c
}

// abs keeps mistaken arguments from leaving the table.
func abs(n int) int {
	if n < 0 {
		return -(n + 1) // never overflows
	}
	return n
}

// ticketLetter gives the upper-case Cyrillic letter that is meant; О if none can be.
func ticketLetter(r rune) rune {
	if c := cyrillicLetter(r); c != 0 {
		return c
	}
	return 'О'
}

// cyrillicLetter gives the upper-case Cyrillic letter for a letter of either script that looks like one; 0 if none does.
func cyrillicLetter(r rune) rune {
	r = unicode.ToUpper(r)
	switch {
	case r >= 'А' && r <= 'Я':
		return r
	case r == 'Ё':
		return 'Е'
	}
	switch r {
	case 'A':
		return 'А'
	case 'B':
		return 'В'
	case 'C':
		return 'С'
	case 'E':
		return 'Е'
	case 'H':
		return 'Н'
	case 'K':
		return 'К'
	case 'M':
		return 'М'
	case 'O':
		return 'О'
	case 'P':
		return 'Р'
	case 'T':
		return 'Т'
	case 'X':
		return 'Х'
	case 'Y':
		return 'У'
	}
	return 0
}

// parseTicket reads the number of a ticket.
func parseTicket(l *line) Reading {
	value, problem, several := findTicket(l)
	foreign, asks := l.foreign(), l.question()
	sure := fitOf(foreign <= 4 && asks < 2)
	switch {
	case several:
		return bad(problemSeveral, sure)
	case value != "":
		return good(value, sure)
	case asks > 1 || asks > 0 && foreign > 1:
		return bad(problemTicketFormat, None)
	case problem != "":
		return bad(problem, sure)
	case l.digits >= 6 && foreign <= 2:
		return bad(problemTicketFormat, fitOf(l.digits <= 12 && !l.looksLikeDate()))
	case l.digits > 3 && foreign <= 3 || l.digits > 0 && foreign == 0:
		return bad(problemTicketFormat, Weak)
	}
	return bad(problemTicketFormat, None)
}

// findTicket looks for numbers of tickets: a letter and nine digits, however they are set apart.
func findTicket(l *line) (value, problem string, several bool) {
	for i := 0; i < len(l.toks); {
		r := l.nextRun(i, false)
		if r.from == r.to {
			break
		}
		i = r.to
		if r.plus || !speaksOf(TicketNumber, r.mention) {
			continue
		}
		letters, first := l.lettersBefore(r.from), r.from
		if len(letters) == 0 {
			letter, from := l.letterInDigits(r)
			if letter == 0 {
				continue
			}
			letters, first = []rune{letter}, from
		}
		v, p := "", ""
		for i, letter := range letters {
			read, wrong := l.ticketOf(letter, first, r)
			if i == 0 || read != "" {
				v, p = read, wrong
			}
			if v != "" {
				break
			}
		}
		switch {
		case v == "":
			if problem == "" && l.join(first, r.to).n >= 5 {
				problem = p
			}
		case value == "":
			value = v
		case value != v:
			several = true
		}
	}
	return value, problem, several
}

// lettersBefore gives the letters that can stand right before token i: «О-26-…», «о26…», «ZH 26 …».
func (l *line) lettersBefore(i int) []rune {
	if i == 0 || l.toks[i].gap&(sepComma|sepLine|sepQuestion|sepAt) != 0 || l.toks[i-1].num {
		return nil
	}
	return ticketLetters(l.toks[i-1].text)
}

// letterInDigits takes a 0 for the letter О and a 3 for З where ten digits stand instead of a letter and nine: they look
// alike, and the check digit guards against a mistake. The first group must be the letter's alone.
func (l *line) letterInDigits(r run) (rune, int) {
	if r.to-r.from < 3 || len(l.toks[r.from].low) != 1 {
		return 0, r.from
	}
	switch l.toks[r.from].low {
	case "0":
		return 'О', r.from + 1
	case "3":
		return 'З', r.from + 1
	}
	return 0, r.from
}

// ticketOf reads the digits of a number after its letter.
func (l *line) ticketOf(letter rune, from int, r run) (value, problem string) {
	d := l.join(from, r.to)
	for i := from; i < r.to; i++ {
		if !l.toks[i].num {
			return "", problemTicketFormat // a letter amid the digits
		}
	}
	if r.to-from == 3 && d.n < 9 && len(l.toks[from].low) == 2 && len(l.toks[from+2].low) == 1 {
		// «О-26-123-4»: the zeros of the serial left out, but the parts are plain.
		s := l.toks[from+1].low
		d = digits{}
		d.add(l.toks[from].low)
		d.add("000000"[:6-min(len(s), 6)])
		d.add(s)
		d.add(l.toks[from+2].low)
	}
	if d.n != 9 {
		return "", problemTicketFormat
	}
	serial := 0
	for i := 2; i < 8; i++ {
		serial = serial*10 + d.at(i)
	}
	v := ticketNumber(letter, d.at(0)*10+d.at(1), serial)
	if v[len(v)-1] != d.d[8] {
		return "", problemTicketChecksum
	}
	return v, ""
}
