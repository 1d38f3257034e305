package browsertest

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"spravka/engine"
)

// enter presses Enter as a keyboard does; the separate character of chromedp's keys would get past preventDefault.
func enter(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
	for _, p := range []input.DispatchKeyEventParams{{Type: input.DispatchKeyEventTypeKeyDown, Text: "\r"}, {Type: input.DispatchKeyEventTypeKeyUp}} {
		p.Key, p.Code, p.WindowsVirtualKeyCode, p.NativeVirtualKeyCode = "Enter", "Enter", 13, 13
		if _, err := chromedp.Call(ctx, input.DispatchKeyEvent, p); err != nil {
			return chromedp.Void{}, err
		}
	}
	return chromedp.Void{}, nil
}

// refuseText is a server that refuses messages with a certain text for good.
func refuseText(text string) func(http.Handler) http.Handler {
	return func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/messages") {
				body, err := io.ReadAll(r.Body)
				if err != nil || bytes.Contains(body, []byte(text)) {
					w.Header().Set("Content-Type", "application/json")
					w.WriteHeader(422)
					io.WriteString(w, `{"error":{"code":"x","message":"Сервер так не хочет"}}`)
					return
				}
				r.Body = io.NopCloser(bytes.NewReader(body))
			}
			h.ServeHTTP(w, r)
		})
	}
}

// without is a server behind a proxy that lets some addresses not through, and counts how often others were asked.
func without(blocked []string, counted string, count *atomic.Int64) func(*server) {
	return func(s *server) {
		s.wrap = func(h http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				for _, b := range blocked {
					if strings.HasSuffix(r.URL.Path, b) {
						http.Error(w, "blocked by the proxy", http.StatusBadGateway)
						return
					}
				}
				if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, counted) {
					count.Add(1)
				}
				h.ServeHTTP(w, r)
			})
		}
	}
}

func TestOtherWaysWhereSocketsAreBlocked(t *testing.T) {
	for _, test := range []struct {
		name    string
		blocked []string
		way     string
	}{
		{"sockets work", nil, "/socket"},
		{"event stream", []string{"/socket"}, "/events"},
		{"asking", []string{"/socket", "/events"}, "/messages"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var count atomic.Int64
			s := serve(t, without(test.blocked, test.way, &count))
			b := opened(t, s)
			b.say("первое")
			b.until("text('.bot').includes('Эхо: первое')")
			s.host.Say(1, engine.Operator, "Анна", engine.Message{Text: "сама пишу"})
			b.until("text('.operator').includes('сама пишу')")
			b.say("второе")
			b.until("text('.bot').includes('Эхо: второе') && !$('.fate') && !shown('.cut')")
			if count.Load() == 0 {
				t.Errorf("%s was never asked", test.way)
			}
			s.stop()
			s.host.Say(1, engine.Operator, "Анна", engine.Message{Text: "пока вас не было"})
			s.start()
			b.until("text('.operator').includes('пока вас не было')")
			if got := s.host.Turns(); got != 3 { // the greeting and two messages
				t.Errorf("%d turns", got)
			}
		})
	}
}

func TestAForeignSiteEmbedsTheWidget(t *testing.T) {
	var site *server
	page := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		io.WriteString(w, `<!doctype html><html lang="ru"><title>Чужой сайт</title><style>* { color: red; font-size: 9px; letter-spacing: 1em } button { display: none }</style>
			<main><h1>Сайт</h1></main><script src="`+site.url("/chat/spravka.js")+`"></script><spravka-chat></spravka-chat>`)
	})
	foreign := serve(t, func(s *server) { s.wrap = func(http.Handler) http.Handler { return page } })
	site = serve(t, func(s *server) { s.c.Origins = []string{"http://" + foreign.addr} })
	b := open(t, foreign.url("/"), size(1280, 800))
	b.click(".launch")
	b.until("shown('.quick button')")
	b.say("привет с чужого сайта")
	b.until("text('.bot').includes('Эхо: привет с чужого сайта') && !$('.fate')")
	b.shot("foreign")
	b.do(chromedp.Reload())
	b.click(".launch")
	b.until("text('.bot').includes('Эхо: привет с чужого сайта')")
	if got := js[string](b, "getComputedStyle($('textarea')).fontSize + getComputedStyle($('.launch')).letterSpacing"); got != "16pxnormal" {
		t.Errorf("the site's style reaches in: %s", got)
	}

	site.stop() // the same site, no longer allowed
	site.c.Origins = nil
	site.start()
	b.do(chromedp.Navigate(foreign.url("/?again")))
	b.click(".launch")
	b.until("shown('.cut')")
	if got := js[string](b, "text('.log li')"); got != "" {
		t.Errorf("a site that is not allowed shows %q", got)
	}
}
