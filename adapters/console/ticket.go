package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"spravka/engine"
	"spravka/engine/desk"
	"spravka/engine/host"
)

// ticketPage is a ticket with the talk behind it.
type ticketPage struct {
	Ticket  row
	Stand   standing
	Channel string // in words
	Kind    string
	Place   string // where in a flow the talk stands
	Left    bool   // the citizen takes no messages
	Path    []string
	Known   []Known
	Own     []ownTicket // all of the citizen's tickets
	Changes []changeLine
	Talk    talk
	Cursor  string // of the event stream
	Reply   reply
	Note    noteBox
	Panels  panels
	Present []present
	Marks   bool // some messages have not arrived yet
}

// changeLine is a line of a ticket's history in words.
type changeLine struct {
	desk.Change
	State string
	Who   string
	Note  string
}

// reply is the box in which the answer is written, with what was chosen beside it.
type reply struct {
	Key        string
	Text       string
	Wrong      string // what is wrong with it
	Note       string
	To         string
	Resolution string
}

// numberPattern is what may be looked up as a ticket number; anything else can't exist.
var numberPattern = regexp.MustCompile(`^[\p{L}\p{N}-]{1,40}$`)

// load reads a ticket and its conversation. An unknown number is answered with 404, forged or not, and a ticket of a
// queue that the visitor does not work in with 403.
func (c *Console) load(ctx context.Context, v *visit, number string) (desk.Ticket, []desk.Change, host.Record, error) {
	if !numberPattern.MatchString(number) {
		return desk.Ticket{}, nil, host.Record{}, problem(http.StatusNotFound, "problem.no_ticket")
	}
	t, changes, err := c.Tickets.Ticket(ctx, number)
	if errors.Is(err, host.ErrNotFound) {
		return t, nil, host.Record{}, problem(http.StatusNotFound, "problem.no_ticket")
	}
	if err != nil {
		return t, nil, host.Record{}, fmt.Errorf("the ticket can't be read: %w", err)
	}
	if !v.sees(t.Queue, t.Operator) {
		return t, nil, host.Record{}, problem(http.StatusForbidden, "problem.queue")
	}
	record, err := c.Conversations.Load(ctx, t.Conversation)
	if err != nil {
		return t, nil, record, fmt.Errorf("conversation %d of the ticket can't be read: %w", t.Conversation, err)
	}
	return t, changes, record, nil
}

func (c *Console) showTicket(w http.ResponseWriter, r *http.Request, v *visit) error {
	after := int64(-1)
	if text := r.URL.Query().Get("after"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 0 {
			return problem(http.StatusBadRequest, "problem.form")
		}
		after = n
	}
	p := page{}
	if done := r.URL.Query().Get("done"); done != "" {
		p.Notice = doneNotice(v.locale, done)
	}
	return c.drawTicket(w, r, v, http.StatusOK, p, after, reply{}, noteBox{})
}

// drawTicket shows the page of the ticket that the address names.
func (c *Console) drawTicket(w http.ResponseWriter, r *http.Request, v *visit, status int, p page, after int64, box reply, note noteBox) error {
	t, changes, record, err := c.load(r.Context(), v, r.PathValue("number"))
	if err != nil {
		return err
	}
	if err := c.looked(r.Context(), v, t.Number, false); err != nil {
		return err
	}
	body, err := c.ticketParts(r.Context(), v, t, changes, record)
	if err != nil {
		return err
	}
	if body.Talk, err = c.readTalk(r.Context(), v, t.Number, record, after); err != nil {
		return err
	}
	if body.Panels, err = c.panels(r.Context(), v, t, record, body.Own, box); err != nil {
		return err
	}
	body.Path = c.path(v.locale, body.Talk.Lines)
	body.Present = c.present(r.Context(), v, t.Number)
	body.Marks = slices.ContainsFunc(body.Talk.Lines, func(l line) bool { return l.Delivery != nil })
	c.readMentions(r.Context(), v, t.Number)
	snap, err := c.inbox.fresh(r.Context())
	if err != nil {
		return err
	}
	body.Cursor = cursor{body.Talk.Last, record.Version, body.Talk.Note, snap.last.UnixMilli(), snap.mark}.String()
	if box.Key == "" {
		box.Key = newKey()
	}
	if note.Key == "" {
		note.Key = newKey()
	}
	body.Reply, body.Note = box, note
	p.Title, p.Here, p.Body = word(v.locale, "ticket.title", "number", t.Number), ticketURL(t.Number), body
	c.show(w, r, v, status, "ticket", p)
	return nil
}

