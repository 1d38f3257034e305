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
	o.ID, o.Capacity, o.Presence = id, host.CapacityDefault, host.PresenceAvailable
	return o
}

// openSession opens a session for an hour from start.
func openSession(t *testing.T, s Store, token string, operator int64) {
	t.Helper()
	must(t, s.CreateSession(t.Context(), key(token), host.Session{Operator: operator, Created: start, Expires: after(3600)}))
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
			"no login":         {Name: "О", Role: host.RoleOperator, PasswordHash: "x"},
			"no name":          {Login: "o", Role: host.RoleOperator, PasswordHash: "x"},
			"no password":      {Login: "o", Name: "О", Role: host.RoleOperator},
			"no role":          {Login: "o", Name: "О", PasswordHash: "x"},
			"a foreign role":   {Login: "o", Name: "О", Role: "root", PasswordHash: "x"},
			"a huge capacity":  {Login: "o", Name: "О", Role: host.RoleOperator, PasswordHash: "x", Capacity: host.CapacityMost + 1},
			"no capacity":      {Login: "o", Name: "О", Role: host.RoleOperator, PasswordHash: "x", Capacity: -1},
			"a strange mood":   {Login: "o", Name: "О", Role: host.RoleOperator, PasswordHash: "x", Presence: "asleep"},
			"a nameless queue": {Login: "o", Name: "О", Role: host.RoleOperator, PasswordHash: "x", Queues: []string{""}},
			"many queues":      {Login: "o", Name: "О", Role: host.RoleOperator, PasswordHash: "x", Queues: strings.Split(strings.Repeat("q,", 60), ",")},
			"a long e-mail":    {Login: "o", Name: "О", Role: host.RoleOperator, PasswordHash: "x", Email: strings.Repeat("e", 255)},
			"a long login":     {Login: strings.Repeat("o", 65), Name: "О", Role: host.RoleOperator, PasswordHash: "x"},
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
			"UpdateOperator":  s.UpdateOperator(t.Context(), host.Operator{ID: 99, Name: "О", Role: host.RoleEditor}),
			"SetPresence":     s.SetPresence(t.Context(), 99, host.PresenceAway, start),
			"SetTOTP":         s.SetTOTP(t.Context(), 99, "SECRET", 0, nil),
			"UseRecoveryCode": s.UseRecoveryCode(t.Context(), 99, key("a")),
			"Revoke":          s.Revoke(t.Context(), 99),
			"LinkIdentity":    s.LinkIdentity(t.Context(), 99, host.Identity{Issuer: "i", Subject: "s"}, start),
		} {
			if !errors.Is(err, host.ErrNotFound) {
				t.Errorf("%s: %v", what, err)
			}
		}
	},
	"each role can be held": func(t *testing.T, s Store) {
		for _, role := range host.Roles {
			want := hire(t, s, role, role)
			got, err := s.OperatorByLogin(t.Context(), role)
			must(t, err)
			same(t, "operator", got, want)
		}
	},
	"all that is known of a person is kept and changed": func(t *testing.T, s Store) {
		want := host.Operator{Login: "olga", Name: "Ольга", Role: host.RoleOperator, PasswordHash: "x", Created: start, Queues: []string{"status", "general"},
			Capacity: 50, Presence: host.PresenceAway, PresenceSince: after(5), Email: "olga@example.ru", Locale: "ru", TOTPSecret: "SECRET"}
		id, err := s.CreateOperator(t.Context(), want)
		must(t, err)
		want.ID = id
		got, err := s.OperatorByLogin(t.Context(), "olga")
		must(t, err)
		same(t, "operator", got, want)
		want.Name, want.Role, want.Queues, want.Capacity, want.Email, want.Locale = "Ольга Ильина", host.RoleSupervisor, nil, 1, "", "en"
		changed := want
		changed.Login, changed.PasswordHash, changed.Disabled, changed.TOTPSecret = "other", "other", true, "other"
		must(t, s.UpdateOperator(t.Context(), changed))
		must(t, s.SetPresence(t.Context(), id, host.PresenceAvailable, after(9)))
		want.Presence, want.PresenceSince = host.PresenceAvailable, after(9)
		got, err = s.OperatorByLogin(t.Context(), "olga")
		must(t, err)
		same(t, "changed operator", got, want)
		for name, o := range map[string]host.Operator{
			"no name": {ID: id, Role: host.RoleEditor}, "a foreign role": {ID: id, Name: "О", Role: "root"},
			"a huge capacity": {ID: id, Name: "О", Role: host.RoleEditor, Capacity: 51},
		} {
			if err := s.UpdateOperator(t.Context(), o); err == nil {
				t.Errorf("%s: accepted", name)
			}
		}
		if err := s.SetPresence(t.Context(), id, "asleep", start); err == nil {
			t.Error("a strange presence was accepted")
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
	got, session, err := s.Session(t.Context(), key(token), after(second))
	must(t, err)
	same(t, "operator of the session", got, want)
	same(t, "session's operator", session.Operator, want.ID)
}

func signedOut(t *testing.T, s Store, token string, second int) {
	t.Helper()
	if o, _, err := s.Session(t.Context(), key(token), after(second)); !errors.Is(err, host.ErrNotFound) {
		t.Errorf("session %s at second %d: operator %q, %v", token, second, o.Login, err)
	}
}

var sessionTests = map[string]func(*testing.T, Store){
	"a session ends when it expires": func(t *testing.T, s Store) {
		o := hire(t, s, "olga", host.RoleOperator)
		must(t, s.CreateSession(t.Context(), key("a"), host.Session{Operator: o.ID, Created: start, Expires: after(3600)}))
		signedIn(t, s, "a", 0, o)
		signedIn(t, s, "a", 3599, o)
		signedOut(t, s, "a", 3600)
		signedOut(t, s, "b", 0)
		must(t, s.CreateSession(t.Context(), key("b"), host.Session{Operator: o.ID, Created: after(4000), Expires: after(5000)}))
		signedOut(t, s, "a", 4000)
		signedIn(t, s, "b", 4000, o)
	},
	"one session or all of an operator can be ended": func(t *testing.T, s Store) {
		o, p := hire(t, s, "olga", host.RoleOperator), hire(t, s, "ivan", host.RoleAdministrator)
		for token, id := range map[string]int64{"a": o.ID, "b": o.ID, "c": o.ID, "d": p.ID} {
			must(t, s.CreateSession(t.Context(), key(token), host.Session{Operator: id, Created: start, Expires: after(3600)}))
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
		must(t, s.CreateSession(t.Context(), key("a"), host.Session{Operator: o.ID, Created: start, Expires: after(3600)}))
		must(t, s.CreateSession(t.Context(), key("p"), host.Session{Operator: p.ID, Created: start, Expires: after(3600)}))
		must(t, s.SetDisabled(t.Context(), o.ID, true))
		signedOut(t, s, "a", 1)
		signedIn(t, s, "p", 1, p)
		if err := s.CreateSession(t.Context(), key("b"), host.Session{Operator: o.ID, Created: start, Expires: after(3600)}); !errors.Is(err, host.ErrNotFound) {
			t.Errorf("a session for a disabled operator: %v", err)
		}
		got, err := s.OperatorByLogin(t.Context(), "olga")
		must(t, err)
		if !got.Disabled {
			t.Error("the operator is not disabled")
		}
		must(t, s.SetDisabled(t.Context(), o.ID, false))
		signedOut(t, s, "a", 1)
		must(t, s.CreateSession(t.Context(), key("c"), host.Session{Operator: o.ID, Created: start, Expires: after(3600)}))
		signedIn(t, s, "c", 1, o)
	},
	"sessions are listed and ended by what names them": func(t *testing.T, s Store) {
		o, p := hire(t, s, "olga", host.RoleOperator), hire(t, s, "ivan", host.RoleOperator)
		want := []host.Session{
			{Operator: o.ID, Created: after(20), Expires: after(3600), Seen: after(20), Address: "192.0.2.1", Device: "Firefox, Linux"},
			{Operator: o.ID, Created: after(10), Expires: after(3600), Seen: after(10)},
		}
		must(t, s.CreateSession(t.Context(), key("second"), want[0]))
		must(t, s.CreateSession(t.Context(), key("first"), want[1]))
		must(t, s.CreateSession(t.Context(), key("half"), host.Session{Operator: o.ID, Created: start, Expires: after(3600), Pending: true}))
		openSession(t, s, "other", p.ID)
		got, err := s.Sessions(t.Context(), o.ID, after(30))
		must(t, err)
		if len(got) != 2 {
			t.Fatalf("%d sessions are listed", len(got))
		}
		for i := range got {
			if len(got[i].ID) != 16 {
				t.Errorf("a session is named %q", got[i].ID)
			}
			want[i].ID = got[i].ID
		}
		same(t, "sessions", got, want)
		_, half, err := s.Session(t.Context(), key("half"), after(30))
		must(t, err)
		if !half.Pending {
			t.Error("a half-opened session is whole")
		}
		must(t, s.EndSessionOf(t.Context(), p.ID, got[0].ID)) // another's
		signedIn(t, s, "second", 31, o)
		must(t, s.EndSessionOf(t.Context(), o.ID, got[0].ID))
		must(t, s.EndSessionOf(t.Context(), o.ID, got[0].ID))
		signedOut(t, s, "second", 32)
		signedIn(t, s, "first", 32, o)
		none, err := s.Sessions(t.Context(), o.ID, after(3600))
		must(t, err)
		same(t, "expired sessions", none, []host.Session(nil))
	},
	"what can't be kept is refused": func(t *testing.T, s Store) {
		o := hire(t, s, "olga", host.RoleOperator)
		must(t, s.CreateSession(t.Context(), key("a"), host.Session{Operator: o.ID, Created: start, Expires: after(3600)}))
		for what, err := range map[string]error{
			"a token in use":      s.CreateSession(t.Context(), key("a"), host.Session{Operator: o.ID, Created: start, Expires: after(3600)}),
			"a short hash":        s.CreateSession(t.Context(), []byte("short"), host.Session{Operator: o.ID, Created: start, Expires: after(3600)}),
			"a long hash":         s.CreateSession(t.Context(), make([]byte, 65), host.Session{Operator: o.ID, Created: start, Expires: after(3600)}),
			"no hash":             s.CreateSession(t.Context(), nil, host.Session{Operator: o.ID, Created: start, Expires: after(3600)}),
			"an end before start": s.CreateSession(t.Context(), key("b"), host.Session{Operator: o.ID, Created: start, Expires: start}),
			"a long address":      s.CreateSession(t.Context(), key("b"), host.Session{Operator: o.ID, Created: start, Expires: after(3600), Address: strings.Repeat("x", 65)}),
			"a long device":       s.CreateSession(t.Context(), key("b"), host.Session{Operator: o.ID, Created: start, Expires: after(3600), Device: strings.Repeat("x", 201)}),
			"nobody's":            s.CreateSession(t.Context(), key("b"), host.Session{Operator: 99, Created: start, Expires: after(3600)}),
		} {
			if err == nil {
				t.Errorf("%s: accepted", what)
			}
		}
		if _, _, err := s.Session(t.Context(), nil, start); !errors.Is(err, host.ErrNotFound) {
			t.Errorf("a session without a token: %v", err)
		}
		signedIn(t, s, "a", 1, o)
	},
}
