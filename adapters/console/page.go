package console

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"

	"spravka/engine/desk"
	"spravka/engine/host"
)

//go:embed page/*.html
var pageFiles embed.FS

// page is what every template is given; Body is the page's own part.
type page struct {
	Title  string
	Name   string // of the template
	Me     host.Operator
	Locale string
	Here   string // the address, to come back to after a change of the language
	Notice *notice
	Body   any
}

// notice is a line above the page that says how the last thing went.
type notice struct {
	Kind string // "done", "careful" or "wrong"
	Text string
}

var pageNames = []string{"login", "code", "invitation", "password", "account", "factor", "list", "mentions", "return", "canned", "board", "ticket", "take", "operators", "person", "log", "onward", "notices", "problem"}

// parsePages makes one set of templates per locale, so that a template can ask for a word wherever it is.
func parsePages(config Config) (map[string]*template.Template, error) {
	sets := map[string]*template.Template{}
	for locale := range languages {
		t, err := template.New("console").Funcs(funcs(locale, config)).ParseFS(pageFiles, "page/*.html")
		if err != nil {
			return nil, fmt.Errorf("console: %w", err)
		}
		for _, name := range pageNames {
			if t.Lookup(name) == nil {
				return nil, fmt.Errorf("console: the template %q is missing", name)
			}
		}
		sets[locale] = t
	}
	return sets, nil
}

func funcs(locale string, config Config) template.FuncMap {
	m := moments{locale: locale, zone: config.Location, now: config.Now}
	return template.FuncMap{
		"t":       func(key string, args ...any) string { return word(locale, key, args...) },
		"locales": func() []string { return localeOrder },
		"units":   func() string { return word(locale, "time.units") },
		"asset":   assetURL,
		"icon":    icon,
		"key":     formKey,
		"root":    func() string { return Root },
		"ticket":  ticketURL,
		"file":    func(id string) string { return Root + "files/" + url.PathEscape(id) },
		"day":     m.day,
		"clock":   m.clock,
		"moment":  m.moment,
		"stamp":   m.stamp,
		"open":    func(n desk.Notice) bool { return !n.Over(config.Now()) },
		"since":   m.since,
		"left":    m.left,
		"span":    m.span,
		"now":     func() string { return config.Now().UTC().Format(time.RFC3339) },
		"bytes":   func(n int64) string { return byteSize(locale, n) },
		"render":  renderMarkdown,
		"stars": func(n int) string {
			return strings.Repeat("★", min(5, max(0, n))) + strings.Repeat("☆", 5-min(5, max(0, n)))
		},
		"mentions": markMentions,
	}
}

func ticketURL(number string) string { return Root + "tickets/" + url.PathEscape(number) }

// show writes a page. It is rendered whole before the first byte goes out, so that a failing template can't leave half
// a page behind.
func (c *Console) show(w http.ResponseWriter, r *http.Request, v *visit, status int, name string, p page) {
	p.Name, p.Locale = name, v.locale
	p.Me = v.operator
	if p.Here == "" {
		p.Here = Root
		if r.Method == get || r.Method == http.MethodHead {
			p.Here = r.URL.RequestURI()
		}
	}
	var out bytes.Buffer
	if err := c.pages[v.locale].ExecuteTemplate(&out, name, p); err != nil {
		c.config.Log.ErrorContext(r.Context(), "console: a page can't be drawn", "page", name, "error", err)
		http.Error(w, word(v.locale, "problem.internal"), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", v.locale)
	w.Header().Add("Vary", "Accept-Language, Cookie")
	w.WriteHeader(status)
	w.Write(out.Bytes()) // the browser has gone if this fails
}

// draw renders one part of a page.
func (c *Console) draw(locale, name string, data any) (string, error) {
	var out strings.Builder
	err := c.pages[locale].ExecuteTemplate(&out, name, data)
	return out.String(), err
}
