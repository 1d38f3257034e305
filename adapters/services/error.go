package services

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Kind says why there is no usable answer.
type Kind string

// The kinds of failures.
const (
	BadCall     Kind = "bad_call"    // the call does not fit the contract; nothing was sent
	Unreachable Kind = "unreachable" // no connection, or it broke
	TimedOut    Kind = "timeout"     // no answer in time
	Failing     Kind = "failing"     // status 5xx
	Overloaded  Kind = "overloaded"  // status 425 or 429
	Refused     Kind = "refused"     // another status 4xx
	Redirected  Kind = "redirected"  // to where calls must not go
	Nonsense    Kind = "nonsense"    // an answer that the contract does not allow
	Suspended   Kind = "suspended"   // not asked: it has failed too often lately
	Cancelled   Kind = "cancelled"   // whoever called has given up
)

// Error is a call without a usable answer. It holds nothing of what was asked or answered, so it may be logged.
type Error struct {
	Operation  string
	Kind       Kind
	Status     int           // of the last answer, or 0
	Code       string        // the error code of the last answer if the contract names it
	Tries      int           // how often the service was asked
	RetryAfter time.Duration // what the service has asked for, if that was too long to wait; otherwise 0
	Detail     string        // what exactly, in our own words

	cause error         // a context's error, or nil
	again bool          // a repeat may help
	wait  time.Duration // before the repeat
}

// Error tells what an administrator needs to know.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "service %s: %s", e.Operation, e.what())
	if e.Detail != "" {
		b.WriteString(": " + e.Detail)
	}
	if e.RetryAfter > 0 {
		fmt.Fprintf(&b, "; it asks to wait %s, longer than the call may take", e.RetryAfter)
	}
	if e.Tries > 1 {
		fmt.Fprintf(&b, " (%d tries)", e.Tries)
	}
	return b.String()
}

func (e *Error) what() string {
	switch e.Kind {
	case BadCall:
		return "the call does not fit the contract"
	case Unreachable:
		return "not reachable"
	case TimedOut:
		return "no answer in time"
	case Failing, Overloaded, Refused:
		if e.Code != "" {
			return fmt.Sprintf("status %d, %s", e.Status, e.Code)
		}
		return fmt.Sprintf("status %d", e.Status)
	case Redirected:
		return "it sends elsewhere"
	case Nonsense:
		return "the answer does not fit the contract"
	case Suspended:
		return "not asked, it has failed too often lately"
	}
	return "the call was given up"
}

// Unwrap returns the context's error if that ended the call.
func (e *Error) Unwrap() error { return e.cause }

// ill reports whether the failure speaks against the service's health: a refusal does not.
func (e *Error) ill() bool {
	switch e.Kind {
	case Unreachable, TimedOut, Failing, Nonsense:
		return true
	}
	return false
}

func asError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}
