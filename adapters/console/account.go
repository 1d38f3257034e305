package console

import (
	"net/http"
	"time"
)

type passwordPage struct {
	Must  bool // nothing else is to be had before
	Least int
	Wrong string
	Field string // to which Wrong belongs
}

func (c *Console) showPassword(w http.ResponseWriter, r *http.Request, v *visit) error {
	p := page{
		Title: word(v.locale, "password.title"),
		Body:  passwordPage{Must: generated(v.operator), Least: passwordLeast},
	}
	if r.URL.Query().Has("done") {
		p.Notice = &notice{"done", word(v.locale, "password.done")}
	}
	c.show(w, r, v, http.StatusOK, "password", p)
	return nil
}

// changePassword replaces one's own password and ends all other sessions.
func (c *Console) changePassword(w http.ResponseWriter, r *http.Request, v *visit) error {
	form, err := readForm(w, r)
	if err != nil {
		return err
	}
	refuse := func(field, text string, args ...any) error {
		c.show(w, r, v, http.StatusUnprocessableEntity, "password", page{
			Title: word(v.locale, "password.title"),
			Here:  Root + "password",
			Body: passwordPage{
				Must: generated(v.operator), Least: passwordLeast, Field: field, Wrong: word(v.locale, text, args...),
			},
		})
		return nil
	}
	if !keyPattern.MatchString(form.Get("key")) {
		return problem(http.StatusBadRequest, "problem.form")
	}
	c.staffing.Lock()
	defer c.staffing.Unlock()
	name := update(v.operator.ID, form.Get("key"), "password")
	if c.forms.done(name) {
		http.Redirect(w, r, Root+"password?done", http.StatusSeeOther)
		return nil
	}
	key := "password of " + itoa(v.operator.ID)
	if ok, wait := c.byLogin.attempt(key); !ok {
		return refuse("current", "login.wait", "seconds", int((wait+time.Second-1)/time.Second))
	}
	current, fresh := form.Get("current"), form.Get("new")
	right, err := c.right(r.Context(), cut(current, passwordMost), v.operator.PasswordHash)
	switch {
	case err != nil:
		return err
	case !right:
		return refuse("current", "password.wrong")
	}
	c.byLogin.clear(key)
	if text := weakness(fresh, v.operator); text != "" {
		return refuse("new", text, "least", passwordLeast, "most", passwordMost)
	}
	if fresh == current {
		return refuse("new", "password.same")
	}
	if fresh != form.Get("repeat") {
		return refuse("repeat", "password.differs")
	}
	if err := c.replacePassword(w, r, v, fresh); err != nil {
		return err
	}
	c.forms.finish(name)
	http.Redirect(w, r, Root+"password?done", http.StatusSeeOther)
	return nil
}

func (c *Console) replacePassword(w http.ResponseWriter, r *http.Request, v *visit, password string) error {
	done, err := c.hash(r.Context())
	if err != nil {
		return err
	}
	hash, err := Hash(password, c.config.Argon)
	done()
	if err != nil {
		return err
	}
	if err := c.Accounts.SetPassword(r.Context(), v.operator.ID, hash); err != nil {
		return err
	}
	if err := c.Accounts.EndSessions(r.Context(), v.operator.ID); err != nil {
		return err
	}
	c.did(r.Context(), v, "account.password", v.operator.Login)
	c.config.Log.InfoContext(r.Context(), "console: a password was changed", "operator", v.operator.ID)
	return c.begin(w, r, v.operator.ID)
}
