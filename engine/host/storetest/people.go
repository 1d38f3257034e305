package storetest

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"spravka/engine/host"
)

var factorTests = map[string]func(*testing.T, Store){
	"a code serves once, and none older does": func(t *testing.T, s Store) {
		o := hire(t, s, "olga", host.RoleOperator)
		must(t, s.SetTOTP(t.Context(), o.ID, "SECRET", 100, nil))
		for _, c := range []struct {
			step int64
			used bool
		}{{99, true}, {100, true}, {102, false}, {102, true}, {101, true}, {103, false}} {
			if err := s.UseTOTP(t.Context(), o.ID, c.step); errors.Is(err, host.ErrUsed) != c.used || err != nil && !c.used {
				t.Errorf("step %d: %v", c.step, err)
			}
		}
		var taken atomic.Int64
		var wait sync.WaitGroup
		for range 8 {
			wait.Go(func() {
				if s.UseTOTP(t.Context(), o.ID, 200) == nil {
					taken.Add(1)
				}
			})
		}
		wait.Wait()
		if taken.Load() != 1 {
			t.Errorf("one code was taken %d times", taken.Load())
		}
		got, err := s.OperatorByLogin(t.Context(), "olga")
		must(t, err)
		same(t, "secret", got.TOTPSecret, "SECRET")
	},
	"a recovery code serves once": func(t *testing.T, s Store) {
		o, p := hire(t, s, "olga", host.RoleOperator), hire(t, s, "ivan", host.RoleOperator)
		must(t, s.SetTOTP(t.Context(), o.ID, "SECRET", 0, [][]byte{key("a"), key("b")}))
		if err := s.UseRecoveryCode(t.Context(), p.ID, key("a")); !errors.Is(err, host.ErrNotFound) {
			t.Errorf("another's code: %v", err)
		}
		must(t, s.UseRecoveryCode(t.Context(), o.ID, key("a")))
		if err := s.UseRecoveryCode(t.Context(), o.ID, key("a")); !errors.Is(err, host.ErrNotFound) {
			t.Errorf("the same code again: %v", err)
		}
		codesLeft(t, s, o.ID, 1)
		must(t, s.SetTOTP(t.Context(), o.ID, "", 0, nil))
		codesLeft(t, s, o.ID, 0)
		got, err := s.OperatorByLogin(t.Context(), "olga")
		must(t, err)
		same(t, "secret", got.TOTPSecret, "")
	},
	"what can't be kept is refused": func(t *testing.T, s Store) {
		o := hire(t, s, "olga", host.RoleOperator)
		for name, hashes := range map[string][][]byte{"a short hash": {[]byte("short")}, "many": make([][]byte, 21)} {
			if err := s.SetTOTP(t.Context(), o.ID, "SECRET", 0, hashes); err == nil {
				t.Errorf("%s: accepted", name)
			}
		}
	},
}

func codesLeft(t *testing.T, s Store, operator int64, want int) {
	t.Helper()
	n, err := s.RecoveryCodes(t.Context(), operator)
	must(t, err)
	same(t, "recovery codes left", n, want)
}

// invited is an invitation of a new person.
func invited(login string) host.Invitation {
	return host.Invitation{Login: login, Name: "Иван", Role: host.RoleSupervisor, Queues: []string{"status"}, Capacity: 7, Email: login + "@example.ru",
		By: 1, Created: start, Expires: after(3600)}
}

