package engine

import (
	"strconv"

	"spravka/engine/answer"
	"spravka/engine/flow"
)

// miss says what is wrong with an answer, each time in other words; after too many a human is called.
func (t *turn) miss(f *Frame, s *flow.Step, r answer.Reading) {
	t.decide(DecideFlow)
	f.Misses++
	if f.Misses >= t.limit(s) {
		f.Misses = 0
		t.notice(t.sentence("misses"))
		t.handOff("misses", "", "")
		return
	}
	text := t.problem(r)
	if r.Fit == answer.None || text == "" {
		text = t.variant("not_understood", f.Misses-1)
	}
	var extra []Button
	if r.Problem == "ticket.checksum" || s.Answer == answer.TicketNumber && r.Problem != "" {
		text, extra = t.meant(text, t.text)
	}
	question := t.question(f, s)
	if f.Misses > 1 || r.Fit == answer.None {
		text += "\n\n" + question
	}
	buttons := append(extra, t.buttons(f, s)...)
	if f.Misses > 1 {
		buttons = append(buttons, t.button(cmdBack), t.button(cmdHuman))
	}
	t.send(text, buttons...)
}

// limit is how many misses a question bears.
func (t *turn) limit(s *flow.Step) int {
	if s.Misses > 0 {
		return s.Misses
	}
	return t.content.Settings.Misses
}

// problem is the sentence for what is wrong with an answer.
func (t *turn) problem(r answer.Reading) string {
	if r.Problem == "" {
		return ""
	}
	text := t.locale.Problems[r.Problem]
	if text == nil {
		return ""
	}
	before := t.params
	for name, value := range r.Params {
		t.params = append(t.params, param{name, value})
	}
	s := text.Render(t)
	t.params = before
	return s
}

func itoa(n int) string { return strconv.Itoa(n) }
