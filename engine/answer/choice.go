package answer

import (
	"strings"
	"unicode/utf8"
)

// maxOptions bounds the options that are compared; no channel shows more.
const maxOptions = 100

// maxSaid bounds the words of a message that are compared with the options; a choice takes fewer.
const maxSaid = 16

// parseChoice reads which of the options is meant: by its number, its label, one of its words, or a part of these.
func parseChoice(l *line, options []Option) Reading {
	options = options[:min(len(options), maxOptions)]
	if len(l.toks) == 0 || len(options) == 0 {
		return bad(problemChoiceNone, None)
	}
	asks := l.question()
	if i, n := exactOption(l, options); n == 1 {
		return good(options[i].ID, fitOf(asks == 0))
	} else if n > 1 {
		return bad(problemChoiceAmbiguous, Strong)
	}
	if asks > 1 {
		return bad(problemChoiceNone, None)
	}
	said := contentWords(l)
	said = said[:min(len(said), maxSaid)]
	if n, several, ok := optionNumber(l, len(options)); several {
		return bad(problemChoiceAmbiguous, Strong)
	} else if ok && n >= 1 && n <= len(options) {
		return good(options[n-1].ID, fitOf(asks == 0))
	} else if ok {
		return bad(problemChoiceNone, Weak)
	}
	return matchOptions(l, said, options, asks)
}

// exactOption finds the options whose label or word is exactly what was typed, but for case, ё and signs.
func exactOption(l *line, options []Option) (index, n int) {
	for i := range options {
		if sameWords(l, options[i].Label) || anySame(l, options[i].Words) {
			index = i
			n++
		}
	}
	return index, n
}

func anySame(l *line, phrases []string) bool {
	for _, p := range phrases {
		if sameWords(l, p) {
			return true
		}
	}
	return false
}

// sameWords reports whether a phrase has exactly the words of the message.
func sameWords(l *line, phrase string) bool {
	first, _ := utf8.DecodeRuneInString(l.toks[0].low)
	for _, r := range phrase {
		if isLetter(r) || r >= '0' && r <= '9' {
			if fold(r) != first {
				return false // most phrases end here, before any work is done on them
			}
			break
		}
	}
	p := read(phrase)
	if len(p.toks) != len(l.toks) || len(p.toks) == 0 {
		return false
	}
	for i := range p.toks {
		if p.toks[i].low != l.toks[i].low {
			return false
		}
	}
	return true
}

// choiceFillers are words that choose nothing.
var choiceFillers = words(`
а и или либо но ну вот это я мне меня мой мою моя мое у в на с со по для из за к о об от до бы же то так да ой ли про под пожалуйста
пожалста плиз спасибо вариант варианта вариантом пункт пункта пункту номер номером номеру кнопка кнопку выбираю выбрал выбрала
выбор беру хочу хотел хотела бы надо нужно нужен нужна нужны давайте давай пусть будет наверное наверно думаю скорее
здравствуйте добрый день мне-то вроде конечно хорошо цифра цифру ответ тогда там который которая которое что
the a an to of for i want choose option number please need would like it is and my`)

// contentWords are the words of a message that say something; if none does, all of them.
func contentWords(l *line) []string {
	said := make([]string, 0, len(l.toks))
	for i := range l.toks {
		if !choiceFillers.has(l.toks[i].low) {
			said = append(said, l.toks[i].low)
		}
	}
	if len(said) == 0 {
		for i := range l.toks {
			said = append(said, l.toks[i].low)
		}
	}
	return said
}

// optionNumber reads a choice by number: «2», «2)», «вариант 2», «второй». ok says that nothing else was said; several
// that two numbers were. Numbers are counted from 1; -1 is the last one.
func optionNumber(l *line, options int) (n int, several, ok bool) {
	for i := range l.toks {
		t := &l.toks[i]
		v := 0
		switch {
		case t.num && len(t.low) <= 3:
			v = atoi(t.low)
			if v == 0 {
				v = options + 1
			}
		case t.num:
			return 0, false, false
		default:
			v = ordinals[t.low]
			if v == -1 {
				v = options
			}
			if v == 0 && i > 0 && l.toks[i-1].num && ordinalTail(t.low) {
				continue // «2-й»
			}
		}
		switch {
		case v == 0 && !choiceFillers.has(t.low):
			return 0, false, false
		case v == 0 || v == n:
		case n != 0:
			return 0, true, true
		default:
			n = v
		}
	}
	return n, false, n != 0
}

// ordinalTail reports the endings written after a number.
func ordinalTail(w string) bool {
	switch w {
	case "й", "ый", "ой", "ий", "я", "ая", "е", "ое", "ее", "го", "ого", "му", "ю", "ую", "м", "ым", "st", "nd", "rd", "th":
		return true
	}
	return false
}

