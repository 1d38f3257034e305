package engine

import (
	"slices"

	"spravka/engine/desk"
	"spravka/engine/flow"
	"spravka/engine/understand"
)

// openTicket returns the conversation's newest open hand-off, or nil.
func (t *turn) openTicket() *Ticket {
	for i := len(t.c.Tickets) - 1; i >= 0; i-- {
		if k := &t.c.Tickets[i]; k.Kind == desk.HandOff && k.Status.Open() {
			return k
		}
	}
	return nil
}

// own changes who may speak. The fence grows, so that a late word of the former owner is refused.
func (t *turn) own(o Owner, operator int64) {
	if t.c.Owner != o || t.c.Operator != operator {
		t.c.Fence++
	}
	t.c.Owner, t.c.Operator = o, operator
}

// handOff gives the conversation to the human queue, with everything said so far.
func (t *turn) handOff(reason, queue string, p desk.Priority) {
	t.decide(DecideHandOff)
	t.decided.Decision = DecideHandOff
	if k := t.openTicket(); k != nil {
		if p == "" && t.queue(queue, p) == queueUrgent {
			p = desk.Urgent
		}
		if p == desk.Urgent && k.Priority != desk.Urgent {
			t.raise(k)
			return
		}
		if k.Operator != 0 {
			t.own(OwnerOperator, k.Operator)
		} else {
			t.own(OwnerQueue, 0)
		}
		t.notice(t.sentence("handoff.already", "ticket", k.Number), t.button(cmdBot))
		return
	}
	queue = t.queue(queue, p)
	if p == "" {
		p = desk.Normal
		if queue == queueUrgent {
			p = desk.Urgent
		}
	}
	due := t.content.Calendar.NextOpen(queue, t.now).Add(t.content.Settings.HandOffTerm)
	about := t.c.Topic
	if id := t.busyWith(); id != "" {
		about = id
	}
	if len(t.decided.Topics) > 0 && t.decided.Topics[0] != topicOperator && t.top() == nil {
		about = t.decided.Topics[0]
	}
	t.emit(OpenTicket{Kind: desk.HandOff, Queue: queue, Priority: p, Reason: reason, Topic: about, Subject: t.subject(about), Due: due, Follows: t.follows})
}

// raise makes a ticket that waits an urgent one: the duty specialist gets it at any hour.
func (t *turn) raise(k *Ticket) {
	k.Queue, k.Priority, k.Due = queueUrgent, desk.Urgent, t.now.Add(t.content.Settings.HandOffTerm)
	t.emit(MoveTicket{Ticket: *k, Kind: desk.Raised, By: Citizen, OldHands: k.Operator})
	if k.Operator != 0 {
		t.own(OwnerOperator, k.Operator)
	} else {
		t.own(OwnerQueue, 0)
	}
	t.notice(t.sentence("handoff.urgent", "ticket", k.Number), t.button(cmdBot))
}

// queueUrgent is the queue of the duty specialist.
const queueUrgent = "urgent"

// topicUrgent is the topic of what cannot wait.
const topicUrgent = "hotline.urgent"

// busyWith names the flow that the conversation is about: the newest one that is no repair pattern.
func (t *turn) busyWith() string {
	for i := len(t.c.Frames) - 1; i >= 0; i-- {
		if id := t.c.Frames[i].Flow; !isPattern(id) {
			return id
		}
	}
	return ""
}

func (t *turn) subject(about string) string {
	if about == "" {
		return ""
	}
	return t.title(about)
}

// queue chooses where a ticket goes: where the step says, else where the flow or the topic belongs.
func (t *turn) queue(named string, p desk.Priority) string {
	if p == desk.Urgent {
		return queueUrgent
	}
	if named != "" {
		return named
	}
	if fl := t.content.Flows[t.busyWith()]; fl != nil && fl.Queue != "" {
		return fl.Queue
	}
	if topic := t.content.Topic(t.c.Topic); topic != nil && topic.Queue != "" {
		return topic.Queue
	}
	return t.content.Settings.DefaultQueue
}

func (t *turn) handOffStep(f *Frame, s *flow.Step, reason string) {
	if w := t.words(f, s); w.Text != nil {
		t.send(t.render(w.Text))
	}
	t.handOff(reason, s.Queue, s.Priority)
}

