package webchat_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"spravka/adapters/webchat"
	"spravka/adapters/webchat/internal/fakehost"
	"spravka/engine"
	"spravka/engine/host"
)

func TestAMessageIsStoredAndAnswered(t *testing.T) {
	w := serve(t)
	token := w.token()
	if n := len(w.host.Conversations()); n != 0 {
		t.Fatalf("a token alone has made %d conversations", n)
	}
	m := message("привет")
	status, body := w.call("POST", api+"messages", token, m)
	var ack heard
	decode(t, body, &ack)
	if status != 200 || ack.Type != "ack" || ack.ID != m["id"] || ack.Seq != 2 || ack.Duplicate {
		t.Errorf("got %d %s", status, body)
	}
	got := w.messages(token, "")
	if diff := cmp.Diff([]string{"citizen: привет", "bot: Эхо: привет"}, got.texts()); diff != "" {
		t.Error(diff)
	}
	if got.Entries[0].ID != m["id"] || got.Entries[1].ID != "" || got.Seq != 2 || got.State.Owner != "bot" {
		t.Errorf("got %+v", got)
	}
}

func TestTheGreetingIsStoredWithTheFirstMessage(t *testing.T) {
	w := serve(t, func(c *webchat.Config) { c.Greeting = fakehost.Greeting })
	_, body := w.call("GET", api+"hello?lang=en", "", nil)
	var hello struct {
		Name     string
		Greeting engine.Message
	}
	decode(t, body, &hello)
	if hello.Name != "Spravka" || hello.Greeting.Text != fakehost.Greeting("en").Text || len(hello.Greeting.Buttons) != 2 {
		t.Errorf("got %s", body)
	}
	token := w.token()
	w.say(token, "один")
	w.say(token, "два")
	want := []string{"bot: " + fakehost.Greeting("ru").Text, "citizen: один", "bot: Эхо: один", "citizen: два", "bot: Эхо: два"}
	if diff := cmp.Diff(want, w.host.Texts(1)); diff != "" {
		t.Error(diff)
	}
}

func TestTheSameIDIsHandledOnce(t *testing.T) {
	w := serve(t)
	token, m := w.token(), message("один раз")
	for i := range 3 {
		status, body := w.call("POST", api+"messages", token, m)
		var ack heard
		decode(t, body, &ack)
		if status != 200 || ack.Duplicate != (i > 0) || ack.Seq != 2 {
			t.Errorf("time %d: %d %s", i, status, body)
		}
	}
	m["id"] = strings.ToUpper(m["id"].(string)) // the same UUID
	if status, body := w.call("POST", api+"messages", token, m); status != 200 || !strings.Contains(string(body), `"duplicate":true`) {
		t.Errorf("in upper case: %d %s", status, body)
	}
	if diff := cmp.Diff([]string{"citizen: один раз", "bot: Эхо: один раз"}, w.host.Texts(1)); diff != "" {
		t.Error(diff)
	}
}

func TestTwoVisitorsKnowNothingOfEachOther(t *testing.T) {
	w := serve(t)
	anna, boris := w.token(), w.token()
	if anna == boris {
		t.Fatal("two visitors have one token")
	}
	w.say(anna, "тайна")
	if got := w.messages(boris, ""); len(got.Entries) != 0 || got.Seq != 0 {
		t.Errorf("Boris reads %v", got.texts())
	}
	// An id that Anna has used is free for Boris and tells him nothing.
	m := message("от Анны")
	w.call("POST", api+"messages", anna, m)
	m["text"] = "от Бориса"
	_, body := w.call("POST", api+"messages", boris, m)
	if strings.Contains(string(body), "duplicate") || strings.Contains(string(body), `"seq":4`) {
		t.Errorf("Boris learns of Anna's message: %s", body)
	}
	if diff := cmp.Diff([]string{"citizen: от Бориса", "bot: Эхо: от Бориса"}, w.host.Texts(2)); diff != "" {
		t.Error(diff)
	}
	status, body := w.call("GET", api+"transcript", w.token(), nil)
	if status != 404 || refusal(t, body) != "no_conversation" {
		t.Errorf("the transcript of nobody: %d %s", status, body)
	}
}

