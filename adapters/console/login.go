package console

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"spravka/engine/host"
)

type loginPage struct {
	Login string
	Back  string
	Wrong string // what went wrong, "" for nothing

	Provider string // what another way to log in is called, "" for none
}

func (c *Console) showLogin(w http.ResponseWriter, r *http.Request, v *visit) error {
	back := localPath(r.URL.Query().Get("back"))
	if v.known() {
		http.Redirect(w, r, back, http.StatusSeeOther)
		return nil
	}
	p := page{Title: word(v.locale, "login.title"), Body: loginPage{Back: back, Provider: c.providerName()}}
	if r.URL.Query().Has("out") {
		p.Notice = &notice{"done", word(v.locale, "login.out")}
	}
	if r.URL.Query().Has("renewed") {
		p.Notice = &notice{"done", word(v.locale, "login.renewed")}
	}
	c.show(w, r, v, http.StatusOK, "login", p)
	return nil
}

// logIn tells nobody whether a login exists: a wrong login, a wrong password and a disabled operator look the same and
// take the same time, and the delays grow for logins that do not exist as well.
func (c *Console) logIn(w http.ResponseWriter, r *http.Request, v *visit) error {
	form, err := readForm(w, r)
	if err != nil {
		return err
	}
	login, password := loginOf(form.Get("login")), form.Get("password")
	place := c.addressOf(r)
	refuse := func(status int, text string, args ...any) error {
		c.show(w, r, v, status, "login", page{
			Title: word(v.locale, "login.title"),
			Here:  Root + "login",
			Body:  loginPage{Login: cut(login, loginMost), Back: localPath(form.Get("back")), Wrong: word(v.locale, text, args...), Provider: c.providerName()},
		})
		return nil
	}
	if wait := c.tryLogin(place, login); wait > 0 {
		seconds := int((wait + time.Second - 1) / time.Second)
		w.Header().Set("Retry-After", strconv.Itoa(seconds))
		return refuse(http.StatusTooManyRequests, "login.wait", "seconds", seconds)
	}
	operator, err := c.authenticate(r, login, password)
	if errors.Is(err, host.ErrNotFound) {
		c.config.Log.WarnContext(r.Context(), "console: a log-in failed", "address", place)
		c.did(r.Context(), &visit{operator: operator, address: v.address}, "login.failed", operator.Login, host.AuditChange{Field: "how", After: "password"})
		return refuse(http.StatusForbidden, "login.wrong")
	}
	if err != nil {
		return err
	}
	c.byLogin.clear(login)
	c.byPlace.forgive(place)
	return c.welcome(w, r, v, operator, "password", form.Get("back"))
}

// tryLogin counts an attempt with the place and the login, or tells how long to wait.
func (c *Console) tryLogin(place, login string) (wait time.Duration) {
	if ok, wait := c.byPlace.attempt(place); !ok {
		return wait
	}
	if ok, wait := c.byLogin.attempt(login); !ok {
		c.byPlace.forgive(place)
		return wait
	}
	return 0
}

// authenticate returns the operator with this login and password, or host.ErrNotFound, and then whose login it was, for
// the audit log: what was typed where there is no such login may be a password.
func (c *Console) authenticate(r *http.Request, login, password string) (host.Operator, error) {
	operator, err := c.Accounts.OperatorByLogin(r.Context(), login)
	if err != nil && !errors.Is(err, host.ErrNotFound) {
		return host.Operator{}, err
	}
	hash := operator.PasswordHash
	if err != nil {
		hash = c.decoy
	}
	if len(password) > 4*passwordMost {
		password = ""
	}
	right, failure := c.right(r.Context(), password, hash)
	if failure != nil {
		return host.Operator{}, failure
	}
	if err != nil || !right || operator.Disabled {
		return operator, host.ErrNotFound
	}
	return operator, nil
}

func (c *Console) logOut(w http.ResponseWriter, r *http.Request, v *visit) error {
	if v.session != nil {
		if err := c.Accounts.EndSession(r.Context(), v.session); err != nil {
			return err
		}
		c.Presence.Gone(v.operator.ID) // a console on another device says otherwise within seconds
	}
	if v.known() {
		c.did(r.Context(), v, "logout", v.operator.Login)
	}
	c.setSession(w, r, "", -1)
	http.Redirect(w, r, Root+"login?out", http.StatusSeeOther)
	return nil
}

// loginMost bounds a login, in bytes.
const loginMost = 64

// loginOf makes what somebody typed comparable with the logins that the console hands out. What is too long to be one
// becomes one that nobody can have.
func loginOf(typed string) string {
	login := strings.ToLower(strings.TrimSpace(typed))
	if len(login) > loginMost {
		return strings.ToValidUTF8(login[:loginMost], "") + " "
	}
	return strings.ToValidUTF8(login, "�")
}