var invitationTests = map[string]func(*testing.T, Store){
	"it makes an operator, once": func(t *testing.T, s Store) {
		want := invited("ivan")
		id, err := s.Invite(t.Context(), key("a"), want)
		must(t, err)
		want.ID = id
		got, err := s.Invitation(t.Context(), key("a"), after(3599))
		must(t, err)
		same(t, "invitation", got, want)
		all, err := s.Invitations(t.Context(), start)
		must(t, err)
		same(t, "invitations", all, []host.Invitation{want})

		var made atomic.Int64
		var wait sync.WaitGroup
		for range 8 {
			wait.Go(func() {
				id, err := s.Accept(t.Context(), key("a"), "Иван Ильич", "hash", after(60))
				if err == nil {
					made.Store(id)
				} else if !errors.Is(err, host.ErrNotFound) {
					t.Errorf("Accept: %v", err)
				}
			})
		}
		wait.Wait()
		people, err := s.Operators(t.Context())
		must(t, err)
		same(t, "operators", people, []host.Operator{{ID: made.Load(), Login: "ivan", Name: "Иван Ильич", Role: host.RoleSupervisor, PasswordHash: "hash", Created: after(60),
			Queues: []string{"status"}, Capacity: 7, Presence: host.PresenceAvailable, Email: "ivan@example.ru"}})
		all, err = s.Invitations(t.Context(), start)
		must(t, err)
		same(t, "invitations", all, []host.Invitation(nil))
	},
	"it expires and can be revoked": func(t *testing.T, s Store) {
		_, err := s.Invite(t.Context(), key("a"), invited("ivan"))
		must(t, err)
		gone(t, s, "a", 3600)
		if _, err := s.Accept(t.Context(), key("a"), "И", "hash", after(3600)); !errors.Is(err, host.ErrNotFound) {
			t.Errorf("an expired invitation was accepted: %v", err)
		}
		late := invited("ivan") // the login is free again
		late.Created, late.Expires = after(3600), after(7200)
		id, err := s.Invite(t.Context(), key("b"), late)
		must(t, err)
		must(t, s.Revoke(t.Context(), id))
		if err := s.Revoke(t.Context(), id); !errors.Is(err, host.ErrNotFound) {
			t.Errorf("revoked twice: %v", err)
		}
		gone(t, s, "b", 3601)
	},
	"a login is promised once": func(t *testing.T, s Store) {
		o := hire(t, s, "olga", host.RoleOperator)
		_, err := s.Invite(t.Context(), key("a"), invited("ivan"))
		must(t, err)
		for _, login := range []string{"olga", "ivan"} {
			if _, err := s.Invite(t.Context(), key("b"), invited(login)); !errors.Is(err, host.ErrTaken) {
				t.Errorf("%s is invited again: %v", login, err)
			}
		}
		o.Login = "ivan"
		if _, err := s.CreateOperator(t.Context(), o); !errors.Is(err, host.ErrTaken) {
			t.Errorf("the login of somebody invited was given away: %v", err)
		}
	},
	"it renews a password and ends all sessions": func(t *testing.T, s Store) {
		o := hire(t, s, "olga", host.RoleEditor)
		openSession(t, s, "s", o.ID)
		renewal := invited("olga")
		renewal.Operator = o.ID
		for _, token := range []string{"a", "b"} { // the second takes the place of the first
			_, err := s.Invite(t.Context(), key(token), renewal)
			must(t, err)
		}
		gone(t, s, "a", 1)
		signedIn(t, s, "s", 1, o)
		id, err := s.Accept(t.Context(), key("b"), "ignored", "new hash", after(2))
		must(t, err)
		same(t, "operator", id, o.ID)
		signedOut(t, s, "s", 3)
		o.PasswordHash = "new hash"
		got, err := s.OperatorByLogin(t.Context(), "olga")
		must(t, err)
		same(t, "operator", got, o)
	},
	"what can't be kept is refused": func(t *testing.T, s Store) {
		for name, change := range map[string]func(*host.Invitation){
			"no login": func(i *host.Invitation) { i.Login = "" }, "no name": func(i *host.Invitation) { i.Name = "" },
			"a foreign role": func(i *host.Invitation) { i.Role = "root" }, "no end": func(i *host.Invitation) { i.Expires = i.Created },
			"a huge capacity": func(i *host.Invitation) { i.Capacity = 51 }, "nobody's": func(i *host.Invitation) { i.Operator = 99 },
		} {
			i := invited("ivan")
			change(&i)
			if _, err := s.Invite(t.Context(), key("a"), i); err == nil {
				t.Errorf("%s: accepted", name)
			}
		}
		if _, err := s.Invite(t.Context(), []byte("short"), invited("ivan")); err == nil {
			t.Error("a short hash was accepted")
		}
	},
}

func gone(t *testing.T, s Store, token string, second int) {
	t.Helper()
	if i, err := s.Invitation(t.Context(), key(token), after(second)); !errors.Is(err, host.ErrNotFound) {
		t.Errorf("invitation %s at second %d: of %q, %v", token, second, i.Login, err)
	}
}

var identityTests = map[string]func(*testing.T, Store){
	"it leads to one operator": func(t *testing.T, s Store) {
		o, p := hire(t, s, "olga", host.RoleOperator), hire(t, s, "ivan", host.RoleOperator)
		one, other := host.Identity{Issuer: "https://id.example", Subject: "1"}, host.Identity{Issuer: "https://other.example", Subject: "1"}
		if _, err := s.OperatorByIdentity(t.Context(), one); !errors.Is(err, host.ErrNotFound) {
			t.Errorf("an unknown identity: %v", err)
		}
		must(t, s.LinkIdentity(t.Context(), o.ID, one, start))
		must(t, s.LinkIdentity(t.Context(), o.ID, one, start))
		must(t, s.LinkIdentity(t.Context(), p.ID, other, start))
		if err := s.LinkIdentity(t.Context(), p.ID, one, start); !errors.Is(err, host.ErrTaken) {
			t.Errorf("another's identity: %v", err)
		}
		got, err := s.OperatorByIdentity(t.Context(), one)
		must(t, err)
		same(t, "operator", got, o)
		for _, bad := range []host.Identity{{Subject: "1"}, {Issuer: "i"}} {
			if err := s.LinkIdentity(t.Context(), o.ID, bad, start); err == nil {
				t.Errorf("%+v was accepted", bad)
			}
		}
	},
}
