package console

import (
	"context"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"spravka/engine"
	"spravka/engine/desk"
	"spravka/engine/host"
)

const (
	// pageRows are the rows of a page.
	pageRows = 50
	// soon is how long before a term breaks the list warns. assets/due.js has the same.
	soon = 10 * time.Minute
)

// row is a ticket as the list shows it. How long somebody has waited and how much time is left are counted while it is
// drawn, and go on counting in the browser.
type row struct {
	desk.Ticket
	Mine    bool
	Offered bool // to the operator
	Urgent  bool
	Queue   string // in words, as are the next three
	Topic   string
	Reason  string
	State   string
	Term    string // "", "soon" or "late"
	LastBy  engine.Author
	Last    string
	HasFile bool
	Fresh   bool      // the citizen has written and whoever has the ticket has not answered
	print   string    // a digest of all that can be seen
	of      *openCase // from which it was made, nil for what is not open
}

type listPage struct {
	Filter listFilter
	Tabs   []tab
	Inputs []pick
	Rows   []row
	Drawn  template.HTML // the rows
	Pager  pager
	Cursor string
	Search *searchNote
}

// tab leads to a view and says how many tickets it holds.
type tab struct {
	View, URL string
	Count     int
	Here      bool
	Alarm     bool // it waits for the operator in person
}

// pick is a choice among values.
type pick struct {
	Name    string
	Choices []choice
}

type choice struct {
	Value, Name string
	Chosen      bool
}

// pager says which part of a list is shown.
type pager struct {
	From, To, All  int
	Before, Behind string // addresses, "" at the ends
}

func (c *Console) showList(w http.ResponseWriter, r *http.Request, v *visit) error {
	f := c.filterOf(r)
	s, err := c.inbox.fresh(r.Context())
	if err != nil {
		return err
	}
	who := c.viewerOf(v)
	body := listPage{Filter: f, Tabs: c.tabs(f, who, s), Inputs: c.picks(v, f)}
	title, part := word(v.locale, "list.title"), newPart(nil, pager{}, 0)
	switch f.View {
	case viewMentions:
		return c.showMentions(w, r, v, s, body)
	case viewSearch:
		err = c.search(r.Context(), v, &body)
		title = word(v.locale, "search.title", "query", f.Query)
	default:
		part, err = c.part(r.Context(), v, who, f, s)
		body.Rows, body.Pager = part.rows, part.pager
	}
	if err != nil {
		return err
	}
	if body.Drawn, err = c.drawRows(v, body.Rows); err != nil {
		return err
	}
	body.Cursor = streamCursor(listDigest(part.digest, s.counts(who)), s)
	c.show(w, r, v, http.StatusOK, "list", page{Title: title, Body: body})
	return nil
}

func (c *Console) tabs(f listFilter, who viewer, s *snapshot) []tab {
	n := s.counts(who)
	var tabs []tab
	for _, view := range listViews {
		t := tab{View: view, URL: f.URL(view), Count: n[view], Here: view == f.View}
		t.Alarm = view == viewMentions && t.Count > 0
		tabs = append(tabs, t)
	}
	return tabs
}

// picks are the filters that the form offers.
func (c *Console) picks(v *visit, f listFilter) []pick {
	make := func(name, chosen string, values []string, words func(string) string) pick {
		p := pick{Name: name}
		for _, value := range values {
			p.Choices = append(p.Choices, choice{value, words(value), value == chosen})
		}
		return p
	}
	term := func(value string) string { return c.term(v.locale, value) }
	return []pick{
		make("queue", f.Queue, c.config.Queues, term),
		make("status", f.Status, f.Statuses(), term),
		make("priority", f.Priority, priorities, func(value string) string { return word(v.locale, "priority."+value) }),
		make("channel", f.Channel, channels, func(value string) string { return word(v.locale, "channel."+value) }),
	}
}

