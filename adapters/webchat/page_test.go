package webchat_test

import (
	"bytes"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"spravka/adapters/webchat"
	"spravka/adapters/webchat/internal/fakehost"
	"spravka/engine"
)

// browser keeps cookies and follows redirects, and knows no script.
func (w *world) browser() *world {
	w.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	b := *w
	b.client = &http.Client{Jar: jar}
	return &b
}

func (w *world) visit(path string) string {
	w.t.Helper()
	status, body := w.call("GET", path, "", nil)
	if status != 200 {
		w.t.Fatalf("%s: %d", path, status)
	}
	return string(body)
}

var formID = regexp.MustCompile(`name="id" value="([^"]+)"`)

func idOf(t *testing.T, page string) string {
	t.Helper()
	m := formID.FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("no form in %.500s", page)
	}
	return m[1]
}

type file struct {
	name    string
	content []byte
}

// submit sends the page's form.
func (w *world) submit(fields map[string]string, files []file, change ...func(*http.Request)) (int, string) {
	w.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for k, v := range fields {
		m.WriteField(k, v)
	}
	for _, f := range files {
		part, err := m.CreateFormFile("files", f.name)
		if err != nil {
			w.t.Fatal(err)
		}
		part.Write(f.content)
	}
	m.Close()
	kind := func(r *http.Request) { r.Header.Set("Content-Type", m.FormDataContentType()) }
	status, out := w.call("POST", "/chat", "", body.Bytes(), append(change, kind)...)
	return status, string(out)
}

