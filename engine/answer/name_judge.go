package answer

// judgeName decides whether some words are a name, and which way they fail to be one.
func judgeName(ws []nameWord) Reading {
	n := len(ws)
	if n == 0 {
		return bad(problemNameFormat, None)
	}
	spareShortSurname(ws)
	smallInitials(ws)
	c := countName(ws)
	switch {
	case c.initials > 0:
		return judgeInitials(ws, c)
	case c.hard > 0:
		return bad(problemNameFormat, None)
	case n == 1:
		return judgeOneWord(&ws[0])
	case n > 4 && !(n == maxNameWords && c.particles > 0):
		if c.given > 0 && c.sure > 0 && c.soft == 0 {
			return bad(problemNameFormat, Weak)
		}
		return bad(problemNameFormat, None)
	}
	plainly := c.given > c.common || c.sure > 0
	capitals := c.capitals+c.particles >= n
	if c.soft > 1 || c.soft == 1 && (n > 3 || !plainly && !capitals || c.capitals > 0 && c.softSmall > 0) {
		return bad(problemNameFormat, None) // «другое Пётр Семёнов»: a word in small letters amid capitals is no surname
	}
	if n == 4 && !plainly && !capitals && c.particles == 0 {
		return bad(problemNameFormat, None) // four plain words in small letters are a sentence
	}
	if c.odd > 0 {
		return bad(problemNameFormat, Weak)
	}
	if problem := surnameMissing(ws, c); problem != "" {
		return bad(problem, Strong)
	}
	if rest := withoutSmall(ws, c); rest != nil {
		if r := judgeName(rest); r.OK() {
			return good(r.Value, Weak)
		}
	}
	return good(writeName(ws), nameFit(c, plainly, capitals))
}

// withoutSmall leaves out a plain word in small letters before or after a name in capitals («говорил Петров Иван»); nil
// if there is none, or if the word may be the surname.
func withoutSmall(ws []nameWord, c nameCount) []nameWord {
	n := len(ws)
	if n < 3 || c.capitals != n-1 || c.sureSurnames+c.maybeSurnames == 0 {
		return nil
	}
	small := func(w *nameWord) bool {
		return !w.capital && !w.given && w.patronymic == noPatronymic && w.surname == noSurname && !nameParticle(w.low)
	}
	switch {
	case small(&ws[0]):
		return ws[1:]
	case small(&ws[n-1]):
		return ws[:n-1]
	}
	return nil
}

// nameCount counts what the words of a name are.
type nameCount struct {
	given, common, sure, maybe, hard, soft, capitals, initials, particles, odd, softSmall int
	sureSurnames, maybeSurnames                                                           int
}

func countName(ws []nameWord) (c nameCount) {
	one := func(n *int, b bool) {
		if b {
			*n++
		}
	}
	for i := range ws {
		w := &ws[i]
		one(&c.given, w.given)
		one(&c.common, w.common)
		one(&c.sure, w.patronymic == surePatronymic)
		one(&c.maybe, w.patronymic == maybePatronymic)
		one(&c.hard, w.hard && !w.initial)
		one(&c.soft, w.soft)
		one(&c.softSmall, w.soft && !w.capital)
		one(&c.initials, w.initial)
		one(&c.odd, w.odd)
		one(&c.sureSurnames, w.surname == sureSurname && !w.given)
		one(&c.maybeSurnames, w.surname == maybeSurname && !w.given)
		particle := i > 0 && nameParticle(w.low)
		one(&c.particles, particle)
		one(&c.sure, particle && sonOrDaughter(w.low))
		one(&c.capitals, w.capital && !particle)
	}
	return c
}

// nameFit says how surely accepted words are a name.
func nameFit(c nameCount, plainly, capitals bool) Fit {
	endings := c.sureSurnames + c.maybeSurnames
	return fitOf(plainly || c.sureSurnames > 0 || capitals && (endings > 0 || c.given > 0) || c.given > 0 && endings > 0)
}

// spareShortSurname lets «Но Виктор» and «Ли Мария» pass: next to a given name a short word is a surname when it is
// written like one. «ли» needs no capital: nobody says «ли Мария» otherwise.
func spareShortSurname(ws []nameWord) {
	n := len(ws)
	if n < 2 || n > 3 {
		return
	}
	given, capitals := false, true
	for i := range ws {
		given = given || ws[i].given && !ws[i].common
		capitals = capitals && ws[i].capital
	}
	for i := range ws {
		given = given || ws[i].given && capitals
	}
	if !given {
		return
	}
	for _, i := range [2]int{0, n - 1} {
		w := &ws[i]
		if !shortSurnames.has(w.low) || !w.capital && w.low != "ли" {
			continue
		}
		if oneRune(w.text) && i != 0 {
			continue // «Мария О» is an initial
		}
		w.hard, w.initial, w.odd = false, false, false
	}
}

// smallInitials takes «иванов и п» for initials: two single letters together beside one longer word.
func smallInitials(ws []nameWord) {
	if len(ws) != 3 || !oneRune(ws[1].text) {
		return
	}
	a, b := &ws[0], &ws[2]
	if oneRune(a.text) == oneRune(b.text) {
		return
	}
	if oneRune(a.text) {
		a, b = b, a
	}
	if a.given || a.surname != noSurname && !a.soft {
		ws[1].initial, b.initial = true, true
	}
}

// judgeInitials refuses «Иванов И. П.» with a sentence of its own. Lower-case letters count as initials where nothing
// but a surname stands beside them.
func judgeInitials(ws []nameWord, c nameCount) Reading {
	long, likely := 0, false
	for i := range ws {
		if w := &ws[i]; !w.initial && !w.hard && !w.soft {
			long++
			likely = likely || w.given || w.surname != noSurname || w.capital
		}
	}
	if long == 0 || long > 3 || c.hard > 0 || c.soft > 0 && !likely {
		return bad(problemNameFormat, None)
	}
	return bad(problemNameInitials, fitOf(likely && c.soft == 0))
}

// judgeOneWord refuses a single word, which is hardly ever the whole name.
func judgeOneWord(w *nameWord) Reading {
	switch {
	case w.odd:
		return bad(problemNameFormat, None)
	case w.given || w.patronymic != noPatronymic || w.surname == sureSurname && !w.soft || w.capital && w.surname == maybeSurname && !w.soft:
		if w.common && !w.capital {
			return bad(problemNameOneWord, Weak)
		}
		return bad(problemNameOneWord, Strong)
	case w.soft:
		return bad(problemNameFormat, None)
	}
	return bad(problemNameOneWord, Weak)
}

// surnameMissing tells «Мария Петровна» and «Али Гасан оглы», which lack the surname, from «Адам Мицкевич» and «Петрович
// Иван», which do not: a surname in -ович comes first or has no known name in it.
func surnameMissing(ws []nameWord, c nameCount) string {
	switch n := len(ws); {
	case n == 2 && sonOrDaughter(ws[1].low):
		return problemNameOneWord
	case n == 2 && ws[1].patronymic == surePatronymic:
		if ws[0].given {
			return problemNameNoSurname
		}
		return problemNameOneWord // «Иванова Петровна»: the given name is missing
	case n == 2 && ws[0].patronymic == surePatronymic && ends(ws[0].low, "вна", "чна", "шна", "vna"):
		return problemNameNoSurname
	case n == 3 && sonOrDaughter(ws[2].low) && ws[0].given && c.sureSurnames+c.maybeSurnames == 0:
		return problemNameNoSurname
	}
	return ""
}
