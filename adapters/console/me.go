package console

import (
	"context"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"

	"spravka/engine/host"
)

type accountPage struct {
	Person   host.Operator
	Codes    int // recovery codes left
	Sessions []sessionLine
	Wrong    string
	Field    string
}

type sessionLine struct {
	host.Session
	Here bool // the one in which the page is looked at
}

var accountNotices = []string{"saved", "ended", "others", "welcome", "available", "away"}

func (c *Console) showAccount(w http.ResponseWriter, r *http.Request, v *visit) error {
	p := page{}
	for _, what := range accountNotices {
		if r.URL.Query().Get("done") == what {
			p.Notice = &notice{"done", word(v.locale, "account.done_"+what)}
		}
	}
	return c.drawAccount(w, r, v, http.StatusOK, p, accountPage{Person: v.operator})
}

func (c *Console) drawAccount(w http.ResponseWriter, r *http.Request, v *visit, status int, p page, body accountPage) error {
	sessions, err := c.Accounts.Sessions(r.Context(), v.operator.ID, c.config.Now())
	if err != nil {
		return err
	}
	for _, s := range sessions {
		body.Sessions = append(body.Sessions, sessionLine{s, strings.HasPrefix(hexOf(v.session), s.ID)})
	}
	if body.Codes, err = c.Accounts.RecoveryCodes(r.Context(), v.operator.ID); err != nil {
		return err
	}
	p.Title, p.Here, p.Body = word(v.locale, "account.title"), Root+"account", body
	c.show(w, r, v, status, "account", p)
	return nil
}

// changeAccount saves what people may change of themselves: the name that citizens see, and the language.
func (c *Console) changeAccount(w http.ResponseWriter, r *http.Request, v *visit) error {
	form, err := readForm(w, r)
	if err != nil {
		return err
	}
	if !keyPattern.MatchString(form.Get("key")) {
		return problem(http.StatusBadRequest, "problem.form")
	}
	c.staffing.Lock()
	defer c.staffing.Unlock()
	before, err := c.person(r.Context(), v.operator.ID)
	if err != nil {
		return err
	}
	after := before
	after.Name, after.Locale = strings.TrimSpace(form.Get("name")), form.Get("locale")
	if !goodName(after.Name) {
		return c.drawAccount(w, r, v, http.StatusUnprocessableEntity, page{}, accountPage{Person: after, Field: "name", Wrong: word(v.locale, "operators.bad_name")})
	}
	if _, ok := languages[after.Locale]; !ok && after.Locale != "" {
		return problem(http.StatusBadRequest, "problem.form")
	}
	if err := c.Accounts.UpdateOperator(r.Context(), after); err != nil {
		return err
	}
	c.did(r.Context(), v, "account.change", after.Login, differences(before, after)...)
	http.Redirect(w, r, Root+"account?done=saved", http.StatusSeeOther)
	return nil
}

// setPresence says whether tickets are to be assigned to the visitor.
func (c *Console) setPresence(w http.ResponseWriter, r *http.Request, v *visit) error {
	form, err := readForm(w, r)
	if err != nil {
		return err
	}
	presence := form.Get("presence")
	if presence != host.PresenceAvailable && presence != host.PresenceAway || !keyPattern.MatchString(form.Get("key")) {
		return problem(http.StatusBadRequest, "problem.form")
	}
	if err := c.Accounts.SetPresence(r.Context(), v.operator.ID, presence, c.config.Now()); err != nil {
		return err
	}
	c.did(r.Context(), v, "account.presence", v.operator.Login, host.AuditChange{Field: "presence", Before: v.operator.Presence, After: presence})
	back := localPath(form.Get("back"))
	if back == Root {
		back = Root + "account?done=" + presence
	}
	http.Redirect(w, r, back, http.StatusSeeOther)
	return nil
}

// endSessions ends one of the visitor's own sessions, or all but this.
func (c *Console) endSessions(w http.ResponseWriter, r *http.Request, v *visit) error {
	form, err := readForm(w, r)
	if err != nil {
		return err
	}
	id, done := form.Get("session"), "ended"
	switch {
	case !keyPattern.MatchString(form.Get("key")) || len(id) > 64:
		return problem(http.StatusBadRequest, "problem.form")
	case id == "others":
		sessions, err := c.Accounts.Sessions(r.Context(), v.operator.ID, c.config.Now())
		if err != nil {
			return err
		}
		for _, s := range sessions {
			if strings.HasPrefix(hexOf(v.session), s.ID) {
				continue
			}
			if err := c.Accounts.EndSessionOf(r.Context(), v.operator.ID, s.ID); err != nil {
				return err
			}
		}
		done = "others"
	default:
		if err := c.Accounts.EndSessionOf(r.Context(), v.operator.ID, id); err != nil {
			return err
		}
	}
	c.did(r.Context(), v, "account.sessions", v.operator.Login)
	http.Redirect(w, r, Root+"account?done="+done, http.StatusSeeOther)
	return nil
}

type factorPage struct {
	Person  host.Operator
	Must    bool // nothing else is to be had before
	Picture template.HTML
	Secret  string   // in groups of four
	Raw     string   // as the form carries it
	Codes   []string // to be shown, once
	Left    int
	Wrong   string
}

