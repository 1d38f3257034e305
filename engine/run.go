package engine

import (
	"slices"
	"strings"

	"spravka/engine/answer"
	"spravka/engine/flow"
)

// maxHops bounds the steps that one turn may run through; flows check has proved that no circle goes without waiting.
const maxHops = 200

// start begins a flow. Preset slots are known from the button or the message that led here.
func (t *turn) start(id string, preset ...Slot) {
	for i := range t.c.Frames {
		if t.c.Frames[i].Flow == id {
			t.c.Frames = t.c.Frames[:i+1] // it is open already: come back to it
			t.run()
			return
		}
	}
	if len(t.c.Frames) >= maxFrames {
		t.c.Frames = slices.Clone(t.c.Frames[1:])
	}
	fl := t.content.Flows[id]
	f := Frame{Flow: id, Step: fl.Start}
	for _, p := range preset {
		if s := stepFor(fl, p.Name); s != nil && s.Personal {
			t.c.Slots = put(t.c.Slots, p)
			f.Told = append(f.Told, p.Name)
		} else {
			f.Slots = put(f.Slots, p)
			f.Told = append(f.Told, p.Name)
		}
	}
	t.c.Frames = append(t.c.Frames, f)
	t.c.Topic = id
	t.run()
}

func stepFor(fl *flow.Flow, slot string) *flow.Step {
	for _, s := range fl.Steps {
		if s.Slot == slot && (s.Kind == flow.Ask || s.Kind == flow.Choose || s.Kind == flow.File) {
			return s
		}
	}
	return nil
}

// run goes through the steps until one waits.
func (t *turn) run() {
	for range maxHops {
		f, s := t.here()
		if f == nil {
			t.idle()
			return
		}
		if !t.enter(f, s) {
			return
		}
	}
	t.c.Frames = nil
	t.handOff("failure", "", "")
}

// enter plays a step that the conversation has come to. It reports whether to go on at once.
func (t *turn) enter(f *Frame, s *flow.Step) bool {
	switch s.Kind {
	case flow.Say:
		t.send(t.render(t.words(f, s).Text), t.topicButtons(s.Topics)...)
		t.advance(f, s, flow.Next)
	case flow.Ask, flow.Choose, flow.File, flow.Consent, flow.Rate:
		if k := t.known(s); k != nil && !f.Force && t.spares(f, s) {
			return t.recall(f, s, *k)
		}
		t.prompt()
		return false
	case flow.Confirm:
		if s.Recalled && !f.Force && t.allTold(f, s) {
			t.advance(f, s, "yes")
			return true
		}
		t.prompt()
		return false
	case flow.Branch:
		t.advance(f, s, s.Decide(t.environment()))
	case flow.Set:
		for _, p := range s.Compute(t.environment()) {
			t.save(f, p.Name, p.From)
		}
		t.advance(f, s, flow.Next)
	case flow.Call:
		t.callService(f, s)
		return false
	case flow.Goto:
		id := s.Flow
		t.c.Frames = t.c.Frames[:len(t.c.Frames)-1]
		t.start(id)
		return false
	case flow.Sub:
		if f.Call == subCalled {
			f.Call = ""
			t.advance(f, s, flow.Next)
			return true
		}
		f.Call = subCalled
		t.start(s.Flow)
		return false
	case flow.Wait:
		if t.words(f, s).Text != nil {
			t.send(t.render(t.words(f, s).Text))
		}
		f.Until = true
		t.emit(SetTimer{Name: timerWait, Due: t.now.Add(s.For)})
		return false
	case flow.HandOff:
		reason := s.Reason
		if reason == "" {
			reason = "flow"
		}
		t.handOffStep(f, s, reason)
		return false
	case flow.Ticket:
		t.openTicketStep(f, s)
		return false
	case flow.End:
		t.end(f, s)
	}
	return true
}

// subCalled marks a frame whose step has called another flow.
const subCalled = "flow"

// spares reports whether a question whose answer is known need not be asked. A choice says what to do next, so only one
// that was made before the question came counts: coming to it again, the citizen chooses again.
func (t *turn) spares(f *Frame, s *flow.Step) bool {
	switch s.Kind {
	case flow.Ask, flow.File:
		return true
	case flow.Choose:
		return slices.Contains(f.Told, s.Slot)
	}
	return false
}

