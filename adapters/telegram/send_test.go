package telegram

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"spravka/engine"
	"spravka/engine/host"
)

func TestSendText(t *testing.T) {
	s := newSetting(t, nil)
	m := engine.Message{Text: "Нужны:\n- **паспорт** <РФ>\n- [сайт](https://example.ru)", Buttons: []engine.Button{{Label: "Да", Payload: "y"}, {Label: "Нет", Payload: "n"}, {Label: "Позвать специалиста", Payload: "~human"}}}
	if err := s.bot.Send(t.Context(), post("5", m)); err != nil {
		t.Fatal(err)
	}
	got := s.fake.out()
	got[0].at = time.Time{}
	want := []sent{{method: "sendMessage", chat: "5", mode: "HTML", text: "Нужны:\n• <b>паспорт</b> &lt;РФ&gt;\n• <a href=\"https://example.ru\">сайт</a>",
		markup: `{"inline_keyboard":[[{"text":"Да","callback_data":"y"},{"text":"Нет","callback_data":"n"}],[{"text":"Позвать специалиста","callback_data":"~human"}]]}`}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(sent{})); diff != "" {
		t.Error(diff)
	}
}

// A long text goes out in parts, in order, with the buttons under the last one.
func TestSendLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSetting(t, nil)
		text := strings.Repeat("Это **важное** предложение с 😀 и <скобками>. ", 300)
		if err := s.bot.Send(t.Context(), post("5", engine.Message{Text: text, Buttons: []engine.Button{{Label: "Да", Payload: "y"}}})); err != nil {
			t.Fatal(err)
		}
		got := s.fake.out()
		if len(got) < 4 {
			t.Fatalf("%d parts", len(got))
		}
		for i, m := range got {
			if (m.markup != "") != (i == len(got)-1) {
				t.Errorf("part %d has the buttons %q", i, m.markup)
			}
			if strings.Count(m.text, "<b>") != strings.Count(m.text, "</b>") {
				t.Errorf("part %d is torn: %s", i, m.text)
			}
		}
	})
}

func TestSendErrors(t *testing.T) {
	retry := func(after time.Duration) func(error) bool {
		return func(err error) bool {
			e, ok := errors.AsType[host.RetryAfterError](err)
			return ok && e.After == after
		}
	}
	is := func(want error) func(error) bool { return func(err error) bool { return errors.Is(err, want) } }
	undecided := func(err error) bool { _, ok := errors.AsType[UndecidedError](err); return ok }
	transient := func(err error) bool {
		return err != nil && !undecided(err) && !errors.Is(err, host.ErrPermanent) && !errors.Is(err, host.ErrCitizenLeft)
	}
	for name, c := range map[string]struct {
		trouble *trouble
		want    func(error) bool
		count   string
	}{
		"429":               {refuse(429, "Too Many Requests: retry after 7", `{"retry_after":7}`), retry(7 * time.Second), CountLimited},
		"429 for ever":      {refuse(429, "Too Many Requests", `{"retry_after":99999999}`), retry(time.Hour), CountLimited},
		"429 without time":  {refuse(429, "Too Many Requests", ``), retry(time.Second), CountLimited},
		"blocked":           {refuse(403, "Forbidden: bot was blocked by the user", ""), is(host.ErrCitizenLeft), CountLeft},
		"deactivated":       {refuse(403, "Forbidden: user is deactivated", ""), is(host.ErrCitizenLeft), CountLeft},
		"no chat":           {refuse(400, "Bad Request: chat not found", ""), is(host.ErrCitizenLeft), CountLeft},
		"refused":           {refuse(400, "Bad Request: BUTTON_DATA_INVALID", ""), is(host.ErrPermanent), CountRefused},
		"too large":         {&trouble{status: 413, body: "<html>"}, is(host.ErrPermanent), CountRefused},
		"500":               {refuse(500, "Internal Server Error", ""), transient, ""},
		"502 HTML":          {&trouble{status: 502, body: "<html>" + token}, transient, ""},
		"403 from a proxy":  {&trouble{status: 403, body: "<html>"}, transient, ""},
		"404":               {refuse(404, "Not Found", ""), transient, ""},
		"401":               {refuse(401, "Unauthorized", ""), retry(time.Minute), CountToken},
		"no connection":     {&trouble{before: true}, transient, ""},
		"lost answer":       {&trouble{after: true}, undecided, CountUndecided},
		"no answer":         {&trouble{hang: true}, undecided, CountUndecided},
		"empty answer":      {&trouble{status: 200}, undecided, CountUndecided},
		"gateway's timeout": {&trouble{status: 504, body: "<html>"}, undecided, CountUndecided},
		"future answer":     {&trouble{status: 200, body: `{"ok":true,"result":{"message_id":"seven"}}`}, is(nil), CountSent},
		"future refusal":    {&trouble{status: 418, body: `{"ok":false,"error_code":418,"description":"teapot"}`}, transient, ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSetting(t, nil)
				s.fake.setTrouble(times(1, "sendMessage", c.trouble))
				err := s.bot.Send(t.Context(), say("5", "личное"))
				if !c.want(err) {
					t.Errorf("the error is %v", err)
				}
				if err != nil && (strings.Contains(err.Error(), "TEST-secret_part") || strings.Contains(err.Error(), "личное") || len(err.Error()) > 500) {
					t.Errorf("the error tells too much: %v", err)
				}
				if c.count != "" && s.tally.of(c.count) != 1 {
					t.Errorf("counted %v, want %s", s.tally.counts(), c.count)
				}
				s.discreet()
			})
		})
	}
}

