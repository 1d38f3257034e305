package host

import (
	"context"
	"errors"
	"time"
)

// Roles of an [Operator].
const (
	RoleOperator      = "operator"      // works on tickets
	RoleSupervisor    = "supervisor"    // also sees all queues, everybody's load and what was done, and reassigns tickets
	RoleEditor        = "editor"        // writes content, planned works and notices; sees no tickets
	RoleAdministrator = "administrator" // everything, and the people
)

// Roles are all roles, in the order in which lists offer them.
var Roles = []string{RoleOperator, RoleSupervisor, RoleEditor, RoleAdministrator}

// Presence of an [Operator]: whether tickets are assigned to them while they are signed in.
const (
	PresenceAvailable = "available"
	PresenceAway      = "away"
)

// Capacity of an [Operator]: how many tickets in work they have at once.
const (
	CapacityDefault = 3
	CapacityMost    = 50
)

// ErrTaken says that another operator or invitation has the login.
var ErrTaken = errors.New("this login is taken")

// ErrUsed says that a code that serves once has served.
var ErrUsed = errors.New("this code has been used")

// Operator is a person of the staff who may sign in to the console.
type Operator struct {
	ID           int64
	Login        string // 1–64 bytes, compared byte for byte
	Name         string // as citizens see it, 1–200 bytes
	Role         string // one of [Roles]
	PasswordHash string // in the encoded form of argon2id, at most 512 bytes
	Created      time.Time
	Disabled     bool // may not sign in; open sessions have ended

	Queues        []string  // skill groups, at most 50; none means all
	Capacity      int       // tickets in work at once, 1–[CapacityMost]; a store takes 0 for [CapacityDefault]
	Presence      string    // [PresenceAvailable] or [PresenceAway]; a store takes "" for available
	PresenceSince time.Time // when it was set last; zero if never
	Email         string    // in lower case, at most 254 bytes; may be empty
	Locale        string    // of the console: "ru", "en", or "" for what the browser asks for
	TOTPSecret    string    // of the second factor, base32; "" without one
}

// Serves reports whether the operator works in the queue.
func (o Operator) Serves(queue string) bool {
	for _, q := range o.Queues {
		if q == queue {
			return true
		}
	}
	return len(o.Queues) == 0
}

// Session is a sign-in on one device.
type Session struct {
	ID       string // names it where it is listed, 16 hexadecimal digits; opens nothing
	Operator int64
	Created  time.Time
	Expires  time.Time
	Seen     time.Time // the last use, to the minute
	Address  string    // where it was opened from, at most 64 bytes
	Device   string    // browser and system, at most 200 bytes
	Pending  bool      // the password was right and the second factor is awaited
}

// Invitation is a link with which a new person sets their password, or an operator renews theirs. It serves once.
type Invitation struct {
	ID       int64
	Operator int64 // whose password it renews; 0 for a new person
	Login    string
	Name     string
	Role     string
	Queues   []string
	Capacity int
	Email    string
	By       int64 // who has invited
	Created  time.Time
	Expires  time.Time
}

// Identity is who somebody is at an OpenID provider.
type Identity struct {
	Issuer  string // 1–512 bytes
	Subject string // 1–255 bytes
}

