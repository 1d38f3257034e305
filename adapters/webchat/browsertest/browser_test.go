package browsertest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"spravka/adapters/webchat"
	"spravka/adapters/webchat/internal/fakehost"
)

// chromium runs once for all tests.
var chromium context.Context

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	const path = "/usr/bin/chromium"
	if _, err := os.Stat(path); err != nil {
		fmt.Fprintln(os.Stderr, "the browser tests need Chromium: apt-get install chromium:", err)
		return 1
	}
	ctx, stop := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WindowSize(1280, 900),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
	)...)
	defer stop()
	ctx, cancel := chromedp.NewContext(ctx)
	defer cancel()
	if err := chromedp.Do(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "Chromium does not start:", err)
		return 1
	}
	chromium = ctx
	return m.Run()
}

// server is a chat that can go away and come back at the same address.
type server struct {
	t    *testing.T
	host *fakehost.Host
	addr string
	wrap func(http.Handler) http.Handler
	c    webchat.Config

	chat *webchat.Chat
	http *http.Server
}

func serve(t *testing.T, change ...func(*server)) *server {
	t.Helper()
	s := &server{t: t, host: fakehost.New(), addr: "127.0.0.1:0", wrap: func(h http.Handler) http.Handler { return h }}
	s.c = webchat.Config{Greeting: fakehost.Greeting, VisitorRate: 1000, VisitorBurst: 1000, IPRate: 10000, IPBurst: 10000}
	for _, f := range change {
		f(s)
	}
	s.start()
	t.Cleanup(s.stop)
	return s
}

func (s *server) start() {
	s.t.Helper()
	l, err := net.Listen("tcp", s.addr)
	if err != nil {
		s.t.Fatal(err)
	}
	s.addr = l.Addr().String()
	if s.chat, err = webchat.New(s.host, s.host, s.c); err != nil {
		s.t.Fatal(err)
	}
	s.http = &http.Server{Handler: s.wrap(s.chat.Handler())}
	go s.http.Serve(l)
}

// stop ends the server at once.
func (s *server) stop() {
	s.http.Close()
	s.chat.Close()
}

func (s *server) url(path string) string { return "http://" + s.addr + path }

// tab is a browser tab with storage of its own.
type tab struct {
	t   *testing.T
	ctx context.Context

	mu       sync.Mutex
	troubles []string
}

func open(t *testing.T, url string, steps ...chromedp.Action[chromedp.Void]) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(chromium, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	return newTab(t, ctx, url, steps...)
}

// another opens a tab that shares this one's storage.
func (b *tab) another(url string) *tab {
	b.t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx)
	b.t.Cleanup(cancel)
	return newTab(b.t, ctx, url)
}

func newTab(t *testing.T, ctx context.Context, url string, steps ...chromedp.Action[chromedp.Void]) *tab {
	t.Helper()
	b := &tab{t: t, ctx: ctx}
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	console := chromedp.Console(ctx)
	go func() {
		for m, err := range console {
			if err != nil {
				return
			}
			if text := m.String(); m.IsException() || strings.Contains(text, "TROUBLE") {
				b.mu.Lock()
				b.troubles = append(b.troubles, text)
				b.mu.Unlock()
			}
		}
	}()
	const watch = `addEventListener('securitypolicyviolation', e => console.warn('TROUBLE: policy ' + e.violatedDirective + ' ' + e.blockedURI + ' ' + e.sourceFile))`
	if _, err := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: watch}); err != nil {
		t.Fatal(err)
	}
	b.do(steps...)
	b.do(chromedp.Navigate(url))
	t.Cleanup(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, trouble := range b.troubles {
			t.Errorf("in the console: %s", trouble)
		}
	})
	return b
}

// do runs steps, each test within a minute.
func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, time.Minute)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

// js evaluates an expression in which $ finds an element of the widget, and text its words.
func js[T any](b *tab, expression string) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, time.Minute)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](prelude+expression+"})()", chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

const prelude = `(() => { const root = document.querySelector('spravka-chat')?.shadowRoot, $ = (s) => root.querySelector(s), $$ = (s) => [...root.querySelectorAll(s)],
	text = (s) => $$(s).map((e) => e.innerText.trim()).join(' | ').replaceAll('\u00a0', ' '), shown = (s) => !!$(s) && $(s).checkVisibility(); return `

// until waits for an expression to become true.
func (b *tab) until(expression string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	if _, err := chromedp.Run(ctx, chromedp.Poll[bool](prelude+"!!("+expression+")})()", chromedp.WithPollingInterval(20*time.Millisecond))); err != nil {
		b.shot("failed-" + b.t.Name())
		b.t.Fatalf("never true: %s (%v); the log says: %s", expression, err, js[string](b, "root ? text('.log li') : document.body.innerText"))
	}
}

// part is an element of the widget.
func part(selector string) chromedp.JSPath {
	return chromedp.JSPath(fmt.Sprintf(`document.querySelector('spravka-chat').shadowRoot.querySelector(%q)`, selector))
}

// click uses the mouse.
func (b *tab) click(selector string) {
	b.t.Helper()
	b.do(chromedp.Click(part(selector), chromedp.NodeVisible))
}

// say types a message and sends it with Enter.
func (b *tab) say(text string) {
	b.t.Helper()
	b.do(chromedp.SendKeys(part("textarea"), text), enter)
}

func (b *tab) keys(keys string) {
	b.t.Helper()
	b.do(chromedp.KeyEvent(keys))
}

func size(width, height int64) chromedp.Action[chromedp.Void] {
	return chromedp.EmulateViewport(width, height)
}

// media sets media features: "prefers-color-scheme", "dark".
func media(features ...string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		p := emulation.SetEmulatedMediaParams{}
		for i := 0; i+1 < len(features); i += 2 {
			p.Features = append(p.Features, &emulation.MediaFeature{Name: features[i], Value: features[i+1]})
		}
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, p)
		return err
	})
}

func withoutScript() chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	})
}

// shot writes a picture to the folder SPRAVKA_SHOTS, if it is set.
func (b *tab) shot(name string) {
	b.t.Helper()
	dir := os.Getenv("SPRAVKA_SHOTS")
	if dir == "" {
		return
	}
	data, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, strings.ReplaceAll(name, "/", "-")+".png"), data, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// fits checks that nothing needs horizontal scrolling.
func (b *tab) fits() {
	b.t.Helper()
	wide := js[[]string](b, `[document.scrollingElement, ...(root ? $$('*') : document.querySelectorAll('body *'))]
		.filter((e) => e.scrollWidth > e.clientWidth + 1 && e.checkVisibility() && getComputedStyle(e).display !== 'inline' && !e.closest('.hush, .who, progress') && !/^(visible|clip)$/.test(getComputedStyle(e).overflowX) || e === document.scrollingElement && e.scrollWidth > innerWidth
			|| e.getBoundingClientRect().right > innerWidth + 1 && e.checkVisibility() && !e.closest('.hush'))
		.map((e) => e.tagName + '.' + e.className + ' ' + e.scrollWidth + '>' + e.clientWidth)`)
	if len(wide) > 0 {
		b.t.Errorf("too wide: %v", wide)
	}
}

func pretty(v any) string {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	enc.Encode(v)
	return out.String()
}
