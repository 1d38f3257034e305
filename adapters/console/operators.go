package console

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"spravka/engine/host"
)

type operatorsPage struct {
	People      []personRow
	Invitations []host.Invitation
	Secret      *secret // a link to be shown, once
	Form        operatorForm
	Queues      []choice
	Roles       []string
	Most        int // capacity
	Wrong       string
	Field       string
}

// personRow is somebody as the list shows them.
type personRow struct {
	host.Operator
	Groups string // the queues in words
	Here   bool   // has a session
}

// operatorForm is what stands in the form about somebody.
type operatorForm struct {
	Login, Name, Role, Email string
	Queues                   []string
	Capacity                 int
}

// secret is a link that is shown once, and whose it is.
type secret struct {
	Login, Name, Link string
	Expires           time.Time
}

var operatorsNotices = map[string]string{"disabled": "done", "enabled": "done", "revoked": "done", "saved": "done", "factor": "done", "sessions": "done", "again": "careful", "held": "careful"}

func (c *Console) showOperators(w http.ResponseWriter, r *http.Request, v *visit) error {
	return c.listOperators(w, r, v, http.StatusOK, page{Notice: operatorsNotice(v.locale, r.URL.Query().Get("done"))}, operatorsPage{})
}

func operatorsNotice(locale, done string) *notice {
	kind, ok := operatorsNotices[done]
	if !ok {
		return nil
	}
	return &notice{kind, word(locale, "operators.done_"+done)}
}

func (c *Console) listOperators(w http.ResponseWriter, r *http.Request, v *visit, status int, p page, body operatorsPage) error {
	people, err := c.Accounts.Operators(r.Context())
	if err != nil {
		return err
	}
	for _, o := range people {
		row := personRow{Operator: o, Groups: c.queueNames(v.locale, o.Queues)}
		if !o.Disabled {
			sessions, err := c.Accounts.Sessions(r.Context(), o.ID, c.config.Now())
			if err != nil {
				return err
			}
			row.Here = len(sessions) > 0
		}
		body.People = append(body.People, row)
	}
	if body.Invitations, err = c.Accounts.Invitations(r.Context(), c.config.Now()); err != nil {
		return err
	}
	if body.Form.Role == "" {
		body.Form.Role, body.Form.Capacity = host.RoleOperator, host.CapacityDefault
	}
	body.Queues, body.Roles, body.Most = c.queueChoices(v.locale, body.Form.Queues), host.Roles, host.CapacityMost
	p.Title, p.Here, p.Body = word(v.locale, "operators.title"), Root+"operators", body
	c.show(w, r, v, status, "operators", p)
	return nil
}

func (c *Console) queueNames(locale string, queues []string) string {
	var names []string
	for _, q := range queues {
		names = append(names, c.term(locale, q))
	}
	return strings.Join(names, ", ")
}

// queueChoices are the queues that there are, and those that somebody has although they are no more.
func (c *Console) queueChoices(locale string, chosen []string) []choice {
	var all []choice
	for _, q := range c.config.Queues {
		all = append(all, choice{q, c.term(locale, q), slices.Contains(chosen, q)})
	}
	for _, q := range chosen {
		if !slices.Contains(c.config.Queues, q) {
			all = append(all, choice{q, c.term(locale, q), true})
		}
	}
	return all
}

// GoodLogin reports whether a text can be a login.
func GoodLogin(text string) bool { return loginPattern.MatchString(text) }

