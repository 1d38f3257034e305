package console

import (
	"time"

	"spravka/engine"
	"spravka/engine/desk"
)

// standing says what an operator may do with a ticket.
type standing struct {
	Free  bool // nobody has it: the operator may take it
	Mine  bool // the operator has it and may answer
	Owner string
	Other int64 // who else has it; 0 if nobody
	Over  bool  // it is solved or closed

	Offered bool // it is offered to the operator, who may take or decline it
}

// stand compares an operator with a ticket and the talk behind it. A ticket that is the operator's while the talk went
// back to the bot is free again: to go on, they take it once more. A registered case is nobody's talk: whoever has it
// answers, whoever speaks with the citizen meanwhile.
func stand(t desk.Ticket, talk engine.Conversation, me int64, now time.Time) standing {
	hands := t.Kind == "" || t.Kind == desk.HandOff
	person := hands && talk.Owner == engine.OwnerOperator
	offered := t.Operator == 0 && t.OfferedTo != 0 && now.Before(t.OfferedUntil)
	switch {
	case !t.Status.Open():
		return standing{Over: true, Owner: t.OperatorName}
	case person && talk.Operator != me:
		s := standing{Other: talk.Operator}
		if t.Operator == talk.Operator {
			s.Owner = t.OperatorName
		}
		return s
	case t.Operator != 0 && t.Operator != me:
		return standing{Other: t.Operator, Owner: t.OperatorName}
	case t.Operator == me && (person || !hands):
		return standing{Mine: true, Owner: t.OperatorName}
	case offered && t.OfferedTo != me:
		return standing{Other: t.OfferedTo}
	default:
		return standing{Free: true, Offered: offered}
	}
}

// Why is the key of the words that say why the operator can't answer, or "" if they can.
func (s standing) Why() string {
	switch {
	case s.Over:
		return "why.over"
	case s.Mine:
		return ""
	case s.Offered:
		return "why.offered"
	case s.Free:
		return "why.free"
	case s.Owner != "":
		return "why.other"
	default:
		return "why.somebody"
	}
}
