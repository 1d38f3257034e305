package engine

import (
	"slices"
	"time"
)

// Step plays one event. It changes neither the content nor the conversation that it is given, and the same arguments
// always have the same result.
//
// After an [OpenTicket] effect the conversation expects [TicketOpened]; after a [Call], an [Answered] with its ID.
func Step(content *Content, c Conversation, ev Event, now time.Time) (Conversation, []Effect) {
	c.Frames = slices.Clone(c.Frames)
	c.Slots = slices.Clone(c.Slots)
	c.Tickets = slices.Clone(c.Tickets)
	t := &turn{content: content, c: c, now: now, locale: content.Locale(c.Locale), lexicon: content.lexicons[content.Locale(c.Locale).Name]}
	t.effects = t.room[:0]
	t.c.Content = content.Hash
	if t.c.Owner == "" {
		t.c.Owner = OwnerBot
	}
	switch ev.(type) {
	case Opened, Said, Edited, Pressed:
		t.c.Unreachable = false
	}
	took := t.c.Took
	t.c.Took = false
	switch e := ev.(type) {
	case Opened:
		t.opened()
	case Said:
		t.said(e)
	case Edited:
		t.c.Took = took
		t.edited(e)
	case Pressed:
		t.pressed(e.Payload)
	case Reachable:
		t.c.Took, t.c.Unreachable = took, !e.Yes
	case Answered:
		t.answered(e)
	case Fired:
		t.fired(e.Name)
	case TicketOpened:
		t.ticketOpened(e)
	case Acted:
		t.acted(e)
	case Mended:
		t.faultMended(e)
	case Commented:
		t.commented(e)
	case Waited:
		t.waited(e)
	case Warned:
		t.warned(e)
	case Moved:
		t.moved(e)
	case Left:
		t.left(e)
	}
	t.finish()
	return t.c, t.effects
}
