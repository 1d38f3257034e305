package answer

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// defaultMaxRunes is the length of a free text when the step sets none: that of one message of Telegram and VK.
const defaultMaxRunes = 4096

// parseText takes a free text. Unlike every other kind it is not cut at 500 runes: a citizen's words are kept whole or
// refused. A short question is only a weak fit, as it is likelier meant for us than for the form.
func parseText(text string, c Context) Reading {
	text = strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(text, "\x00", ""), "\ufffd"))
	least, most := max(c.MinRunes, 1), c.MaxRunes
	if most <= 0 {
		most = defaultMaxRunes
	}
	n := utf8.RuneCountInString(text)
	switch {
	case n == 0:
		return bad(problemTextShort, None, "got", "0", "min", strconv.Itoa(least))
	case n < least:
		return bad(problemTextShort, Strong, "got", strconv.Itoa(n), "min", strconv.Itoa(least))
	case n > most:
		return bad(problemTextLong, Strong, "got", strconv.Itoa(n), "max", strconv.Itoa(most))
	}
	l := read(text)
	return good(text, fitOf(len(l.toks) > 8 || l.question() < 2))
}
