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
	Now     func() time.Time // nil is the machine's clock
}

func (s TicketService) now() time.Time {
	if s.Now == nil {
		return time.Now()
	}
	return s.Now()
}

// maxListed bounds how many cases one reply names.
const maxListed = 10

// Call answers ticket.find and ticket.list.
func (s TicketService) Call(ctx context.Context, c ServiceCall) (engine.Answered, error) {
	r, err := s.Store.Load(ctx, c.Conversation)
	if err != nil {
		return engine.Answered{}, err
	}
	switch c.Operation {
	case "ticket.find":
		return s.find(ctx, c, r.State.Locale)
	case "ticket.list":
		return s.list(ctx, c, r.State.Locale)
	}
	return engine.Answered{}, fmt.Errorf("the desk knows no operation %q", c.Operation)
}

func (s TicketService) find(ctx context.Context, c ServiceCall, locale string) (engine.Answered, error) {
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
	theirs, err := s.belongs(ctx, k, c.Conversation)
	if err != nil {
		return engine.Answered{}, err
	}
	if theirs {
		terms, view := s.Content().Locale(locale).Terms, engine.DescribeCase(s.Content(), locale, k, s.now())
		data["waits"] = view.Waits
		if k.Conversation == c.Conversation {
			data["may"] = view.May // its buttons work in its own conversation only
		}
		if view.Late {
			data["late"] = "yes"
		}
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

func (s TicketService) list(ctx context.Context, c ServiceCall, locale string) (engine.Answered, error) {
	all := desk.Filter{Conversation: c.Conversation, Statuses: []desk.Status{desk.New, desk.InWork, desk.Clarify, desk.Solved, desk.Closed}, Sort: desk.ByNewest, Limit: maxListed}
	counts, err := s.Store.Counts(ctx, all)
	if err != nil {
		return engine.Answered{}, err
	}
	newest, err := s.Store.Tickets(ctx, all)
	if err != nil {
		return engine.Answered{}, err
	}
	if len(newest) == 0 {
		return engine.Answered{Outcome: "none"}, nil
	}
	var lines []string
	for _, k := range newest {
		lines = append(lines, engine.DescribeCase(s.Content(), locale, k, s.now()).Line)
	}
	data := map[string]string{"count": strconv.Itoa(counts[0]), "list": strings.Join(lines, "; ")}
	if more := counts[0] - len(newest); more > 0 {
		data["more"] = strconv.Itoa(more)
	}
	return engine.Answered{Outcome: "some", Data: data}, nil
}

// belongs reports whether a ticket is of the conversation, or of another one of the same person.
func (s TicketService) belongs(ctx context.Context, k desk.Ticket, conversation int64) (bool, error) {
	if k.Conversation == conversation {
		return true, nil
	}
	n, err := s.Store.Counts(ctx, desk.Filter{Conversation: conversation, Text: k.Number, Statuses: []desk.Status{k.Status}})
	return err == nil && n[0] > 0, err
}

// OwnServices are the services that the program itself answers, with the registers for everything else.
func OwnServices(h func() *Host, store interface {
	Store
	Moves
}, board *NoticeBoard, content func() *engine.Content, now func() time.Time, registers Service) Services {
	notices := NoticeService{Board: board, Content: content, Next: registers, Load: func(ctx context.Context, id int64) (Record, error) { return h().Load(ctx, id) }}
	return Services{"": registers, "ticket": TicketService{Store: store, Content: content, Now: now}, "move": MoveService{Host: h, Store: store},
		"works": notices, "fault": notices}
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
