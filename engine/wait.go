package engine

import (
	"time"

	"spravka/engine/desk"
)

// Waited says how the wait of a ticket stands now. The host sends it where [Notable] says that the citizen should know.
type Waited struct {
	Ticket   string
	Estimate desk.Estimate
}

func (Waited) event() {}

// Told is what a citizen was told last of a wait.
type Told struct {
	Place int       `json:"p"`
	By    time.Time `json:"b,omitzero"` // the later end of the interval; zero if none was told
	At    time.Time `json:"t"`
}

// Notable reports whether a citizen who waits should be told how the wait of their ticket stands now: they have become the
// next one, half of those before them are gone, half of the wait that they were told of is, or it has turned out longer
// than they were told. Never oftener than the rules allow, and never who wants the answer later.
func Notable(content *Content, c Conversation, ticket string, e desk.Estimate, now time.Time) bool {
	if c.Owner != OwnerQueue {
		return false
	}
	for i := range c.Tickets {
		k := &c.Tickets[i]
		if k.Number != ticket {
			continue
		}
		if k.Status != desk.New || k.Later || k.Told.At.IsZero() || now.Sub(k.Told.At) < content.Desk.TellAfter {
			return false
		}
		if e.Place <= k.Told.Place/2 {
			return true
		}
		if !e.Known {
			return false
		}
		by := content.Calendar.After(k.Queue, now, e.To)
		switch {
		case by.IsZero():
			return false
		case k.Told.By.IsZero(): // there is an interval now
			return true
		case now.After(k.Told.By):
			return true
		}
		return 2*by.Sub(now) <= k.Told.By.Sub(k.Told.At) && 2*by.Sub(now) <= k.Told.By.Sub(now)
	}
	return false
}

// waited tells the citizen.
func (t *turn) waited(e Waited) {
	if !Notable(t.content, t.c, e.Ticket, e.Estimate, t.now) {
		return // it has changed meanwhile
	}
	for i := range t.c.Tickets {
		k := &t.c.Tickets[i]
		if k.Number != e.Ticket {
			continue
		}
		t.decide(DecideControl)
		key := "wait.place"
		switch {
		case e.Estimate.Place == 1:
			key = "wait.next"
		case !k.Told.By.IsZero() && t.now.After(k.Told.By):
			key = "wait.longer"
		}
		t.notice(t.sentence(key, "ticket", k.Number, "value", itoa(e.Estimate.Place), "wait", t.wait(k.Queue, e.Estimate)), t.button(cmdLater), t.button(cmdBot))
		t.told(k, e.Estimate)
	}
}

// told notes what the citizen knows of the wait now.
func (t *turn) told(k *Ticket, e desk.Estimate) {
	k.Told = Told{Place: e.Place, At: t.now}
	if e.Known {
		k.Told.By = t.content.Calendar.After(k.Queue, t.now, e.To)
	}
}

// wait puts an estimate into words; "" if there is nothing to be told but the place.
func (t *turn) wait(queue string, e desk.Estimate) string {
	if !e.Known || !t.open(queue) {
		return "" // at night nobody can know how many will be at work in the morning
	}
	from, to := t.content.Calendar.After(queue, t.now, e.From), t.content.Calendar.After(queue, t.now, e.To)
	if to.IsZero() {
		return ""
	}
	minutes := to.Sub(t.now) == e.To && e.To <= longWait
	switch {
	case minutes && e.From == 0:
		return t.sentence("wait.up_to", "max", itoa(int(e.To/time.Minute)))
	case minutes:
		return t.sentence("wait.between", "min", itoa(int(e.From/time.Minute)), "max", itoa(int(e.To/time.Minute)))
	case e.From == 0:
		return t.sentence("wait.by", "max", t.moment(to))
	}
	return t.sentence("wait.from_by", "min", t.moment(from), "max", t.moment(to))
}

// longWait is from when on a wait is told by the clock instead of in minutes.
const longWait = 2 * time.Hour

// Wait puts an estimate into words of the conversation's language, as the citizen is told it; "" if there is nothing to be
// told but the place.
func Wait(content *Content, c Conversation, queue string, e desk.Estimate, now time.Time) string {
	t := view(content, c)
	t.now = now
	return t.wait(queue, e)
}

// later keeps the citizen's place and spares them messages about it. It reports false if nothing waits.
func (t *turn) later() bool {
	k := t.openTicket()
	if k == nil || k.Status != desk.New {
		return false
	}
	t.decide(DecideControl)
	k.Later = true
	t.notice(t.sentence("handoff.later", "ticket", k.Number), t.button(cmdBot))
	return true
}
