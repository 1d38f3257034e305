package browsertest

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"spravka/engine"
)

func TestKeyboardOnly(t *testing.T) {
	s := serve(t)
	b := open(t, s.url("/chat/demo?lang=ru"), media("prefers-reduced-motion", "reduce"))
	b.until("shown('.launch')")
	for range 20 {
		b.keys(kb.Tab)
		if js[bool](b, "root.activeElement === $('.launch')") {
			break
		}
	}
	b.do(enter)
	b.until("shown('.quick button') && root.activeElement === $('textarea')")

	// Every control is reached with Tab, each has a name and a visible focus, and the last one leads out of the panel.
	b.do(chromedp.Evaluate[chromedp.Void](prelude + "$('.panel').focus() })()"))
	var way []string
	for range 40 {
		b.keys(kb.Tab)
		at := js[string](b, `(() => { const e = root.activeElement; if (!e) return ''; const s = getComputedStyle(e.matches('textarea') ? e.parentNode : e);
			return (e.ariaLabel || e.textContent).trim() + (s.outlineStyle === 'none' ? ' WITHOUT FOCUS' : '') })()`)
		if at == "" {
			break
		}
		way = append(way, at)
	}
	got := strings.Join(way, " > ")
	for _, want := range []string{"Ещё > Свернуть чат > Переписка > Статус заявления > Доступ к кабинету", "Приложить файл", "Ваше сообщение > Отправить > Позвать человека"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not on the way: %s", want, got)
		}
	}
	if strings.Contains(got, "WITHOUT FOCUS") || len(way) > 20 {
		t.Errorf("focus is not visible, or it is trapped: %s", got)
	}

	b.do(chromedp.Focus(part(".menu .icon")))
	b.do(enter)
	b.until("shown('.items') && $('.menu .icon').ariaExpanded === 'true'")
	b.keys(kb.Tab)
	b.keys(kb.Escape)
	b.until("!shown('.items') && shown('.panel') && root.activeElement === $('.menu .icon')")
	b.keys(kb.Escape)
	b.until("!shown('.panel') && root.activeElement === $('.launch')")
	b.do(enter)
	b.until("root.activeElement === $('textarea')")
	b.do(chromedp.KeyEvent("первая"), chromedp.KeyEvent(kb.Enter, chromedp.KeyModifiers(chromedp.ModifierShift)), chromedp.KeyEvent("вторая"), enter)
	b.until("$('.citizen .bubble p').textContent === 'первая\\nвторая'")
}

// With the panel over the whole screen, the focus must not wander about behind it.
func TestAFullScreenPanelFoldsWhenTheFocusLeaves(t *testing.T) {
	s := serve(t)
	b := opened(t, s, size(360, 640))
	b.do(chromedp.Focus(part(".panel .icon")))
	b.do(chromedp.Evaluate[chromedp.Void](`document.querySelector('nav a').focus()`))
	b.until("!shown('.panel') && document.activeElement.tagName === 'A'")
}

func TestLayout(t *testing.T) {
	s := serve(t)
	for _, test := range []struct {
		name          string
		width, height int64
		font          string
		path          string
	}{
		{"360", 360, 640, "", "/chat/demo?lang=ru"}, {"320", 320, 568, "", "/chat/demo?lang=ru"}, {"360-page", 360, 640, "", "/chat?lang=ru"},
		{"360-text-200", 360, 740, "200%", "/chat/demo?lang=ru"}, {"360-page-text-200", 360, 740, "200%", "/chat?lang=ru"},
		{"text-200", 1280, 900, "200%", "/chat/demo?lang=ru"}, {"page-text-200", 1280, 900, "200%", "/chat?lang=ru"},
		{"tiny-font", 1280, 800, "9px", "/chat/demo?lang=ru"}, {"landscape", 640, 360, "", "/chat/demo?lang=ru"},
		{"page", 1280, 900, "", "/chat?lang=ru"}, {"desktop", 1280, 900, "", "/chat/demo?lang=ru"},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := open(t, s.url(test.path), size(test.width, test.height), media("prefers-reduced-motion", "reduce"))
			b.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf("document.documentElement.style.fontSize = %q", test.font)))
			if strings.Contains(test.path, "demo") {
				b.until("shown('.launch')")
				b.fits()
				b.click(".launch")
			}
			b.until("shown('.quick button')")
			b.fits()
			b.shot("layout-" + test.name + "-greeting")
			converse(b, s)
			b.fits()
			b.shot("layout-" + test.name)
			small := js[[]string](b, `$$('button, a, textarea, input').filter((e) => e.checkVisibility() && !e.closest('.bubble p') && !e.matches('textarea') && (e.offsetWidth < 43.9 || e.offsetHeight < 43.9)).map((e) => e.className + ' ' + e.textContent + ' ' + e.offsetWidth + '×' + e.offsetHeight)`)
			if len(small) > 0 {
				t.Errorf("targets under 44 px: %v", small)
			}
			if got := js[float64](b, "parseFloat(getComputedStyle($('textarea')).fontSize)"); got < 16 || test.font == "200%" && got != 32 {
				t.Errorf("the field's text has %v px", got)
			}
			if hidden := js[bool](b, "['textarea', '.send', '.human', '.log', '.title'].some((s) => { const r = $(s).getBoundingClientRect(); return r.top < 0 || r.bottom > innerHeight || !r.height })"); hidden {
				t.Error("a part of the chat is off the screen")
			}
		})
	}
}

