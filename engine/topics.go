package engine

import (
	"slices"
	"strings"

	"spravka/engine/answer"
	"spravka/engine/flow"
	"spravka/engine/understand"
)

const (
	topicOperator = "operator"
	topicBye      = "talk.bye"
)

// outside plays a message while no flow is open.
func (t *turn) outside(text string, files []File) {
	said := normal(text)
	if cmd := t.lexicon.command(said, false); cmd != "" && t.commandOutside(cmd) {
		return
	}
	if text == "" {
		t.decide(DecideControl)
		if len(files) > 0 {
			t.offer(t.sentence("files.unasked", "count", itoa(len(files))), append(t.topicButtons([]string{"tech.problem", "document.order", "feedback.send"}), t.button(cmdHuman)))
		} else {
			t.offer(t.sentence("menu"), t.doors())
		}
		return
	}
	if t.chosen(said) || t.unsolved(text, said) || t.agrees(text) || t.correctAfter(text, said) || t.bareNumber(text) {
		return
	}
	u := t.understand(text)
	if u.Decision != understand.Answer {
		if cmd := t.lexicon.command(said, true); cmd != "" && t.commandOutside(cmd) {
			return
		}
	}
	switch u.Decision {
	case understand.Answer:
		t.c.AskedBack = false
		t.decide(t.kindOf(u.Needs), u.Needs...)
		t.serveAll(u.Needs, text)
	case understand.Offer:
		t.decide(DecideOffer, topicsOf(u)...)
		t.offerTopics(u, "offer")
	case understand.AskBack:
		if !t.bareValue(text) {
			t.askBack(u)
		}
	default:
		switch {
		case t.bareValue(text):
		case t.leans(u, text):
			t.askBack(u)
		default:
			t.notOurs(u)
		}
	}
}

// askBack asks what is meant, once; then a human is called.
func (t *turn) askBack(u understand.Reading) {
	if t.c.AskedBack {
		t.c.AskedBack = false
		t.decide(DecideHandOff, topicsOf(u)...)
		t.notice(t.sentence("still_unclear"))
		t.handOff("misses", "", "")
		return
	}
	t.c.AskedBack = true
	t.decide(DecideAskBack, topicsOf(u)...)
	if topic := t.content.Topic(t.c.Topic); topic != nil && topic.Kind != "control" {
		buttons := []Button{{t.title(topic.ID), topicPayload + topic.ID}}
		for _, b := range t.topicButtons(topic.Next) {
			if b.Payload != commandPayload+cmdHuman {
				buttons = append(buttons, b)
			}
		}
		buttons = append(buttons, Button{t.sentence("button.none"), commandPayload + wordsNone}, t.button(cmdHuman))
		t.offer(t.sentence("ask_back.after", "title", t.title(topic.ID)), buttons)
		return
	}
	t.offer(t.sentence("ask_back"), append(t.doors(), t.button(cmdHuman)))
}

// leans reports whether a message that was not understood is so short that it may lean on what was said before: «и что дальше?», «не выходит». It
// is asked back about, once, before a human is called.
func (t *turn) leans(u understand.Reading, text string) bool {
	return u.Reject == "" && !t.c.AskedBack && t.c.Topic != "" && len(strings.Fields(text)) <= leaning
}

// leaning is the most words of a message that may lean on what was said before.
const leaning = 4

// notOurs tells the citizen that the bot can't help with this, whose matter it is where that is known, and calls a human.
func (t *turn) notOurs(u understand.Reading) {
	t.decide(DecideHandOff)
	if w := t.locale.Rejects[u.Reject]; w != nil {
		t.c.Offered = []string{commandPayload + cmdHuman}
		t.send(t.render(w.Text), t.button(cmdHuman), t.button(cmdMenu))
		return
	}
	t.notice(t.sentence("not_ours"))
	t.handOff("out_of_scope", "", "")
}

