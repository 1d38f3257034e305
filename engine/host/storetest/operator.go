package storetest

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"spravka/engine/host"
)

// hire stores an operator.
func hire(t *testing.T, s Store, login, role string) host.Operator {
	t.Helper()
	o := host.Operator{Login: login, Name: "Ольга", Role: role, PasswordHash: "$argon2id$" + login, Created: start}
	id, err := s.CreateOperator(t.Context(), o)
	must(t, err)
	o.ID = id
	return o
}

var operatorTests = map[string]func(*testing.T, Store){
	"an operator comes back as stored": func(t *testing.T, s Store) {
		want := hire(t, s, "olga", host.RoleOperator)
		got, err := s.OperatorByLogin(t.Context(), "olga")
		must(t, err)
		same(t, "operator", got, want)
		if got.ID == 0 {
			t.Error("the operator has no identifier")
		}
	},
	"they are listed by login": func(t *testing.T, s Store) {
		none, err := s.Operators(t.Context())
		must(t, err)
		same(t, "operators", none, []host.Operator(nil))
		want := []host.Operator{hire(t, s, "b", host.RoleAdministrator), hire(t, s, "c", host.RoleOperator), hire(t, s, "a", host.RoleOperator)}
		got, err := s.Operators(t.Context())
		must(t, err)
		same(t, "operators", got, []host.Operator{want[2], want[0], want[1]})
	},
	"a login is given once": func(t *testing.T, s Store) {
		var made, taken atomic.Int64
		var wait sync.WaitGroup
		for range 8 {
			wait.Go(func() {
				_, err := s.CreateOperator(t.Context(), host.Operator{Login: "olga", Name: "О", Role: host.RoleOperator, PasswordHash: "x", Created: start})
				switch {
				case err == nil:
					made.Add(1)
				case errors.Is(err, host.ErrTaken):
					taken.Add(1)
				default:
					t.Errorf("CreateOperator: %v", err)
				}
			})
		}
		wait.Wait()
		if made.Load() != 1 || taken.Load() != 7 {
			t.Errorf("%d operators made, %d refused", made.Load(), taken.Load())
		}
	},
	"who can't be kept is refused": func(t *testing.T, s Store) {
		for name, o := range map[string]host.Operator{
			"no login":       {Name: "О", Role: host.RoleOperator, PasswordHash: "x"},
			"no name":        {Login: "o", Role: host.RoleOperator, PasswordHash: "x"},
			"no password":    {Login: "o", Name: "О", Role: host.RoleOperator},
			"no role":        {Login: "o", Name: "О", PasswordHash: "x"},
			"a foreign role": {Login: "o", Name: "О", Role: "root", PasswordHash: "x"},
			"a long login":   {Login: strings.Repeat("o", 65), Name: "О", Role: host.RoleOperator, PasswordHash: "x"},
		} {
			if _, err := s.CreateOperator(t.Context(), o); err == nil {
				t.Errorf("%s: accepted", name)
			}
		}
	},
	"unknown ones are not found": func(t *testing.T, s Store) {
		_, err := s.OperatorByLogin(t.Context(), "nobody")
		for what, err := range map[string]error{
			"OperatorByLogin": err,
			"SetPassword":     s.SetPassword(t.Context(), 99, "x"),
			"SetDisabled":     s.SetDisabled(t.Context(), 99, true),
		} {
			if !errors.Is(err, host.ErrNotFound) {
				t.Errorf("%s: %v", what, err)
			}
		}
	},
	"a password is replaced": func(t *testing.T, s Store) {
		want, other := hire(t, s, "olga", host.RoleOperator), hire(t, s, "ivan", host.RoleOperator)
		must(t, s.SetPassword(t.Context(), want.ID, "new"))
		want.PasswordHash = "new"
		all, err := s.Operators(t.Context())
		must(t, err)
		same(t, "operators", all, []host.Operator{other, want})
		for _, hash := range []string{"", strings.Repeat("x", 513)} {
			if err := s.SetPassword(t.Context(), want.ID, hash); err == nil {
				t.Errorf("a hash of %d bytes was accepted", len(hash))
			}
		}
	},
}

// key is the hash of a token.
func key(name string) []byte { return []byte(name + strings.Repeat(".", 32-len(name))) }

