package engine

import (
	"slices"
	"strings"

	"spravka/engine/flow"
)

// filesGiven takes files in the middle of a flow: as the answer where they are asked for; afterwards they are added to
// what was sent; anywhere else they stay in the history, where the operator sees them.
func (t *turn) filesGiven(f *Frame, s *flow.Step, files []File, text string) {
	t.decide(DecideFlow)
	at := s
	if s.Kind != flow.File {
		at = t.askedFiles(f)
	}
	if at == s && f.Fixing != "" {
		f.Slots = slices.DeleteFunc(slices.Clone(f.Slots), func(k Slot) bool { return k.Name == s.Slot }) // others instead, not more
	}
	if at == nil {
		t.notice(t.sentence("files.kept", "count", itoa(len(files))))
	} else {
		t.keepFiles(f, at, files)
	}
	if at == s {
		passed(f, s.Name)
		if f.Fixing != "" {
			f.Step, f.Fixing, f.Force = f.Fixing, "", false
		} else {
			t.advance(f, s, flow.Next)
		}
		t.run()
		return
	}
	if text != "" {
		t.within(f, s, text, nil)
		return
	}
	t.prompt()
}

// askedFiles returns the question for files that lies behind, or nil.
func (t *turn) askedFiles(f *Frame) *flow.Step {
	fl := t.content.Flows[f.Flow]
	for i := len(f.Trail) - 1; i >= 0; i-- {
		if s := fl.Step(f.Trail[i]); s != nil && s.Kind == flow.File {
			return s
		}
	}
	return nil
}

func (t *turn) keepFiles(f *Frame, s *flow.Step, files []File) {
	limit := s.Max
	if limit == 0 {
		limit = t.content.Settings.MaxFiles
	}
	var ids []string
	if k := t.slot(s.Slot); k != nil && k.Value != "" {
		ids = strings.Split(k.Value, ";")
	}
	many := false
	for _, file := range files {
		if len(ids) == limit {
			many = true
			break
		}
		ids = append(ids, file.ID)
	}
	f.Slots = put(f.Slots, Slot{Name: s.Slot, Value: strings.Join(ids, ";"), Kind: "file", At: t.now})
	t.notice(t.sentence("files.got", "count", itoa(len(ids))))
	if many {
		t.notice(t.sentence("files.many", "want", itoa(limit)))
	}
}
