package console

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"

	"spravka/engine/host"
)

// The people of the tests. Everybody's password is secretOf their login.
const (
	anna  = int64(1) // operator
	boris = int64(2) // operator
	vera  = int64(3) // administrator
)

func secretOf(login string) string { return "парус над морем, " + login[:1] }

var cheap = &argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 16}

// clock is moved by hand.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)} } // noon in Moscow

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// bench is a console with all that it needs.
type bench struct {
	t       testing.TB
	clock   *clock
	world   *world
	people  *people
	console *Console
	log     *bytes.Buffer
}

func newBench(t testing.TB, change ...func(*Config)) *bench {
	t.Helper()
	b := &bench{t: t, clock: newClock(), people: newPeople(t), log: &bytes.Buffer{}}
	b.world = newWorld(b.clock.now)
	config := Config{
		Queues: []string{"registration", "certificates", "status", "technical", "general", "urgent"},
		Argon:  cheap, Now: b.clock.now, Log: slog.New(slog.NewTextHandler(b.log, nil)),
	}
	for _, f := range change {
		f(&config)
	}
	var err error
	b.console, err = New(Ports{Conversations: b.world, Tickets: b.world, Content: b.world, Accounts: b.people, Files: b.world, Audit: b.people,
		Inbox: b.world, Notes: b.world, Canned: b.world, Presence: host.NewPresence(config.Now, time.Minute), Notices: &host.NoticeBoard{Store: b.people, Now: b.clock.now}}, config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.console.Close)
	for _, o := range []host.Operator{
		{Login: "anna", Name: "Анна Петрова", Role: host.RoleOperator},
		{Login: "boris", Name: "Борис Лукин", Role: host.RoleOperator},
		{Login: "vera", Name: "Вера Юрьевна Соколова", Role: host.RoleAdministrator},
	} {
		if o.PasswordHash, err = Hash(secretOf(o.Login), cheap); err != nil {
			t.Fatal(err)
		}
		o.Created = b.clock.now().AddDate(0, -2, 0)
		if _, err := b.people.CreateOperator(context.Background(), o); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// browser keeps cookies and follows no redirect.
type browser struct {
	*bench
	cookies map[string]string
	remote  string
	header  http.Header
}

func (b *bench) browser() *browser {
	return &browser{bench: b, cookies: map[string]string{}, remote: "192.0.2.1:40000", header: http.Header{}}
}

// as returns a browser in which somebody has logged in.
func (b *bench) as(operator int64) *browser {
	b.t.Helper()
	br := b.browser()
	login := b.people.all()[operator-1].Login
	if got := br.login(login, secretOf(login)); got.Code != http.StatusSeeOther {
		b.t.Fatalf("log-in of %s: %d", login, got.Code)
	}
	return br
}

func (br *browser) login(login, password string) *answer {
	return br.post("login", url.Values{"login": {login}, "password": {password}})
}

// answer is a response and its body.
type answer struct {
	*httptest.ResponseRecorder
	text string
}

func (br *browser) send(method, path, kind string, body io.Reader) *answer {
	br.t.Helper()
	if !strings.HasPrefix(path, "/") {
		path = Root + path
	}
	r := httptest.NewRequest(method, path, body)
	r.RemoteAddr = br.remote
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for name, values := range br.header {
		r.Header[name] = values
	}
	for name, value := range br.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	br.console.ServeHTTP(w, r)
	for _, cookie := range w.Result().Cookies() {
		if cookie.MaxAge < 0 {
			delete(br.cookies, cookie.Name)
		} else {
			br.cookies[cookie.Name] = cookie.Value
		}
	}
	return &answer{w, w.Body.String()}
}

func (br *browser) get(path string) *answer { br.t.Helper(); return br.send("GET", path, "", nil) }

func (br *browser) post(path string, form url.Values) *answer {
	br.t.Helper()
	if form.Get("key") == "" {
		form.Set("key", newKey())
	}
	return br.send("POST", path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

// upload is a file in a form.
type upload struct {
	name    string
	content []byte
}

// multipart sends the form of a ticket as a browser does: text fields first, then files.
func (br *browser) multipart(path string, form url.Values, files ...upload) *answer {
	br.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	if form.Get("key") == "" {
		form.Set("key", newKey())
	}
	for name := range form {
		w.WriteField(name, form.Get(name))
	}
	for _, f := range files {
		part, err := w.CreateFormFile("files", f.name)
		if err != nil {
			br.t.Fatal(err)
		}
		part.Write(f.content)
	}
	w.Close()
	return br.send("POST", path, w.FormDataContentType(), &body)
}

// do sends an action of a ticket and returns what came.
func (br *browser) do(number, action, text string) *answer {
	br.t.Helper()
	return br.multipart(ticketURL(number), url.Values{"action": {action}, "text": {text}})
}

// status fails the test unless the answer has the status.
func (a *answer) status(t testing.TB, want int) *answer {
	t.Helper()
	if a.Code != want {
		t.Fatalf("status %d, want %d\n%s", a.Code, want, a.main())
	}
	return a
}

// has fails the test unless the page contains all texts.
func (a *answer) has(t testing.TB, texts ...string) *answer {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(a.text, text) {
			t.Errorf("the page has no %q\n%s", text, a.main())
		}
	}
	return a
}

// lacks fails the test if the page contains one of the texts.
func (a *answer) lacks(t testing.TB, texts ...string) *answer {
	t.Helper()
	for _, text := range texts {
		if strings.Contains(a.text, text) {
			t.Errorf("the page has %q\n%s", text, a.main())
		}
	}
	return a
}

func (a *answer) location() string { return a.Result().Header.Get("Location") }

// main is the page without its frame, for messages of tests.
func (a *answer) main() string {
	_, text, ok := strings.Cut(a.text, "<main")
	if !ok {
		return a.text
	}
	return "<main" + text
}

// field returns the value of an input of the page.
func (a *answer) field(name string) string {
	m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(a.main())
	if m == nil {
		return ""
	}
	return m[1]
}