// rows are the part of a list of open tickets that its page shows, without what depends on who looks.
func (c *Console) rows(v *visit, who viewer, f listFilter, s *snapshot, now time.Time) ([]row, pager) {
	var found []*openCase
	for _, k := range s.cases {
		if who.in(f.View, &k.Ticket) && f.passes(&k.Ticket, now) {
			found = append(found, k)
		}
	}
	f.Page = min(f.Page, max(1, (len(found)+pageRows-1)/pageRows)) // of a list that has become shorter the last page
	from := (f.Page - 1) * pageRows
	var rows []row
	for _, k := range found[from:min(len(found), from+pageRows)] {
		r := c.row(v, k)
		r.Mine, r.of = false, k
		rows = append(rows, r)
	}
	return rows, pages(f, len(rows), len(found))
}

func pages(f listFilter, shown, all int) pager {
	from := (f.Page - 1) * pageRows
	p := pager{From: from + 1, To: from + shown, All: all}
	if f.Page > 1 {
		p.Before = f.PageURL(f.Page - 1)
	}
	if p.To < all {
		p.Behind = f.PageURL(f.Page + 1)
	}
	return p
}

func (c *Console) endedRows(ctx context.Context, v *visit, who viewer, f listFilter) ([]row, pager, error) {
	filter := desk.Filter{Closed: true, Queue: f.Queue, Channel: f.Channel, Priority: desk.Priority(f.Priority), Sort: desk.ByChanged,
		Limit: pageRows, Offset: (f.Page - 1) * pageRows}
	if f.Status != "" {
		filter.Statuses = []desk.Status{desk.Status(f.Status)}
	}
	if !who.All {
		if filter.Queues = who.Queues; len(who.Queues) == 0 { // for a filter, none are all
			return nil, pager{}, nil
		}
	}
	tickets, err := c.Tickets.Tickets(ctx, filter)
	if err != nil {
		return nil, pager{}, err
	}
	counts, err := c.Tickets.Counts(ctx, filter)
	if err != nil {
		return nil, pager{}, err
	}
	rows := make([]row, 0, len(tickets))
	for _, t := range tickets {
		rows = append(rows, c.endedRow(ctx, v, t))
	}
	return rows, pages(f, len(rows), counts[0]), nil
}

func (c *Console) endedRow(ctx context.Context, v *visit, t desk.Ticket) row {
	record, err := c.Conversations.Load(ctx, t.Conversation)
	if err != nil && ctx.Err() == nil {
		c.config.Log.WarnContext(ctx, "console: a talk can't be read", "conversation", t.Conversation, "error", err)
	}
	return c.row(v, c.inbox.readCase(ctx, host.OpenTicket{Ticket: t, Version: record.Version, Seq: record.Seq}))
}

func (c *Console) row(v *visit, k *openCase) row {
	t := k.Ticket
	r := row{
		Ticket: t, Mine: t.Operator == v.operator.ID, Urgent: t.Priority == desk.Urgent,
		Queue: c.term(v.locale, t.Queue), Topic: c.term(v.locale, t.Topic), Reason: c.reason(v.locale, t.Reason),
		State: c.term(v.locale, string(t.Status)), Term: c.termState(t),
		LastBy: k.LastBy, Last: k.Last, HasFile: k.HasFile,
		Fresh: t.Operator != 0 && t.Status.Open() && t.Unread(),
	}
	r.print = k.print + r.Term
	return r
}

// termState says whether the time that was promised is nearly or wholly over.
func (c *Console) termState(t desk.Ticket) string {
	if t.Due.IsZero() || !t.Status.Open() {
		return ""
	}
	switch left := t.Due.Sub(c.config.Now()); {
	case left < 0:
		return "late"
	case left < soon:
		return "soon"
	}
	return ""
}

// reason names why a ticket was opened; a reason may carry a flow behind a colon.
func (c *Console) reason(locale, reason string) string {
	name, flow, ok := strings.Cut(reason, ":")
	if !ok || flow == "" {
		return c.term(locale, reason)
	}
	return c.term(locale, name) + ": " + c.term(locale, flow)
}

// within reports whether a text is among those that are known.
func within(text string, known ...string) bool { return slices.Contains(known, text) }
