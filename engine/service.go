package engine

import (
	"slices"

	"spravka/engine/answer"
	"spravka/engine/flow"
)

// callService asks a service. The citizen is answered meanwhile; the flow goes on when the answer comes.
func (t *turn) callService(f *Frame, s *flow.Step) {
	if f.Call != "" {
		return // it is being asked already
	}
	with := make(map[string]string, len(s.With))
	for _, p := range s.With {
		if k := t.slot(p.From); k != nil {
			with[p.Name] = k.Value
		} else {
			with[p.Name] = t.computed(p.From)
		}
	}
	f.Slots = slices.DeleteFunc(slices.Clone(f.Slots), func(k Slot) bool { return k.Kind == string(answer.Code) })
	f.Call = t.callID()
	passed(f, s.Name)
	if w := t.words(f, s); w.Text != nil {
		t.notice(t.render(w.Text))
	}
	t.emit(Call{ID: f.Call, Operation: s.Call, With: with})
}

// answered takes in what a service has said. An answer that nobody waits for any more is dropped.
func (t *turn) answered(e Answered) {
	at := -1
	for i := range t.c.Frames {
		if t.c.Frames[i].Call == e.Call {
			at = i
		}
	}
	if at < 0 {
		return
	}
	f := &t.c.Frames[at]
	f.Call = ""
	if t.c.Owner != OwnerBot {
		return // a human has taken over; after they return the conversation the step asks anew
	}
	t.c.Frames = t.c.Frames[:at+1]
	fl := t.content.Flows[f.Flow]
	if fl == nil || fl.Step(f.Step) == nil || fl.Step(f.Step).Kind != flow.Call {
		t.repair()
		return
	}
	s := fl.Step(f.Step)
	t.decide(DecideFlow)
	outcome := e.Outcome
	if _, ok := s.Leads(outcome); !ok {
		outcome = Unavailable
	}
	if _, ok := s.Leads(outcome); !ok {
		t.start(patternService)
		return
	}
	for _, p := range s.Save {
		t.save(f, p.Name, e.Data[p.From])
	}
	if outcome != Unavailable {
		t.verify(f, s, outcome)
	}
	t.advance(f, s, outcome)
	t.run()
}

// patternService is the flow that stands in where a service does not answer and the flow does not say what then.
const patternService = "repair-service"

// verify marks what a register has confirmed.
func (t *turn) verify(f *Frame, s *flow.Step, outcome string) {
	if outcome != "match" && outcome != "found" {
		return
	}
	for _, p := range s.With {
		if i := find(t.c.Slots, p.From); i >= 0 {
			t.c.Slots[i].Verified = true
		}
	}
}
