package answer

import (
	"strings"
	"unicode/utf8"
)

// maxNameWords is the longest name with a particle: «Алиев Рашад Мамед Али оглы».
const maxNameWords = 5

// nameWord is a word that may be a part of a name.
type nameWord struct {
	text, low  string
	given      bool // a known given name
	common     bool // a given name that is an ordinary word as well
	patronymic patronymicEnd
	surname    int // see surnameEnd
	hard       bool
	soft       bool
	capital    bool // the first letter is upper case and the rest is not all so
	initial    bool
	odd        bool // cannot be a name: two scripts in one, no vowel, too long
}

// parseName reads a full name.
func parseName(l *line) Reading {
	if l.words == 0 {
		if l.digits > 0 {
			return bad(problemNameDigits, None)
		}
		return bad(problemNameFormat, None)
	}
	asks := l.question()
	if asks > 1 {
		return bad(problemNameFormat, None)
	}
	if fixed, ok := otherLayout(l); ok {
		l = &fixed
	}
	var buf [10]nameWord
	ws := l.nameWords(0, len(l.toks), buf[:0])
	r := judgeName(ws)
	if l.digits > 0 {
		if r.Fit == None && !l.digitInWord() {
			return bad(problemNameDigits, None)
		}
		return bad(problemNameDigits, max(r.Fit, Weak))
	}
	if r.OK() {
		r.Value = inLayout(r.Value)
		if r.Value == "" {
			return bad(problemNameFormat, Weak)
		}
	}
	if asks > 0 && r.Fit == Weak {
		return bad(problemNameFormat, None) // «чат круглосуточный?»
	}
	if !r.OK() && r.Problem == problemNameFormat {
		if value, n := l.nameInside(); n == 1 {
			return good(value, Weak)
		} else if n > 1 {
			return bad(problemSeveral, Weak)
		}
	}
	return r
}

// digitInWord reports whether a digit stands in a word that is otherwise like a name: «Ив4нов».
func (l *line) digitInWord() bool {
	for i := 1; i < len(l.toks); i++ {
		if l.toks[i].gap == 0 && len(l.toks[i].text)+len(l.toks[i-1].text) > 8 {
			return true
		}
	}
	return false
}

// nameWords picks the words of tokens [from, to) that may be parts of a name, without lead-ins.
func (l *line) nameWords(from, to int, ws []nameWord) []nameWord {
	from, to = l.trimCourtesy(from, to)
	for i := from; i < to; i++ {
		t := &l.toks[i]
		if t.num {
			continue
		}
		if i+2 < to && t.low == "ф" && l.toks[i+1].low == "и" && l.toks[i+2].low == "о" {
			i += 2
			continue
		}
		if noPatronymicAt(l, &i, to, &ws) {
			continue
		}
		if nameLabels.has(t.low) && !(l.dotted(i) && oneRune(t.text)) {
			continue
		}
		if t.low == "по" && i+1 < to && afterPo(l.toks[i+1].low) {
			i++
			continue
		}
		if l.splitHyphen(i, to) {
			// «Салтыков - Щедрин»: one surname in two tokens.
			text := t.text + "-" + l.toks[i+1].text
			ws = append(ws, l.nameWord(i+1, text))
			i++
			continue
		}
		ws = append(ws, l.nameWord(i, t.text))
	}
	// What was between a courtesy and a lead-in left out above: «Мария, да, отчество отсутствует».
	for n := len(ws); n > 0 && courtesies.has(ws[n-1].low) && !oneRune(ws[n-1].text); n-- {
		ws = ws[:n-1]
	}
	for len(ws) > 0 && courtesies.has(ws[0].low) && !oneRune(ws[0].text) {
		ws = ws[1:]
	}
	return ws
}

// trimCourtesy leaves out greetings, lead-ins and the like at both ends.
func (l *line) trimCourtesy(from, to int) (int, int) {
	for from < to {
		t := &l.toks[from]
		switch {
		case from+1 < to && greeting(t.low, l.toks[from+1].low):
			from += 2
		case t.low == "с" && from+1 < to && l.toks[from+1].low == "уважением", t.low == "не" && from+1 < to && l.toks[from+1].low == "то":
			from += 2
		case (courtesies.has(t.low) || nameLabels.has(t.low)) && !(oneRune(t.text) && l.dotted(from)):
			from++
		default:
			goto tail
		}
	}
tail:
	for to > from {
		t := &l.toks[to-1]
		switch {
		case to-2 >= from && greeting(l.toks[to-2].low, t.low):
			to -= 2
		case strings.HasPrefix(t.low, "отчеств") && to-2 >= from && l.toks[to-2].low == "без":
			to -= 2
		case courtesies.has(t.low) && !oneRune(t.text), nameLabels.has(t.low) && !(oneRune(t.text) && l.dotted(to-1)):
			to--
		default:
			return from, to
		}
	}
	return from, to
}

