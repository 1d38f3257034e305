package vk

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
)

// An answer of a poll that is longer than any may be is not asked for again and again: what came whole is taken.
func TestAnAnswerThatIsTooLong(t *testing.T) {
	var kept []byte
	w := newWorld(t, func(c *Config) { c.Keep = func(_ string, raw []byte) { kept = raw } })
	body := []byte(`{"ts":"77","updates":[{"type":"message_new","event_id":"a"},{"type":"message_new","event_id":"b"},{"type":"тайна`)
	got, err := w.salvage(append(body, bytes.Repeat([]byte("x"), 100_000)...))
	if err != nil || got.ts != "77" || len(got.updates) != 2 || got.failed != 0 {
		t.Errorf("%d updates, ts %q, %v", len(got.updates), got.ts, err)
	}
	if w.raised(AlarmGap) != 1 || len(kept) != 64<<10 || !bytes.Contains(kept, []byte("тайна")) {
		t.Errorf("alarms %v, %d bytes kept", w.all(), len(kept))
	}
	for _, bad := range []string{``, `[`, `{"updates":[`, `{"ts":{`, `{"x":` + strings.Repeat("[", 100_000)} {
		if got, err := w.salvage([]byte(bad)); err == nil {
			t.Errorf("%.20q gave %+v", bad, got)
		}
	}
	if strings.Contains(w.log.String(), "тайна") {
		t.Error("the log repeats what a citizen wrote")
	}
}

// Strangers who send long callbacks slowly can't take all memory: few are read at a time, and VK's own still get through.
func TestLongCallbacksOfStrangers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(c *Config) { c.Mode, c.Secret, c.KeepSettings, c.Confirmation = Callback, secret, true, "abc" })
		w.start()
		synctest.Wait()
		type stranger struct {
			pipe *io.PipeWriter
			code chan int
		}
		var all []stranger
		for range maxLong + 5 {
			r, pipe := io.Pipe()
			s := stranger{pipe, make(chan int, 1)}
			go func() {
				answer := httptest.NewRecorder()
				w.Handler().ServeHTTP(answer, httptest.NewRequest(http.MethodPost, "/vk", r))
				r.Close() // as a server does that has answered
				s.code <- answer.Code
			}()
			go io.Copy(pipe, strings.NewReader(strings.Repeat(" ", usualCallback+1)))
			all = append(all, s)
		}
		synctest.Wait()
		refused := 0
		for _, s := range all {
			select {
			case code := <-s.code:
				refused++
				if code != http.StatusServiceUnavailable {
					t.Errorf("refused with %d", code)
				}
			default:
			}
		}
		if refused != 5 {
			t.Errorf("%d of %d were refused", refused, len(all))
		}
		answer := httptest.NewRecorder()
		own := `{"type":"message_new","event_id":"own","group_id":1001,"secret":"` + secret + `","object":{"message":{"peer_id":5,"from_id":5,"conversation_message_id":1,"text":"слово"}}}`
		w.Handler().ServeHTTP(answer, httptest.NewRequest(http.MethodPost, "/vk", strings.NewReader(own)))
		if answer.Code != http.StatusOK || len(w.heard(5)) != 1 {
			t.Errorf("VK's own callback got %d", answer.Code)
		}
		for _, s := range all {
			s.pipe.Close()
		}
		w.stop()
	})
}
