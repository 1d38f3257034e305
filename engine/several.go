package engine

import (
	"strings"
	"unicode"

	"spravka/engine/answer"
	"spravka/engine/flow"
)

// several takes more than one answer from a message: «Иванова Мария Петровна 12.03.1958» where only the name was asked
// for. What was told along with it is not asked for again.
func (t *turn) several(f *Frame, s *flow.Step, text string) bool {
	if !strings.Contains(text, " ") || s.Answer == answer.Text || s.Answer == answer.Code || t.asks(text, normal(text)) {
		return false
	}
	ctx := t.answerContext(s)
	value, _, ok := answer.Find(s.Answer, text, ctx)
	if !ok && s.Answer == answer.FullName {
		if r := answer.Parse(s.Answer, withoutNumbers(text), ctx); r.OK() && r.Fit == answer.Strong {
			value, ok = r.Value, true
		}
	}
	if !ok {
		return false
	}
	t.alongside(f, s, text, value)
	t.accept(f, s, value)
	return true
}

// alongside keeps what else a message tells besides the answer to the question.
func (t *turn) alongside(f *Frame, s *flow.Step, text, value string) {
	ctx := t.answerContext(s)
	for _, other := range t.content.Flows[f.Flow].Steps {
		if other == s || other.Kind != flow.Ask || !other.Personal || other.Answer == answer.FullName || t.known(other) != nil {
			continue
		}
		if v, _, found := answer.Find(other.Answer, text, ctx); found && v != value {
			t.learn(f, other, v)
		}
	}
}

// withoutNumbers leaves the words of a message that stand before its first number.
func withoutNumbers(text string) string {
	words := strings.Fields(text)
	for i, w := range words {
		if strings.ContainsFunc(w, unicode.IsDigit) {
			return strings.TrimRight(strings.Join(words[:i], " "), ",;.")
		}
	}
	return text
}

// declines reports whether an optional question is declined in a few words: «нет», «нет снимка», «не нужно».
func (t *turn) declines(said string) bool {
	words := strings.Fields(said)
	if len(words) == 0 || len(words) > 3 {
		return false
	}
	if len(words) > 1 && t.lexicon.command(strings.Join(words[1:], " "), false) == cmdHuman {
		return false // «нет, оператора» is no answer to the question at all
	}
	for _, w := range []string{words[0], words[len(words)-1]} {
		switch w {
		case "нет", "no", "none", "nothing":
			return true
		}
	}
	switch said {
	case "не надо", "не нужно", "не требуется", "не хочу", "без него", "not needed", "don t need it", "no need":
		return true
	}
	return false
}

// explains answers «зачем вам это?»: why a question is asked.
func (t *turn) explains(f *Frame, s *flow.Step, said string) bool {
	for _, w := range t.lexicon.why {
		if strings.HasPrefix(said, w) {
			key := "why"
			switch {
			case s.Kind == flow.Consent:
				key = "why.consent"
			case s.Answer == answer.Code:
				key = "why.code"
			}
			t.decide(DecideControl)
			t.send(t.sentence(key)+"\n\n"+t.question(f, s), t.buttons(f, s)...)
			return true
		}
	}
	return false
}

// correctBelow puts an answer right in the flow that a repair pattern stands in for.
func (t *turn) correctBelow(text, said string) bool {
	if len(t.c.Frames) < 2 {
		return false
	}
	pattern := *t.top()
	t.c.Frames = t.c.Frames[:len(t.c.Frames)-1]
	if f, s := t.here(); f != nil && t.correct(f, s, text, said, t.corrects(said)) {
		return true
	}
	t.c.Frames = append(t.c.Frames, pattern)
	return false
}
