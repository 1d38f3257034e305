package console

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"spravka/engine/host"
)

// logPage is the audit log.
type logPage struct {
	Rows    []logRow
	People  []choice
	Actions []choice
	Ticket  string
	From    string // a day, as the browser's field has it
	To      string
	Next    string // the address of older lines, or ""
	Newest  string // that of the newest, or "" where they are shown
	Wrong   string
}

type logRow struct {
	host.AuditEntry
	Who     string
	Did     string
	Changes []logChange
}

// logChange is a difference in words.
type logChange struct{ Field, Before, After string }

const logMost = 50 // lines of a page

// auditGroups are the beginnings of actions by which the log can be filtered, besides single actions.
var auditGroups = []string{"login", "ticket", "file", "search", "people", "account", "notice", "canned"}

// auditActions are the actions that have words of their own; others are shown as they are.
var auditActions = []string{
	"login", "login.failed", "logout", "file.open", "search", "notice.add", "notice.end", "canned.save", "canned.delete",
	"ticket.open", "ticket.take", "ticket.release", "ticket.transfer", "ticket.reply", "ticket.ask", "ticket.ask_file", "ticket.return",
	"ticket.resolve", "ticket.merge", "ticket.reopen", "ticket.note", "ticket.fault",
	"people.invite", "people.revoke", "people.join", "people.change", "people.renew", "people.link",
	"account.password", "account.change", "account.presence", "account.sessions", "account.factor", "account.codes",
}

// auditFields are the fields of differences that have words of their own.
var auditFields = []string{"how", "name", "role", "queues", "capacity", "email", "locale", "presence", "access", "sessions", "factor", "codes", "queue", "operator", "kind", "text", "starts", "ends", "notice",
	"to", "resolution", "into", "flow"}

func (c *Console) showLog(w http.ResponseWriter, r *http.Request, v *visit) error {
	q := r.URL.Query()
	body := logPage{Ticket: strings.TrimSpace(q.Get("ticket"))}
	f := host.AuditFilter{Limit: logMost + 1, Action: q.Get("action")}
	if !slices.Contains(auditActions, f.Action) && !slices.Contains(auditGroups, f.Action) {
		f.Action = ""
	}
	if body.Ticket != "" && !numberPattern.MatchString(body.Ticket) {
		body.Ticket, body.Wrong = "", word(v.locale, "log.bad_ticket")
	}
	f.Ticket = body.Ticket
	f.Operator, _ = strconv.ParseInt(q.Get("person"), 10, 64)
	if f.Before, _ = strconv.ParseInt(q.Get("before"), 10, 64); f.Before < 0 {
		f.Before = 0
	}
	var ok bool
	if f.From, body.From, ok = c.dayOf(q.Get("from")); !ok {
		body.Wrong = word(v.locale, "log.bad_day")
	}
	if f.To, body.To, ok = c.dayOf(q.Get("to")); !ok {
		body.Wrong = word(v.locale, "log.bad_day")
	}
	if !f.To.IsZero() { // the last day counts as a whole
		f.To = f.To.AddDate(0, 0, 1)
	}
	people, err := c.Accounts.Operators(r.Context())
	if err != nil {
		return err
	}
	lines, err := c.Audit.AuditLog(r.Context(), f)
	if err != nil {
		return err
	}
	if len(lines) > logMost {
		lines = lines[:logMost]
		body.Next = logURL(q, lines[logMost-1].ID)
	}
	if f.Before > 0 {
		body.Newest = logURL(q, 0)
	}
	names := map[int64]string{}
	for _, o := range people {
		names[o.ID] = o.Name
		body.People = append(body.People, choice{itoa(o.ID), o.Name, o.ID == f.Operator})
	}
	for _, line := range lines {
		body.Rows = append(body.Rows, c.logRow(v.locale, line, names))
	}
	for _, a := range auditGroups {
		body.Actions = append(body.Actions, choice{a, word(v.locale, "log.group."+a), a == f.Action})
	}
	for _, a := range auditActions {
		if !slices.Contains(auditGroups, a) {
			body.Actions = append(body.Actions, choice{a, word(v.locale, "log.did."+a), a == f.Action})
		}
	}
	c.show(w, r, v, http.StatusOK, "log", page{Title: word(v.locale, "log.title"), Body: body})
	return nil
}

func (c *Console) logRow(locale string, line host.AuditEntry, names map[int64]string) logRow {
	row := logRow{AuditEntry: line, Who: names[line.Operator], Did: wordOr(locale, "log.did.", line.Action)}
	if row.Who == "" {
		row.Who = line.Login
	}
	for _, d := range line.Details {
		row.Changes = append(row.Changes, logChange{wordOr(locale, "log.field.", d.Field), c.logValue(locale, d.Field, d.Before), c.logValue(locale, d.Field, d.After)})
	}
	return row
}

// logValue puts a value into words.
func (c *Console) logValue(locale, field, value string) string {
	switch {
	case value == "":
		return ""
	case field == "role":
		return wordOr(locale, "role.", value)
	case field == "how":
		return wordOr(locale, "log.how.", value)
	case field == "presence":
		return wordOr(locale, "board.", value)
	case field == "queues":
		return c.queueNames(locale, strings.Split(value, ", "))
	case field == "resolution":
		return wordOr(locale, "resolution.", value)
	case field == "kind":
		return wordOr(locale, "notices.", value)
	case field == "queue", field == "flow":
		return c.term(locale, value)
	case value == "on" || value == "off":
		return word(locale, "log.switch."+value)
	}
	return value
}

// dayOf reads a day as browsers send it; "" is no day.
func (c *Console) dayOf(text string) (day time.Time, kept string, ok bool) {
	if text == "" {
		return time.Time{}, "", true
	}
	day, err := time.ParseInLocation("2006-01-02", text, c.config.Location)
	if err != nil || day.Year() < 2000 || day.Year() > 2200 {
		return time.Time{}, "", false
	}
	return day, text, true
}

// logURL is the address of the log with the same filter, from a line on.
func logURL(q url.Values, before int64) string {
	kept := url.Values{}
	for _, name := range []string{"person", "action", "ticket", "from", "to"} {
		if value := q.Get(name); value != "" && len(value) < 100 {
			kept.Set(name, value)
		}
	}
	if before > 0 {
		kept.Set("before", itoa(before))
	}
	if len(kept) == 0 {
		return Root + "log"
	}
	return Root + "log?" + kept.Encode()
}
