package answer

import "strings"

// wordSet is a set of folded words.
type wordSet map[string]struct{}

// has reports whether the word is in the set.
func (s wordSet) has(w string) bool { _, ok := s[w]; return ok }

// words makes a set of the words of a text.
func words(text string) wordSet {
	f := strings.Fields(text)
	s := make(wordSet, len(f))
	for _, w := range f {
		s[w] = struct{}{}
	}
	return s
}

// endings are suffixes of folded words, sorted by their last byte, which in Russian tells letters apart.
type endings [256][]string

// newEndings sorts the suffixes of a text.
func newEndings(text string) *endings {
	var e endings
	for s := range strings.FieldsSeq(text) {
		b := s[len(s)-1]
		e[b] = append(e[b], s)
	}
	return &e
}

// end reports whether a word ends in one of them.
func (e *endings) end(w string) bool {
	if w == "" {
		return false
	}
	for _, s := range e[w[len(w)-1]] {
		if strings.HasSuffix(w, s) {
			return true
		}
	}
	return false
}

// stems are beginnings of folded words, sorted by their second byte, the one that tells Russian letters apart.
type stems [256][]string

// newStems sorts the beginnings of a text; each has two bytes or more.
func newStems(text string) *stems {
	var e stems
	for s := range strings.FieldsSeq(text) {
		e[s[1]] = append(e[s[1]], s)
	}
	return &e
}

// begin reports whether a word begins with one of them.
func (e *stems) begin(w string) bool {
	if len(w) < 2 {
		return false
	}
	for _, s := range e[w[1]] {
		if strings.HasPrefix(w, s) {
			return true
		}
	}
	return false
}

// questionFirst are words that make a question when it begins with them, mark or no mark.
var questionFirst = words(`
зачем почему отчего где куда откуда когда как какой какая какое какие какого какую каких каким какому каком каков
какова кто кого кому кем что чего чему чем чей чья чье чьи сколько скольки скольких скольким насколько неужели разве
можно обязательно чо че шо што скока скоко пачему зочем
what why where when how who whom which whose can could do does did is are should`)

// questionAnywhere are words that make a question wherever they stand.
var questionAnywhere = words(`зачем почему отчего откуда сколько скольки скольких скока скоко неужели пачему зочем why`)

// questionOpeners may stand before the word that makes the question.
var questionOpeners = words(`
а и но ну ой вот так же то в во до с со по на у о об от из к ко за для через при скажите скажи подскажите подскажи
пожалуйста простите извините здравствуйте здрасьте привет добрый день вечер утро слушайте объясните напомните
please hello hi sorry well so but and tell me`)

// beforeLi are words after which «ли» asks; elsewhere it may be a surname («Мария Ли»).
var beforeLi = words(`
можно нужно нужен нужна нужны надо есть будет могу может можете правильно верно обязательно возможно стоит нельзя
должен должна имеет буду не так все`)

// question says whether a text asks: 0 no, 1 it only ends in a question mark, 2 it has a word that asks.
func (l *line) question() int {
	mark := l.seen&sepQuestion != 0
	opening := true
	for i := range l.toks {
		t := &l.toks[i]
		if t.num {
			opening = false
			continue
		}
		if questionAnywhere.has(t.low) {
			return 2
		}
		if questionFirst.has(t.low) && (opening || mark) && !l.looksLikeName(i) {
			return 2
		}
		if t.low == "ли" && i > 0 && (beforeLi.has(l.toks[i-1].low) || mark && t.text == "ли") {
			return 2
		}
		if !questionOpeners.has(t.low) {
			opening = false
		}
	}
	if mark {
		return 1
	}
	return 0
}

// looksLikeName spares a surname that looks like a word which asks («Иван Кто»): next to a given name nobody asks so.
func (l *line) looksLikeName(i int) bool {
	return i > 0 && givenName(l.toks[i-1].low) || i+1 < len(l.toks) && givenName(l.toks[i+1].low)
}

// mentionOf tells which kind a word speaks of, so that «мой телефон 9001234567» is not taken for an application's
// number; "" if none.
func mentionOf(w string) Kind {
	switch w {
	case "инн", "inn", "tin":
		return INN
	case "тел", "моб", "сот", "тлф", "phone", "mobile", "tel", "mob":
		return Phone
	case "др", "born", "birth", "birthday", "dob":
		return BirthDate
	case "код", "кода", "кодом", "code", "смс", "sms", "пароль":
		return Code
	case "mail", "e-mail", "email", "е-mail", "мейл", "майл", "емайл", "имейл", "емейл", "мыло":
		return Email
	}
	if len(w) < len("почт") {
		return ""
	}
	for _, m := range mentionPrefixes {
		if strings.HasPrefix(w, m.prefix) {
			return m.kind
		}
	}
	return ""
}

// mentionPrefixes are stems of words that speak of a kind.
var mentionPrefixes = [...]struct {
	prefix string
	kind   Kind
}{
	{"снилс", SNILS}, {"страхово", SNILS}, {"snils", SNILS},
	{"паспорт", Passport}, {"загран", Passport}, {"серия", Passport}, {"серии", Passport}, {"passport", Passport},
	{"телефон", Phone}, {"мобильн", Phone}, {"сотов", Phone}, {"telephone", Phone},
	{"почт", Email}, {"емейл", Email},
	{"заяв", ApplicationNumber}, {"завяк", ApplicationNumber}, {"заевк", ApplicationNumber}, {"application", ApplicationNumber},
	{"обращени", TicketNumber}, {"тикет", TicketNumber}, {"талон", TicketNumber}, {"ticket", TicketNumber},
	{"рожден", BirthDate}, {"рожедн", BirthDate}, {"родил", BirthDate},
}

// speaksOf reports whether a mention fits the kind asked, or at least does not speak against it.
func speaksOf(asked, mention Kind) bool {
	switch mention {
	case "", asked:
		return true
	case SNILS, INN:
		return asked == SNILSOrINN
	case Phone:
		return asked == Contact || asked == Code // «код на телефон пришёл: 123456»
	case Email:
		return asked == Contact || asked == Code
	case Code:
		return asked == Phone || asked == Contact // «код города»
	case ApplicationNumber, TicketNumber:
		// Citizens do not tell an application from a request; neither do we by the word alone.
		return asked == ApplicationNumber || asked == TicketNumber
	}
	return false
}

// carriers are words that only carry a number and say nothing else.
var carriers = words(`
номер номера номером номерок мой моя мое мои моего моей у меня я это вот он она оно такой такая такое ну да так и а же
пожалуйста пожалста плиз здравствуйте здрасьте привет добрый доброе день вечер утро спасибо извините простите ой
пришел пришла пришло пришли прислали получил получила из от с в по пишу диктую ввожу даю отправляю сообщаю смотрите
правильный правильно верный верно точный вроде кажется наверное рф россии гражданина российский цифры цифрами
n no nr the my is number it this here please series and рождения года год г дата город сотовый
дом домашний рабочий личный основной адрес электронная`)

// carrier reports whether a word only carries a number.
func carrier(w string) bool { return carriers.has(w) || mentionOf(w) != "" }

// foreign counts the words that are not carriers.
func (l *line) foreign() int {
	n := 0
	for i := range l.toks {
		if t := &l.toks[i]; !t.num && !carrier(t.low) {
			n++
		}
	}
	return n
}
