package engine

import (
	"slices"

	"spravka/engine/desk"
	"spravka/engine/flow"
)

// acted carries out what an operator does. Only the owner of the conversation speaks.
func (t *turn) acted(e Acted) {
	i := slices.IndexFunc(t.c.Tickets, func(k Ticket) bool { return k.Number == e.Ticket })
	if i < 0 {
		t.refuse(NoTicket)
		return
	}
	k := &t.c.Tickets[i]
	if !k.Status.Open() {
		t.refuse(TicketEnded)
		return
	}
	if e.Action != Take && (t.c.Owner != OwnerOperator || t.c.Operator != e.Operator) {
		t.refuse(NotOwner)
		return
	}
	t.decide(DecideSilent)
	switch e.Action {
	case Take:
		t.take(k, e)
	case Reply:
		if e.Text == "" && len(e.Files) == 0 {
			t.refuse(Empty)
			return
		}
		t.speak(e)
	case Ask:
		if !t.move(k, desk.Asked, e, Operator) {
			t.refuse(TicketEnded)
			return
		}
		if e.Text != "" || len(e.Files) > 0 {
			t.speak(e)
		}
		t.notice(t.sentence("ticket.clarify", "ticket", k.Number))
	case Return:
		t.move(k, desk.Returned, e, Operator)
		k.Operator = 0
		t.own(OwnerBot, 0)
		t.notice(t.sentence("ticket.returned"))
		t.resume()
	case Resolve:
		t.move(k, desk.Resolved, e, Operator)
		t.own(OwnerBot, 0)
		t.c.Frames, t.c.Pending = nil, nil
		if e.Text != "" {
			t.speak(e)
		}
		t.c.Offered = []string{commandPayload + cmdHuman, commandPayload + cmdMenu}
		t.notice(t.sentence("ticket.solved", "ticket", k.Number), t.button(cmdHuman), t.button(cmdMenu))
	default:
		t.refuse(NotOwner)
	}
}

func (t *turn) take(k *Ticket, e Acted) {
	if t.c.Owner == OwnerOperator && t.c.Operator == e.Operator && k.Operator == e.Operator {
		return // taken already
	}
	k.Operator = e.Operator
	t.move(k, desk.Taken, e, Operator)
	t.own(OwnerOperator, e.Operator)
	t.notice(t.sentence("ticket.taken", "label", e.Name, "ticket", k.Number))
}

func (t *turn) speak(e Acted) {
	t.emit(Say{Author: Operator, Name: e.Name, Message: Message{Text: e.Text, Files: e.Files}})
}

// resume goes on at the exact step where the bot had been stopped.
func (t *turn) resume() {
	if t.c.Public {
		return // comments have no dialogue to go back to
	}
	f, s := t.here()
	if f == nil {
		t.repair()
		t.offer(t.sentence("menu"), t.doors())
		return
	}
	if s.Kind == flow.HandOff {
		if _, ok := s.Leads(flow.Next); ok {
			t.advance(f, s, flow.Next)
		} else {
			t.c.Frames = t.c.Frames[:len(t.c.Frames)-1]
		}
	}
	t.run()
}

func (t *turn) refuse(why Refusal) {
	t.effects, t.refused = append(t.effects[:0], Refused{why}), true
}
