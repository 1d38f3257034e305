package telegram

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"spravka/engine/host"
)

const hookSecret = "webhook-secret-0123456789"

func hooked(c *Config) {
	c.WebhookURL, c.WebhookSecret = "https://bot.example.ru/telegram", hookSecret
}

// post sends an update to the webhook and returns the status of the answer.
func (s *setting) post(secret, body string) int {
	r := httptest.NewRequest(http.MethodPost, "/telegram", strings.NewReader(body))
	if secret != "" {
		r.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
	}
	w := httptest.NewRecorder()
	s.bot.Webhook().ServeHTTP(w, r)
	return w.Code
}

func letter(id int, chat int, text string) string {
	return fmt.Sprintf(`{"update_id":%d,"message":{"message_id":1,"from":{"id":%d,"first_name":"Пётр"},"chat":{"id":%d,"type":"private"},"text":%q}}`, id, chat, chat, text)
}

func TestWebhookAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kept []string
		s := newSetting(t, func(c *Config) {
			hooked(c)
			c.Keep = func(update string, raw []byte) { kept = append(kept, update+" "+cut(string(raw), 30)) }
		})
		if got := s.post(hookSecret, letter(1, 1, "слово")); got != 503 {
			t.Errorf("before it runs: %d", got)
		}
		s.run(func(context.Context) {
			time.Sleep(time.Second)
			for _, c := range []struct {
				name, secret, body string
				want               int
			}{
				{"stored", hookSecret, letter(1, 1, "слово"), 200},
				{"again", hookSecret, letter(1, 1, "слово"), 200},
				{"no secret", "", letter(2, 1, "личное"), 401},
				{"wrong secret", hookSecret + "x", letter(2, 1, "личное"), 401},
				{"no JSON", hookSecret, `{"update_id":3,`, 400},
				{"empty", hookSecret, ``, 400},
				{"no update", hookSecret, `{}`, 400},
				{"a list", hookSecret, `[]`, 400},
				{"poison", hookSecret, `{"update_id":4,"message":"личное"}`, 200},
				{"unknown kind", hookSecret, `{"update_id":5,"telepathy":{}}`, 200},
				{"large", hookSecret, letter(6, 1, strings.Repeat("личное", 100000)), 413},
				{"long", hookSecret, letter(7, 2, strings.Repeat("я", 100000)), 200},
			} {
				if got := s.post(c.secret, c.body); got != c.want {
					t.Errorf("%s: %d, want %d", c.name, got, c.want)
				}
			}
			r := httptest.NewRequest(http.MethodGet, "/telegram", nil)
			w := httptest.NewRecorder()
			s.bot.Webhook().ServeHTTP(w, r)
			if w.Code != 405 {
				t.Errorf("GET: %d", w.Code)
			}
		})
		if got := s.post(hookSecret, letter(8, 1, "слово")); got != 503 {
			t.Errorf("after it has ended: %d", got)
		}
		if diff := cmp.Diff(map[string][]string{"1": {"слово"}, "2": {strings.Repeat("я", maxText)}}, s.ear.Texts()); diff != "" {
			t.Error(diff)
		}
		// What comes without the secret may be anybody's and is not kept.
		if diff := cmp.Diff([]string{` {"update_id":3,`, ` {}`, ` []`, `4 {"update_id":4,"message":"ли`, ` {"update_id":6,"message":{"mes`}, kept); diff != "" {
			t.Errorf("kept: %s", diff)
		}
		if n := s.tally.of(CountForged); n != 2 {
			t.Errorf("%d forged requests were counted", n)
		}
		if strings.Contains(s.tally.String(), hookSecret) {
			t.Error("the log holds the secret")
		}
	})
}

