package flow

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/looplab/fsm"
)

func (f *Flow) compile() {
	f.machines.New = func() any { return f.newMachine() }
	f.machines.Put(f.newMachine())
}

// Advance returns the step that the outcome of a step leads to.
func (f *Flow) Advance(step, outcome string) (string, error) {
	m := f.machines.Get().(*fsm.FSM)
	m.SetState(step)
	err := m.Event(context.Background(), outcome)
	if err == nil {
		next := m.Current()
		f.machines.Put(m)
		return next, nil
	}
	// These leave a machine usable; any other error poisons it, and it is dropped.
	var same fsm.NoTransitionError
	var invalid fsm.InvalidEventError
	var unknown fsm.UnknownEventError
	switch {
	case errors.As(err, &same):
		f.machines.Put(m)
		return step, nil
	case errors.As(err, &invalid), errors.As(err, &unknown):
		f.machines.Put(m)
	}
	return "", fmt.Errorf("flow %s: step %q has no outcome %q", f.ID, step, outcome)
}

// Graph returns the flow as a Mermaid state diagram.
func (f *Flow) Graph() (string, error) {
	m := f.newMachine()
	g, err := fsm.VisualizeWithType(m, fsm.MermaidStateDiagram)
	if err != nil {
		return "", fmt.Errorf("flow %s: %w", f.ID, err)
	}
	return strings.TrimSpace(g) + "\n", nil
}
