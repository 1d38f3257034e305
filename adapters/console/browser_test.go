package console

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"spravka/engine"
	"spravka/engine/desk"
)

// realTime lets the console's clock run with the browser's.
func realTime(c *Config) { c.Now = time.Now }

// TestBrowser plays what an operator does all day, mostly with the keyboard.
func TestBrowser(t *testing.T) {
	chrome := startChromium(t)
	for name, play := range map[string]func(*testing.T, context.Context){
		"a case by keyboard":          playCase,
		"live list":                   playLiveList,
		"the text survives":           playTextSurvives,
		"reconnecting":                playReconnect,
		"without scripts":             playWithoutScripts,
		"nothing that is shown runs":  playWicked,
		"somebody else takes it over": playTakeOver,
		"focus is seen":               playFocus,
	} {
		t.Run(name, func(t *testing.T) { play(t, chrome) })
	}
}

func playCase(t *testing.T, chrome context.Context) {
	b := newBench(t, realTime)
	b.clock.at = time.Now()
	free, _, _, _ := sample(b)
	w := openWindow(t, chrome, b.serve())
	w.open("tickets")
	w.until(`document.activeElement.id === 'login'`)
	w.keys("anna" + kb.Tab + secretOf("anna"))
	if _, err := chromedp.RunResponse(w.ctx, chromedp.KeyEvent(kb.Enter)); err != nil {
		t.Fatal(err)
	}
	w.until(`document.querySelector('.live-state.on') !== null`)
	w.keys("jjk")
	if got := eval[string](w, `document.activeElement.textContent`); got != free.Number {
		t.Errorf("after j, j, k the focus is on %q", got)
	}
	if _, err := chromedp.RunResponse(w.ctx, chromedp.KeyEvent(kb.Enter)); err != nil {
		t.Fatal(err)
	}
	w.until(`document.querySelector('.live-state.on') !== null`)
	w.do(chromedp.Focus(chromedp.CSS("#do-take")))
	w.keys(kb.Enter)
	w.until(`document.querySelector('#notice').textContent.includes('Обращение за вами')`)
	if got := eval[string](w, `document.activeElement.id`); got != "reply-text" {
		t.Errorf("after taking, the focus is on %q", got)
	}
	w.keys("Здравствуйте!" + kb.Enter + "Смотрю вашу заявку.")
	w.keys(kb.Enter, chromedp.ModifierCtrl)
	w.until(`document.querySelector('#talk').textContent.includes('Смотрю вашу заявку.')`)
	w.until(`document.querySelector('#reply-text').value === '' && document.activeElement.id === 'reply-text'`)
	w.until(`document.querySelector('#announcer').textContent.includes('Ответ отправлен')`)
	w.do(chromedp.Click(chromedp.CSS("#resolve-box summary")))
	w.do(chromedp.Click(chromedp.CSS("#do-resolve")))
	w.until(`document.querySelector('#part-state').textContent.includes('решено') && document.querySelector('#do-reply').disabled`)
	if got := fmt.Sprint(actionsOf(b)); got != "[take reply resolve]" {
		t.Errorf("done: %s", got)
	}
	if text := b.world.acted[1].Text; text != "Здравствуйте!\nСмотрю вашу заявку." {
		t.Errorf("said %q", text)
	}
	if n := eval[int](w, `document.querySelectorAll('#talk .said.operator').length`); n != 1 {
		t.Errorf("the reply stands %d times", n)
	}
	w.clean("the case")
}

func actionsOf(b *bench) []engine.Action {
	b.world.mu.Lock()
	defer b.world.mu.Unlock()
	var all []engine.Action
	for _, a := range b.world.acted {
		all = append(all, a.Action)
	}
	return all
}

