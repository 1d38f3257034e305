package console

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"spravka/engine/host"
)

type operatorsPage struct {
	Operators []host.Operator
	Secret    *secret // a password to be shown, once
	Form      url.Values
	Wrong     string
	Field     string
}

// secret is a generated password and whose it is.
type secret struct{ Login, Name, Password string }

func (c *Console) showOperators(w http.ResponseWriter, r *http.Request, v *visit) error {
	p := page{}
	switch r.URL.Query().Get("done") {
	case "disabled":
		p.Notice = &notice{"done", word(v.locale, "operators.disabled_done")}
	case "enabled":
		p.Notice = &notice{"done", word(v.locale, "operators.enabled_done")}
	case "again":
		p.Notice = &notice{"careful", word(v.locale, "operators.again")}
	}
	return c.listOperators(w, r, v, http.StatusOK, p, operatorsPage{})
}

func (c *Console) listOperators(w http.ResponseWriter, r *http.Request, v *visit, status int, p page, body operatorsPage) error {
	var err error
	if body.Operators, err = c.Accounts.Operators(r.Context()); err != nil {
		return err
	}
	p.Title, p.Here, p.Body = word(v.locale, "operators.title"), Root+"operators", body
	c.show(w, r, v, status, "operators", p)
	return nil
}

var loginPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{1,31}$`)

// createOperator answers with the page itself and not with a redirect, because the password must not be kept anywhere.
// Whoever reloads that page sends the form again, which then does nothing.
func (c *Console) createOperator(w http.ResponseWriter, r *http.Request, v *visit) error {
	form, err := readForm(w, r)
	if err != nil {
		return err
	}
	refuse := func(status int, field, text string) error {
		return c.listOperators(w, r, v, status, page{}, operatorsPage{Form: form, Field: field, Wrong: word(v.locale, text)})
	}
	o := host.Operator{
		Login: loginOf(form.Get("login")), Name: strings.TrimSpace(form.Get("name")), Role: form.Get("role"), Created: c.config.Now(),
	}
	switch {
	case !keyPattern.MatchString(form.Get("key")):
		return problem(http.StatusBadRequest, "problem.form")
	case !loginPattern.MatchString(o.Login):
		return refuse(http.StatusUnprocessableEntity, "login", "operators.bad_login")
	case !goodName(o.Name):
		return refuse(http.StatusUnprocessableEntity, "name", "operators.bad_name")
	case o.Role != host.RoleOperator && o.Role != host.RoleAdministrator:
		return refuse(http.StatusUnprocessableEntity, "role", "operators.bad_role")
	}
	c.staffing.Lock()
	defer c.staffing.Unlock()
	name := update(v.operator.ID, form.Get("key"), "create", o.Login, o.Name, o.Role)
	if c.forms.done(name) {
		http.Redirect(w, r, Root+"operators?done=again", http.StatusSeeOther)
		return nil
	}
	password, err := c.generate(r, &o)
	if err != nil {
		return err
	}
	id, err := c.Accounts.CreateOperator(r.Context(), o)
	if errors.Is(err, host.ErrTaken) {
		return refuse(http.StatusConflict, "login", "operators.taken")
	}
	if err != nil {
		return err
	}
	c.forms.finish(name)
	c.config.Log.InfoContext(r.Context(), "console: an operator was created", "operator", id, "by", v.operator.ID)
	return c.listOperators(w, r, v, http.StatusOK, page{}, operatorsPage{Secret: &secret{o.Login, o.Name, password}})
}

func goodName(name string) bool {
	return name != "" && len(name) <= 200 && utf8.ValidString(name) && !strings.ContainsFunc(name, unicode.IsControl)
}

// generate gives the operator a new password.
func (c *Console) generate(r *http.Request, o *host.Operator) (password string, err error) {
	done, err := c.hash(r.Context())
	if err != nil {
		return "", err
	}
	defer done()
	password = NewPassword()
	o.PasswordHash, err = HashGenerated(password, c.config.Argon)
	return password, err
}

// changeOperator shuts an operator out, lets them in again, or gives them a new password.
func (c *Console) changeOperator(w http.ResponseWriter, r *http.Request, v *visit) error {
	form, err := readForm(w, r)
	if err != nil {
		return err
	}
	o, err := c.operator(r)
	if err != nil {
		return err
	}
	what := form.Get("do")
	if !keyPattern.MatchString(form.Get("key")) {
		return problem(http.StatusBadRequest, "problem.form")
	}
	if o.ID == v.operator.ID {
		return problem(http.StatusForbidden, "problem.oneself")
	}
	c.staffing.Lock()
	defer c.staffing.Unlock()
	name := update(v.operator.ID, form.Get("key"), what, strconv.FormatInt(o.ID, 10))
	if c.forms.done(name) {
		http.Redirect(w, r, Root+"operators?done=again", http.StatusSeeOther)
		return nil
	}
	switch what {
	case "disable", "enable":
		err = c.Accounts.SetDisabled(r.Context(), o.ID, what == "disable")
	case "reset":
		return c.resetPassword(w, r, v, o, name)
	default:
		return problem(http.StatusBadRequest, "problem.form")
	}
	if err != nil {
		return err
	}
	c.forms.finish(name)
	c.config.Log.InfoContext(r.Context(), "console: an operator was changed", "operator", o.ID, "what", what, "by", v.operator.ID)
	http.Redirect(w, r, Root+"operators?done="+what+"d", http.StatusSeeOther)
	return nil
}

func (c *Console) resetPassword(w http.ResponseWriter, r *http.Request, v *visit, o host.Operator, name string) error {
	password, err := c.generate(r, &o)
	if err != nil {
		return err
	}
	if err := c.Accounts.SetPassword(r.Context(), o.ID, o.PasswordHash); err != nil {
		return err
	}
	if err := c.Accounts.EndSessions(r.Context(), o.ID); err != nil {
		return err
	}
	c.forms.finish(name)
	c.byLogin.clear(o.Login)
	c.config.Log.InfoContext(r.Context(), "console: a password was reset", "operator", o.ID, "by", v.operator.ID)
	return c.listOperators(w, r, v, http.StatusOK, page{}, operatorsPage{Secret: &secret{o.Login, o.Name, password}})
}

// operator finds the operator whom the address names.
func (c *Console) operator(r *http.Request) (host.Operator, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return host.Operator{}, problem(http.StatusNotFound, "problem.no_page")
	}
	operators, err := c.Accounts.Operators(r.Context())
	if err != nil {
		return host.Operator{}, err
	}
	for _, o := range operators {
		if o.ID == id {
			return o, nil
		}
	}
	return host.Operator{}, problem(http.StatusNotFound, "problem.no_page")
}
