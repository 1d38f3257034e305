package services

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	"github.com/failsafe-go/failsafe-go/retrypolicy"

	"spravka/engine"
)

// newRetry repeats a try whose failure may pass, after the wait that plan has put into it.
func (c *Client) newRetry(tries int) retrypolicy.RetryPolicy[engine.Answered] {
	return retrypolicy.NewBuilder[engine.Answered]().
		HandleIf(func(_ engine.Answered, err error) bool {
			e := asError(err)
			return e != nil && e.again
		}).
		WithMaxAttempts(tries).
		WithDelayFunc(func(exec failsafe.ExecutionAttempt[engine.Answered]) time.Duration {
			if e := asError(exec.LastError()); e != nil {
				return e.wait
			}
			return c.backoff
		}).
		ReturnLastFailure().
		Build()
}

// newBreaker stops asking after so many failures in a row. One call tries again after the pause.
func (c *Client) newBreaker(name string, failures uint, pause time.Duration) circuitbreaker.CircuitBreaker[engine.Answered] {
	var breaker circuitbreaker.CircuitBreaker[engine.Answered]
	breaker = circuitbreaker.NewBuilder[engine.Answered]().
		HandleIf(func(_ engine.Answered, err error) bool {
			e := asError(err)
			if e != nil && e.Kind == Cancelled {
				// A call that was given up says nothing about the service. The breaker must be told one or the other:
				// while it lets a single call try, no news is not good news.
				return breaker.IsHalfOpen()
			}
			return e != nil && e.ill()
		}).
		WithFailureThreshold(failures).
		WithSuccessThreshold(1).
		WithDelay(pause).
		OnStateChanged(func(e circuitbreaker.StateChangedEvent) {
			c.log.Warn("service breaker", "operation", name, "from", e.OldState.String(), "to", e.NewState.String())
		}).
		Build()
	return breaker
}

// plan decides how long to wait before the next try, and whether the deadline leaves room for one at all.
func (c *Client) plan(ctx context.Context, e *Error, tries int) {
	if e.again {
		deadline, _ := ctx.Deadline()
		left := time.Until(deadline)
		e.wait = max(c.wait(tries), e.RetryAfter)
		e.again = e.wait < left
		if e.RetryAfter < left {
			e.RetryAfter = 0
		}
	}
	c.log.Warn("service try failed", "operation", e.Operation, "kind", string(e.Kind), "status", e.Status, "code", e.Code,
		"try", tries, "wait", e.wait, "detail", e.Detail)
}

// wait is the back-off after so many tries: half of it fixed, half of it chance, so that many callers do not come back at
// the same moment.
func (c *Client) wait(tries int) time.Duration {
	d := c.backoff
	for i := 1; i < tries && d < c.maxWait; i++ {
		d *= 2
	}
	d = min(d, c.maxWait)
	return d/2 + time.Duration(c.jitter()*float64(d/2))
}

// retryAfter reads the header: seconds or a date. Nonsense, and what lies in the past, is 0; more than a day is a day.
func retryAfter(h http.Header, now time.Time) time.Duration {
	text := strings.TrimSpace(h.Get("Retry-After"))
	if text == "" || len(text) > 40 {
		return 0
	}
	const most = 24 * time.Hour
	if strings.Trim(text, "0123456789") == "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n > int64(most/time.Second) {
			return most
		}
		return time.Duration(n) * time.Second
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	return min(max(at.Sub(now), 0), most)
}