func playLiveList(t *testing.T, chrome context.Context) {
	b := newBench(t, realTime)
	b.clock.at = time.Now()
	one := b.world.open(desk.Ticket{Number: "A-1", Subject: "первое"})
	b.world.open(desk.Ticket{Number: "A-2", Subject: "второе", Opened: b.clock.now().Add(time.Second)})
	w := openWindow(t, chrome, b.serve()).cookies(b.as(anna))
	w.open("tickets")
	w.until(`document.querySelector('.live-state.on') !== null`)
	w.keys("jj")
	b.world.say(one.Conversation, engine.Citizen, "есть кто живой?")
	w.until(`document.getElementById('t-A-1').textContent.includes('есть кто живой?')`)
	urgent := b.world.open(desk.Ticket{Number: "U-1", Subject: "горит", Priority: desk.Urgent})
	b.world.say(urgent.Conversation, engine.Citizen, "скорее")
	w.until(`document.querySelector('#rows tr').id === 't-U-1'`)
	w.until(`document.querySelector('#announcer').textContent.includes('Новое обращение, Срочно: горит')`)
	if got := eval[string](w, `document.activeElement.textContent`); got != "A-2" {
		t.Errorf("the focus went to %q", got)
	}
	if got := eval[string](w, `[...document.querySelectorAll('#rows .open')].map((a) => a.textContent).join(' ')`); got != "U-1 A-1 A-2" {
		t.Errorf("order: %s", got)
	}
	w.do(chromedp.Click(chromedp.CSS("[data-live-toggle]")))
	w.until(`document.querySelector('[data-live-state]').textContent === 'Обновление на паузе'`)
	b.world.hand(one.Number, boris, "Борис Лукин")
	b.world.open(desk.Ticket{Number: "A-4", Subject: "пока пауза", Opened: b.clock.now().Add(time.Minute)})
	w.do(chromedp.Click(chromedp.CSS("[data-live-toggle]")))
	w.until(`document.getElementById('t-A-4') !== null && document.getElementById('t-A-1').textContent.includes('Борис Лукин')`)

	w.keys("?")
	w.until(`document.getElementById('help').open`)
	w.accessible("the help")
	w.do(chromedp.Click(chromedp.CSS("[data-preference=keys]")), chromedp.Click(chromedp.CSS("#help button")))
	w.keys("j")
	if eval[bool](w, `document.activeElement.classList.contains('open')`) {
		t.Error("j moves although the keys are switched off")
	}
	w.clean("the list")
}

