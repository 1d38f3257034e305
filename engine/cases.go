package engine

import (
	"slices"
	"strings"
	"time"

	"spravka/engine/answer"
	"spravka/engine/desk"
	"spravka/engine/flow"
	"spravka/engine/understand"
)

// casePayload begins the payloads of buttons that are about a ticket: "k:O-26-000123-4:reopen".
const casePayload = "k:"

// What such a button does.
const (
	caseReply  = "reply"  // the citizen's next message is for it
	caseReopen = "reopen" // the question is not solved
	caseShow   = "show"   // this number was meant
)

// timerClose begins the names of the timers that close solved tickets; the number follows.
const timerClose = "close:"

var zeroTime time.Time

// Named lists the tickets that an event names. Whoever runs the engine gives those to [Recall] that the conversation
// has forgotten: it keeps the newest few.
func Named(ev Event) []string {
	switch e := ev.(type) {
	case Acted:
		if e.Into != "" {
			return []string{e.Ticket, e.Into}
		}
		return []string{e.Ticket}
	case Waited:
		return []string{e.Ticket}
	case Warned:
		return []string{e.Ticket}
	case Mended:
		return []string{e.Ticket}
	case Fired:
		if number, ok := strings.CutPrefix(e.Name, timerClose); ok {
			return []string{number}
		}
	case Pressed:
		if number, _, ok := caseOf(e.Payload); ok {
			return []string{number}
		}
	}
	return nil
}

// Recall adds stored tickets of this conversation that an event names, for the length of a turn.
func Recall(c Conversation, tickets ...Ticket) Conversation {
	c.Tickets = append(slices.Clone(tickets), c.Tickets...)
	return c
}

// caseOf takes the payload of a ticket's button apart.
func caseOf(payload string) (number, verb string, ok bool) {
	rest, ok := strings.CutPrefix(payload, casePayload)
	if !ok {
		return "", "", false
	}
	code, verb, ok := strings.Cut(rest, ":")
	if !ok {
		return "", "", false
	}
	number, ok = answer.TicketOfCode(code)
	return number, verb, ok
}

func (t *turn) caseButton(k *Ticket, verb string) Button {
	label := t.caseLabel(verb)
	if verb == caseShow {
		label = k.Number
	}
	return Button{label, casePayload + answer.TicketCode(k.Number) + ":" + verb}
}

func (t *turn) caseLabel(verb string) string {
	if isMark(verb) {
		return verb[len(caseMark):]
	}
	return t.sentence("button.case." + verb)
}

// caseButtons are the buttons of the tickets that a step speaks of.
func (t *turn) caseButtons(f *Frame, s *flow.Step) (out []Button) {
	for _, p := range s.Case {
		number, verb := t.slot(p.Name), t.slot(p.From)
		if number != nil && verb != nil && (verb.Value == caseReply || verb.Value == caseReopen) {
			out = append(out, t.caseButton(&Ticket{Number: number.Value}, verb.Value))
		}
	}
	return out
}

// pressCase does what a ticket's button says. It reports false if the button means nothing any more.
func (t *turn) pressCase(payload string) bool {
	number, verb, ok := caseOf(payload)
	k := t.ticket(number)
	if ok && verb == caseShow {
		return t.showCase(number)
	}
	if !ok || k == nil {
		return false
	}
	switch {
	case verb == caseRate || isMark(verb):
		return t.rate(k, verb)
	case verb == caseReopen:
		t.reopenByCitizen(k)
		return true
	case verb == caseReply:
		if !k.Status.Open() {
			if k.Status == desk.Solved {
				t.decide(DecideControl)
				t.notice(t.solved(k), t.caseButton(k, caseReopen))
				return true
			}
			return false
		}
		t.decide(DecideControl)
		t.c.Answering, t.c.Replying = k.Number, true
		t.notice(t.sentence("ticket.answer", "ticket", k.Number), t.button(cmdCancel))
		return true
	}
	return false
}

// answering passes a message on to the ticket that it is for. It reports false where the citizen wants something else.
func (t *turn) answering(text string, files []File) bool {
	number, sure := t.c.Answering, t.c.Replying
	t.c.Answering, t.c.Replying = "", false
	k := t.ticket(number)
	if k == nil || !k.Status.Open() {
		return false
	}
	if len(files) == 0 {
		switch t.lexicon.command(normal(text), false) {
		case "", cmdDone, cmdSkip:
		case cmdCancel:
			t.decide(DecideControl)
			t.notice(t.sentence("ticket.answer.not", "ticket", k.Number))
			t.goOn()
			return true
		default:
			return false
		}
		if !sure && t.asks(text, normal(text)) && t.understand(text).Decision == understand.Answer {
			t.c.Answering = number // a question that the bot can answer is no answer; that may come yet
			return false
		}
	}
	t.decide(DecideSilent)
	if h, ok := t.effects[0].(Heard); ok {
		h.Message.About = k.Number
		t.effects[0] = h
	}
	t.emit(TouchTicket{Number: k.Number, By: Citizen})
	t.heardOf(k, files)
	if t.c.Owner == OwnerBot {
		t.goOn()
	}
	return true
}

