package webchat_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"spravka/adapters/webchat/internal/fakehost"
	"spravka/engine"
)

// stream is a client's end of an event stream.
type stream struct {
	t    *testing.T
	body io.Reader
	in   *bufio.Scanner
}

func (w *world) stream(token string, after int64) *stream {
	w.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r, err := http.NewRequestWithContext(ctx, "GET", w.url+api+fmt.Sprint("events?after=", after), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	res, err := w.client.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { cancel(); res.Body.Close() })
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "text/event-stream; charset=utf-8" {
		w.t.Fatalf("the stream begins with %d, %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
	return &stream{t: w.t, body: res.Body, in: bufio.NewScanner(res.Body)}
}

func (s *stream) until(fits func(heard) bool) (all []heard) {
	s.t.Helper()
	for s.in.Scan() {
		data, ok := strings.CutPrefix(s.in.Text(), "data: ")
		if !ok {
			if s.in.Text() != "" {
				s.t.Fatalf("a strange line: %q", s.in.Text())
			}
			continue
		}
		var f heard
		decode(s.t, []byte(data), &f)
		if all = append(all, f); fits(f) {
			return all
		}
	}
	s.t.Fatalf("the stream ended (%v) after %+v", s.in.Err(), all)
	return nil
}

func TestAnEventStreamHasTheSameCursor(t *testing.T) {
	w := serve(t)
	token := w.token()
	w.say(token, "один")
	w.say(token, "два")
	s := w.stream(token, 3)
	got := s.until(ofType("ready"))
	if diff := cmp.Diff([]string{"bot: Эхо: два"}, entries(got)); diff != "" {
		t.Error(diff)
	}
	w.say(token, "три\n\ndata: обман")
	got = s.until(func(f heard) bool { return f.Entry.Seq == 6 })
	if diff := cmp.Diff([]string{"citizen: три\n\ndata: обман", "bot: Эхо: три\n\ndata: обман"}, entries(got)); diff != "" {
		t.Error(diff)
	}
}

func TestAStreamShowsThatItLives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := serveInBubble(t, fakehost.New())
		token := w.token()
		w.say(token, "x")
		s := w.stream(token, 0)
		s.until(ofType("ready"))
		start := time.Now()
		s.until(ofType("beat"))
		if took := time.Since(start); took != 25*time.Second {
			t.Errorf("the first beat after %v", took)
		}
		time.Sleep(time.Second)
		w.host.Say(1, engine.Bot, "", engine.Message{Text: strings.Repeat("много ", 20000)}) // the client reads no more
		synctest.Wait()
		if n := w.host.Watchers(1); n != 1 {
			t.Errorf("%d watchers", n)
		}
		time.Sleep(11 * time.Second)
		synctest.Wait()
		if n := w.host.Watchers(1); n != 0 {
			t.Error("the slow reader is still there after 11 s")
		}
	})
}
