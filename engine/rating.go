package engine

import (
	"strings"
	"time"

	"spravka/engine/desk"
	"spravka/engine/understand"
)

// What a solved ticket's buttons do besides: ask for a mark, and give one: "mark3".
const (
	caseRate = "rate"
	caseMark = "mark"
)

// What bounds the words that may go with a mark: their length, and how long after it they may come. Later ones are about
// something else.
const (
	maxRatingRunes = 1000
	ratingWords    = 15 * time.Minute
)

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
		for _, mark := range "12345" {
			buttons = append(buttons, t.caseButton(k, caseMark+string(mark)))
		}
		t.propose(buttons)
		t.notice(t.sentence("rating.ask", "ticket", k.Number), buttons...)
		return true
	}
	t.emit(RateTicket{Number: k.Number, Rating: int(verb[len(caseMark)] - '0')})
	if t.c.Owner != OwnerBot || len(t.c.Frames) > 0 {
		t.notice(t.sentence("rating.words")) // the citizen's next words are for somebody else, or for the question that is open
		t.goOn()
		return true
	}
	t.c.Rating = &Rating{Ticket: k.Number, At: t.now}
	buttons := []Button{t.button(cmdTranscript), t.button(cmdMenu)}
	if verb <= caseMark+"2" && k.Status == desk.Solved {
		buttons = append([]Button{t.caseButton(k, caseReopen)}, buttons...)
	}
	t.propose(buttons)
	t.notice(t.sentence("rating.thanks", "value", verb[len(caseMark):]), buttons...)
	return true
}

// isMark reports whether a button's verb gives a mark.
func isMark(verb string) bool {
	return len(verb) == len(caseMark)+1 && strings.HasPrefix(verb, caseMark) && verb >= caseMark+"1" && verb <= caseMark+"5"
}

// rated takes a message right after a mark for the words that go with it. It reports false where it is something else: an
// order, a question, a topic, or that nothing is solved.
func (t *turn) rated(r Rating, text string, files []File) bool {
	k := t.ticket(r.Ticket)
	said := normal(text)
	if k == nil || text == "" || len(files) > 0 || len(t.c.Frames) > 0 || t.now.Sub(r.At) > ratingWords {
		return false
	}
	if t.lexicon.command(said, false) != "" || t.lexicon.command(said, true) == wordsUnsolved || t.asks(text, said) {
		return false
	}
	if u := t.understand(text); u.Decision == understand.Answer {
		if topic := t.content.Topic(u.Needs[0]); topic == nil || topic.Kind != "control" || topic.ID == topicOperator {
			return false
		}
	}
	t.decide(DecideControl)
	t.emit(RateTicket{Number: k.Number, Text: firstRunes(text, maxRatingRunes)})
	t.notice(t.sentence("rating.words"))
	return true
}