// greeting reports the greetings of two words; each word alone may be a surname («Добрый Иван Петрович»).
func greeting(a, b string) bool {
	switch a {
	case "добрый", "доброе", "доброго", "добрая", "good":
		switch b {
		case "день", "вечер", "утро", "дня", "вечера", "утра", "времени", "ночи", "morning", "day", "evening", "afternoon":
			return true
		}
	}
	return false
}

// afterPo reports words that make «по …» a lead-in: «по отчеству», «по паспорту».
func afterPo(w string) bool {
	switch w {
	case "паспорту", "фамилии", "отчеству", "имени", "мужу", "документам":
		return true
	}
	return false
}

// noPatronymicAt leaves out «отчества нет», «без отчества» and the like, which say that the name is complete.
func noPatronymicAt(l *line, i *int, to int, ws *[]nameWord) bool {
	if !strings.HasPrefix(l.toks[*i].low, "отчеств") || !nameLabels.has(l.toks[*i].low) {
		return false
	}
	if n := len(*ws); n > 0 && ((*ws)[n-1].low == "без" || (*ws)[n-1].low == "нет") {
		*ws = (*ws)[:n-1]
		return true
	}
	for *i+1 < to {
		switch l.toks[*i+1].low {
		case "нет", "нету", "отсутствует", "не", "имею", "имеется", "было", "у", "меня":
			*i++
			continue
		}
		break
	}
	return true
}

// splitHyphen reports whether tokens i and i+1 are one double surname written with blanks around the hyphen.
func (l *line) splitHyphen(i, to int) bool {
	if i+1 >= to {
		return false
	}
	a, b := &l.toks[i], &l.toks[i+1]
	if b.num || b.gap != sepDash && b.gap != sepDash|sepSpace {
		return false
	}
	known := func(t *token) bool {
		return givenName(t.low) || patronymic(t.low) != noPatronymic || nameLabels.has(t.low) || hardWord(t.low) || softWord(t.low)
	}
	return !known(a) && !known(b) && !oneRune(a.text) && !oneRune(b.text)
}

// nameWord looks at one word; i is the token whose surroundings count.
func (l *line) nameWord(i int, text string) nameWord {
	w := nameWord{text: text, low: l.toks[i].low}
	if text != l.toks[i].text {
		w.low = foldString(text)
	}
	if fixed, ok := oneScript(text); !ok {
		w.odd = true
	} else if fixed != text {
		w.text, w.low = fixed, foldString(fixed)
	}
	first, size := utf8.DecodeRuneInString(w.text)
	upper := isUpper(first)
	w.odd = w.odd || !upper && toUpper(first) == first // a script without capitals
	runes, uppers, lowers, parts, vowel := 0, 0, 0, 1, false
	for _, r := range w.text {
		runes++
		w.odd = w.odd || !nameLetter(r)
		if isUpper(r) {
			uppers++
		} else if isLetter(r) {
			lowers++
		} else {
			parts++
		}
		vowel = vowel || isVowel(r)
	}
	w.capital = upper && (lowers > 0 || uppers == parts)
	w.given = givenName(w.low)
	w.common = w.given && wordNames.has(w.low)
	w.patronymic = patronymic(w.low)
	w.surname = surnameEnd(w.low)
	w.hard = hardWord(w.low)
	w.soft = !w.given && w.patronymic != surePatronymic && !w.hard && softWord(w.low)
	if runes == 2 && uppers == 2 && abbreviation(w.low) {
		w.soft = true
	}
	switch {
	case size == len(w.text):
		w.initial = l.dotted(i) || upper && !(i == 0 && w.hard && l.words > 1 && !oneRune(l.toks[1].text))
		w.odd = w.odd || !w.initial
	case runes == 2 && uppers == 2 && !w.given && !abbreviation(w.low):
		w.initial = l.mixedCase() // «Иванова МП»
	case runes > 30 || !vowel && runes > 2 && !w.given:
		w.odd = true
	}
	return w
}

// nameLetter reports the letters and signs that a name can have in a register: Cyrillic and Latin ones.
func nameLetter(r rune) bool {
	return r == '-' || r == '\'' || r < utf8.RuneSelf || r >= 0xc0 && r < 0x250 || cyrillic(r)
}

// abbreviation reports pairs of capitals that are no initials.
func abbreviation(w string) bool {
	switch w {
	case "ип", "лк", "рф", "тв", "жк", "зп", "эп", "кс", "qr", "id", "it", "pc", "ok", "uk", "us":
		return true
	}
	return false
}

// dotted reports whether a dot follows token i.
func (l *line) dotted(i int) bool {
	if i+1 < len(l.toks) {
		return l.toks[i+1].gap&sepDot != 0
	}
	return l.tail&sepDot != 0
}

// mixedCase reports whether the message has lower-case letters, so that upper case means something.
func (l *line) mixedCase() bool {
	for _, r := range l.text {
		if toUpper(r) != r {
			return true
		}
	}
	return false
}

// oneRune reports whether a text is a single rune.
func oneRune(s string) bool {
	_, size := utf8.DecodeRuneInString(s)
	return size == len(s)
}
