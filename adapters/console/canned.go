package console

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"spravka/engine"
	reading "spravka/engine/answer"
	"spravka/engine/desk"
	"spravka/engine/host"
)

// filled is a canned reply with its placeholders filled in.
type filled struct {
	ID      int64    `json:"id"`
	Title   string   `json:"title"`
	Queue   string   `json:"queue"` // in words, "" for all
	Text    string   `json:"text"`
	Missing []string `json:"missing,omitempty"` // placeholders for which nothing is known
}

// holePattern is what may be filled in: {name}, {ticket}, {operator}, {@a.fact}.
var holePattern = regexp.MustCompile(`\{(@?[\p{L}\p{N}._-]{1,80})\}`)

// cannedHoles are the placeholders besides facts.
var cannedHoles = []string{"name", "ticket", "operator"}

// holesIn names the placeholders that are left in a text that is about to be sent.
func holesIn(text string) []string {
	var holes []string
	for _, m := range holePattern.FindAllStringSubmatch(text, -1) {
		if (slices.Contains(cannedHoles, m[1]) || strings.HasPrefix(m[1], "@")) && !slices.Contains(holes, m[0]) {
			holes = append(holes, m[0])
		}
	}
	return holes
}

// fill puts what is known into the placeholders of a text. What is not known stays as it is and is named.
func (c *Console) fill(v *visit, t desk.Ticket, state engine.Conversation, locale, text string) (string, []string) {
	var missing []string
	text = holePattern.ReplaceAllStringFunc(text, func(hole string) string {
		value := ""
		switch name := hole[1 : len(hole)-1]; {
		case name == "name":
			value = addressed(state, locale)
		case name == "ticket":
			value = t.Number
		case name == "operator":
			value = v.operator.Name
		case strings.HasPrefix(name, "@"):
			value, _ = c.Content.Fact(locale, name[1:])
		}
		if value == "" {
			if !slices.Contains(missing, hole) {
				missing = append(missing, hole)
			}
			return hole
		}
		return value
	})
	return text, missing
}

// addressed is how a citizen is spoken to: in Russian by name and patronymic.
func addressed(state engine.Conversation, locale string) string {
	for _, s := range state.Slots {
		if s.Kind != string(reading.FullName) {
			continue
		}
		names := strings.Fields(s.Value)
		if len(names) > 1 && locale == "ru" {
			names = names[1:min(3, len(names))]
		}
		return strings.Join(names, " ")
	}
	return ""
}

// cannedFor are the replies for a ticket's queue in the citizen's language.
func (c *Console) cannedFor(ctx context.Context, v *visit, t desk.Ticket, record host.Record) ([]filled, error) {
	all, err := c.Canned.CannedReplies(ctx)
	if err != nil {
		return nil, err
	}
	locale := record.State.Locale
	if _, ok := languages[locale]; !ok {
		locale = c.config.Locale
	}
	var out []filled
	for _, r := range all {
		if r.Locale != locale || r.Queue != "" && r.Queue != t.Queue {
			continue
		}
		f := filled{ID: r.ID, Title: r.Title, Queue: c.term(v.locale, r.Queue)}
		f.Text, f.Missing = c.fill(v, t, record.State, locale, r.Text)
		out = append(out, f)
	}
	return out, nil
}

// cannedHere are the replies for the ticket that the address names.
func (c *Console) cannedHere(r *http.Request, v *visit) ([]filled, error) {
	t, _, record, err := c.load(r.Context(), v, r.PathValue("number"))
	if err != nil {
		return nil, err
	}
	return c.cannedFor(r.Context(), v, t, record)
}

// serveCanned gives a page's script the replies for a ticket.
func (c *Console) serveCanned(w http.ResponseWriter, r *http.Request, v *visit) error {
	replies, err := c.cannedHere(r, v)
	if err != nil {
		return err
	}
	if replies == nil {
		replies = []filled{}
	}
	w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(w).Encode(replies)
}

