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
	filler = `(?:[\s,]+(?:мой|моя|мои|вот|такой|это|был|была|у меня|является|сейчас|старый|новый|карты|от \S+|к \S+|для \S+|is|was|my|for \S+|to \S+))*`
	// «пароль мой вот masha1958»: the word, what stands between, the secret.
	secretNamed = regexp.MustCompile(`(?i)((?:п[ао]рол[ьяею]\S{0,2}|пасс?ворд|пин-?код\S?|пин|кодовое слово|password|passwd|passcode|pin(?: code)?|cvv2?|cvc2?)` + filler + `[\s]*[:=—–-]?[\s"«'(]*)([^\s"»'),]+)`)
	// «пароль: солнышко»: after a colon, an equals sign or a dash even a plain word is one.
	secretSaid       = regexp.MustCompile(`(?i)((?:п[ао]рол[ьяею]\S{0,2}|пасс?ворд|кодовое слово|password|passcode)[^:=—–\n]{0,30}?(?:\s*[:=]|\s+[—–-])\s*["«']?)([^\s"»',?]{4,64})`)
	codeFiller       = `(?:[\s,:;—–-]+(?:вот|он|такой|это|из|с|от|по|в|на|смс|sms|подтверждения|доступа|входа|пришел|пришёл|пришло|пришедший|прислали|мне|the|is|it|from|sms|text))*`
	secretCode       = regexp.MustCompile(`(?i)((?:код|code)(?:а|у|ом|ик)?` + codeFiller + `[\s,:;—–-]+)(\d(?:[ -]?\d){3,7})\b`)
	codeFirst        = regexp.MustCompile(`(?i)()\b(\d(?:[ -]?\d){3,7})(?:[\s,—–-]+(?:это|мой|вот|пришел|пришёл|смс|sms|is|the|my)){0,3}[\s,—–-]+(?:код|code)`)
	secretSaidNumber = regexp.MustCompile(`(?i)((?:код|пин|code|pin)[^.!?\n]{0,20}?[\s:,—–-]+)((?:(?:ноль|один|одна|два|две|три|четыре|пять|шесть|семь|восемь|девять|zero|one|two|three|four|five|six|seven|eight|nine)[\s,-]*){4,})`)
	// Sixteen digits, alone or in fours: nothing else that citizens write here looks so, and a mistyped card is one too.
	cardOfFours = regexp.MustCompile(`\b\d{4}([ -]?)\d{4}[ -]?\d{4}[ -]?\d{4}\b`)
	cardLong    = regexp.MustCompile(`\b\d{15}\b|\b\d{17,19}\b`)
	// Codes that are no secrets: of an error, a region, an office.
	otherCode = regexp.MustCompile(`(?i)ошибк|error|http|подразделени|индекс|регион|услуг|окато|октмо|оквэд|кпп|бик|error|region|postal|zip`)
	// «пaроль» with a Latin letter in it.
	mixedWord = regexp.MustCompile(`(?i)п[аa][рp][оo]ль`)
)

