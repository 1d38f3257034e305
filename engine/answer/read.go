package answer

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxRunes bounds the work on any one message: no answer of any kind is longer, and what follows is not read.
const maxRunes = 500

// sep is what stands between two tokens, as a set.
type sep uint16

const (
	sepSpace sep = 1 << iota
	sepLine      // a line break
	sepDash
	sepDot
	sepSlash // also a backslash and an underscore
	sepComma // a comma with a blank after it, a semicolon: an end of a clause
	sepTight // a comma between two characters: «12,03,1958», «gmail,com»
	sepColon
	sepPlus
	sepParen
	sepNo // №, #
	sepQuestion
	sepAt
	sepOther // anything else: an emoji, a quotation mark
)

// token is a word (letters, with hyphens and apostrophes inside) or a group of digits.
type token struct {
	text string // as typed
	low  string // lower case, ё as е; for digits the digits
	gap  sep    // what stands before it; 0 means glued to the token before
	num  bool   // a group of digits
}

// line is a message made ready for reading: cleaned, cut to 500 runes and split into tokens.
type line struct {
	text   string
	toks   []token
	tail   sep // what stands after the last token
	seen   sep // everything that stands anywhere
	digits int // how many digits there are
	words  int // how many words there are
}

// read makes a message ready.
func read(text string) line {
	l := line{text: clean(text)}
	// Most answers are five to ten tokens; this keeps the slice to one allocation for them.
	l.toks = make([]token, 0, min(len(l.text)/3+2, 24))
	var low strings.Builder
	low.Grow(len(l.text))
	var gap sep
	for i := 0; i < len(l.text); {
		r, size := utf8.DecodeRuneInString(l.text[i:])
		switch {
		case r >= '0' && r <= '9':
			j := i + 1
			for j < len(l.text) && l.text[j] >= '0' && l.text[j] <= '9' {
				j++
			}
			l.toks = append(l.toks, token{text: l.text[i:j], low: l.text[i:j], gap: gap, num: true})
			l.digits += j - i
			gap, i = 0, j
		case isLetter(r):
			j, from := i, low.Len()
			var latin, russian bool
			for j < len(l.text) {
				r, n := utf8.DecodeRuneInString(l.text[j:])
				if !isLetter(r) && !joint(l.text, j, r) {
					break
				}
				latin = latin || r < utf8.RuneSelf && r != '-' && r != '\''
				russian = russian || cyrillic(r)
				low.WriteRune(fold(r))
				j += n
			}
			// The builder never moves what it has given out, so that slices of its string stay good.
			t := token{text: l.text[i:j], low: low.String()[from:], gap: gap}
			if latin && russian {
				if fixed, ok := oneScript(t.text); ok {
					t.low = foldString(fixed) // «дa» with a Latin a
				}
			}
			l.toks = append(l.toks, t)
			l.words++
			gap, i = 0, j
		default:
			s := separator(l.text, i, r, size)
			gap |= s
			l.seen |= s
			i += size
		}
	}
	l.tail = gap
	return l
}

// joint reports whether a sign stands between two letters and so belongs to the word: «Салтыков-Щедрин», «О'Коннор».
func joint(s string, i int, r rune) bool {
	if r != '-' && r != '\'' || i == 0 {
		return false
	}
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	after, _ := utf8.DecodeRuneInString(s[i+1:])
	return isLetter(before) && isLetter(after)
}

// separator names the sign at s[i:].
func separator(s string, i int, r rune, size int) sep {
	switch r {
	case ' ', '\t':
		return sepSpace
	case '\n', '\r', '\v', '\f', '\u2028', '\u2029':
		return sepLine
	case '-':
		return sepDash
	case '.':
		return sepDot
	case '/', '\\', '_', '|':
		return sepSlash
	case ',':
		if i > 0 && i+size < len(s) && s[i+size] > ' ' && s[i-1] > ' ' {
			return sepTight
		}
		return sepComma
	case ';':
		return sepComma
	case ':', '=':
		return sepColon
	case '+':
		return sepPlus
	case '(', ')', '[', ']':
		return sepParen
	case '№', '#':
		return sepNo
	case '?':
		return sepQuestion
	case '@':
		return sepAt
	}
	return sepOther
}

// fold makes a letter comparable: lower case, ё as е.
func fold(r rune) rune {
	switch {
	case r >= 'а' && r <= 'я' || r >= 'a' && r <= 'z':
		return r
	case r >= 'А' && r <= 'Я':
		return r + ('а' - 'А')
	case r == 'ё' || r == 'Ё':
		return 'е'
	}
	return unicode.ToLower(r)
}

// foldString folds a whole string.
func foldString(s string) string { return strings.Map(fold, s) }

// clean cuts a text to its first 500 runes and replaces what keyboards, phones and copying put in place of plain
// signs. A text that is plain already comes back as it is, without a copy.
func clean(s string) string {
	plain, composed, n := true, true, 0
	for i, r := range s {
		if n++; n > maxRunes {
			s = s[:i]
			break
		}
		if plain && replacement(r) != r {
			plain = false
		}
		if combining(r) {
			composed = false // «й» as и and a breve: files and names copied from a Mac or an iPhone
		}
	}
	if !composed {
		s = norm.NFC.String(s)
	}
	if !plain {
		s = strings.Map(replacement, s)
	}
	return strings.TrimSpace(s)
}

// combining reports the marks that are written over a letter of their own.
func combining(r rune) bool { return r >= 0x300 && r <= 0x36f }

// replacement gives the plain sign for a rune, the rune itself if it is plain, or -1 for what is left out.
func replacement(r rune) rune {
	if r >= ' ' && r < 0x7f && r != '`' || r >= 'А' && r <= 'я' || r == 'ё' || r == 'Ё' || r == '\n' {
		return r
	}
	switch r {
	case '`', '’', '‘', 'ʼ', '´', '′', 'ʹ':
		return '\''
	case '‐', '‑', '‒', '–', '—', '―', '−', '﹣', '－', '⁃':
		return '-'
	case '\u200b', '\u200c', '\u200d', '\u2060', '\ufeff', '\u00ad', '\u200e', '\u200f', '\ufe0f', '\ufe0e', '\u20e3':
		return -1 // invisible: zero-width signs, direction marks, the box around a keycap digit
	case '，':
		return ','
	case '．', '。', '·', '•':
		return '.'
	case '＋':
		return '+'
	case '＠':
		return '@'
	case '？':
		return '?'
	}
	switch {
	case combining(r):
		return -1 // what is left of the marks after composing: stresses, «Ивано́в»
	case r >= '０' && r <= '９':
		return r - '０' + '0'
	case r >= '\U0001f3fb' && r <= '\U0001f3ff':
		return -1 // skin tones: 👍🏽 is 👍
	case r >= '٠' && r <= '٩':
		return r - '٠' + '0' // the digits of an Arabic or Persian keyboard
	case r != '\r' && unicode.IsSpace(r):
		if r == '\u2028' || r == '\u2029' || r == '\u0085' {
			return '\n'
		}
		return ' '
	case r != '\r' && unicode.IsControl(r):
		return ' '
	}
	return r
}
