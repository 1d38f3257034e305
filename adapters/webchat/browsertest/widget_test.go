package browsertest

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"
	"spravka/adapters/webchat/internal/fakehost"
	"spravka/engine"
	"spravka/engine/host"
)

// opened opens the widget on the demo page.
func opened(t *testing.T, s *server, steps ...chromedp.Action[chromedp.Void]) *tab {
	t.Helper()
	b := open(t, s.url("/chat/demo?lang=ru"), steps...)
	b.click(".launch")
	b.until("shown('.quick button')")
	return b
}

func TestOpenWriteAndQuickReply(t *testing.T) {
	s := serve(t)
	b := open(t, s.url("/chat/demo?lang=ru"))
	b.until("shown('.launch')")
	if js[bool](b, "shown('.panel')") {
		t.Error("the chat is open before anybody wanted it")
	}
	b.click(".launch")
	b.until("text('.quick').includes('Статус заявления')")
	b.until("root.activeElement === $('textarea')")
	if got := js[int](b, "localStorage.length + document.cookie.length"); got != 0 || len(s.host.Conversations()) != 0 {
		t.Errorf("something was stored before the citizen wrote: %d here, %v there", got, s.host.Conversations())
	}
	b.click(".quick button")
	b.until("text('.bot').includes('Вы нажали: t:status') && !$('.fate')")
	if js[bool](b, "shown('.quick')") || !js[bool](b, "root.activeElement === $('textarea')") {
		t.Error("the quick replies are still there, or the focus is lost")
	}
	b.say("кнопки")
	b.until("text('.quick').includes('Да') && text('.quick').includes('Нет')")
	b.do(chromedp.Focus(part(".quick button:last-child")))
	b.say("нет, словами") // written instead: the buttons are stale
	b.until("text('.bot').includes('Эхо: нет, словами') && !shown('.quick')")
	b.do(chromedp.Evaluate[chromedp.Void](`localStorage.clear()`))
	want := []string{
		"bot: " + fakehost.Greeting("ru").Text, "citizen: [t:status]", "bot: Вы нажали: **t:status**", "citizen: кнопки", "bot: Выберите:",
		"citizen: нет, словами", "bot: Эхо: нет, словами",
	}
	if diff := cmp.Diff(want, s.host.Texts(1)); diff != "" {
		t.Error(diff)
	}
}

func TestAConversationSurvivesReloading(t *testing.T) {
	s := serve(t)
	b := opened(t, s)
	b.say("помни меня")
	b.until("text('.bot').includes('Эхо: помни меня')")
	b.do(chromedp.Reload())
	b.click(".launch")
	b.until("text('.citizen').includes('помни меня') && $$('.bot').length === 2")
	if said := js[string](b, "$('[aria-live]').textContent"); said != "" {
		t.Errorf("the history was read out: %q", said)
	}
	b.do(chromedp.Navigate(s.url("/chat?lang=ru"))) // the page has the same conversation
	b.until("text('.citizen').includes('помни меня')")
}

func TestNothingIsLostWhenTheServerGoesAway(t *testing.T) {
	s := serve(t)
	b := opened(t, s)
	b.say("до")
	b.until("text('.bot').includes('Эхо: до')")
	s.stop()
	b.say("во время, раз")
	b.say("во время, два")
	b.until("shown('.cut') && shown('.late .fate')")
	b.shot("offline")
	b.accessible()
	s.start()
	b.do(chromedp.Navigate(s.url("/chat/demo?lang=ru")))
	b.click(".launch")
	b.until("text('.bot').includes('Эхо: во время, два') && !$('.fate') && !shown('.cut')")
	want := []string{"citizen: до", "bot: Эхо: до", "citizen: во время, раз", "bot: Эхо: во время, раз", "citizen: во время, два", "bot: Эхо: во время, два"}
	if diff := cmp.Diff(want, s.host.Texts(1)[1:]); diff != "" {
		t.Error(diff)
	}
	if got := js[string](b, "text('.citizen .bubble p')"); got != "до | во время, раз | во время, два" {
		t.Errorf("the log shows %s", got)
	}
}

func TestTheWidgetComesBackByItself(t *testing.T) {
	s := serve(t)
	b := opened(t, s)
	b.say("до")
	b.until("text('.bot').includes('Эхо: до')")
	for i := range 3 {
		s.stop()
		s.host.Say(1, engine.Bot, "", engine.Message{Text: fmt.Sprint("пропущено ", i)})
		b.say(fmt.Sprint("сообщение ", i))
		s.start()
		b.until(fmt.Sprintf("text('.bot').includes('пропущено %d') && text('.bot').includes('Эхо: сообщение %d')", i, i))
	}
	b.until("!$('.fate')")
	var want []string
	for _, line := range s.host.Texts(1) {
		_, text, _ := strings.Cut(line, ": ")
		want = append(want, text)
	}
	got := js[[]string](b, "$$('.citizen .bubble, .bot .bubble').map((e) => [...e.querySelectorAll('p')].map((p) => p.textContent).join(' '))")
	if diff := cmp.Diff(want[1:], got[1:]); diff != "" {
		t.Error(diff)
	}
}