// insert puts a canned reply behind what is in the box, for browsers without script.
func (c *Console) insert(w http.ResponseWriter, r *http.Request, v *visit, form *replyForm) error {
	replies, err := c.cannedHere(r, v)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(replies, func(f filled) bool { return f.ID == form.Canned })
	if i < 0 {
		return c.redraw(w, r, v, problem(http.StatusUnprocessableEntity, "canned.gone"), form)
	}
	box := reply{Key: form.Key, Text: strings.TrimSpace(form.Text + "\n\n" + replies[i].Text), Note: form.Note}
	if len(replies[i].Missing) > 0 {
		box.Wrong = word(v.locale, "canned.missing", "holes", strings.Join(replies[i].Missing, ", "))
	}
	return c.drawTicket(w, r, v, http.StatusOK, page{}, -1, box, noteBox{})
}

type cannedPage struct {
	Groups  []cannedGroup
	Form    cannedForm
	May     bool
	Holes   []string
	Facts   []string
	Queues  []choice
	Locales []choice
}

type cannedGroup struct {
	Locale  string
	Replies []cannedRow
}

type cannedRow struct {
	host.Canned
	QueueName string
}

type cannedForm struct {
	host.Canned
	Key, Wrong, Field string
}

// Bounds of a canned reply, in characters.
const (
	cannedTitleMost = 80
	cannedMost      = 500 // replies in all
)

func (c *Console) showCanned(w http.ResponseWriter, r *http.Request, v *visit) error {
	all, err := c.Canned.CannedReplies(r.Context())
	if err != nil {
		return err
	}
	form := cannedForm{Canned: host.Canned{Locale: v.locale}}
	if text := r.URL.Query().Get("edit"); text != "" && v.may(announcers) {
		id, _ := strconv.ParseInt(text, 10, 64)
		i := slices.IndexFunc(all, func(r host.Canned) bool { return r.ID == id })
		if i < 0 {
			return problem(http.StatusNotFound, "problem.no_page")
		}
		form.Canned = all[i]
	}
	p := page{}
	switch done := r.URL.Query().Get("done"); done {
	case "saved", "deleted", "again":
		p.Notice = &notice{map[string]string{"again": "careful"}[done], word(v.locale, "canned."+done)}
		if p.Notice.Kind == "" {
			p.Notice.Kind = "done"
		}
	}
	return c.drawCanned(w, r, v, http.StatusOK, p, all, form)
}

func (c *Console) drawCanned(w http.ResponseWriter, r *http.Request, v *visit, status int, p page, all []host.Canned, form cannedForm) error {
	if form.Key == "" {
		form.Key = newKey()
	}
	body := cannedPage{Form: form, May: v.may(announcers), Facts: c.Content.Facts(v.locale)}
	for _, h := range cannedHoles {
		body.Holes = append(body.Holes, "{"+h+"}")
	}
	for _, locale := range localeOrder {
		body.Locales = append(body.Locales, choice{locale, word(v.locale, "language."+locale), locale == form.Locale})
		g := cannedGroup{Locale: locale}
		for _, r := range all {
			if r.Locale == locale {
				g.Replies = append(g.Replies, cannedRow{r, c.term(v.locale, r.Queue)})
			}
		}
		if len(g.Replies) > 0 {
			body.Groups = append(body.Groups, g)
		}
	}
	for _, q := range c.config.Queues {
		body.Queues = append(body.Queues, choice{q, c.term(v.locale, q), q == form.Queue})
	}
	p.Title, p.Here, p.Body = word(v.locale, "canned.title"), Root+"canned", body
	c.show(w, r, v, status, "canned", p)
	return nil
}

