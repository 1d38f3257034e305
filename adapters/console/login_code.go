package console

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"spravka/engine/host"
)

// halfway is how long somebody whose password was right may take for the second factor.
const halfway = 10 * time.Minute

type codePage struct {
	Back  string
	Wrong string
}

// welcome lets somebody in who has proved who they are, or asks for the second factor first.
func (c *Console) welcome(w http.ResponseWriter, r *http.Request, v *visit, o host.Operator, how, back string) error {
	if v.session != nil { // another one of the same browser
		if err := c.Accounts.EndSession(r.Context(), v.session); err != nil {
			return err
		}
	}
	if o.TOTPSecret != "" {
		if err := c.open(w, r, o.ID, halfway, true); err != nil {
			return err
		}
		return c.lead(w, r, v, Root+"login/code"+backQuery(back))
	}
	return c.letIn(w, r, v, o, how, back)
}

// letIn opens the session and shows the page that was wanted.
func (c *Console) letIn(w http.ResponseWriter, r *http.Request, v *visit, o host.Operator, how, back string) error {
	if err := c.begin(w, r, o.ID); err != nil {
		return err
	}
	v.operator = o
	c.did(r.Context(), v, "login", o.Login, host.AuditChange{Field: "how", After: how})
	c.config.Log.InfoContext(r.Context(), "console: logged in", "operator", o.ID)
	return c.lead(w, r, v, localPath(back))
}

func (c *Console) showCode(w http.ResponseWriter, r *http.Request, v *visit) error {
	if v.halfway.ID == 0 {
		http.Redirect(w, r, Root+"login", http.StatusSeeOther)
		return nil
	}
	c.show(w, r, v, http.StatusOK, "code", page{Title: word(v.locale, "code.title"), Body: codePage{Back: localPath(r.URL.Query().Get("back"))}})
	return nil
}

// checkCode ends the log-in with the second factor.
func (c *Console) checkCode(w http.ResponseWriter, r *http.Request, v *visit) error {
	form, err := readForm(w, r)
	if err != nil {
		return err
	}
	if v.halfway.ID == 0 {
		http.Redirect(w, r, Root+"login", http.StatusSeeOther)
		return nil
	}
	refuse := func(status int, text string, args ...any) error {
		c.show(w, r, v, status, "code", page{Title: word(v.locale, "code.title"), Here: Root + "login/code",
			Body: codePage{Back: localPath(form.Get("back")), Wrong: word(v.locale, text, args...)}})
		return nil
	}
	o := v.halfway
	how, wait, err := c.prove(r.Context(), o, form.Get("code"))
	switch {
	case err != nil:
		return err
	case wait > 0:
		seconds := int((wait + time.Second - 1) / time.Second)
		w.Header().Set("Retry-After", strconv.Itoa(seconds))
		return refuse(http.StatusTooManyRequests, "login.wait", "seconds", seconds)
	case how == provedNot:
		v.operator = o
		c.did(r.Context(), v, "login.failed", o.Login, host.AuditChange{Field: "how", After: "code"})
		v.operator = host.Operator{}
		return refuse(http.StatusForbidden, "code.wrong")
	}
	if err := c.Accounts.EndSession(r.Context(), v.session); err != nil && !errors.Is(err, host.ErrNotFound) {
		return err
	}
	back := form.Get("back")
	if how == provedRecovery {
		back = Root + "account/factor?recovered"
	}
	return c.letIn(w, r, v, o, string(how), back)
}

func backQuery(back string) string {
	if back = localPath(back); back == Root {
		return ""
	}
	return "?back=" + url.QueryEscape(back)
}