// mask hides the secrets of a message and reports whether there was one. A code that our own flow has asked for is
// hidden too, but is no reason for a warning.
func mask(text string, expects answer.Kind) (string, bool) {
	if !couldHide(text) {
		return text, false
	}
	if expects == answer.Code {
		if r := answer.Parse(answer.Code, text, answer.Context{}); r.OK() || r.Fit == answer.Strong && !strings.ContainsFunc(text, unicode.IsLetter) {
			return hidden, false
		}
	}
	found := false
	replace := func(re *regexp.Regexp, secret func(string) bool) {
		text = re.ReplaceAllStringFunc(text, func(m string) string {
			g := re.FindStringSubmatch(m)
			if strings.Contains(g[2], hidden) || !secret(g[2]) {
				return m
			}
			found = true
			at := strings.Index(m[len(g[1]):], g[2]) + len(g[1])
			return m[:at] + hidden + m[at+len(g[2]):]
		})
	}
	if low := strings.ToLower(text); namesSecret(low) {
		text = mixedWord.ReplaceAllString(text, "пароль")
		replace(secretSaid, func(s string) bool { return !sentenceWord(s) })
		replace(secretNamed, looksSecret)
		if !otherCode.MatchString(low) {
			always := func(string) bool { return true }
			replace(secretCode, always)
			replace(codeFirst, always)
			replace(secretSaidNumber, always)
		}
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

// couldHide is the quick look: nearly every secret has a digit or a sign in it, or its name beside it.
func couldHide(text string) bool {
	for _, r := range text {
		if r >= '0' && r <= '9' || strings.ContainsRune("!@#$%^&*_:=—–", r) {
			return true
		}
	}
	for _, name := range []string{"рол", "РОЛ", "код", "Код", "КОД", "пин", "ПИН", "ass", "ASS", "code", "pin", "PIN"} {
		if strings.Contains(text, name) {
			return true
		}
	}
	return false
}

// namesSecret reports whether a secret is spoken of, in lower-case text.
func namesSecret(low string) bool {
	for _, w := range []string{"рол", "пас", "пин", "код", "pass", "pin", "cv", "code"} {
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

// talk are the beginnings of the words that follow «пароль:» in plain speech: «пароль: забыла его совсем».
var talk = []string{"забы", "потер", "утер", "невер", "непра", "подход", "сброс", "измен", "смен", "помен", "восст", "устар", "исте", "обнов", "введ", "ввод",
	"логин", "можно", "нельзя", "нужн", "надо", "хочу", "како", "куда", "если", "тоже", "тольк", "стар", "новы", "прав", "верн", "работ", "треб", "прос", "пиш",
	"выда", "слиш", "долж", "мини", "помн", "помог", "приш", "прих", "отпр", "укра", "взлом", "узна", "знаю", "знае", "запом", "храни", "безоп", "слаб", "слож", "длин",
	"корот", "симв", "букв", "цифр", "опять", "снова", "всегд", "никог", "везде", "один", "одна", "разн", "этот", "ошиб", "откл", "откр", "прин", "почем", "зачем",
	"forg", "wrong", "not", "inco", "does", "rese", "lost", "expi", "chan", "inva", "must", "shou", "reje", "does", "how", "what", "where", "need", "reco", "can", "same"}

// sentenceWord reports whether what follows «пароль:» is plain language after all.
func sentenceWord(s string) bool {
	low := strings.ToLower(s)
	for _, t := range talk {
		if strings.HasPrefix(low, t) {
			return true
		}
	}
	return false
}

// looksSecret reports whether a word that follows «пароль» is one: a password has a digit, a sign, Latin letters or
// mixed case in it; plain words («пароль не подходит») have not.
func looksSecret(s string) bool {
	s = strings.Trim(s, ".,;!?)(")
	if isFile(s) || sentenceWord(s) {
		return false
	}
	digit, sign, upper, lower := classes(s)
	n := utf8.RuneCountInString(s)
	latin := strings.IndexFunc(s, func(r rune) bool { return r >= 'A' && r <= 'Z' }) >= 0 && !lower
	return n >= 3 && (digit || sign || upper && lower && n >= 6 && !title(s) || latin && n >= 5)
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
	"samsung", "xiaomi", "honor", "huawei", "macos", "macbook", "office", "http", "www.", "err_", "net::"}

// files are the endings of file names, which are full of digits and underscores.
var files = []string{".jpg", ".jpeg", ".png", ".pdf", ".heic", ".doc", ".docx", ".xls", ".xlsx", ".zip", ".rar", ".txt", ".tif", ".tiff", ".sig", ".webp", ".mp4", ".xml"}

func isFile(s string) bool {
	low := strings.ToLower(s)
	for _, end := range files {
		if strings.HasSuffix(low, end) {
			return true
		}
	}
	return false
}

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
	if len(s) < 6 || len(s) > 256 || !digit || !upper && !lower || strings.ContainsAny(s, "/№") || utf8.RuneCountInString(s) < 6 || isFile(s) {
		return false
	}
	low := strings.ToLower(s)
	for _, p := range products {
		if strings.HasPrefix(low, p) {
			return false
		}
	}
	if sign && !strings.HasPrefix(s, "+") {
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

// warnOfSecret tells the citizen that a secret was hidden here. Where the message stays at the channel, only they can take
// it away.
func (t *turn) warnOfSecret(stays bool) {
	if stays {
		t.notice(t.sentence("secret.stays"))
		return
	}
	t.notice(t.sentence("secret"))
}
