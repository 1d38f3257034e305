package answer

import (
	"strings"
	"unicode/utf8"
)

// writeName puts the parts of a name together in the order told, each in proper case.
func writeName(ws []nameWord) string {
	n := len(ws)
	for i := range ws {
		n += len(ws[i].text)
	}
	var b strings.Builder
	b.Grow(n)
	for i := range ws {
		if i > 0 {
			b.WriteByte(' ')
		}
		properCase(&b, ws[i].text, i > 0)
	}
	return b.String()
}

// properCase writes one part: capitals at the beginning, after a hyphen and after «О'»; particles in small letters, but
// for the first word, which may be a surname that looks like one.
func properCase(b *strings.Builder, w string, particles bool) {
	start := 0
	for i := 0; i <= len(w); i++ {
		if i < len(w) && w[i] != '-' {
			continue
		}
		if start > 0 {
			b.WriteByte('-')
		}
		properPart(b, w[start:i], particles && i-start == len(w) || start > 0)
		start = i + 1
	}
}

// properPart writes what stands between two hyphens.
func properPart(b *strings.Builder, w string, particles bool) {
	if particles && isParticle(w) {
		for _, r := range w {
			b.WriteRune(toLower(r))
		}
		return
	}
	keep := keepsCapitals(w)
	at, up := 0, true
	for _, r := range w {
		switch {
		case up:
			b.WriteRune(toUpper(r))
		case keep:
			b.WriteRune(r)
		default:
			b.WriteRune(toLower(r))
		}
		at++
		up = r == '\'' && at == 2 // О'Коннор, Д'Артаньян, but Мар'яна
	}
}

// isParticle folds a short word without a copy on the heap and asks whether it is a particle.
func isParticle(w string) bool {
	var buf [16]byte
	if len(w) > 12 {
		return false
	}
	b := buf[:0]
	for _, r := range w {
		b = utf8.AppendRune(b, fold(r))
	}
	return nameParticle(string(b))
}

// keepsCapitals spares the inner capital of McDonald.
func keepsCapitals(w string) bool {
	rest, ok := strings.CutPrefix(w, "Mc")
	if !ok {
		rest, ok = strings.CutPrefix(w, "Mac")
	}
	if !ok || rest == "" {
		return false
	}
	first, size := utf8.DecodeRuneInString(rest)
	return isUpper(first) && rest[size:] == strings.ToLower(rest[size:])
}

// Letters that look alike in both scripts, pairwise.
const (
	latinAlike    = "aceopxyABCEHKMOPTXY"
	cyrillicAlike = "асеорхуАВСЕНКМОРТХУ"
)

// cyrillic reports a letter of the Cyrillic blocks in use.
func cyrillic(r rune) bool { return r >= 0x400 && r <= 0x52f }

// oneScript mends a word in which letters of the other script have slipped in («Cергей» with a Latin C); false if that
// leaves two scripts in it. A word of one script comes back as it is.
func oneScript(w string) (string, bool) {
	latin, russian := scripts(w)
	if latin == 0 || russian == 0 {
		return w, true
	}
	from, to := latinAlike, cyrillicAlike
	if latin > russian {
		from, to = to, from
	}
	for range 2 {
		fixed := replaceAlike(w, from, to)
		if latin, russian := scripts(fixed); latin == 0 || russian == 0 {
			return fixed, true
		}
		from, to = to, from
	}
	return w, false
}

// scripts counts the letters of both scripts.
func scripts(w string) (latin, russian int) {
	for _, r := range w {
		switch {
		case r < 0x250 && r != '-' && r != '\'':
			latin++
		case cyrillic(r):
			russian++
		}
	}
	return latin, russian
}

// replaceAlike puts letters of one script for those of the other that look alike.
func replaceAlike(w, from, to string) string {
	source, target := []rune(from), []rune(to)
	return strings.Map(func(r rune) rune {
		for i, s := range source {
			if r == s {
				return target[i]
			}
		}
		return r
	}, w)
}

// The keys of the Russian layout, and what they type when the keyboard is set to English.
const (
	layoutLatin    = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>~"
	layoutCyrillic = "йцукенгшщзхъфывапролджэячсмитьбюеЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮЕ"
)

// otherLayout reads a name typed in Russian with the keyboard set to English («Bdfyjd Bdfy»). It believes in it only if
// a known name or a patronymic comes out and no known name stood there before.
func otherLayout(l *line) (line, bool) {
	if l.words < 2 || l.words > 6 || l.digits > 0 {
		return line{}, false
	}
	latin := 0
	for i := range l.toks {
		t := &l.toks[i]
		if t.text[0] >= utf8.RuneSelf {
			if !nameLabels.has(t.low) && !courtesies.has(t.low) {
				return line{}, false
			}
			continue
		}
		if givenName(t.low) || nameLabels.has(t.low) || hardWord(t.low) || patronymic(t.low) != noPatronymic || surnameEnd(t.low) == sureSurname {
			return line{}, false
		}
		latin++
	}
	if latin < 2 {
		return line{}, false
	}
	source, target := []rune(layoutLatin), []rune(layoutCyrillic)
	text := []rune(l.text)
	for i, r := range text {
		if (r == ',' || r == '.') && (i+1 == len(text) || !isLetter(text[i+1])) {
			continue // at the end of a word it is more likely a real one
		}
		for k, s := range source {
			if r == s {
				text[i] = target[k]
				break
			}
		}
	}
	fixed := read(string(text))
	known := false
	for i := range fixed.toks {
		t := &fixed.toks[i]
		known = known || givenName(t.low) && !wordNames.has(t.low) || patronymic(t.low) == surePatronymic
	}
	if !known {
		return line{}, false
	}
	var buf [maxNameWords]nameWord
	r := judgeName(fixed.nameWords(0, len(fixed.toks), buf[:0]))
	return fixed, r.Problem != problemNameFormat
}

// inLayout gives a name in Latin letters as it reads in the other layout, if that makes a name.
func inLayout(v string) string {
	if v == "" || !ascii(v) {
		return v
	}
	typed := read(v)
	fixed, ok := otherLayout(&typed)
	if !ok {
		return v
	}
	var buf [maxNameWords]nameWord
	return judgeName(fixed.nameWords(0, len(fixed.toks), buf[:0])).Value
}
