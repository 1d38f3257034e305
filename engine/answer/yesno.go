package answer

import (
	"strings"
	"unicode/utf8"
)

// The values of YesNo, Confirm and Consent.
const (
	yes = "yes"
	no  = "no"
)

// stance is what a word or a phrase says to a question of yes or no.
type stance byte

const (
	unknown  stance = iota
	filler          // says nothing: «спасибо», «пожалуйста»
	saysYes         // an unmistakable yes
	saysSoft        // a yes that is no consent: «ага», «ладно»
	saysNo
	hedge   // «наверное»: makes a yes a weak one
	adverse // «но», «только», «кроме»: what follows takes the yes back
	torn    // «нверно»: one slip away from a yes and from a no
)

// yesWords and the lists below are single words; phrases are in yesNoPhrases. Each word of five letters or more is also
// known with one slip of the pen.
var yesNoWords = func() map[string]stance {
	m := make(map[string]stance, 300)
	add := func(s stance, text string) {
		for _, w := range strings.Fields(text) {
			m[w] = s
		}
	}
	add(saysYes, `
да da lf yes y yep yeah yup д верно правильно точно конечно безусловно разумеется подтверждаю подтверждено согласен
согласна согласны согласный соглашаюсь согласие разрешаю принимаю одобряю ок окей оки ok okay окэй хорошо естественно
однозначно именно совершенно абсолютно верны правильны да-да непременно обязательно
sure correct right confirmed agree agreed accept certainly definitely absolutely true exactly oui`)
	add(saysSoft, `
подтвердить confirm ага угу ага-ага угу-угу ладно пойдет сойдет норм нормально нормас хочу можно давай давайте надо нужно валяй ес йес йеп
хотим готов готова буду подойдет подходит пусть дадада агась aga ugu`)
	add(saysNo, `
нет net ytn no n nope nah н неа не-а нее неее нету неверно неправильно отнюдь никогда несогласен несогласна отказываюсь отказ
отказать нельзя возражаю нет-нет ненадо нехочу неа-неа неверны неправильны против отрицательно запрещаю ложь
wrong incorrect disagree never false decline refuse`)
	add(filler, `
спасибо пожалуйста пожалста плиз все всё это так и же ну вот я мне мои мой моя мое мы ой категорически обработку обработки персональных данных личных моих своих на с от условиями правилами условия
вас вам извините простите
данные здесь тут указано указаны записано написано полностью целиком сейчас уже большое теперь благодарю таки очень
thanks thank you please it is that's all everything that i do so very much`)
	add(hedge, `наверное наверно вроде кажется возможно может скорее наверна пожалуй видимо похоже думаю maybe probably perhaps`)
	add(adverse, `но только кроме а однако другая другой другое другие изменить исправить исправьте измените ошибка ошибки опечатка
but except only wait другую иначе почти не ни`)
	return m
}()

// yesNoLong are the words that are known with a slip of the pen. Their order, which is the map's, makes no difference: it
// is only asked which stances are near a word.
var yesNoLong = func() (long []struct {
	word string
	says stance
}) {
	for w, s := range yesNoWords {
		if (positive(s) || s == saysNo) && utf8.RuneCountInString(w) >= 5 {
			long = append(long, struct {
				word string
				says stance
			}{w, s})
		}
	}
	return long
}()

