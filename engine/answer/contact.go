package answer

import "strings"

// parseContact reads a phone or an e-mail address; with both, the one told first.
func parseContact(l *line) Reading {
	at := strings.IndexByte(l.text, '@')
	if at < 0 {
		if l.digits >= 4 {
			return parsePhone(l)
		}
		if mail := parseEmail(l); mail.Fit != None {
			return mail
		}
		return bad(problemContactFormat, contactFit(l))
	}
	mail := parseEmail(l)
	start, _ := localBefore(l.text, at)
	if before := read(l.text[:start]); before.digits >= 10 {
		if phone := parsePhone(&before); phone.OK() {
			return phone
		}
	}
	if !mail.OK() && l.digits >= 10 {
		_, end := domainAfter(l.text, at+1)
		if after := read(l.text[end:]); after.digits >= 10 {
			if phone := parsePhone(&after); phone.OK() {
				return phone
			}
		}
	}
	return mail
}

// contactFit lets a few bare digits pass for a weak attempt.
func contactFit(l *line) Fit {
	if l.digits > 0 && l.foreign() == 0 && l.question() == 0 {
		return Weak
	}
	return None
}
