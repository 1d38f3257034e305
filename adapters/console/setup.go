package console

import (
	"context"
	"errors"
	"fmt"
	"time"

	"spravka/engine/host"
)

// Setup makes the first administrator, "admin", with a generated password, if there is no operator yet. The caller
// shows login and password once: only the hash is kept. created is false, and nothing else is returned, where there are
// operators already. locale chooses the language of the administrator's name, "ru" or "en".
func Setup(ctx context.Context, accounts host.Accounts, locale string, now time.Time) (login, password string, created bool, err error) {
	operators, err := accounts.Operators(ctx)
	if err != nil {
		return "", "", false, fmt.Errorf("the operators can't be read: %w", err)
	}
	if len(operators) > 0 {
		return "", "", false, nil
	}
	password, hash, err := TemporaryPassword()
	if err != nil {
		return "", "", false, fmt.Errorf("the administrator's password can't be hashed: %w", err)
	}
	_, err = accounts.CreateOperator(ctx, host.Operator{
		Login: "admin", Name: word(locale, "operators.first"), Role: host.RoleAdministrator, PasswordHash: hash, Created: now,
	})
	if errors.Is(err, host.ErrTaken) { // another process was quicker
		return "", "", false, nil
	}
	if err != nil {
		return "", "", false, fmt.Errorf("the first administrator can't be stored: %w", err)
	}
	return "admin", password, true, nil
}
