package engine

import (
	"maps"
	"slices"

	"spravka/engine/answer"
	"spravka/engine/desk"
	"spravka/engine/flow"
)

// offered reports whether the ticket is held for an operator who may still accept it.
func (t *turn) offered(k *Ticket) bool { return k.OfferedTo != 0 && t.now.Before(k.OfferedUntil) }

// pass puts a ticket into other hands: an operator's, or nobody's. The fence grows, so that what was meant for the old
// hands is refused.
func (t *turn) pass(k *Ticket, operator int64) {
	if k.Operator != 0 && k.Operator != operator {
		k.Former = k.Operator
	}
	k.Operator = operator
	k.OfferedTo, k.OfferedUntil = 0, zeroTime
	k.Fence++
}

// follow makes the conversation follow a hand-off that came into other hands.
func (t *turn) follow(k *Ticket) {
	switch {
	case k.Kind != desk.HandOff:
	case k.Operator != 0:
		t.own(OwnerOperator, k.Operator)
	case t.c.Owner == OwnerOperator:
		t.own(OwnerQueue, 0)
	}
}

// take makes an operator the owner.
func (t *turn) take(k *Ticket, e Acted) {
	switch {
	case t.has(k, e.Operator):
		return // taken already
	case k.Operator != 0 && k.Operator != e.Operator && e.Over != k.Operator,
		t.offered(k) && k.OfferedTo != e.Operator && e.Over != k.OfferedTo:
		t.refuse(NotOwner)
		return
	}
	t.give(k, e, desk.Taken, e.Operator, e.Name)
}

// give makes the ticket an operator's and tells the citizen.
func (t *turn) give(k *Ticket, e Acted, kind string, operator int64, name string) {
	old := k.Operator
	t.pass(k, operator)
	event := kind
	if kind == desk.Moved {
		event = desk.Assigned
	}
	t.change(k, event, kind, e, old, name)
	t.follow(k)
	key := "ticket.taken"
	switch {
	case kind == desk.Moved || old != 0:
		key = "ticket.passed"
	case k.Kind != desk.HandOff:
		key = "ticket.taken.case"
	}
	t.notice(t.sentence(key, "label", name, "ticket", k.Number, "status", string(k.Status)))
}

// assign gives a ticket to an operator, or offers it.
func (t *turn) assign(k *Ticket, e Acted) {
	switch {
	case e.To == 0 || e.To == k.Operator || !e.Until.IsZero() && !e.Until.After(t.now):
		t.refuse(NoTarget)
	case k.Operator != 0 && e.Over != k.Operator, t.offered(k) && k.OfferedTo != e.To && e.Over != k.OfferedTo:
		t.refuse(NotOwner)
	case e.Until.IsZero():
		t.give(k, e, desk.Assigned, e.To, e.ToName)
	default:
		t.hold(k, e, desk.Offered)
	}
}

// hold offers a ticket to an operator. Who had it has it no more; the citizen is told only in that case, since to them
// an offer changes nothing.
func (t *turn) hold(k *Ticket, e Acted, kind string) {
	old := k.Operator
	t.pass(k, 0)
	k.OfferedTo, k.OfferedUntil = e.To, e.Until
	t.change(k, desk.Offered, kind, e, old, "")
	t.follow(k)
	if old != 0 {
		t.notice(t.sentence("ticket.transferred", "label", e.ToName, "ticket", k.Number, "status", string(k.Status)))
	}
}