// Accounts keeps the operators of the console, their sessions and invitations. A store keeps them beside the
// conversations.
//
// A session, an invitation and a recovery code are known by their hash only, so that a copy of the database opens
// nothing.
type Accounts interface {
	// CreateOperator stores an operator and returns the identifier given; o.ID is ignored. ErrTaken if the login exists
	// or is promised to somebody invited.
	CreateOperator(ctx context.Context, o Operator) (int64, error)
	// OperatorByLogin returns an operator, disabled or not, or ErrNotFound.
	OperatorByLogin(ctx context.Context, login string) (Operator, error)
	// Operators lists all operators in the order of their logins.
	Operators(ctx context.Context) ([]Operator, error)
	// UpdateOperator replaces name, role, queues, capacity, e-mail and locale, or returns ErrNotFound.
	UpdateOperator(ctx context.Context, o Operator) error
	// SetPresence says whether tickets are assigned to the operator, or returns ErrNotFound.
	SetPresence(ctx context.Context, operator int64, presence string, now time.Time) error
	// SetPassword replaces the hash of the password, or returns ErrNotFound. Sessions go on: see EndSessions.
	SetPassword(ctx context.Context, operator int64, hash string) error
	// SetDisabled shuts an operator out, ending all sessions, or lets them in again. ErrNotFound if there is none.
	SetDisabled(ctx context.Context, operator int64, disabled bool) error

	// SetTOTP replaces the second factor and the hashes of its recovery codes (at most 20, 16–64 bytes each); "" and no
	// codes take it away. step counts as used. ErrNotFound if there is no such operator.
	SetTOTP(ctx context.Context, operator int64, secret string, step int64, codeHashes [][]byte) error
	// UseTOTP notes that the code of a time step was taken. ErrUsed if this step or a later one was before.
	UseTOTP(ctx context.Context, operator, step int64) error
	// UseRecoveryCode takes a recovery code away, or returns ErrNotFound.
	UseRecoveryCode(ctx context.Context, operator int64, codeHash []byte) error
	// RecoveryCodes tells how many are left.
	RecoveryCodes(ctx context.Context, operator int64) (int, error)

	// CreateSession opens a session under the hash of its token (16–64 bytes, new) from s.Created until s.Expires; ID and
	// Seen are ignored. ErrNotFound if there is no such operator or the operator is disabled.
	CreateSession(ctx context.Context, tokenHash []byte, s Session) error
	// Session returns a session and whose it is. ErrNotFound if there is none, it has expired by now, or the operator is
	// disabled. Whoever calls must look at Pending.
	Session(ctx context.Context, tokenHash []byte, now time.Time) (Operator, Session, error)
	// Sessions lists the sessions of an operator that have neither expired nor are pending, the last used first.
	Sessions(ctx context.Context, operator int64, now time.Time) ([]Session, error)
	// EndSession ends one session; ending one that does not exist is no error.
	EndSession(ctx context.Context, tokenHash []byte) error
	// EndSessionOf ends the operator's session of that ID; ending one that does not exist is no error.
	EndSessionOf(ctx context.Context, operator int64, id string) error
	// EndSessions ends all sessions of an operator.
	EndSessions(ctx context.Context, operator int64) error

	// Invite stores an invitation under the hash of its token (16–64 bytes) and returns the identifier given. Expired
	// ones are removed with it; one that renews the same operator's password is replaced. ErrTaken if the login of a new
	// person belongs to somebody, ErrNotFound if the operator to be renewed does not exist.
	Invite(ctx context.Context, tokenHash []byte, i Invitation) (int64, error)
	// Invitation returns an invitation. ErrNotFound if there is none or it has expired by now.
	Invitation(ctx context.Context, tokenHash []byte, now time.Time) (Invitation, error)
	// Invitations lists those that have not expired by now, the newest first.
	Invitations(ctx context.Context, now time.Time) ([]Invitation, error)
	// Accept uses an invitation up: it makes the operator, with the name given, or renews the password, ending all
	// sessions. It returns the operator's identifier, or ErrNotFound as Invitation does.
	Accept(ctx context.Context, tokenHash []byte, name, passwordHash string, now time.Time) (int64, error)
	// Revoke takes an invitation back, or returns ErrNotFound.
	Revoke(ctx context.Context, invitation int64) error

	// OperatorByIdentity returns whoever is linked with an identity, disabled or not, or ErrNotFound.
	OperatorByIdentity(ctx context.Context, i Identity) (Operator, error)
	// LinkIdentity links an operator with an identity. ErrTaken if it is another's, ErrNotFound if there is no operator.
	LinkIdentity(ctx context.Context, operator int64, i Identity, now time.Time) error
}