// recall goes past a question whose answer is known.
func (t *turn) recall(f *Frame, s *flow.Step, k Slot) bool {
	if k.Name != s.Slot {
		t.c.Slots = put(t.c.Slots, Slot{Name: s.Slot, Value: k.Value, Kind: k.Kind, By: k.By, At: k.At, Verified: k.Verified})
		if slices.Contains(f.Told, k.Name) {
			f.Told = append(slices.Clone(f.Told), s.Slot)
		}
	}
	passed(f, s.Name)
	outcome := flow.Next
	if s.Kind == flow.Choose {
		f.Told = slices.DeleteFunc(slices.Clone(f.Told), func(name string) bool { return name == s.Slot })
		if outcome = k.Value; outcome == "" {
			outcome = "skip"
		}
		if _, ok := s.Leads(outcome); !ok {
			t.prompt()
			return false
		}
	}
	t.advance(f, s, outcome)
	return true
}

func (t *turn) allTold(f *Frame, s *flow.Step) bool {
	for _, name := range s.Confirm {
		if i := find(t.c.Slots, name); i >= 0 && !slices.Contains(f.Told, name) {
			return false
		}
	}
	return true
}

// advance moves the frame along an outcome.
func (t *turn) advance(f *Frame, s *flow.Step, outcome string) {
	next, err := t.content.Flows[f.Flow].Advance(s.Name, outcome)
	if err != nil {
		// A call may leave out "unavailable": the pattern for a failing service then takes over.
		next = s.Name
	}
	f.Step, f.Misses, f.Force = next, 0, false
}

// accept takes an answer and goes on.
func (t *turn) accept(f *Frame, s *flow.Step, value string) {
	t.decide(DecideFlow)
	f.Force = false
	switch s.Kind {
	case flow.Confirm:
		if value == "yes" {
			passed(f, s.Name)
			t.advance(f, s, "yes")
			t.run()
			return
		}
		t.chooseFix(f, s)
		return
	case flow.Consent:
		f.Slots = put(f.Slots, Slot{Name: s.Slot, Value: value, At: t.now})
		passed(f, s.Name)
		t.advance(f, s, value)
		t.run()
		return
	case flow.Choose:
		if _, ok := s.Leads(value); !ok {
			t.miss(f, s, answer.Reading{Fit: answer.None})
			return
		}
		t.learn(f, s, value)
		passed(f, s.Name)
		if back := f.Fixing; back != "" {
			t.corrected(f, s, value, back)
			return
		}
		t.advance(f, s, value)
		t.run()
		return
	}
	t.learn(f, s, value)
	passed(f, s.Name)
	if f.Fixing != "" {
		back := f.Fixing
		f.Fixing = ""
		t.corrected(f, s, value, back)
		return
	}
	t.advance(f, s, flow.Next)
	t.run()
}

// instead takes one of the ways that an ask step offers besides an answer.
func (t *turn) instead(f *Frame, s *flow.Step, option string) {
	t.decide(DecideFlow)
	passed(f, s.Name)
	t.advance(f, s, option)
	t.run()
}

// end leaves a flow.
func (t *turn) end(f *Frame, s *flow.Step) {
	id := f.Flow
	if w := t.words(f, s); w.Text != nil {
		text, buttons := t.render(w.Text), append(t.caseButtons(f, s), t.topicButtons(s.Topics)...)
		if len(buttons) > 0 {
			t.offer(text, buttons)
		} else {
			t.send(text)
		}
	}
	t.c.Frames = t.c.Frames[:len(t.c.Frames)-1]
	if s.Cancels && len(t.c.Frames) > 0 {
		t.c.Frames = t.c.Frames[:len(t.c.Frames)-1]
	}
	if f := t.top(); f != nil {
		_, st := t.here()
		if st == nil || !(st.Kind == flow.Sub && f.Call == subCalled) {
			if isPattern(id) {
				return
			}
			t.backTo()
		}
	}
}

// backTo says what the conversation comes back to; of a repair pattern, what it stands in for.
func (t *turn) backTo() {
	for i := len(t.c.Frames) - 1; i >= 0; i-- {
		if id := t.c.Frames[i].Flow; !isPattern(id) {
			t.notice(t.sentence("back_to", "title", t.title(id)))
			return
		}
	}
}

// isPattern reports whether a flow is one of the repair patterns, which come and go without a word.
func isPattern(id string) bool { return strings.HasPrefix(id, "repair-") }

// idle is reached when no flow is open any more: what had to wait is served now.
func (t *turn) idle() {
	if len(t.c.Pending) == 0 {
		return
	}
	next := t.c.Pending[0]
	t.c.Pending = t.c.Pending[1:]
	if t.content.Topic(next) == nil {
		return
	}
	t.notice(t.sentence("pending", "title", t.title(next)))
	t.serve(next, "")
}
