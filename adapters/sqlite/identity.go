package sqlite

import (
	"context"
	"errors"
	"fmt"
	"time"

	"spravka/engine/host"
)

const (
	identityOperator = `SELECT ` + operatorColumns + ` FROM identities i JOIN operators o ON o.id = i.operator
		WHERE i.issuer = $1 AND i.subject = $2`
	linkIdentity = `INSERT INTO identities (issuer, subject, operator, created) VALUES ($1, $2, $3, $4)
		ON CONFLICT (issuer, subject) DO NOTHING`
)

// OperatorByIdentity implements [host.Accounts].
func (s *Store) OperatorByIdentity(ctx context.Context, i host.Identity) (host.Operator, error) {
	o, err := one(ctx, s, scanOperator, identityOperator, i.Issuer, i.Subject)
	return o, wrap("operator by identity", err)
}

// LinkIdentity implements [host.Accounts]. Linking an operator again with their own identity changes nothing.
func (s *Store) LinkIdentity(ctx context.Context, operator int64, i host.Identity, now time.Time) error {
	if err := errors.Join(bounded("the issuer", i.Issuer, 1, 512), bounded("the subject", i.Subject, 1, 255)); err != nil {
		return fmt.Errorf("link identity: %w", err)
	}
	var refused error
	err := s.writer.do(ctx, 1, func(t *tx) error {
		refused = nil
		var login string
		if err := t.row(operatorExists, operator).Scan(&login); err != nil {
			refused = host.ErrNotFound
			return nil
		}
		n, err := t.exec(linkIdentity, i.Issuer, i.Subject, operator, millis(now))
		if err != nil || n > 0 {
			return err
		}
		o, err := scanOperator(t.row(identityOperator, i.Issuer, i.Subject))
		if err == nil && o.ID != operator {
			refused = host.ErrTaken
		}
		return err
	})
	if err == nil {
		err = refused
	}
	return wrap("link identity", err)
}