func (c *Console) showFactor(w http.ResponseWriter, r *http.Request, v *visit) error {
	p := page{}
	switch q := r.URL.Query(); {
	case q.Has("off"):
		p.Notice = &notice{"done", word(v.locale, "factor.off_done")}
	case q.Has("recovered"):
		p.Notice = &notice{"careful", word(v.locale, "factor.recovered")}
	case q.Has("welcome"):
		p.Notice = &notice{"done", word(v.locale, "account.done_welcome")}
	}
	return c.drawFactor(w, r, v, http.StatusOK, p, factorPage{Person: v.operator, Raw: newFactor()})
}

func (c *Console) drawFactor(w http.ResponseWriter, r *http.Request, v *visit, status int, p page, body factorPage) (err error) {
	body.Must = c.lacksFactor(body.Person)
	if body.Person.TOTPSecret == "" {
		text := factorURL(word(v.locale, "brand"), v.operator.Login, body.Raw)
		if body.Picture, err = picture(text, word(v.locale, "factor.picture")); err != nil {
			return err
		}
		var groups []string
		for i := 0; i < len(body.Raw); i += 4 {
			groups = append(groups, body.Raw[i:min(i+4, len(body.Raw))])
		}
		body.Secret = strings.Join(groups, " ")
	} else if body.Left, err = c.Accounts.RecoveryCodes(r.Context(), v.operator.ID); err != nil {
		return err
	}
	p.Title, p.Here, p.Body = word(v.locale, "factor.title"), Root+"account/factor", body
	c.show(w, r, v, status, "factor", p)
	return nil
}

// changeFactor sets the second factor up, makes new recovery codes, or takes the factor away. The latter two need a code
// of it: whoever finds an open browser must not be able to do so.
func (c *Console) changeFactor(w http.ResponseWriter, r *http.Request, v *visit) error {
	form, err := readForm(w, r)
	if err != nil {
		return err
	}
	do, raw := form.Get("do"), form.Get("secret")
	if !keyPattern.MatchString(form.Get("key")) || do == "on" && !factorPattern.MatchString(raw) {
		return problem(http.StatusBadRequest, "problem.form")
	}
	c.staffing.Lock()
	defer c.staffing.Unlock()
	o, err := c.person(r.Context(), v.operator.ID)
	if err != nil {
		return err
	}
	refuse := func(status int, text string, args ...any) error {
		return c.drawFactor(w, r, v, status, page{}, factorPage{Person: o, Raw: raw, Wrong: word(v.locale, text, args...)})
	}
	if (do == "on") != (o.TOTPSecret == "") { // the form is older than what is
		http.Redirect(w, r, Root+"account/factor", http.StatusSeeOther)
		return nil
	}
	var step int64
	if do == "on" {
		var ok bool
		if step, ok = factorStepOf(raw, typedCode(form.Get("code")), c.config.Now()); !ok {
			return refuse(http.StatusUnprocessableEntity, "factor.wrong")
		}
	} else {
		how, wait, err := c.prove(r.Context(), o, form.Get("code"))
		switch {
		case err != nil:
			return err
		case wait > 0:
			return refuse(http.StatusTooManyRequests, "login.wait", "seconds", int((wait+time.Second-1)/time.Second))
		case how == provedNot:
			return refuse(http.StatusForbidden, "code.wrong")
		}
		raw, step = o.TOTPSecret, c.config.Now().Unix()/int64(factorStep.Seconds())
	}
	switch do {
	case "off":
		if err := c.Accounts.SetTOTP(r.Context(), o.ID, "", step, nil); err != nil {
			return err
		}
		c.did(r.Context(), v, "account.factor", o.Login, host.AuditChange{Field: "factor", Before: "on", After: "off"})
		http.Redirect(w, r, Root+"account/factor?off", http.StatusSeeOther)
		return nil
	case "on", "codes":
		codes, hashes := newRecoveryCodes()
		if err := c.Accounts.SetTOTP(r.Context(), o.ID, raw, step, hashes); err != nil {
			return err
		}
		if do == "on" {
			c.did(r.Context(), v, "account.factor", o.Login, host.AuditChange{Field: "factor", Before: "off", After: "on"})
		} else {
			c.did(r.Context(), v, "account.codes", o.Login, host.AuditChange{Field: "codes", After: strconv.Itoa(len(codes))})
		}
		o.TOTPSecret = raw
		return c.drawFactor(w, r, v, http.StatusOK, page{}, factorPage{Person: o, Codes: codes})
	}
	return problem(http.StatusBadRequest, "problem.form")
}

// person reads an operator as they are now.
func (c *Console) person(ctx context.Context, id int64) (host.Operator, error) {
	all, err := c.Accounts.Operators(ctx)
	if err != nil {
		return host.Operator{}, err
	}
	for _, o := range all {
		if o.ID == id {
			return o, nil
		}
	}
	return host.Operator{}, host.ErrNotFound
}

// differences are what an administrator, or they themselves, changed about somebody.
func differences(before, after host.Operator) []host.AuditChange {
	return []host.AuditChange{
		{Field: "name", Before: before.Name, After: after.Name},
		{Field: "role", Before: before.Role, After: after.Role},
		{Field: "queues", Before: strings.Join(before.Queues, ", "), After: strings.Join(after.Queues, ", ")},
		{Field: "capacity", Before: strconv.Itoa(before.Capacity), After: strconv.Itoa(after.Capacity)},
		{Field: "email", Before: before.Email, After: after.Email},
		{Field: "locale", Before: before.Locale, After: after.Locale},
	}
}