// Markup that Telegram does not understand is left out; the words go out.
func TestSendPlain(t *testing.T) {
	s := newSetting(t, nil)
	s.fake.setTrouble(times(1, "sendMessage", refuse(400, "Bad Request: can't parse entities: Unsupported start tag", "")))
	if err := s.bot.Send(t.Context(), say("5", "**Да** <нет>")); err != nil {
		t.Fatal(err)
	}
	if got := s.fake.out(); len(got) != 1 || got[0].mode != "" || got[0].text != "Да <нет>" || s.tally.of(CountPlain) != 1 {
		t.Errorf("sent %+v", got)
	}
}

// A message in parts that is tried again goes on where it failed.
func TestSendGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSetting(t, nil)
		n := 0
		s.fake.setTrouble(func(method string, form map[string]string) *trouble {
			if method != "sendMessage" || form["peek"] == "1" {
				return nil
			}
			if n++; n == 2 {
				return refuse(429, "Too Many Requests", `{"retry_after":3}`)
			}
			return nil
		})
		m := say("5", strings.Repeat("я", 4096)+"\n\n"+strings.Repeat("ю", 4096)+"\n\nконец")
		out := func(parts int) { m.Parts = parts }
		if err := s.bot.SendParts(t.Context(), m, out); !errors.As(err, new(host.RetryAfterError)) || m.Parts != 1 {
			t.Fatalf("the first time: %v after %d parts", err, m.Parts)
		}
		time.Sleep(3 * time.Second)
		if err := s.bot.SendParts(t.Context(), m, out); err != nil || m.Parts != 2 {
			t.Fatalf("%v after %d parts", err, m.Parts)
		}
		var got string
		for _, m := range s.fake.out() {
			got += string([]rune(m.text)[0])
		}
		if got != "яюк" {
			t.Errorf("the parts went out as %q", got)
		}
	})
}

// A group that has become a supergroup is followed, at once and from then on.
func TestSendMoved(t *testing.T) {
	var moves []string
	s := newSetting(t, func(c *Config) { c.Moved = func(from, to int64) { moves = append(moves, fmt.Sprint(from, to)) } })
	s.fake.setTrouble(func(method string, form map[string]string) *trouble {
		if form["chat_id"] == "-5" {
			return refuse(400, "Bad Request: group chat was upgraded to a supergroup chat", `{"migrate_to_chat_id":-1005}`)
		}
		return nil
	})
	for range 2 {
		if err := s.bot.Send(t.Context(), say("-5:7", "слово")); err != nil {
			t.Fatal(err)
		}
	}
	if n := s.fake.count("sendMessage"); n != 3 {
		t.Errorf("%d calls, want 3", n)
	}
	for _, m := range s.fake.out() {
		if m.chat != "-1005" {
			t.Errorf("sent to %s", m.chat)
		}
	}
	if diff := cmp.Diff([]string{"-5 -1005"}, moves); diff != "" {
		t.Error(diff)
	}
	s.fake.setTrouble(func(string, map[string]string) *trouble {
		return refuse(400, "Bad Request: group chat was upgraded", fmt.Sprintf(`{"migrate_to_chat_id":-%d}`, 6000+s.fake.count("")))
	})
}

