package oidc

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"spravka/adapters/console"
	"spravka/engine/host"
)

func chromium() (string, error) {
	for _, name := range []string{os.Getenv("CHROMIUM"), "/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); name != "" && err == nil {
			return path, nil
		}
	}
	return "", errors.New("these tests need Chromium: apt-get install chromium, or set CHROMIUM to its path")
}

// TestInABrowser goes the whole way in a real browser, between two sites: neither the policy nor the strict cookie may
// stand in the way.
func TestInABrowser(t *testing.T) {
	path, err := chromium()
	if err != nil {
		t.Fatal(err)
	}
	h := build(t, nil)
	h.hire(host.Operator{Login: "a.petrova", Email: "anna@example.ru"})
	ctx, stop := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("accept-lang", "ru-RU,ru"))...)
	defer stop()
	ctx, cancel := chromedp.NewContext(ctx)
	defer cancel()
	ctx, end := context.WithTimeout(ctx, 4*time.Minute)
	defer end()
	do := func(actions ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(ctx, actions...); err != nil {
			where, _ := chromedp.Run(ctx, chromedp.Evaluate[string]("location.href + '\\n' + document.body.innerText"))
			t.Fatalf("%v\n%s", err, where)
		}
	}
	do(chromedp.Navigate(h.console.URL+console.Root+"login?back="+console.Root+"account"), chromedp.Click(chromedp.CSS(".other button")))
	do(chromedp.SendKeys(chromedp.CSS("[name=username]"), "anna"), chromedp.SendKeys(chromedp.CSS("[name=password]"), "verysecure"), chromedp.Click(chromedp.CSS("[type=submit]")))
	do(chromedp.WaitVisible(chromedp.CSS(".page-account .sessions")))
	where, err := chromedp.Run(ctx, chromedp.Evaluate[string]("location.href + ' ' + document.querySelector('main').innerText"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(where, h.console.URL+console.Root+"account") || !strings.Contains(where, "a.petrova") {
		t.Errorf("the way ends at %s", where)
	}
}
