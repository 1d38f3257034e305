package answer

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// spelt are the letters of tickets as people type them who have no Russian keyboard at hand, or took a letter for the
// one that looks like it. The check digit, which is also made of the letter, tells which one is meant.
var spelt = map[string][]rune{
	"p": {'П', 'Р'}, "n": {'П'}, "v": {'В'}, "zh": {'Ж'}, "j": {'Ж'}, "g": {'Ж'}, "x": {'Х', 'Ж'}, "z": {'З', 'Ж'},
	"0": {'О'}, "3": {'З'}, "o": {'О'}, "t": {'Т'}, "b": {'В'}, "d": {'О'}, "q": {'О'},
}

// ticketLetters gives the upper-case Cyrillic letters that a few characters before the digits can mean, the likeliest
// first; none if they can't be the letter of a ticket.
func ticketLetters(text string) []rune {
	out := slices.Clone(spelt[strings.ToLower(text)])
	if r, size := utf8.DecodeRuneInString(text); size == len(text) {
		if c := cyrillicLetter(r); c != 0 && !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}

// TicketSearch gives how the numbers of tickets begin that a search can mean, up to the dash before the check digit:
// "О-26-000123-" for «о26000123», «O-26-123» or «О-26-000123-4». Nothing if the text is no number of a ticket.
func TicketSearch(text string) []string {
	var parts []string // letters and groups of digits, as they stand
	kind := 0
	for _, r := range text {
		k := 0
		switch {
		case r >= '0' && r <= '9':
			k = 1
		case unicode.IsLetter(r):
			k = 2
		case strings.ContainsRune(" -–—.№#/_", r):
		default:
			return nil
		}
		if k != 0 && k == kind {
			parts[len(parts)-1] += string(r)
		} else if k != 0 {
			parts = append(parts, string(r))
		}
		kind = k
	}
	if len(parts) < 2 {
		return nil
	}
	letters, groups := ticketLetters(parts[0]), parts[1:]
	all := strings.Join(groups, "")
	if strings.ContainsFunc(all, unicode.IsLetter) || len(letters) == 0 {
		return nil
	}
	year, serial := "", ""
	switch {
	case len(all) == 8 || len(all) == 9:
		year, serial = all[:2], all[2:8]
	case (len(groups) == 2 || len(groups) == 3 && len(groups[2]) == 1) && len(groups[0]) == 2 && len(groups[1]) <= 6:
		year, serial = groups[0], TicketSerial(groups[1])
	default:
		return nil
	}
	var out []string
	for _, l := range letters {
		out = append(out, fmt.Sprintf("%c-%s-%s-", l, year, serial))
	}
	return out
}

// TicketSerial gives the six digits of a serial that was typed without its zeros, or "" if the word is no serial.
func TicketSerial(word string) string {
	if word == "" || len(word) > 6 || strings.Trim(word, "0123456789") != "" {
		return ""
	}
	return strings.Repeat("0", 6-len(word)) + word
}

// TicketKey is what of a text can be a ticket's number, right or mistyped: the letter and its digits, without what stands
// between them. Empty if the text has no letter before its digits, or not nearly as many digits as a number.
func TicketKey(text string) string {
	i := strings.IndexAny(text, "0123456789")
	if i < 0 {
		return ""
	}
	head := strings.TrimRight(text[:i], " -–—.№#/_")
	from := strings.LastIndexAny(head, " ,:;\n") + 1
	letters := ticketLetters(head[from:])
	if len(letters) == 0 {
		return ""
	}
	key := []rune{letters[0]}
	for _, r := range text[i:] {
		switch {
		case r >= '0' && r <= '9':
			key = append(key, r)
		case !strings.ContainsRune(" -–—./_", r):
			return ""
		}
	}
	if len(key) < 9 || len(key) > 11 {
		return ""
	}
	return string(key)
}

// codes are the letters of tickets in ASCII, as the payloads of buttons need them.
var codes = map[rune]string{'О': "O", 'Т': "T", 'Ж': "ZH", 'П': "P", 'В': "V"}

// TicketCode gives a ticket's number in ASCII: "ZH-26-000123-4". It is not shown to anybody. [TicketOfCode] reads it.
func TicketCode(number string) string {
	r, size := utf8.DecodeRuneInString(number)
	if code, ok := codes[r]; ok {
		return code + number[size:]
	}
	return number
}

// TicketOfCode gives the number that a code stands for. It is not ok if the code can't be one.
func TicketOfCode(code string) (number string, ok bool) {
	letter, rest, ok := strings.Cut(code, "-")
	if !ok || len(code) > 32 {
		return "", false
	}
	for r, c := range codes {
		if c == letter {
			return string(r) + "-" + rest, true
		}
	}
	return code, true
}