// yesNoPhrases are phrases whose words alone say something else. The longest that fits counts.
var yesNoPhrases = func() map[string]stance {
	m := make(map[string]stance, 120)
	add := func(s stance, phrases ...string) {
		for _, p := range phrases {
			m[p] = s
		}
	}
	add(saysYes, "так точно", "все так", "это так", "все верно", "все правильно", "все точно", "не возражаю", "нет возражений", "согласие даю",
		"возражений нет", "не против", "я за", "даю согласие", "ну конечно", "а как же", "еще бы", "все в порядке", "ошибок нет",
		"нет ошибок", "все хорошо", "именно так", "все подходит", "of course", "that's right", "that is right", "all right",
		"all correct", "no objections", "i do", "i agree", "все ок", "все ok", "конечно да", "да конечно", "без ошибок",
		"все сходится", "все совпадает", "not wrong")
	add(saysSoft, "почему бы и нет", "почему нет", "почему бы нет", "так и быть", "ну ладно", "ну да", "не откажусь", "было бы неплохо",
		"why not", "все нормально", "все норм")
	add(saysNo, "не совсем", "не верно", "не правильно", "не точно", "не так", "не согласен", "не согласна", "не согласны", "не надо",
		"не нужно", "не хочу", "не подтверждаю", "не разрешаю", "не принимаю", "не буду", "не стоит", "не могу", "не даю", "не даю согласие", "не даю согласия", "согласия не даю", "нет согласия",
		"не соглашаюсь", "не все верно", "не все правильно", "не все так", "не хотим", "ни в коем случае", "никак нет", "ни за что",
		"не готов", "не готова", "не подходит", "не ок", "пока нет", "пока не надо", "еще нет", "да нет конечно", "вовсе нет",
		"совсем нет", "конечно нет", "нет конечно", "точно нет", "ничего подобного", "против я", "все неверно", "все неправильно", "не обязательно",
		"вовсе не", "not quite", "not really", "not correct", "not right", "do not", "don't agree", "i don't agree",
		"i do not agree", "not ok", "not now", "no way", "of course not", "я против", "есть ошибка", "есть ошибки", "тут ошибка",
		"не давай", "не давайте")
	return m
}()

// maxPhrase is the number of words of the longest phrase.
const maxPhrase = 4

// stances counts what the words of a message say.
type stances struct {
	yes, soft, no, hedge, adverse, torn, unknown int
	first                                        stance // of the first word that says anything
}

// parseYesNo reads a yes or a no. Words that go on to something else («нет, дата рождения другая») are no plain answer.
func parseYesNo(l *line, kind Kind) Reading {
	unclear := problemYesNoUnclear
	if kind == Consent {
		unclear = problemConsentUnclear
	}
	if len(l.toks) == 0 {
		return signAnswer(l.text, unclear)
	}
	s := l.stances()
	asks := l.question()
	if l.seen&sepQuestion == 0 && s.unknown == 0 {
		asks = 0 // «можно», «почему бы и нет»
	}
	switch {
	case asks > 1 && (s.first != saysYes && s.first != saysNo || questionFirst.has(l.toks[0].low) || s.unknown > 2):
		return bad(unclear, None)
	case asks > 0:
		return bad(unclear, unclearFit(s))
	}
	positive := s.yes + s.soft
	switch {
	case s.torn > 0 && s.unknown <= 2:
		return bad(unclear, Weak)
	case s.yes == 0 && s.no == 0 && (s.soft == 0 || s.unknown > 0):
		return bad(unclear, None) // also «хочу оператора», whose first word alone would be a yes
	case positive > 0 && s.no > 0, s.no > 0 && s.unknown+s.adverse+s.hedge > 0, s.adverse > 0, l.digits > 0:
		return bad(unclear, unclearFit(s))
	case s.no > 0:
		return good(no, Strong)
	case s.unknown > 0:
		// «да, пришлите» is a yes; for data to be confirmed or a consent it must stand alone.
		if kind == YesNo && s.unknown <= 2 && plainYes(l.toks[0].low) {
			return good(yes, Weak)
		}
		return bad(unclear, unclearFit(s))
	case kind == Consent && (s.yes == 0 || s.hedge > 0):
		return bad(unclear, Weak)
	}
	return good(yes, fitOf(s.hedge == 0))
}

// plainYes reports words that answer yes whatever follows, unlike «правильный пароль не подходит».
func plainYes(w string) bool {
	switch w {
	case "да", "конечно", "ага", "угу", "ок", "yes", "yeah", "sure", "ok":
		return true
	}
	return false
}

// unclearFit says whether a text with a yes or a no in it may be an answer at all: more than four further words that do
// not begin with it are something else.
func unclearFit(s stances) Fit {
	if s.yes+s.soft+s.no == 0 || s.unknown > 4 && (s.first == unknown || s.first == adverse) || s.unknown > 12 {
		return None
	}
	return Weak
}

