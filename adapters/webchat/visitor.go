package webchat

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"

	"spravka/engine/host"
)

// visitor is a citizen in the web chat, known by nothing but a secret token.
type visitor struct {
	token string
	peer  host.Peer
}

// tokens are 32 random bytes. Strict: exactly one text stands for each.
var tokens = base64.RawURLEncoding.Strict()

// newVisitor makes a visitor whom nobody has seen yet. Nothing is stored.
func newVisitor() visitor {
	var secret [32]byte
	rand.Read(secret[:]) // never fails: it ends the program instead
	v, _ := knownVisitor(tokens.EncodeToString(secret[:]))
	return v
}

// knownVisitor tells who holds the token. Whoever reads the database finds a hash there and can't speak for a visitor.
func knownVisitor(token string) (v visitor, ok bool) {
	secret, err := tokens.DecodeString(token)
	if err != nil || len(secret) != 32 {
		return visitor{}, false
	}
	sum := sha256.Sum256(append([]byte("spravka web visitor\x00"), secret...))
	return visitor{token: token, peer: host.Peer{Channel: "web", ID: base64.RawURLEncoding.EncodeToString(sum[:])}}, true
}

// update makes the id under which the host handles a client's message once. It begins with who sent it, so that
// nobody can use up the ids of somebody else.
func (v visitor) update(id string) string { return v.peer.ID[:16] + "." + id }

// clientID is the inverse of update.
func clientID(update string) string {
	if before, id, ok := strings.Cut(update, "."); ok && len(before) == 16 {
		return id
	}
	return update
}

// bearer returns the visitor of the Authorization header; ok is false if there is no such header.
func bearer(r *http.Request) (v visitor, ok bool, err error) {
	head := r.Header.Get("Authorization")
	if head == "" {
		return visitor{}, false, nil
	}
	token, isBearer := strings.CutPrefix(head, "Bearer ")
	v, known := knownVisitor(strings.TrimSpace(token))
	if !isBearer || !known {
		return visitor{}, false, faulty("bad_token")
	}
	return v, true, nil
}

// caller returns the visitor of a request: of its token, or of the page's cookie where the chat's own pages read.
func caller(r *http.Request) (visitor, error) {
	v, ok, err := bearer(r)
	if err != nil {
		return visitor{}, err
	}
	if ok {
		return v, nil
	}
	if r.Method == http.MethodGet && sameOrigin(r) {
		if v, ok := ofCookie(r); ok {
			return v, nil
		}
	}
	return visitor{}, faulty("no_token")
}

const cookieName = "spravka_chat"

// ofCookie returns the visitor of the page's cookie.
func ofCookie(r *http.Request) (v visitor, ok bool) {
	cookie, err := r.Cookie(cookieName)
	if err != nil {
		return visitor{}, false
	}
	return knownVisitor(cookie.Value)
}

// remember gives the browser the visitor's cookie; an empty visitor takes it away.
func (c *Chat) remember(w http.ResponseWriter, r *http.Request, v visitor) {
	age := int(c.config.Remember.Seconds())
	if v.token == "" {
		age = -1
	}
	http.SetCookie(w, &http.Cookie{
		Name: cookieName, Value: v.token, Path: "/chat", MaxAge: age,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: c.secure(r),
	})
}
