package engine

import (
	"slices"
	"strings"

	"spravka/engine/answer"
	"spravka/engine/flow"
)

// pressed plays a button.
func (t *turn) pressed(payload string) {
	t.c.Silence, t.c.Rating = 0, nil
	t.emit(Heard{Message: Message{Text: t.pressedLabel(payload)}})
	if t.c.Owner != OwnerBot {
		waits := t.c.Owner == OwnerQueue // once a person answers, an old button takes the conversation from nobody
		switch {
		case waits && payload == commandPayload+cmdBot:
			t.toBot()
		case waits && payload == commandPayload+cmdLater && t.later():
		case payload == commandPayload+cmdTranscript:
			t.transcribe() // a file of what was said takes the conversation from nobody
		case strings.HasPrefix(payload, casePayload) && t.pressCase(payload):
		default:
			t.overhear("", Said{}, false)
		}
		return
	}
	t.c.Greeted = true
	if t.repair() {
		return
	}
	t.press(payload)
}

// pressedLabel is how a pressed button reads in the history.
func (t *turn) pressedLabel(p string) string {
	if label := t.payloadLabel(p); label != "" && !strings.HasPrefix(label, "button.") {
		return label
	}
	if rest, ok := strings.CutPrefix(p, optionPayload); ok {
		if f, s, id := t.option(rest); s != nil {
			switch {
			case s.Kind == flow.Choose, s.Kind == flow.Ask:
				if o, ok := t.words(f, s).Options[id]; ok {
					return t.render(o.Label)
				}
			case s.Kind == flow.Rate:
				return id
			case s.Kind == flow.Consent && id == "yes":
				return t.sentence("button.agree")
			case s.Kind == flow.Consent:
				return t.sentence("button.disagree")
			case id == "yes":
				return t.sentence("button.right")
			default:
				return t.sentence("button.mend")
			}
		}
	}
	return t.sentence("pressed")
}

// option takes the payload of an option apart. The step is nil if the content knows no such option.
func (t *turn) option(rest string) (*Frame, *flow.Step, string) {
	parts := strings.Split(rest, ":")
	if len(parts) != 3 {
		return nil, nil, ""
	}
	fl := t.content.Flows[parts[0]]
	if fl == nil {
		return nil, nil, ""
	}
	return &Frame{Flow: parts[0], Step: parts[1]}, fl.Step(parts[1]), parts[2]
}

func (t *turn) press(payload string) {
	if number := t.c.Answering; number != "" {
		t.c.Answering, t.c.Replying = "", false
		if payload == commandPayload+cmdCancel {
			t.decide(DecideControl)
			t.notice(t.sentence("ticket.answer.not", "ticket", number))
			t.goOn()
			return
		}
	}
	f, s := t.here()
	switch {
	case strings.HasPrefix(payload, casePayload):
		if !t.pressCase(payload) {
			t.stale()
		}
	case strings.HasPrefix(payload, optionPayload):
		at, st, id := t.option(strings.TrimPrefix(payload, optionPayload))
		if f == nil || st == nil || at.Flow != f.Flow || at.Step != f.Step || !st.Kind.Waits() {
			t.stale()
			return
		}
		if _, ok := st.Leads(id); !ok && st.Kind != flow.Confirm && st.Kind != flow.Rate {
			t.stale()
			return
		}
		if st.Kind == flow.Rate && (len(id) != 1 || id < "1" || id > "5") || st.Kind == flow.Confirm && id != "yes" && id != "no" {
			t.stale()
			return
		}
		if st.Kind == flow.Ask {
			t.instead(f, st, id)
			return
		}
		t.accept(f, st, id)
	case strings.HasPrefix(payload, fixPayload):
		id, step, _ := strings.Cut(strings.TrimPrefix(payload, fixPayload), ":")
		if f == nil || f.Flow != id || t.content.Flows[id].Step(step) == nil || !slices.ContainsFunc(t.correctables(f), func(c correctable) bool { return c.step.Name == step }) {
			t.stale()
			return
		}
		t.decide(DecideControl)
		t.ask(f, t.content.Flows[id].Step(step))
	case strings.HasPrefix(payload, topicPayload):
		t.pressTopic(strings.TrimPrefix(payload, topicPayload))
	case strings.HasPrefix(payload, categoryPayload):
		t.pressCategory(strings.TrimPrefix(payload, categoryPayload))
	case strings.HasPrefix(payload, commandPayload):
		cmd := strings.TrimPrefix(payload, commandPayload)
		switch {
		case cmd == wordsNone:
			t.commandOutside(cmd)
		case f != nil && t.command(cmd, f, s):
		case f == nil && t.commandOutside(cmd):
		default:
			t.stale()
		}
	default:
		t.stale()
	}
}

func (t *turn) pressTopic(rest string) {
	id, preset, has := strings.Cut(rest, "/")
	if t.content.Topic(id) == nil {
		t.stale()
		return
	}
	t.decide(t.kindOf([]string{id}), id)
	fl := t.content.Flows[id]
	if name, value, ok := strings.Cut(preset, "="); has && ok && fl != nil {
		if s := stepFor(fl, name); s != nil && s.Kind == flow.Choose {
			if _, leads := s.Leads(value); leads {
				t.start(id, Slot{Name: name, Value: value, Kind: string(answer.Choice), At: t.now})
				return
			}
		}
	}
	t.serve(id, "")
}

func (t *turn) pressCategory(id string) {
	for _, c := range t.content.Categories {
		if c.ID == id {
			t.decide(DecideOffer, c.Topics...)
			t.offer(t.sentence("category", "title", t.locale.Categories[id]), append(t.topicButtons(c.Topics), Button{t.sentence("button.none"), commandPayload + wordsNone}))
			return
		}
	}
	t.stale()
}

// stale answers a button of an earlier question or of an older version of the content.
func (t *turn) stale() {
	t.decide(DecideControl)
	if f, s := t.here(); f != nil && s.Kind.Waits() {
		t.notice(t.sentence("stale"))
		t.prompt()
		return
	}
	t.offer(t.sentence("stale.menu"), t.doors())
}
