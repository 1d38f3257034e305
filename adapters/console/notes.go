package console

import (
	"context"
	"errors"
	"html/template"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"spravka/engine/host"
)

// noteMost bounds a note, in characters.
const noteMost = 5000

// noteLine is a note as the talk shows it.
type noteLine struct {
	host.Note
	Day  string // set on the first line of a day
	Mine bool
}

// noteBox is the box in which a note is written.
type noteBox struct {
	Key, Text, Wrong string
}

var mentionPattern = regexp.MustCompile(`(?:^|[^\p{L}\p{N}@._-])@([a-z0-9][a-z0-9._-]{1,31})`)

// mentionsIn finds the operators whom a note mentions, and the logins that nobody has.
func mentionsIn(text string, operators []host.Operator) (ids []int64, unknown []string) {
	for _, m := range mentionPattern.FindAllStringSubmatch(strings.ToLower(text), 50) {
		login := strings.TrimRight(m[1], ".-_")
		i := slices.IndexFunc(operators, func(o host.Operator) bool { return o.Login == login && !o.Disabled })
		switch {
		case i < 0 && !slices.Contains(unknown, login):
			unknown = append(unknown, login)
		case i >= 0 && !slices.Contains(ids, operators[i].ID):
			ids = append(ids, operators[i].ID)
		}
	}
	return ids, unknown
}

// markMentions makes mentions in a note stand out.
func markMentions(text string) template.HTML {
	var out strings.Builder
	from := 0
	for _, m := range mentionPattern.FindAllStringSubmatchIndex(strings.ToLower(text), 50) {
		if len(text) != len(strings.ToLower(text)) {
			break // a letter whose lower case has another length: the places would not fit
		}
		out.WriteString(template.HTMLEscapeString(text[from : m[2]-1]))
		out.WriteString(`<strong class="mention">` + template.HTMLEscapeString(text[m[2]-1:m[3]]) + `</strong>`)
		from = m[3]
	}
	out.WriteString(template.HTMLEscapeString(text[from:]))
	return template.HTML(out.String())
}

// writeNote stores a note on a ticket. Anybody who sees the ticket may write one, whoever has it and even when it has
// ended. Notes are kept apart from the talk: no channel can ever send one.
func (c *Console) writeNote(w http.ResponseWriter, r *http.Request, v *visit) error {
	form, err := readFormOf(w, r, wordyBytes)
	if err != nil {
		return err
	}
	t, _, _, err := c.load(r.Context(), v, r.PathValue("number"))
	if err != nil {
		return err
	}
	box := noteBox{Key: form.Get("key"), Text: plain(form.Get("text"))}
	if !keyPattern.MatchString(box.Key) {
		return problem(http.StatusBadRequest, "problem.form")
	}
	refuse := func(status int, text string, args ...any) error {
		box.Wrong = word(v.locale, text, args...)
		return c.drawTicket(w, r, v, status, page{}, -1, reply{}, box)
	}
	if box.Text == "" {
		return refuse(http.StatusUnprocessableEntity, "note.empty")
	}
	if n := utf8.RuneCountInString(box.Text); n > noteMost {
		return refuse(http.StatusUnprocessableEntity, "note.long", "count", n, "most", noteMost)
	}
	operators, err := c.Accounts.Operators(r.Context())
	if err != nil {
		return err
	}
	mentioned, unknown := mentionsIn(box.Text, operators)
	mentioned = slices.DeleteFunc(mentioned, func(id int64) bool { return id == v.operator.ID })
	name := update(v.operator.ID, box.Key, "note", t.Number, box.Text)
	_, err = c.Notes.AddNote(r.Context(), host.Note{Ticket: t.Number, At: c.config.Now(), Operator: v.operator.ID, Name: v.operator.Name,
		Text: box.Text, Mentions: mentioned, Key: name})
	what := "note"
	switch {
	case errors.Is(err, host.ErrDuplicate):
		what = "again"
	case err != nil:
		c.config.Log.ErrorContext(r.Context(), "console: a note can't be stored", "ticket", t.Number, "operator", v.operator.ID, "error", err)
		return refuse(http.StatusServiceUnavailable, "act.failed")
	default:
		c.did(r.Context(), v, "ticket.note", t.Number)
		c.noted.Changed(t.Number)
		c.inbox.touch()
		if len(unknown) > 0 {
			what = "note_unknown"
		}
	}
	http.Redirect(w, r, ticketURL(t.Number)+"?done="+what+"#note-box", http.StatusSeeOther)
	return nil
}

// notesOf reads the notes on a ticket that are newer than the given one.
func (c *Console) notesOf(ctx context.Context, v *visit, number string, after int64) ([]noteLine, error) {
	notes, err := c.Notes.Notes(ctx, number, after)
	if err != nil {
		return nil, err
	}
	m := c.moments(v.locale)
	lines := make([]noteLine, 0, len(notes))
	for _, n := range notes {
		lines = append(lines, noteLine{Note: n, Day: m.day(n.At), Mine: n.Operator == v.operator.ID})
	}
	return lines, nil
}

// readMentions marks what the visitor is now looking at as read.
func (c *Console) readMentions(ctx context.Context, v *visit, number string) {
	n, err := c.Notes.ReadMentions(ctx, v.operator.ID, number, c.config.Now())
	if err != nil {
		c.config.Log.WarnContext(ctx, "console: mentions can't be marked as read", "ticket", number, "error", err)
	}
	if n > 0 {
		c.inbox.touch()
	}
}
