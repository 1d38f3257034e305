package services

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/failsafe-go/failsafe-go/circuitbreaker"
)

func TestErrorsSayWhatAnAdministratorNeeds(t *testing.T) {
	for want, e := range map[string]*Error{
		"service a.b: the call does not fit the contract: there is no such operation": {Kind: BadCall, Detail: "there is no such operation"},
		"service a.b: not reachable: connection refused (4 tries)":                    {Kind: Unreachable, Detail: "connection refused", Tries: 4},
		"service a.b: no answer in time (3 tries)":                                    {Kind: TimedOut, Tries: 3},
		"service a.b: status 503, unavailable (2 tries)":                              {Kind: Failing, Status: 503, Code: "unavailable", Tries: 2},
		"service a.b: status 429; it asks to wait 1m0s, longer than the call may take": {Kind: Overloaded, Status: 429, RetryAfter: time.Minute,
			Tries: 1},
		"service a.b: status 401, unauthorized":                                        {Kind: Refused, Status: 401, Code: "unauthorized", Tries: 1},
		"service a.b: it sends elsewhere: " + errRedirect.Error():                      {Kind: Redirected, Detail: errRedirect.Error(), Tries: 1},
		"service a.b: the answer does not fit the contract: its outcome is not a text": {Kind: Nonsense, Status: 200, Detail: "its outcome is not a text"},
		"service a.b: not asked, it has failed too often lately":                       {Kind: Suspended},
		"service a.b: the call was given up":                                           {Kind: Cancelled, Tries: 1},
	} {
		e.Operation = "a.b"
		if got := e.Error(); got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
}

func TestOutcomePrefersWhatTheLastTrySaid(t *testing.T) {
	last := &Error{Operation: "a.b", Kind: Failing, Status: 500}
	for name, c := range map[string]struct {
		err  error
		last *Error
		want Kind
	}{
		"opened in the middle of the call": {circuitbreaker.ErrOpen, last, Failing},
		"deadline between two tries":       {context.DeadlineExceeded, last, Failing},
		"given up between two tries":       {context.Canceled, last, Cancelled},
		"open before the first":            {circuitbreaker.ErrOpen, nil, Suspended},
		"deadline before the first":        {context.DeadlineExceeded, nil, TimedOut},
		"anything else":                    {errors.New("Иванова"), nil, Unreachable},
	} {
		if got := outcome("a.b", c.err, c.last, 2); got.Kind != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