// In a group the reply answers the citizen's message, and a button leads to where nobody reads along.
func TestSendToGroup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSetting(t, nil)
		s.fake.push(`{"update_id":ID,"message":{"message_id":44,"from":{"id":5},"chat":{"id":-100,"type":"supergroup"},"text":"/menu@Spravka_Bot","entities":[{"type":"bot_command","offset":0,"length":17}]}}`)
		s.run(func(ctx context.Context) {
			time.Sleep(time.Second)
			if err := s.bot.Send(ctx, post("-100:5", engine.Message{Text: "Меню", Buttons: []engine.Button{{Label: "Да", Payload: "y"}}})); err != nil {
				t.Error(err)
			}
		})
		got := s.fake.out()
		if len(got) != 1 || got[0].chat != "-100" || got[0].reply != `{"message_id":44,"allow_sending_without_reply":true}` || !strings.Contains(got[0].markup, "https://t.me/Spravka_Bot?start=group") {
			t.Errorf("sent %+v", got)
		}
	})
}

func TestSendFiles(t *testing.T) {
	s := newSetting(t, nil)
	keep := func(id, mime string, content []byte) engine.File {
		f := engine.File{ID: id, Name: id + ".x", MIME: mime, Size: int64(len(content))}
		if err := s.files.SaveFile(t.Context(), host.File{File: f}, content); err != nil {
			t.Fatal(err)
		}
		return f
	}
	photo, doc, long := keep("p", "image/jpeg", jpeg), keep("d", "application/pdf", pdf), keep("l", "image/png", png)
	send := func(m engine.Message) []sent {
		t.Helper()
		before := len(s.fake.out())
		if err := s.bot.Send(t.Context(), post("5", m)); err != nil {
			t.Fatal(err)
		}
		return s.fake.out()[before:]
	}
	if got := send(engine.Message{Text: "**Вот**", Files: []engine.File{photo}}); len(got) != 1 || got[0].method != "sendPhoto" || got[0].file != string(jpeg) || got[0].name != "p.x" || got[0].text != "<b>Вот</b>" {
		t.Errorf("a photo: %+v", got)
	}
	if got := send(engine.Message{Files: []engine.File{photo}}); len(got) != 1 || got[0].fileID != "tgfile1" || got[0].file != "" {
		t.Errorf("the photo again: %+v", got)
	}
	if got := send(engine.Message{Text: strings.Repeat("я", 1100), Files: []engine.File{doc}, Buttons: []engine.Button{{Label: "Да", Payload: "y"}}}); len(got) != 2 || got[0].method != "sendDocument" || got[0].file != string(pdf) || got[0].markup != "" || got[1].markup == "" {
		t.Errorf("a document with a long text: %+v", got)
	}
	s.fake.setTrouble(times(1, "sendPhoto", refuse(400, "Bad Request: PHOTO_INVALID_DIMENSIONS", "")))
	if got := send(engine.Message{Files: []engine.File{long}}); len(got) != 1 || got[0].method != "sendDocument" || got[0].file != string(png) {
		t.Errorf("a picture that is no photo: %+v", got)
	}
	s.fake.setTrouble(times(1, "sendDocument", refuse(400, "Bad Request: wrong file identifier", "")))
	if got := send(engine.Message{Files: []engine.File{doc}}); len(got) != 1 || got[0].file != string(pdf) {
		t.Errorf("a document that Telegram has forgotten: %+v", got)
	}
	if got := send(engine.Message{Text: "Вот", Files: []engine.File{{ID: "gone", Name: "акт.pdf"}}}); len(got) != 1 || got[0].text != "Файл больше не доступен: акт.pdf\nВот" {
		t.Errorf("a file that is gone: %+v", got)
	}
}

