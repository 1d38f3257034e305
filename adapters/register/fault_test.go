package register

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestFaults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		for _, operation := range []string{"application.find", "application.notify"} {
			start := time.Now()
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			a, err := b.Call(ctx, b.newCall(operation, "number", "9000000001"))
			if !errors.Is(err, context.DeadlineExceeded) || a.Outcome != "" || time.Since(start) != 20*time.Second {
				t.Errorf("%s, a time-out: %+v, %v after %s", operation, a, err, time.Since(start))
			}
			cancel()

			start = time.Now()
			a, err = b.Call(t.Context(), b.newCall(operation, "number", "9000000002"))
			if !errors.Is(err, ErrFault) || a.Outcome != "" || time.Since(start) != 0 {
				t.Errorf("%s, an error: %+v, %v after %s", operation, a, err, time.Since(start))
			}
		}
		if n := b.count(`SELECT COUNT(*) FROM register_answers`); n != 0 {
			t.Errorf("%d answers are kept of calls that failed", n)
		}
	})
}

func TestFaultHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() {
			_, err := b.Call(ctx, b.newCall("application.find", "number", "9000000001"))
			done <- err
		}()
		synctest.Wait() // it hangs
		b.want("not_found", nil, "application.find", "number", "9000000003")
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
	})
}

func TestWaitingForTheSameCallEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		release := make(chan struct{})
		sender := &failing{then: func() { <-release }}
		b.sender = sender
		c := b.newCall("application.notify", "number", "1000000011")
		done := make(chan error)
		go func() {
			_, err := b.Call(t.Context(), c)
			done <- err
		}()
		synctest.Wait() // it sends
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := b.Call(ctx, c); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the second one: %v", err)
		}
		b.want("not_found", nil, "application.find", "number", "1000000099") // another call is not held up
		go func() {                                                          // a second try that waits long enough
			_, err := b.Call(t.Context(), c)
			done <- err
		}()
		synctest.Wait()
		close(release)
		for range 2 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if sender.calls != 1 {
			t.Errorf("sent %d times", sender.calls)
		}
	})
}
