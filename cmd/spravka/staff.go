package main

import (
	"context"
	"time"

	"spravka/adapters/sqlite"
	"spravka/engine/host"
)

// staffAccounts are the stored accounts; who becomes available is given tickets at once, not at the dispatcher's next sweep.
type staffAccounts struct {
	*sqlite.Store
	host *host.Host
}

// SetPresence implements [host.Accounts].
func (a staffAccounts) SetPresence(ctx context.Context, operator int64, presence string, _ time.Time) error {
	return a.host.SetPresence(ctx, operator, presence)
}