// release puts a ticket back into its queue, or into another.
func (t *turn) release(k *Ticket, e Acted) {
	queue, ok := t.target(k, e)
	switch {
	case !ok, k.Operator == 0 && k.OfferedTo == 0 && queue == k.Queue:
		t.refuse(NoTarget)
		return
	case k.Operator != 0 && e.Operator != 0 && e.Operator != k.Operator && e.Over != k.Operator,
		k.OfferedTo != 0 && e.Operator != 0 && e.Operator != k.OfferedTo && e.Over != k.OfferedTo:
		t.refuse(NotOwner)
		return
	}
	moved := queue != k.Queue
	old, kind := k.Operator, desk.Released
	if old == 0 && k.OfferedTo != 0 {
		kind, old = desk.Lapsed, k.OfferedTo
	}
	k.Queue = queue
	held := k.Operator != 0
	t.pass(k, 0)
	t.change(k, kind, kind, e, old, "")
	t.follow(k)
	switch {
	case moved:
		t.notice(t.sentence("ticket.moved", "ticket", k.Number, "label", t.term(k.Queue), "status", string(k.Status)))
	case held:
		t.notice(t.sentence("ticket.released", "ticket", k.Number, "status", string(k.Status)))
	}
}

// target is the queue that an action names, or the ticket's own. It is not ok if there is no such queue.
func (t *turn) target(k *Ticket, e Acted) (string, bool) {
	if e.Queue == "" {
		return k.Queue, true
	}
	return e.Queue, slices.Contains(t.content.Settings.Queues, e.Queue)
}

// transfer passes the owner's ticket on to another operator or queue.
func (t *turn) transfer(k *Ticket, e Acted) {
	queue, ok := t.target(k, e)
	if !ok || e.To == k.Operator || e.To == 0 && queue == k.Queue || !e.Until.IsZero() && !e.Until.After(t.now) {
		t.refuse(NoTarget)
		return
	}
	k.Queue = queue
	switch {
	case e.To != 0 && e.Until.IsZero():
		t.give(k, e, desk.Moved, e.To, e.ToName)
	case e.To != 0:
		t.hold(k, e, desk.Moved)
	default:
		old := k.Operator
		t.pass(k, 0)
		t.change(k, desk.Moved, desk.Moved, e, old, "")
		t.follow(k)
		t.notice(t.sentence("ticket.moved", "ticket", k.Number, "label", t.term(k.Queue), "status", string(k.Status)))
	}
}

// presets are the answers with which an operator sends the citizen into a flow.
func (t *turn) presets(e Acted) ([]Slot, Refusal) {
	fl, topic := t.content.Flows[e.Flow], t.content.Topic(e.Flow)
	if fl == nil || topic == nil || isPattern(e.Flow) {
		return nil, NoTarget
	}
	var out []Slot
	for _, name := range slices.Sorted(maps.Keys(e.Slots)) {
		s, value := stepFor(fl, name), e.Slots[name]
		if s == nil {
			return nil, NoTarget
		}
		kind := s.Answer
		switch s.Kind {
		case flow.Choose:
			if _, ok := s.Leads(value); !ok {
				return nil, BadSlot
			}
		case flow.Ask:
			r := answer.Parse(s.Answer, value, t.answerContext(s))
			if !r.OK() {
				return nil, BadSlot
			}
			value, kind = r.Value, exact(s.Answer, r.Value)
		default:
			return nil, BadSlot
		}
		out = append(out, Slot{Name: name, Value: value, Kind: string(kind), By: Operator, At: t.now})
	}
	return out, ""
}

// move changes a ticket's status by its life cycle. It reports whether that was possible.
func (t *turn) move(k *Ticket, what string, e Acted, by Author) bool {
	next, err := desk.Next(k.Status, what)
	if err != nil {
		return false
	}
	k.Status = next
	t.emit(MoveTicket{Ticket: *k, Kind: what, By: by, Operator: e.Operator, Name: e.Name, Note: e.Note, OldHands: k.Operator})
	return true
}

// change is move for what comes into other hands: kind is what the history calls it.
func (t *turn) change(k *Ticket, what, kind string, e Acted, old int64, name string) {
	if next, err := desk.Next(k.Status, what); err == nil {
		k.Status = next
	}
	by := Operator
	if e.Operator == 0 {
		by = System
	}
	t.emit(MoveTicket{Ticket: *k, Kind: kind, By: by, Operator: e.Operator, Name: e.Name, Note: e.Note, OldHands: old, HandName: name})
}
