package console

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"spravka/engine"
	"spravka/engine/desk"
)

// listMost bounds the rows of a list.
const listMost = 200

// soon is how long before a term breaks the list warns.
const soon = 10 * time.Minute

// listFilter is what the address of a list says.
type listFilter struct {
	Show  string // "open", "mine", "unassigned" or "closed"
	Queue string // "" for all
}

var listShows = []string{"open", "mine", "unassigned", "closed"}

// filterOf reads the filter. What it does not know it takes for the whole list.
func (c *Console) filterOf(r *http.Request) listFilter {
	f := listFilter{Show: r.URL.Query().Get("show"), Queue: r.URL.Query().Get("queue")}
	if !slices.Contains(listShows, f.Show) {
		f.Show = listShows[0]
	}
	if !slices.Contains(c.config.Queues, f.Queue) {
		f.Queue = ""
	}
	return f
}

// URL is the address of the list with another view.
func (f listFilter) URL(show string) string { return listURL("tickets", show, f.Queue) }

// Live is the address of its event stream.
func (f listFilter) Live() string { return listURL("tickets/live", f.Show, f.Queue) }

func listURL(path, show, queue string) string {
	q := url.Values{}
	if show != listShows[0] {
		q.Set("show", show)
	}
	if queue != "" {
		q.Set("queue", queue)
	}
	if len(q) == 0 {
		return Root + path
	}
	return Root + path + "?" + q.Encode()
}

// row is a ticket as the list shows it. Nothing in it grows with time alone: how long somebody has waited is counted
// while it is drawn.
type row struct {
	desk.Ticket
	Mine    bool
	Urgent  bool
	Queue   string // in words, as are the next three
	Topic   string
	Reason  string
	State   string
	Term    string // "", "soon" or "late"
	LastBy  engine.Author
	Last    string
	HasFile bool
}

type listPage struct {
	Filter listFilter
	Shows  []string
	Queues []choice
	Rows   []row
	Cursor string
	Full   bool // there may be more than are shown
}

type choice struct {
	Value, Name string
	Chosen      bool
}

func (c *Console) showList(w http.ResponseWriter, r *http.Request, v *visit) error {
	f := c.filterOf(r)
	rows, full, err := c.rows(r.Context(), v, f)
	if err != nil {
		return err
	}
	_, cursor := prints(rows)
	body := listPage{Filter: f, Shows: listShows, Rows: rows, Cursor: cursor, Full: full}
	for _, q := range c.config.Queues {
		body.Queues = append(body.Queues, choice{q, c.term(v.locale, q), q == f.Queue})
	}
	c.show(w, r, v, http.StatusOK, "list", page{Title: word(v.locale, "list.title"), Body: body})
	return nil
}

// rows reads the list: urgent tickets first, then the oldest.
func (c *Console) rows(ctx context.Context, v *visit, f listFilter) (rows []row, full bool, err error) {
	filter := desk.Filter{Queue: f.Queue, Closed: f.Show == "closed", Limit: listMost}
	if f.Show == "mine" {
		filter.Operator = v.operator.ID
	}
	tickets, err := c.Tickets.Tickets(ctx, filter)
	if err != nil {
		return nil, false, err
	}
	full = len(tickets) >= listMost
	tickets = slices.DeleteFunc(tickets, func(t desk.Ticket) bool { return !v.sees(t.Queue, t.Operator) })
	if f.Show == "unassigned" {
		tickets = slices.DeleteFunc(tickets, func(t desk.Ticket) bool { return t.Operator != 0 })
	}
	slices.SortStableFunc(tickets, func(a, b desk.Ticket) int {
		if a.Priority != b.Priority {
			return cmp.Compare(rank(a.Priority), rank(b.Priority))
		}
		return a.Opened.Compare(b.Opened)
	})
	for _, t := range tickets {
		rows = append(rows, c.row(ctx, v, t))
	}
	return rows, full, nil
}

func rank(p desk.Priority) int {
	if p == desk.Urgent {
		return 0
	}
	return 1
}

func (c *Console) row(ctx context.Context, v *visit, t desk.Ticket) row {
	r := row{
		Ticket: t, Mine: t.Operator == v.operator.ID, Urgent: t.Priority == desk.Urgent,
		Queue: c.term(v.locale, t.Queue), Topic: c.term(v.locale, t.Topic), Reason: c.reason(v.locale, t.Reason),
		State: c.term(v.locale, string(t.Status)), Term: c.termState(t),
	}
	r.LastBy, r.Last, r.HasFile = c.lastLine(ctx, t.Conversation)
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

// lastLine returns who spoke last in a talk and what they said. A list is still worth showing without it.
func (c *Console) lastLine(ctx context.Context, conversation int64) (by engine.Author, text string, file bool) {
	const back = 4 // notices and empty entries that may stand after it
	record, err := c.Conversations.Load(ctx, conversation)
	if err == nil {
		entries, failure := c.Conversations.History(ctx, conversation, max(0, record.Seq-back), back)
		for _, e := range slices.Backward(entries) {
			l := readLine(e)
			if l.By != engine.System && (l.Message.Text != "" || len(l.Message.Files) > 0) {
				text := l.Message.Text
				if l.By != engine.Citizen {
					text = strings.ReplaceAll(text, "**", "")
				}
				return l.By, cut(strings.Join(strings.Fields(text), " "), 160), len(l.Message.Files) > 0
			}
		}
		err = failure
	}
	if err != nil && ctx.Err() == nil {
		c.config.Log.WarnContext(ctx, "console: the last line of a talk can't be read", "conversation", conversation, "error", err)
	}
	return "", "", false
}