func TestTokensThatAreNone(t *testing.T) {
	w := serve(t)
	token := w.token()
	w.say(token, "тайна")
	for _, bad := range []string{"x", token[:42], token + "A", strings.Repeat("A", 42) + "B", strings.Repeat("*", 43), "Bearer", "токен"} {
		for _, path := range []string{"messages", "events", "transcript", "session", "files/abc"} {
			status, body := w.call("GET", api+path, bad, nil)
			if status != 401 || refusal(t, body) != "bad_token" {
				t.Errorf("token %q, %s: %d %s", bad, path, status, body)
			}
		}
	}
	for _, path := range []string{"messages", "events", "transcript", "files/abc"} {
		if status, body := w.call("GET", api+path, "", nil); status != 401 || refusal(t, body) != "no_token" {
			t.Errorf("no token, %s: %d %s", path, status, body)
		}
	}
	status, body := w.call("GET", api+"messages", "", nil, func(r *http.Request) { r.Header.Set("Authorization", "Basic "+token) })
	if status != 401 || refusal(t, body) != "bad_token" {
		t.Errorf("another scheme: %d %s", status, body)
	}
}

func TestBadMessages(t *testing.T) {
	w := serve(t)
	token, id := w.token(), uuid.NewString()
	for name, test := range map[string]struct {
		body   any
		status int
		code   string
	}{
		"nothing":             {"", 400, "bad_json"},
		"no JSON":             {"привет", 400, "bad_json"},
		"an array":            {"[]", 400, "bad_json"},
		"two values":          {"{} {}", 400, "bad_json"},
		"text is a number":    {`{"type":"message","id":"` + id + `","text":1}`, 400, "bad_json"},
		"deep nesting":        {strings.Repeat("[", 30000), 400, "bad_json"},
		"no type":             {frame{"id": id, "text": "x"}, 400, "unknown_type"},
		"unknown type":        {frame{"type": "delete", "id": id}, 400, "unknown_type"},
		"hello":               {frame{"type": "hello", "token": token}, 400, "unknown_type"},
		"invalid UTF-8":       {[]byte("{\"type\":\"message\",\"id\":\"" + id + "\",\"text\":\"\xff\xfe\"}"), 400, "invalid_utf8"},
		"no id":               {frame{"type": "message", "text": "x"}, 422, "bad_id"},
		"id is no UUID":       {frame{"type": "message", "id": "1", "text": "x"}, 422, "bad_id"},
		"id in braces":        {frame{"type": "message", "id": "{" + id + "}", "text": "x"}, 422, "bad_id"},
		"empty":               {frame{"type": "message", "id": id}, 422, "empty"},
		"only spaces":         {frame{"type": "message", "id": id, "text": " \n\t\u0000"}, 422, "empty"},
		"4,001 characters":    {frame{"type": "message", "id": id, "text": strings.Repeat("ж", 4001)}, 422, "too_long"},
		"100,000 characters":  {frame{"type": "message", "id": id, "text": strings.Repeat("ж", 100000)}, 413, "too_large"},
		"a megabyte":          {frame{"type": "message", "id": id, "text": strings.Repeat("x", 1<<20)}, 413, "too_large"},
		"no payload":          {frame{"type": "press", "id": id}, 422, "bad_payload"},
		"payload too long":    {frame{"type": "press", "id": id, "payload": strings.Repeat("x", 65)}, 422, "bad_payload"},
		"payload in Russian":  {frame{"type": "press", "id": id, "payload": "да"}, 422, "bad_payload"},
		"payload with a line": {frame{"type": "press", "id": id, "payload": "a\nb"}, 422, "bad_payload"},
		"unknown file":        {frame{"type": "message", "id": id, "files": []string{"abc"}}, 404, "no_file"},
		"strange file":        {frame{"type": "message", "id": id, "files": []string{"../../etc/passwd"}}, 404, "no_file"},
		"six files":           {frame{"type": "message", "id": id, "files": []string{"a", "b", "c", "d", "e", "f"}}, 422, "too_many_files"},
		"a file twice":        {frame{"type": "message", "id": id, "files": []string{"a", "a"}}, 400, "bad_request"},
	} {
		t.Run(name, func(t *testing.T) {
			status, body := w.call("POST", api+"messages", token, test.body)
			if code := refusal(t, body); status != test.status || code != test.code {
				t.Errorf("got %d %s, want %d %s", status, code, test.status, test.code)
			}
		})
	}
	if n := w.host.Turns(); n != 0 {
		t.Errorf("%d of them reached the host", n)
	}
	status, body := w.call("POST", api+"messages", token, message("x"), func(r *http.Request) { r.Header.Set("Content-Encoding", "gzip") })
	if status != 415 || refusal(t, body) != "encoding" {
		t.Errorf("a compressed body: %d %s", status, body)
	}
	w.say(token, strings.Repeat("ж", 4000)) // 4,000 is fine, and nobody was harmed
}

