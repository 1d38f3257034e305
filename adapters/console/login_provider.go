package console

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"time"

	"spravka/engine/host"
)

// journeyCookie remembers, in the browser, what was sent along to the provider. It comes back with a navigation from
// another site, so it can't be as strict as the others; it opens nothing by itself.
const journeyCookie = "spravka_console_journey"

// journeyTime is how long somebody may take at the provider.
const journeyTime = 10 * time.Minute

// journey is a log-in at a provider on its way: state, nonce and verifier are random, back is where it leads to.
type journey struct{ state, nonce, verifier, back string }

func (j journey) cookie() string {
	return strings.Join([]string{j.state, j.nonce, j.verifier, tokens.EncodeToString([]byte(j.back))}, ".")
}

func readJourney(r *http.Request) (j journey, ok bool) {
	cookie, err := r.Cookie(journeyCookie)
	if err != nil {
		return j, false
	}
	parts := strings.Split(cookie.Value, ".")
	if len(parts) != 4 || len(cookie.Value) > 2000 {
		return j, false
	}
	for _, secret := range parts[:3] {
		if raw, err := tokens.DecodeString(secret); err != nil || len(raw) != 32 {
			return j, false
		}
	}
	back, err := tokens.DecodeString(parts[3])
	return journey{parts[0], parts[1], parts[2], localPath(string(back))}, err == nil
}

func newSecret() string {
	var secret [32]byte
	rand.Read(secret[:]) // never fails: it ends the program instead
	return tokens.EncodeToString(secret[:])
}

func (c *Console) setJourney(w http.ResponseWriter, r *http.Request, value string, age int) {
	http.SetCookie(w, &http.Cookie{
		Name: journeyCookie, Value: value, Path: Root + "login/", MaxAge: age,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: c.secure(r),
	})
}

// returnAddress is where the provider sends browsers back to; it must be registered there.
func (c *Console) returnAddress(r *http.Request) string {
	scheme := "http"
	if c.secure(r) {
		scheme = "https"
	}
	return scheme + "://" + r.Host + Root + "login/return"
}

// goToProvider sends the browser to the provider. It is a page with a link and no redirect of the form: the policy lets
// forms lead nowhere but here.
func (c *Console) goToProvider(w http.ResponseWriter, r *http.Request, v *visit) error {
	if c.config.Provider == nil {
		return problem(http.StatusNotFound, "problem.no_page")
	}
	form, err := readForm(w, r)
	if err != nil {
		return err
	}
	if ok, wait := c.byPlace.attempt(v.address); !ok {
		return c.refuseLogin(w, r, v, http.StatusTooManyRequests, "login.wait", "seconds", int((wait+time.Second-1)/time.Second))
	}
	c.byPlace.forgive(v.address)
	j := journey{newSecret(), newSecret(), newSecret(), localPath(form.Get("back"))}
	ctx, cancel := context.WithTimeout(r.Context(), actTime)
	defer cancel()
	address, err := c.config.Provider.Address(ctx, c.returnAddress(r), j.state, j.nonce, j.verifier)
	if err != nil {
		return c.failProvider(w, r, v, "provider.failed", err)
	}
	c.setJourney(w, r, j.cookie(), int(journeyTime.Seconds()))
	return c.passOn(w, r, v, address)
}

// passOn shows a page that goes on to an address by itself. After a log-in elsewhere it is needed because a strict
// cookie is not sent with a redirect that another site began.
func (c *Console) passOn(w http.ResponseWriter, r *http.Request, v *visit, address string) error {
	w.Header().Set("Refresh", "0; url="+address)
	c.show(w, r, v, http.StatusOK, "onward", page{Title: word(v.locale, "onward.title"), Here: Root, Body: address})
	return nil
}

func (c *Console) refuseLogin(w http.ResponseWriter, r *http.Request, v *visit, status int, text string, args ...any) error {
	c.show(w, r, v, status, "login", page{Title: word(v.locale, "login.title"), Here: Root + "login",
		Body: loginPage{Back: Root, Wrong: word(v.locale, text, args...), Provider: c.providerName()}})
	return nil
}

func (c *Console) providerName() string {
	if c.config.Provider == nil {
		return ""
	}
	return c.config.Provider.Name()
}

// comeBack ends a log-in at the provider. What the browser brings counts only together with the cookie of the browser
// that was sent there.
func (c *Console) comeBack(w http.ResponseWriter, r *http.Request, v *visit) error {
	if c.config.Provider == nil {
		return problem(http.StatusNotFound, "problem.no_page")
	}
	if ok, wait := c.byPlace.attempt(v.address); !ok {
		return c.refuseLogin(w, r, v, http.StatusTooManyRequests, "login.wait", "seconds", int((wait+time.Second-1)/time.Second))
	}
	j, ok := readJourney(r)
	c.setJourney(w, r, "", -1) // it serves once
	q := r.URL.Query()
	state, code := q.Get("state"), q.Get("code")
	if !ok || len(code) > 4096 || subtle.ConstantTimeCompare([]byte(state), []byte(j.state)) != 1 {
		return c.failProvider(w, r, v, "provider.strange", nil)
	}
	if q.Has("error") || code == "" {
		return c.failProvider(w, r, v, "provider.refused", nil)
	}
	ctx, cancel := context.WithTimeout(r.Context(), actTime)
	defer cancel()
	claims, err := c.config.Provider.Identify(ctx, c.returnAddress(r), code, j.nonce, j.verifier)
	if err != nil {
		return c.failProvider(w, r, v, "provider.failed", err)
	}
	o, text, err := c.operatorOf(ctx, v, claims)
	if err != nil {
		return err
	}
	if text != "" {
		return c.failProvider(w, r, v, text, nil)
	}
	c.byPlace.forgive(v.address)
	v.foreign = true
	return c.welcome(w, r, v, o, "provider", j.back)
}

