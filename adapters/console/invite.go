package console

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"spravka/engine/host"
)

// invitationTime is how long an invitation is good for.
const invitationTime = 72 * time.Hour

func hexOf(b []byte) string { return hex.EncodeToString(b) }

// newInvitation makes the token of a link and the hash that is kept of it.
func newInvitation() (token string, hash []byte) {
	var secret [32]byte
	rand.Read(secret[:]) // never fails: it ends the program instead
	token = tokens.EncodeToString(secret[:])
	hash, _ = invitationHash(token)
	return token, hash
}

func invitationHash(token string) (hash []byte, ok bool) {
	secret, err := tokens.DecodeString(token)
	if err != nil || len(secret) != 32 {
		return nil, false
	}
	sum := sha256.Sum256(append([]byte("spravka invitation\x00"), secret...))
	return sum[:], true
}

// linkOf is the whole address of an invitation, as the browser of the one who invites reaches the console.
func (c *Console) linkOf(r *http.Request, token string) string {
	scheme := "http"
	if c.secure(r) {
		scheme = "https"
	}
	return scheme + "://" + r.Host + Root + "invitation/" + token
}

// invite makes an invitation and answers with the page itself and not with a redirect, because the link must not be
// kept anywhere. Whoever reloads that page sends the form again, which then does nothing.
func (c *Console) invite(w http.ResponseWriter, r *http.Request, v *visit) error {
	form, err := readForm(w, r)
	if err != nil {
		return err
	}
	o, field := c.readPerson(form)
	o.Login = loginOf(form.Get("login"))
	switch {
	case !keyPattern.MatchString(form.Get("key")):
		return problem(http.StatusBadRequest, "problem.form")
	case !loginPattern.MatchString(o.Login):
		field = "login"
	}
	refuse := func(status int, field, text string) error {
		return c.listOperators(w, r, v, status, page{}, operatorsPage{Form: personForm(o), Field: field, Wrong: word(v.locale, text)})
	}
	if field != "" {
		return refuse(http.StatusUnprocessableEntity, field, "operators.bad_"+field)
	}
	c.staffing.Lock()
	defer c.staffing.Unlock()
	name := update(v.operator.ID, form.Get("key"), "invite", o.Login, o.Name, o.Role)
	if c.forms.done(name) {
		http.Redirect(w, r, Root+"operators?done=again", http.StatusSeeOther)
		return nil
	}
	link, err := c.sendInvitation(r, v, o)
	if errors.Is(err, host.ErrTaken) {
		return refuse(http.StatusConflict, "login", "operators.taken")
	}
	if err != nil {
		return err
	}
	c.forms.finish(name)
	c.did(r.Context(), v, "people.invite", o.Login, differences(host.Operator{Capacity: o.Capacity}, o)...)
	return c.listOperators(w, r, v, http.StatusOK, page{}, operatorsPage{Secret: &secret{o.Login, o.Name, link, c.config.Now().Add(invitationTime)}})
}

// sendInvitation stores an invitation and returns its link. For somebody who exists it renews the password.
func (c *Console) sendInvitation(r *http.Request, v *visit, o host.Operator) (link string, err error) {
	token, hash := newInvitation()
	now := c.config.Now()
	_, err = c.Accounts.Invite(r.Context(), hash, host.Invitation{
		Operator: o.ID, Login: o.Login, Name: o.Name, Role: o.Role, Queues: o.Queues, Capacity: o.Capacity, Email: o.Email,
		By: v.operator.ID, Created: now, Expires: now.Add(invitationTime),
	})
	return c.linkOf(r, token), err
}

// revoke takes an invitation back.
func (c *Console) revoke(w http.ResponseWriter, r *http.Request, v *visit) error {
	form, err := readForm(w, r)
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return problem(http.StatusNotFound, "problem.no_page")
	}
	if !keyPattern.MatchString(form.Get("key")) {
		return problem(http.StatusBadRequest, "problem.form")
	}
	login := ""
	invitations, err := c.Accounts.Invitations(r.Context(), c.config.Now())
	if err != nil {
		return err
	}
	for _, i := range invitations {
		if i.ID == id {
			login = i.Login
		}
	}
	err = c.Accounts.Revoke(r.Context(), id)
	if err != nil && !errors.Is(err, host.ErrNotFound) { // gone is gone
		return err
	}
	if login != "" {
		c.did(r.Context(), v, "people.revoke", login)
	}
	http.Redirect(w, r, Root+"operators?done=revoked", http.StatusSeeOther)
	return nil
}

