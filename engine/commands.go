package engine

import (
	"slices"

	"spravka/engine/flow"
)

// command does what a citizen orders in the middle of a flow. It reports false where the order makes no sense here, so
// that the words can still be an answer.
func (t *turn) command(cmd string, f *Frame, s *flow.Step) bool {
	if isPattern(f.Flow) && len(t.c.Frames) > 1 && (cmd == cmdBack || cmd == cmdRestart || cmd == cmdCancel) {
		// These mean the flow that the pattern stands in for.
		t.c.Frames = t.c.Frames[:len(t.c.Frames)-1]
		if f, s = t.here(); f == nil {
			return false
		}
	}
	switch cmd {
	case cmdBack:
		t.back(f)
	case cmdCancel:
		t.cancel()
	case cmdRepeat, cmdResume:
		t.decide(DecideControl)
		t.prompt()
	case cmdRestart:
		t.decide(DecideControl)
		t.notice(t.sentence("restarted"))
		t.restart(f)
	case cmdHelp:
		t.decide(DecideControl)
		t.send(t.sentence("help.within", "title", t.title(f.Flow)), t.button(cmdBack), t.button(cmdCancel), t.button(cmdHuman))
		t.prompt()
	case cmdMenu:
		t.decide(DecideControl)
		t.offer(t.sentence("menu"), append(t.doors(), t.button(cmdResume)))
	case cmdSkip:
		return t.skip(f, s)
	case cmdDone:
		return s.Kind == flow.File && t.skip(f, s)
	case cmdHuman:
		t.decide(DecideHandOff, topicOperator)
		t.handOff("asked", "", "")
	case cmdBot:
		t.decide(DecideControl)
		t.prompt()
	case cmdLater:
		return t.later()
	case cmdTranscript:
		t.transcribe()
		t.prompt()
	case cmdMove:
		return t.giveMoveCode()
	default:
		return false
	}
	return true
}

// back returns to the question before.
func (t *turn) back(f *Frame) {
	t.decide(DecideControl)
	fl := t.content.Flows[f.Flow]
	trail := slices.Clone(f.Trail)
	for len(trail) > 0 {
		name := trail[len(trail)-1]
		trail = trail[:len(trail)-1]
		s := fl.Step(name)
		if s == nil || name == f.Step || !s.Kind.Waits() || s.Kind == flow.Confirm {
			continue
		}
		f.Trail, f.Step, f.Misses, f.Force, f.Fixing, f.Call = trail, name, 0, true, "", ""
		t.notice(t.sentence("back"))
		t.prompt()
		return
	}
	t.notice(t.sentence("back.first"), t.button(cmdCancel))
	t.prompt()
}

// cancel leaves the flow. What was told about the citizen is kept: it is not asked twice.
func (t *turn) cancel() {
	t.decide(DecideControl)
	id := t.top().Flow
	t.c.Frames = t.c.Frames[:len(t.c.Frames)-1]
	if f, _ := t.here(); f != nil {
		t.notice(t.sentence("cancelled.inner", "title", t.title(id)))
		t.backTo()
		t.run()
		return
	}
	if len(t.c.Pending) > 0 {
		t.notice(t.sentence("cancelled.inner", "title", t.title(id)))
		t.idle()
		return
	}
	t.offer(t.sentence("cancelled", "title", t.title(id)), t.doors())
}

// restart begins the flow anew and forgets what was told in it.
func (t *turn) restart(f *Frame) {
	fl := t.content.Flows[f.Flow]
	for _, s := range fl.Steps {
		if s.Personal {
			if i := find(t.c.Slots, s.Slot); i >= 0 {
				t.c.Slots = slices.Delete(t.c.Slots, i, i+1)
			}
		}
	}
	*f = Frame{Flow: f.Flow, Step: fl.Start}
	t.run()
}

// skip leaves an optional question out.
func (t *turn) skip(f *Frame, s *flow.Step) bool {
	if f.Call != "" || !s.Kind.Waits() {
		return false
	}
	if !s.Optional {
		if s.Kind == flow.Choose {
			return false
		}
		t.decide(DecideControl)
		t.notice(t.sentence("skip.not"))
		t.prompt()
		return true
	}
	t.decide(DecideControl)
	passed(f, s.Name)
	if s.Kind == flow.Ask || s.Kind == flow.Choose {
		f.Slots = put(f.Slots, Slot{Name: s.Slot, At: t.now})
	}
	t.advance(f, s, "skip")
	t.run()
	return true
}

// commandOutside does what a citizen orders while no flow is open.
func (t *turn) commandOutside(cmd string) bool {
	t.c.AskedBack = false
	switch cmd {
	case cmdHuman:
		t.decide(DecideHandOff, topicOperator)
		t.handOff("asked", "", "")
	case cmdRepeat:
		t.decide(DecideControl)
		if tp := t.content.Topic(t.c.Topic); tp != nil && t.content.Flows[tp.ID] == nil {
			t.reply(tp.ID)
			return true
		}
		t.offer(t.sentence("menu"), t.doors())
	case cmdHelp, cmdMenu, cmdRestart, cmdBack, cmdBot, cmdResume:
		t.decide(DecideControl)
		t.offer(t.sentence("menu"), t.doors())
	case cmdCancel:
		t.decide(DecideControl)
		t.offer(t.sentence("nothing_to_cancel"), t.doors())
	case cmdLater:
		return t.later()
	case cmdTranscript:
		t.transcribe()
	case cmdMove:
		return t.giveMoveCode()
	case wordsNone:
		t.decide(DecideAskBack)
		buttons := append(t.doors(), t.button(cmdHuman))
		if len(t.c.Frames) > 0 {
			buttons = append(buttons, t.button(cmdResume))
		}
		t.offer(t.sentence("none"), buttons)
	default:
		return false
	}
	return true
}