var (
	loginPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{1,31}$`)
	emailPattern = regexp.MustCompile(`^[^\s@<>"']{1,64}@[^\s@<>"']{1,180}$`)
)

// readPerson reads what a form says about somebody. wrong is the field that can't be taken, or "".
func (c *Console) readPerson(form url.Values) (o host.Operator, wrong string) {
	o = host.Operator{Name: strings.TrimSpace(form.Get("name")), Role: form.Get("role"), Email: strings.ToLower(strings.TrimSpace(form.Get("email")))}
	for _, q := range form["queues"] {
		if slices.Contains(c.config.Queues, q) && !slices.Contains(o.Queues, q) {
			o.Queues = append(o.Queues, q)
		}
	}
	capacity, err := strconv.Atoi(strings.TrimSpace(form.Get("capacity")))
	if o.Capacity = capacity; form.Get("capacity") == "" {
		o.Capacity, err = host.CapacityDefault, nil
	}
	switch {
	case !goodName(o.Name):
		o.Name, wrong = cutBytes(o.Name, 200), "name"
	case !slices.Contains(host.Roles, o.Role):
		o.Role, wrong = host.RoleOperator, "role"
	case err != nil || o.Capacity < 1 || o.Capacity > host.CapacityMost:
		o.Capacity, wrong = host.CapacityDefault, "capacity"
	case o.Email != "" && (!emailPattern.MatchString(o.Email) || !utf8.ValidString(o.Email) || strings.ContainsFunc(o.Email, unicode.IsControl)):
		o.Email, wrong = cutBytes(o.Email, 254), "email"
	}
	return o, wrong
}

func personForm(o host.Operator) operatorForm {
	return operatorForm{Login: cutBytes(o.Login, loginMost), Name: o.Name, Role: o.Role, Email: o.Email, Queues: o.Queues, Capacity: o.Capacity}
}

func goodName(name string) bool {
	return name != "" && len(name) <= 200 && utf8.ValidString(name) && !strings.ContainsFunc(name, unicode.IsControl)
}

type operatorPage struct {
	Person   host.Operator
	Self     bool
	Sessions []host.Session
	Secret   *secret
	Form     operatorForm
	Queues   []choice
	Roles    []string
	Most     int
	Wrong    string
	Field    string
}

func (c *Console) showOperator(w http.ResponseWriter, r *http.Request, v *visit) error {
	o, err := c.operator(r)
	if err != nil {
		return err
	}
	return c.drawOperator(w, r, v, http.StatusOK, page{Notice: operatorsNotice(v.locale, r.URL.Query().Get("done"))}, operatorPage{Person: o, Form: personForm(o)})
}

func (c *Console) drawOperator(w http.ResponseWriter, r *http.Request, v *visit, status int, p page, body operatorPage) (err error) {
	if body.Sessions, err = c.Accounts.Sessions(r.Context(), body.Person.ID, c.config.Now()); err != nil {
		return err
	}
	body.Self = body.Person.ID == v.operator.ID
	body.Queues, body.Roles, body.Most = c.queueChoices(v.locale, body.Form.Queues), host.Roles, host.CapacityMost
	p.Title, p.Here, p.Body = body.Person.Name, r.URL.Path, body
	c.show(w, r, v, status, "person", p)
	return nil
}

// changeOperator changes what is known about somebody, shuts them out, lets them in again, ends their sessions, takes a
// lost second factor away, or gives them a link with which they set another password.
func (c *Console) changeOperator(w http.ResponseWriter, r *http.Request, v *visit) error {
	form, err := readForm(w, r)
	if err != nil {
		return err
	}
	c.staffing.Lock()
	defer c.staffing.Unlock()
	me, err := c.person(r.Context(), v.operator.ID)
	if err != nil {
		return err
	}
	if me.Role != host.RoleAdministrator || me.Disabled { // two who demote each other: the second comes too late
		return problem(http.StatusForbidden, "problem.role", "role", word(v.locale, "role."+me.Role))
	}
	o, err := c.operator(r)
	if err != nil {
		return err
	}
	what := form.Get("do")
	if !keyPattern.MatchString(form.Get("key")) {
		return problem(http.StatusBadRequest, "problem.form")
	}
	if o.ID == v.operator.ID && what != "save" {
		return problem(http.StatusForbidden, "problem.oneself")
	}
	self := Root + "operators/" + itoa(o.ID)
	name := update(v.operator.ID, form.Get("key"), what, itoa(o.ID), form.Encode())
	if c.forms.done(name) {
		http.Redirect(w, r, self+"?done=again", http.StatusSeeOther)
		return nil
	}
	done, log := "", host.AuditChange{}
	switch what {
	case "save":
		return c.savePerson(w, r, v, o, form, name)
	case "renew":
		return c.renew(w, r, v, o, name)
	case "disable", "enable":
		if o.Disabled == (what == "disable") { // somebody else was quicker
			break
		}
		err = c.Accounts.SetDisabled(r.Context(), o.ID, what == "disable")
		done, log = what+"d", host.AuditChange{Field: "access", Before: onOff(!o.Disabled), After: onOff(o.Disabled)}
	case "sessions":
		err = c.Accounts.EndSessions(r.Context(), o.ID)
		done, log = "sessions", host.AuditChange{Field: "sessions", Before: "on", After: "off"}
	case "factor":
		err = c.Accounts.SetTOTP(r.Context(), o.ID, "", 0, nil)
		if err == nil {
			err = c.Accounts.EndSessions(r.Context(), o.ID)
		}
		done, log = "factor", host.AuditChange{Field: "factor", Before: onOff(o.TOTPSecret != ""), After: "off"}
	default:
		return problem(http.StatusBadRequest, "problem.form")
	}
	if err != nil {
		return err
	}
	c.forms.finish(name)
	if done != "" {
		c.did(r.Context(), v, "people.change", o.Login, log)
	}
	if what == "disable" {
		left, err := c.giveBack(r.Context(), v, o, form.Get("key"))
		if err != nil {
			return err
		}
		if left > 0 {
			done = "held"
		}
	}
	http.Redirect(w, r, self+"?done="+done, http.StatusSeeOther)
	return nil
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func (c *Console) savePerson(w http.ResponseWriter, r *http.Request, v *visit, o host.Operator, form url.Values, name string) error {
	after, wrong := c.readPerson(form)
	after.ID, after.Login, after.Locale = o.ID, o.Login, o.Locale
	refuse := func(status int, field, text string) error {
		return c.drawOperator(w, r, v, status, page{}, operatorPage{Person: o, Form: personForm(after), Field: field, Wrong: word(v.locale, text)})
	}
	if wrong != "" {
		return refuse(http.StatusUnprocessableEntity, wrong, "operators.bad_"+wrong)
	}
	if o.ID == v.operator.ID && after.Role != o.Role { // so there is always an administrator
		return problem(http.StatusForbidden, "problem.oneself")
	}
	if err := c.Accounts.UpdateOperator(r.Context(), after); err != nil {
		return err
	}
	c.forms.finish(name)
	c.did(r.Context(), v, "people.change", o.Login, differences(o, after)...)
	http.Redirect(w, r, Root+"operators/"+itoa(o.ID)+"?done=saved", http.StatusSeeOther)
	return nil
}

// renew makes a link with which somebody sets another password. The old one holds until they do.
func (c *Console) renew(w http.ResponseWriter, r *http.Request, v *visit, o host.Operator, name string) error {
	if o.Disabled {
		return problem(http.StatusConflict, "problem.disabled")
	}
	link, err := c.sendInvitation(r, v, o)
	if errors.Is(err, host.ErrTaken) {
		return problem(http.StatusConflict, "problem.form")
	}
	if err != nil {
		return err
	}
	c.forms.finish(name)
	c.did(r.Context(), v, "people.renew", o.Login)
	return c.drawOperator(w, r, v, http.StatusOK, page{}, operatorPage{Person: o, Form: personForm(o), Secret: &secret{o.Login, o.Name, link, c.config.Now().Add(invitationTime)}})
}

// operator finds the operator whom the address names.
func (c *Console) operator(r *http.Request) (host.Operator, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return host.Operator{}, problem(http.StatusNotFound, "problem.no_page")
	}
	o, err := c.person(r.Context(), id)
	if errors.Is(err, host.ErrNotFound) {
		return o, problem(http.StatusNotFound, "problem.no_page")
	}
	return o, err
}
