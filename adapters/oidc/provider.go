// Package oidc lets the staff log in at an OpenID provider: authorization code flow with PKCE, state and nonce.
package oidc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"spravka/adapters/console"
	"spravka/engine/host"
)

// Config has the settings of a provider.
type Config struct {
	Issuer       string // its address, as its tokens name it: https, or http on this machine
	ClientID     string // under which this console is registered there
	ClientSecret string // "" for a public client
	Name         string // what the log-in page calls it; the issuer's host by default
	Scopes       []string
	// RoleClaim names the claim that says which role somebody has, for instance "groups" or "realm_access.roles"; "" leaves
	// roles to the console's administrators.
	RoleClaim string
	// Roles maps values of that claim to roles; other values give none. Without entries a value is the name of a role.
	Roles map[string]string
	// Create makes an account for whoever logs in first; else one with the same e-mail address must exist.
	Create bool
	// Client does the requests; by default one with a time limit of 10 seconds.
	Client *http.Client
}

// answerMost bounds an answer of the provider, in bytes.
const answerMost = 1 << 20

// Provider is an OpenID provider. It is asked about itself at the first log-in, so that a provider that is down keeps no
// server from starting. Safe for concurrent use.
type Provider struct {
	config Config
	client *http.Client

	mu    sync.Mutex
	found *oidc.Provider
}

var _ console.Provider = (*Provider)(nil)

// New checks the settings. Errors name the setting that is wrong.
func New(c Config) (*Provider, error) {
	issuer, err := url.Parse(c.Issuer)
	if err != nil || issuer.Host == "" || issuer.User != nil || issuer.RawQuery != "" || issuer.Fragment != "" {
		return nil, fmt.Errorf("oidc: the issuer %q is no address such as https://id.example.ru", c.Issuer)
	}
	if issuer.Scheme != "https" && !(issuer.Scheme == "http" && loopback(issuer.Hostname())) {
		return nil, fmt.Errorf("oidc: the issuer %q must be reached over https", c.Issuer)
	}
	if c.ClientID == "" {
		return nil, errors.New("oidc: the client's identifier is missing: it is what the provider calls this console")
	}
	for value, role := range c.Roles {
		if !slices.Contains(host.Roles, role) {
			return nil, fmt.Errorf("oidc: %q is to give the role %q, which does not exist: use one of %v", value, role, host.Roles)
		}
	}
	if len(c.Roles) > 0 && c.RoleClaim == "" {
		return nil, errors.New("oidc: roles are mapped, but no claim is named from which they come")
	}
	if c.Name == "" {
		c.Name = issuer.Host
	}
	if len(c.Scopes) == 0 {
		c.Scopes = []string{"profile", "email"}
	}
	client := http.Client{Timeout: 10 * time.Second}
	if c.Client != nil {
		client = *c.Client
	}
	client.Transport = bounded{client.Transport}
	return &Provider{config: c, client: &client}, nil
}

func loopback(name string) bool {
	ip := net.ParseIP(name)
	return name == "localhost" || ip != nil && ip.IsLoopback()
}

// bounded cuts off answers that are too long to be honest.
type bounded struct{ next http.RoundTripper }

// RoundTrip implements [http.RoundTripper].
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	next := b.next
	if next == nil {
		next = http.DefaultTransport
	}
	answer, err := next.RoundTrip(r)
	if err == nil {
		answer.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(answer.Body, answerMost), answer.Body}
	}
	return answer, err
}

// Name implements [console.Provider].
func (p *Provider) Name() string { return p.config.Name }

// Creates implements [console.Provider].
func (p *Provider) Creates() bool { return p.config.Create }

// discover asks the provider about itself, once.
func (p *Provider) discover(ctx context.Context) (*oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found != nil {
		return p.found, nil
	}
	// The library keeps the context for fetching keys later, so it must not end with this request.
	found, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), p.client), p.config.Issuer)
	if err != nil {
		return nil, fmt.Errorf("oidc: the provider %s can't be asked about itself: %w", p.config.Issuer, err)
	}
	p.found = found
	return found, nil
}

func (p *Provider) oauth(found *oidc.Provider, redirect string) *oauth2.Config {
	return &oauth2.Config{
		ClientID: p.config.ClientID, ClientSecret: p.config.ClientSecret, Endpoint: found.Endpoint(), RedirectURL: redirect,
		Scopes: append([]string{oidc.ScopeOpenID}, p.config.Scopes...),
	}
}

