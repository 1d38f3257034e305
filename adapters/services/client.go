package services

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	"github.com/failsafe-go/failsafe-go/retrypolicy"

	"spravka/engine"
	"spravka/engine/host"
)

// Options of a [Client]. A zero value of an optional field stands for its default.
type Options struct {
	URL        string               // where the registers are: https://host[:port][/path]
	PlainHTTP  bool                 // allow http:// to a host that is not this machine; personal data then travel in the clear
	Token      string               // the bearer token
	Instance   string               // names this installation's database, so that keys of two are never the same; 1–64 of A–Z a–z 0–9 . _ -
	Operations map[string]Operation // as flows/services.yaml names them; those of the desk (ticket.*) are left out

	Timeout  time.Duration // of one try; 5 s
	Total    time.Duration // of a call with all its tries, unless the context ends before; 25 s
	Tries    int           // at most; 4
	Backoff  time.Duration // before the first repeat, doubled for each next one; 250 ms
	MaxWait  time.Duration // the longest back-off; 4 s. A service's Retry-After may be longer.
	Failures uint          // in a row, after which an operation is not asked for a while; 10
	Pause    time.Duration // how long it is not asked; 15 s, then one call tries

	Jitter    func() float64 // in [0, 1); math/rand
	Now       func() time.Time
	Transport http.RoundTripper // made for this purpose
	Log       *slog.Logger      // hears failed tries and pauses, without personal data; nil for nobody
}

// Client asks services over HTTP. It is safe for concurrent use.
type Client struct {
	base       string
	token      string
	instance   string
	operations map[string]*operation
	http       *http.Client
	retry      retrypolicy.RetryPolicy[engine.Answered]

	timeout, total, backoff, maxWait time.Duration

	jitter func() float64
	now    func() time.Time
	log    *slog.Logger
}

// operation has a breaker of its own: one register that is down does not take the others away.
type operation struct {
	Operation
	name    string
	breaker circuitbreaker.CircuitBreaker[engine.Answered]
}

var _ host.Service = (*Client)(nil)

var (
	nameForm     = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$`)
	instanceForm = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)
)

// New makes a client. Its errors name the option that is wrong. Nothing is sent yet.
func New(o Options) (*Client, error) {
	base, err := address(o.URL, o.PlainHTTP)
	if err != nil {
		return nil, err
	}
	if o.Token == "" || len(o.Token) > maxToken || !printable(o.Token) {
		return nil, errors.New("services: the token is empty, longer than 4 KiB, or has characters that a header cannot carry")
	}
	if !instanceForm.MatchString(o.Instance) {
		return nil, fmt.Errorf("services: the instance %q is not 1 to 64 of the characters A-Z a-z 0-9 . _ -", o.Instance)
	}
	if o.Tries < 0 || o.Timeout < 0 || o.Total < 0 || o.Backoff < 0 || o.MaxWait < 0 || o.Pause < 0 {
		return nil, errors.New("services: a number of tries or a span of time is negative")
	}
	c := &Client{
		base: base, token: o.Token, instance: o.Instance, operations: map[string]*operation{},
		timeout: or(o.Timeout, 5*time.Second), total: or(o.Total, 25*time.Second),
		backoff: or(o.Backoff, 250*time.Millisecond), maxWait: or(o.MaxWait, 4*time.Second),
		jitter: o.Jitter, now: o.Now, log: o.Log,
	}
	if c.jitter == nil {
		c.jitter = rand.Float64
	}
	if c.now == nil {
		c.now = time.Now
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	transport := o.Transport
	if transport == nil {
		transport = newTransport()
	}
	c.http = &http.Client{Transport: transport, CheckRedirect: sameServer}
	c.retry = c.newRetry(or(o.Tries, 4))
	for name, op := range o.Operations {
		if host.Own(name) {
			continue
		}
		if !nameForm.MatchString(name) {
			return nil, fmt.Errorf("services: the operation %q is not named like application.find", name)
		}
		c.operations[name] = &operation{Operation: op, name: name, breaker: c.newBreaker(name, or(o.Failures, 10), or(o.Pause, 15*time.Second))}
	}
	if len(c.operations) == 0 {
		return nil, errors.New("services: there are no operations")
	}
	return c, nil
}

// Call asks the service. Every error is an [*Error]. The answer is one that the operation names.
func (c *Client) Call(ctx context.Context, call host.ServiceCall) (engine.Answered, error) {
	op := c.operations[call.Operation]
	if op == nil {
		return engine.Answered{}, &Error{Operation: call.Operation, Kind: BadCall, Detail: "there is no such operation"}
	}
	q, bad := c.question(op, call)
	if bad != nil {
		return engine.Answered{}, bad
	}
	ctx, cancel := context.WithTimeout(ctx, c.total)
	defer cancel()
	var last *Error
	tries := 0
	answered, err := failsafe.With[engine.Answered](c.retry, op.breaker).WithContext(ctx).Get(func() (engine.Answered, error) {
		tries++
		answered, failed := c.try(ctx, q)
		if failed == nil {
			return answered, nil
		}
		last = failed
		c.plan(ctx, failed, tries)
		return engine.Answered{}, failed
	})
	if err == nil {
		return answered, nil
	}
	return engine.Answered{}, outcome(op.name, err, last, tries)
}

// outcome makes one error of what ended the call and of what the last try said.
func outcome(name string, err error, last *Error, tries int) *Error {
	switch {
	case errors.Is(err, context.Canceled):
		return &Error{Operation: name, Kind: Cancelled, Tries: tries, cause: context.Canceled}
	case last != nil:
		last.Tries = tries
		return last
	case errors.Is(err, circuitbreaker.ErrOpen):
		return &Error{Operation: name, Kind: Suspended}
	case errors.Is(err, context.DeadlineExceeded):
		return &Error{Operation: name, Kind: TimedOut, Tries: tries, cause: context.DeadlineExceeded}
	}
	return &Error{Operation: name, Kind: Unreachable, Tries: tries}
}

// address checks the base address and takes the slash off its end.
func address(text string, plain bool) (string, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Opaque != "" {
		return "", errors.New("services: the address is not one like https://registers.example.test")
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", errors.New("services: the address must not hold a user name, a password, a query or a fragment")
	}
	switch u.Scheme {
	case "https":
	case "http":
		ip := net.ParseIP(u.Hostname())
		if !plain && u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
			return "", errors.New("services: personal data must not travel over http://; use https://, or allow plain HTTP expressly")
		}
	default:
		return "", fmt.Errorf("services: the address begins with %q instead of https", u.Scheme)
	}
	return strings.TrimRight(u.String(), "/"), nil
}

func newTransport() http.RoundTripper {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxResponseHeaderBytes = 64 << 10
	t.MaxIdleConnsPerHost = 16
	t.DisableCompression = true // answers are small; one thing less that a hostile server could blow up
	return t
}

func or[T comparable](value, fallback T) T {
	var zero T
	if value == zero {
		return fallback
	}
	return value
}
