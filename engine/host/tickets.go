package host

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"spravka/engine"
	"spravka/engine/desk"
)

// TicketService answers what citizens ask about their own cases, from the same data that operators see.
type TicketService struct {
	Store   Store
	Content func() *engine.Content
}

// maxListed bounds how many cases one reply names.
const maxListed = 10

// Call answers ticket.find and ticket.list.
func (s TicketService) Call(ctx context.Context, c ServiceCall) (engine.Answered, error) {
	r, err := s.Store.Load(ctx, c.Conversation)
	if err != nil {
		return engine.Answered{}, err
	}
	terms := s.Content().Locale(r.State.Locale).Terms
	switch c.Operation {
	case "ticket.find":
		return s.find(ctx, c, terms)
	case "ticket.list":
		return s.list(ctx, c, terms)
	}
	return engine.Answered{}, fmt.Errorf("the desk knows no operation %q", c.Operation)
}

func (s TicketService) find(ctx context.Context, c ServiceCall, terms map[string]string) (engine.Answered, error) {
	k, changes, err := s.Store.Ticket(ctx, c.With["ticket"])
	if errors.Is(err, ErrNotFound) {
		return engine.Answered{Outcome: "not_found"}, nil
	}
	if err != nil {
		return engine.Answered{}, err
	}
	data := map[string]string{"ticket": k.Number, "kind": string(k.Kind), "status": string(k.Status), "opened": k.Opened.Format(time.RFC3339)}
	if !k.Due.IsZero() && k.Status.Open() {
		data["due"] = k.Due.Format(time.RFC3339)
	}
	if k.Conversation == c.Conversation {
		// The history is shown only to who opened the case; a number alone tells how it stands and no more.
		var lines []string
		last := desk.Status("")
		for _, ch := range changes {
			if ch.Status != last {
				lines = append(lines, ch.At.In(s.Content().Calendar.Zone()).Format("02.01 15:04")+" — «"+terms[string(ch.Status)]+"»")
				last = ch.Status
			}
		}
		data["history"] = strings.Join(lines, "; ")
	}
	return engine.Answered{Outcome: "found", Data: data}, nil
}

func (s TicketService) list(ctx context.Context, c ServiceCall, terms map[string]string) (engine.Answered, error) {
	open, err := s.Store.Tickets(ctx, desk.Filter{Conversation: c.Conversation})
	if err != nil {
		return engine.Answered{}, err
	}
	ended, err := s.Store.Tickets(ctx, desk.Filter{Conversation: c.Conversation, Closed: true})
	if err != nil {
		return engine.Answered{}, err
	}
	all := append(open, ended...)
	if len(all) == 0 {
		return engine.Answered{Outcome: "none"}, nil
	}
	var lines []string
	for _, k := range all[:min(len(all), maxListed)] {
		lines = append(lines, fmt.Sprintf("%s (%s, %s): «%s»", k.Number, terms[string(k.Kind)], k.Opened.In(s.Content().Calendar.Zone()).Format("02.01.2006"), terms[string(k.Status)]))
	}
	return engine.Answered{Outcome: "some", Data: map[string]string{"count": strconv.Itoa(len(all)), "list": strings.Join(lines, "; ")}}, nil
}

// Own reports whether an operation is answered by the program itself and by no register.
func Own(operation string) bool {
	group, _, _ := strings.Cut(operation, ".")
	return group == "ticket" || group == "move" || group == "fault"
}

// Services sends each call to the service whose operations begin with the given word: "ticket" for ticket.find.
type Services map[string]Service

// Call passes the call on. The service under "" takes what no other one does.
func (s Services) Call(ctx context.Context, c ServiceCall) (engine.Answered, error) {
	group, _, _ := strings.Cut(c.Operation, ".")
	to := s[group]
	if to == nil {
		to = s[""]
	}
	if to == nil {
		return engine.Answered{}, fmt.Errorf("no service is configured for %q", c.Operation)
	}
	return to.Call(ctx, c)
}