func TestForcedColours(t *testing.T) {
	s := serve(t)
	b := open(t, s.url("/chat?lang=ru"), size(800, 900), media("forced-colors", "active", "prefers-reduced-motion", "reduce"))
	b.until("shown('.quick button')")
	converse(b, s)
	b.accessible()
	if got := js[string](b, "getComputedStyle($('.citizen .bubble')).borderTopStyle + getComputedStyle($('.send')).borderTopStyle"); got != "solidsolid" {
		t.Errorf("bubbles and buttons have no border: %s", got)
	}
	b.shot("forced-colors")
}

func TestThemes(t *testing.T) {
	s := serve(t)
	for _, test := range []struct{ theme, system, want string }{
		{"auto", "light", "rgb(255, 255, 255)"}, {"auto", "dark", "rgb(19, 26, 35)"}, {"dark", "light", "rgb(19, 26, 35)"}, {"light", "dark", "rgb(255, 255, 255)"},
	} {
		b := opened(t, s, media("prefers-color-scheme", test.system))
		b.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf("document.querySelector('spravka-chat').setAttribute('theme', %q)", test.theme)))
		if got := js[string](b, "getComputedStyle($('.panel')).backgroundColor"); got != test.want {
			t.Errorf("theme %s on a %s system: %s", test.theme, test.system, got)
		}
	}
}

func TestReducedMotion(t *testing.T) {
	s := serve(t)
	const moving = "[...$$('.panel, .dots i')].map((e) => getComputedStyle(e).animationName).join()"
	if got := js[string](opened(t, s), moving); got != "rise,hop,hop,hop" {
		t.Errorf("usually: %s", got)
	}
	if got := js[string](opened(t, s, media("prefers-reduced-motion", "reduce")), moving); got != "none,none,none,none" {
		t.Errorf("with reduced motion: %s", got)
	}
}

// slowly is a server to which uploads travel slowly.
func slowly(release <-chan struct{}) func(*server) {
	return func(s *server) {
		s.wrap = func(h http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/files") && r.ContentLength > 1<<20 {
					first := make([]byte, r.ContentLength/2)
					io.ReadFull(r.Body, first)
					select {
					case <-release:
					case <-r.Context().Done():
						return
					}
					r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(first), r.Body))
				}
				h.ServeHTTP(w, r)
			})
		}
	}
}

func TestUploading(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, content []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 40, 40))); err != nil {
		t.Fatal(err)
	}
	photo := write("Паспорт, страница 2–3.png", picture.Bytes())
	scan := write("Скан заявления.pdf", append([]byte("%PDF-1.7\n"), make([]byte, 8<<20)...))
	fake := write("архив.pdf", []byte("PK\x03\x04 и так далее"))
	big := write("видео.pdf", append([]byte("%PDF-1.7\n"), make([]byte, 11<<20)...))
	note := write("заметка.txt", []byte("текст"))

	release := make(chan struct{})
	s := serve(t, slowly(release))
	b := opened(t, s, media("prefers-reduced-motion", "reduce"))
	pick := func(files ...string) { b.do(chromedp.SetUploadFiles(part("input[type=file]"), files)) }
	pick(photo, scan)
	b.until("$$('.chip').length === 2 && $$('.done').length === 1")
	b.until("(v => v > 0 && v <= 1)($$('progress').at(-1).value)")
	b.say("вот документы")
	b.until("text('.error').includes('ещё загружается') && $('textarea').value === 'вот документы'")
	b.shot("uploading")
	b.accessible()
	close(release)
	b.until("$$('.done').length === 2 && $('[aria-live]').textContent.includes('Файл загружен: Скан заявления.pdf')")
	b.do(enter)
	b.until("text('.bot').includes('Файлов получено: 2') && !$('.chip') && !$('.fate')")
	b.until("text('.citizen .file').includes('Паспорт, страница 2–3.png') && text('.citizen .file').includes('8 МБ')")
	b.shot("uploaded")

	pick(fake, big, note)
	b.until("$$('.bad').length === 3 && text('.bad').includes('Подойдут только') && text('.bad').includes('больше 10 МБ')")
	b.shot("refused-files")
	b.accessible()
	b.fits()
	b.click(".chip .icon")
	b.until("$$('.chip').length === 2 && root.activeElement === $('textarea')")
	pick(photo, photo, photo, photo)
	b.until("$$('.chip').length === 5 && text('.error').includes('Не больше 5')")
	b.until("!$('.chip:not(.bad, .done)')")
	b.say("без плохих")
	b.until("text('.bot').includes('Файлов получено: 3') && !$('.chip')")

	// The file comes back as it went.
	got := download(b, func() { b.click(".citizen .file") })
	if !bytes.Equal(got, picture.Bytes()) {
		t.Errorf("%d bytes came back", len(got))
	}
}

