package engine_test

import (
	"slices"
	"strings"

	"spravka/engine"
	"spravka/engine/desk"
)

// check compares a turn with what must hold.
func (s *shift) check(d delivery, before, after engine.Conversation, w *write) {
	s.checkOwner(before, after, w)
	s.checkSpeakers(d, before, after, w)
	s.checkTickets(d, after, w)
	s.checkHeard(d, before, w)
}

// There is exactly one owner, the conversation and its hand-off agree on it, and the fence grows with each change.
func (s *shift) checkOwner(before, after engine.Conversation, w *write) {
	was := before.Owner
	if was == "" {
		was = engine.OwnerBot
	}
	switch {
	case (after.Owner == engine.OwnerOperator) != (after.Operator != 0):
		s.fail("the owner is %s %d", after.Owner, after.Operator)
	case (after.Owner != was || after.Operator != before.Operator) && after.Fence <= before.Fence, after.Fence < before.Fence:
		s.fail("the owner was %s %d and is %s %d, the fence was %d and is %d", was, before.Operator, after.Owner, after.Operator, before.Fence, after.Fence)
	}
	open := 0
	for _, k := range w.tickets {
		if k.Kind != desk.HandOff || !k.Status.Open() {
			continue
		}
		open++
		if (k.Operator != 0 || after.Owner == engine.OwnerOperator) && (after.Owner != engine.OwnerOperator || after.Operator != k.Operator) {
			s.fail("ticket %s is %d's, the conversation is %s %d's", k.Number, k.Operator, after.Owner, after.Operator)
		}
	}
	switch {
	case open > 1:
		s.fail("%d hand-offs are open at once", open)
	case open == 0 && after.Owner != engine.OwnerBot:
		s.fail("the owner is %s %d, yet no hand-off is open", after.Owner, after.Operator)
	}
}

// Only who owned before speaks, or who owns after; an operator only by an action of their own on a ticket of their own.
func (s *shift) checkSpeakers(d delivery, before, after engine.Conversation, w *write) {
	for _, say := range w.said {
		switch say.Author {
		case engine.Bot:
			if before.Owner != engine.OwnerBot && before.Owner != "" && after.Owner != engine.OwnerBot {
				s.fail("the bot said %q while the owner was %s", say.Message.Text, before.Owner)
			}
		case engine.Operator:
			a, ok := d.event.(engine.Acted)
			if !ok {
				s.fail("an operator's words without an operator: %q", say.Message.Text)
				return
			}
			k := find(s.tickets, a.Ticket)
			switch {
			case k == nil || k.Operator != a.Operator || !k.Status.Open():
				s.fail("%d spoke about %+v", a.Operator, k)
			case k.Kind == desk.HandOff && (before.Owner != engine.OwnerOperator || before.Operator != a.Operator):
				s.fail("%d spoke while the owner was %s %d", a.Operator, before.Owner, before.Operator)
			case k.Kind != desk.HandOff && (!strings.Contains(say.Message.Text, k.Number) || say.Message.About != k.Number):
				s.fail("words about %s do not say so: %q", k.Number, say.Message.Text)
			case a.Fence != 0 && a.Fence != k.Fence:
				s.fail("a page that has seen fence %d spoke at fence %d", a.Fence, k.Fence)
			case !strings.HasSuffix(say.Message.Text, a.Text):
				s.fail("%q became %q", a.Text, say.Message.Text)
			}
		}
	}
	switch d.event.(type) {
	case engine.Fired, engine.Answered:
		if len(w.said) > 0 && before.Owner != engine.OwnerBot && after.Owner != engine.OwnerBot {
			s.fail("a timer or a service said %q while the owner was %s", w.said[0].Message.Text, before.Owner)
		}
	}
	seen := map[string]bool{}
	for _, text := range s.replies {
		seen[text] = true
	}
	for _, text := range w.replies {
		if text != "" && seen[text] {
			s.fail("%q was said twice", text)
		}
		seen[text] = true
	}
}

// A ticket that is open waits, is offered or is owned; it is never lost; its fence grows when it changes hands; the
// conversation knows it as the store does; a change of its status is told, once.
func (s *shift) checkTickets(d delivery, after engine.Conversation, w *write) {
	if len(w.tickets) < len(s.tickets) {
		s.fail("a ticket is gone")
	}
	for i, k := range w.tickets {
		if k.OfferedTo != 0 && (k.Operator != 0 || k.OfferedUntil.IsZero()) || !k.Status.Open() && k.OfferedTo != 0 {
			s.fail("ticket in two hands: %+v", k)
		}
		if k.Status == desk.InWork && k.Operator == 0 || k.Status == desk.New && k.Operator != 0 {
			s.fail("ticket %s is %s, and its operator is %d", k.Number, k.Status, k.Operator)
		}
		if (k.Status == desk.Clarify) != (k.Wants != "") {
			s.fail("ticket %s is %s and wants %q", k.Number, k.Status, k.Wants)
		}
		if known := find(after.Tickets, k.Number); known != nil {
			same := *known
			same.Told, same.Later = k.Told, k.Later
			if same != k {
				s.fail("the conversation knows %+v, the store %+v", *known, k)
			}
		} else if k.Kind == desk.HandOff && k.Status.Open() {
			s.fail("the conversation has forgotten the open hand-off %s", k.Number)
		}
		if i >= len(s.tickets) {
			continue
		}
		was := s.tickets[i]
		passed := was.Operator != k.Operator || was.OfferedTo != k.OfferedTo || was.Status.Open() != k.Status.Open() && !(was.Status == desk.Solved && k.Status == desk.Closed)
		if k.Fence < was.Fence || passed && k.Fence == was.Fence {
			s.fail("ticket %s changed hands from %+v to %+v and kept its fence", k.Number, was, k)
		}
		if a, ok := d.event.(engine.Acted); ok && was.Operator != 0 && k.Operator != was.Operator && was.Status.Open() &&
			a.Operator != was.Operator && a.Over != was.Operator && !(a.Operator == 0 && a.Action == engine.Release) {
			s.fail("%d took %+v over the head of %d", a.Operator, k, was.Operator)
		}
		if a, ok := d.event.(engine.Acted); ok && a.Ticket == k.Number && passed && a.Fence != 0 && a.Fence != was.Fence {
			s.fail("a page that has seen fence %d moved %+v", a.Fence, was)
		}
		told := 0
		for _, say := range w.said {
			if say.Author == engine.System && strings.Contains(say.Message.Text, k.Number) {
				told++
			}
		}
		if was.Status != k.Status && told != 1 && !(k.Status == desk.Closed && was.Status == desk.Solved && told == 0) {
			s.fail("ticket %s went from %s to %s, and the citizen was told %d times", k.Number, was.Status, k.Status, told)
		}
	}
}

// What the citizen says is in the history once, and whoever has the conversation finds it unread.
func (s *shift) checkHeard(d delivery, before engine.Conversation, w *write) {
	want := 0
	switch d.event.(type) {
	case engine.Said, engine.Pressed:
		want = 1
	}
	if w.hears != want || slices.Contains(s.heard, d.update) {
		s.fail("a message is %d times in the history", w.hears)
	}
	if _, ok := d.event.(engine.Said); ok && before.Owner == engine.OwnerOperator &&
		!slices.ContainsFunc(w.touched, func(t engine.TouchTicket) bool { return t.By == engine.Citizen }) {
		s.fail("the owner is not shown that the citizen has written")
	}
}
