package console

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"spravka/engine/host"
)

// chat is what the citizen's page holds.
const chat = `(document.querySelector('spravka-chat')?.shadowRoot ?? document.body)`

// idle is what else is to be waited for: what the stream brings can be there before the answer to the form that caused it.
const idle = " && document.querySelector('[aria-busy]') === null"

// TestACaseWithTwoOperators plays a case from end to end in real browsers over the real program: a citizen in the web chat
// and two operators.
func TestACaseWithTwoOperators(t *testing.T) {
	chrome := startChromium(t)
	x := openHouse(t)
	_, annaCookie := x.hire("anna", "Анна Петрова", host.RoleOperator)
	_, borisCookie := x.hire("boris", "Борис Лукин", host.RoleOperator)
	if _, err := x.store.SaveCanned(t.Context(), host.Canned{Locale: "ru", Title: "Приветствие", Text: "Здравствуйте! Это {operator}.", Changed: time.Now(), By: "anna"}); err != nil {
		t.Fatal(err)
	}
	citizen := openWindow(t, chrome, x.server)
	a, b := x.window(chrome, annaCookie), x.window(chrome, borisCookie)
	a.open("tickets")
	live(a)

	// The citizen asks for a human; the list shows it by itself.
	citizen.do(chromedp.Navigate(x.server.URL + "/chat"))
	say := func(text string) {
		t.Helper()
		citizen.until(chat + `.querySelector('textarea') !== null`)
		eval[bool](citizen, `(`+chat+`.querySelector('textarea').focus(), true)`)
		citizen.keys(text)
		citizen.keys(kb.Enter)
	}
	sees := func(text string) {
		t.Helper()
		citizen.until(chat + `.textContent.includes(` + quoted(text) + `)`)
	}
	say("позовите оператора")
	say("оператор")
	a.until(`document.querySelector('#rows .open') !== null`)
	number := eval[string](a, `document.querySelector('#rows .open').innerText.trim()`) // in one go: the list is live

	// Anna takes it and writes a note that mentions Boris.
	a.keys("j")
	if _, err := chromedp.RunResponse(a.ctx, chromedp.KeyEvent(kb.Enter)); err != nil {
		t.Fatal(err)
	}
	a.until(`document.body.dataset.page === 'ticket' && document.querySelector('.live-state.on') !== null`)
	a.keys("t")
	a.until(`document.querySelector('#part-actions').dataset.stand === 'mine'`)
	sees("Анна Петрова")
	a.until(`document.activeElement.id === 'reply-text'`)
	eval[bool](a, `(document.activeElement.blur(), true)`)
	a.keys("n")
	a.until(`document.activeElement.id === 'note-text'`)
	a.keys("@bor")
	a.until(`!document.getElementById('note-text-list').hidden`)
	a.keys(kb.Enter + "секретная заметка")
	a.keys(kb.Enter, chromedp.ModifierCtrl)
	a.until(`document.querySelector('#talk .note') !== null` + idle)
	a.accessible("the ticket with a note")

	// Boris finds the mention, looks at the ticket, and can't answer: he sees who does.
	b.open("tickets?view=mentions")
	b.until(`document.querySelector('.mentions .open') !== null`)
	b.click(".mentions .open")
	live(b)
	a.until(`document.getElementById('present').textContent.includes('Борис Лукин: смотрит')`)
	if eval[bool](b, `!document.getElementById('do-reply').disabled`) || !strings.Contains(b.text("#why"), "Анна Петрова") {
		t.Error("Boris may answer Anna's ticket")
	}

	// Who writes is seen on every side: the citizen's dots, the operators' line. The reply begins with a canned one.
	eval[bool](citizen, `(() => { const dots = `+chat+`.querySelector(".dots"); new MutationObserver(() => { if (dots.checkVisibility()) window.sawDots = true }).observe(dots, { attributes: true }); return true })()`)
	// A sign is sent every few seconds while somebody goes on writing: so does this citizen.
	for range 20 {
		citizen.keys("и ещё вот ")
		if eval[bool](a, `new Promise((done) => setTimeout(() => done(!document.getElementById('citizen-typing').hidden), 500))`) {
			break
		}
	}
	a.until(`!document.getElementById('citizen-typing').hidden`)
	a.do(chromedp.Focus(chromedp.CSS("#reply-text")))
	a.keys("/прив")
	a.until(`!document.getElementById('reply-text-list').hidden`)
	a.keys(kb.Enter)
	a.until(`document.getElementById('reply-text').value === 'Здравствуйте! Это Анна Петрова.'`)
	a.keys(" Передаю вас коллеге.")
	if eval[bool](a, `!document.getElementById('reply-text-list').hidden`) {
		t.Error("the list has opened again")
	}
	b.until(`document.getElementById('present').textContent.includes('Анна Петрова: пишет')`)
	citizen.until(`window.sawDots === true`) // for six seconds
	a.keys(kb.Enter, chromedp.ModifierCtrl)
	sees("Передаю вас коллеге")
	a.until(`document.getElementById('reply-text').value === ''` + idle)
	a.do(chromedp.Click(chromedp.CSS("#transfer-box summary")))
	eval[bool](a, `(() => { const s = document.getElementById('to'); s.value = [...s.options].find((o) => o.textContent.includes('Борис')).value; return true })()`)
	a.do(chromedp.SendKeys(chromedp.CSS("#pass-note"), "он знает эту тему"))
	a.do(chromedp.Click(chromedp.CSS("#do-transfer")))
	b.until(`document.querySelector('#part-actions').dataset.stand === 'mine'`)
	b.until(`document.querySelector('#part-history').textContent.includes('он знает эту тему')`)

	// Anna's page is live, but she sends what she had begun at the very moment: refused, with the text kept.
	a.until(`document.querySelector('#part-actions').dataset.stand !== 'mine' && !document.querySelector('#part-actions[aria-busy]')`)
	eval[bool](a, `(() => { const f = document.getElementById('reply'); f.elements.text.value = 'запоздалый ответ'; const d = document.getElementById('do-reply'); d.disabled = false; f.requestSubmit(d); return true })()`)
	a.until(`document.querySelector('#notice').textContent.includes('Борис Лукин')`)
	if got := eval[string](a, `document.getElementById('reply-text').value`); got != "запоздалый ответ" {
		t.Errorf("the text that was refused is now %q", got)
	}

	// Boris answers with a file and solves it with a reason.
	file := filepath.Join(t.TempDir(), "выписка.png")
	if err := os.WriteFile(file, onePixel(), 0o600); err != nil {
		t.Fatal(err)
	}
	b.do(chromedp.SetUploadFiles(chromedp.CSS("#reply-files"), []string{file}))
	b.do(chromedp.Focus(chromedp.CSS("#reply-text")))
	b.keys("Вот выписка.")
	b.do(chromedp.Click(chromedp.CSS("#do-reply")))
	sees("Вот выписка.")
	sees("выписка.png")
	b.until(`document.getElementById('reply-text').value === ''`)
	b.do(chromedp.Click(chromedp.CSS("#resolve-box summary")))
	eval[bool](b, `(() => { document.getElementById('resolution').value = 'answered'; return true })()`)
	b.do(chromedp.Focus(chromedp.CSS("#reply-text")))
	b.keys("Рады были помочь!")
	b.do(chromedp.Click(chromedp.CSS("#do-resolve")))
	sees("Рады были помочь!")
	b.until(`document.querySelector('#part-state').textContent.includes('ответили на вопрос')`)

	// The citizen rates in two taps; the operator sees it at once.
	tap := func(label string) {
		t.Helper()
		citizen.until(`[...` + chat + `.querySelectorAll('button')].some((b) => b.textContent === ` + quoted(label) + ` && b.checkVisibility() && (b.click(), true))`)
	}
	tap("Оценить")
	tap("5")
	sees("Ваша оценка: 5")
	b.until(`document.querySelector('#part-state .rating') !== null`)
	if got := b.text("#part-state .rating"); !strings.Contains(got, "оценка 5 из 5") {
		t.Errorf("the rating: %s", got)
	}

	ticket, changes, err := x.store.Ticket(t.Context(), number)
	if err != nil || ticket.Status.Open() || ticket.Resolution != "answered" {
		t.Errorf("the ticket: %+v, %v, %v", ticket, changes, err)
	}
	if text := eval[string](citizen, chat+`.textContent`); strings.Contains(text, "секретная") || strings.Contains(text, "он знает эту тему") || strings.Contains(text, "запоздалый") {
		t.Error("the citizen reads what is not for them")
	}
	for name, w := range map[string]*window{"Anna's": a, "Boris's": b} {
		w.accessible(name + " console at the end")
		w.clean(name + " console")
	}
	shoot(b, "case-end-1280")
}

func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", `\'`) + "'" }

// onePixel is the smallest PNG.
func onePixel() []byte {
	return []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82")
}