// changeCanned stores, changes or deletes a canned reply. All the staff may read them; only who may announce things writes.
func (c *Console) changeCanned(w http.ResponseWriter, r *http.Request, v *visit) error {
	if !v.may(announcers) {
		return problem(http.StatusForbidden, "problem.role", "role", word(v.locale, "role."+v.operator.Role))
	}
	values, err := readFormOf(w, r, wordyBytes)
	if err != nil {
		return err
	}
	form := cannedForm{Key: values.Get("key")}
	form.ID, _ = strconv.ParseInt(values.Get("id"), 10, 64)
	form.Version, _ = strconv.ParseInt(values.Get("version"), 10, 64)
	form.Queue, form.Locale = values.Get("queue"), values.Get("locale")
	form.Title, form.Text = strings.Join(strings.Fields(plain(values.Get("title"))), " "), plain(values.Get("text"))
	if !keyPattern.MatchString(form.Key) {
		return problem(http.StatusBadRequest, "problem.form")
	}
	all, err := c.Canned.CannedReplies(r.Context())
	if err != nil {
		return err
	}
	refuse := func(status int, field, text string, args ...any) error {
		form.Field, form.Wrong = field, word(v.locale, text, args...)
		return c.drawCanned(w, r, v, status, page{}, all, form)
	}
	deletes := values.Get("do") == "delete"
	name := update(v.operator.ID, form.Key, "canned", values.Get("do"), itoa(form.ID), form.Queue, form.Locale, form.Title, form.Text)
	if c.forms.done(name) {
		http.Redirect(w, r, Root+"canned?done=again", http.StatusSeeOther)
		return nil
	}
	if !deletes {
		if field, text, args := c.cannedFault(form.Canned, len(all)); text != "" {
			return refuse(http.StatusUnprocessableEntity, field, text, args...)
		}
	}
	form.Changed, form.By = c.config.Now(), v.operator.Login
	action, what := "canned.save", "saved"
	if deletes {
		action, what = "canned.delete", "deleted"
		err = c.Canned.DeleteCanned(r.Context(), form.ID, form.Version)
	} else {
		_, err = c.Canned.SaveCanned(r.Context(), form.Canned)
	}
	switch {
	case errors.Is(err, host.ErrTaken):
		return refuse(http.StatusConflict, "title", "canned.taken")
	case errors.Is(err, host.ErrConflict):
		return refuse(http.StatusConflict, "text", "canned.changed")
	case errors.Is(err, host.ErrNotFound):
		return refuse(http.StatusConflict, "text", "canned.gone")
	case err != nil:
		return err
	}
	c.forms.finish(name)
	c.did(r.Context(), v, action, form.Locale+" "+form.Queue+" "+form.Title)
	http.Redirect(w, r, Root+"canned?done="+what, http.StatusSeeOther)
	return nil
}

// cannedFault says what is wrong with a reply, and in which field.
func (c *Console) cannedFault(r host.Canned, have int) (field, text string, args []any) {
	switch {
	case r.Queue != "" && !slices.Contains(c.config.Queues, r.Queue):
		return "queue", "canned.bad_queue", nil
	case languages[r.Locale] == nil:
		return "locale", "canned.bad_locale", nil
	case r.Title == "" || utf8.RuneCountInString(r.Title) > cannedTitleMost:
		return "title", "canned.bad_title", []any{"most", cannedTitleMost}
	case r.Text == "" || utf8.RuneCountInString(r.Text) > textMost:
		return "text", "canned.bad_text", []any{"most", textMost}
	case r.ID == 0 && have >= cannedMost:
		return "title", "canned.many", []any{"most", cannedMost}
	}
	var unknown []string
	for _, m := range holePattern.FindAllStringSubmatch(r.Text, -1) {
		ok := slices.Contains(cannedHoles, m[1])
		if fact, isFact := strings.CutPrefix(m[1], "@"); isFact {
			_, ok = c.Content.Fact(r.Locale, fact)
		}
		if !ok && !slices.Contains(unknown, m[0]) {
			unknown = append(unknown, m[0])
		}
	}
	if len(unknown) > 0 {
		return "text", "canned.unknown", []any{"holes", strings.Join(unknown, ", ")}
	}
	return "", "", nil
}
