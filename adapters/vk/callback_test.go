package vk

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"spravka/adapters/channeltest"
	"spravka/engine/host"
)

const secret = "abcdefgh12345678"

func callbackWorld(t *testing.T) *world {
	return newWorld(t, asCallback)
}

func asCallback(c *Config) {
	c.Mode, c.Secret, c.Confirmation, c.Cursor = Callback, secret, "c0ffee", nil
}

// deliver is one request of VK; tries counts from 0.
func (w *world) deliver(body string, tries int) (status int, answer string) {
	r := httptest.NewRequest(http.MethodPost, "/vk", strings.NewReader(body))
	if tries > 0 {
		r.Header.Set("X-Retry-Counter", fmt.Sprint(tries))
	}
	rec := httptest.NewRecorder()
	w.Handler().ServeHTTP(rec, r)
	return rec.Code, strings.TrimSpace(rec.Body.String())
}

// stored delivers what is to be acknowledged, and stored once whatever was delivered before.
func (w *world) stored(body string, tries int) {
	w.t.Helper()
	if status, answer := w.deliver(body, tries); status != 200 || answer != "ok" {
		w.t.Errorf("%d %s", status, answer)
	}
	if got := len(w.host.Heard()); got != 1 {
		w.t.Errorf("stored %d times", got)
	}
}

// inOrder checks that ten messages of each dialogue were stored in their order.
func (w *world) inOrder(dialogues int64) {
	w.t.Helper()
	for peer := range dialogues {
		if got := w.heard(peer + 1); len(got) != 10 || !slices.IsSorted(got) {
			w.t.Errorf("dialogue %d: %v", peer+1, got)
		}
	}
}

func callback(id, kind, object string) string {
	return fmt.Sprintf(`{"type":%q,"object":%s,"group_id":1001,"event_id":%q,"v":"5.131","secret":%q}`, kind, object, id, secret)
}

func TestCallbackRefusals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := callbackWorld(t)
		w.start()
		synctest.Wait()
		good := callback("e1", "message_new", message(1, 1, "hello", ""))
		for name, c := range map[string]struct {
			body   string
			status int
		}{
			"wrong secret":            {strings.Replace(good, secret, "abcdefgh12345679", 1), 403},
			"no secret":               {strings.Replace(good, `"secret"`, `"other"`, 1), 403},
			"empty secret":            {strings.Replace(good, secret, "", 1), 403},
			"secret of a wrong type":  {strings.Replace(good, `"`+secret+`"`, "1", 1), 400},
			"another community":       {strings.Replace(good, `1001`, "1002", 1), 403},
			"broken JSON":             {good[:len(good)-1], 400},
			"no JSON":                 {"hello", 400},
			"nothing":                 {"", 400},
			"a list":                  {"[]", 400},
			"too large":               {good + strings.Repeat(" ", 1<<20), 413},
			"confirmation, wrong":     {`{"type":"confirmation","group_id":1001,"secret":"x"}`, 403},
			"confirmation of another": {`{"type":"confirmation","group_id":1,"secret":"` + secret + `"}`, 403},
			"deep":                    {strings.Repeat("[", 100_000), 400},
		} {
			if status, answer := w.deliver(c.body, 0); status != c.status || answer == "ok" {
				t.Errorf("%s: %d %s, want %d", name, status, answer, c.status)
			}
		}
		rec := httptest.NewRecorder()
		w.Handler().ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/vk", nil))
		if rec.Code != http.StatusMethodNotAllowed {
			t.Errorf("GET: %d", rec.Code)
		}
		if got := w.host.Heard(); len(got) != 0 {
			t.Errorf("%d updates were handed over", len(got))
		}
		if status, answer := w.deliver(`{"type":"confirmation","group_id":1001,"secret":"`+secret+`"}`, 0); status != 200 || answer != "c0ffee" {
			t.Errorf("confirmation: %d %s", status, answer)
		}
		// What is authentic and yet not understood is not repeated for ever.
		for _, body := range []string{
			callback("p1", "hologram_new", `{}`), callback("p2", "message_new", `5`), callback("p3", "message_new", `{}`),
			`{"type":5,"object":{},"group_id":1001,"event_id":"p4","secret":"` + secret + `"}`,
			`{"type":"message_new","group_id":1001,"event_id":{},"secret":"` + secret + `"}`,
		} {
			if status, answer := w.deliver(body, 0); status != 200 || answer != "ok" {
				t.Errorf("%s: %d %s", body, status, answer)
			}
		}
		if status, answer := w.deliver(good, 0); status != 200 || answer != "ok" || len(w.host.Heard()) != 1 {
			t.Errorf("a good one: %d %s, %d handed over", status, answer, len(w.host.Heard()))
		}
		w.stop()
		if status, _ := w.deliver(good, 0); status != 503 {
			t.Errorf("after the end: %d", status)
		}
	})
}

