package engine

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"spravka/engine/answer"
)

// hidden stands in for a secret wherever the message is kept.
const hidden = "••••••"

// Secrets are never asked for and never kept: a password, a code from an SMS, a card's number or the three digits on its
// back. They are found by what people write around them, and by their look.
var (
	secretNamed = regexp.MustCompile(`(?i)((?:парол[ьяею]|пасс?ворд|пин-?код|пин|кодовое слово|password|passwd|passcode|pin(?: code)?|cvv2?|cvc2?)(?:\s+(?:мой|такой|это|был|от\s+\S+|к\s+\S+|для\s+\S+|is|for\s+\S+|to\s+\S+))?\s*[:=—–-]?\s*["«']?)([^\s"»']+)`)
	secretColon = regexp.MustCompile(`(?i)((?:парол[ьяею]|password|пин-?код|кодовое слово)[^:=\n]{0,30}[:=]\s*["«']?)([^\s"»',]{3,64})`)
	secretCode  = regexp.MustCompile(`(?i)((?:код|code)\S*(?:\s+(?:из|с|от|по|в|подтверждения|смс|sms|пришел|пришёл|пришедший|такой|это|is|from|the|мне|вот)){0,5}\s*[:=—–-]?\s*)(\d{4,8})\b`)
	// Sixteen digits, alone or in fours: nothing else that citizens write here looks so, and a mistyped card is one too.
	cardOfFours = regexp.MustCompile(`\b\d{4}([ -]?)\d{4}[ -]?\d{4}[ -]?\d{4}\b`)
	cardLong    = regexp.MustCompile(`\b\d{15}\b|\b\d{17,19}\b`)
)

// mask hides the secrets of a message and reports whether there was one. A code that our own flow has asked for is
// hidden too, but is no reason for a warning.
func mask(text string, expects answer.Kind) (string, bool) {
	if !couldHide(text) {
		return text, false
	}
	if expects == answer.Code {
		if r := answer.Parse(answer.Code, text, answer.Context{}); r.OK() || r.Fit == answer.Strong {
			return hidden, false
		}
	}
	found := false
	replace := func(re *regexp.Regexp, secret func(string) bool) {
		text = re.ReplaceAllStringFunc(text, func(m string) string {
			g := re.FindStringSubmatch(m)
			if !secret(g[2]) {
				return m
			}
			found = true
			return g[1] + hidden
		})
	}
	if low := strings.ToLower(text); namesSecret(low) {
		replace(secretColon, func(s string) bool { return s != hidden && !sentenceWord(s) })
		replace(secretNamed, func(s string) bool { return s != hidden && looksSecret(s) })
		replace(secretCode, func(string) bool { return true })
	}
	if digitsIn(text) >= 15 {
		if hiddenCard := cardOfFours.ReplaceAllString(text, hidden); hiddenCard != text {
			text, found = hiddenCard, true
		}
		text = cardLong.ReplaceAllStringFunc(text, func(m string) string {
			if !luhn(m) {
				return m
			}
			found = true
			return hidden
		})
	}
	alone := !strings.ContainsAny(strings.TrimSpace(text), " \t\n")
	for word := range strings.FieldsSeq(text) {
		if passwordLike(word, alone) {
			text = strings.ReplaceAll(text, word, hidden)
			found = true
		}
	}
	return text, found
}

// namesSecret reports whether a secret is spoken of, in lower-case text.
func namesSecret(low string) bool {
	for _, w := range []string{"парол", "пас", "пин", "код", "pass", "pin", "cv", "code"} {
		if strings.Contains(low, w) {
			return true
		}
	}
	return false
}

func digitsIn(s string) int {
	n := 0
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			n++
		}
	}
	return n
}

// couldHide is the quick look: nearly every secret has a digit or a sign in it, or its name beside it.
func couldHide(text string) bool {
	for _, r := range text {
		if r >= '0' && r <= '9' || strings.ContainsRune("!@#$%^&*_:=", r) {
			return true
		}
	}
	return false
}

// sentenceWord reports whether what follows «пароль:» is plain language after all.
func sentenceWord(s string) bool {
	for _, r := range s {
		if !unicode.IsLower(r) || r < 'а' || r > 'я' {
			return false
		}
	}
	return len([]rune(s)) <= 3
}

// looksSecret reports whether a word that follows «пароль» is one: a password has a digit, a sign or mixed case in it;
// plain words («пароль не подходит») have not.
func looksSecret(s string) bool {
	s = strings.Trim(s, ".,;!?)(")
	digit, sign, upper, lower := classes(s)
	n := len([]rune(s))
	return n >= 3 && (digit || sign || upper && lower && n >= 6 && !title(s))
}

func title(s string) bool {
	for i, r := range s {
		if i > 0 && unicode.IsUpper(r) {
			return false
		}
	}
	return true
}

func classes(s string) (digit, sign, upper, lower bool) {
	for _, r := range s {
		switch {
		case unicode.IsDigit(r):
			digit = true
		case strings.ContainsRune("!@#$%^&*_+=~", r):
			sign = true
		case unicode.IsUpper(r):
			upper = true
		case unicode.IsLower(r):
			lower = true
		}
	}
	return
}

// products are names that look like passwords to a machine.
var products = []string{"windows", "android", "iphone", "ipad", "ios", "chrome", "firefox", "safari", "opera", "yandex", "galaxy", "redmi",
	"samsung", "xiaomi", "honor", "huawei", "macos", "macbook", "office", "http", "www."}

// passwordLike judges a word by its look alone. Inside a sentence it must have a sign; alone, three kinds of characters do.
func passwordLike(s string, alone bool) bool {
	s = strings.Trim(s, `.,;?)("«»`)
	if i := strings.IndexByte(s, '@'); i > 0 && strings.Contains(s[i:], ".") {
		return false // an e-mail address
	}
	digit, sign, upper, lower := classes(s)
	kinds := 0
	for _, has := range []bool{digit, sign, upper, lower} {
		if has {
			kinds++
		}
	}
	if len(s) < 6 || len(s) > 256 || !digit || !upper && !lower || strings.ContainsAny(s, "/№") || utf8.RuneCountInString(s) < 6 {
		return false
	}
	low := strings.ToLower(s)
	for _, p := range products {
		if strings.HasPrefix(low, p) {
			return false
		}
	}
	if sign && !strings.HasPrefix(s, "+") && (upper || lower) {
		return true
	}
	return alone && kinds >= 3 && !strings.Contains(s, "-")
}

// luhn is the check of payment card numbers (ISO/IEC 7812-1).
func luhn(s string) bool {
	sum, n := 0, 0
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] < '0' || s[i] > '9' {
			continue
		}
		d := int(s[i] - '0')
		if n%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
		n++
	}
	return n >= 15 && n <= 19 && sum%10 == 0
}
