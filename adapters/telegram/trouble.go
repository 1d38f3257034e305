package telegram

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	tg "github.com/go-telegram/bot"

	"spravka/engine/host"
)

// UndecidedError says that a request was written whole and no answer came: Telegram may have carried it out or not.
type UndecidedError struct{ Method string }

func (e UndecidedError) Error() string {
	return e.Method + ": no answer came, and nobody can tell whether Telegram has carried it out"
}

// Is makes it [host.ErrUndecided].
func (e UndecidedError) Is(target error) bool { return target == host.ErrUndecided }

// refusal is an answer of Telegram that says no.
type refusal struct {
	method string
	kind   error // one of the library's sentinels
	text   string
}

func (e *refusal) Error() string { return e.method + ": " + e.text }
func (e *refusal) Unwrap() error { return e.kind }

// movedError says that a group goes on under another identifier.
type movedError struct{ to int64 }

func (e movedError) Error() string { return "the group has become a supergroup" }

var errUnreadable = errors.New("the answer is unreadable, though it was a success")

// judge turns an error of the library into one that says what to do about it. No answer's text gets into it, apart
// from Telegram's own description of a refusal: what citizens write must not reach the log.
func (b *Bot) judge(method string, err error, seen *trace) error {
	if err == nil {
		b.trust.restored()
		return nil
	}
	if many, ok := errors.AsType[*tg.TooManyRequestsError](err); ok {
		return host.RetryAfterError{After: time.Duration(min(max(many.RetryAfter, 1), 3600)) * time.Second}
	}
	if moved, ok := errors.AsType[*tg.MigrateError](err); ok {
		return movedError{int64(moved.MigrateToChatID)}
	}
	for _, kind := range []error{tg.ErrorForbidden, tg.ErrorBadRequest, tg.ErrorConflict} {
		if errors.Is(err, kind) {
			return &refusal{method, kind, cut(err.Error(), 200)}
		}
	}
	if errors.Is(err, tg.ErrorUnauthorized) || errors.Is(err, tg.ErrorNotFound) && method == "getMe" {
		b.refused()
		return &refusal{method, tg.ErrorUnauthorized, cut(err.Error(), 200)}
	}
	if errors.Is(err, tg.ErrorNotFound) {
		return &refusal{method, tg.ErrorNotFound, cut(err.Error(), 200)} // an older Bot API server lacks the method
	}
	status := int(seen.status.Load())
	switch {
	case status >= 200 && status < 300 && strings.Contains(err.Error(), "error decode response result"):
		return errUnreadable
	case status >= 500 && status != 504:
		return fmt.Errorf("%s: Telegram answers %d", method, status)
	case status == 413:
		return &refusal{method, tg.ErrorBadRequest, "the request is too large"}
	case status >= 300 && status < 500:
		return fmt.Errorf("%s: something on the way to Telegram answers %d", method, status)
	case status != 0, seen.written.Load():
		return UndecidedError{method} // a gateway's timeout, an empty or torn answer, or none at all
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%s: not begun in time: %w", method, b.client.hidden("asking Telegram", err))
	}
	return b.client.hidden(method, err)
}

// trust remembers that Telegram has refused the token, so that it is not asked again at once.
type trust struct {
	mu    sync.Mutex
	until time.Time
	pause time.Duration
}

// The pauses between two tries with a token that was refused.
const (
	firstDistrust = time.Minute
	lastDistrust  = 10 * time.Minute
)

// refused sounds the alarm and keeps the channel from asking for a while.
func (b *Bot) refused() {
	b.config.count(CountToken)
	t := &b.trust
	t.mu.Lock()
	now := b.config.Now()
	if now.Before(t.until) {
		t.mu.Unlock()
		return
	}
	t.pause = min(max(2*t.pause, firstDistrust), lastDistrust)
	t.until = now.Add(t.pause)
	pause := t.pause
	t.mu.Unlock()
	b.config.Log.Error("telegram: ALARM: Telegram does not accept the bot's token; nothing is received or sent. Get a new one from @BotFather and restart",
		"bot", b.config.id(), "next_try", pause)
}

func (t *trust) restored() {
	t.mu.Lock()
	t.until, t.pause = time.Time{}, 0
	t.mu.Unlock()
}

// left returns how long the token must not be tried.
func (t *trust) left(now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return max(0, t.until.Sub(now))
}

// troubled logs what went wrong in a loop and returns how long to wait before the next try.
func (b *Bot) troubled(doing string, err error, pause *backoff) time.Duration {
	wait := pause.next()
	var later host.RetryAfterError
	switch {
	case errors.Is(err, tg.ErrorUnauthorized):
		return max(wait, b.trust.left(b.config.Now())) // the alarm has been sounded
	case errors.As(err, &later):
		wait = max(wait, later.After)
	}
	b.config.Log.Warn("telegram: "+doing+" failed", "error", err, "next_try", wait)
	return wait
}

// backoff doubles its pauses, with jitter.
type backoff struct{ first, most, now time.Duration }

func newBackoff(first, most time.Duration) *backoff { return &backoff{first: first, most: most} }

func (p *backoff) next() time.Duration {
	p.now = min(max(2*p.now, p.first), p.most)
	return p.now/2 + rand.N(p.now/2+1)
}

func (p *backoff) reset() { p.now = 0 }

// sleep waits; it reports false if the context has ended.
func sleep(ctx context.Context, d time.Duration) bool {
	alarm := time.NewTimer(d)
	defer alarm.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-alarm.C:
		return ctx.Err() == nil
	}
}
