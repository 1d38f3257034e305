package webchat

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"spravka/engine"
	"spravka/engine/host"
)

//go:embed page/page.html
var pageSource string

var pageTemplate = template.Must(template.New("page").Parse(pageSource))

// view is what the page without a script shows. The widget takes its place where scripts run.
type view struct {
	Locale, Other, Name string
	Style, Script       string
	Say                 func(string) string
	ID                  string // of the message that the form will send: a form sent twice is one message
	Lines               []line
	Cut                 bool // older lines are left out
	Buttons             []engine.Button
	Waiting, Operator   bool
	Called              bool
	Place, Wait, Ticket string
	Text, Error         string
}

// line is an entry of the history.
type line struct {
	Author        engine.Author
	Speaker       string
	Time, Machine string
	Blocks        []block // of everybody but the citizen
	Words         string  // of the citizen, as they were typed
	Files         []attachment
}

type attachment struct{ ID, Name, Size string }

// page answers GET /chat.
func (c *Chat) page(w http.ResponseWriter, r *http.Request) {
	if ok, wait := c.origins.allow(c.address(r)); !ok {
		c.refuse(w, r, faultyIn("too_many", wait))
		return
	}
	c.show(w, r, "", nil)
}

// show writes the page with the text that the form should hold and what is wrong with it.
func (c *Chat) show(w http.ResponseWriter, r *http.Request, text string, wrong error) {
	locale := c.locale(r)
	v, status := view{
		Locale: locale, Other: map[string]string{"ru": "en", "en": "ru"}[locale], Name: c.config.name(locale),
		Style: pageAsset.tag, Script: scriptAsset.tag,
		Say: func(word string) string { return words.say(locale, word) },
		ID:  uuid.NewString(), Text: text,
	}, http.StatusOK
	if wrong != nil {
		t, k := tell(wrong, locale)
		v.Error, status = t.Message, k.status
		if t.Code == "internal" {
			c.config.Log.Error("web chat: the page could not take a message", "error", wrong)
		}
	}
	visitor, ok := ofCookie(r)
	if ok {
		c.remember(w, r, visitor)
		if err := c.fill(r, &v, visitor); err != nil {
			c.config.Log.Error("web chat: the page could not be filled", "error", err)
			t, k := tell(faulty("internal"), locale)
			v.Error, status = t.Message, k.status
		}
	}
	if m, greets := c.config.greeting(locale); greets && len(v.Lines) == 0 && wrong == nil {
		v.Lines = []line{c.line(entry{Author: engine.Bot, At: c.config.Now(), Text: m.Text}, locale)}
		v.Buttons = m.Buttons
	}
	c.write(w, status, pageTemplate, v)
}

// fill reads the conversation into the page.
func (c *Chat) fill(r *http.Request, v *view, who visitor) error {
	rec, err := c.host.Find(r.Context(), who.peer)
	if errors.Is(err, host.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	after := max(0, rec.Seq-recent)
	v.Cut = after > 0
	for {
		entries, err := c.host.History(r.Context(), rec.ID, after, historyPage)
		if err != nil {
			return err
		}
		for _, e := range entries {
			shown := c.shown(e)
			v.Lines = append(v.Lines, c.line(shown, v.Locale))
			if e.Author == engine.Citizen {
				v.Buttons = nil
			} else if len(shown.Buttons) > 0 {
				v.Buttons = shown.Buttons
			}
			after = e.Seq
		}
		if len(entries) < historyPage {
			break
		}
	}
	s := c.stateOf(r.Context(), rec)
	v.Waiting, v.Operator = s.Owner == engine.OwnerQueue, s.Owner == engine.OwnerOperator
	v.Called, v.Ticket = v.Waiting || v.Operator, s.Ticket
	switch {
	case s.Ahead == nil:
	case *s.Ahead == 0:
		v.Place = v.Say("ahead_next")
	default:
		v.Place = fmt.Sprintf("%s %d.", v.Say("ahead"), *s.Ahead)
	}
	v.Wait = s.Wait
	return nil
}

func (c *Chat) line(e entry, locale string) line {
	at := e.At.In(c.config.Location)
	l := line{Author: e.Author, Speaker: speaker(e, locale), Time: at.Format("02.01, 15:04"), Machine: at.Format(time.RFC3339)}
	if e.Author == engine.Citizen {
		l.Words = e.Text
	} else {
		l.Blocks = blocks(e.Text)
	}
	for _, f := range e.Files {
		l.Files = append(l.Files, attachment{ID: f.ID, Name: f.Name, Size: size(f.Size, locale)})
	}
	return l
}

// write renders a template under the policy that the chat promises to work with.
func (c *Chat) write(w http.ResponseWriter, status int, t *template.Template, data any) {
	var out bytes.Buffer
	if err := t.Execute(&out, data); err != nil {
		c.config.Log.Error("web chat: a page can't be rendered", "error", err)
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "+
		"form-action 'self'; base-uri 'none'; frame-ancestors 'self' "+strings.Join(slices.Sorted(slices.Values(c.config.Origins)), " "))
	w.WriteHeader(status)
	w.Write(out.Bytes()) // a browser that has left is no error
}
