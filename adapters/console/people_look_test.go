package console

import (
	"net/url"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"spravka/engine/host"
)

// TestLookAtPeople looks at the pages of the staff as [TestLook] does at the others.
func TestLookAtPeople(t *testing.T) {
	chrome := startChromium(t)
	b := newBench(t, func(c *Config) { c.Now, c.FactorRoles = time.Now, []string{host.RoleEditor} })
	b.clock.at = time.Now()
	b.world.open(ticketOf("О-26-00001"))
	a, admin := b.as(anna), b.as(vera)
	a.get(ticketURL("О-26-00001"))
	link := admin.post("operators", url.Values{"login": {"galina.s"}, "name": {"Галина Седова"}, "role": {"supervisor"}, "queues": {"status", "technical"}}).status(t, 200).link(t)
	admin.post("operators/1", url.Values{"do": {"save"}, "name": {"Анна Петрова"}, "role": {"operator"}, "queues": {"registration", "status"}, "capacity": {"5"}})
	b.browser().login("anna", "wrong")
	b.as(anna)
	editor, _ := b.hire("egor", host.RoleEditor)
	boris := b.as(boris)
	boris.factor()
	halfway := b.browser()
	halfway.login("boris", secretOf("boris"))
	english := b.as(vera)
	english.cookies[localeCookie] = "en"
	lookAt(t, chrome, b.serve(), []look{
		{"account", a, "account", nil},
		{"factor", editor, "account/factor", nil},
		{"factor-codes", boris, "account/factor", nil},
		{"code", halfway, "login/code", func(w *window) {
			w.do(chromedp.SendKeys(chromedp.CSS("#code"), "000000"))
			w.click("form .primary")
			w.until(`document.querySelector('#wrong') !== null`)
		}},
		{"invitation", b.browser(), link, nil},
		{"operators-secret", admin, "operators", func(w *window) {
			w.do(chromedp.SendKeys(chromedp.CSS("#login"), "pavel"), chromedp.SendKeys(chromedp.CSS("#name"), "Павел Вольнов"))
			w.click(".grid .primary")
			w.until(`document.querySelector('#secret') !== null`)
		}},
		{"person", admin, "operators/1", nil},
		{"log", english, "log", nil},
	})
}
