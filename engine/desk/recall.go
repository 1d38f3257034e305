package desk

import (
	"cmp"
	"slices"
	"time"
)

// Held is a ticket that an operator has, or has been offered, as routing sees it.
type Held struct {
	Number       string
	Conversation int64
	Operator     int64
	Status       Status
	Until        time.Time // when the offer ends; zero if the ticket is the operator's
}

// Release takes a ticket from an operator and puts it back into its queue.
type Release struct {
	Ticket       string
	Conversation int64
	Operator     int64
	Why          Why
}

// Why says for what reason a ticket went back into its queue.
type Why string

// The reasons.
const (
	NotTaken Why = "not_taken" // the offer lapsed
	Left     Why = "left"      // the operator went away
)

// Recall says what has to go back into its queue now: an offer that was not taken in time, an offer to somebody who is not
// available any more, and what is in work with somebody who has been away for AwayAfter. What waits for the citizen stays.
// Operators who have no seat count as gone for ever.
func Recall(now time.Time, seats []Seat, held []Held, rules Rules) []Release {
	at := map[int64]*Seat{}
	for i := range seats {
		at[seats[i].ID] = &seats[i]
	}
	var out []Release
	for _, h := range held {
		s := at[h.Operator]
		var why Why
		switch {
		case h.Operator == 0:
		case !h.Until.IsZero() && !now.Before(h.Until):
			why = NotTaken
		case !h.Until.IsZero() && (s == nil || s.Presence != Available):
			why = Left
		case h.Until.IsZero() && h.Status == InWork && (s == nil || s.Presence != Available && now.Sub(s.Since) >= rules.AwayAfter):
			why = Left
		}
		if why != "" {
			out = append(out, Release{Ticket: h.Number, Conversation: h.Conversation, Operator: h.Operator, Why: why})
		}
	}
	slices.SortFunc(out, func(a, b Release) int { return cmp.Compare(a.Ticket, b.Ticket) })
	return out
}
