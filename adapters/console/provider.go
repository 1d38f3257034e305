package console

import (
	"context"

	"spravka/engine/host"
)

// Provider lets people log in with OpenID Connect.
type Provider interface {
	// Name is what the log-in page calls it.
	Name() string
	// Address is where a browser is sent to log in. redirect is where it comes back to; state, nonce and verifier (of
	// PKCE) are fresh and random.
	Address(ctx context.Context, redirect, state, nonce, verifier string) (string, error)
	// Identify exchanges the code that the browser brought back for who it is.
	Identify(ctx context.Context, redirect, code, nonce, verifier string) (Claims, error)
	// Creates reports whether an unknown person gets an account; else an account with the same e-mail must exist.
	Creates() bool
}

// Claims is what a provider says of somebody.
type Claims struct {
	host.Identity
	Login    string // preferred user name, may be empty
	Name     string
	Email    string
	Verified bool // the provider vouches for the e-mail address
	// Role is the one that the provider's claim stands for, or "" if it names none. Managed says that the provider
	// decides about roles: without one nobody gets in.
	Role    string
	Managed bool
}
