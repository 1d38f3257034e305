package answer

import (
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// maxPhones is how many numbers of one message are compared.
const maxPhones = 4

// parsePhone reads a telephone number. Numbers without a plus are Russian, unless their length says otherwise.
func parsePhone(l *line) Reading {
	value, problem, got, several := findPhone(l)
	foreign, asks := l.foreign(), l.question()
	sure := fitOf(foreign <= 3 && asks < 2)
	switch {
	case several:
		return bad(problemSeveral, sure)
	case value != "":
		return good(value, sure)
	case asks > 1 || asks > 0 && foreign > 0 || got == 0:
		return bad(problemPhoneInvalid, None)
	case problem == problemPhoneLength:
		r := bad(problem, Weak, "got", strconv.Itoa(got))
		if got >= 5 && foreign <= 3 && !l.looksLikeDate() {
			r.Fit = Strong
		} else if foreign > 0 && got < 4 || foreign > 3 && got < 6 {
			r.Fit = None
		}
		return r
	}
	return bad(problem, sure)
}

// findPhone looks for telephone numbers; got is the length of the best stretch of digits when there is none.
func findPhone(l *line) (value, problem string, got int, several bool) {
	n := 0
	for i := 0; i < len(l.toks) && n < maxPhones; {
		r := l.nextPhone(i)
		if r.from == r.to {
			break
		}
		i = r.to
		d := l.join(r.from, r.to)
		if !speaksOf(Phone, r.mention) {
			continue
		}
		v, p := "", problemPhoneLength
		if !r.glued {
			v, p = phoneOf(&d, r.plus)
		}
		switch {
		case v == "":
			if d.n > got {
				got, problem = d.n, p
			}
		case value == "":
			value = v
			n++
		case v != value:
			several = true
			n++
		}
	}
	return value, problem, got, several
}

// nextPhone finds the next run and cuts it where another number begins: two phones with only a blank between them.
func (l *line) nextPhone(i int) run {
	r := l.nextRun(i, false)
	total := 0
	for k := r.from; k < r.to; k++ {
		if t := &l.toks[k]; t.num {
			if total >= 10 && t.gap&^loose == 0 && total+len(t.low) > 15 {
				r.to = k
				return r
			}
			total += len(t.low)
		}
	}
	return r
}

// phoneOf gives the E.164 form of a number. Russian numbers have ten digits after the 7 or 8; the library then knows
// which of them exist. The project's invented numbers +7 900 000-00-0X are valid to it.
func phoneOf(d *digits, plus bool) (value, problem string) {
	s := d.String()
	switch {
	case d.n > 15 || d.n < 10 && !plus || d.n < 7:
		return "", problemPhoneLength
	case plus && d.n == 11 && s[0] == '8' && s[1] == '9':
		// «+8 900 …»: the domestic 8 and the plus mixed up. No country has a code that begins with 89; +84 and +86 are
		// taken at their word.
		s = "+7" + s[1:]
	case plus:
		s = "+" + s
	case d.n == 10:
		s = "+7" + s
	case d.n == 11 && (s[0] == '7' || s[0] == '8'):
		s = "+7" + s[1:]
	case strings.HasPrefix(s, "810"):
		s = "+" + s[3:] // the Russian prefix for calls abroad
	case strings.HasPrefix(s, "00"):
		s = "+" + s[2:]
	default:
		// Citizens of other countries leave out the plus; without it only a number that surely exists will do.
		if v := knownNumber("+"+s, true); v != "" && s[0] != '7' && s[0] != '8' {
			return v, ""
		}
		if d.n == 11 {
			return "", problemPhoneInvalid
		}
		return "", problemPhoneLength
	}
	if v := knownNumber(s, false); v != "" {
		return v, ""
	}
	if strings.HasPrefix(s, "+7") && (len(s) != len("+79000000001") || d.n == 10 && (s[2] == '8' || s[2] == '7')) {
		return "", problemPhoneLength // ten digits with the 8 among them: one is missing
	}
	return "", problemPhoneInvalid
}

// knownNumber asks the library; strict wants a number that is in use, else one of a possible length will do for other
// countries, whose numbering plans change faster than the library.
func knownNumber(s string, strict bool) string {
	p, err := phonenumbers.Parse(s, "RU")
	if err != nil {
		return ""
	}
	russian := p.GetCountryCode() == 7
	if !phonenumbers.IsValidNumber(p) && (strict || russian || !phonenumbers.IsPossibleNumber(p)) {
		return ""
	}
	v := phonenumbers.Format(p, phonenumbers.E164)
	if len(v) < len("+1234567") {
		return ""
	}
	if v != s {
		// The library has dropped a trunk prefix («+31 0…»). It may find another in what is left; then there is no telling.
		if again, err := phonenumbers.Parse(v, "RU"); err != nil || phonenumbers.Format(again, phonenumbers.E164) != v {
			return ""
		}
	}
	return v
}

// displayPhone writes a number for people: +7 900 000-00-01, others as their country does.
func displayPhone(v string) string {
	if len(v) == len("+79000000001") && strings.HasPrefix(v, "+7") {
		return v[:2] + " " + v[2:5] + " " + v[5:8] + "-" + v[8:10] + "-" + v[10:]
	}
	p, err := phonenumbers.Parse(v, "RU")
	if err != nil {
		return v
	}
	return phonenumbers.Format(p, phonenumbers.INTERNATIONAL)
}
