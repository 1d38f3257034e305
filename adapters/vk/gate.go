package vk

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/SevereCloud/vksdk/v2/api"

	"spravka/engine/host"
)

// How long calls pause when VK refuses all of them. The pause doubles as long as it goes on.
const (
	tokenPause   = time.Minute
	captchaPause = 2 * time.Minute
	longestPause = 15 * time.Minute
)

// errPaused says that VK refuses every call at present.
var errPaused = errors.New("calls to VK pause")

// gate stops all calls while VK refuses them as a whole: a revoked token, a demand for a captcha. After each pause one
// call finds out whether VK has changed its mind, so that nothing hammers.
type gate struct {
	alarm func(kind, text string)

	mu      sync.Mutex
	strikes int       // pauses in a row
	until   time.Time // of the pause
	probing bool      // one call is on its way to find out
}

// enter lets a call through, or says when to come back. What it returns must be called when the call has ended.
func (g *gate) enter() (leave func(), err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.strikes == 0 {
		return func() {}, nil
	}
	left := time.Until(g.until)
	if left > 0 || g.probing {
		left = max(left, 2*time.Second)
		return nil, fmt.Errorf("%w: %w", errPaused, host.RetryAfterError{After: left + rand.N(left/4)})
	}
	g.probing = true
	return func() {
		g.mu.Lock()
		g.probing = false
		g.mu.Unlock()
	}, nil
}

// judge looks at how a call went, and turns its error into one that a channel returns.
func (g *gate) judge(method string, err error) error {
	code, err := classify(method, err)
	first, kind, text := time.Duration(0), "", ""
	switch code {
	case api.ErrAuth, 27, 28:
		first, kind = tokenPause, AlarmToken
		text = fmt.Sprintf("VK refuses the community's token (error %d): put a new one in place", code)
	case api.ErrCaptcha:
		first, kind = captchaPause, AlarmCaptcha
		text = "VK demands a captcha: calls pause; look into the community's messages for what looks like spam"
	}
	if kind == "" {
		if err == nil || code != 0 {
			g.open() // VK has answered this very call
		}
		return err
	}
	left, fresh := g.shut(first)
	if fresh {
		g.alarm(kind, text)
	}
	// The call that begins a pause is told of it like those that come during one.
	return fmt.Errorf("%w: %w: %w", err, errPaused, host.RetryAfterError{After: left})
}

func (g *gate) open() {
	g.mu.Lock()
	g.strikes = 0
	g.mu.Unlock()
}

// shut begins a pause, or makes the next one longer. Calls that were under way together count once.
func (g *gate) shut(first time.Duration) (left time.Duration, fresh bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	fresh = g.strikes == 0
	if fresh || !time.Now().Before(g.until) {
		g.until = time.Now().Add(min(first<<min(g.strikes, 10), longestPause))
		g.strikes++
	}
	return max(time.Second, time.Until(g.until)), fresh
}
