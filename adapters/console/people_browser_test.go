package console

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/pquerna/otp/totp"
)

// TestPeopleInABrowser plays, without any script: an administrator invites somebody, who sets a password and a second
// factor, logs out and in again, and ends a session of theirs; the audit log tells of it.
func TestPeopleInABrowser(t *testing.T) {
	chrome := startChromium(t)
	b := newBench(t, realTime)
	b.clock.at = time.Now()
	server := b.serve()
	admin := openWindow(t, chrome, server).cookies(b.as(vera))
	admin.noScript()
	admin.open("operators")
	admin.do(chromedp.SendKeys(chromedp.CSS("#login"), "galina"), chromedp.SendKeys(chromedp.CSS("#name"), "Галина Седова"),
		chromedp.Click(chromedp.CSS("[name=queues][value=status]")))
	admin.click(".grid .primary")
	link := eval[string](admin, `document.querySelector('#secret').value`)

	w := openWindow(t, chrome, server)
	w.noScript()
	w.open(strings.TrimPrefix(link, server.URL))
	const password = "лодка плывёт в камышах"
	w.do(chromedp.SendKeys(chromedp.CSS("#new"), password), chromedp.SendKeys(chromedp.CSS("#repeat"), password))
	w.click("form .primary")
	if got := w.text("#notice"); !strings.Contains(got, "Пароль задан") {
		t.Errorf("after the invitation: %s", got)
	}
	secret := strings.ReplaceAll(w.text(".key"), " ", "")
	code := func(step time.Duration) string {
		t.Helper()
		code, err := totp.GenerateCode(secret, time.Now().Add(step))
		if err != nil {
			t.Fatal(err)
		}
		return code
	}
	w.do(chromedp.SendKeys(chromedp.CSS("#code"), code(0)))
	w.click("[value=on]")
	if n := eval[int](w, `document.querySelectorAll('.codes li').length`); n != factorCodes {
		t.Errorf("%d recovery codes", n)
	}
	w.open("log")
	if got := w.text("h1"); got != "Нет доступа" {
		t.Errorf("an operator sees %q", got)
	}

	other := openWindow(t, chrome, server)
	other.noScript()
	other.open("login?back=/console/account")
	other.do(chromedp.SendKeys(chromedp.CSS("#login"), "galina"), chromedp.SendKeys(chromedp.CSS("#password"), password))
	other.click("form .primary")
	other.do(chromedp.SendKeys(chromedp.CSS("#code"), code(factorStep))) // the present one was used
	other.click("form .primary")
	if got := other.text(".sessions"); strings.Count(got, "Chrome, Linux") != 2 || strings.Count(got, "этот") != 1 {
		t.Errorf("the sessions: %s", got)
	}
	other.click(".sessions button")
	w.open("account")
	if got := w.text("h1"); got != "Вход для сотрудников" {
		t.Errorf("the session that was ended sees %q", got)
	}
	admin.open("log?action=account")
	if got := admin.text("table"); !strings.Contains(got, "Галина Седова") || !strings.Contains(got, "завершил свои сеансы") || !strings.Contains(got, "изменил код подтверждения") {
		t.Errorf("the audit log: %s", got)
	}
	admin.clean("the administrator")
	w.clean("the first window")
	other.clean("the other window")
}
