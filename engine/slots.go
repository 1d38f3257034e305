package engine

import (
	"slices"

	"spravka/engine/answer"
	"spravka/engine/flow"
)

// Bounds of what a conversation remembers: its size must not grow with its length.
const (
	maxFrames  = 4
	maxTrail   = 24
	maxSlots   = 60
	maxTickets = 5
)

func (t *turn) top() *Frame {
	if n := len(t.c.Frames); n > 0 {
		return &t.c.Frames[n-1]
	}
	return nil
}

// here returns the frame and the step where the conversation stands, or nil outside flows.
func (t *turn) here() (*Frame, *flow.Step) {
	f := t.top()
	if f == nil {
		return nil, nil
	}
	fl := t.content.Flows[f.Flow]
	if fl == nil {
		return nil, nil
	}
	s := fl.Step(f.Step)
	if s == nil {
		return nil, nil
	}
	return f, s
}

// slot finds what is known under a name: in the flow first, then of the citizen.
func (t *turn) slot(name string) *Slot {
	if f := t.top(); f != nil {
		if i := find(f.Slots, name); i >= 0 {
			return &f.Slots[i]
		}
	}
	if i := find(t.c.Slots, name); i >= 0 {
		return &t.c.Slots[i]
	}
	return nil
}

func find(list []Slot, name string) int {
	for i := range list {
		if list[i].Name == name {
			return i
		}
	}
	return -1
}

func put(list []Slot, s Slot) []Slot {
	list = slices.Clone(list)
	if i := find(list, s.Name); i >= 0 {
		list[i] = s
		return list
	}
	if len(list) >= maxSlots {
		list = list[1:]
	}
	return append(list, s)
}

// accepts reports whether a value of kind have answers a question of kind want.
func accepts(want, have answer.Kind) bool {
	switch want {
	case answer.SNILSOrINN:
		return have == answer.SNILS || have == answer.INN
	case answer.Contact:
		return have == answer.Phone || have == answer.Email
	}
	return want == have
}

// exact is the kind that a value given to an either-or question really has.
func exact(kind answer.Kind, value string) answer.Kind {
	switch kind {
	case answer.SNILSOrINN, answer.Contact:
		if k := answer.KindOf(value); k != "" {
			return k
		}
	}
	return kind
}

// known returns what is known for a step's question. A personal answer given under another name counts as well: who has
// told a SNILS is not asked for "SNILS or INN".
func (t *turn) known(s *flow.Step) *Slot {
	if s.Answer == answer.Code {
		return nil // used once and forgotten
	}
	if k := t.slot(s.Slot); k != nil {
		return k
	}
	if !s.Personal {
		return nil
	}
	for i := range t.c.Slots {
		if k := &t.c.Slots[i]; accepts(s.Answer, answer.Kind(k.Kind)) && t.sameRole(s, k) {
			return k
		}
	}
	return nil
}

// sameRole keeps apart slots of one kind that two steps of a flow ask for under names of their own.
func (t *turn) sameRole(s *flow.Step, k *Slot) bool {
	fl := t.content.Flows[t.top().Flow]
	for _, other := range fl.Steps {
		if other != s && other.Slot == k.Name && accepts(s.Answer, other.Answer) {
			return false
		}
	}
	return true
}

// learn keeps an answer to a step's question.
func (t *turn) learn(f *Frame, s *flow.Step, value string) {
	slot := Slot{Name: s.Slot, Value: value, Kind: string(exact(s.Answer, value)), At: t.now}
	if !s.Personal {
		f.Slots = put(f.Slots, slot)
		return
	}
	t.c.Slots = put(t.c.Slots, slot)
	if !slices.Contains(f.Told, s.Slot) {
		f.Told = append(slices.Clone(f.Told), s.Slot)
	}
}

// save keeps a value that came from a service or was worked out; it belongs to the flow.
func (t *turn) save(f *Frame, name, value string) {
	f.Slots = put(f.Slots, Slot{Name: name, Value: value, By: System, At: t.now})
}

// passed adds a step to the trail.
func passed(f *Frame, step string) {
	f.Trail = append(slices.Clone(f.Trail), step)
	if len(f.Trail) > maxTrail {
		f.Trail = f.Trail[len(f.Trail)-maxTrail:]
	}
}
