package console

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"spravka/engine/desk"
)

// The views of the inbox.
const (
	viewAll        = "all" // every open ticket
	viewMine       = "mine"
	viewUnassigned = "unassigned" // nobody has taken them
	viewGroup      = "group"      // in the queues in which the operator works
	viewMentions   = "mentions"   // notes in which the operator is mentioned
	viewSolved     = "solved"     // solved and closed tickets
	viewSearch     = "search"     // what was looked for
)

// listViews are the views that have a tab, in their order.
var listViews = []string{viewMine, viewUnassigned, viewGroup, viewAll, viewMentions, viewSolved}

// listFilter is what the address of a list says.
type listFilter struct {
	View     string
	Query    string // what is looked for
	Queue    string // "" for all, as are the next three
	Priority string
	Status   string
	Channel  string
	Overdue  bool
	Page     int // from 1
}

var (
	openStatuses  = []string{string(desk.New), string(desk.InWork), string(desk.Clarify)}
	endedStatuses = []string{string(desk.Solved), string(desk.Closed)}
	priorities    = []string{string(desk.Urgent), string(desk.Normal)}
	channels      = []string{"web", "telegram", "vk", "terminal"}
)

// queryMost bounds what is looked for, in characters.
const queryMost = 200

// filterOf reads the filter. What it does not know it takes for any.
func (c *Console) filterOf(r *http.Request) listFilter {
	q := r.URL.Query()
	known := func(name string, values []string) string {
		if v := q.Get(name); slices.Contains(values, v) {
			return v
		}
		return ""
	}
	f := listFilter{
		View: known("view", listViews), Queue: known("queue", c.config.Queues), Priority: known("priority", priorities),
		Channel: known("channel", channels), Overdue: q.Get("overdue") == "1", Query: plain(q.Get("q")),
	}
	if utf8.RuneCountInString(f.Query) > queryMost {
		f.Query = string([]rune(f.Query)[:queryMost])
	}
	switch {
	case f.Query != "":
		f.View = viewSearch
	case f.View == "":
		f.View = viewAll
	}
	f.Status = known("status", f.Statuses())
	if f.View == viewSolved {
		f.Overdue = false
	}
	f.Page = 1
	if n, err := strconv.Atoi(q.Get("page")); err == nil && n > 1 && n <= 10_000 {
		f.Page = n
	}
	return f
}

// Statuses are those that tickets of this view can have.
func (f listFilter) Statuses() []string {
	switch f.View {
	case viewSolved:
		return endedStatuses
	case viewSearch:
		return slices.Concat(openStatuses, endedStatuses)
	}
	return openStatuses
}

// URL is the address of another view with the same filters.
func (f listFilter) URL(view string) string {
	f.View, f.Query, f.Page, f.Status = view, "", 1, ""
	return f.address("tickets")
}

// PageURL is the address of another page.
func (f listFilter) PageURL(page int) string {
	f.Page = page
	return f.address("tickets")
}

// Here is the list's own address.
func (f listFilter) Here() string { return f.address("tickets") }

// Live is the address of its event stream.
func (f listFilter) Live() string { return f.address("tickets/live") }

// Narrow reports whether anything but the view is chosen.
func (f listFilter) Narrow() bool {
	return f.Queue != "" || f.Priority != "" || f.Status != "" || f.Channel != "" || f.Overdue
}

func (f listFilter) address(path string) string {
	q := url.Values{}
	set := func(name, value, usual string) {
		if value != usual {
			q.Set(name, value)
		}
	}
	if f.View != viewSearch {
		set("view", f.View, viewAll)
	}
	set("q", f.Query, "")
	set("queue", f.Queue, "")
	set("priority", f.Priority, "")
	set("status", f.Status, "")
	set("channel", f.Channel, "")
	if f.Overdue {
		q.Set("overdue", "1")
	}
	if f.Page > 1 {
		q.Set("page", strconv.Itoa(f.Page))
	}
	if len(q) == 0 {
		return Root + path
	}
	return Root + path + "?" + q.Encode()
}

// viewer is who looks at a list: what is theirs, and what they may see, depends on it.
type viewer struct {
	ID     int64
	Queues []string // in which they work
	All    bool     // they see the tickets of all queues
}

// viewerOf says what is the visitor's.
func (c *Console) viewerOf(v *visit) viewer {
	who := viewer{ID: v.operator.ID, All: v.may(assigners)}
	for _, q := range c.config.Queues {
		if v.operator.Serves(q) {
			who.Queues = append(who.Queues, q)
		}
	}
	return who
}

// sees reports whether the visitor may look at a ticket.
func (v viewer) sees(t *desk.Ticket) bool {
	return v.All || t.Operator == v.ID || slices.Contains(v.Queues, t.Queue)
}

// in reports whether an open ticket belongs to a view.
func (v viewer) in(view string, t *desk.Ticket) bool {
	if !v.sees(t) {
		return false
	}
	switch view {
	case viewMine:
		return t.Operator == v.ID
	case viewUnassigned:
		return t.Operator == 0
	case viewGroup:
		return slices.Contains(v.Queues, t.Queue)
	}
	return view == viewAll
}

// passes reports whether a ticket passes the filters besides the view.
func (f listFilter) passes(t *desk.Ticket, now time.Time) bool {
	return (f.Queue == "" || f.Queue == t.Queue) && (f.Priority == "" || f.Priority == string(t.Priority)) &&
		(f.Status == "" || f.Status == string(t.Status)) && (f.Channel == "" || f.Channel == t.Channel) &&
		(!f.Overdue || !t.Due.IsZero() && t.Status.Open() && t.Due.Before(now))
}

// counts says how many tickets each view holds.
func (s *snapshot) counts(v viewer) map[string]int {
	n := map[string]int{viewMine: len(s.own[v.ID]), viewMentions: s.unread[v.ID]}
	for queue, t := range s.tally {
		mine := slices.Contains(v.Queues, queue)
		if mine {
			n[viewGroup] += t.all
			n[viewSolved] += s.ended[queue]
		}
		if mine || v.All {
			n[viewAll] += t.all
			n[viewUnassigned] += t.unassigned
		}
	}
	for _, q := range v.Queues {
		if _, open := s.tally[q]; !open {
			n[viewSolved] += s.ended[q]
		}
	}
	if v.All {
		n[viewSolved] = s.ended[""]
		return n
	}
	for _, k := range s.own[v.ID] { // one's own are seen whatever their queue
		if !slices.Contains(v.Queues, k.Queue) {
			n[viewAll]++
		}
	}
	return n
}

// wordsOf are the words of a query as the search wants them.
func wordsOf(query string) []string {
	var words []string
	for _, w := range strings.FieldsFunc(strings.ToLower(query), func(r rune) bool { return strings.ContainsRune(" \t\n,;\"«»", r) }) {
		if w = strings.ReplaceAll(w, "ё", "е"); utf8.RuneCountInString(w) >= 2 && len(words) < 10 {
			words = append(words, w)
		}
	}
	return words
}