func TestTheChatWorksWithoutAScript(t *testing.T) {
	w := serve(t, func(c *webchat.Config) { c.Greeting = fakehost.Greeting }).browser()
	page := w.visit("/chat")
	for _, want := range []string{"<b>помощник</b>", `value="t:status">Статус заявления<`, "Позвать человека", `lang="ru"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the first page has no %s", want)
		}
	}
	if n := len(w.host.Conversations()); n != 0 {
		t.Fatalf("looking has made %d conversations", n)
	}
	status, page := w.submit(map[string]string{"id": idOf(t, page), "text": "<script>alert(1)</script>\nстрока"}, []file{{"скан.pdf", pdfFile()}})
	if status != 200 || !strings.Contains(page, "&lt;script&gt;alert(1)&lt;/script&gt;\nстрока") || strings.Contains(page, "<script>alert") || !strings.Contains(page, "Файлов получено: 1") {
		t.Errorf("after a message: %d %s", status, page)
	}
	link := regexp.MustCompile(`/chat/api/v1/files/[^"]+`).FindString(page)
	if status, body := w.call("GET", link, "", nil); status != 200 || !bytes.Equal(body, pdfFile()) {
		t.Errorf("the file at %q: %d", link, status)
	}
	if status, body := w.call("GET", "/chat/api/v1/transcript", "", nil); status != 200 || !strings.Contains(string(body), "строка") {
		t.Errorf("the transcript: %d", status)
	}
	_, page = w.submit(map[string]string{"id": idOf(t, page), "text": "кнопки"}, nil)
	if !strings.Contains(page, `name="press" value="yes">Да<`) {
		t.Errorf("no buttons in %s", page)
	}
	_, page = w.submit(map[string]string{"id": idOf(t, page), "press": "yes"}, nil)
	if !strings.Contains(page, "Вы нажали: <b>yes</b>") || strings.Contains(page, `value="yes">`) {
		t.Errorf("after a button: %s", page)
	}
	_, page = w.submit(map[string]string{"id": idOf(t, page), "press": "~human", "text": "и ещё вот что"}, nil)
	if !strings.Contains(page, "Обращений перед вами: 3. Ждать, скорее всего, от 5 до 15 минут.") || !strings.Contains(page, "Т-26-000001-1") || !strings.Contains(page, "Специалист позван") || !strings.Contains(page, "и ещё вот что") {
		t.Errorf("in the queue: %s", page)
	}
	w.host.SetAhead(0)
	if page = w.visit("/chat"); !strings.Contains(page, "Вы следующие.") {
		t.Errorf("at the head of the queue: %s", page)
	}
	w.host.Take(1)
	w.host.Say(1, engine.Operator, "Анна", engine.Message{Text: "Звоните [8-800](tel:88001001010)\n\n- раз\n- два"})
	page = w.visit("/chat?lang=en")
	for _, want := range []string{"A specialist is answering you.", "Анна, specialist", `<a href="tel:88001001010">8-800</a>`, "<ul><li>раз</li><li>два</li></ul>"} {
		if !strings.Contains(page, want) {
			t.Errorf("with an operator: no %s in %s", want, page)
		}
	}
}

func TestAFormSentTwiceIsOneMessage(t *testing.T) {
	w := serve(t).browser()
	_, page := w.submit(map[string]string{"id": idOf(t, w.visit("/chat")), "text": "первое"}, nil)
	again := map[string]string{"id": idOf(t, page), "text": "второе"}
	w.submit(again, nil)
	w.submit(again, nil)
	if diff := cmp.Diff([]string{"citizen: первое", "bot: Эхо: первое", "citizen: второе", "bot: Эхо: второе"}, w.host.Texts(1)); diff != "" {
		t.Error(diff)
	}
}

func TestTheFormKeepsWhatItRefuses(t *testing.T) {
	w := serve(t).browser()
	id := idOf(t, w.visit("/chat"))
	long := strings.Repeat("жалоба & ", 500)
	six := []file{{"1.pdf", pdfFile()}, {"2.pdf", pdfFile()}, {"3.pdf", pdfFile()}, {"4.pdf", pdfFile()}, {"5.pdf", pdfFile()}, {"6.pdf", pdfFile()}}
	for _, test := range []struct {
		name   string
		fields map[string]string
		files  []file
		status int
		want   string
	}{
		{"too long", map[string]string{"id": id, "text": long}, nil, 422, "длиннее 4000 знаков"},
		{"nothing", map[string]string{"id": id}, nil, 422, "Сообщение пустое"},
		{"a bad file", map[string]string{"id": id, "text": "мой текст"}, []file{{"x.pdf", []byte("zip")}}, 415, "Подойдут только"},
		{"six files", map[string]string{"id": id, "text": "мой текст"}, six, 422, "не больше 5 файлов"},
		{"too large", map[string]string{"id": id, "text": "мой текст"}, []file{{"x.pdf", append(pdfFile(), make([]byte, 11<<20)...)}}, 413, "больше 10 МБ"},
		{"a bad id", map[string]string{"id": "1", "text": "мой текст"}, nil, 422, "должно быть UUID"},
		{"invalid UTF-8", map[string]string{"id": id, "text": "\xff"}, nil, 400, "UTF-8"},
		{"a bad payload", map[string]string{"id": id, "press": "да"}, nil, 422, "payload"},
	} {
		status, page := w.submit(test.fields, test.files)
		if status != test.status || !strings.Contains(page, test.want) || !strings.Contains(page, `aria-invalid="true" aria-describedby="error"`) {
			t.Errorf("%s: %d, %q not found in %.3000s", test.name, status, test.want, page)
		}
		if text := test.fields["text"]; text != "\xff" && !strings.Contains(page, html.EscapeString(text)) {
			t.Errorf("%s: the text is lost", test.name)
		}
	}
	if n := w.host.Turns(); n != 0 {
		t.Errorf("%d turns", n)
	}
	status, _ := w.call("POST", "/chat", "", "text=x", func(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") })
	if status != 400 {
		t.Errorf("another encoding: %d", status)
	}
}

func TestForeignSitesCannotPostForms(t *testing.T) {
	w := serve(t).browser()
	_, page := w.submit(map[string]string{"id": idOf(t, w.visit("/chat")), "text": "моё"}, nil)
	fields := map[string]string{"id": idOf(t, page), "text": "подделка"}
	for _, header := range [][2]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", stranger}, {"Origin", "null"}} {
		status, body := w.submit(fields, nil, func(r *http.Request) { r.Header.Set(header[0], header[1]) })
		if status != 403 || refusal(t, []byte(body)) != "origin" {
			t.Errorf("%v: %d %.100s", header, status, body)
		}
	}
	if n := w.host.Turns(); n != 1 {
		t.Errorf("%d turns", n)
	}
}

func TestThePolicyOfThePages(t *testing.T) {
	w := serve(t, func(c *webchat.Config) { c.Origins = []string{friend} })
	for _, path := range []string{"/chat", "/chat/demo"} {
		res := w.do("GET", path, "", nil)
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		policy := res.Header.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; ", "frame-ancestors 'self' " + friend} {
			if !strings.Contains(policy, want) {
				t.Errorf("%s: %q is not in %q", path, want, policy)
			}
		}
		if strings.Contains(policy, "unsafe") || bytes.Contains(body, []byte(" style=")) || bytes.Contains(body, []byte("<style")) || bytes.Contains(body, []byte(" on")) && regexp.MustCompile(`<[^>]+ on[a-z]+=`).Match(body) {
			t.Errorf("%s needs more than its policy grants", path)
		}
	}
}

func TestALongConversationOnThePage(t *testing.T) {
	w := serve(t).browser()
	w.submit(map[string]string{"id": idOf(t, w.visit("/chat")), "text": "начало"}, nil)
	for range 300 {
		w.host.Say(1, engine.Bot, "", engine.Message{Text: "ещё"})
	}
	page := w.visit("/chat")
	if n := strings.Count(page, "<p>ещё</p>"); n != 200 || !strings.Contains(page, "Показаны последние 200") || strings.Contains(page, "начало") {
		t.Errorf("%d lines are shown", n)
	}
}

func TestAStrangersCookieShowsNothing(t *testing.T) {
	w := serve(t).browser()
	w.submit(map[string]string{"id": idOf(t, w.visit("/chat")), "text": "тайна"}, nil)
	other := w.browser()
	u, err := url.Parse(w.url + "/chat")
	if err != nil {
		t.Fatal(err)
	}
	for _, value := range []string{"", "x", strings.Repeat("A", 43), strings.Repeat("A", 42) + "B"} {
		other.client.Jar.SetCookies(u, []*http.Cookie{{Name: "spravka_chat", Value: value, Path: "/chat"}})
		if page := other.visit("/chat"); strings.Contains(page, "тайна") || !strings.Contains(page, "Здесь появится переписка") {
			t.Errorf("cookie %q shows %s", value, page)
		}
	}
}
