package engine

import (
	"spravka/engine/answer"
	"spravka/engine/flow"
)

// Question is an answer that a flow asks for, in words.
type Question struct {
	Slot    string
	Label   string
	Options []answer.Option // for a choice among these
}

// Questions lists what a flow asks for, in the order of its file, each slot once. Codes are left out: only the citizen
// can have one. nil if there is no such flow.
func Questions(content *Content, locale, id string) []Question {
	f := content.Flows[id]
	if f == nil {
		return nil
	}
	t := view(content, Conversation{Locale: locale, Frames: []Frame{{Flow: id, Step: f.Start}}})
	var out []Question
	seen := map[string]bool{}
	for _, s := range f.Steps {
		if s.Slot == "" || seen[s.Slot] || s.Kind != flow.Ask && s.Kind != flow.Choose || s.Kind == flow.Ask && s.Answer == answer.Code {
			continue
		}
		seen[s.Slot] = true
		q := Question{Slot: s.Slot, Label: t.label(s.Slot)}
		if s.Kind == flow.Choose {
			q.Options = t.options(s)
		}
		out = append(out, q)
	}
	return out
}