func TestCallbackIsAcknowledgedWhenStored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := callbackWorld(t)
		body := callback("e1", "message_new", message(1, 1, "hello", ""))
		if status, _ := w.deliver(body, 0); status != 503 {
			t.Errorf("before Run: %d", status)
		}
		w.start()
		synctest.Wait()
		down := true
		var mu sync.Mutex
		w.host.Fail(func(host.Inbound) error {
			mu.Lock()
			defer mu.Unlock()
			if down {
				return errors.New("disk full")
			}
			return nil
		})
		begun := time.Now()
		if status, _ := w.deliver(body, 0); status != 503 {
			t.Errorf("with the store down: %d", status)
		}
		if took := time.Since(begun); took > callbackWait {
			t.Errorf("the answer took %v", took)
		}
		mu.Lock()
		down = false
		mu.Unlock()
		for try := range 3 { // VK repeats; a repetition after "ok" is one whose answer was lost
			w.stored(body, try+1)
		}
		w.stop()
	})
}

// A turn that takes longer than VK waits is not given up: the repetition finds it stored.
func TestCallbackSlowTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := callbackWorld(t)
		w.host.Fail(func(host.Inbound) error { time.Sleep(12 * time.Second); return nil })
		w.start()
		synctest.Wait()
		body := callback("e1", "message_new", message(1, 1, "hello", ""))
		if status, _ := w.deliver(body, 0); status != 503 {
			t.Errorf("%d", status)
		}
		w.stored(body, 1)
		w.stop()
	})
}

// VK delivers side by side and in any order; conversation_message_id brings the order back.
func TestCallbackOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := callbackWorld(t)
		w.start()
		synctest.Wait()
		var all sync.WaitGroup
		for i := range 50 {
			all.Go(func() {
				time.Sleep(rand.N(100 * time.Millisecond))
				peer, number := int64(1+i%5), int64(1+i/5)
				if status, _ := w.deliver(callback(fmt.Sprint("e", i), "message_new", message(peer, number, fmt.Sprintf("%02d", number), "")), 0); status != 200 {
					t.Errorf("%d", status)
				}
			})
		}
		all.Wait()
		w.inOrder(5)
		w.stop()
	})
}

// After an outage VK repeats each callback at its own pace, 5 s apart, and new ones come in between.
func TestCallbackOrderAfterAnOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := callbackWorld(t)
		outage := 7 * time.Second
		var all sync.WaitGroup
		for i := range 40 {
			all.Go(func() {
				peer, number := int64(1+i%4), int64(1+i/4)
				time.Sleep(time.Duration(number) * time.Second) // when it was written
				body := callback(fmt.Sprint("e", i), "message_new", message(peer, number, fmt.Sprintf("%02d", number), ""))
				for try, wait := 0, 300*time.Millisecond; ; try, wait = try+1, min(2*wait, 5*time.Second) {
					if status, _ := w.deliver(body, try); status == 200 {
						return
					}
					time.Sleep(wait + rand.N(50*time.Millisecond))
				}
			})
		}
		time.Sleep(outage)
		w.start()
		all.Wait()
		w.inOrder(4)
		w.stop()
	})
}

// An ordinary dialogue is not slowed down: our own messages take numbers too.
func TestCallbackDoesNotWaitWithoutNeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := callbackWorld(t)
		w.start()
		synctest.Wait()
		number := int64(0)
		for i := range 10 {
			number++
			begun := time.Now()
			w.deliver(callback(fmt.Sprint("e", i), "message_new", message(1, number, "x", "")), 0)
			if took := time.Since(begun); took > time.Millisecond {
				t.Errorf("message %d waited %v", i, took)
			}
			for range 2 {
				number++
				if err := w.Send(t.Context(), outgoing(1, number, 1, textMessage("reply"))); err != nil {
					t.Error(err)
				}
			}
			time.Sleep(time.Second)
		}
		w.stop()
	})
}

