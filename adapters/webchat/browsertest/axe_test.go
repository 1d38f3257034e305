package browsertest

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"github.com/chromedp/chromedp"
)

// axeSource returns axe-core, which npm installs from the lock file if nobody has done so.
var axeSource = sync.OnceValues(func() (string, error) {
	dir := filepath.Join("..", "..", "..", "testdata", "axe")
	script := filepath.Join(dir, "node_modules", "axe-core", "axe.min.js")
	lock, err := os.OpenFile(filepath.Join(dir, ".lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return "", err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil { // other packages may install it at the same time
		return "", err
	}
	if _, err := os.Stat(script); err != nil {
		install := exec.Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
		install.Dir, install.Stderr = dir, os.Stderr
		if err := install.Run(); err != nil {
			return "", err
		}
	}
	data, err := os.ReadFile(script)
	return string(data), err
})

// accessible lets axe-core look at the page: WCAG 2.0 to 2.2 A and AA, and best practices.
func (b *tab) accessible() {
	b.t.Helper()
	source, err := axeSource()
	if err != nil {
		b.t.Fatal("axe-core can't be installed (apt-get install npm): ", err)
	}
	b.do(chromedp.Evaluate[chromedp.Void](source))
	type violation struct {
		ID, Help string
		Nodes    []string
	}
	found := js[struct {
		Passes     int
		Violations []violation
	}](b, `axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}).then((r) =>
		({Passes: r.passes.length, Violations: r.violations.map((v) => ({ID: v.id, Help: v.help, Nodes: v.nodes.map((n) => n.target.join(' ') + ' ' + n.html.slice(0, 200) + ' ' + n.failureSummary)}))}))`)
	if len(found.Violations) > 0 {
		b.t.Errorf("axe-core: %s", pretty(found.Violations))
	}
	if found.Passes < 10 {
		b.t.Errorf("axe-core has looked at %d rules only", found.Passes)
	}
}

func TestAccessibility(t *testing.T) {
	s := serve(t)
	// axe-core is a script itself, so scripts run, but the widget does not come.
	bare := serve(t, func(s *server) {
		s.wrap = func(h http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/chat/spravka.js" {
					http.NotFound(w, r)
					return
				}
				h.ServeHTTP(w, r)
			})
		}
	})
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int64{1280, 360} {
			steps := []chromedp.Action[chromedp.Void]{size(width, 800), media("prefers-color-scheme", scheme, "prefers-reduced-motion", "reduce")}
			name := scheme + map[int64]string{1280: "", 360: "-360"}[width]
			t.Run(name+"/demo", func(t *testing.T) {
				b := open(t, s.url("/chat/demo"), steps...)
				b.until("shown('.launch')")
				b.accessible()
				b.shot(name + "-demo-closed")
				b.click(".launch")
				b.until("shown('.quick button')")
				b.accessible()
				b.fits()
				b.shot(name + "-demo-greeting")
				b.say("Где моё заявление?")
				b.until("$('.bot:last-child') && !$('.fate')")
				b.click(".menu .icon")
				b.accessible()
				b.shot(name + "-demo-menu")
			})
			t.Run(name+"/page", func(t *testing.T) {
				b := open(t, s.url("/chat"), steps...)
				b.until("shown('.quick button')")
				b.accessible()
				converse(b, s)
				b.accessible()
				b.fits()
				b.shot(name + "-page-operator")
			})
			t.Run(name+"/noscript", func(t *testing.T) {
				b := open(t, bare.url("/chat"), steps...)
				b.until("document.querySelector('.write')")
				b.accessible()
				b.fits()
				b.shot(name + "-noscript")
			})
		}
	}
}
