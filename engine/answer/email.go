package answer

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of RFC 5321: the local part has up to 64 octets, the whole address up to 254.
const (
	maxLocal = 64
	maxEmail = 254
)

// mailFound is what a search for e-mail addresses came to.
type mailFound struct {
	value    string // the first good one
	from, to int    // where it stands in the text
	several  bool   // there is another one that differs
	problem  string // of the first one that is not good
}

// parseEmail reads an e-mail address. The check is a practical one: what mail systems in use accept, not all that the
// standard allows.
func parseEmail(l *line) Reading {
	f := findEmail(l)
	rest := l
	if f.value != "" {
		// The words of the address say nothing: do@example.test asks no question.
		r := read(l.text[:f.from] + " " + l.text[f.to:])
		rest = &r
	}
	asks := rest.question()
	sure := fitOf(rest.foreign() <= 4 && asks < 2)
	switch {
	case f.several:
		return bad(problemSeveral, sure)
	case f.value != "":
		return good(f.value, sure)
	case f.problem != "":
		return bad(f.problem, fitOf(l.foreignToEmail() <= 4 && asks < 2))
	case asks == 0 && mailHost(l):
		return bad(problemEmailFormat, Strong) // «ivanova mail.ru»: the sign is missing
	}
	return bad(problemEmailFormat, None)
}

// findEmail looks for addresses around every @.
func findEmail(l *line) (f mailFound) {
	s := l.text
	for i := 0; i < len(s); {
		at := strings.IndexByte(s[i:], '@')
		if at < 0 {
			break
		}
		at += i
		start, local := localBefore(s, at)
		domain, end := domainAfter(s, at+1)
		v, p := emailOf(local, domain)
		if start > 0 && s[start-1] == '@' || end < len(s) && s[end] == '@' {
			v, p = "", problemEmailFormat // «a@b@c.ru»: which one is meant cannot be told
		}
		switch {
		case v == "":
			if f.problem == "" {
				f.problem = p
			}
		case f.value == "":
			f.value, f.from, f.to = v, start, end
		case f.value != v:
			f.several = true
		}
		i = max(end, at+1)
	}
	return f
}

// localBefore gives the part before the @, over blanks next to it, and where it begins.
func localBefore(s string, at int) (from int, local string) {
	end := at
	for end > 0 && s[end-1] == ' ' {
		end--
	}
	from = end
	for from > 0 {
		r, size := utf8.DecodeLastRuneInString(s[:from])
		if !isLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(".!#$%&'*+/=?^_{|}~-", r) {
			break
		}
		from -= size
	}
	return from, s[from:end]
}

// domainAfter gives the part after the @ and where it ends, mending the usual slips: blanks after the @ and around the
// dots, a comma instead of a dot, a blank instead of the last dot.
func domainAfter(s string, at int) (string, int) {
	var b strings.Builder
	i := skipBlanks(s, at)
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case isLetter(r) || unicode.IsDigit(r) || r == '-':
			b.WriteString(s[i : i+size])
			i += size
		case (r == '.' || r == ',') && domainGoesOn(s, i+1, r):
			b.WriteByte('.')
			i = skipBlanks(s, i+1)
		case r == ' ' && domainGoesOn(s, skipBlanks(s, i), ' '):
			j := skipBlanks(s, i)
			if s[j] == '.' || s[j] == ',' {
				j = skipBlanks(s, j+1)
			}
			b.WriteByte('.')
			i = j
		default:
			return b.String(), i
		}
	}
	return b.String(), i
}

// domainGoesOn reports whether what follows a dot, a comma or a blank is still the domain: right after it a letter or a
// digit, or beyond a blank one of the common last parts and nothing glued to it.
func domainGoesOn(s string, i int, after rune) bool {
	j := skipBlanks(s, i)
	if after == ' ' && j < len(s) && (s[j] == '.' || s[j] == ',') {
		j = skipBlanks(s, j+1)
	}
	end := j
	for end < len(s) {
		r, size := utf8.DecodeRuneInString(s[end:])
		if !isLetter(r) && !unicode.IsDigit(r) && r != '-' {
			break
		}
		end += size
	}
	if end == j {
		return false
	}
	return after != ' ' && j == i || lastParts.has(foldString(s[j:end]))
}

// lastParts are the last parts of domains that citizens of Russia use most.
var lastParts = words("ru com net org рф su by kz ua info рус edu gov")

// skipBlanks returns the index of the first byte that is no blank.
func skipBlanks(s string, i int) int {
	for i < len(s) && s[i] == ' ' {
		i++
	}
	return i
}

// emailOf checks the two parts and puts them together.
func emailOf(local, domain string) (value, problem string) {
	domain = strings.ToLower(domain)
	if local == "" || len(local) > maxLocal || len(local)+len(domain)+1 > maxEmail || !dotsInside(local) || !validDomain(domain) {
		return "", problemEmailFormat
	}
	if !ascii(local) && ascii(domain) {
		// Systems that take Russian letters before the @ are Russian domains; elsewhere it is a keyboard left in the
		// wrong layout.
		return "", problemEmailCyrillic
	}
	return local + "@" + domain, ""
}

// dotsInside reports whether dots stand only between other signs.
func dotsInside(s string) bool {
	return s[0] != '.' && s[len(s)-1] != '.' && !strings.Contains(s, "..")
}

// validDomain reports whether a domain has at least two labels of the right form and a last one in letters.
func validDomain(s string) bool {
	last := strings.LastIndexByte(s, '.')
	if last <= 0 || len(s) > 253 || utf8.RuneCountInString(s[last+1:]) < 2 {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
	}
	if strings.HasPrefix(s[last+1:], "xn--") {
		return true
	}
	for _, r := range s[last+1:] {
		if !isLetter(r) {
			return false
		}
	}
	return true
}

// ascii reports whether a text has nothing but ASCII in it.
func ascii(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// mailHost reports whether a text names a mail provider, as an address does.
func mailHost(l *line) bool {
	s := foldString(l.text)
	for _, h := range [...]string{"mail.ru", "gmail", "yandex", "ya.ru", "bk.ru", "list.ru", "inbox.ru", "rambler", "собака", "mail ru"} {
		if strings.Contains(s, h) && l.words <= 6 {
			return true
		}
	}
	return false
}

// foreignToEmail counts words that are neither carriers nor letters of an address.
func (l *line) foreignToEmail() int {
	n := 0
	for i := range l.toks {
		if t := &l.toks[i]; !t.num && t.text[0] >= utf8.RuneSelf && !carrier(t.low) {
			n++
		}
	}
	return n
}
