package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"spravka/engine/desk"
	"spravka/engine/host"
)

// Notices are what the staff tell everybody who writes; *host.NoticeBoard is them.
type Notices interface {
	// Add stores a notice; the same request stores it once.
	Add(ctx context.Context, n desk.Notice, request string) (int64, error)
	// End ends a notice, or returns host.ErrNotFound. Those who have reported its fault are told.
	End(ctx context.Context, id int64, by string) error
	// List returns the notices that are not over, and up to past of the others, the newest first.
	List(ctx context.Context, past int) (open, over []desk.Notice, err error)
	// Join notes that a ticket reports the fault of a notice, or returns host.ErrNotFound.
	Join(ctx context.Context, id int64, ticket string) error
}

const (
	noticePast  = 20
	noticeRunes = 500
	noticeAhead = 366 * 24 * time.Hour
	faultsShown = 100
	inputTime   = "2006-01-02T15:04" // of a datetime-local field, in the zone of the desk
)

type noticesPage struct {
	Current, Planned, Over []desk.Notice
	Faults                 []desk.Ticket // open reports of faults
	Form                   url.Values
	Field, Wrong           string
}

func (c *Console) showNotices(w http.ResponseWriter, r *http.Request, v *visit) error {
	p := page{}
	if done := r.URL.Query().Get("done"); slices.Contains([]string{"added", "ended", "joined", "again"}, done) {
		kind := "done"
		if done == "again" {
			kind = "careful"
		}
		p.Notice = &notice{kind, word(v.locale, "notices.done_"+done)}
	}
	return c.listNotices(w, r, v, http.StatusOK, p, noticesPage{})
}

func (c *Console) listNotices(w http.ResponseWriter, r *http.Request, v *visit, status int, p page, body noticesPage) error {
	open, over, err := c.Notices.List(r.Context(), noticePast)
	if err != nil {
		return err
	}
	now := c.config.Now()
	body.Over = over
	for _, n := range open {
		if n.Current(now) {
			body.Current = append(body.Current, n)
		} else {
			body.Planned = append(body.Planned, n)
		}
	}
	if slices.ContainsFunc(body.Current, func(n desk.Notice) bool { return n.Kind == desk.FaultNews }) {
		if body.Faults, err = c.Tickets.Tickets(r.Context(), desk.Filter{Kinds: []desk.Kind{desk.Fault}, Limit: faultsShown}); err != nil {
			return err
		}
	}
	if body.Form == nil {
		body.Form = url.Values{"starts": {now.In(c.config.Location).Format(inputTime)}}
	}
	p.Title, p.Here, p.Body = word(v.locale, "notices.title"), Root+"notices", body
	c.show(w, r, v, status, "notices", p)
	return nil
}

// addNotice tells everybody something.
func (c *Console) addNotice(w http.ResponseWriter, r *http.Request, v *visit) error {
	form, err := readForm(w, r)
	if err != nil {
		return err
	}
	if !keyPattern.MatchString(form.Get("key")) {
		return problem(http.StatusBadRequest, "problem.form")
	}
	n, field, wrong := c.noticeOf(form)
	if wrong != "" {
		return c.listNotices(w, r, v, http.StatusUnprocessableEntity, page{}, noticesPage{Form: form, Field: field, Wrong: word(v.locale, wrong)})
	}
	n.MadeBy, n.Made = v.operator.Login, c.config.Now()
	name := update(v.operator.ID, form.Get("key"), "notice", string(n.Kind), n.Texts["ru"], n.Texts["en"], form.Get("starts"), form.Get("ends"))
	if c.forms.done(name) {
		http.Redirect(w, r, Root+"notices?done=again", http.StatusSeeOther)
		return nil
	}
	id, err := c.Notices.Add(r.Context(), n, name)
	if err != nil {
		return err
	}
	c.forms.finish(name)
	c.did(r.Context(), v, "notice.add", itoa(id), host.AuditChange{Field: "kind", After: string(n.Kind)},
		host.AuditChange{Field: "text", After: n.In(v.locale, localeOrder...)}, host.AuditChange{Field: "starts", After: form.Get("starts")}, host.AuditChange{Field: "ends", After: form.Get("ends")})
	http.Redirect(w, r, Root+"notices?done=added", http.StatusSeeOther)
	return nil
}

// noticeOf reads the form of a notice. wrong is the key of what is the matter with a field.
func (c *Console) noticeOf(form url.Values) (n desk.Notice, field, wrong string) {
	n = desk.Notice{Kind: desk.NoticeKind(form.Get("kind")), Texts: map[string]string{}}
	for _, locale := range localeOrder {
		text := strings.Join(strings.Fields(form.Get("text_"+locale)), " ")
		switch {
		case !utf8.ValidString(text) || utf8.RuneCountInString(text) > noticeRunes || strings.ContainsRune(text, 0):
			return n, "text_" + locale, "notices.bad_text"
		case text != "":
			n.Texts[locale] = text
		}
	}
	now := c.config.Now()
	starts, err := time.ParseInLocation(inputTime, form.Get("starts"), c.config.Location)
	switch {
	case n.Kind != desk.Works && n.Kind != desk.FaultNews:
		return n, "kind", "notices.bad_kind"
	case n.Texts[localeOrder[0]] == "":
		return n, "text_" + localeOrder[0], "notices.no_text"
	case err != nil || starts.Before(now.Add(-noticeAhead)) || starts.After(now.Add(noticeAhead)):
		return n, "starts", "notices.bad_time"
	}
	n.Starts = starts
	if form.Get("ends") == "" {
		if n.Kind == desk.Works {
			return n, "ends", "notices.no_end"
		}
		return n, "", ""
	}
	n.Ends, err = time.ParseInLocation(inputTime, form.Get("ends"), c.config.Location)
	switch {
	case err != nil || n.Ends.After(now.Add(noticeAhead)):
		return n, "ends", "notices.bad_time"
	case !n.Ends.After(n.Starts) || !n.Ends.After(now):
		return n, "ends", "notices.over_already"
	}
	return n, "", ""
}

// changeNotice ends a notice, or notes which reports are about its fault.
func (c *Console) changeNotice(w http.ResponseWriter, r *http.Request, v *visit) error {
	form, err := readForm(w, r)
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || id <= 0 {
		return problem(http.StatusNotFound, "problem.no_page")
	}
	done := "ended"
	switch form.Get("do") {
	case "end":
		err = c.Notices.End(r.Context(), id, v.operator.Login)
		if err == nil {
			c.did(r.Context(), v, "notice.end", itoa(id))
		}
	case "join":
		done = "joined"
		if len(form["ticket"]) == 0 || len(form["ticket"]) > faultsShown {
			return problem(http.StatusBadRequest, "notices.none_chosen")
		}
		for _, number := range form["ticket"] {
			if err = c.Notices.Join(r.Context(), id, number); err != nil {
				break
			}
			c.did(r.Context(), v, "ticket.fault", number, host.AuditChange{Field: "notice", After: itoa(id)})
		}
	default:
		return problem(http.StatusBadRequest, "problem.form")
	}
	if errors.Is(err, host.ErrNotFound) {
		return problem(http.StatusConflict, "notices.gone")
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, Root+"notices?done="+done, http.StatusSeeOther)
	return nil
}