func TestTheTranscriptIsDownloaded(t *testing.T) {
	s := serve(t)
	b := opened(t, s)
	b.say("запомните это")
	b.until("text('.bot').includes('Эхо')")
	got := download(b, func() {
		b.click(".menu .icon")
		b.click(".items button")
	})
	if !strings.Contains(string(got), "Вы:\nзапомните это\n") {
		t.Errorf("got %s", got)
	}
}

// download returns the file that the browser saves after act.
func download(b *tab, act func()) []byte {
	b.t.Helper()
	dir := b.t.TempDir()
	events := true
	_, err := chromedp.CallBrowser(b.ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllow, BrowserContextID: chromedp.FromContext(b.ctx).BrowserContextID, DownloadPath: dir, EventsEnabled: &events,
	})
	if err != nil {
		b.t.Fatal(err)
	}
	act()
	ctx, cancel := context.WithTimeout(b.ctx, 20*time.Second)
	defer cancel()
	for tick := time.NewTicker(50 * time.Millisecond); ; {
		files, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil {
			b.t.Fatal(err)
		}
		if len(files) == 1 && !strings.HasSuffix(files[0], ".crdownload") {
			if data, err := os.ReadFile(files[0]); err == nil && len(data) > 0 {
				return data
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			b.t.Fatalf("nothing was downloaded: %v", files)
		}
	}
}

func TestThePageWithoutAScript(t *testing.T) {
	s := serve(t)
	b := open(t, s.url("/chat?lang=ru"), withoutScript(), size(1000, 900))
	fill := func(text string) {
		b.do(chromedp.SendKeys(chromedp.CSS("#text"), text))
		if _, err := chromedp.RunResponse(b.ctx, chromedp.Click(chromedp.CSS("button.main"))); err != nil {
			t.Fatal(err)
		}
	}
	has := func(want string) {
		t.Helper()
		body, err := chromedp.Run(b.ctx, chromedp.Text(chromedp.CSS("main")))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(body, want) {
			t.Errorf("%q is not on the page:\n%s", want, body)
		}
	}
	press := func(selector string) {
		if _, err := chromedp.RunResponse(b.ctx, chromedp.Click(chromedp.CSS(selector))); err != nil {
			t.Fatal(err)
		}
	}
	has("Чем помочь?")
	b.shot("noscript-greeting")
	fill("привет без скриптов")
	has("Эхо: привет без скриптов")
	fill("кнопки")
	press(".quick button[value=yes]")
	has("Вы нажали: yes")
	path := filepath.Join(t.TempDir(), "скан.pdf")
	if err := os.WriteFile(path, []byte("%PDF-1.7\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	b.do(chromedp.SetUploadFiles(chromedp.CSS("#files"), []string{path}))
	fill("с файлом")
	has("Файлов получено: 1")
	b.do(chromedp.SetValue(chromedp.CSS("#text"), strings.Repeat("ж", 4000)))
	fill("!")
	has("длиннее 4000 знаков")
	b.shot("noscript-error")
	b.do(chromedp.Navigate(s.url("/chat?lang=ru")))
	press("button[value='~human']")
	has("Обращений перед вами: 3.")
	s.host.Take(1)
	s.host.Say(1, engine.Operator, "Анна", engine.Message{Text: "Слушаю"})
	press(".row a")
	has("Слушаю")
	b.fits()
	b.shot("noscript")
	b.do(size(360, 740))
	b.fits()
	b.shot("noscript-360")

	// With scripts the same visitor goes on where the page was.
	c := b.another(s.url("/chat?lang=ru"))
	c.until("text('.citizen').includes('привет без скриптов') && text('.operator').includes('Слушаю')")
	c.say("а теперь со скриптом")
	c.until("text('.citizen').includes('а теперь со скриптом') && !$('.fate')")
	b.do(chromedp.Navigate(s.url("/chat?lang=ru")))
	has("а теперь со скриптом")
	if n := len(s.host.Conversations()); n != 1 {
		t.Errorf("%d conversations", n)
	}
}

// The watch over the content security policy would notice a violation.
func TestViolationsWouldBeNoticed(t *testing.T) {
	s := serve(t)
	b := opened(t, s)
	b.do(chromedp.Evaluate[chromedp.Void](`document.body.setAttribute('style', 'color: red')`))
	ctx, cancel := context.WithTimeout(b.ctx, 10*time.Second)
	defer cancel()
	for tick := time.NewTicker(20 * time.Millisecond); ; {
		b.mu.Lock()
		n := len(b.troubles)
		b.troubles = nil
		b.mu.Unlock()
		if n > 0 {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatal("an inline style was not reported")
		}
	}
}
