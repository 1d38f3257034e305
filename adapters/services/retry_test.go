package services

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// script answers the i-th try with the i-th status; the last one holds from then on.
func script(tries *atomic.Int32, header http.Header, statuses ...int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		i := int(tries.Add(1)) - 1
		status := statuses[min(i, len(statuses)-1)]
		for k, v := range header {
			w.Header()[k] = v
		}
		if status == http.StatusOK {
			reply(w, notFound)
			return
		}
		w.WriteHeader(status)
	}
}

func TestTransientFailuresAreRepeated(t *testing.T) {
	for _, status := range []int{408, 425, 429, 500, 502, 503, 504} {
		synctest.Test(t, func(t *testing.T) {
			var tries atomic.Int32
			s, tr := bubbleServer(t, script(&tries, nil, status, status, status, 200))
			o := options(t, s.URL)
			o.Transport = tr
			start := time.Now()
			got, err := client(t, o).Call(t.Context(), find())
			if err != nil || got.Outcome != "not_found" || tries.Load() != 4 {
				t.Errorf("status %d: %v, %v after %d tries", status, got, err, tries.Load())
			}
			wantElapsed(t, start, 125*time.Millisecond+250*time.Millisecond+500*time.Millisecond) // the halves of 250 ms, 500 ms, 1 s
		})
	}
}

func TestTriesAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var tries atomic.Int32
		s, tr := bubbleServer(t, script(&tries, nil, 503))
		o := options(t, s.URL)
		o.Transport = tr
		_, err := client(t, o).Call(t.Context(), find())
		e := wantKind(t, err, Failing)
		if tries.Load() != 4 || e.Tries != 4 || e.Status != 503 || e.RetryAfter != 0 {
			t.Errorf("%d tries, %+v", tries.Load(), e)
		}
		if want := "service application.find: status 503 (4 tries)"; e.Error() != want {
			t.Errorf("error %q, want %q", e, want)
		}
	})
}

func TestOtherStatusesAreFinal(t *testing.T) {
	for status, kind := range map[int]Kind{201: Nonsense, 204: Nonsense, 304: Redirected, 400: Refused, 401: Refused, 403: Refused,
		404: Refused, 409: Refused, 413: Refused, 418: Refused, 422: Refused} {
		var tries atomic.Int32
		s := server(t, script(&tries, nil, status))
		_, err := client(t, options(t, s.URL)).Call(t.Context(), find())
		if e := wantKind(t, err, kind); tries.Load() != 1 || e.Status != status {
			t.Errorf("status %d: %d tries, %v", status, tries.Load(), err)
		}
	}
}

func TestErrorCodeIsKeptIfTheContractNamesIt(t *testing.T) {
	for body, want := range map[string]string{
		`{"error":{"code":"key_reused","message":"Иванова"}}`: "key_reused",
		`{"error":{"code":"ivanova"}}`:                        "",
		`{"error":"key_reused"}`:                              "",
		`key_reused`:                                          "",
		``:                                                    "",
		`{"error":{"code":"key_reused","pad":"` + strings.Repeat("x", maxErrorBody) + `"}}`: "",
	} {
		s := server(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(422)
			io.WriteString(w, body)
		})
		_, err := client(t, options(t, s.URL)).Call(t.Context(), find())
		if e := wantKind(t, err, Refused); e.Code != want {
			t.Errorf("%.60s: code %q, want %q", body, e.Code, want)
		}
	}
}

func TestRetryAfterIsHonoured(t *testing.T) {
	for _, c := range []struct {
		name   string
		header string
		want   time.Duration
	}{
		{"seconds", "7", 7 * time.Second},
		{"date", "DATE", 9 * time.Second},
		{"shorter than the back-off", "0", 125 * time.Millisecond},
		{"nonsense", "soon", 125 * time.Millisecond},
		{"negative", "-5", 125 * time.Millisecond},
		{"in the past", "Mon, 01 Jan 1990 00:00:00 GMT", 125 * time.Millisecond},
	} {
		synctest.Test(t, func(t *testing.T) {
			header := c.header
			if header == "DATE" {
				header = time.Now().Add(9 * time.Second).UTC().Format(http.TimeFormat)
			}
			var tries atomic.Int32
			s, tr := bubbleServer(t, script(&tries, http.Header{"Retry-After": {header}}, 503, 200))
			o := options(t, s.URL)
			o.Transport = tr
			start := time.Now()
			if _, err := client(t, o).Call(t.Context(), find()); err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			wantElapsed(t, start, c.want)
		})
	}
}

func TestRetryAfterBeyondTheDeadlineEndsTheCallAtOnce(t *testing.T) {
	for _, header := range []string{"60", "999999999999999999999"} {
		synctest.Test(t, func(t *testing.T) {
			var tries atomic.Int32
			s, tr := bubbleServer(t, script(&tries, http.Header{"Retry-After": {header}}, 429, 200))
			o := options(t, s.URL)
			o.Transport = tr
			start := time.Now()
			_, err := client(t, o).Call(t.Context(), find())
			e := wantKind(t, err, Overloaded)
			if e.RetryAfter < time.Minute || e.RetryAfter > 24*time.Hour || tries.Load() != 1 {
				t.Errorf("after %d tries: %+v", tries.Load(), e)
			}
			wantElapsed(t, start, 0)
		})
	}
}

func TestNoAnswerInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var tries atomic.Int32
		s, tr := bubbleServer(t, func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			if tries.Add(1) < 3 {
				<-r.Context().Done()
				return
			}
			reply(w, notFound)
		})
		o := options(t, s.URL)
		o.Transport = tr
		start := time.Now()
		if _, err := client(t, o).Call(t.Context(), find()); err != nil {
			t.Error(err)
		}
		wantElapsed(t, start, 5*time.Second+125*time.Millisecond+5*time.Second+250*time.Millisecond)
	})
}

func TestWholeCallIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, tr := bubbleServer(t, func(_ http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
		})
		o := options(t, s.URL)
		o.Transport, o.Tries, o.Total = tr, 100, 12*time.Second
		c := client(t, o)
		start := time.Now()
		_, err := c.Call(t.Context(), find())
		if e := wantKind(t, err, TimedOut); e.Tries != 3 || e.Unwrap() != context.DeadlineExceeded {
			t.Errorf("%+v", e)
		}
		wantElapsed(t, start, 12*time.Second)

		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second) // the caller's deadline comes first
		defer cancel()
		start = time.Now()
		_, err = c.Call(ctx, find())
		wantKind(t, err, TimedOut)
		wantElapsed(t, start, 2*time.Second)
	})
}

func TestCallerGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, tr := bubbleServer(t, script(new(atomic.Int32), http.Header{"Retry-After": {"10"}}, 503))
		o := options(t, s.URL)
		o.Transport = tr
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(3*time.Second, cancel)
		start := time.Now()
		_, err := client(t, o).Call(ctx, find())
		if e := wantKind(t, err, Cancelled); e.Unwrap() != context.Canceled {
			t.Errorf("%+v", e)
		}
		wantElapsed(t, start, 3*time.Second)
	})
}

func TestEveryTryIsTheSameCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen []string
		s, tr := bubbleServer(t, func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			seen = append(seen, r.Header.Get("Idempotency-Key")+" "+string(body))
			w.WriteHeader(500)
		})
		o := options(t, s.URL)
		o.Transport = tr
		c := client(t, o)
		c.Call(t.Context(), find())
		if len(seen) != 4 || len(slices.Compact(seen)) != 1 {
			t.Errorf("tries differ: %q", seen)
		}
		other := find()
		other.Conversation++
		seen = seen[:1]
		c.Call(t.Context(), other)
		if seen[0] == seen[1] {
			t.Error("calls of two conversations share a key")
		}
	})
}

func TestBackOffGrowsAndIsJittered(t *testing.T) {
	o := options(t, "https://registers.example.test")
	jitter := 0.0
	o.Jitter = func() float64 { return jitter }
	c := client(t, o)
	for i, want := range []string{"125ms 250ms", "250ms 500ms", "500ms 1s", "1s 2s", "2s 4s", "2s 4s"} {
		jitter = 0
		low := c.wait(i + 1)
		jitter = 1
		if got := fmt.Sprint(low, " ", c.wait(i+1)); got != want {
			t.Errorf("after %d tries: %s, want %s", i+1, got, want)
		}
	}
	if got := c.wait(1 << 30); got != 4*time.Second {
		t.Errorf("after very many tries: %s", got)
	}
}

func TestBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var tries atomic.Int32
		var healthy, hang atomic.Bool
		s, tr := bubbleServer(t, func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			tries.Add(1)
			switch {
			case hang.Load():
				<-r.Context().Done()
			case healthy.Load() || strings.HasSuffix(r.URL.Path, "works.current"):
				reply(w, `{"outcome":"none"}`)
			default:
				w.WriteHeader(500)
			}
		})
		o := options(t, s.URL)
		o.Transport, o.Failures, o.Tries = tr, 6, 4
		o.Operations["application.find"] = Operation{Params: []string{"number", "name", "born", "contact"}, Outcomes: []string{"none"}}
		c := client(t, o)
		ask := func() error { _, err := c.Call(t.Context(), find()); return err }
		wantTries := func(want int32) {
			t.Helper()
			if got := tries.Swap(0); got != want {
				t.Errorf("%d tries, want %d", got, want)
			}
		}

		wantKind(t, ask(), Failing)
		wantTries(4)
		wantKind(t, ask(), Failing) // opens at its second try
		wantTries(2)
		wantKind(t, ask(), Suspended)
		wantTries(0)

		other := find()
		other.Operation, other.With = "works.current", nil
		if _, err := c.Call(t.Context(), other); err != nil {
			t.Errorf("another operation is suspended too: %v", err)
		}
		wantTries(1)

		time.Sleep(15 * time.Second) // of the bubble
		wantKind(t, ask(), Failing)  // the one that may try
		wantTries(1)
		wantKind(t, ask(), Suspended)
		wantTries(0)

		time.Sleep(15 * time.Second)
		hang.Store(true)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		_, err := c.Call(ctx, find()) // given up: says nothing about the service
		wantKind(t, err, Cancelled)
		wantTries(1)
		wantKind(t, ask(), Suspended)
		wantTries(0)

		time.Sleep(15 * time.Second)
		hang.Store(false)
		healthy.Store(true)
		if err := ask(); err != nil {
			t.Error(err)
		}
		if !c.operations["application.find"].breaker.IsClosed() {
			t.Error("one good answer does not end the pause")
		}
		wantTries(1)
	})
}

func TestRefusalsDoNotSuspend(t *testing.T) {
	var tries atomic.Int32
	s := server(t, script(&tries, nil, 404))
	c := client(t, options(t, s.URL))
	for range 30 {
		_, err := c.Call(t.Context(), find())
		wantKind(t, err, Refused)
	}
	if tries.Load() != 30 {
		t.Errorf("%d tries, want 30", tries.Load())
	}
}

func TestCallsThatAreGivenUpDoNotSuspend(t *testing.T) {
	s := server(t, func(w http.ResponseWriter, _ *http.Request) { reply(w, notFound) })
	c := client(t, options(t, s.URL))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 30 {
		_, err := c.Call(ctx, find())
		wantKind(t, err, Cancelled)
	}
	if _, err := c.Call(t.Context(), find()); err != nil {
		t.Error(err)
	}
}
