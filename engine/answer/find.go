package answer

// Find looks for a value of the kind inside a longer text: «ой, дата рождения другая: 12.03.1958», «статус заявления
// 1000000011». ok is false when there is none, or more than one that differ. problem then says what is wrong with what
// was found, and is "" when nothing was found that comes near. File and Text are never found.
func Find(kind Kind, text string, c Context) (value string, problem string, ok bool) {
	l := read(text)
	several := false
	switch kind {
	case FullName:
		return findName(&l)
	case BirthDate:
		var buf [12]dateToken
		hits, n := dates(l.dateTokens(buf[:0]), c.Now)
		d, n := pickDate(hits[:n], c.Now)
		if n == 1 {
			if problem, _ = d.judge(c.Now); problem == "" {
				value = d.String()
			}
		}
		several = n > 1
	case Phone:
		var got int
		value, problem, got, several = findPhone(&l)
		if got < 5 || l.looksLikeDate() {
			problem = "" // a house number or a date is no telephone
		}
	case Email:
		f := findEmail(&l)
		value, problem, several = f.value, f.problem, f.several
	case Contact:
		r := parseContact(&l)
		if value, problem = r.Value, r.Problem; r.Fit == None {
			problem = ""
		}
	case TicketNumber:
		value, problem, several = findTicket(&l)
	case Choice, YesNo, Confirm, Consent:
		r := Parse(kind, text, c)
		return r.Value, r.Problem, r.OK()
	default:
		s := specOf(kind)
		if s == nil {
			return "", "", false
		}
		f := s.find(&l)
		value, problem, several = f.value, f.problem, f.several
	}
	switch {
	case several:
		return "", problemSeveral, false
	case value != "":
		return value, "", true
	}
	return "", problem, false
}

// findName looks for a name: the whole text, or one amid other words.
func findName(l *line) (value, problem string, ok bool) {
	r := parseName(l)
	if r.OK() && r.Fit == Strong {
		return r.Value, "", true
	}
	value, n := l.nameInside()
	switch {
	case n > 1:
		return "", problemSeveral, false
	case n == 1:
		return value, "", true
	case r.Fit == Strong:
		return "", r.Problem, false
	}
	return "", "", false
}
