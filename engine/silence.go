package engine

import "strings"

// fired plays a timer that came due.
func (t *turn) fired(name string) {
	if number, ok := strings.CutPrefix(name, timerClose); ok {
		t.closeCase(number)
		return
	}
	switch name {
	case timerSilence:
		t.silent()
	case timerWait:
		f, s := t.here()
		if f == nil || !f.Until || t.c.Owner != OwnerBot {
			return
		}
		f.Until = false
		t.decide(DecideFlow)
		t.advance(f, s, "next")
		t.run()
	}
}

// silent reminds a citizen who has stopped in the middle of a flow, and later takes leave. What was told is kept: the
// next message goes on at the same step.
func (t *turn) silent() {
	f, s := t.here()
	t.c.Watched = false
	if f == nil || t.c.Owner != OwnerBot || !s.Kind.Waits() || t.c.Unreachable {
		return
	}
	t.decide(DecideControl)
	t.c.Silence++
	if t.c.Silence == 1 {
		t.notice(t.sentence("silence.remind", "title", t.title(f.Flow)), t.button(cmdResume), t.button(cmdCancel), t.button(cmdHuman))
		return
	}
	t.notice(t.sentence("silence.end", "title", t.title(f.Flow)), t.button(cmdResume), t.button(cmdCancel))
}