// goOn repeats what the bot was asking before it was interrupted.
func (t *turn) goOn() {
	if f, s := t.here(); f != nil && s.Kind.Waits() && t.c.Owner == OwnerBot {
		t.prompt()
	}
}

// heardOf goes on with a ticket about which the citizen has written. What was asked for has come, unless it was a file.
func (t *turn) heardOf(k *Ticket, files []File) {
	came := k.Status == desk.Clarify && (k.Wants != desk.WantFile || len(files) > 0)
	if came {
		k.Wants = ""
		what := desk.Clarified
		if k.Operator == 0 {
			what = desk.Requeued
		}
		t.move(k, what, Acted{}, Citizen)
	}
	switch {
	case came:
		t.notice(t.sentence("ticket.clarified", "ticket", k.Number, "status", string(k.Status)))
	case k.Kind != desk.HandOff && k.Wants == desk.WantFile:
		t.notice(t.sentence("ticket.heard.file", "ticket", k.Number), t.caseButton(k, caseReply))
	case k.Kind != desk.HandOff:
		t.notice(t.sentence("ticket.heard", "ticket", k.Number), t.caseButton(k, caseReply))
	}
}

// reopenable is until when a solved ticket can be taken up again.
func (t *turn) reopenable(k *Ticket) time.Time { return k.Solved.Add(t.content.Settings.ReopenWithin) }

// reopenDay is the day until which it can be.
func (t *turn) reopenDay(k *Ticket) string {
	return t.day(t.reopenable(k).In(t.content.Calendar.Zone()))
}

// solved says that a ticket is solved, and until when it can be taken up again.
func (t *turn) solved(k *Ticket) string {
	return t.sentence("ticket.solved", "ticket", k.Number, "due", t.reopenDay(k))
}

// reopenByCitizen takes a solved ticket up again, or opens a new one that refers to it where it is closed.
func (t *turn) reopenByCitizen(k *Ticket) {
	other := t.openTicket()
	switch {
	case k.Status.Open():
		t.decide(DecideControl)
		t.notice(t.sentence("handoff.already", "ticket", k.Number))
	case k.Status == desk.Closed && k.MergedInto != "":
		t.decide(DecideControl)
		t.notice(t.sentence("ticket.merged", "ticket", k.Number, "value", k.MergedInto))
	case k.Status == desk.Closed || !t.now.Before(t.reopenable(k)):
		t.decide(DecideHandOff)
		t.notice(t.sentence("ticket.closed.new", "ticket", k.Number))
		t.follows = k.Number
		t.handOff("reopened", k.Queue, "")
	case other != nil && k.Kind == desk.HandOff:
		t.decide(DecideControl)
		t.notice(t.sentence("handoff.already", "ticket", other.Number))
	default:
		t.decide(DecideHandOff)
		t.reopen(k, Acted{}, Citizen)
		buttons := []Button{}
		if k.Kind == desk.HandOff {
			buttons = append(buttons, t.button(cmdBot))
		}
		t.notice(t.sentence("ticket.reopened", "ticket", k.Number, "status", string(k.Status)), buttons...)
	}
}

// reopenByStaff is an operator's second thought.
func (t *turn) reopenByStaff(k *Ticket, e Acted) {
	switch {
	case k.Status.Open():
		t.refuse(TicketOpen)
	case e.Operator == 0:
		t.refuse(NotOwner)
	case e.Fence != 0 && e.Fence != k.Fence:
		t.refuse(Changed)
	case k.Status != desk.Solved:
		t.refuse(TicketEnded)
	case k.Kind == desk.HandOff && t.openTicket() != nil:
		t.refuse(NoTarget) // the conversation is at the desk already, under another number
	default:
		t.decide(DecideSilent)
		t.reopen(k, e, Operator)
		t.notice(t.sentence("ticket.reopened.staff", "ticket", k.Number, "status", string(k.Status)))
	}
}

