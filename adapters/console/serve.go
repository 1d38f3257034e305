package console

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"spravka/engine/host"
)

// visit is one request and who makes it.
type visit struct {
	operator host.Operator // the zero value for somebody who has not logged in
	session  []byte        // hash of the token
	halfway  host.Operator // whose password was right and whose second factor is awaited
	locale   string
	foreign  bool   // another site began the navigation
	address  string // where the request comes from
}

func (v *visit) known() bool { return v.operator.ID != 0 }

// handler answers a request. A [fault] becomes a page of its own; any other error is logged and becomes an apology.
type handler func(w http.ResponseWriter, r *http.Request, v *visit) error

const (
	get  = http.MethodGet
	post = http.MethodPost
)

type methods map[string]handler

// route is a page as it was registered.
type route struct {
	path    string
	who     access
	methods methods
}

// page registers the handlers of a path under [Root].
func (c *Console) page(path string, who access, m methods) {
	c.routes = append(c.routes, route{path, who, m})
	c.mux.HandleFunc(Root+path, func(w http.ResponseWriter, r *http.Request) {
		v := &visit{locale: c.localeOf(r), address: c.addressOf(r)}
		if err := c.serve(w, r, v, who, m); err != nil {
			c.showProblem(w, r, v, err)
		}
	})
}

func (c *Console) serve(w http.ResponseWriter, r *http.Request, v *visit, who access, m methods) error {
	handle, ok := m[r.Method]
	if r.Method == http.MethodHead {
		handle, ok = m[get]
	}
	if !ok {
		w.Header().Set("Allow", m.allowed())
		return problem(http.StatusMethodNotAllowed, "problem.method")
	}
	if who == public {
		return handle(w, r, v)
	}
	if err := c.recognise(r, v); err != nil {
		return err
	}
	if passed, err := c.admit(w, r, v, who); !passed {
		return err
	}
	return handle(w, r, v)
}

func (m methods) allowed() string {
	var all []string
	for method := range m {
		all = append(all, method)
		if method == get {
			all = append(all, http.MethodHead)
		}
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// refuseStranger sends people to the log-in page, and scripts away.
func (c *Console) refuseStranger(w http.ResponseWriter, r *http.Request) error {
	if r.Header.Get("Accept") == "text/event-stream" || r.URL.Path == Root+"alive" {
		w.WriteHeader(http.StatusUnauthorized)
		return nil
	}
	target := Root + "login"
	if r.Method == get && r.URL.Path != Root {
		target += "?back=" + url.QueryEscape(r.URL.RequestURI())
	}
	http.Redirect(w, r, target, http.StatusSeeOther)
	return nil
}

// guard wraps everything: it refuses requests that other sites make a browser send, and sets the headers that tell
// browsers to load nothing from elsewhere, run no inline script and keep no copy.
func (c *Console) guard(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.showProblem(w, r, &visit{locale: c.localeOf(r)}, problem(http.StatusForbidden, "problem.cross_site"))
	}))
	next = protection.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// fault is an error that the operator is told about. text is the key of the words that say what to do.
type fault struct {
	status int
	text   string
	args   []any // name, value, …
}

func (f *fault) Error() string { return f.text }

func problem(status int, text string, args ...any) *fault { return &fault{status, text, args} }

// showProblem answers with a page that says what is wrong and where to go.
func (c *Console) showProblem(w http.ResponseWriter, r *http.Request, v *visit, err error) {
	var f *fault
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &f):
	case errors.As(err, &tooLarge):
		f = problem(http.StatusRequestEntityTooLarge, "problem.too_large")
	case errors.Is(err, host.ErrNotFound):
		f = problem(http.StatusNotFound, "problem.no_page")
	case r.Context().Err() != nil: // nobody is there to read an answer
		return
	default:
		c.config.Log.ErrorContext(r.Context(), "console: a request failed", "method", r.Method, "pattern", r.Pattern, "error", err)
		f = problem(http.StatusInternalServerError, "problem.internal")
	}
	c.show(w, r, v, f.status, "problem", page{
		Title: word(v.locale, f.text+".title"),
		Body:  word(v.locale, f.text, f.args...),
	})
}