// Address implements [console.Provider].
func (p *Provider) Address(ctx context.Context, redirect, state, nonce, verifier string) (string, error) {
	found, err := p.discover(ctx)
	if err != nil {
		return "", err
	}
	return p.oauth(found, redirect).AuthCodeURL(state, oidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier)), nil
}

// Identify implements [console.Provider].
func (p *Provider) Identify(ctx context.Context, redirect, code, nonce, verifier string) (console.Claims, error) {
	found, err := p.discover(ctx)
	if err != nil {
		return console.Claims{}, err
	}
	ctx = oidc.ClientContext(ctx, p.client)
	token, err := p.oauth(found, redirect).Exchange(ctx, code, oauth2.VerifierOption(verifier))
	if err != nil {
		return console.Claims{}, fmt.Errorf("oidc: the code was not exchanged: %w", err)
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return console.Claims{}, errors.New("oidc: the provider sent no ID token")
	}
	id, err := found.Verifier(&oidc.Config{ClientID: p.config.ClientID}).Verify(ctx, raw)
	if err != nil {
		return console.Claims{}, fmt.Errorf("oidc: the ID token is not valid: %w", err)
	}
	if id.Nonce != nonce {
		return console.Claims{}, errors.New("oidc: the ID token was made for another log-in")
	}
	all := map[string]any{}
	if err := id.Claims(&all); err != nil {
		return console.Claims{}, fmt.Errorf("oidc: the claims can't be read: %w", err)
	}
	if found.UserInfoEndpoint() != "" {
		info, err := found.UserInfo(ctx, oauth2.StaticTokenSource(token))
		if err != nil {
			return console.Claims{}, fmt.Errorf("oidc: the provider does not tell who it is: %w", err)
		}
		if info.Subject != id.Subject {
			return console.Claims{}, errors.New("oidc: the provider speaks of somebody else than its ID token")
		}
		more := map[string]any{}
		if err := info.Claims(&more); err != nil {
			return console.Claims{}, fmt.Errorf("oidc: the claims can't be read: %w", err)
		}
		for name, value := range more {
			if _, signed := all[name]; !signed { // what is signed counts
				all[name] = value
			}
		}
	}
	return p.claims(id, all), nil
}

func (p *Provider) claims(id *oidc.IDToken, all map[string]any) console.Claims {
	text := func(name string) string {
		value, _ := all[name].(string)
		return value
	}
	claims := console.Claims{
		Identity: host.Identity{Issuer: id.Issuer, Subject: id.Subject},
		Login:    text("preferred_username"), Name: text("name"), Email: text("email"), Verified: truth(all["email_verified"]),
		Managed: p.config.RoleClaim != "",
	}
	if claims.Managed {
		claims.Role = p.role(reach(all, p.config.RoleClaim))
	}
	return claims
}

// truth reads a truth value, which some providers send as text.
func truth(value any) bool { return value == true || value == "true" }

// reach finds a claim: by its name, or by the names on the way to it, parted by dots.
func reach(all map[string]any, name string) any {
	if value, ok := all[name]; ok {
		return value
	}
	first, rest, ok := strings.Cut(name, ".")
	if inner, isMap := all[first].(map[string]any); ok && isMap {
		return reach(inner, rest)
	}
	return nil
}

// ranks are the roles, the one that may do most first: somebody of two groups gets that.
var ranks = []string{host.RoleAdministrator, host.RoleSupervisor, host.RoleEditor, host.RoleOperator}

// role returns the highest role that the values of a claim stand for, or "".
func (p *Provider) role(claim any) string {
	var values []string
	switch claim := claim.(type) {
	case string:
		values = strings.Fields(claim)
	case []any:
		for _, v := range claim {
			if text, ok := v.(string); ok {
				values = append(values, text)
			}
		}
	}
	granted := map[string]bool{}
	for _, v := range values {
		role, mapped := p.config.Roles[v]
		if !mapped && len(p.config.Roles) == 0 {
			role = v
		}
		granted[role] = true
	}
	for _, role := range ranks {
		if granted[role] {
			return role
		}
	}
	return ""
}
