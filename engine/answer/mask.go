package answer

import (
	"strings"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"
)

// Mask writes a canonical value for people without the right to see it: enough to tell two citizens apart in a list, not
// enough to know them. Numbers of applications and tickets, choices and yes or no are nobody's secret and stay as they
// are; a one-time code and a file show nothing; of a free text only long numbers and e-mail addresses are hidden. What is
// no canonical value of the kind is hidden whole.
func Mask(kind Kind, value string) string {
	if value == "" {
		return ""
	}
	switch kind {
	case FullName:
		return maskName(value)
	case BirthDate:
		if _, ok := canonicalDate(value); ok {
			return "**.**." + value[:4]
		}
	case SNILS, INN, SNILSOrINN:
		switch KindOf(value) {
		case SNILS:
			return keepLast(value, 4) // ***-***-*45 95
		case INN:
			return keepLast(value, 4) // ********1107
		}
	case Passport:
		if len(value) == len("4510 123456") && value[4] == ' ' {
			return "** ** ***" + value[8:]
		}
	case Phone, Email, Contact:
		switch KindOf(value) {
		case Phone:
			return maskPhone(value)
		case Email:
			return maskEmail(value)
		}
	case ApplicationNumber, TicketNumber, Choice, YesNo, Confirm, Consent:
		return value
	case Code:
		return strings.Repeat("*", min(utf8.RuneCountInString(value), 6))
	case Text:
		return maskText(value)
	}
	return stars(value)
}

// stars hides everything but the blanks.
func stars(s string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '\n' {
			return r
		}
		return '*'
	}, s)
}

// keepLast hides all digits but the last n.
func keepLast(s string, n int) string {
	b := []byte(s)
	for i := len(b) - 1; i >= 0; i-- {
		if b[i] < '0' || b[i] > '9' {
			continue
		}
		if n--; n < 0 {
			b[i] = '*'
		}
	}
	return string(b)
}

// maskName keeps the surname and the initials: «Иванова М. П.».
func maskName(v string) string {
	parts := strings.Fields(v)
	if len(parts) < 2 {
		return stars(v)
	}
	surname := surnameAt(parts)
	var b strings.Builder
	b.WriteString(parts[surname])
	for i, p := range parts {
		if i == surname || sonOrDaughter(foldString(p)) {
			continue
		}
		r, _ := utf8.DecodeRuneInString(p)
		b.WriteByte(' ')
		b.WriteRune(toUpper(r))
		b.WriteByte('.')
	}
	return b.String()
}

// surnameAt guesses which part is the surname: neither the patronymic nor the given name before it; without a patronymic
// the part that is no known given name; the first one when nothing tells.
func surnameAt(parts []string) int {
	folded := make([]string, len(parts))
	for i, p := range parts {
		folded[i] = foldString(p)
	}
	if first, last := patronymicOf(folded); last > 0 && len(parts) > 2 {
		switch {
		case last < len(parts): // «Пётр Алексеевич Семёнов»
			return len(parts) - 1
		case first > 0:
			return 0
		}
	}
	for i := range folded {
		if surnameNames.has(folded[i]) || !givenName(folded[i]) && patronymic(folded[i]) == noPatronymic {
			return i
		}
	}
	return 0
}

// surnameNames are in the list of given names and more often surnames.
var surnameNames = words(`ким ли чен хен ен мин сон ван линь нгуен хоанг монгуш доржи`)

// maskPhone keeps the country, the first digit after it and the last two: +7 9** ***-**-01.
func maskPhone(v string) string {
	if len(v) == len("+79000000001") && strings.HasPrefix(v, "+7") {
		return "+7 " + v[2:3] + "** ***-**-" + v[10:]
	}
	p, err := phonenumbers.Parse(v, "RU")
	if err != nil || len(v) < 6 {
		return stars(v)
	}
	code := utf8.RuneCountInString(phonenumbers.GetNationalSignificantNumber(p))
	head := len(v) - code
	if head < 2 || head > 4 || code < 4 {
		return stars(v)
	}
	return v[:head] + " " + strings.Repeat("*", code-2) + v[len(v)-2:]
}

// maskEmail keeps the first letter and the domain: i***@example.test.
func maskEmail(v string) string {
	at := strings.LastIndexByte(v, '@')
	if at <= 0 {
		return stars(v)
	}
	_, size := utf8.DecodeRuneInString(v)
	return v[:size] + "***" + v[at:]
}

// maskText hides numbers of four digits or more, however they are set apart, and the local part of e-mail addresses.
func maskText(v string) string {
	b := []byte(v)
	for i := 0; i < len(b); {
		if b[i] == '@' {
			for k := i - 1; k >= 0 && b[k] > ' ' && b[k] != '@'; k-- {
				b[k] = '*'
			}
			i++
			continue
		}
		if b[i] < '0' || b[i] > '9' {
			i++
			continue
		}
		end, n := i, 0
		for k := i; k < len(b); k++ {
			if b[k] >= '0' && b[k] <= '9' {
				end, n = k+1, n+1
			} else if !strings.ContainsRune(" -.()/", rune(b[k])) || k-end > 2 {
				break
			}
		}
		for k := i; n >= 4 && k < end; k++ {
			if b[k] >= '0' && b[k] <= '9' {
				b[k] = '*'
			}
		}
		i = end
	}
	return string(b)
}
