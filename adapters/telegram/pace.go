package telegram

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"spravka/engine/host"
)

// maxPause is how long a message waits here for its turn; one that has to wait longer goes back to the outbox, so that
// it does not hold one of the host's senders.
const maxPause = 5 * time.Second

// Groups take 20 messages a minute: 5 at once and 15 a minute after them never pass that.
const (
	groupBurst = 5
	groupRate  = rate.Limit(0.25)
)

// pace keeps the channel below Telegram's limits.
type pace struct {
	limits Limits
	now    func() time.Time
	all    *rate.Limiter
	chats  *recent[int64, *rate.Limiter]

	mu      sync.Mutex
	granted map[int64]int // messages that have waited already and are about to go out, per chat
}

func newPace(l Limits, now func() time.Time) *pace {
	p := &pace{limits: l, now: now, all: rate.NewLimiter(rate.Inf, 1), chats: newRecent[int64, *rate.Limiter](2 * remembered), granted: map[int64]int{}}
	if l.PerSecond > 0 {
		p.all = rate.NewLimiter(rate.Limit(l.PerSecond), max(1, int(l.PerSecond/10)))
	}
	return p
}

func (p *pace) of(chat int64) *rate.Limiter {
	return p.chats.or(chat, func() *rate.Limiter {
		switch {
		case p.limits.Chat < 0:
			return rate.NewLimiter(rate.Inf, 1)
		case chat < 0:
			return rate.NewLimiter(groupRate, groupBurst)
		}
		return rate.NewLimiter(rate.Limit(p.limits.Chat), max(1, p.limits.ChatBurst))
	})
}

// wait returns when a message may be sent to the chat. Its error is a [host.RetryAfterError] or the context's.
func (p *pace) wait(ctx context.Context, chat int64) error {
	if p.granting(chat, -1) {
		return nil
	}
	if err := p.take(ctx, p.of(chat)); err != nil {
		return err
	}
	return p.take(ctx, p.all)
}

// granting changes how many messages have waited already; taking one away where there is none reports false.
func (p *pace) granting(chat int64, change int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := p.granted[chat] + change
	if n < 0 {
		return false
	}
	if p.granted[chat] = n; n == 0 {
		delete(p.granted, chat)
	}
	return true
}

// Pace implements [host.Pacing]: the wait for Telegram's limits is over before the message counts as being sent.
func (b *Bot) Pace(ctx context.Context, m host.Outgoing) error {
	chat, err := b.chatOf(m.Peer)
	if err != nil {
		return nil // Send says what is wrong
	}
	if wait := b.trust.left(b.config.Now()); wait > 0 {
		return host.RetryAfterError{After: wait}
	}
	if err := b.pace.wait(ctx, chat); err != nil {
		return err
	}
	b.pace.granting(chat, 1)
	return nil
}

func (p *pace) take(ctx context.Context, l *rate.Limiter) error {
	now := p.now()
	r := l.ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait == 0 {
		return nil
	}
	if wait > maxPause {
		r.CancelAt(now)
		return host.RetryAfterError{After: wait}
	}
	if !sleep(ctx, wait) {
		r.CancelAt(p.now())
		return context.Cause(ctx)
	}
	return nil
}

// slower makes the channel stricter with a chat that Telegram has refused for sending too fast.
func (p *pace) slower(chat int64) {
	if l := p.of(chat); l.Limit() != rate.Inf {
		l.SetBurstAt(p.now(), 1)
	}
}