func TestTabsAreInStepAndCountUnread(t *testing.T) {
	s := serve(t)
	b := opened(t, s)
	other := b.another(s.url("/chat/demo?lang=ru"))
	other.until("shown('.launch')")
	b.say("из первой вкладки")
	b.until("text('.bot').includes('Эхо: из первой вкладки')")
	b.do(chromedp.Evaluate[chromedp.Void](prelude + "$('.panel .icon[title^=Свернуть]').click() })()"))
	s.host.Say(1, engine.Operator, "Анна", engine.Message{Text: "ответ"})
	s.host.Say(1, engine.Operator, "Анна", engine.Message{Text: "и ещё"})
	b.until("$('.launch').textContent === 'Задать вопрос, новых сообщений: 2'")
	other.until("$('.badge').textContent.endsWith(': 2')")
	b.shot("unread")
	b.accessible()
	b.click(".launch")
	b.until("!shown('.badge') && text('.operator').includes('и ещё')")
	other.until("!shown('.badge')")
	other.do(chromedp.Evaluate[chromedp.Void](prelude + "$('.launch').click() })()"))
	other.until("text('.citizen').includes('из первой вкладки') && text('.operator').includes('и ещё')")
}

func TestALongMessageStaysInTheField(t *testing.T) {
	s := serve(t)
	b := opened(t, s)
	long := strings.Repeat("ж", 4003)
	b.do(chromedp.Evaluate[chromedp.Void](prelude + "$('textarea').value = '" + long + "' })()"))
	b.keys(" ")
	b.do(enter)
	b.until("shown('.error') && text('.error').includes('Лишних знаков: 3') && $('textarea').getAttribute('aria-invalid') === 'true'")
	b.until("$('[aria-live]').textContent.includes('4000')")
	if n := js[int](b, "$('textarea').value.trim().length"); n != 4003 {
		t.Errorf("%d characters are left", n)
	}
	b.shot("too-long")
	b.accessible()
	b.keys(strings.Repeat(kb.Backspace, 5))
	b.until("!shown('.error')")
	b.do(enter)
	b.until("$('textarea').value === '' && !$('.fate') && $$('.bot').length === 2")
}

func TestARefusalGivesTheTextBack(t *testing.T) {
	s := serve(t, func(s *server) { s.c.Greeting = nil; s.wrap = refuseText("запрещено") })
	b := open(t, s.url("/chat?lang=ru"))
	b.say("запрещено")
	b.until("$('textarea').value === 'запрещено' && text('.error').includes('Сервер так не хочет') && !$('.citizen')")
	b.do(chromedp.Evaluate[chromedp.Void](prelude + "$('textarea').value = '' })()"))
	b.say("другое") // and it does not stand in the way of the next one
	b.until("!shown('.error') && text('.bot').includes('Эхо: другое')")
}

func TestAPersonIsCalled(t *testing.T) {
	s := serve(t)
	b := opened(t, s)
	b.click(".human")
	b.until("shown('.bar') && text('.bar').includes('Обращений перед вами: 3.') && text('.bar').includes('Т-26-000001-1')")
	b.until("text('.human') === 'Специалист позван' && text('.title p') === 'Ждём специалиста'")
	b.shot("waiting")
	b.accessible()
	b.fits()
	b.click(".human") // once is enough
	b.say("ещё слово")
	b.until("text('.citizen').includes('ещё слово') && !$('.fate')")
	if got := s.host.Texts(1); strings.Count(strings.Join(got, "\n"), "[~human]") != 1 {
		t.Errorf("got %v", got)
	}
	s.host.Take(1)
	s.host.Type(1, host.Typist{Name: "Анна"})
	b.until("shown('.dots') && !shown('.bar')")
	b.shot("typing")
	s.host.Say(1, engine.Operator, "Анна", engine.Message{Text: "Слушаю вас"})
	b.until("text('.operator').includes('Анна') && text('.title p') === 'Специалист: Анна' && !shown('.dots')")
}

func TestExactlyOneLiveRegion(t *testing.T) {
	s := serve(t)
	b := open(t, s.url("/chat/demo?lang=ru"))
	const regions = `$$('[aria-live], [role=log], [role=status], [role=alert], [role=timer], [role=marquee], output').length + document.querySelectorAll('[aria-live], [role=log], [role=status], [role=alert], output').length`
	b.until("shown('.launch')")
	if n := js[int](b, regions); n != 1 {
		t.Errorf("at first there are %d", n)
	}
	b.click(".launch")
	b.until("shown('.quick button')")
	if said := js[string](b, "$('[aria-live]').textContent"); said != "" {
		t.Errorf("the greeting was read out: %q", said)
	}
	b.say("кнопки")
	b.until("$('[aria-live]').textContent.includes('Помощник: Выберите:. Варианты ответа: Да, Нет')")
	b.click(".human")
	b.until("shown('.bar')")
	if n := js[int](b, regions); n != 1 {
		t.Errorf("in the end there are %d", n)
	}
}