// lead sends the browser on. Where another site began the navigation, a page does it instead of a redirect.
func (c *Console) lead(w http.ResponseWriter, r *http.Request, v *visit, target string) error {
	if v.foreign {
		return c.passOn(w, r, v, target)
	}
	http.Redirect(w, r, target, http.StatusSeeOther)
	return nil
}

func (c *Console) failProvider(w http.ResponseWriter, r *http.Request, v *visit, text string, err error) error {
	c.config.Log.WarnContext(r.Context(), "console: a log-in at the provider failed", "why", text, "address", v.address, "error", err)
	c.did(r.Context(), v, "login.failed", "", host.AuditChange{Field: "how", After: "provider"})
	return c.refuseLogin(w, r, v, http.StatusForbidden, text)
}

// operatorOf finds whose identity it is, links it with the account of the same e-mail address, or makes an account. text
// says why nobody is let in.
func (c *Console) operatorOf(ctx context.Context, v *visit, claims Claims) (o host.Operator, text string, err error) {
	if claims.Managed && claims.Role == "" {
		return o, "provider.no_role", nil
	}
	c.staffing.Lock()
	defer c.staffing.Unlock()
	o, err = c.Accounts.OperatorByIdentity(ctx, claims.Identity)
	if errors.Is(err, host.ErrNotFound) {
		o, text, err = c.linkOrCreate(ctx, v, claims)
	}
	switch {
	case err != nil || text != "":
		return o, text, err
	case o.Disabled:
		return o, "provider.disabled", nil
	case claims.Managed && claims.Role != o.Role:
		before := o
		o.Role = claims.Role
		if err := c.Accounts.UpdateOperator(ctx, o); err != nil {
			return o, "", err
		}
		c.did(ctx, &visit{operator: o, address: v.address}, "people.change", o.Login, differences(before, o)...)
	}
	return o, "", nil
}

func (c *Console) linkOrCreate(ctx context.Context, v *visit, claims Claims) (o host.Operator, text string, err error) {
	email := strings.ToLower(strings.TrimSpace(claims.Email))
	if !emailPattern.MatchString(email) || !claims.Verified { // an address that anybody may enter proves nothing
		email = ""
	}
	all, err := c.Accounts.Operators(ctx)
	if err != nil {
		return o, "", err
	}
	found := 0
	for _, other := range all {
		if email != "" && other.Email == email {
			o = other
			found++
		}
	}
	switch {
	case found > 1:
		return o, "provider.several", nil
	case found == 0 && !c.config.Provider.Creates():
		return o, "provider.unknown", nil
	case found == 0:
		if o, err = c.createFrom(ctx, claims, email); err != nil {
			return o, "", err
		}
		c.did(ctx, &visit{operator: o, address: v.address}, "people.join", o.Login, host.AuditChange{Field: "how", After: "provider"}, host.AuditChange{Field: "role", After: o.Role})
	}
	if o.Disabled {
		return o, "provider.disabled", nil
	}
	if err := c.Accounts.LinkIdentity(ctx, o.ID, claims.Identity, c.config.Now()); err != nil {
		return o, "", err
	}
	c.did(ctx, &visit{operator: o, address: v.address}, "people.link", o.Login)
	return o, "", nil
}

// createFrom makes an account for somebody whom the provider knows. Its password is random and shown to nobody.
func (c *Console) createFrom(ctx context.Context, claims Claims, email string) (host.Operator, error) {
	done, err := c.hash(ctx)
	if err != nil {
		return host.Operator{}, err
	}
	hash, err := Hash(NewPassword(), c.config.Argon)
	done()
	if err != nil {
		return host.Operator{}, err
	}
	login, _, _ := strings.Cut(loginOf(claims.Login), "@")
	if !loginPattern.MatchString(login) {
		login, _, _ = strings.Cut(email, "@")
	}
	sum := sha256.Sum256([]byte(claims.Issuer + "\x00" + claims.Subject))
	if !loginPattern.MatchString(login) {
		login = "user-" + hex.EncodeToString(sum[:4])
	}
	o := host.Operator{Login: login, Name: strings.TrimSpace(claims.Name), Role: claims.Role, PasswordHash: hash, Created: c.config.Now(), Email: email}
	if o.Role == "" {
		o.Role = host.RoleOperator
	}
	if !goodName(o.Name) {
		o.Name = login
	}
	_, err = c.Accounts.CreateOperator(ctx, o)
	if errors.Is(err, host.ErrTaken) { // by somebody else of the same name
		o.Login = cutLogin(login) + "-" + hex.EncodeToString(sum[:4])
		_, err = c.Accounts.CreateOperator(ctx, o)
	}
	if err != nil {
		return o, err
	}
	return c.Accounts.OperatorByLogin(ctx, o.Login)
}

func cutLogin(login string) string { return login[:min(len(login), 20)] }
