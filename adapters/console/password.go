package console

import (
	"context"
	"crypto/rand"
	"strings"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"

	"spravka/engine/host"
)

// Bounds of a password that somebody chooses, in characters; the upper one also bounds the work of hashing.
const (
	passwordLeast = 12
	passwordMost  = 128
)

// letters leaves out i, l and o, which are easily taken for digits or for each other.
const letters = "abcdefghjkmnpqrstuvwxyz"

// NewPassword returns 20 random letters without lookalikes: about 90 bits.
func NewPassword() string {
	var password strings.Builder
	var chance [1]byte
	for password.Len() < 20 {
		rand.Read(chance[:]) // never fails: it ends the program instead
		if n := int(chance[0]); n < 256/len(letters)*len(letters) {
			password.WriteByte(letters[n%len(letters)])
		}
	}
	return password.String()
}

// Hash hashes a password that its owner has chosen; with nil parameters it takes the console's own.
func Hash(password string, p *argon2id.Params) (string, error) {
	if p == nil {
		p = argon
	}
	return argon2id.CreateHash(password, p)
}

// generatedMark stands before the hash of a password that was generated: the console then asks for another one at once.
const generatedMark = "generated:"

// TemporaryPassword makes a password that is to be shown once, and the hash to store: whoever logs in with it must choose
// another one first.
func TemporaryPassword() (password, hash string, err error) {
	password = NewPassword()
	hash, err = hashGenerated(password, nil)
	return password, hash, err
}

func hashGenerated(password string, p *argon2id.Params) (string, error) {
	hash, err := Hash(password, p)
	return generatedMark + hash, err
}

// generated reports whether the operator has still to replace a generated password.
func generated(o host.Operator) bool { return strings.HasPrefix(o.PasswordHash, generatedMark) }

// right compares a password with a stored hash. Few are compared at once, because each takes memory.
func (c *Console) right(ctx context.Context, password, hash string) (bool, error) {
	done, err := c.hash(ctx)
	if err != nil {
		return false, err
	}
	defer done()
	return argon2id.ComparePasswordAndHash(password, strings.TrimPrefix(hash, generatedMark))
}

// hash waits for a place among those that hash.
func (c *Console) hash(ctx context.Context) (done func(), err error) {
	select {
	case c.hashing <- struct{}{}:
		return func() { <-c.hashing }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// weakness returns the key of the words that say what is wrong with a new password, or "". Its length and that nobody
// would guess it count; which kinds of characters it has does not.
func weakness(password string, o host.Operator) string {
	switch n := utf8.RuneCountInString(password); {
	case !utf8.ValidString(password), n > passwordMost:
		return "password.too_long"
	case n < passwordLeast:
		return "password.too_short"
	case holds(password, o.Login), holds(password, o.Name):
		return "password.has_name"
	case common(password):
		return "password.common"
	}
	return ""
}
