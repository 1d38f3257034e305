package engine

import (
	"time"

	"spravka/engine/answer"
	"spravka/engine/desk"
	"spravka/engine/flow"
)

// CaseView is a ticket in words of the conversation's language, as the citizen whose it is reads it.
type CaseView struct {
	Line  string // a line of a list
	Waits string // what it waits for
	May   string // what its button does: "reply", "reopen" or ""
	Late  bool   // what was promised is over
}

// DescribeCase puts a ticket into words.
func DescribeCase(content *Content, locale string, k desk.Ticket, now time.Time) CaseView {
	t := view(content, Conversation{Locale: locale})
	t.now = now
	c := Case(k)
	v := CaseView{Late: k.Status.Open() && !k.Due.IsZero() && k.Due.Before(now)}
	switch {
	case k.MergedInto != "":
		v.Waits = t.sentence("case.merged", "ticket", k.MergedInto)
	case k.Status == desk.Solved && now.Before(t.reopenable(&c)):
		v.May, v.Waits = caseReopen, t.sentence("case.solved", "due", t.reopenDay(&c))
	case k.Status == desk.Clarify && k.Wants == desk.WantFile:
		v.Waits = t.sentence("case.file")
	case k.Status == desk.Clarify:
		v.Waits = t.sentence("case.answer")
	case k.Status == desk.InWork:
		v.Waits = t.sentence("case.in_work")
	case k.Status == desk.New:
		v.Waits = t.sentence("case.new")
	}
	if k.Status.Open() && k.Kind != desk.HandOff {
		v.May = caseReply
	}
	due := ""
	switch {
	case v.Late:
		due = t.sentence("case.late")
	case k.Status.Open() && !k.Due.IsZero():
		due = t.sentence("case.due", "due", t.moment(k.Due))
	}
	v.Line = t.sentence("case.line", "ticket", k.Number, "label", t.term(string(k.Kind)), "days", t.day(k.Opened.In(content.Calendar.Zone())),
		"status", string(k.Status), "want", v.Waits, "due", due)
	return v
}

// showCase takes the button of a number that was probably meant.
func (t *turn) showCase(number string) bool {
	if f, s := t.here(); f != nil && f.Call == "" && s.Kind == flow.Ask && s.Answer == answer.TicketNumber {
		t.accept(f, s, number)
		return true
	}
	return t.bareNumber(number)
}

// likely finds the one of the citizen's own tickets that a mistyped number can mean, or nil: one letter or digit is wrong,
// missing or too many, or two have changed places.
func (t *turn) likely(text string) *Ticket {
	typed := answer.TicketKey(text)
	if typed == "" {
		return nil
	}
	var out *Ticket
	for i := range t.c.Tickets {
		if nearly(typed, answer.TicketKey(t.c.Tickets[i].Number)) {
			if out != nil {
				return nil
			}
			out = &t.c.Tickets[i]
		}
	}
	return out
}

// meant offers the number that was probably meant beside a problem with the one that was typed.
func (t *turn) meant(problem, text string) (string, []Button) {
	k := t.likely(text)
	if k == nil {
		return problem, nil
	}
	return t.sentence("case.meant", "ticket", k.Number), []Button{t.caseButton(k, caseShow)}
}