func TestTextIsTidied(t *testing.T) {
	w := serve(t)
	token := w.token()
	w.say(token, "  раз\r\nдва\u0000\u0007\u009f\rтри\tчетыре \n ")
	if got, want := w.host.Texts(1)[0], "citizen: раз\nдва\nтри\tчетыре"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestErrorsSpeakTheVisitorsLanguage(t *testing.T) {
	w := serve(t)
	for head, want := range map[string]string{
		"ru": "Нужен ключ", "en-US,en;q=0.9": "A visitor token", "de,en;q=0.5": "A visitor token", "fr": "Нужен ключ", ";;;": "Нужен ключ", "": "Нужен ключ",
	} {
		_, body := w.call("GET", api+"messages", "", nil, func(r *http.Request) { r.Header.Set("Accept-Language", head) })
		if !strings.Contains(string(body), want) {
			t.Errorf("Accept-Language %q: got %s", head, body)
		}
	}
}

func TestCursors(t *testing.T) {
	w := serve(t)
	token := w.token()
	for range 130 {
		w.say(token, "x") // 260 entries
	}
	if got := w.messages(token, ""); len(got.Entries) != 100 || !got.More || got.Seq != 100 {
		t.Errorf("the first page: %d entries, more %v, seq %d", len(got.Entries), got.More, got.Seq)
	}
	if got := w.messages(token, "?after=255&limit=3"); len(got.Entries) != 3 || !got.More || got.Seq != 258 {
		t.Errorf("a small page: %+v", got)
	}
	if got := w.messages(token, "?after=-10"); len(got.Entries) != 10 || got.Entries[0].Seq != 251 || got.More {
		t.Errorf("the newest ten: %+v", got)
	}
	if got := w.messages(token, "?after=260"); len(got.Entries) != 0 || got.Seq != 260 || got.Reset {
		t.Errorf("nothing new: %+v", got)
	}
	if got := w.messages(token, "?after=1000"); !got.Reset || len(got.Entries) != 100 || got.Entries[0].Seq != 61 {
		t.Errorf("from beyond the end: reset %v, %d entries", got.Reset, len(got.Entries))
	}
	for _, bad := range []string{"after=x", "after=1.5", "after=99999999999999999999", "limit=0", "limit=101", "wait=21", "wait=-1"} {
		status, body := w.call("GET", api+"messages?"+bad, token, nil)
		if status != 422 || refusal(t, body) != "bad_cursor" {
			t.Errorf("%s: %d %s", bad, status, body)
		}
	}
}

func TestPollingWaitsForNews(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := serveInBubble(t, fakehost.New())
		token := w.token()
		w.say(token, "x")
		start := time.Now()
		go func() {
			time.Sleep(5 * time.Second)
			w.host.Say(1, engine.Operator, "Анна", engine.Message{Text: "здравствуйте"})
		}()
		got := w.messages(token, "?after=2&wait=20")
		if took := time.Since(start); took != 5*time.Second || len(got.Entries) != 1 || got.Entries[0].Name != "Анна" {
			t.Errorf("after %v: %+v", took, got)
		}
		start = time.Now()
		got = w.messages(token, "?after=3&wait=20")
		if took := time.Since(start); took != 20*time.Second || len(got.Entries) != 0 || got.Seq != 3 {
			t.Errorf("after %v: %+v", took, got)
		}
		if n := w.host.Watchers(1); n != 0 {
			t.Errorf("%d watchers are left", n)
		}
	})
}

func TestAHostThatFails(t *testing.T) {
	w := serve(t)
	token := w.token()
	w.host.Fail(errors.New("disk full: /var/lib/spravka"))
	m := message("не потеряйся")
	status, body := w.call("POST", api+"messages", token, m)
	if status != 503 || refusal(t, body) != "unavailable" || strings.Contains(string(body), "disk") {
		t.Errorf("got %d %s", status, body)
	}
	w.host.Fail(fmt.Errorf("wrapped: %w", host.ErrBusy))
	if status, body := w.call("POST", api+"messages", token, m); status != 503 || refusal(t, body) != "busy" {
		t.Errorf("busy: %d %s", status, body)
	}
	w.host.Fail(nil)
	if status, body := w.call("POST", api+"messages", token, m); status != 200 || strings.Contains(string(body), "duplicate") {
		t.Errorf("sent again: %d %s", status, body)
	}
	w.host.Fail(errors.New("disk full: /var/lib/spravka"))
	status, body = w.call("GET", api+"messages", token, nil)
	if status != 500 || refusal(t, body) != "internal" || strings.Contains(string(body), "disk") {
		t.Errorf("reading: %d %s", status, body)
	}
}