func playTextSurvives(t *testing.T, chrome context.Context) {
	b := newBench(t, realTime)
	b.clock.at = time.Now()
	_, mine, _, _ := sample(b)
	w := openWindow(t, chrome, b.serve()).cookies(b.as(anna))
	w.open(ticketURL(mine.Number))
	w.until(`document.querySelector('.live-state.on') !== null`)
	w.do(chromedp.Focus(chromedp.CSS("#reply-text")))
	w.keys("Ответ, который ещё пи")
	b.world.say(mine.Conversation, engine.Citizen, "Вы тут?")
	w.until(`document.querySelector('#talk').lastElementChild.textContent.includes('Вы тут?')`)
	w.until(`document.querySelector('#announcer').textContent.includes('Гражданин пишет: Вы тут?')`)
	w.keys("шется")
	b.world.mu.Lock()
	b.world.refuse = fmt.Errorf("broken")
	b.world.mu.Unlock()
	w.keys(kb.Enter, chromedp.ModifierCtrl)
	w.until(`document.querySelector('.notice.wrong') !== null`)
	if got := eval[string](w, `document.querySelector('#reply-text').value`); got != "Ответ, который ещё пишется" {
		t.Errorf("the box holds %q", got)
	}

	file := filepath.Join(t.TempDir(), "не картинка.png")
	if err := os.WriteFile(file, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	b.world.mu.Lock()
	b.world.refuse = nil
	b.world.mu.Unlock()
	w.do(chromedp.SetUploadFiles(chromedp.CSS("#reply-files"), []string{file}))
	w.keys(kb.Enter, chromedp.ModifierCtrl)
	w.until(`document.querySelector('#reply-wrong') !== null`)
	if got := w.text("#reply-wrong"); !strings.Contains(got, "«не картинка.png» не подходит") {
		t.Errorf("says %q", got)
	}
	if err := os.WriteFile(file, png, 0o600); err != nil {
		t.Fatal(err)
	}
	w.do(chromedp.SetUploadFiles(chromedp.CSS("#reply-files"), []string{file}))
	w.keys(kb.Enter, chromedp.ModifierCtrl)
	w.until(`document.querySelector('#talk').lastElementChild.textContent.includes('не картинка.png')`)
	w.until(`document.querySelector('#reply-text').value === '' && document.querySelector('#reply-files').files.length === 0 && !document.querySelector('#reply-wrong')`)
	if got := b.world.acted[0]; got.Text != "Ответ, который ещё пишется" || len(got.Files) != 1 {
		t.Errorf("sent %+v", got)
	}
	if err := b.people.EndSessions(t.Context(), anna); err != nil { // the session ends while somebody writes
		t.Fatal(err)
	}
	w.do(chromedp.Focus(chromedp.CSS("#reply-text")))
	w.keys("после конца сеанса")
	w.keys(kb.Enter, chromedp.ModifierCtrl)
	w.until(`document.querySelector('#notice').textContent.includes('Сеанс завершён')`)
	if got := eval[string](w, `document.querySelector('#reply-text').value`); got != "после конца сеанса" {
		t.Errorf("the box holds %q", got)
	}
	w.clean("the text")
}

func playReconnect(t *testing.T, chrome context.Context) {
	b := newBench(t, realTime)
	b.clock.at = time.Now()
	_, mine, _, _ := sample(b)
	server := b.serve()
	w := openWindow(t, chrome, server).cookies(b.as(anna))
	w.open(ticketURL(mine.Number))
	w.until(`document.querySelector('.live-state.on') !== null`)
	for round := range 3 {
		server.CloseClientConnections()
		for n := range 3 {
			b.world.say(mine.Conversation, engine.Citizen, fmt.Sprintf("обрыв %d, слово %d", round, n))
		}
		w.until(fmt.Sprintf(`document.querySelector('#talk').textContent.includes('обрыв %d, слово 2')`, round))
	}
	want := "обрыв 0, слово 0|обрыв 0, слово 1|обрыв 0, слово 2|обрыв 1, слово 0|обрыв 1, слово 1|обрыв 1, слово 2|обрыв 2, слово 0|обрыв 2, слово 1|обрыв 2, слово 2"
	got := eval[string](w, `[...document.querySelectorAll('#talk .plain-text')].map((p) => p.textContent).filter((t) => t.startsWith('обрыв')).join('|')`)
	if got != want {
		t.Errorf("seen:\n%s", got)
	}
	// Two days, or three shortly after midnight: each is marked once.
	if days := eval[[]string](w, `[...document.querySelectorAll('#talk .day')].map((d) => d.dataset.day)`); len(days) < 2 || len(days) > 3 || len(slices.Compact(slices.Clone(days))) != len(days) {
		t.Errorf("the days are marked %v", days)
	}
	w.clean("the reconnect")
}

func playWithoutScripts(t *testing.T, chrome context.Context) {
	b := newBench(t, realTime)
	b.clock.at = time.Now()
	free, _, other, _ := sample(b)
	w := openWindow(t, chrome, b.serve())
	w.noScript()
	w.open("tickets")
	w.do(chromedp.SendKeys(chromedp.CSS("#login"), "anna"), chromedp.SendKeys(chromedp.CSS("#password"), secretOf("anna")))
	w.click("form .primary")
	w.click(`[id="open-` + free.Number + `"]`)
	w.click("#do-take")
	w.do(chromedp.SendKeys(chromedp.CSS("#reply-text"), "Сейчас посмотрю"))
	w.click("#do-reply")
	if got := w.text("#talk"); !strings.Contains(got, "Сейчас посмотрю") {
		t.Errorf("the talk: %s", got)
	}
	w.do(chromedp.SendKeys(chromedp.CSS("#reply-text"), "не отправлено"))
	w.do(chromedp.Click(chromedp.CSS("#return-box summary")))
	w.click("#do-return")
	if got := w.text("#reply"); !strings.Contains(got, "неотправленный ответ") || !strings.Contains(got, "не отправлено") {
		t.Errorf("the box: %s", got)
	}
	w.do(chromedp.Clear(chromedp.CSS("#reply-text")))
	w.do(chromedp.Click(chromedp.CSS("#resolve-box summary")))
	w.click("#do-resolve")
	if got := w.text("#part-state"); !strings.Contains(got, "решено") {
		t.Errorf("the state: %s", got)
	}
	w.open(ticketURL(other.Number))
	w.click("#do-take")
	w.click("main form button")
	if got := w.text("#part-state"); !strings.Contains(got, "У вас") {
		t.Errorf("after the takeover: %s", got)
	}
	if got := fmt.Sprint(actionsOf(b)); got != "[take reply resolve take]" {
		t.Errorf("done: %s", got)
	}
	shoot(w, "no-script-ticket-1280")
	w.clean("without scripts")
}

func playWicked(t *testing.T, chrome context.Context) {
	b := newBench(t, realTime)
	one := wickedWorld(b)
	server := b.serve()
	for _, c := range []struct {
		as    int64
		paths []string
	}{
		{anna, []string{"tickets", ticketURL(one.Number), ticketURL("О-26-00003") + "/take", "password"}},
		{vera, []string{"operators"}},
	} {
		w := openWindow(t, chrome, server).cookies(b.as(c.as))
		for _, path := range c.paths {
			w.open(path)
			w.until(`document.documentElement.classList.contains('js')`)
			if path == "tickets" || path == ticketURL(one.Number) {
				w.until(`document.querySelector('.live-state.on') !== null`)
				b.world.say(one.Conversation, engine.Citizen, wicked+" вживую") // and what a stream brings
				w.until(`document.body.textContent.includes('вживую') || document.querySelector('#rows')?.textContent.includes('hacked=1')`)
			}
			if eval[bool](w, `typeof hacked !== 'undefined' || document.querySelector('main img, main script, main [onerror]') !== null`) {
				t.Errorf("%s: the payload came to life", path)
			}
			w.clean(path)
		}
	}
}

func playTakeOver(t *testing.T, chrome context.Context) {
	b := newBench(t, realTime)
	b.clock.at = time.Now()
	_, mine, _, _ := sample(b)
	server := b.serve()
	first := openWindow(t, chrome, server).cookies(b.as(anna))
	second := openWindow(t, chrome, server).cookies(b.as(boris))
	first.open(ticketURL(mine.Number))
	first.until(`document.querySelector('.live-state.on') !== null`)
	first.do(chromedp.SendKeys(chromedp.CSS("#reply-text"), "почти готово"))
	second.open(ticketURL(mine.Number))
	second.click("#do-take")
	second.click("main form button.danger")
	first.until(`document.querySelector('#do-reply').disabled`)
	if got := first.text("#why"); !strings.Contains(got, "Отвечает Борис Лукин") {
		t.Errorf("the reason: %s", got)
	}
	if got := eval[string](first, `document.querySelector('#reply-text').value`); got != "почти готово" {
		t.Errorf("the box holds %q", got)
	}
	first.do(chromedp.Focus(chromedp.CSS("#reply-text")))
	first.keys(kb.Enter, chromedp.ModifierCtrl)
	first.until(`document.querySelector('#announcer').textContent.includes('Отвечает Борис Лукин')`)
	if got := fmt.Sprint(actionsOf(b)); got != "[take]" {
		t.Errorf("done: %s", got)
	}
	first.clean("the first")
	second.clean("the second")
}

// playFocus walks through pages with Tab: everything that can be used is reached, in the order of the page, and shows it.
func playFocus(t *testing.T, chrome context.Context) {
	b := newBench(t, realTime)
	b.clock.at = time.Now()
	_, mine, _, _ := sample(b)
	w := openWindow(t, chrome, b.serve()).cookies(b.as(anna))
	for _, path := range []string{"tickets", ticketURL(mine.Number)} {
		w.open(path)
		w.until(`document.querySelector('.live-state.on') !== null`)
		w.keys(kb.Tab)
		if got := eval[string](w, `document.activeElement.className + ' ' + Math.round(document.activeElement.getBoundingClientRect().top)`); got != "skip 0" {
			t.Errorf("%s: first comes %q", path, got)
		}
		usable := eval[int](w, `[...document.querySelectorAll('a[href], button:not(:disabled), input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')].filter((e) => e.checkVisibility()).length`)
		seen := 0
		for ; seen < usable+5 && eval[bool](w, `document.activeElement !== document.body && document.activeElement.dataset.seen === undefined`); seen++ {
			if eval[bool](w, `(() => { const e = document.activeElement; e.dataset.seen = ''; return getComputedStyle(e).outlineStyle === 'none' || e.getBoundingClientRect().width === 0; })()`) {
				t.Errorf("%s: no focus to be seen on %s", path, eval[string](w, `document.activeElement.outerHTML.slice(0, 200)`))
			}
			w.keys(kb.Tab)
		}
		if seen != usable {
			t.Errorf("%s: Tab reached %d of %d: missing %s", path, seen, usable,
				eval[string](w, `[...document.querySelectorAll('a[href], button:not(:disabled), input:not([type=hidden]), select, textarea, summary')].filter((e) => e.checkVisibility() && e.dataset.seen === undefined).map((e) => e.outerHTML.slice(0, 80)).join('\n')`))
		}
	}
}