func TestForgetting(t *testing.T) {
	s := serve(t)
	b := opened(t, s)
	b.say("секрет")
	b.until("text('.bot').includes('Эхо: секрет')")
	b.click(".menu .icon")
	b.click(".items button:last-child")
	b.until("text('.items').includes('Точно забыть')")
	b.click(".items button:last-child")
	b.until("!text('.log').includes('секрет') && text('.quick').includes('Статус заявления') && localStorage.length === 0")
	b.do(chromedp.Reload())
	b.click(".launch")
	b.until("shown('.quick button')")
	if js[bool](b, "text('.log').includes('секрет')") {
		t.Error("it is still there")
	}
	b.say("новый")
	b.until("text('.bot').includes('Эхо: новый')")
	if n := len(s.host.Conversations()); n != 2 {
		t.Errorf("%d conversations", n)
	}
}

func TestMessagesAreTextNotHTML(t *testing.T) {
	s := serve(t)
	b := opened(t, s)
	hostile := `<img src=x onerror="alert(1)"><script>alert(2)</script> [a](javascript:alert(3)) **<i>b</i>**`
	b.say(hostile)
	b.until("$$('.bot').length === 2 && !$('.fate')")
	if js[bool](b, "!!$('.log img, .log script, .log i:not(.dots i), .log a')") {
		t.Error("markup came through")
	}
	if got := js[string](b, "$('.citizen .bubble p').textContent"); got != hostile {
		t.Errorf("the citizen's words became %q", got)
	}
}

// The widget and the page without a script must make the same of the same text.
func TestTheWidgetAndThePageRenderAlike(t *testing.T) {
	s := serve(t)
	b := open(t, s.url("/chat?lang=ru"))
	b.until("shown('.quick button')")
	b.say("x")
	b.until("$$('.bot').length === 2")
	texts := []string{
		"a\nb\n\nc", "a\n- b\n- **c** d\ne", "- a\n\n- b", "**a** и **b", "[я](https://e.ru/a?b=c&d).", "[я](javascript:alert(1))", "[я](http://e.ru)",
		"[a](tel:+7800) [b](mailto:a@e.ru)", "см. https://e.ru/x, и (https://e.ru).", "<b>x</b>", "*a* _b_ `c`", "**[a](https://e.ru)**", "[**a**](https://e.ru)",
		" - нет\n-нет\n\n\nда", "https://", "a **b\nc** d", "[a]( https://e.ru)", "«https://e.ru/я»", "**a**b**c**",
	}
	for _, text := range texts {
		s.host.Say(1, engine.Bot, "", engine.Message{Text: text})
	}
	b.until(fmt.Sprintf("$$('.bot').length === %d", 2+len(texts)))
	const tidy = `.map((e) => { e = e.cloneNode(true); e.querySelectorAll('time').forEach((t) => t.remove());
		e.querySelectorAll('*').forEach((x) => [...x.attributes].forEach((a) => a.name === 'href' ? a.value = decodeURI(a.value) : x.removeAttribute(a.name)));
		return e.innerHTML.replace(/>\s+</g, '><').trim() })`
	widget := js[[]string](b, "$$('.bot .bubble')"+tidy)
	plain := js[string](b, `fetch('/chat?lang=ru').then((r) => r.text()).then((t) => JSON.stringify([...new DOMParser().parseFromString(t, 'text/html').querySelectorAll('.bot .bubble')]`+tidy+`))`)
	var page []string
	if err := json.Unmarshal([]byte(plain), &page); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(page, widget); diff != "" {
		t.Errorf("page and widget (-page +widget):\n%s", diff)
	}
}

// A secret that the server has hidden is gone from the citizen's own screen and browser as well, at once and over every
// way of connection, and also when it had to wait for the server.
func TestASecretLeavesTheScreen(t *testing.T) {
	gone := fmt.Sprintf("!root.textContent.includes(%[1]q) && !$('textarea').value && !JSON.stringify({...localStorage, ...sessionStorage}).includes(%[1]q)", fakehost.Secret)
	hidden := func(n int) string {
		return fmt.Sprintf("$$('.citizen').filter((e) => e.textContent.includes(%q)).length === %d && !$('.fate') && %s", fakehost.Hidden, n, gone)
	}
	for name, blocked := range map[string][]string{"socket": nil, "stream": {"socket"}, "requests": {"socket", "events"}} {
		t.Run(name, func(t *testing.T) {
			var change []func(*server)
			if blocked != nil {
				change = append(change, without(blocked, "messages", new(atomic.Int64)))
			}
			s := serve(t, change...)
			b := opened(t, s)
			b.say("мой пароль " + fakehost.Secret)
			b.until(hidden(1))
			release := s.host.Hold()
			b.say("и ещё раз " + fakehost.Secret)
			b.until("!!$('.fate')")
			release()
			b.until(hidden(2))
			b.say("дальше")
			b.until("text('.bot').includes('Эхо: дальше') && " + gone)
		})
	}
}
