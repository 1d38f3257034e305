package host

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"spravka/engine"
	"spravka/engine/answer"
	"spravka/engine/desk"
)

// turn plays an event against a record and gathers all that has to be stored.
func (h *Host) turn(ctx context.Context, r Record, update, message string, ev engine.Event) (*Turn, error) {
	now := h.Now()
	content := h.Content()
	b := &builder{h: h, message: message, turn: &Turn{Update: update, At: now, Record: r, Outbox: h.channel(r.Peer.Channel) != nil}}
	b.turn.Record.State.Channel = r.Peer.Channel
	b.turn.Record.State.Notice = h.Notices.tell(ctx, content, r.State.Locale)
	switch e := ev.(type) {
	case engine.Answered:
		b.turn.Done = e.Call
	case engine.Fired:
		b.turn.Stop = append(b.turn.Stop, e.Name)
		if e.Calm() {
			b.turn.Priority = Calm
		}
	case engine.Edited:
		var err error
		if ev, err = h.edited(ctx, r, e); err != nil {
			return nil, err
		}
		b.message = e.Message
	}
	ev = b.staying(ev)
	if err := b.recall(ctx, ev); err != nil {
		return nil, err
	}
	// A ticket's number is known within the turn: the conversation goes on with it at once.
	for range 4 {
		state, effects := engine.Step(content, b.turn.Record.State, ev, now)
		b.turn.Record.State = state
		opened, err := b.take(ctx, effects)
		if err != nil {
			return nil, err
		}
		if opened == nil {
			break
		}
		ev = *opened
	}
	b.turn.State = encode(&b.turn.Record.State)
	b.trace()
	if !hasOutgoing(b.turn) {
		b.turn.Outbox = false
	}
	return b.turn, nil
}

func hasOutgoing(t *Turn) bool {
	for i := range t.Entries {
		if t.Entries[i].Author != engine.Citizen {
			return true
		}
	}
	return false
}

// builder gathers the effects of a step into a turn.
type builder struct {
	h       *Host
	message string // the channel's name of the citizen's message
	turn    *Turn
	decided *engine.Decided
}

func (b *builder) take(ctx context.Context, effects []engine.Effect) (opened *engine.TicketOpened, err error) {
	t := b.turn
	for _, e := range effects {
		switch e := e.(type) {
		case engine.Heard:
			b.entry(Entry{Author: engine.Citizen, Update: t.Update, Message: scoped(t.Record.Peer, b.message), Edits: e.Edits, Body: encode(&e.Message)})
			if e.Secret && b.deletable() {
				t.Errands = append(t.Errands, Errand{Kind: ErrandDelete, Message: b.message})
			}
		case engine.Say:
			b.entry(Entry{Author: e.Author, Name: e.Name, Body: encode(&e.Message)})
		case engine.Call:
			t.Calls = append(t.Calls, PendingCall{Conversation: t.Record.ID, Call: e, At: t.At})
		case engine.SetTimer:
			t.Set = append(t.Set, Timer{Conversation: t.Record.ID, Name: e.Name, Due: e.Due})
		case engine.StopTimer:
			t.Stop = append(t.Stop, e.Name)
		case engine.OpenTicket:
			if opened, err = b.open(ctx, e); err != nil {
				return nil, err
			}
		case engine.MoveTicket:
			if err := b.move(ctx, e); err != nil {
				return nil, err
			}
		case engine.RateTicket:
			if err := b.rate(ctx, e); err != nil {
				return nil, err
			}
		case engine.GiveTranscript:
			if err := b.transcript(ctx); err != nil {
				return nil, err
			}
		case engine.TouchTicket:
			t.Touched = append(t.Touched, Touch{e.Number, e.By})
		case engine.Decided:
			if before := b.decided; before != nil {
				// The second step of a turn knows the ticket; what was understood, the first one knew.
				if len(e.Topics) == 0 {
					e.Topics, e.Score = before.Topics, before.Score
				}
				if e.Why == nil {
					e.Why = before.Why
				}
				e.Secret = e.Secret || before.Secret
			}
			b.decided = &e
		case engine.Refused:
			return nil, RefusedError{e.Reason}
		}
	}
	return opened, nil
}

// deletable reports whether the channel can delete the citizen's message.
func (b *builder) deletable() bool {
	_, can := b.h.channel(b.turn.Record.Peer.Channel).(Deleting)
	return can && b.message != ""
}

// staying tells the conversation whether the citizen's message stays at the channel as it was written. Where there is no
// such channel, the citizen reads the history, which is masked.
func (b *builder) staying(ev engine.Event) engine.Event {
	stays := b.h.channel(b.turn.Record.Peer.Channel) != nil && !b.deletable()
	switch e := ev.(type) {
	case engine.Said:
		e.Stays = stays
		return e
	case engine.Edited:
		e.Stays = stays
		return e
	}
	return ev
}

func (b *builder) entry(e Entry) {
	t := b.turn
	t.Record.Seq++
	e.Conversation, e.Seq, e.At = t.Record.ID, t.Record.Seq, t.At
	t.Entries = append(t.Entries, e)
}

// trace puts what was decided beside the message that it was decided on.
func (b *builder) trace() {
	if b.decided != nil && len(b.turn.Entries) > 0 {
		b.turn.Entries[0].Trace = encode(b.decided)
	}
}

// letters begin the numbers of tickets, so that people see at once what a number belongs to.
var letters = map[desk.Kind]rune{desk.HandOff: 'О', desk.Fault: 'Т', desk.Complaint: 'Ж', desk.Suggestion: 'П', desk.Request: 'В'}