// signAnswer reads answers without a single letter: +, 👍, 👎.
func signAnswer(s, unclear string) Reading {
	var yeses, noes, others int
	for _, r := range s {
		switch r {
		case '+', '👍', '👌', '✅', '✔', '☑', '✓', '🆗', '🤝', '💯':
			yeses++
		case '-', '👎', '❌', '✖', '🚫', '⛔', '✗', '❎', '🙅':
			noes++
		case ' ', '!', '.', ',', '\n', '(', ')', '\r', '♂', '♀':
		default:
			others++
		}
	}
	switch {
	case yeses > 0 && noes == 0 && others == 0:
		return good(yes, Strong)
	case noes > 0 && yeses == 0 && others == 0:
		return good(no, Strong)
	case yeses+noes > 0:
		return bad(unclear, Weak)
	}
	return bad(unclear, None)
}

// stances sorts the words of a message, longest phrases first.
func (l *line) stances() (s stances) {
	var buf [64]byte
	slips := len(l.toks) <= 12 // an answer is short; in a long text a word near «верно» proves nothing
	for i := 0; i < len(l.toks); {
		st, n := l.phraseAt(i, buf[:0])
		if n == 0 {
			st, n = wordStance(l.toks[i].low, slips), 1
			if last := i+1 == len(l.toks); l.toks[i].low == "не" && (last || l.toks[i+1].gap&(sepComma|sepDot) != 0) {
				st = saysNo // «не, спасибо»
			} else if l.toks[i].low == "не" && i+1 < len(l.toks) && positive(wordStance(l.toks[i+1].low, slips)) {
				st, n = saysNo, 2 // «не» turns any yes
			}
		}
		switch st {
		case saysYes:
			s.yes++
		case saysSoft:
			s.soft++
		case saysNo:
			s.no++
		case hedge:
			s.hedge++
		case adverse:
			s.adverse++
		case torn:
			s.torn++
		case unknown:
			s.unknown++
			if questionFirst.has(l.toks[i].low) {
				s.adverse++ // «да что вы»
			}
		}
		if i == 0 || s.first == filler {
			s.first = st
		}
		i += n
	}
	return s
}

// positive reports whether a stance is a yes.
func positive(s stance) bool { return s == saysYes || s == saysSoft }

// phraseAt finds the longest phrase that begins at token i.
func (l *line) phraseAt(i int, buf []byte) (stance, int) {
	best, words := unknown, 0
	for n := 0; n < maxPhrase && i+n < len(l.toks); n++ {
		if n > 0 {
			if l.toks[i+n].gap&(sepComma|sepDot|sepLine|sepQuestion) != 0 {
				break // «нет, возражений нет» and «не, верно» are not one phrase
			}
			buf = append(buf, ' ')
		}
		if buf = append(buf, l.toks[i+n].low...); n > 0 {
			if s, ok := yesNoPhrases[string(buf)]; ok {
				best, words = s, n+1
			}
		}
	}
	return best, words
}

// wordStance looks a word up as it is, with its drawn-out letters shortened («дааа»), and, if slips
// are to be forgiven, with one slip of the pen.
func wordStance(w string, slips bool) stance {
	if s, ok := yesNoWords[w]; ok {
		return s
	}
	if short := shorten(w); short != w && !oneRune(short) { // «дд» is «добрый день»
		if s, ok := yesNoWords[short]; ok {
			return s
		}
	}
	if !slips || utf8.RuneCountInString(w) < 5 {
		return unknown
	}
	// A word near to both is neither.
	var near [adverse + 1]bool
	for _, k := range yesNoLong {
		if distance(w, k.word, 1) == 1 {
			near[k.says] = true
		}
	}
	switch {
	case near[saysNo] && (near[saysYes] || near[saysSoft]):
		return torn
	case near[saysNo]:
		return saysNo
	case near[saysYes]:
		return saysYes
	case near[saysSoft]:
		return saysSoft
	}
	return unknown
}

// shorten leaves one of each letter that is repeated.
func shorten(w string) string {
	var last rune
	return strings.Map(func(r rune) rune {
		if r == last {
			return -1
		}
		last = r
		return r
	}, w)
}