func TestSettingsOfTheCommunity(t *testing.T) {
	confirm := func(w *world) {
		w.vk.fault = func(c called) any {
			switch c.method {
			case "groups.addCallbackServer":
				_, answer := w.deliver(`{"type":"confirmation","group_id":1001,"secret":"`+c.values.Get("secret_key")+`"}`, 0)
				status := "failed"
				if answer == "c0ffee" {
					status = "ok"
				}
				w.vk.set(func() {
					w.vk.servers = append(w.vk.servers, map[string]any{"id": 1, "url": c.values.Get("url"), "title": c.values.Get("title"), "secret_key": c.values.Get("secret_key"), "status": status})
				})
			case "groups.deleteCallbackServer":
				w.vk.set(func() { w.vk.servers = nil })
			}
			return nil
		}
	}
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(c *Config) {
			asCallback(c)
			c.KeepSettings, c.CallbackURL, c.Confirmation = false, "http://bot.test/vk", ""
		})
		confirm(w)
		w.start()
		time.Sleep(time.Minute)
		if len(w.vk.listed()) != 1 || w.vk.listed()[0]["status"] != "ok" || len(w.all()) != 0 {
			t.Fatalf("servers %v, alarms %v", w.vk.listed(), w.all())
		}
		if c := w.vk.made("groups.setLongPollSettings"); len(c) != 1 || c[0].values.Get("enabled") != "0" {
			t.Errorf("polling was not switched off: %v", c)
		}
		if c := w.vk.made("groups.setCallbackSettings"); len(c) != 1 || c[0].values.Get("message_new") != "1" || c[0].values.Get("message_reply") != "0" {
			t.Errorf("%v", c)
		}
		w.stop()

		w.build(func(c *Config) { c.KeepSettings = false }) // and back to polling
		w.start()
		time.Sleep(time.Minute)
		w.stop()
		if len(w.vk.listed()) != 0 {
			t.Error("our callback server is still there")
		}
		calls := w.vk.made("groups.setLongPollSettings")
		if c := calls[len(calls)-1]; c.values.Get("enabled") != "1" || c.values.Get("message_event") != "1" {
			t.Errorf("%v", c.values)
		}
	})
	synctest.Test(t, func(t *testing.T) { // a token without the right
		w := newWorld(t, func(c *Config) { c.KeepSettings = false })
		w.vk.fault = func(c called) any {
			if strings.HasPrefix(c.method, "groups.set") {
				return &vkError{15}
			}
			return nil
		}
		w.start()
		time.Sleep(time.Second)
		w.vk.say(1, 1, "hello")
		time.Sleep(time.Second)
		w.stop()
		if w.raised(AlarmSetup) != 1 || len(w.heard(1)) != 1 {
			t.Errorf("alarms %v, heard %v", w.all(), w.heard(1))
		}
	})
}

func TestConfigIsChecked(t *testing.T) {
	good := Config{Token: token, Group: group, Cursor: &stubCursor{}, Files: &channeltest.Files{}}
	if _, err := New(good); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(c *Config){
		"token": func(c *Config) { c.Token = " " }, "group": func(c *Config) { c.Group = -5 }, "files": func(c *Config) { c.Files = nil },
		"cursor": func(c *Config) { c.Cursor = nil }, "mode": func(c *Config) { c.Mode = "push" },
		"secret": func(c *Config) { c.Mode, c.Secret = Callback, "short" }, "rate": func(c *Config) { c.Rate = 21 },
		"wait": func(c *Config) { c.Wait = 91 * time.Second }, "http": func(c *Config) { c.MethodURL = "http://vk.test/" },
		"address": func(c *Config) { c.CallbackURL = "bot.test" }, "quota": func(c *Config) { c.FilesPerDay = -1 },
	} {
		c := good
		change(&c)
		if _, err := New(c); err == nil {
			t.Errorf("%s was accepted", name)
		} else if strings.Contains(err.Error(), token) {
			t.Errorf("%s: the error repeats the token", name)
		}
	}
}