// ordinals are the numbers in words, as far as lists of options go; -1 is the last.
var ordinals = func() map[string]int {
	m := make(map[string]int, 160)
	for i, forms := range [...]string{
		"один одна одно одну первый первая первое первую первого первым перв раз one first",
		"два две второй вторая второе вторую второго вторым two second",
		"три третий третья третье третью третьего третьим three third",
		"четыре четвертый четвертая четвертое четвертую четвертого four fourth",
		"пять пятый пятая пятое пятую пятого five fifth",
		"шесть шестой шестая шестое шестую шестого six sixth",
		"семь седьмой седьмая седьмое седьмую седьмого seven seventh",
		"восемь восьмой восьмая восьмое восьмую восьмого eight eighth",
		"девять девятый девятая девятое девятую девятого nine ninth",
		"десять десятый десятая десятое десятую десятого ten tenth",
	} {
		for _, f := range strings.Fields(forms) {
			m[f] = i + 1
		}
	}
	for _, f := range []string{"последний", "последняя", "последнее", "последнюю", "последнего", "last"} {
		m[f] = -1
	}
	return m
}()

// atoi reads up to nine digits.
func atoi(s string) int {
	n := 0
	for i := 0; i < len(s) && i < 9; i++ {
		n = n*10 + int(s[i]-'0')
	}
	return n
}

// optionMatch says how an option and the message cover each other.
type optionMatch struct {
	whole int // words of the longest of the option's phrases that stands in the message as a whole
	said  int // content words of the message that occur in the option's phrases
	long  int // the longest of these, in runes
}

// matchOptions compares the words of the message with every option.
func matchOptions(l *line, said []string, options []Option, asks int) Reading {
	matches := make([]optionMatch, len(options))
	most, whole := 0, 0
	for i := range options {
		m := matchOption(said, &options[i])
		matches[i] = m
		most, whole = max(most, m.said), max(whole, m.whole)
	}
	if most == 0 {
		return bad(problemChoiceNone, None)
	}
	if denied(l) {
		return bad(problemChoiceNone, Weak)
	}
	pick := func(good func(*optionMatch) bool) (index, n int) {
		for i := range matches {
			if good(&matches[i]) {
				index = i
				n++
			}
		}
		return index, n
	}
	// First an option all of whose words were said, and more of them than of any other; then one that has all that was
	// said; then one that alone has something of it.
	if whole > 0 {
		if i, n := pick(func(m *optionMatch) bool { return m.whole == whole }); n == 1 {
			return good(options[i].ID, fitOf(asks == 0 && len(said)-whole <= 4))
		} else if j, n := pick(func(m *optionMatch) bool { return m.whole == whole && m.said == most }); n == 1 {
			return good(options[j].ID, fitOf(asks == 0 && len(said)-whole <= 4))
		}
		return bad(problemChoiceAmbiguous, fitOf(len(said) <= 4))
	}
	if i, n := pick(func(m *optionMatch) bool { return m.said == len(said) }); n == 1 {
		return good(options[i].ID, fitOf(asks == 0 && matches[i].long >= 3))
	} else if n > 1 {
		return bad(problemChoiceAmbiguous, fitOf(len(said) <= 4))
	}
	if i, n := pick(func(m *optionMatch) bool { return m.said == most }); n == 1 && matches[i].long >= 4 && len(said)-most <= 2 && asks == 0 {
		return good(options[i].ID, Weak)
	} else if n > 1 && len(said)-most <= 2 {
		return bad(problemChoiceAmbiguous, Weak)
	}
	return bad(problemChoiceNone, Weak)
}

// denied reports whether the message turns the options down: «не справка», «ни то ни другое», «никакой».
func denied(l *line) bool {
	for i := range l.toks {
		switch l.toks[i].low {
		case "не", "ни", "никакой", "никакую", "никакая", "кроме", "not", "neither", "none":
			return true
		}
	}
	return false
}

// matchOption compares the content words of a message with the phrases of an option.
func matchOption(said []string, o *Option) (m optionMatch) {
	hit := make([]bool, len(said))
	phrase := func(p string) {
		pl := read(p)
		ws := contentWords(&pl)
		found := 0
		for _, w := range ws {
			one := false
			for i, s := range said {
				if similar(s, w) {
					hit[i], one = true, true
				}
			}
			if one {
				found++
			}
		}
		if len(ws) > 0 && found == len(ws) {
			m.whole = max(m.whole, found)
		}
	}
	phrase(o.Label)
	for _, w := range o.Words {
		phrase(w)
	}
	for i, h := range hit {
		if h {
			m.said++
			m.long = max(m.long, utf8.RuneCountInString(said[i]))
		}
	}
	return m
}

// similar reports whether two folded words are the same but for their ending or a slip of the pen: one slip from five
// letters on, two from nine on.
func similar(a, b string) bool {
	if a == b {
		return true
	}
	na, nb := utf8.RuneCountInString(a), utf8.RuneCountInString(b)
	short, long := min(na, nb), max(na, nb)
	if short < 3 {
		return false
	}
	common := 0
	for common < len(a) && common < len(b) && a[common] == b[common] {
		common++
	}
	common = utf8.RuneCountInString(strings.ToValidUTF8(a[:common], ""))
	switch {
	case short >= 6 && common == short, short >= 4 && common == short && long-short <= 5: // the beginning of a word: «загран»
		return true
	case short >= 4 && common >= 4 && common >= long-3 && common >= short-2: // another ending: «справку»
		return true
	case short == 3 && common == 3 && long <= 5:
		return true
	case long >= 9 && short >= 7:
		return distance(a, b, 2) <= 2
	case short >= 5 || short == 4 && long == 5:
		return distance(a, b, 1) <= 1
	}
	return false
}
