package console

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"spravka/engine"
	reading "spravka/engine/answer"
	"spravka/engine/desk"
	"spravka/engine/host"
)

// panels are what the actions of a ticket can be given.
type panels struct {
	Operators   []choice // to whom it can be passed on
	Queues      []choice
	Resolutions []choice
	Others      []choice // open tickets of the same citizen
	Flows       []Choice
	Canned      []filled
	People      string // who can be mentioned, as JSON for the page's script
}

// colleague is somebody who can be mentioned in a note.
type colleague struct {
	Login string `json:"login"`
	Name  string `json:"name"`
}

func (c *Console) panels(ctx context.Context, v *visit, t desk.Ticket, record host.Record, own []ownTicket, box reply) (panels, error) {
	var p panels
	operators, err := c.Accounts.Operators(ctx)
	if err != nil {
		return p, err
	}
	people := []colleague{}
	for _, o := range operators {
		if o.ID != v.operator.ID && canHave(o, t.Queue) {
			people = append(people, colleague{o.Login, o.Name})
		}
		if value := "operator:" + itoa(o.ID); o.ID != v.operator.ID && canHave(o, t.Queue) {
			name := o.Name
			if o.Presence == host.PresenceAway {
				name += " — " + word(v.locale, "board.away")
			}
			p.Operators = append(p.Operators, choice{value, name, value == box.To})
		}
	}
	for _, q := range c.config.Queues {
		if value := "queue:" + q; q != t.Queue {
			p.Queues = append(p.Queues, choice{value, c.term(v.locale, q), value == box.To})
		}
	}
	for _, r := range desk.Resolutions {
		p.Resolutions = append(p.Resolutions, choice{r, word(v.locale, "resolution."+r), r == box.Resolution})
	}
	for _, o := range own {
		if o.Number != t.Number && o.Status.Open() {
			p.Others = append(p.Others, choice{o.Number, o.Number + " " + o.Title, false})
		}
	}
	text, err := json.Marshal(people)
	if err != nil {
		return p, err
	}
	p.People = string(text)
	p.Flows = c.Content.Flows(v.locale)
	p.Canned, err = c.cannedFor(ctx, v, t, record)
	return p, err
}

// ownTicket is one of the citizen's tickets.
type ownTicket struct {
	desk.Ticket
	Title string
	State string
	Here  bool
}

// ownMost bounds the citizen's tickets that are shown.
const ownMost = 20

// ownTickets are all tickets of the citizen, the newest first.
func (c *Console) ownTickets(ctx context.Context, v *visit, t desk.Ticket) ([]ownTicket, error) {
	var own []ownTicket
	for _, closed := range []bool{false, true} {
		tickets, err := c.Tickets.Tickets(ctx, desk.Filter{Conversation: t.Conversation, Closed: closed, Sort: desk.ByNewest, Limit: ownMost})
		if err != nil {
			return nil, err
		}
		for _, k := range tickets {
			title := k.Subject
			if title == "" {
				title = c.term(v.locale, k.Topic)
			}
			own = append(own, ownTicket{Ticket: k, Title: title, State: c.term(v.locale, string(k.Status)), Here: k.Number == t.Number})
		}
	}
	slices.SortStableFunc(own, func(a, b ownTicket) int { return b.Opened.Compare(a.Opened) })
	return own, nil
}

type returnPage struct {
	Ticket    row
	Flow      Choice
	Questions []asked
	Key       string
	Wrong     string
}

// asked is a question with what is known already.
type asked struct {
	Question
	Value string
}

// showReturn asks for what a flow would ask, filled in with what is known, before the citizen is sent into it.
func (c *Console) showReturn(w http.ResponseWriter, r *http.Request, v *visit) error {
	return c.drawReturn(w, r, v, http.StatusOK, r.URL.Query().Get("flow"), nil, newKey(), "")
}

func (c *Console) drawReturn(w http.ResponseWriter, r *http.Request, v *visit, status int, flow string, slots map[string]string, key, wrong string) error {
	t, _, record, err := c.load(r.Context(), v, r.PathValue("number"))
	if err != nil {
		return err
	}
	flows := c.Content.Flows(v.locale)
	i := slices.IndexFunc(flows, func(f Choice) bool { return f.Value == flow })
	if i < 0 {
		http.Redirect(w, r, ticketURL(t.Number), http.StatusSeeOther)
		return nil
	}
	if err := c.looked(r.Context(), v, t.Number, false); err != nil {
		return err
	}
	body := returnPage{Ticket: row{Ticket: t}, Flow: flows[i], Key: key, Wrong: wrong}
	for _, q := range c.Content.Questions(v.locale, flow) {
		value, given := slots[q.Slot]
		if !given && slots == nil {
			value = toldBy(record.State, q.Slot, v.locale)
		}
		body.Questions = append(body.Questions, asked{q, value})
	}
	c.show(w, r, v, status, "return", page{Title: word(v.locale, "return.title", "number", t.Number), Here: ticketURL(t.Number), Body: body})
	return nil
}

// toldBy is what the citizen has told, as people read it.
func toldBy(state engine.Conversation, slot, locale string) string {
	for _, s := range state.Slots {
		if s.Name == slot && s.Value != "" {
			return reading.Display(reading.Kind(s.Kind), s.Value, locale)
		}
	}
	return ""
}
