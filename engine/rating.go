package engine

import (
	"strings"

	"spravka/engine/desk"
	"spravka/engine/understand"
)

// What a solved ticket's buttons do besides: ask for a mark, and give one: "mark3".
const (
	caseRate = "rate"
	caseMark = "mark"
)

// maxRatingRunes bounds the words that may go with a mark.
const maxRatingRunes = 1000

// RateTicket records what the citizen thinks of how a ticket was solved.
type RateTicket struct {
	Number string
	Rating int    // 1–5
	Text   string // "" leaves the words as they are
}

func (RateTicket) effect() {}

// rate asks for a mark, or takes one. It reports false if the ticket can't be rated.
func (t *turn) rate(k *Ticket, verb string) bool {
	if k.Status.Open() || k.MergedInto != "" {
		return false
	}
	t.decide(DecideControl)
	if verb == caseRate {
		buttons := make([]Button, 0, 5)
		t.c.Offered = nil
		for _, mark := range "12345" {
			b := t.caseButton(k, caseMark+string(mark))
			buttons, t.c.Offered = append(buttons, b), append(t.c.Offered, b.Payload)
		}
		t.notice(t.sentence("rating.ask", "ticket", k.Number), buttons...)
		return true
	}
	t.emit(RateTicket{Number: k.Number, Rating: int(verb[len(caseMark)] - '0')})
	t.c.Rating = k.Number
	buttons := []Button{t.button(cmdTranscript), t.button(cmdMenu)}
	if verb <= caseMark+"2" && k.Status == desk.Solved {
		buttons = append([]Button{t.caseButton(k, caseReopen)}, buttons...)
	}
	t.c.Offered = nil
	for _, b := range buttons {
		t.c.Offered = append(t.c.Offered, b.Payload)
	}
	t.notice(t.sentence("rating.thanks", "value", verb[len(caseMark):]), buttons...)
	return true
}

// isMark reports whether a button's verb gives a mark.
func isMark(verb string) bool {
	return len(verb) == len(caseMark)+1 && strings.HasPrefix(verb, caseMark) && verb >= caseMark+"1" && verb <= caseMark+"5"
}

// rated takes a message right after a mark for the words that go with it. It reports false where it is something else: an
// order, a question, or a topic.
func (t *turn) rated(text string, files []File) bool {
	number := t.c.Rating
	t.c.Rating = ""
	k := t.ticket(number)
	said := normal(text)
	if k == nil || text == "" || len(files) > 0 || len(t.c.Frames) > 0 || t.lexicon.command(said, false) != "" || t.asks(text, said) {
		return false
	}
	if u := t.understand(text); u.Decision == understand.Answer {
		if topic := t.content.Topic(u.Needs[0]); topic == nil || topic.Kind != "control" || topic.ID == topicOperator {
			return false
		}
	}
	t.decide(DecideControl)
	t.emit(RateTicket{Number: number, Text: firstRunes(text, maxRatingRunes)})
	t.notice(t.sentence("rating.words"))
	return true
}