// With the store down the answer is 503, and what Telegram posts again is stored once.
func TestWebhookStoreDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSetting(t, hooked)
		var down atomic.Bool
		down.Store(true)
		s.ear.Fail(func(host.Inbound) error {
			if down.Load() {
				return errors.New("disk full")
			}
			return nil
		})
		s.run(func(context.Context) {
			time.Sleep(time.Second)
			if got := s.post(hookSecret, letter(1, 1, "слово")); got != 503 {
				t.Errorf("store down: %d", got)
			}
			down.Store(false)
			if got := s.post(hookSecret, letter(1, 1, "слово")); got != 200 {
				t.Errorf("store up again: %d", got)
			}
		})
		if n := len(s.ear.Heard()); n != 1 {
			t.Errorf("heard %d times", n)
		}
	})
}

// A turn that takes longer than Telegram should wait goes on; the same update posted again joins it.
func TestWebhookSlowTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSetting(t, hooked)
		var begun atomic.Int64
		s.ear.Fail(func(host.Inbound) error { begun.Add(1); time.Sleep(40 * time.Second); return nil })
		s.run(func(context.Context) {
			time.Sleep(time.Second)
			if got := s.post(hookSecret, letter(1, 1, "слово")); got != 503 {
				t.Errorf("after 25 s: %d", got)
			}
			if got := s.post(hookSecret, letter(1, 1, "слово")); got != 200 {
				t.Errorf("posted again: %d", got)
			}
		})
		if n := begun.Load(); n != 1 || len(s.ear.Heard()) != 1 {
			t.Errorf("the turn was begun %d times, heard %d times", n, len(s.ear.Heard()))
		}
	})
}

func TestWebhookFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSetting(t, hooked)
		s.ear.Fail(func(host.Inbound) error { time.Sleep(time.Hour); return nil })
		s.run(func(context.Context) {
			time.Sleep(time.Second)
			answers := make(chan int, maxFlying+1)
			for i := range maxFlying {
				go func() { answers <- s.post(hookSecret, letter(i+1, i+1, "слово")) }()
			}
			synctest.Wait()
			if got := s.post(hookSecret, letter(maxFlying+1, 1, "слово")); got != 503 {
				t.Errorf("one too many: %d", got)
			}
			for range maxFlying {
				if got := <-answers; got != 503 {
					t.Fatalf("one that is not stored: %d", got)
				}
			}
		})
	})
}

// The program tells Telegram where to post, tries until it is heard, and notices when somebody takes the webhook away.
func TestWebhookIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSetting(t, hooked)
		s.fake.setTrouble(times(3, "setWebhook", refuse(429, "Too Many Requests: retry after 5", `{"retry_after":5}`)))
		s.run(func(context.Context) {
			time.Sleep(2 * time.Minute)
			s.fake.mu.Lock()
			set := s.fake.hook
			s.fake.hook = map[string]string{"url": "https://elsewhere.example"}
			s.fake.mu.Unlock()
			want := map[string]string{"url": "https://bot.example.ru/telegram", "secret_token": hookSecret, "max_connections": "40",
				"allowed_updates": `["message","edited_message","callback_query","my_chat_member"]`}
			if diff := cmp.Diff(want, set); diff != "" {
				t.Error(diff)
			}
			time.Sleep(6 * time.Minute)
			s.fake.mu.Lock()
			if s.fake.hook["url"] != want["url"] {
				t.Errorf("the webhook is %q", s.fake.hook["url"])
			}
			s.fake.mu.Unlock()
			s.fake.setTrouble(times(3, "getWebhookInfo", refuse(500, "Internal Server Error", "")))
			time.Sleep(time.Hour)
		})
		if n := s.fake.count("setWebhook"); n != 5 {
			t.Errorf("the webhook was set %d times, want 3 failures, once, and once again", n)
		}
		if n := s.fake.count("getUpdates"); n != 0 {
			t.Errorf("it polled %d times", n)
		}
	})
}

func TestNoWebhookWhilePolling(t *testing.T) {
	s := newSetting(t, nil)
	if got := s.post(hookSecret, letter(1, 1, "слово")); got != 404 {
		t.Errorf("while polling: %d", got)
	}
}