func signedIn(t *testing.T, s Store, token string, second int, want host.Operator) {
	t.Helper()
	got, err := s.Session(t.Context(), key(token), after(second))
	must(t, err)
	same(t, "operator of the session", got, want)
}

func signedOut(t *testing.T, s Store, token string, second int) {
	t.Helper()
	if o, err := s.Session(t.Context(), key(token), after(second)); !errors.Is(err, host.ErrNotFound) {
		t.Errorf("session %s at second %d: operator %q, %v", token, second, o.Login, err)
	}
}

var sessionTests = map[string]func(*testing.T, Store){
	"a session ends when it expires": func(t *testing.T, s Store) {
		o := hire(t, s, "olga", host.RoleOperator)
		must(t, s.CreateSession(t.Context(), key("a"), o.ID, start, after(3600)))
		signedIn(t, s, "a", 0, o)
		signedIn(t, s, "a", 3599, o)
		signedOut(t, s, "a", 3600)
		signedOut(t, s, "b", 0)
		must(t, s.CreateSession(t.Context(), key("b"), o.ID, after(4000), after(5000)))
		signedOut(t, s, "a", 4000)
		signedIn(t, s, "b", 4000, o)
	},
	"one session or all of an operator can be ended": func(t *testing.T, s Store) {
		o, p := hire(t, s, "olga", host.RoleOperator), hire(t, s, "ivan", host.RoleAdministrator)
		for token, id := range map[string]int64{"a": o.ID, "b": o.ID, "c": o.ID, "d": p.ID} {
			must(t, s.CreateSession(t.Context(), key(token), id, start, after(3600)))
		}
		must(t, s.EndSession(t.Context(), key("a")))
		must(t, s.EndSession(t.Context(), key("a")))
		signedOut(t, s, "a", 1)
		signedIn(t, s, "b", 1, o)
		must(t, s.EndSessions(t.Context(), o.ID))
		signedOut(t, s, "b", 1)
		signedOut(t, s, "c", 1)
		signedIn(t, s, "d", 1, p)
	},
	"who is disabled is signed out": func(t *testing.T, s Store) {
		o, p := hire(t, s, "olga", host.RoleOperator), hire(t, s, "ivan", host.RoleOperator)
		must(t, s.CreateSession(t.Context(), key("a"), o.ID, start, after(3600)))
		must(t, s.CreateSession(t.Context(), key("p"), p.ID, start, after(3600)))
		must(t, s.SetDisabled(t.Context(), o.ID, true))
		signedOut(t, s, "a", 1)
		signedIn(t, s, "p", 1, p)
		if err := s.CreateSession(t.Context(), key("b"), o.ID, start, after(3600)); !errors.Is(err, host.ErrNotFound) {
			t.Errorf("a session for a disabled operator: %v", err)
		}
		got, err := s.OperatorByLogin(t.Context(), "olga")
		must(t, err)
		if !got.Disabled {
			t.Error("the operator is not disabled")
		}
		must(t, s.SetDisabled(t.Context(), o.ID, false))
		signedOut(t, s, "a", 1)
		must(t, s.CreateSession(t.Context(), key("c"), o.ID, start, after(3600)))
		signedIn(t, s, "c", 1, o)
	},
	"what can't be kept is refused": func(t *testing.T, s Store) {
		o := hire(t, s, "olga", host.RoleOperator)
		must(t, s.CreateSession(t.Context(), key("a"), o.ID, start, after(3600)))
		for what, err := range map[string]error{
			"a token in use":      s.CreateSession(t.Context(), key("a"), o.ID, start, after(3600)),
			"a short hash":        s.CreateSession(t.Context(), []byte("short"), o.ID, start, after(3600)),
			"a long hash":         s.CreateSession(t.Context(), make([]byte, 65), o.ID, start, after(3600)),
			"no hash":             s.CreateSession(t.Context(), nil, o.ID, start, after(3600)),
			"an end before start": s.CreateSession(t.Context(), key("b"), o.ID, start, start),
			"nobody's":            s.CreateSession(t.Context(), key("b"), 99, start, after(3600)),
		} {
			if err == nil {
				t.Errorf("%s: accepted", what)
			}
		}
		if _, err := s.Session(t.Context(), nil, start); !errors.Is(err, host.ErrNotFound) {
			t.Errorf("a session without a token: %v", err)
		}
		signedIn(t, s, "a", 1, o)
	},
}
