package telegram

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"spravka/adapters/channeltest"
	"spravka/engine/host"
)

// times makes the next n calls of a method fail.
func times(n int, method string, t *trouble) func(string, map[string]string) *trouble {
	return func(called string, form map[string]string) *trouble {
		if called != method || n == 0 || (form["peek"] == "1") != t.before {
			return nil
		}
		n--
		return t
	}
}

func TestPollOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSetting(t, nil)
		want := map[string][]string{}
		s.run(func(context.Context) {
			for i := range 300 {
				chat := 10 + i%5
				text := fmt.Sprint("слово ", i)
				s.fake.say(chat, text)
				want[fmt.Sprint(chat)] = append(want[fmt.Sprint(chat)], text)
				if i%37 == 0 {
					time.Sleep(100 * time.Millisecond)
				}
			}
			time.Sleep(5 * time.Second)
			if n := s.fake.waiting(); n != 0 {
				t.Errorf("%d updates are not confirmed", n)
			}
		})
		if diff := cmp.Diff(want, s.ear.Texts()); diff != "" {
			t.Error(diff)
		}
		for _, in := range s.ear.Heard() {
			if in.Peer.Channel != "telegram" || !strings.HasPrefix(in.Update, "123456:") || in.Locale != "ru" {
				t.Fatalf("heard %+v", in)
			}
		}
	})
}

// Nothing is confirmed that is not stored; while the store is down it is asked patiently, then everything is there once.
func TestPollStoreDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSetting(t, nil)
		var tries atomic.Int64
		s.ear.Fail(func(host.Inbound) error { tries.Add(1); return errors.New("disk full") })
		s.run(func(context.Context) {
			s.fake.say(1, "раз")
			s.fake.say(1, "два")
			time.Sleep(5 * time.Minute)
			if n := s.fake.waiting(); n != 2 {
				t.Errorf("%d updates wait, want 2: they were not stored", n)
			}
			if n := tries.Load(); n > 60 {
				t.Errorf("the store was asked %d times in 5 minutes", n)
			}
			if n := s.fake.count("getUpdates"); n > 300 {
				t.Errorf("Telegram was asked %d times in 5 minutes", n)
			}
			s.ear.Fail(nil)
			time.Sleep(time.Minute)
		})
		if diff := cmp.Diff(map[string][]string{"1": {"раз", "два"}}, s.ear.Texts()); diff != "" {
			t.Error(diff)
		}
		if n := s.fake.waiting(); n != 0 {
			t.Errorf("%d updates are not confirmed", n)
		}
	})
}

// A slow chat holds up nobody else, and its update stays unconfirmed until it is stored.
func TestPollSlowChat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSetting(t, nil)
		s.ear.Fail(func(in host.Inbound) error {
			if in.Peer.ID == "1" {
				time.Sleep(40 * time.Second)
			}
			return nil
		})
		s.run(func(context.Context) {
			slow := s.fake.say(1, "медленно")
			for i := range 50 {
				s.fake.say(2, fmt.Sprint(i))
				time.Sleep(200 * time.Millisecond)
			}
			time.Sleep(2 * time.Second)
			if n := len(s.ear.Texts()["2"]); n != 50 {
				t.Errorf("the other chat was heard %d times of 50", n)
			}
			s.fake.mu.Lock()
			if len(s.fake.queue) == 0 || s.fake.queue[0].id != slow {
				t.Error("the slow update is confirmed before it is stored")
			}
			s.fake.mu.Unlock()
			time.Sleep(time.Minute)
			if n := s.fake.waiting(); n != 0 {
				t.Errorf("%d updates are not confirmed at the end", n)
			}
		})
		if n := len(s.ear.Texts()["1"]); n != 1 {
			t.Errorf("the slow chat was heard %d times", n)
		}
	})
}

// Whatever goes wrong with polling, nothing is lost or doubled, and Telegram is not hammered.
func TestPollTroubles(t *testing.T) {
	for name, c := range map[string]struct {
		trouble *trouble
		count   string
	}{
		"500":          {refuse(500, "Internal Server Error", ""), CountPollError},
		"502 HTML":     {&trouble{status: 502, body: "<html>Bad Gateway</html>"}, CountPollError},
		"empty 200":    {&trouble{status: 200}, CountPollError},
		"wrong type":   {&trouble{status: 200, body: `{"ok":true,"result":{"update_id":1}}`}, CountPollError},
		"refused":      {&trouble{before: true}, CountPollError},
		"lost answer":  {&trouble{after: true}, CountPollError},
		"no answer":    {&trouble{hang: true}, CountPollError},
		"429":          {refuse(429, "Too Many Requests: retry after 7", `{"retry_after":7}`), CountPollError},
		"other poller": {refuse(409, "Conflict: terminated by other getUpdates request", ""), CountConflict},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSetting(t, nil)
				s.run(func(context.Context) {
					s.fake.say(1, "раз")
					time.Sleep(time.Second)
					s.fake.setTrouble(times(4, "getUpdates", c.trouble))
					s.fake.say(1, "два")
					time.Sleep(time.Millisecond)
					s.fake.say(1, "три")
					time.Sleep(10 * time.Minute)
				})
				if diff := cmp.Diff(map[string][]string{"1": {"раз", "два", "три"}}, s.ear.Texts()); diff != "" {
					t.Error(diff)
				}
				if n := s.fake.count("getUpdates"); n > 40 {
					t.Errorf("Telegram was asked %d times in 10 minutes", n)
				}
				if n := s.tally.of(c.count); n < 3 {
					t.Errorf("%s was counted %d times", c.count, n)
				}
			})
		})
	}
}

