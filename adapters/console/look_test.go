package console

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestLook opens every page in light and dark, on a phone and on a screen: axe-core must find nothing, nothing may be
// cut off at the side, no script may fail and the policy must not be violated. With SPRAVKA_SHOTS it leaves pictures.
func TestLook(t *testing.T) {
	chrome := startChromium(t)
	b := newBench(t, func(c *Config) { c.Now = time.Now })
	b.clock.at = time.Now()
	free, mine, other, solved := sample(b)
	hash, err := hashGenerated("abcdefghjkmnpqrstuvw", cheap)
	if err != nil {
		t.Fatal(err)
	}
	a, fresh := b.as(anna), b.as(boris)
	if err := b.people.SetPassword(t.Context(), boris, hash); err != nil {
		t.Fatal(err)
	}
	english := b.as(anna)
	english.cookies[localeCookie] = "en"
	announceSamples(b)
	server := b.serve()
	lookAt(t, chrome, server, []look{
		{"login", b.browser(), "login", nil},
		{"login-wrong", b.browser(), "login", func(w *window) {
			w.do(chromedp.SendKeys(chromedp.CSS("#login"), "anna"), chromedp.SendKeys(chromedp.CSS("#password"), "wrong"))
			w.click("form .primary")
			w.until(`document.querySelector('#wrong') !== null`)
		}},
		{"list", a, "tickets", live},
		{"list-empty", a, "tickets?view=mine&queue=urgent", live},
		{"list-en", english, "tickets", live},
		{"ticket-free", a, ticketURL(free.Number), live},
		{"ticket-mine", a, ticketURL(mine.Number), live},
		{"ticket-wrong", a, ticketURL(mine.Number), func(w *window) {
			w.do(chromedp.Click(chromedp.CSS("#do-reply")))
			w.until(`document.querySelector('#reply-wrong') !== null`)
		}},
		{"ticket-other", a, ticketURL(other.Number), live},
		{"ticket-solved", a, ticketURL(solved.Number), live},
		{"ticket-en", english, ticketURL(mine.Number), live},
		{"take", a, ticketURL(other.Number) + "/take", nil},
		{"password", a, "password", nil},
		{"password-wrong", a, "password", func(w *window) {
			w.do(chromedp.SendKeys(chromedp.CSS("#current"), "не тот"), chromedp.SendKeys(chromedp.CSS("#new"), "семь слонов на лугу"),
				chromedp.SendKeys(chromedp.CSS("#repeat"), "семь слонов на лугу"))
			w.click("form.stack .primary")
			w.until(`document.querySelector('#wrong') !== null`)
		}},
		{"password-must", fresh, "tickets", func(w *window) { w.until(`document.querySelector('.notice.careful') !== null`) }},
		{"notices", b.as(vera), "notices", nil},
		{"notices-wrong", b.as(vera), "notices", func(w *window) {
			w.do(chromedp.SendKeys(chromedp.CSS("#text_ru"), "Обновление портала."), chromedp.SetValue(chromedp.CSS("#kind"), "works"))
			w.click("form.grid .primary")
			w.until(`document.querySelector('#wrong') !== null`)
		}},
		{"problem", a, ticketURL("О-26-99999-9"), nil},
	})
}

// look is a page to be looked at: whose browser opens which address, and what happens there first.
type look struct {
	name string
	as   *browser
	path string
	then func(w *window)
}

func lookAt(t *testing.T, chrome context.Context, server *httptest.Server, pages []look) {
	t.Helper()
	for _, c := range pages {
		t.Run(c.name, func(t *testing.T) { lookAtOne(t, openWindow(t, chrome, server).cookies(c.as), c) })
	}
}

func lookAtOne(t *testing.T, w *window, c look) {
	w.open(c.path)
	if c.then != nil {
		c.then(w)
	}
	if name := eval[string](w, `document.body.dataset.page`); !strings.HasPrefix(c.name, name) {
		t.Fatalf("%s: the page is %s", c.name, name)
	}
	w.size(320, 640) // what WCAG demands, and 200 % on a phone or 400 % on a screen of 1280
	if over := eval[int](w, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
		t.Errorf("%s: %d pixels stand out at 320", c.name, over)
	}
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int64{360, 1280} {
			where := fmt.Sprintf("%s-%s-%d", c.name, scheme, width)
			w.scheme(scheme)
			w.size(width, map[int64]int64{360: 740, 1280: 800}[width])
			if over := eval[int](w, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
				t.Errorf("%s: %d pixels stand out at the side", where, over)
			}
			w.accessible(where)
			w.clean(where)
			shoot(w, where)
		}
	}
}

func live(w *window) { w.until(`document.querySelector('.live-state.on') !== null`) }

func shoot(w *window, name string) {
	w.t.Helper()
	folder := os.Getenv("SPRAVKA_SHOTS")
	if folder == "" {
		return
	}
	picture, err := chromedp.Run(w.ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o644)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}
