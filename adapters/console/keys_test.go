package console

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"spravka/engine"
	"spravka/engine/desk"
)

// TestAlertsCanBeSwitchedOff goes to the board by keys and hears of new tickets by sound and title, as far as it wants to.
func TestAlertsCanBeSwitchedOff(t *testing.T) {
	chrome := startChromium(t)
	b := newBench(t, realTime)
	b.clock.at = time.Now()
	b.console.Conversations = boardWorld{b.world}
	w := openWindow(t, chrome, b.serve()).cookies(b.as(vera))
	w.open("tickets?view=all")
	live(w)
	w.keys("g")
	if _, err := chromedp.RunResponse(w.ctx, chromedp.KeyEvent("b")); err != nil {
		t.Fatal(err)
	}
	w.until(`document.body.dataset.page === 'board'`)
	w.open("tickets?view=all")
	live(w)
	eval[bool](w, `(() => { // nothing sounds here; it is counted, and the tab is one that nobody looks at
		window.tones = 0; window.away = true;
		window.AudioContext = class { state = 'running'; currentTime = 0; };
		window.OscillatorNode = class { connect(to) { return to; } start() { window.tones++; } stop() {} };
		window.GainNode = class { gain = { setValueAtTime() {}, linearRampToValueAtTime() {} }; connect(to) { return to; } };
		Object.defineProperty(document, 'hidden', { get: () => window.away });
		return true; })()`)
	arrives := func(number string) {
		t.Helper()
		one := b.world.open(desk.Ticket{Number: number, Opened: time.Now(), Subject: number})
		b.world.say(one.Conversation, engine.Citizen, "Здравствуйте")
		w.until(`document.getElementById('t-` + number + `') !== null`)
	}
	comesBack := func() {
		eval[bool](w, `(window.away = false, document.dispatchEvent(new Event('visibilitychange')), window.away = true)`)
	}
	turn := func(name string) {
		t.Helper()
		w.keys("?")
		w.until(`document.getElementById('help').open`)
		w.do(chromedp.Click(chromedp.CSS("[data-preference="+name+"]")), chromedp.Click(chromedp.CSS("#help button")))
		w.until(`!document.getElementById('help').open`)
	}
	w.keys("j") // a page may sound once it has been used
	arrives("A-1")
	w.until(`window.tones > 0 && document.title.startsWith('(')`)
	comesBack()
	if title := eval[string](w, `document.title`); title[0] == '(' {
		t.Errorf("the title of a tab that is looked at: %s", title)
	}
	turn("title")
	eval[int](w, `window.tones = 0`)
	arrives("A-2")
	w.until(`window.tones > 0`)
	if title := eval[string](w, `document.title`); title[0] == '(' {
		t.Errorf("the title flashes although it is switched off: %s", title)
	}
	turn("title")
	turn("sound")
	eval[int](w, `window.tones = 0`)
	arrives("A-3")
	w.until(`document.title.startsWith('(')`)
	if n := eval[int](w, `window.tones`); n != 0 {
		t.Errorf("%d tones although sound is switched off", n)
	}
	w.open("tickets?view=all") // the browser remembers
	if eval[bool](w, `document.querySelector('[data-preference=sound]').checked || !document.querySelector('[data-preference=title]').checked`) {
		t.Error("the switches are forgotten")
	}
	w.clean("alerts")
}
