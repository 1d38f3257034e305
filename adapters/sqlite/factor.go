package sqlite

import (
	"context"
	"errors"
	"fmt"

	"spravka/engine/host"
)

const (
	setTOTP       = `UPDATE operators SET totp_secret = $1, totp_used = $2 WHERE id = $3`
	useTOTP       = `UPDATE operators SET totp_used = $1 WHERE id = $2 AND totp_used < $1`
	dropCodes     = `DELETE FROM recovery_codes WHERE operator = $1`
	addCode       = `INSERT INTO recovery_codes (operator, code_hash) VALUES ($1, $2)`
	useCode       = `DELETE FROM recovery_codes WHERE operator = $1 AND code_hash = $2`
	codesOf       = `SELECT COUNT(*) FROM recovery_codes WHERE operator = $1`
	maxCodes      = 20
	maxTOTPSecret = 128
)

// SetTOTP implements [host.Accounts].
func (s *Store) SetTOTP(ctx context.Context, operator int64, secret string, step int64, codeHashes [][]byte) error {
	if err := bounded("the secret of the second factor", secret, 0, maxTOTPSecret); err != nil {
		return err
	}
	if len(codeHashes) > maxCodes {
		return fmt.Errorf("%d recovery codes, more than %d", len(codeHashes), maxCodes)
	}
	for _, hash := range codeHashes {
		if err := checkToken(hash); err != nil {
			return fmt.Errorf("a recovery code: %w", err)
		}
	}
	return s.changeOperator(ctx, "set second factor", func(t *tx) (n int64, err error) {
		if n, err = t.exec(setTOTP, secret, step, operator); err != nil || n == 0 {
			return 0, err
		}
		if _, err := t.exec(dropCodes, operator); err != nil {
			return 0, err
		}
		for _, hash := range codeHashes {
			if _, err := t.exec(addCode, operator, hash); err != nil {
				return 0, err
			}
		}
		return n, nil
	})
}

// UseTOTP implements [host.Accounts].
func (s *Store) UseTOTP(ctx context.Context, operator, step int64) error {
	err := s.changeOperator(ctx, "use code", func(t *tx) (int64, error) { return t.exec(useTOTP, step, operator) })
	if errors.Is(err, host.ErrNotFound) {
		return wrap("use code", host.ErrUsed)
	}
	return err
}

// UseRecoveryCode implements [host.Accounts].
func (s *Store) UseRecoveryCode(ctx context.Context, operator int64, codeHash []byte) error {
	return s.changeOperator(ctx, "use recovery code", func(t *tx) (int64, error) { return t.exec(useCode, operator, present(codeHash)) })
}

// RecoveryCodes implements [host.Accounts].
func (s *Store) RecoveryCodes(ctx context.Context, operator int64) (int, error) {
	n, err := one(ctx, s, scanInt, codesOf, operator)
	return int(n), wrap("recovery codes", err)
}