func (t *turn) openTicketStep(f *Frame, s *flow.Step) {
	due := t.now.Add(s.Due)
	if s.Due == 0 {
		due = t.content.Calendar.NextOpen(t.queue(s.Queue, s.Priority), t.now).Add(t.content.Settings.HandOffTerm)
	}
	t.emit(OpenTicket{Kind: s.Ticket, Queue: t.queue(s.Queue, s.Priority), Priority: s.Priority, Reason: "flow", Topic: f.Flow, Subject: t.title(f.Flow), Due: due})
}

// ticketOpened takes in the number that a ticket was given.
func (t *turn) ticketOpened(e TicketOpened) {
	t.c.Tickets = append(slices.Clone(t.c.Tickets), e.Ticket)
	if e.Ticket.Kind != desk.HandOff {
		f, s := t.here()
		if f == nil || s.Kind != flow.Ticket {
			return
		}
		t.decide(DecideFlow)
		t.save(f, "ticket", e.Ticket.Number)
		t.advance(f, s, flow.Next)
		t.run()
		return
	}
	t.decided.Decision = DecideHandOff
	t.own(OwnerQueue, 0)
	key := "handoff.closed"
	switch {
	case e.Ticket.Priority == desk.Urgent:
		key = "handoff.urgent"
	case t.open(e.Ticket.Queue) && e.Ahead == 0:
		key = "handoff.first"
	case t.open(e.Ticket.Queue):
		key = "handoff.open"
	}
	when := t.content.Calendar.NextOpen(e.Ticket.Queue, t.now)
	buttons := []Button{t.button(cmdBot)}
	if key == "handoff.first" || key == "handoff.open" {
		buttons = []Button{t.button(cmdLater), t.button(cmdBot)}
	}
	t.told(&t.c.Tickets[len(t.c.Tickets)-1], e.Wait)
	t.notice(t.sentence(key, "ticket", e.Ticket.Number, "ahead", itoa(e.Ahead), "value", itoa(e.Ahead+1), "due", t.moment(when), "wait", t.wait(e.Ticket.Queue, e.Wait)), buttons...)
}

// overhear keeps the bot silent while a human, or the queue, owns the conversation.
func (t *turn) overhear(text string, e Said, secret bool) {
	t.decide(DecideSilent)
	if secret {
		t.warnOfSecret(e.Stays)
	}
	if t.c.Answering != "" && t.answering(text, e.Files) {
		return
	}
	k := t.openTicket()
	if k != nil {
		t.emit(TouchTicket{Number: k.Number, By: Citizen})
	}
	switch t.lexicon.command(normal(text), false) {
	case cmdBot, cmdCancel, cmdResume, cmdMenu:
		if t.c.Owner == OwnerQueue {
			t.toBot()
			return
		}
	case cmdLater:
		if t.c.Owner == OwnerQueue && t.later() {
			return
		}
	case cmdMove:
		// The code comes from a flow, and flows are the bot's. The ticket keeps its place and moves along.
		if t.c.Owner == OwnerQueue && k != nil && t.content.Flows[flowMoveCode] != nil {
			t.decided.Decision = DecideControl
			t.own(OwnerBot, 0)
			t.notice(t.sentence("to_bot", "ticket", k.Number))
			if f, s := t.here(); f == nil || s.Kind == flow.HandOff {
				t.c.Frames = nil
			}
			t.giveMoveCode()
			return
		}
	case cmdTranscript:
		if t.c.Owner == OwnerQueue {
			t.decided.Decision = DecideControl
			t.transcribe()
			return
		}
	case cmdHuman:
		if k != nil && t.c.Owner == OwnerQueue {
			t.notice(t.sentence("handoff.already", "ticket", k.Number), t.button(cmdBot))
			return
		}
	}
	if k == nil {
		return
	}
	if t.c.Owner == OwnerQueue && k.Priority != desk.Urgent && text != "" {
		if u := t.understand(text); u.Decision == understand.Answer && u.Needs[0] == topicUrgent {
			t.raise(k)
			return
		}
	}
	t.heardOf(k, e.Files)
}

// toBot lets a citizen go on with the bot while their ticket waits.
func (t *turn) toBot() {
	t.decided.Decision = DecideControl
	number := ""
	if k := t.openTicket(); k != nil {
		number = k.Number
	}
	t.own(OwnerBot, 0)
	t.notice(t.sentence("to_bot", "ticket", number))
	if f, s := t.here(); f != nil && s.Kind != flow.HandOff {
		t.run()
		return
	}
	t.c.Frames = nil
	t.offer(t.sentence("menu"), t.doors())
}
