package host

import (
	"context"
	"time"
)

// rest waits for a kick, at most for d. It reports false if the context has ended. A nil kick never comes.
func rest(ctx context.Context, d time.Duration, kick <-chan struct{}) bool {
	alarm := time.NewTimer(d)
	defer alarm.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-kick:
	case <-alarm.C:
	}
	return true
}

// kick ends the rest of whoever waits for it, or their next one.
func kick(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
