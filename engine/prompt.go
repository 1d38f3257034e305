package engine

import (
	"slices"
	"strings"

	"spravka/engine/answer"
	"spravka/engine/flow"
)

var noWords = &flow.StepWords{}

// words are the words of a step in the conversation's language.
func (t *turn) words(f *Frame, s *flow.Step) *flow.StepWords {
	if w := t.locale.Topics[f.Flow]; w != nil {
		if sw := w.Steps[s.Name]; sw != nil {
			return sw
		}
	}
	return noWords
}

// prompt asks the question of the step where the conversation stands.
func (t *turn) prompt() {
	f, s := t.here()
	if f == nil {
		return
	}
	t.decide(DecideFlow)
	if !s.Kind.Waits() {
		switch {
		case f.Call != "":
			t.notice(t.sentence("busy"))
		case s.Kind == flow.Call:
			t.run() // it was given up, and the citizen goes on with it
		}
		return
	}
	if !t.offers {
		t.c.Offered = nil // a number now means what this question offers, not what was offered before it
	}
	t.send(t.question(f, s), t.buttons(f, s)...)
}

// question is the text of a step that waits, in the wording that fits the misses so far.
func (t *turn) question(f *Frame, s *flow.Step) string {
	w := t.words(f, s)
	text := w.Text
	if n := f.Misses; n > 0 && len(w.Again) > 0 {
		text = w.Again[min(n, len(w.Again))-1]
	}
	q := t.render(text)
	if s.Kind == flow.Confirm {
		q += "\n\n" + t.summary(f, s)
	}
	return q
}

// summary lists what is known, for the citizen to confirm.
func (t *turn) summary(f *Frame, s *flow.Step) string {
	var b strings.Builder
	for _, name := range s.Confirm {
		k := t.slot(name)
		if k == nil || k.Value == "" {
			continue
		}
		b.WriteString("- ")
		b.WriteString(t.label(name))
		b.WriteString(": ")
		b.WriteString(t.shown(f, name, k))
		b.WriteByte('\n')
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// shown is a slot's value as people read it: the label of a chosen option, a date written out.
func (t *turn) shown(f *Frame, name string, k *Slot) string {
	if fl := t.content.Flows[f.Flow]; fl != nil {
		if s := stepFor(fl, name); s != nil {
			switch s.Kind {
			case flow.Choose:
				if o, ok := t.words(f, s).Options[k.Value]; ok {
					return t.render(o.Label)
				}
			case flow.File:
				n := strings.Count(k.Value, ";") + 1
				return t.sentence("files", "count", itoa(n))
			}
		}
	}
	return t.display(answer.Kind(k.Kind), k.Value)
}

// label is what a slot is called.
func (t *turn) label(name string) string {
	if w, ok := t.locale.Slots[name]; ok {
		return w.Label
	}
	return name
}

// options are the answers that a step offers.
func (t *turn) options(s *flow.Step) []answer.Option {
	f := t.top()
	if s.Kind == flow.Rate {
		out := make([]answer.Option, 5)
		for i := range out {
			out[i] = answer.Option{ID: itoa(i + 1), Label: itoa(i + 1)}
		}
		return out
	}
	w := t.words(f, s)
	out := make([]answer.Option, 0, len(s.Options))
	for _, o := range s.Options {
		ow := w.Options[o.ID]
		out = append(out, answer.Option{ID: o.ID, Label: t.render(ow.Label), Words: ow.Words})
	}
	return out
}

// buttons are what can be pressed at a step.
func (t *turn) buttons(f *Frame, s *flow.Step) []Button {
	switch s.Kind {
	case flow.Choose, flow.Ask:
		if len(s.Options) == 0 && !s.Optional {
			if s.Answer == answer.Phone && slices.Contains(t.content.Settings.OwnNumber, t.c.Channel) {
				return []Button{t.button(cmdContact)}
			}
			return nil
		}
		w := t.words(f, s)
		out := make([]Button, 0, len(s.Options)+1)
		for _, o := range s.Options {
			out = append(out, Button{t.render(w.Options[o.ID].Label), o.Payload})
		}
		if s.Optional {
			out = append(out, t.button(cmdSkip))
		}
		return out
	case flow.Rate:
		var out []Button
		for _, o := range t.options(s) {
			out = append(out, Button{o.Label, flow.OptionPayload(f.Flow, s.Name, o.ID)})
		}
		return out
	case flow.Consent:
		return []Button{{t.sentence("button.agree"), flow.OptionPayload(f.Flow, s.Name, "yes")}, {t.sentence("button.disagree"), flow.OptionPayload(f.Flow, s.Name, "no")}}
	case flow.Confirm:
		return []Button{{t.sentence("button.right"), flow.OptionPayload(f.Flow, s.Name, "yes")}, {t.sentence("button.mend"), flow.OptionPayload(f.Flow, s.Name, "no")}}
	case flow.File:
		if s.Optional {
			return []Button{t.button(cmdSkip)}
		}
	}
	return nil
}

// button is the button of a command.
func (t *turn) button(cmd string) Button {
	return Button{t.sentence("button." + cmd), commandPayload + cmd}
}

// How payloads begin.
const (
	commandPayload  = "~"  // ~back
	topicPayload    = "t:" // t:hotline.hours, t:document.order/document=passport
	categoryPayload = "m:" // m:technical
	optionPayload   = "o:" // o:application.status:resend:sms
	fixPayload      = "f:" // f:application.status:born
)

// topicButtons lead on to topics; "id/slot=value" starts a flow with something known.
func (t *turn) topicButtons(ids []string) []Button {
	if len(ids) == 0 || len(t.c.Frames) > 1 {
		return nil
	}
	out := make([]Button, 0, len(ids))
	for _, id := range ids {
		topic, _, _ := strings.Cut(id, "/")
		if topic == topicOperator {
			out = append(out, t.button(cmdHuman))
			continue
		}
		out = append(out, Button{t.title(topic), topicPayload + id})
	}
	return out
}
