package engine

import (
	"slices"
	"strings"

	"spravka/engine/answer"
	"spravka/engine/flow"
)

// bareNumber understands a message that is nothing but the number of an application or a ticket.
func (t *turn) bareNumber(text string) bool {
	for _, kind := range []answer.Kind{answer.ApplicationNumber, answer.TicketNumber} {
		r := answer.Parse(kind, text, answer.Context{Locale: t.locale.Name})
		if !r.OK() && r.Fit == answer.Strong && kind == answer.TicketNumber && t.likely(text) != nil {
			t.decide(DecideControl)
			problem, buttons := t.meant("", text)
			t.offer(problem, append(buttons, t.button(cmdHuman)))
			return true
		}
		if !r.OK() || r.Fit != answer.Strong {
			continue
		}
		for _, topic := range t.content.Topics {
			fl := t.content.Flows[topic.ID]
			if fl == nil || !slices.ContainsFunc(fl.Steps, func(s *flow.Step) bool { return s.Kind == flow.Ask && s.Answer == kind }) {
				continue
			}
			t.decide(DecideFlow, topic.ID)
			t.start(topic.ID, t.prefill(topic.ID, text)...)
			return true
		}
	}
	return false
}

// bareValue keeps a name, a date or a document's number that is told out of the blue, and asks what it is for.
func (t *turn) bareValue(text string) bool {
	ctx := answer.Context{Now: t.now.In(t.content.Calendar.Zone()), Locale: t.locale.Name}
	for _, kind := range []answer.Kind{answer.SNILS, answer.INN, answer.Passport, answer.Contact, answer.BirthDate, answer.FullName} {
		r := answer.Parse(kind, text, ctx)
		if !r.OK() || r.Fit != answer.Strong {
			continue
		}
		for _, topic := range t.content.Topics {
			fl := t.content.Flows[topic.ID]
			if fl == nil {
				continue
			}
			for _, s := range fl.Steps {
				if s.Kind == flow.Ask && s.Personal && s.Answer == kind {
					t.c.Slots = put(t.c.Slots, Slot{Name: s.Slot, Value: r.Value, Kind: string(exact(kind, r.Value)), At: t.now})
					t.decide(DecideAskBack)
					t.offer(t.sentence("kept", "label", t.label(s.Slot), "value", t.display(exact(kind, r.Value), r.Value)), append(t.doors(), t.button(cmdHuman)))
					return true
				}
			}
		}
	}
	return false
}

// agrees takes a bare yes or no as the answer to what was offered last.
func (t *turn) agrees(text string) bool {
	if len(t.c.Offered) == 0 || len(strings.Fields(text)) > 2 {
		return false
	}
	r := answer.Parse(answer.YesNo, text, answer.Context{Locale: t.locale.Name})
	if !r.OK() || r.Fit != answer.Strong {
		return false
	}
	if r.Value == "no" {
		t.decide(DecideControl)
		t.offer(t.sentence("nothing_else"), t.doors())
		return true
	}
	var real []string
	for _, p := range t.c.Offered {
		if p != commandPayload+wordsNone && p != commandPayload+cmdMenu && !strings.HasPrefix(p, categoryPayload) {
			real = append(real, p)
		}
	}
	switch len(real) {
	case 0:
		return false
	case 1:
		t.press(real[0])
		return true
	}
	t.decide(DecideAskBack)
	buttons := make([]Button, 0, len(real))
	for _, p := range real {
		buttons = append(buttons, Button{t.payloadLabel(p), p})
	}
	t.offer(t.sentence("which_one"), buttons)
	return true
}

// correctAfter lets a citizen put right what they told in a flow that has just ended: it is played again.
func (t *turn) correctAfter(text, said string) bool {
	fl := t.content.Flows[t.c.Topic]
	if fl == nil || !t.corrects(said) {
		return false
	}
	ctx := answer.Context{Now: t.now.In(t.content.Calendar.Zone()), Locale: t.locale.Name}
	for _, s := range fl.Steps {
		i := find(t.c.Slots, s.Slot)
		if !s.Personal || i < 0 || !t.mentions(s, said) {
			continue
		}
		if value, _, ok := answer.Find(s.Answer, text, ctx); ok && value != t.c.Slots[i].Value {
			t.decide(DecideFlow)
			t.c.Slots = put(t.c.Slots, Slot{Name: s.Slot, Value: value, Kind: string(exact(s.Answer, value)), At: t.now})
			t.notice(t.sentence("corrected", "label", t.label(s.Slot), "value", t.display(s.Answer, value)))
			t.start(fl.ID)
			return true
		}
	}
	return false
}
