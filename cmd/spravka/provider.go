package main

import (
	"fmt"
	"os"
	"strings"

	"spravka/adapters/console"
	"spravka/adapters/oidc"
)

// peopleSettings say how the staff logs in.
type peopleSettings struct {
	TotpRoles []string `help:"Roles that must set up a second factor: operator, supervisor, editor, administrator." placeholder:"ROLE"`

	OidcIssuer           string            `help:"OpenID provider at which the staff can log in, https://id.example.ru; off without one. Register CONSOLE/login/return there as the address to return to." placeholder:"URL"`
	OidcClientID         string            `name:"oidc-client-id" help:"What the provider calls this console." placeholder:"ID"`
	OidcClientSecret     string            `help:"The provider's secret for this console; better in the environment or in a file." placeholder:"SECRET"`
	OidcClientSecretFile string            `help:"File with that secret." placeholder:"FILE" type:"existingfile"`
	OidcName             string            `help:"What the log-in page calls the provider; its host by default." placeholder:"NAME"`
	OidcScopes           []string          `help:"Scopes to ask for besides openid." default:"profile,email"`
	OidcRoleClaim        string            `help:"Claim that says who has which role, such as groups or realm_access.roles; without it roles are given in the console." placeholder:"CLAIM"`
	OidcRoles            map[string]string `help:"Values of that claim and the role of each; others give none. By default values are the names of roles." placeholder:"VALUE=ROLE"`
	OidcCreate           bool              `help:"Make an account at the first log-in. Otherwise an account with the same e-mail address must exist."`
}

// provider returns the provider that was set, or nil.
func (s peopleSettings) provider() (console.Provider, error) {
	if s.OidcIssuer == "" {
		return nil, nil
	}
	secret := s.OidcClientSecret
	if s.OidcClientSecretFile != "" {
		text, err := os.ReadFile(s.OidcClientSecretFile)
		if err != nil {
			return nil, fmt.Errorf("the provider's secret: %w", err)
		}
		secret = strings.TrimSpace(string(text))
	}
	return oidc.New(oidc.Config{Issuer: s.OidcIssuer, ClientID: s.OidcClientID, ClientSecret: secret, Name: s.OidcName, Scopes: s.OidcScopes,
		RoleClaim: s.OidcRoleClaim, Roles: s.OidcRoles, Create: s.OidcCreate})
}
