package engine

import (
	"slices"

	"spravka/engine/desk"
	"spravka/engine/flow"
)

// acted carries out what an operator does. Only who has a ticket speaks about it, and only the owner of the conversation
// speaks in it.
func (t *turn) acted(e Acted) {
	k := t.ticket(e.Ticket)
	switch {
	case k == nil:
		t.refuse(NoTicket)
		return
	case e.Action == Reopen:
		t.reopenByStaff(k, e)
		return
	case !k.Status.Open():
		t.refuse(TicketEnded)
		return
	case e.Action != Assign && e.Action != Release && e.Operator == 0:
		t.refuse(NotOwner)
		return
	case e.Fence != 0 && e.Fence != k.Fence && !t.repeated(k, e):
		t.refuse(Changed)
		return
	}
	t.decide(DecideSilent)
	switch e.Action {
	case Take:
		t.take(k, e)
		return
	case Assign:
		t.assign(k, e)
		return
	case Release:
		t.release(k, e)
		return
	case Merge:
		t.merge(k, e)
		return
	}
	if !t.has(k, e.Operator) {
		t.refuse(NotOwner)
		return
	}
	switch e.Action {
	case Transfer:
		t.transfer(k, e)
	case Reply:
		if e.Text == "" && len(e.Files) == 0 {
			t.refuse(Empty)
			return
		}
		t.speak(k, e)
	case Ask:
		t.askFor(k, e, desk.Asked, desk.WantAnswer)
	case RequestFile:
		if e.Text == "" {
			t.refuse(Empty)
			return
		}
		t.askFor(k, e, desk.FileAsked, desk.WantFile)
	case Return:
		t.giveBack(k, e)
	case Resolve:
		t.resolve(k, e)
	default:
		t.refuse(Unknown)
	}
}

// ticket finds one of the conversation's tickets, or nil.
func (t *turn) ticket(number string) *Ticket {
	if i := slices.IndexFunc(t.c.Tickets, func(k Ticket) bool { return k.Number == number }); i >= 0 {
		return &t.c.Tickets[i]
	}
	return nil
}

// has reports whether the ticket is this operator's to speak about.
func (t *turn) has(k *Ticket, operator int64) bool {
	if operator == 0 || k.Operator != operator {
		return false
	}
	return k.Kind != desk.HandOff || t.c.Owner == OwnerOperator && t.c.Operator == operator
}

// repeated reports whether an action wants what is so already: a second click on the same button is no conflict.
func (t *turn) repeated(k *Ticket, e Acted) bool { return e.Action == Take && t.has(k, e.Operator) }

// speak passes on what an operator writes. About a ticket that is not the conversation itself it begins with the number:
// the citizen may be talking with the bot, or with somebody else.
func (t *turn) speak(k *Ticket, e Acted) {
	if e.Text == "" && len(e.Files) == 0 {
		return
	}
	m := Message{Text: e.Text, Files: e.Files}
	if k.Kind != desk.HandOff {
		m.Text, m.About = t.sentence("ticket.about", "ticket", k.Number), k.Number
		if e.Text != "" {
			m.Text += "\n\n" + e.Text
		}
		if e.Action != Resolve {
			m.Buttons = []Button{t.caseButton(k, caseReply)}
		}
	}
	t.emit(Say{Author: Operator, Name: e.Name, Message: m})
	if k.Kind == desk.HandOff && !k.Due.IsZero() {
		k.Due = zeroTime // what was promised is that a person answers
		t.emit(MoveTicket{Ticket: *k, Kind: desk.Replied, By: Operator, Operator: e.Operator, Name: e.Name, OldHands: k.Operator})
	}
	t.emit(TouchTicket{Number: k.Number, By: Operator})
}

// askFor asks the citizen for something; until it comes the ticket waits for them.
func (t *turn) askFor(k *Ticket, e Acted, what string, want desk.Want) {
	k.Wants = want
	if !t.move(k, what, e, Operator) {
		t.refuse(TicketEnded)
		return
	}
	t.speak(k, e)
	key := "ticket.clarify"
	if want == desk.WantFile {
		key = "ticket.file"
	}
	var buttons []Button
	if k.Kind != desk.HandOff {
		buttons = append(buttons, t.caseButton(k, caseReply))
		if t.c.Owner == OwnerBot && len(t.c.Frames) == 0 {
			t.c.Answering = k.Number // nothing else is being asked: what comes next is the answer
		}
	}
	t.notice(t.sentence(key, "ticket", k.Number), buttons...)
}

// giveBack hands the conversation back to the bot: at the exact step, or into another flow with what is known already.
func (t *turn) giveBack(k *Ticket, e Acted) {
	if k.Kind != desk.HandOff {
		t.refuse(NoTarget) // the bot has never left this conversation
		return
	}
	var preset []Slot
	if e.Flow != "" {
		var why Refusal
		if preset, why = t.presets(e); why != "" {
			t.refuse(why)
			return
		}
	}
	t.endWork(k, desk.Returned, e, Operator)
	if e.Flow != "" {
		t.notice(t.sentence("ticket.returned.flow", "ticket", k.Number, "title", t.title(e.Flow), "status", string(k.Status)))
		t.c.Frames, t.c.Pending, t.c.Offered = nil, nil, nil
		t.start(e.Flow, preset...)
		return
	}
	t.notice(t.sentence("ticket.returned", "ticket", k.Number, "status", string(k.Status)))
	t.resume()
}

// resolve ends a ticket. The citizen can take it up again for a while.
func (t *turn) resolve(k *Ticket, e Acted) {
	if e.Resolution != "" && !slices.Contains(desk.Resolutions, e.Resolution) {
		t.refuse(Unknown)
		return
	}
	t.speak(k, e)
	k.Resolution = e.Resolution
	t.endWork(k, desk.Resolved, e, Operator)
	buttons := []Button{t.caseButton(k, caseReopen), t.caseButton(k, caseRate)}
	if k.Kind == desk.HandOff {
		t.c.Frames, t.c.Pending = nil, nil
		buttons = append(buttons, t.button(cmdHuman), t.button(cmdMenu))
	}
	if len(t.c.Frames) == 0 {
		t.propose(buttons)
	}
	t.notice(t.solved(k), buttons...)
}

// endWork closes the work on a ticket and sets the timer that closes the ticket itself.
func (t *turn) endWork(k *Ticket, what string, e Acted, by Author) {
	k.Solved, k.Wants = t.now, ""
	k.Fence++
	t.move(k, what, e, by)
	if t.c.Answering == k.Number {
		t.c.Answering = ""
	}
	t.emit(SetTimer{Name: timerClose + k.Number, Due: t.reopenable(k)})
	if t.c.Owner != OwnerBot && t.openTicket() == nil {
		t.own(OwnerBot, 0)
	}
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
