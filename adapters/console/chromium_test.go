package console

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// chromium is the browser's program: $CHROMIUM, or the first that is found.
func chromium() (string, error) {
	for _, name := range []string{os.Getenv("CHROMIUM"), "/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); name != "" && err == nil {
			return path, nil
		}
	}
	return "", errors.New("these tests need Chromium: apt-get install chromium, or set CHROMIUM to its path")
}

// startChromium starts one browser for the tests of t; each window has its own cookies.
func startChromium(t *testing.T) context.Context {
	t.Helper()
	path, err := chromium()
	if err != nil {
		t.Fatal(err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("accept-lang", "ru-RU,ru"),
	)
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal("Chromium does not start: ", err)
	}
	return ctx
}

// window is a tab with cookies of its own that remembers what went wrong in it.
type window struct {
	t   *testing.T
	ctx context.Context
	url string // of the server, without a slash at the end

	mu     sync.Mutex
	faults []string
}

// serve runs the console on a port of its own.
func (b *bench) serve() *httptest.Server {
	server := httptest.NewServer(b.console)
	b.t.(*testing.T).Cleanup(func() { b.console.Close(); server.Close() })
	return server
}

func openWindow(t *testing.T, browser context.Context, server *httptest.Server) *window {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	ctx, stop := context.WithTimeout(ctx, 5*time.Minute)
	t.Cleanup(stop)
	w := &window{t: t, ctx: ctx, url: server.URL}
	messages := chromedp.Console(ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			if m.IsException() || m.Type == chromedp.ConsoleError && m.Source != "network" || m.Source == "security" {
				w.mu.Lock()
				w.faults = append(w.faults, m.String())
				w.mu.Unlock()
			}
		}
	}()
	w.size(1280, 900)
	return w
}

// clean fails the test if a script has thrown or the policy was violated.
func (w *window) clean(where string) {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, f := range w.faults {
		w.t.Errorf("%s: %s", where, f)
	}
	w.faults = nil
}

func (w *window) do(steps ...chromedp.Action[chromedp.Void]) {
	w.t.Helper()
	if err := chromedp.Do(w.ctx, steps...); err != nil {
		w.t.Fatal(err)
	}
}

func (w *window) size(width, height int64) {
	w.t.Helper()
	w.do(chromedp.EmulateViewport(width, height))
}

func (w *window) scheme(name string) {
	w.t.Helper()
	_, err := chromedp.Call(w.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}, {Name: "prefers-reduced-motion", Value: "reduce"}},
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// noScript switches scripts off.
func (w *window) noScript() {
	w.t.Helper()
	if _, err := chromedp.Call(w.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		w.t.Fatal(err)
	}
}

// cookies gives the window what another browser has.
func (w *window) cookies(br *browser) *window {
	w.t.Helper()
	for name, value := range br.cookies {
		_, err := chromedp.Call(w.ctx, network.SetCookie, network.SetCookieParams{
			Name: name, Value: value, URL: w.url + Root, Path: Root, HTTPOnly: new(true), SameSite: network.CookieSameSiteStrict,
		})
		if err != nil {
			w.t.Fatal(err)
		}
	}
	return w
}

func (w *window) open(path string) {
	w.t.Helper()
	if !strings.HasPrefix(path, "/") {
		path = Root + path
	}
	w.do(chromedp.Navigate(w.url + path))
}

// click clicks what a CSS selector finds and waits for the page that follows.
func (w *window) click(selector string) {
	w.t.Helper()
	if _, err := chromedp.RunResponse(w.ctx, chromedp.Click(chromedp.CSS(selector))); err != nil {
		w.t.Fatalf("%s: %v", selector, err)
	}
}

func (w *window) text(selector string) string {
	w.t.Helper()
	text, err := chromedp.Run(w.ctx, chromedp.TextContent(chromedp.CSS(selector)))
	if err != nil {
		w.t.Fatalf("%s: %v", selector, err)
	}
	return strings.Join(strings.Fields(text), " ")
}

// eval returns the value of an expression.
func eval[T any](w *window, expression string) T {
	w.t.Helper()
	value, err := chromedp.Run(w.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		w.t.Fatalf("%s: %v", cut(expression, 200), err)
	}
	return value
}

// until waits until the expression is true.
func (w *window) until(expression string) {
	w.t.Helper()
	_, err := chromedp.Run(w.ctx, chromedp.Poll[bool](expression, chromedp.WithPollingTimeout(30*time.Second), chromedp.WithPollingInterval(30*time.Millisecond)))
	if err != nil {
		w.t.Fatalf("in vain waited for %s: %v", expression, err)
	}
}

// keys presses keys where the focus is.
func (w *window) keys(keys string, modifiers ...chromedp.Modifier) {
	w.t.Helper()
	w.do(chromedp.KeyEvent(keys, chromedp.KeyModifiers(modifiers...), asTyped))
}

// asTyped makes a key event like a keyboard's: a key that the page has taken for itself writes nothing.
func asTyped(p *input.DispatchKeyEventParams) {
	if p.Type == input.DispatchKeyEventTypeKeyDown {
		p.Type = input.DispatchKeyEventTypeRawKeyDown
	}
}

// axe is the source of axe-core, installed from testdata/axe by its lock file.
var axe = sync.OnceValues(func() (string, error) {
	home := filepath.Join("..", "..", "testdata", "axe")
	file := filepath.Join(home, "node_modules", "axe-core", "axe.min.js")
	if _, err := os.Stat(file); err != nil {
		install := exec.Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
		install.Dir = home
		if out, err := install.CombinedOutput(); err != nil {
			return "", fmt.Errorf("axe-core can't be installed with npm ci in %s: %w\n%s", home, err, out)
		}
	}
	source, err := os.ReadFile(file)
	return string(source), err
})

// accessible fails the test for each rule that axe-core finds violated.
func (w *window) accessible(where string) {
	w.t.Helper()
	source, err := axe()
	if err != nil {
		w.t.Fatal(err)
	}
	if !eval[bool](w, `typeof axe === 'object'`) {
		w.do(chromedp.Evaluate[chromedp.Void](source))
	}
	report := eval[string](w, `axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations']})
		.then((r) => JSON.stringify(r.violations.map((v) => ({id: v.id, help: v.help, nodes: v.nodes.map((n) => n.html + ' ' + n.failureSummary)}))))`)
	var violations []struct {
		ID, Help string
		Nodes    []string
	}
	if err := json.Unmarshal([]byte(report), &violations); err != nil {
		w.t.Fatal(err)
	}
	for _, v := range violations {
		w.t.Errorf("%s: %s: %s\n%s", where, v.ID, v.Help, cut(strings.Join(v.Nodes, "\n"), 1500))
	}
}
