package engine

import (
	"slices"
	"strings"

	"spravka/engine/answer"
	"spravka/engine/flow"
)

// corrects reports whether a message sounds like the correction of something said before.
func (t *turn) corrects(said string) bool {
	for _, w := range t.lexicon.correcting {
		if i := strings.Index(said, w); i >= 0 && (i == 0 || said[i-1] == ' ') {
			return true
		}
	}
	return false
}

// correctable is an answer that can be put right: the step that asked for it and what is known.
type correctable struct {
	step *flow.Step
	slot *Slot
}

// correctables are the answers of a flow so far, in the order of its questions.
func (t *turn) correctables(f *Frame) []correctable {
	var out []correctable
	fl := t.content.Flows[f.Flow]
	for _, s := range fl.Steps {
		if s.Kind != flow.Ask && s.Kind != flow.Choose && s.Kind != flow.File || s.Answer == answer.Code {
			continue
		}
		if slices.ContainsFunc(out, func(c correctable) bool { return c.step.Slot == s.Slot }) {
			continue
		}
		if k := t.slot(s.Slot); k != nil && k.Value != "" && t.reached(f, s) {
			out = append(out, correctable{s, k})
		}
	}
	return out
}

// reached reports whether a question lies behind the citizen, or is shown by the confirmation they are looking at.
func (t *turn) reached(f *Frame, s *flow.Step) bool {
	if slices.Contains(f.Trail, s.Name) || slices.Contains(f.Told, s.Slot) {
		return true
	}
	here := t.content.Flows[f.Flow].Step(f.Step)
	return here != nil && here.Kind == flow.Confirm && slices.Contains(here.Confirm, s.Slot)
}

// mentions reports whether the words speak of what a step asked for: «дата рождения», «номер», «фамилия».
func (t *turn) mentions(s *flow.Step, said string) bool {
	for _, stem := range slices.Concat(t.locale.Slots[s.Slot].Mentions, t.locale.Mentions[s.Answer]) {
		stem = normal(stem)
		if i := strings.Index(said, stem); stem != "" && i >= 0 && (i == 0 || said[i-1] == ' ') {
			return true
		}
	}
	return false
}

// correct puts an earlier answer right that the citizen has named in free words. It reports whether the message did so.
func (t *turn) correct(f *Frame, here *flow.Step, text, said string, sounds bool) bool {
	all := t.correctables(f)
	ctx := t.answerContext(here)
	var named []correctable
	for _, c := range all {
		if c.step != here && t.mentions(c.step, said) {
			named = append(named, c)
		}
	}
	for _, c := range named {
		value, problem, ok := t.findValue(c.step, text, ctx)
		if ok && value != c.slot.Value {
			t.fix(f, c.step, value)
			return true
		}
		if problem != "" {
			t.decide(DecideControl)
			t.notice(t.problem(answer.Reading{Problem: problem}))
			t.ask(f, c.step)
			return true
		}
	}
	if !sounds {
		return false
	}
	free := here.Answer == answer.Text
	if len(named) == 1 && !free {
		t.decide(DecideControl)
		t.ask(f, named[0].step)
		return true
	}
	if len(named) == 0 && (free && len(strings.Fields(said)) <= 6 || !answer.Parse(here.Answer, text, ctx).OK()) {
		var hit *flow.Step
		var value string
		for _, c := range all {
			if v, _, ok := t.findValue(c.step, text, ctx); ok && v != c.slot.Value && c.step != here {
				if hit != nil {
					hit = nil
					break
				}
				hit, value = c.step, v
			}
		}
		if hit != nil {
			t.fix(f, hit, value)
			return true
		}
	}
	if !free && len(all) > 0 && len(strings.Fields(said)) <= 8 && (here.Kind == flow.Confirm || len(named) != 1) {
		if u := t.understand(text); here.Kind != flow.Confirm && u.Decision == "answer" {
			return false
		}
		t.chooseFix(f, here)
		return true
	}
	return false
}

// denies takes «нет, Иванова Мария Петровна» for the correction of the earlier answer that the value fits.
func (t *turn) denies(f *Frame, here *flow.Step, text, said string) bool {
	rest, ok := strings.CutPrefix(said, "нет ")
	if !ok {
		if rest, ok = strings.CutPrefix(said, "no "); !ok {
			return false
		}
	}
	if answer.Parse(here.Answer, rest, t.answerContext(here)).OK() {
		return false
	}
	at := strings.IndexAny(text, " ,.")
	if at < 0 {
		return false
	}
	value := strings.TrimLeft(text[at:], " ,.—-")
	var hit *flow.Step
	for _, c := range t.correctables(f) {
		if c.step.Kind != flow.Ask || c.step.Answer == answer.Text || c.step == here {
			continue
		}
		if r := answer.Parse(c.step.Answer, value, t.answerContext(c.step)); r.OK() && r.Fit == answer.Strong && r.Value != c.slot.Value {
			if hit != nil {
				return false
			}
			hit = c.step
		}
	}
	if hit == nil {
		return false
	}
	t.fix(f, hit, answer.Parse(hit.Answer, value, t.answerContext(hit)).Value)
	return true
}

