package engine

import (
	"strconv"
	"time"

	"spravka/engine/desk"
)

// Notice is what everybody is to know now, as the host tells it to a turn. It is not part of the stored conversation.
type Notice struct {
	ID    int64
	Fault bool // something is broken; otherwise works are going on
	Text  string
	Until time.Time // zero if nobody knows
}

// Mended says that a fault which the citizen has reported is mended.
type Mended struct {
	Ticket string
	Text   string // what was the matter
}

func (Mended) event() {}

// warn tells a citizen who writes for the first time what everybody is to know.
func (t *turn) warn() {
	n := t.c.Notice
	if n == nil {
		return
	}
	key := "notice.works"
	if n.Fault {
		key = "notice.fault"
	}
	until := ""
	if !n.Until.IsZero() {
		until = t.moment(n.Until)
	}
	t.notice(t.sentence(key, "value", n.Text, "due", until))
}

// faultMended tells who has reported a fault that it is mended, and solves the case. A conversation that is with people
// stays with them: it may be about more than the fault.
func (t *turn) faultMended(e Mended) {
	k := t.ticket(e.Ticket)
	if k == nil || !k.Status.Open() {
		return
	}
	t.decide(DecideControl)
	text := t.sentence("notice.mended", "ticket", k.Number, "value", e.Text)
	if k.Kind == desk.HandOff {
		t.notice(text)
		return
	}
	t.endWork(k, desk.Resolved, Acted{}, Bot)
	buttons := []Button{t.caseButton(k, caseReopen), t.caseButton(k, caseRate)}
	if len(t.c.Frames) == 0 {
		t.propose(buttons)
	}
	t.notice(text, buttons...)
}

// faultNews gives flows the fault that is known now.
func (t *turn) faultNews(name string) string {
	n := t.c.Notice
	if n == nil || !n.Fault {
		return ""
	}
	if name == "notice.fault" {
		return strconv.FormatInt(n.ID, 10)
	}
	return n.Text
}