// reopen puts a solved ticket back into its queue. Its first opening and its priority stay, so it does not begin at the
// end of the line; the term is counted anew.
func (t *turn) reopen(k *Ticket, e Acted, by Author) {
	old := k.Operator
	t.pass(k, 0)
	k.Resolution = ""
	k.Reopened++
	k.Due = t.now.Add(t.content.Settings.FeedbackTerm)
	if k.Kind == desk.HandOff {
		k.Due = t.content.Calendar.NextOpen(k.Queue, t.now).Add(t.content.Settings.HandOffTerm)
	}
	next, err := desk.Next(k.Status, desk.Reopened)
	if err != nil {
		return
	}
	k.Status = next
	t.emit(MoveTicket{Ticket: *k, Kind: desk.Reopened, By: by, Operator: e.Operator, Name: e.Name, Note: e.Note, OldHands: old})
	t.emit(StopTimer{Name: timerClose + k.Number})
	if k.Kind == desk.HandOff {
		t.own(OwnerQueue, 0)
	}
	if by == Citizen {
		t.emit(TouchTicket{Number: k.Number, By: Citizen})
	}
}

// closeCase ends what nobody has taken up again. The citizen was told when that would be.
func (t *turn) closeCase(number string) {
	k := t.ticket(number)
	if k == nil || k.Status != desk.Solved || t.now.Before(t.reopenable(k)) {
		return
	}
	t.move(k, desk.Expired, Acted{}, System)
}

// merge lets a case go on under another number. It takes who has it, or, where nobody does, who has the other one.
func (t *turn) merge(k *Ticket, e Acted) {
	into := t.ticket(e.Into)
	switch {
	case into == nil || into == k || !into.Status.Open():
		t.refuse(NoTarget)
		return
	case !t.has(k, e.Operator) && (k.Operator != 0 || !t.has(into, e.Operator)):
		t.refuse(NotOwner)
		return
	}
	old := k.Operator
	t.pass(k, old)
	k.MergedInto, k.Wants, k.Resolution, k.Solved = into.Number, "", "duplicate", t.now
	t.change(k, desk.Merged, desk.Merged, e, old, "")
	if k.Priority == desk.Urgent {
		into.Priority = desk.Urgent
	}
	if !k.Due.IsZero() && (into.Due.IsZero() || k.Due.Before(into.Due)) {
		into.Due = k.Due
	}
	t.emit(MoveTicket{Ticket: *into, Kind: desk.Merged, By: Operator, Operator: e.Operator, Name: e.Name, Note: k.Number, OldHands: into.Operator})
	if t.c.Answering == k.Number {
		t.c.Answering = into.Number
	}
	t.notice(t.sentence("ticket.merged", "ticket", k.Number, "value", into.Number))
	if k.Kind == desk.HandOff && t.openTicket() == nil {
		t.own(OwnerBot, 0)
		t.c.Frames, t.c.Pending = nil, nil
	}
}

// unsolved understands that a citizen is not content with what was solved: by a ticket's number, or right after they were
// told so.
func (t *turn) unsolved(text, said string) bool {
	if len(t.c.Tickets) == 0 {
		return false
	}
	number, named := "", false
	if strings.ContainsAny(said, "0123456789") {
		number, _, named = answer.Find(answer.TicketNumber, text, answer.Context{Locale: t.locale.Name})
	}
	if named {
		k := t.ticket(number)
		if k == nil || k.Status != desk.Solved || !slices.ContainsFunc(t.locale.Commands[wordsUnsolved], func(w string) bool { return strings.Contains(said, normal(w)) }) {
			return false
		}
		t.reopenByCitizen(k)
		return true
	}
	if t.lexicon.command(said, true) != wordsUnsolved {
		return false
	}
	for _, k := range slices.Backward(t.c.Tickets) {
		if k.Status == desk.Solved && t.now.Before(t.reopenable(&k)) && slices.Contains(t.c.Offered, t.caseButton(&k, caseReopen).Payload) {
			t.reopenByCitizen(t.ticket(k.Number))
			return true
		}
	}
	return false
}

// forget keeps the newest few tickets: what has ended goes first, then what is registered and open. The hand-off that is
// open never goes.
func (t *turn) forget() {
	for len(t.c.Tickets) > maxTickets {
		at := slices.IndexFunc(t.c.Tickets, func(k Ticket) bool { return !k.Status.Open() })
		if at < 0 || at == len(t.c.Tickets)-1 {
			at = slices.IndexFunc(t.c.Tickets, func(k Ticket) bool { return k.Kind != desk.HandOff && k.Number != t.c.Answering })
		}
		t.c.Tickets = slices.Delete(t.c.Tickets, max(at, 0), max(at, 0)+1)
	}
}