// ticketParts are all parts of the page but the talk.
func (c *Console) ticketParts(ctx context.Context, v *visit, t desk.Ticket, changes []desk.Change, record host.Record) (ticketPage, error) {
	body := ticketPage{
		Ticket: row{
			Ticket: t, Mine: t.Operator == v.operator.ID, Urgent: t.Priority == desk.Urgent,
			Queue: c.term(v.locale, t.Queue), Topic: c.term(v.locale, t.Topic), Reason: c.reason(v.locale, t.Reason),
			State: c.term(v.locale, string(t.Status)), Term: c.termState(t),
		},
		Stand:   stand(t, record.State, v.operator.ID, c.config.Now()),
		Channel: wordOr(v.locale, "channel.", t.Channel),
		Kind:    wordOr(v.locale, "kind.", string(t.Kind)),
		Place:   c.Content.Place(v.locale, record.State),
		Left:    record.State.Unreachable,
		Known:   c.Content.Known(v.locale, record.State),
	}
	names := c.operatorNames(ctx, changes)
	for _, change := range changes {
		line := changeLine{Change: change, State: c.term(v.locale, string(change.Status)), Who: change.By, Note: wordOr(v.locale, "note.", change.Note)}
		if change.Kind != "" && change.Kind != desk.Opened {
			line.Note = strings.TrimSuffix(word(v.locale, "note."+change.Kind)+": "+change.Note, ": ")
		}
		switch by := engine.Author(change.By); by {
		case engine.Citizen, engine.Bot, engine.System:
			line.Who = word(v.locale, "author."+change.By)
			if line.Note == change.Note { // the reason for which a ticket was opened
				line.Note = c.reason(v.locale, change.Note)
			}
		default:
			if name := names[change.By]; name != "" {
				line.Who = name
			}
		}
		body.Changes = append(body.Changes, line)
	}
	var err error
	body.Own, err = c.ownTickets(ctx, v, t)
	return body, err
}

// operatorNames maps logins to names. Without them the history shows logins.
func (c *Console) operatorNames(ctx context.Context, changes []desk.Change) map[string]string {
	if len(changes) == 0 {
		return nil
	}
	operators, err := c.Accounts.Operators(ctx)
	if err != nil {
		c.config.Log.WarnContext(ctx, "console: the operators can't be read", "error", err)
	}
	names := map[string]string{}
	for _, o := range operators {
		names[o.Login] = o.Name
	}
	return names
}

type takePage struct {
	Ticket row
	Stand  standing
}

// showTakeOver asks whether somebody else's ticket is really to be taken.
func (c *Console) showTakeOver(w http.ResponseWriter, r *http.Request, v *visit) error {
	t, _, record, err := c.load(r.Context(), v, r.PathValue("number"))
	if err != nil {
		return err
	}
	s := stand(t, record.State, v.operator.ID, c.config.Now())
	if s.Other == 0 {
		http.Redirect(w, r, ticketURL(t.Number), http.StatusSeeOther)
		return nil
	}
	c.show(w, r, v, http.StatusOK, "take", page{
		Title: word(v.locale, "take.title", "number", t.Number),
		Body:  takePage{Ticket: row{Ticket: t, State: c.term(v.locale, string(t.Status))}, Stand: s},
	})
	return nil
}
