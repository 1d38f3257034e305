package host

import (
	"context"
	"errors"
	"time"
)

// Roles of an [Operator].
const (
	RoleOperator      = "operator"      // works on tickets
	RoleAdministrator = "administrator" // also manages operators, facts and schedules
)

// ErrTaken says that another operator has the login.
var ErrTaken = errors.New("this login is taken")

// Operator is a person of the staff who may sign in to the console.
type Operator struct {
	ID           int64
	Login        string // 1–64 bytes, compared byte for byte
	Name         string // as citizens see it, 1–200 bytes
	Role         string // [RoleOperator] or [RoleAdministrator]
	PasswordHash string // in the encoded form of argon2id, at most 512 bytes
	Created      time.Time
	Disabled     bool // may not sign in; open sessions have ended
}

// Accounts keeps the operators of the console and their sessions. A store keeps them beside the conversations.
//
// A session is known by the hash of its token only, so that a copy of the database opens no session.
type Accounts interface {
	// CreateOperator stores an operator and returns the identifier given; o.ID is ignored. ErrTaken if the login exists.
	CreateOperator(ctx context.Context, o Operator) (int64, error)
	// OperatorByLogin returns an operator, disabled or not, or ErrNotFound.
	OperatorByLogin(ctx context.Context, login string) (Operator, error)
	// Operators lists all operators in the order of their logins.
	Operators(ctx context.Context) ([]Operator, error)
	// SetPassword replaces the hash of the password, or returns ErrNotFound. Sessions go on: see EndSessions.
	SetPassword(ctx context.Context, operator int64, hash string) error
	// SetDisabled shuts an operator out, ending all sessions, or lets them in again. ErrNotFound if there is none.
	SetDisabled(ctx context.Context, operator int64, disabled bool) error
	// CreateSession opens a session under the hash of its token (16–64 bytes, new) until it expires.
	// ErrNotFound if there is no such operator or the operator is disabled.
	CreateSession(ctx context.Context, tokenHash []byte, operator int64, now, expires time.Time) error
	// Session returns the operator of a session. ErrNotFound if there is none, it has expired by now, or the operator is
	// disabled.
	Session(ctx context.Context, tokenHash []byte, now time.Time) (Operator, error)
	// EndSession ends one session; ending one that does not exist is no error.
	EndSession(ctx context.Context, tokenHash []byte) error
	// EndSessions ends all sessions of an operator.
	EndSessions(ctx context.Context, operator int64) error
}