func (b *builder) open(ctx context.Context, e engine.OpenTicket) (*engine.TicketOpened, error) {
	t := b.turn
	year := t.At.In(b.h.Content().Calendar.Zone()).Year()
	letter := letters[e.Kind]
	serial, err := b.h.Store.Serial(ctx, string(letter)+"-"+strconv.Itoa(year))
	if err != nil {
		return nil, fmt.Errorf("numbering the ticket: %w", err)
	}
	// Whoever is in the queue by now is ahead, even since this very millisecond.
	ahead, err := b.h.Store.Ahead(ctx, e.Queue, e.Priority, t.At.Add(time.Millisecond))
	if err != nil {
		return nil, fmt.Errorf("finding the place in the queue: %w", err)
	}
	k := desk.Ticket{Number: answer.NewTicketNumber(letter, year%100, int(serial)), Conversation: t.Record.ID, Channel: t.Record.Peer.Channel,
		Kind: e.Kind, Queue: e.Queue, Priority: e.Priority, Status: desk.New, Reason: e.Reason, Topic: e.Topic, Subject: e.Subject,
		Language: t.Record.State.Locale, Follows: e.Follows, Fence: 1, Opened: t.At, Due: e.Due, Changed: t.At}
	var wait desk.Estimate
	if b.h.desk != nil {
		var ok bool
		if wait, ok = b.h.desk.expect(k); ok {
			ahead = wait.Place - 1
		}
	}
	t.Tickets = append(t.Tickets, k)
	t.Changes = append(t.Changes, desk.Change{Ticket: k.Number, At: t.At, Status: desk.New, Kind: desk.Opened, By: string(engine.Bot), Note: e.Reason})
	return &engine.TicketOpened{Ahead: ahead, Wait: wait, Ticket: engine.Case(k)}, nil
}

// rate puts down what the citizen thinks of a ticket.
func (b *builder) rate(ctx context.Context, e engine.RateTicket) error {
	k, err := b.ticket(ctx, e.Number)
	if err != nil {
		return fmt.Errorf("reading ticket %s: %w", e.Number, err)
	}
	note := e.Text
	if e.Rating != 0 {
		k.Rating, note = e.Rating, strconv.Itoa(e.Rating)
	}
	if e.Text != "" {
		k.RatingText = e.Text
	}
	k.Changed = b.turn.At
	b.turn.Tickets = append(b.turn.Tickets, k)
	b.turn.Changes = append(b.turn.Changes, desk.Change{Ticket: k.Number, At: b.turn.At, Status: k.Status, Kind: desk.Rated, By: string(engine.Citizen), Note: note})
	return nil
}

func (b *builder) move(ctx context.Context, e engine.MoveTicket) error {
	t := b.turn
	k, err := b.ticket(ctx, e.Ticket.Number)
	if err != nil {
		return fmt.Errorf("reading ticket %s: %w", e.Ticket.Number, err)
	}
	change := desk.Change{Ticket: k.Number, At: t.At, Status: e.Ticket.Status, Kind: e.Kind, By: string(e.By), Operator: e.Operator, From: e.OldHands,
		To: cmp.Or(e.Ticket.Operator, e.Ticket.OfferedTo), Note: e.Note}
	if e.By == engine.Operator && e.Name != "" {
		change.By = e.Name
	}
	if e.Ticket.Queue != k.Queue {
		change.Queue = e.Ticket.Queue
	}
	if e.HandName != "" {
		k.OperatorName = e.HandName
	}
	if k.Taken.IsZero() && e.Ticket.Operator != 0 {
		k.Taken = t.At
	}
	if !e.Ticket.Due.Equal(k.Due) {
		k.Escalated = false // of the term that holds no more
	}
	if e.Kind == desk.DueSoon || e.Kind == desk.Overdue {
		k.Escalated = true
	}
	n := e.Ticket
	k.Queue, k.Priority, k.Status, k.Due, k.Operator, k.Former = n.Queue, n.Priority, n.Status, n.Due, n.Operator, n.Former
	k.OfferedTo, k.OfferedUntil, k.Fence, k.Wants, k.Resolution = n.OfferedTo, n.OfferedUntil, n.Fence, n.Wants, n.Resolution
	k.MergedInto, k.Follows, k.Solved, k.Reopened, k.Changed = n.MergedInto, n.Follows, n.Solved, n.Reopened, t.At
	t.Tickets = append(t.Tickets, k)
	t.Changes = append(t.Changes, change)
	return nil
}

// recall gives the conversation back what it has forgotten of its own tickets, where the event names them.
func (b *builder) recall(ctx context.Context, ev engine.Event) error {
	state := &b.turn.Record.State
	for _, number := range engine.Named(ev) {
		if slices.ContainsFunc(state.Tickets, func(k engine.Ticket) bool { return k.Number == number }) {
			continue
		}
		k, _, err := b.h.Store.Ticket(ctx, number)
		switch {
		case errors.Is(err, ErrNotFound):
		case err != nil:
			return fmt.Errorf("reading ticket %s: %w", number, err)
		case k.Conversation == b.turn.Record.ID:
			*state = engine.Recall(*state, engine.Case(k))
		}
	}
	return nil
}

// ticket returns a ticket as this turn has left it so far.
func (b *builder) ticket(ctx context.Context, number string) (desk.Ticket, error) {
	for _, k := range slices.Backward(b.turn.Tickets) {
		if k.Number == number {
			return k, nil
		}
	}
	k, _, err := b.h.Store.Ticket(ctx, number)
	return k, err
}

// internalMark begins the update ids that the host gives itself; no channel may use it.
const internalMark = "~"

// internal names an update of the host's own. Update ids are unique within a channel, calls and timers only within their
// conversation, so the conversation is part of the name. The same timer set anew fires anew, by its due time.
func internal(conversation int64, what, which string) string {
	return internalMark + strconv.FormatInt(conversation, 10) + ":" + what + ":" + which
}
