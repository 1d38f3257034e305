package console

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"
)

// formBytes bounds a form without files.
const formBytes = 64 << 10

// wordyBytes bounds a form in which somebody writes at length: well above what may be kept, so that a text that is too
// long comes back with the limit instead of being lost.
const wordyBytes = 1 << 20

// readForm reads a form without files.
func readForm(w http.ResponseWriter, r *http.Request) (url.Values, error) {
	return readFormOf(w, r, formBytes)
}

func readFormOf(w http.ResponseWriter, r *http.Request, most int64) (url.Values, error) {
	r.Body = http.MaxBytesReader(w, r.Body, most)
	if err := r.ParseForm(); err != nil {
		return nil, readProblem(err)
	}
	return r.PostForm, nil
}

// readProblem keeps the error that says that too much was sent; whatever else is wrong with a form is its sender's fault.
func readProblem(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return err
	}
	return problem(http.StatusBadRequest, "problem.form")
}

var keyPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{16,64}$`)

// newKey makes the idempotency key of a form.
func newKey() string { return rand.Text() }

// formKey is the hidden field with a new key.
func formKey() template.HTML { return keyField(newKey()) }

func keyField(key string) template.HTML {
	return template.HTML(fmt.Sprintf(`<input type="hidden" name="key" value="%s">`, template.HTMLEscapeString(key)))
}

// update makes the name under which something is done once: who, and a digest of which form it is and what it says.
// Somebody who goes back in the browser and writes something else into the same form means something new; sending the
// same again does not. It has at most 60 bytes; the host takes 90.
func update(operator int64, key string, says ...string) string {
	h := sha256.New()
	for _, s := range append([]string{key}, says...) {
		fmt.Fprintf(h, "%d:", len(s))
		io.WriteString(h, s)
	}
	return fmt.Sprintf("console:%d:%s", operator, hex.EncodeToString(h.Sum(nil)[:16]))
}

// forms remembers which forms have been carried out, at most formsKept or for a day.
type forms struct {
	now func() time.Time

	mu            sync.Mutex
	young, former map[string]time.Time
}

const formsKept = 20000

func newForms(now func() time.Time) *forms { return &forms{now: now, young: map[string]time.Time{}} }

func (f *forms) done(update string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	at, ok := f.young[update]
	if !ok {
		at, ok = f.former[update]
	}
	return ok && f.now().Sub(at) < 24*time.Hour
}

func (f *forms) finish(update string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.young) >= formsKept/2 {
		f.former, f.young = f.young, map[string]time.Time{}
	}
	f.young[update] = f.now()
}

// localPath returns the address if it is one of the console's own pages, else the start page.
func localPath(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host != "" || u.Scheme != "" || u.Opaque != "" || len(address) > 500 ||
		!strings.HasPrefix(u.Path, Root) || strings.Contains(u.Path, "..") || strings.ContainsAny(address, "\\\r\n") {
		return Root
	}
	return u.RequestURI()
}