func TestATurnGoesOnWhenTheCitizenLeaves(t *testing.T) {
	w := serve(t)
	token := w.token()
	release := w.host.Hold()
	ctx, cancel := context.WithCancel(context.Background())
	left := make(chan struct{})
	go func() {
		defer close(left)
		body := `{"type":"message","id":"` + uuid.NewString() + `","text":"ушёл"}`
		r, _ := http.NewRequestWithContext(ctx, "POST", w.url+api+"messages", strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+token)
		http.DefaultClient.Do(r)
	}()
	time.AfterFunc(50*time.Millisecond, cancel)
	<-left
	release()
	w.eventually(func() bool { return w.host.Turns() == 1 })
}

func TestSendingTooFast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := serveInBubble(t, fakehost.New(), func(c *webchat.Config) { c.VisitorRate, c.VisitorBurst = 2, 20 })
		hasty, calm := w.token(), w.token()
		for i := range 20 {
			if status, _ := w.call("POST", api+"messages", hasty, press("yes")); status != 200 {
				t.Fatalf("press %d: %d", i, status)
			}
		}
		res := w.do("POST", api+"messages", hasty, press("yes"))
		res.Body.Close()
		if res.StatusCode != 429 || res.Header.Get("Retry-After") != "1" {
			t.Errorf("got %d, retry after %q", res.StatusCode, res.Header.Get("Retry-After"))
		}
		w.say(calm, "меня это не касается")
		time.Sleep(500 * time.Millisecond)
		w.say(hasty, "подождал")
	})
}

func TestOneAddressCannotTakeEverything(t *testing.T) {
	w := serve(t, func(c *webchat.Config) { c.IPRate, c.IPBurst = 0.001, 30 })
	codes := map[int]int{}
	for range 50 {
		status, _ := w.call("POST", api+"session", "", nil)
		codes[status]++
	}
	if codes[200] != 30 || codes[429] != 20 {
		t.Errorf("got %v", codes)
	}
}

func TestAddressesThatDoNotExist(t *testing.T) {
	w := serve(t)
	for _, c := range [][2]string{{"GET", api + "nothing"}, {"PUT", api + "messages"}, {"GET", "/chat/api/"}, {"DELETE", api + "files/x"}} {
		status, body := w.call(c[0], c[1], "", nil)
		if status != 404 || refusal(t, body) != "no_address" {
			t.Errorf("%v: %d %s", c, status, body)
		}
	}
}

func TestTranscript(t *testing.T) {
	w := serve(t, func(c *webchat.Config) { c.Greeting = fakehost.Greeting })
	token := w.token()
	w.say(token, "2 < 3 & **не жирно**")
	w.call("POST", api+"messages", token, press("~human"))
	w.host.Take(1)
	w.host.Say(1, engine.Operator, "Анна", engine.Message{Text: "Смотрите [инструкцию](https://example.org/a) или звоните [8-800](tel:8-800)", Files: []engine.File{{ID: "x", Name: "ответ.pdf", Size: 1536 << 10}}})
	for range 120 {
		w.host.Say(1, engine.Bot, "", engine.Message{Text: "ещё"})
	}
	res := w.do("GET", api+"transcript", token, nil)
	res.Body.Close()
	if got := res.Header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment; filename=perepiska-20") {
		t.Errorf("Content-Disposition %q", got)
	}
	if got := res.Header.Get("Content-Type"); got != "text/plain; charset=utf-8" {
		t.Errorf("Content-Type %q", got)
	}
	_, body := w.call("GET", api+"transcript", token, nil)
	text := string(body)
	for _, want := range []string{
		"Справка: переписка\n", "Номер обращения: Т-26-000001-1\n", "Помощник:\nЗдравствуйте! Я помощник", "(Варианты ответа: Статус заявления · ",
		"Вы:\n2 < 3 & **не жирно**\n", "Анна, специалист:\nСмотрите инструкцию (https://example.org/a) или звоните 8-800\n", "(файл: ответ.pdf, 1,5\u00a0МБ)\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%.1500s", want, text)
		}
	}
	if n := strings.Count(text, "\nещё\n"); n != 120 {
		t.Errorf("%d of 120 lines", n)
	}
}

func TestAnEntryThatCannotBeRead(t *testing.T) {
	w := serve(t)
	token := w.token()
	w.say(token, "x")
	w.host.Spoil(1)
	w.say(token, "y")
	if got := w.messages(token, ""); len(got.Entries) != 5 || got.Seq != 5 {
		t.Errorf("got %v", got.texts())
	}
}