// replaces takes a bare new answer at a confirmation for what it is: the one line of the summary that it fits.
func (t *turn) replaces(f *Frame, here *flow.Step, text string) bool {
	var hit *flow.Step
	var value string
	for _, c := range t.correctables(f) {
		if !slices.Contains(here.Confirm, c.step.Slot) || c.step.Kind != flow.Ask || c.step.Answer == answer.Text {
			continue
		}
		if r := answer.Parse(c.step.Answer, text, t.answerContext(c.step)); r.OK() && r.Fit == answer.Strong {
			if hit != nil {
				return false
			}
			hit, value = c.step, r.Value
		}
	}
	if hit == nil {
		return false
	}
	t.fix(f, hit, value)
	return true
}

// findValue looks for a new answer to a step's question within a longer message.
func (t *turn) findValue(s *flow.Step, text string, ctx answer.Context) (value, problem string, ok bool) {
	if s.Kind == flow.Choose {
		ctx.Options = t.options(s)
		said := normal(text)
		var hit string
		for _, o := range ctx.Options {
			for _, w := range append([]string{o.Label}, o.Words...) {
				if w = normal(w); w != "" && strings.Contains(" "+said, " "+w) && !t.corrects(w) {
					if hit != "" && hit != o.ID {
						return "", "", false
					}
					hit = o.ID
				}
			}
		}
		return hit, "", hit != ""
	}
	if s.Kind == flow.File || s.Answer == answer.Text {
		return "", "", false
	}
	return answer.Find(s.Answer, text, ctx)
}

// fix puts a new answer in the place of an old one and goes on where the conversation stood.
func (t *turn) fix(f *Frame, s *flow.Step, value string) {
	t.learn(f, s, value)
	t.corrected(f, s, value, f.Step)
}

// corrected tells the citizen what now holds and goes back to a step. If a service was asked with the old answer, it is
// asked again: what it said then holds no more.
func (t *turn) corrected(f *Frame, s *flow.Step, value, back string) {
	t.decide(DecideControl)
	f.Misses, f.Force, f.Fixing = 0, false, ""
	t.notice(t.sentence("corrected", "label", t.label(s.Slot), "value", t.shown(f, s.Slot, t.slot(s.Slot))))
	fl := t.content.Flows[f.Flow]
	if s.Kind == flow.Choose {
		if next, ok := s.Leads(value); ok && (!t.onWay(fl, next, back) || t.unasked(fl, next)) {
			back = next // another choice leads another way, or past a question that was not asked yet
		}
	}
	for i, name := range f.Trail {
		c := fl.Step(name)
		if c == nil || c.Kind != flow.Call {
			continue
		}
		if slices.ContainsFunc(c.With, func(p flow.Pair) bool { return p.From == s.Slot }) {
			back = name
			f.Trail = slices.Clone(f.Trail[:i])
			break
		}
	}
	f.Call = ""
	f.Step = back
	t.run()
}

// unasked reports whether a step asks for something that is not known yet.
func (t *turn) unasked(fl *flow.Flow, name string) bool {
	s := fl.Step(name)
	return s != nil && s.Kind == flow.Ask && !s.Optional && t.known(s) == nil
}

// onWay reports whether a step can be reached from another.
func (t *turn) onWay(fl *flow.Flow, from, to string) bool {
	seen := map[string]bool{}
	var walk func(string) bool
	walk = func(name string) bool {
		if name == to {
			return true
		}
		s := fl.Step(name)
		if s == nil || seen[name] {
			return false
		}
		seen[name] = true
		for _, o := range s.Outcomes {
			if walk(o.Next) {
				return true
			}
		}
		return false
	}
	return walk(from)
}

// ask asks an earlier question anew and remembers where to return to.
func (t *turn) ask(f *Frame, s *flow.Step) {
	if f.Fixing == "" {
		f.Fixing = f.Step
	}
	f.Step, f.Misses, f.Force = s.Name, 0, true
	t.prompt()
}

// chooseFix asks which of the answers is wrong.
func (t *turn) chooseFix(f *Frame, here *flow.Step) {
	t.decide(DecideControl)
	var buttons []Button
	for _, c := range t.correctables(f) {
		if here.Kind == flow.Confirm && !slices.Contains(here.Confirm, c.step.Slot) {
			continue
		}
		buttons = append(buttons, Button{t.label(c.step.Slot), fixPayload + f.Flow + ":" + c.step.Name})
	}
	if len(buttons) == 0 {
		t.prompt()
		return
	}
	t.offer(t.sentence("which_wrong"), append(buttons, t.button(cmdResume)))
}
