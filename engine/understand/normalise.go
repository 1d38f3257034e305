package understand

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Bounds on the work a single message can cause. They are wide enough for any honest message.
const (
	maxRunes     = 2000
	maxTokens    = 60 // a sentence
	maxSentences = 12
)

// clean brings a text into one plain form: first maxRunes runes, NFC, lower case, ё→е, no control or formatting characters,
// no stray accents, one kind of apostrophe and dash, elongated letters squeezed.
func clean(text string) string {
	text = firstRunes(text, maxRunes)
	if !norm.NFC.IsNormalString(text) {
		text = norm.NFC.String(text)
	}
	runes := make([]rune, 0, len(text))
	for _, r := range text {
		if r = plainRune(r); r >= 0 {
			runes = append(runes, r)
		}
	}
	return string(squeeze(runes))
}

// squeeze reduces a letter that is repeated three times and more to one («оооочень»). A word that is nothing but such a
// letter stays («ООО» is a form of business); spelling repair puts honest doubles back.
func squeeze(runes []rune) []rune {
	out := runes[:0]
	for i := 0; i < len(runes); {
		j := i + 1
		for j < len(runes) && runes[j] == runes[i] {
			j++
		}
		n := j - i
		if n >= 3 && unicode.IsLetter(runes[i]) {
			alone := (i == 0 || !unicode.IsLetter(runes[i-1])) && (j == len(runes) || !unicode.IsLetter(runes[j]))
			if !alone || n > 3 {
				n = 1
			}
		}
		r := runes[i]
		for ; n > 0; n-- {
			out = append(out, r)
		}
		i = j
	}
	return out
}

// plainRune maps one rune to its plain form; -1 drops it.
func plainRune(r rune) rune {
	if r < 0x80 {
		switch {
		case 'A' <= r && r <= 'Z':
			return r + 32
		case r == '\n':
			return r
		case r < ' ' || r == 0x7f:
			return ' '
		}
		return r
	}
	switch {
	case 'а' <= r && r <= 'я':
		return r
	case 'А' <= r && r <= 'Я':
		return r + 32
	case r == 'ё' || r == 'Ё':
		return 'е'
	case r == '’' || r == '‘' || r == 'ʼ' || r == '`':
		return '\''
	case r == '—' || r == '–' || r == '−':
		return '—'
	case r == '…':
		return '.'
	case r == 0x2028 || r == 0x2029:
		return '\n'
	case r == utf8.RuneError:
		return ' '
	case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Me, r):
		return -1
	case unicode.IsSpace(r) || unicode.IsControl(r):
		return ' '
	}
	return unicode.ToLower(r)
}

// firstRunes cuts a text after n runes without looking at the rest.
func firstRunes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

func isCyrillic(r rune) bool { return 'а' <= r && r <= 'я' }

func isLatin(r rune) bool { return 'a' <= r && r <= 'z' }

// scripts counts Cyrillic and Latin letters of a cleaned text.
func scripts(s string) (cyr, lat int) {
	for _, r := range s {
		switch {
		case isCyrillic(r):
			cyr++
		case isLatin(r):
			lat++
		}
	}
	return cyr, lat
}
