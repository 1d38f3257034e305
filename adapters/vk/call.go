package vk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/SevereCloud/vksdk/v2/api"

	"spravka/engine/host"
)

// call calls a method of the API within the limits and decodes the answer into out, which may be nil. Its error is one
// that [host.Channel] knows, or stands for something that may pass.
func (a *Adapter) call(ctx context.Context, method string, p api.Params, out any) error {
	leave, err := a.gate.enter()
	if err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	defer leave()
	var raw []byte
	for try := 1; ; try++ {
		if err := a.turn(ctx, p); err != nil {
			return fmt.Errorf("%s: waiting for its turn: %w", method, err)
		}
		raw, err = a.vk.Request(method, p.WithContext(ctx))
		if !errors.Is(err, api.ErrTooMany) || try == 3 {
			break
		}
		if err := pause(ctx, 300*time.Millisecond); err != nil {
			return err
		}
	}
	if err := a.gate.judge(method, err); err != nil {
		return err
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return fmt.Errorf("%s: VK's answer has an unknown form", method)
	}
	return nil
}

// live is how long after their last update a citizen counts as being in a dialogue.
const live = 10 * time.Minute

// turn waits until a call may be made. Of the calls for citizens who are not in a dialogue, those of a broadcast, only
// one at a time stands in line: whoever is in a dialogue comes next.
func (a *Adapter) turn(ctx context.Context, p api.Params) error {
	if peer, ok := p["peer_id"].(int64); ok {
		if at, known := a.active.get(peer); !known || time.Since(at) > live {
			select {
			case a.calm <- struct{}{}:
				defer func() { <-a.calm }()
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
	return a.limit.Wait(ctx)
}

// pause waits for d, give or take a quarter.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d*3/4 + rand.N(d/2+1))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// classify says what an error of VK means for a message (research/channels.md, B, error classes). The code is 0 if it is
// none of VK's errors.
func classify(method string, err error) (api.ErrorType, error) {
	if err == nil {
		return 0, nil
	}
	var e *api.Error
	if !errors.As(err, &e) {
		return 0, fmt.Errorf("%s: %w", method, err)
	}
	var kind error
	switch e.Code {
	case 6:
		kind = host.RetryAfterError{After: time.Second}
	case 29:
		kind = host.RetryAfterError{After: 10 * time.Second}
	case 9, 601, 603:
		kind = host.RetryAfterError{After: 30 * time.Second}
	case 7, 15, 18, 900, 901, 902, 917, 936, 945, 946, 950, 962, 985, 986, 987, 988:
		kind = host.ErrCitizenLeft
	case 3, 8, 100, 113, 212, 213, 222, 223, 911, 913, 914, 940: // 212–223: comments are closed, or take no links or no more of them
		kind = host.ErrPermanent
	}
	return e.Code, codeError{method: method, code: e.Code, text: cutRunes(e.Message, 200), kind: kind}
}

// codeError is an error of VK without the parameters of the call, which VK repeats and which are nobody's business.
type codeError struct {
	method string
	code   api.ErrorType
	text   string
	kind   error // what it means for a message; nil means that it may pass
}

// Error implements error.
func (e codeError) Error() string {
	return fmt.Sprintf("%s: VK error %d: %s", e.method, e.code, e.text)
}

// Unwrap gives what the error means for a message.
func (e codeError) Unwrap() error { return e.kind }

// code is the number of VK's error, 0 if it is none.
func code(err error) api.ErrorType {
	if e, ok := errors.AsType[codeError](err); ok {
		return e.code
	}
	return 0
}

func cutRunes(s string, most int) string {
	n := 0
	for i := range s {
		if n == most {
			return s[:i]
		}
		n++
	}
	return s
}