// serveAll serves what a message needs in the order asked: replies at once, the first flow last, since it ends with a
// question; further flows after it.
func (t *turn) serveAll(ids []string, text string) {
	if len(ids) > 1 {
		t.notice(t.sentence("two_needs", "title", t.title(ids[0]), "value", t.title(ids[1])))
	}
	var flows []string
	for _, id := range ids {
		if t.content.Flows[id] != nil && t.content.Topic(id).Kind != "answer" || id == topicOperator {
			flows = append(flows, id)
			continue
		}
		t.serve(id, text)
	}
	if len(flows) == 0 {
		return
	}
	t.c.Pending = append(slices.Clone(t.c.Pending), flows[1:]...)
	if len(t.c.Pending) > 3 {
		t.c.Pending = t.c.Pending[:3]
	}
	t.serve(flows[0], text)
}

// kindOf says whether serving the topics begins a flow or only answers.
func (t *turn) kindOf(ids []string) Decision {
	for _, id := range ids {
		switch topic := t.content.Topic(id); {
		case topic == nil:
		case topic.Kind == "flow":
			return DecideFlow
		case id == topicOperator:
			return DecideHandOff
		case topic.Kind == "control":
			return DecideControl
		}
	}
	return DecideAnswer
}

// serve gives a topic's reply or begins its flow.
func (t *turn) serve(id, text string) {
	topic := t.content.Topic(id)
	switch {
	case topic == nil:
		t.offer(t.sentence("menu"), t.doors())
	case id == topicOperator:
		t.decide(DecideHandOff, id)
		t.handOff("asked", "", "")
	case id == "talk.greeting" && len(t.c.Frames) == 0:
		t.decide(DecideControl, id)
		t.offer(t.render(t.locale.Topics[id].Text), t.doors())
	case id == topicBye && len(t.c.Frames) > 0:
		t.reply(id)
		t.c.Silence = 2 // they have said goodbye: no reminder
		t.notice(t.sentence("bye.within", "title", t.title(t.busyWith())), t.button(cmdResume))
	case t.content.Flows[id] != nil:
		t.start(id, t.prefill(id, text)...)
	default:
		t.reply(id)
		if _, s := t.here(); s != nil && s.Kind.Waits() {
			t.backTo()
			t.prompt()
		}
	}
}

// reply gives the reply of an answer topic.
func (t *turn) reply(id string) {
	t.c.Topic = id
	topic := t.content.Topic(id)
	var next []Button
	if len(t.c.Frames) == 0 {
		next = t.topicButtons(topic.Next)
	}
	text := t.render(t.locale.Topics[id].Text)
	if len(next) == 0 {
		t.send(text)
		return
	}
	t.offer(text, next)
}

// offer says something with buttons that lead on, and remembers them so that their words are understood as well.
func (t *turn) offer(text string, buttons []Button) {
	t.offers = true
	t.propose(buttons)
	t.send(text, buttons...)
}

// propose lets the citizen name one of the buttons instead of pressing it, while the bot listens.
func (t *turn) propose(buttons []Button) {
	if t.c.Owner != OwnerBot {
		return
	}
	t.c.Offered = nil
	for _, b := range buttons {
		t.c.Offered = append(t.c.Offered, b.Payload)
	}
}

// doors are the categories of the first contact.
func (t *turn) doors() []Button {
	out := make([]Button, 0, len(t.content.Categories)+1)
	for _, c := range t.content.Categories {
		out = append(out, Button{t.locale.Categories[c.ID], categoryPayload + c.ID})
	}
	return out
}

// offerTopics asks which of the likeliest topics is meant.
func (t *turn) offerTopics(u understand.Reading, key string) {
	var ids []string
	for _, s := range u.Topics {
		if len(ids) < 3 && t.content.Topic(s.Topic) != nil && t.content.Topic(s.Topic).Kind != "control" {
			ids = append(ids, s.Topic)
		}
	}
	var buttons []Button
	for _, id := range ids {
		buttons = append(buttons, Button{t.title(id), topicPayload + id})
	}
	if key == "offer.within" {
		buttons = append(buttons, t.button(cmdResume))
	} else {
		buttons = append(buttons, Button{t.sentence("button.none"), commandPayload + wordsNone})
	}
	t.offer(t.sentence(key), append(buttons, t.button(cmdHuman)))
}

// chosen understands the words or the number of a button that was offered outside a flow.
func (t *turn) chosen(said string) bool { return t.chosenFrom(t.c.Offered, said) }