func TestSendNonsense(t *testing.T) {
	s := newSetting(t, nil)
	for _, m := range []host.Outgoing{
		{Peer: host.Peer{Channel: Channel, ID: "x"}, Body: []byte(`{}`)}, {Peer: host.Peer{Channel: Channel}, Body: []byte(`{}`)}, {Peer: host.Peer{Channel: "vk", ID: "1"}, Body: []byte(`{}`)},
		{Peer: host.Peer{Channel: Channel, ID: "1"}, Body: []byte(`{"text":`)}, {Peer: host.Peer{Channel: Channel, ID: "99999999999999999999"}, Body: []byte(`{}`)},
	} {
		if err := s.bot.Send(t.Context(), m); !errors.Is(err, host.ErrPermanent) {
			t.Errorf("%+v: %v", m, err)
		}
	}
	if err := s.bot.Send(t.Context(), say("1", " ")); err != nil || len(s.fake.out()) != 0 {
		t.Errorf("an empty message: %v", err)
	}
	if err := s.bot.ShowTyping(t.Context(), host.Peer{Channel: Channel, ID: "1"}); err != nil || s.fake.count("sendChatAction") != 1 {
		t.Errorf("typing: %v", err)
	}
	if s.bot.Name() != "telegram" || s.bot.Idempotent() {
		t.Error("it is another channel")
	}
}

// A message on its way when the program stops is finished; no further part of it is begun.
func TestSendWhileStopping(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSetting(t, nil)
		ctx, stop := context.WithCancel(t.Context())
		s.fake.setTrouble(func(method string, form map[string]string) *trouble {
			if method == "sendMessage" && form["peek"] != "1" {
				stop()
			}
			return nil
		})
		m := say("5", strings.Repeat("я", 4096)+"\n\nконец")
		out := func(parts int) { m.Parts = parts }
		if err := s.bot.SendParts(ctx, m, out); !errors.As(err, new(host.RetryAfterError)) {
			t.Errorf("the error is %v", err) // anything else would mean that nobody knows
		}
		if err := s.bot.SendParts(t.Context(), m, out); err != nil {
			t.Error(err)
		}
		if n := len(s.fake.out()); n != 2 || s.tally.of(CountUndecided) != 0 {
			t.Errorf("%d messages, counted %v", n, s.tally.counts())
		}
	})
}

// Over a real connection: what breaks before the request is whole is tried again, what breaks after it is undecided,
// and no error tells the token.
func TestRealConnection(t *testing.T) {
	var mode atomic.Value
	mode.Store("")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch mode.Load() {
		case "lost":
			readForm(r)
			panic(http.ErrAbortHandler)
		case "redirect":
			http.Redirect(w, r, "http://127.0.0.1:1/stolen", http.StatusFound)
		}
	}))
	s := newSetting(t, func(c *Config) { c.Transport, c.BaseURL = nil, server.URL })
	mode.Store("lost")
	if err := s.bot.Send(t.Context(), say("5", "слово")); !errors.As(err, new(UndecidedError)) {
		t.Errorf("lost answer: %v", err)
	}
	mode.Store("redirect")
	if err := s.bot.Send(t.Context(), say("5", "слово")); err == nil || errors.As(err, new(UndecidedError)) || strings.Contains(err.Error(), "secret_part") {
		t.Errorf("redirect: %v", err)
	}
	server.Close()
	err := s.bot.Send(t.Context(), say("5", "слово"))
	if err == nil || errors.As(err, new(UndecidedError)) || strings.Contains(err.Error(), "secret_part") {
		t.Errorf("no connection: %v", err)
	}
	if _, err := s.bot.getUpdates(t.Context(), 0, 100, time.Second); err == nil || strings.Contains(err.Error(), "secret_part") {
		t.Errorf("polling without a connection: %v", err)
	}
}

// The button that sends the citizen's own number takes the place of their keyboard, and goes with the next message.
func TestOwnNumberButton(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSetting(t, nil)
		ask := engine.Message{Text: "Ваш номер?", Buttons: []engine.Button{{Label: "Отправить мой номер", Payload: "~contact"}}}
		for _, m := range []host.Outgoing{post("5", ask), say("5", "Спасибо"), say("5", "Ещё"), post("-7:5", ask)} {
			if err := s.bot.Send(t.Context(), m); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Minute)
		}
		var got []string
		for _, m := range s.fake.out() {
			got = append(got, m.markup)
		}
		if len(got) != 4 || !strings.Contains(got[0], `"request_contact":true`) || !strings.Contains(got[1], `"remove_keyboard":true`) || got[2] != "" || strings.Contains(got[3], "contact") {
			t.Errorf("the keyboards are %q", got)
		}
	})
}
