package engine

import (
	"spravka/engine/answer"
	"spravka/engine/flow"
)

// Moved says that the citizen has taken the conversation along to another channel. From is the name of the old one.
type Moved struct{ From string }

// Left begins the conversation that takes the place of one that has moved away. To is the channel it went to.
type Left struct{ To string }

func (Moved) event() {}
func (Left) event()  {}

// The flows by which a citizen goes on in another channel: the first gives the code, the second takes it.
const (
	flowMoveCode = "move-code"
	flowMoveHere = "move-here"
)

// slotMoveCode is what the second one finds the code under.
const slotMoveCode = "move_code"

// moveHere takes a message that is nothing but a move code. It reports whether it was one.
func (t *turn) moveHere(text string) bool {
	code, right, ok := answer.MoveCode(text)
	if !ok || t.content.Flows[flowMoveHere] == nil {
		return false
	}
	t.decide(DecideControl)
	if !right {
		t.notice(t.sentence("move.mistyped"))
		t.again()
		return true
	}
	t.leave(flowMoveHere)
	t.begin(flowMoveHere, Slot{Name: slotMoveCode, Value: code, At: t.now})
	return true
}

// giveMoveCode starts the flow that gives a code. It reports whether the content has one.
func (t *turn) giveMoveCode() bool {
	if t.content.Flows[flowMoveCode] == nil {
		return false
	}
	t.decide(DecideControl)
	t.leave(flowMoveCode)
	t.begin(flowMoveCode)
	return true
}

// begin starts a flow that is no topic: what the citizen was talking about stays the topic.
func (t *turn) begin(id string, preset ...Slot) {
	topic := t.c.Topic
	t.start(id, preset...)
	t.c.Topic = topic
}

// leave drops a frame of the flow, so that it begins anew: a code that was given before is of no use.
func (t *turn) leave(id string) {
	for i := range t.c.Frames {
		if t.c.Frames[i].Flow == id {
			t.c.Frames = t.c.Frames[:i]
			return
		}
	}
}

// moved goes on in the new channel at the exact place.
func (t *turn) moved(e Moved) {
	t.decide(DecideControl)
	t.c.Silence = 0
	t.c.Unreachable = false
	t.notice(t.sentence("move.arrived", "label", t.term(e.From)))
	switch f, s := t.here(); {
	case t.c.Owner != OwnerBot:
		if k := t.openTicket(); k != nil {
			t.notice(t.sentence("move.ticket", "ticket", k.Number))
		}
	case f != nil && s.Kind.Waits() && s.Kind != flow.HandOff:
		t.prompt()
	case f == nil:
		t.offer(t.sentence("menu"), t.doors())
	}
}

// left tells whoever looks at the old channel where the conversation is.
func (t *turn) left(e Left) {
	t.decide(DecideControl)
	t.c.Greeted = true
	t.notice(t.sentence("move.left", "label", t.term(e.To)))
}