func (t *turn) chosenFrom(offered []string, said string) bool {
	if len(offered) == 0 {
		return false
	}
	var options []answer.Option
	for _, p := range offered {
		options = append(options, answer.Option{ID: p, Label: t.payloadLabel(p)})
	}
	if len([]rune(said)) > maxLabelRunes {
		return false
	}
	r := answer.Parse(answer.Choice, said, answer.Context{Locale: t.locale.Name, Options: options})
	if !r.OK() || r.Fit != answer.Strong {
		return false
	}
	// A word that merely stands in a label is no choice: the whole label is, or its number.
	if label := normal(t.payloadLabel(r.Value)); label != said && !nearly(label, said) && len(said) > 2 {
		return false
	}
	t.press(r.Value)
	return true
}

const maxLabelRunes = 60

func (t *turn) payloadLabel(p string) string {
	switch {
	case strings.HasPrefix(p, topicPayload):
		id, _, _ := strings.Cut(strings.TrimPrefix(p, topicPayload), "/")
		return t.title(id)
	case strings.HasPrefix(p, fixPayload):
		id, step, _ := strings.Cut(strings.TrimPrefix(p, fixPayload), ":")
		if fl := t.content.Flows[id]; fl != nil && fl.Step(step) != nil {
			return t.label(fl.Step(step).Slot)
		}
	case strings.HasPrefix(p, categoryPayload):
		return t.locale.Categories[strings.TrimPrefix(p, categoryPayload)]
	case strings.HasPrefix(p, casePayload):
		switch number, verb, ok := caseOf(p); {
		case ok && verb == caseShow:
			return number
		case ok && (verb == caseReply || verb == caseReopen || verb == caseRate || isMark(verb)):
			return t.caseLabel(verb)
		}
	case p == commandPayload+wordsNone:
		return t.sentence("button.none")
	case strings.HasPrefix(p, commandPayload):
		return t.sentence("button." + strings.TrimPrefix(p, commandPayload))
	}
	return ""
}

// prefill finds answers to a flow's questions in the message that began it: «статус заявления 1000000011».
func (t *turn) prefill(id, text string) []Slot {
	if text == "" {
		return nil
	}
	var out []Slot
	ctx := answer.Context{Now: t.now.In(t.content.Calendar.Zone()), Locale: t.locale.Name}
	for _, s := range t.content.Flows[id].Steps {
		if s.Opening > 0 && s.Answer == answer.Text && len(strings.Fields(text)) >= s.Opening {
			if r := answer.Parse(answer.Text, text, answer.Context{MinRunes: s.Min, MaxRunes: s.Max}); r.OK() {
				out = append(out, Slot{Name: s.Slot, Value: r.Value, Kind: string(answer.Text), At: t.now})
			}
		}
		if s.Opening > 0 && s.Kind == flow.Choose {
			if v := t.optionIn(id, s, text); v != "" {
				out = append(out, Slot{Name: s.Slot, Value: v, Kind: string(answer.Choice), At: t.now})
			}
		}
		if s.Kind != flow.Ask {
			continue
		}
		switch s.Answer {
		case answer.ApplicationNumber, answer.TicketNumber, answer.SNILS, answer.INN, answer.SNILSOrINN, answer.Email:
			if v, _, ok := answer.Find(s.Answer, text, ctx); ok {
				out = append(out, Slot{Name: s.Slot, Value: v, Kind: string(exact(s.Answer, v)), At: t.now})
			}
		}
	}
	return out
}

// optionIn finds the one option of a choice that a message speaks of.
func (t *turn) optionIn(id string, s *flow.Step, text string) string {
	w := t.locale.Topics[id]
	if w == nil || w.Steps[s.Name] == nil {
		return ""
	}
	said, hit := " "+normal(text), ""
	for _, o := range s.Options {
		for _, word := range w.Steps[s.Name].Options[o.ID].Words {
			if word = normal(word); word != "" && strings.Contains(said, " "+word) {
				if hit != "" && hit != o.ID {
					return ""
				}
				hit = o.ID
			}
		}
	}
	return hit
}