func TestPollRemovesWebhook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSetting(t, nil)
		s.fake.hook = map[string]string{"url": "https://elsewhere.example"}
		s.fake.say(1, "раз")
		s.run(func(context.Context) {
			time.Sleep(time.Minute)
			s.fake.mu.Lock()
			s.fake.hook = map[string]string{"url": "https://elsewhere.example"} // somebody sets it again
			s.fake.mu.Unlock()
			time.Sleep(2 * time.Minute)
			s.fake.say(1, "два")
			time.Sleep(time.Minute)
		})
		if diff := cmp.Diff(map[string][]string{"1": {"раз", "два"}}, s.ear.Texts()); diff != "" {
			t.Error(diff)
		}
	})
}

// A token revoked in mid-run sounds the alarm; Telegram is then asked a few times an hour, and all goes on when the
// token is accepted again.
func TestTokenRevoked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSetting(t, nil)
		s.run(func(context.Context) {
			s.fake.say(1, "раз")
			time.Sleep(time.Minute)
			s.fake.setTrouble(func(string, map[string]string) *trouble { return refuse(401, "Unauthorized", "") })
			s.fake.say(1, "два")
			before := s.fake.count("")
			end := time.Now().Add(2 * time.Hour)
			for time.Now().Before(end) {
				err := s.bot.Send(t.Context(), say("1", "здравствуйте"))
				if later, ok := errors.AsType[host.RetryAfterError](err); !ok || later.After < time.Second {
					t.Fatalf("sending: %v", err)
				}
				time.Sleep(time.Second)
			}
			if n := s.fake.count("") - before; n > 40 {
				t.Errorf("Telegram was asked %d times in 2 hours", n)
			}
			if s.tally.of(CountToken) == 0 || !strings.Contains(s.tally.String(), "ALARM") {
				t.Error("no alarm")
			}
			s.fake.setTrouble(nil)
			time.Sleep(15 * time.Minute)
			if err := s.bot.Send(t.Context(), say("1", "здравствуйте")); err != nil {
				t.Errorf("sending afterwards: %v", err)
			}
		})
		if diff := cmp.Diff(map[string][]string{"1": {"раз", "два"}}, s.ear.Texts()); diff != "" {
			t.Error(diff)
		}
	})
}

// Before Telegram has said who the bot is, nothing is received; the program waits for it as long as it takes.
func TestIntroduction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSetting(t, nil)
		s.fake.setTrouble(times(5, "getMe", refuse(500, "Internal Server Error", "")))
		s.fake.say(1, "слово")
		s.run(func(context.Context) { time.Sleep(5 * time.Minute) })
		if len(s.ear.Heard()) != 1 || s.fake.count("getMe") != 6 {
			t.Errorf("heard %v; asked %d times", s.ear.Texts(), s.fake.count("getMe"))
		}
		if n := s.fake.count("setMyCommands"); n != 2 {
			t.Errorf("the commands were set %d times", n)
		}
	})
}

func TestConfig(t *testing.T) {
	for name, c := range map[string]Config{
		"token":         {Token: "no token"},
		"base":          {Token: token, BaseURL: "ftp://x"},
		"base in clear": {Token: token, BaseURL: "http://api.example.ru"},
		"hook":          {Token: token, WebhookURL: "http://bot.example.ru/hook", WebhookSecret: strings.Repeat("s", 20)},
		"no secret":     {Token: token, WebhookURL: "https://bot.example.ru/hook"},
		"bad secret":    {Token: token, WebhookURL: "https://bot.example.ru/hook", WebhookSecret: strings.Repeat("s", 20) + "!"},
		"poll":          {Token: token, PollTimeout: time.Millisecond},
		"quota":         {Token: token, FilesPerDay: -1},
	} {
		_, err := New(&channeltest.Files{}, c)
		if err == nil {
			t.Errorf("%s: it was taken", name)
			continue
		}
		if text := err.Error(); strings.Contains(text, "TEST-secret_part") || strings.Contains(text, "no token") || strings.Contains(text, "ssss") {
			t.Errorf("%s: the error tells a secret: %s", name, text)
		}
	}
	if _, err := New(nil, Config{Token: token}); err == nil {
		t.Error("without files it was taken")
	}
	if _, err := New(&channeltest.Files{}, Config{Token: token, BaseURL: "http://127.0.0.1:8081/"}); err != nil {
		t.Error(err)
	}
}

func TestRecentIsBounded(t *testing.T) {
	r := newRecent[int, int](100)
	for i := range 10000 {
		r.put(i, i)
		r.put(-1, i) // who keeps coming is never forgotten
	}
	if n := len(r.young) + len(r.former); n > 100 {
		t.Errorf("it remembers %d", n)
	}
	if v, ok := r.get(-1); !ok || v != 9999 {
		t.Errorf("the one used most is %d %v", v, ok)
	}
	if !slices.ContainsFunc([]int{9998, 9999}, func(k int) bool { _, ok := r.get(k); return ok }) {
		t.Error("the newest are forgotten")
	}
}
