package vk

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"spravka/engine"
	"spravka/engine/host"
)

func TestPollingSurvives(t *testing.T) {
	for name, answer := range map[string]string{
		"502 with HTML":       "502",
		"reset":               "reset",
		"empty body":          "",
		"not JSON":            "<html>",
		"a list":              "[]",
		"no ts":               `{"updates":[]}`,
		"empty ts":            `{"ts":"","updates":[]}`,
		"null ts":             `{"ts":null,"updates":[]}`,
		"ts of a wrong type":  `{"ts":{},"updates":[]}`,
		"updates are no list": `{"ts":"1","updates":{}}`,
		"cursor outdated":     `{"failed":1,"ts":4}`,
		"key expired":         `{"failed":2}`,
		"all lost":            `{"failed":3}`,
		"unknown failure":     `{"failed":4}`,
		"failed of no number": `{"failed":"x"}`,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, nil)
				w.vk.trouble = func(n int) (string, bool) { return answer, n%2 == 0 } // every other poll
				w.start()
				synctest.Wait()
				for i := range 20 {
					w.vk.say(1, int64(i+1), fmt.Sprintf("%02d", i))
					time.Sleep(3 * time.Second)
				}
				time.Sleep(2 * time.Minute)
				w.stop()
				if got := w.heard(1); len(got) != 20 || !slices.IsSorted(got) {
					t.Errorf("%d of 20: %v", len(got), got)
				}
				if w.cursor.now() != "20" {
					t.Errorf("the cursor is at %s", w.cursor.now())
				}
				if w.raised(AlarmGap) != 0 {
					t.Error("a gap was reported, though nothing was lost")
				}
			})
		})
	}
}

// While VK is down for an hour nothing hammers it, and then everything arrives.
func TestPollingBacksOff(t *testing.T) {
	for _, answer := range []string{"502", "reset", "", `{"failed":2}`, `{"failed":3}`, `{"failed":1}`, `{"failed":9}`} {
		t.Run(answer, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, nil)
				w.start()
				synctest.Wait()
				w.vk.set(func() { w.vk.trouble = func(int) (string, bool) { return answer, true } })
				w.vk.say(1, 1, "hello")
				time.Sleep(time.Hour)
				polls, calls := w.vk.polled(), len(w.vk.made(""))
				w.vk.set(func() { w.vk.trouble = nil })
				w.vk.say(1, 2, "again")
				time.Sleep(2 * time.Minute)
				w.stop()
				if polls > 300 || calls > 300 {
					t.Errorf("%d polls and %d calls in an hour", polls, calls)
				}
				lost := strings.Contains(answer, "3") || strings.Contains(answer, "1") // so VK says, again and again
				if got := w.heard(1); len(got) != 2 && !lost || lost && w.raised(AlarmGap) == 0 {
					t.Errorf("heard %v, alarms %v", got, w.all())
				}
			})
		})
	}
}

func TestGapRaisesTheAlarm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		w.cursor.ts = "500" // VK's history ends before, say after a restored backup
		w.start()
		time.Sleep(time.Minute)
		w.vk.say(1, 1, "hello")
		time.Sleep(time.Minute)
		w.stop()
		if w.raised(AlarmGap) != 1 || w.cursor.now() != "1" || len(w.heard(1)) != 1 {
			t.Errorf("alarms %v, cursor %s, heard %v", w.all(), w.cursor.now(), w.heard(1))
		}
	})
}

// A token that is revoked in mid-run raises one alarm; calls become rare; with a valid token everything goes on.
func TestRevokedToken(t *testing.T) {
	for code, kind := range map[int]string{5: AlarmToken, 27: AlarmToken, 28: AlarmToken, 14: AlarmCaptcha} {
		t.Run(kind+fmt.Sprint(code), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, nil)
				w.start()
				synctest.Wait()
				w.vk.set(func() {
					w.vk.fault = func(called) any { return &vkError{code} }
					w.vk.key++
					w.vk.calls = nil
				})
				ctx, stop := context.WithCancel(t.Context())
				for i := range 32 { // as many senders as the host has, each coming back when it is told to
					go func() {
						for ctx.Err() == nil {
							err := w.Send(ctx, outgoing(int64(i+1), 1, int64(i+1), engine.Message{Text: "hello"}))
							var later host.RetryAfterError
							if err != nil && !errors.As(err, &later) && ctx.Err() == nil {
								t.Errorf("%v is no error to come back from", err)
							}
							if err == nil || pause(ctx, later.After) != nil {
								return
							}
						}
					}()
				}
				time.Sleep(time.Hour)
				if got := len(w.vk.made("")); got > 32+20 { // those under way together, then one a pause
					t.Errorf("%d calls in an hour with a dead token", got)
				}
				if w.raised(kind) != 1 {
					t.Errorf("alarms: %v", w.all())
				}
				w.vk.set(func() { w.vk.fault = nil })
				w.vk.say(1, 1, "hello")
				time.Sleep(time.Hour)
				stop()
				w.stop()
				if len(w.vk.messages()) != 32 || len(w.heard(1)) != 1 {
					t.Errorf("%d of 32 messages went out, heard %v", len(w.vk.messages()), w.heard(1))
				}
			})
		})
	}
}

func TestCursorFile(t *testing.T) {
	f := FileCursor(filepath.Join(t.TempDir(), "vk.cursor"))
	if ts, err := f.Load(t.Context()); ts != "" || err != nil {
		t.Fatal(ts, err)
	}
	for _, ts := range []string{"1", "18446744073709551615", "7"} {
		if err := f.Save(t.Context(), ts); err != nil {
			t.Fatal(err)
		}
		if got, err := f.Load(t.Context()); got != ts || err != nil {
			t.Fatal(got, err)
		}
	}
	for _, bad := range []string{"", "a b", strings.Repeat("1", 65), "\x00"} {
		os.WriteFile(string(f), []byte(bad), 0o600)
		if ts, err := f.Load(t.Context()); err == nil {
			t.Errorf("%q was read as %q", bad, ts)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(string(f)), ".cursor-*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if err := FileCursor(filepath.Join(t.TempDir(), "none", "x")).Save(t.Context(), "1"); err == nil {
		t.Error("saved into a folder that does not exist")
	}
}

// A cursor that can't be written costs nothing but a repetition.
func TestCursorDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		w.start()
		synctest.Wait()
		w.cursor.mu.Lock()
		w.cursor.fail = errors.New("disk full")
		w.cursor.mu.Unlock()
		for i := range 5 {
			w.vk.say(1, int64(i+1), fmt.Sprint(i))
		}
		time.Sleep(time.Minute)
		if got := len(w.heard(1)); got != 5 {
			t.Errorf("%d of 5", got)
		}
		w.cursor.mu.Lock()
		w.cursor.fail = nil
		w.cursor.mu.Unlock()
		time.Sleep(time.Minute)
		w.stop()
		if w.cursor.now() != "5" {
			t.Errorf("the cursor is at %s", w.cursor.now())
		}
	})
}
