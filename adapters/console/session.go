package console

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"time"

	"spravka/engine/host"
)

const sessionCookie = "spravka_console"

// tokens are 32 random bytes. Strict: exactly one text stands for each.
var tokens = base64.RawURLEncoding.Strict()

// recognise finds out who makes the request.
func (c *Console) recognise(r *http.Request, v *visit) error {
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return nil
	}
	hash, ok := tokenHash(cookie.Value)
	if !ok {
		return nil
	}
	operator, session, err := c.Accounts.Session(r.Context(), hash, c.config.Now())
	if err == nil && session.Pending {
		v.halfway, v.session = operator, hash
		return nil
	}
	if errors.Is(err, host.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	v.operator, v.session = operator, hash
	if _, ok := languages[operator.Locale]; ok {
		v.locale = operator.Locale
	}
	return nil
}

// tokenHash is what the store knows of a session: whoever reads the database can open none.
func tokenHash(token string) (hash []byte, ok bool) {
	secret, err := tokens.DecodeString(token)
	if err != nil || len(secret) != 32 {
		return nil, false
	}
	sum := sha256.Sum256(append([]byte("spravka console session\x00"), secret...))
	return sum[:], true
}

// begin opens a session and gives the browser its cookie.
func (c *Console) begin(w http.ResponseWriter, r *http.Request, operator int64) error {
	return c.open(w, r, operator, c.config.Session, false)
}

// open opens a session for some time; a pending one opens nothing but the page for the second factor.
func (c *Console) open(w http.ResponseWriter, r *http.Request, operator int64, lasts time.Duration, pending bool) error {
	var secret [32]byte
	rand.Read(secret[:]) // never fails: it ends the program instead
	token := tokens.EncodeToString(secret[:])
	hash, _ := tokenHash(token)
	now := c.config.Now()
	session := host.Session{Operator: operator, Created: now, Expires: now.Add(lasts), Address: c.addressOf(r), Device: deviceOf(r.UserAgent()), Pending: pending}
	if err := c.Accounts.CreateSession(r.Context(), hash, session); err != nil {
		return err
	}
	c.setSession(w, r, token, int(lasts.Seconds()))
	return nil
}

func (c *Console) setSession(w http.ResponseWriter, r *http.Request, token string, age int) {
	http.SetCookie(w, &http.Cookie{
		Name: sessionCookie, Value: token, Path: Root, MaxAge: age,
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: c.secure(r),
	})
}
