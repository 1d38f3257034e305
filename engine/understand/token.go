package understand

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// stop says what separates a token from the next one.
type stop uint8

const (
	stopNone  stop = iota
	stopPause      // comma, dash, colon, bracket
	stopEnd        // end of a sentence or line
)

// token is one word of a message.
type token struct {
	text string // plain form, or a mask: "#n" number, "#m" e-mail address
	end  stop
	lex  *lexeme // what is known of the word, once attached
}

const (
	maskNumber = "#n" // four digits and more, or a group of digits: a phone, a document, an application
	maskMail   = "#m"
)

// tokenize cuts a cleaned text into words. Numbers of four and more digits and addresses are masked here, so that nothing
// personal gets any further (features, explanations, logs).
func tokenize(s string, out []token) []token {
	limit := maxTokens * maxSentences
	for i := 0; i < len(s) && len(out) < limit; {
		r, n := utf8.DecodeRuneInString(s[i:])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			if len(out) > 0 {
				if e := stopOf(s, i, r, n); e > out[len(out)-1].end {
					out[len(out)-1].end = e
				}
			}
			i += n
			continue
		}
		if j := mailEnd(s, i); j > 0 {
			out = append(out, token{text: maskMail})
			i = j
			continue
		}
		if unicode.IsDigit(r) {
			j, digits := digitsEnd(s, i)
			text := maskNumber
			if digits < 4 { // a small number stands for itself: «2-НДФЛ», «112»
				for j = i; j < len(s) && '0' <= s[j] && s[j] <= '9'; j++ {
				}
				if j == i {
					j = i + n
				}
				text = s[i:j]
			}
			if text != maskNumber || len(out) == 0 || out[len(out)-1].text != maskNumber {
				out = append(out, token{text: text})
			}
			i = j
			continue
		}
		j := i
		plain := true
		for j < len(s) {
			r, n := utf8.DecodeRuneInString(s[j:])
			if r == '\'' {
				plain = false
			} else if !unicode.IsLetter(r) && !(unicode.IsDigit(r) && j > i && isLatin(lastRune(s[i:j]))) {
				break
			}
			j += n
		}
		word := s[i:j]
		if !plain {
			word = strings.ReplaceAll(word, "'", "")
		}
		if word != "" {
			out = append(out, token{text: oneScript(word)})
		}
		i = j
	}
	return out
}

func lastRune(s string) rune {
	r, _ := utf8.DecodeLastRuneInString(s)
	return r
}

// stopOf says what kind of stop the rune at s[i:] is.
func stopOf(s string, i int, r rune, n int) stop {
	switch r {
	case '\n', '!', '?', ';':
		return stopEnd
	case '.':
		// A dot inside "т.д." or "gosuslugi.ru" ends nothing.
		if i+n >= len(s) || s[i+n] == ' ' || s[i+n] == '\n' || s[i+n] == '.' || s[i+n] == '"' || s[i+n] == ')' {
			return stopEnd
		}
	case ',', '—', ':', '(', ')', '/', '«', '»', '"':
		return stopPause
	case '-':
		if i > 0 && s[i-1] == ' ' {
			return stopPause
		}
	}
	return stopNone
}

// digitsEnd returns the end of a run of digits starting at i, reading through the separators of phone and document numbers.
func digitsEnd(s string, i int) (end, digits int) {
	j := i
	for j < len(s) {
		c := s[j]
		switch {
		case '0' <= c && c <= '9':
			digits++
			j++
			end = j
		case (c == ' ' || c == '-' || c == '(' || c == ')') && j-end < 2 && nextDigit(s, j+1):
			j++
		default:
			if r, n := utf8.DecodeRuneInString(s[j:]); unicode.IsDigit(r) {
				digits++
				j += n
				end = j
				continue
			}
			return end, digits
		}
	}
	return end, digits
}

func nextDigit(s string, i int) bool {
	for ; i < len(s) && (s[i] == ' ' || s[i] == '(' || s[i] == ')' || s[i] == '-'); i++ {
	}
	return i < len(s) && '0' <= s[i] && s[i] <= '9'
}

// mailEnd returns the end of an e-mail address that starts at i, or 0.
func mailEnd(s string, i int) int {
	at := -1
	j := i
	for ; j < len(s) && j-i < 80; j++ {
		c := s[j]
		switch {
		case c == '@' && at < 0 && j > i:
			at = j
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '.', c == '-', c == '_', c == '+':
		default:
			goto done
		}
	}
done:
	if at > 0 && j > at+2 {
		return j
	}
	return 0
}

// latinTwins are Latin letters that look like Cyrillic ones; they get into Russian words from the wrong layout.
var latinTwins = map[rune]rune{'a': 'а', 'b': 'в', 'c': 'с', 'e': 'е', 'h': 'н', 'k': 'к', 'm': 'м', 'o': 'о', 'p': 'р', 't': 'т', 'x': 'х', 'y': 'у'}

// oneScript turns look-alike Latin letters inside a Cyrillic word into Cyrillic ones.
func oneScript(word string) string {
	cyr, lat := scripts(word)
	if cyr == 0 || lat == 0 {
		return word
	}
	return strings.Map(func(r rune) rune {
		if t, ok := latinTwins[r]; ok {
			return t
		}
		return r
	}, word)
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}
