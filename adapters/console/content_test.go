package console

import (
	"strings"
	"testing"

	"spravka/engine"
	"spravka/engine/flow/flowtest"
)

// Many steps ask for nothing that has a name: the place is the flow alone then, and never shows what only programs call it.
func TestPlaceOfEveryStep(t *testing.T) {
	content := engine.NewContent(flowtest.Load(t, flowtest.Shipped(t)), deaf{})
	asking, silent := 0, 0
	for name, flow := range content.Flows {
		for _, step := range flow.Steps {
			place := WordsOf(content).Place("ru", engine.Conversation{Frames: []engine.Frame{{Flow: name, Step: step.Name}}})
			title, asks, both := strings.Cut(place, " → ")
			if both {
				asking++
			} else {
				silent++
			}
			if title == "" || both && asks == "" || asks == step.Slot {
				t.Errorf("%s, step %s: the place is %q", name, step.Name, place)
			}
		}
	}
	if asking == 0 || silent == 0 {
		t.Errorf("%d steps ask, %d do not", asking, silent)
	}
}
