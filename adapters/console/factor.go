package console

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/pquerna/otp/hotp"

	"spravka/engine/host"
)

// The second factor is a code of six digits that changes every 30 seconds (RFC 6238), as all authenticator programs
// make it. The steps before and after are taken as well, for clocks that differ.
const (
	factorStep  = 30 * time.Second
	factorSkew  = 1
	factorCodes = 10 // recovery codes
)

// newFactor makes the secret of a second factor: 160 bits.
func newFactor() string {
	var secret [20]byte
	rand.Read(secret[:]) // never fails: it ends the program instead
	return base32.StdEncoding.EncodeToString(secret[:])
}

var factorPattern = regexp.MustCompile(`^[A-Z2-7]{32}$`)

// factorURL is what the picture for the authenticator program says.
func factorURL(issuer, login, secret string) string {
	return "otpauth://totp/" + url.PathEscape(issuer+":"+login) + "?" +
		strings.ReplaceAll(url.Values{"secret": {secret}, "issuer": {issuer}}.Encode(), "+", "%20")
}

var digitsPattern = regexp.MustCompile(`^\d{6}$`)

// factorStepOf returns the time step whose code was typed; ok is false if it is none of those that count now.
func factorStepOf(secret, typed string, now time.Time) (step int64, ok bool) {
	if !digitsPattern.MatchString(typed) {
		return 0, false
	}
	current := now.Unix() / int64(factorStep.Seconds())
	for s := current - factorSkew; s <= current+factorSkew; s++ {
		code, err := hotp.GenerateCode(secret, uint64(s))
		if err == nil && subtle.ConstantTimeCompare([]byte(code), []byte(typed)) == 1 {
			step, ok = s, true
		}
	}
	return step, ok
}

// newRecoveryCodes makes codes for the day on which the authenticator is lost: 16 letters each, about 72 bits.
func newRecoveryCodes() (codes []string, hashes [][]byte) {
	for range factorCodes {
		letters := NewPassword()[:16]
		codes = append(codes, strings.Join([]string{letters[:4], letters[4:8], letters[8:12], letters[12:]}, "-"))
		hashes = append(hashes, recoveryHash(letters))
	}
	return codes, hashes
}

var recoveryPattern = regexp.MustCompile(`^[a-z]{16}$`)

func recoveryHash(letters string) []byte {
	sum := sha256.Sum256([]byte("spravka recovery code\x00" + letters))
	return sum[:]
}

// typedCode makes comparable what somebody typed or pasted as a code.
func typedCode(text string) string {
	if len(text) > 64 {
		return ""
	}
	return strings.NewReplacer(" ", "", "-", "", "\u00a0", "").Replace(strings.ToLower(strings.TrimSpace(text)))
}

// proved says how somebody has proved who they are.
type proved string

const (
	provedNot      proved = ""
	provedCode     proved = "code"
	provedRecovery proved = "recovery"
)

// prove checks a code of the operator's second factor and uses it up: it serves once. Tries are counted, and refused
// with a time to wait where there were too many.
func (c *Console) prove(ctx context.Context, o host.Operator, typed string) (how proved, wait time.Duration, err error) {
	key := "code of " + itoa(o.ID)
	if ok, wait := c.byLogin.attempt(key); !ok {
		return provedNot, wait, nil
	}
	typed = typedCode(typed)
	if step, ok := factorStepOf(o.TOTPSecret, typed, c.config.Now()); ok {
		err = c.Accounts.UseTOTP(ctx, o.ID, step)
		how = provedCode
	} else if recoveryPattern.MatchString(typed) {
		err = c.Accounts.UseRecoveryCode(ctx, o.ID, recoveryHash(typed))
		how = provedRecovery
	} else {
		return provedNot, 0, nil
	}
	if errors.Is(err, host.ErrUsed) || errors.Is(err, host.ErrNotFound) {
		return provedNot, 0, nil
	}
	if err != nil {
		return provedNot, 0, err
	}
	c.byLogin.clear(key)
	return how, 0, nil
}

// lacksFactor reports whether the operator's role demands a second factor that they have not set up.
func (c *Console) lacksFactor(o host.Operator) bool {
	if o.TOTPSecret != "" {
		return false
	}
	for _, role := range c.config.FactorRoles {
		if role == o.Role {
			return true
		}
	}
	return false
}