type invitationPage struct {
	Invitation host.Invitation
	Name       string
	Least      int
	Wrong      string
	Field      string
}

// invitation finds what a link leads to. A forged, used, revoked or expired one is answered alike, and slowed down.
func (c *Console) invitation(r *http.Request, v *visit) (host.Invitation, []byte, error) {
	refused := problem(http.StatusNotFound, "problem.invitation")
	hash, ok := invitationHash(r.PathValue("token"))
	if !ok {
		return host.Invitation{}, nil, refused
	}
	i, err := c.Accounts.Invitation(r.Context(), hash, c.config.Now())
	if errors.Is(err, host.ErrNotFound) {
		return i, nil, refused
	}
	return i, hash, err
}

func (c *Console) showInvitation(w http.ResponseWriter, r *http.Request, v *visit) error {
	i, _, err := c.invitation(r, v)
	if err != nil {
		return err
	}
	return c.drawInvitation(w, r, v, http.StatusOK, invitationPage{Invitation: i, Name: i.Name})
}

func (c *Console) drawInvitation(w http.ResponseWriter, r *http.Request, v *visit, status int, body invitationPage) error {
	body.Least = passwordLeast
	title := "invitation.title"
	if body.Invitation.Operator != 0 {
		title = "invitation.renew"
	}
	c.show(w, r, v, status, "invitation", page{Title: word(v.locale, title), Here: r.URL.Path, Body: body})
	return nil
}

// accept lets somebody who was invited set their own password. A new person is let in at once; somebody whose password
// was renewed logs in with it, because a second factor must not be got round.
func (c *Console) accept(w http.ResponseWriter, r *http.Request, v *visit) error {
	i, hash, err := c.invitation(r, v)
	if err != nil {
		return err
	}
	form, err := readForm(w, r)
	if err != nil {
		return err
	}
	name, password := strings.TrimSpace(form.Get("name")), form.Get("new")
	if i.Operator != 0 {
		name = i.Name
	}
	refuse := func(field, text string) error {
		return c.drawInvitation(w, r, v, http.StatusUnprocessableEntity, invitationPage{Invitation: i, Name: name, Field: field,
			Wrong: word(v.locale, text, "least", passwordLeast, "most", passwordMost)})
	}
	switch text := weakness(password, host.Operator{Login: i.Login, Name: name}); {
	case !goodName(name):
		name = cutBytes(name, 200)
		return refuse("name", "operators.bad_name")
	case text != "":
		return refuse("new", text)
	case password != form.Get("repeat"):
		return refuse("repeat", "password.differs")
	}
	done, err := c.hash(r.Context())
	if err != nil {
		return err
	}
	stored, err := Hash(password, c.config.Argon)
	done()
	if err != nil {
		return err
	}
	id, err := c.Accounts.Accept(r.Context(), hash, name, stored, c.config.Now())
	if errors.Is(err, host.ErrNotFound) { // the same form, sent twice
		return problem(http.StatusNotFound, "problem.invitation")
	}
	if err != nil {
		return err
	}
	o, err := c.person(r.Context(), id)
	if err != nil {
		return err
	}
	c.byLogin.clear(o.Login)
	by := &visit{operator: o, address: v.address, locale: v.locale, session: v.session}
	if i.Operator != 0 {
		c.did(r.Context(), by, "account.password", o.Login, host.AuditChange{Field: "how", After: "invitation"})
		http.Redirect(w, r, Root+"login?renewed", http.StatusSeeOther)
		return nil
	}
	c.did(r.Context(), by, "people.join", o.Login)
	return c.welcome(w, r, by, o, "invitation", Root+"account/factor?welcome")
}
