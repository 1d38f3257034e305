//go:build fakes

package telegram

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"spravka/engine"
	"spravka/engine/host"
)

func TestFakes(t *testing.T) {
	binary := buildFake(t)
	for _, c := range []struct {
		name string
		play func(t *testing.T, binary string)
	}{
		{"01 order", fakesOrder}, {"02 crash", fakesCrash}, {"03 duplicate delivery", fakesDuplicate}, {"04 lost answer", fakesLostAnswer},
		{"05 refused for a while", fakesRetry}, {"06 refused for good", fakesRefused}, {"07 poller", fakesPoller}, {"08 webhook", fakesWebhook},
		{"08 webhook, store down", fakesStoreDown}, {"09 poison", fakesPoison}, {"10 buttons", fakesButtons}, {"11 long text", fakesLong}, {"12 files", fakesFiles}, {"13 limits", fakesLimits},
	} {
		t.Run(c.name, func(t *testing.T) { c.play(t, binary) })
	}
}

func fakesOrder(t *testing.T, binary string) {
	s := newStage(t, binary, nil)
	for i := range 50 {
		s.say(1001+i%5, i)
	}
	s.holds()
}

func fakesCrash(t *testing.T, binary string) {
	s := newStage(t, binary, nil)
	kills, next := 0, 0
	for next < 400 {
		before := len(s.fake.sent(0))
		until(t, "working again", 20*time.Second, func() bool {
			if next < 400 {
				s.say(1001+next%20, next)
				next++
			}
			return len(s.fake.sent(0)) > before
		})
		for end := time.Now().Add(400 * time.Millisecond); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
			if next < 400 {
				s.say(1001+next%20, next)
				next++
			}
		}
		kill(s.cmd)
		kills++
		s.start()
	}
	s.Logf("%d kills", kills)
	s.holds()
}

func fakesDuplicate(t *testing.T, binary string) {
	s := newStage(t, binary, nil)
	id := s.say(1001, 1)
	s.say(1001, 2)
	s.answered(1001, 2)
	s.fake.settled()
	before := len(s.fake.sent(0))
	s.fake.do("redeliver", object{"update_id": id})
	s.fake.settled()
	kill(s.cmd)
	s.start()
	s.fake.do("redeliver", object{"last": 2})
	s.fake.settled()
	if n := len(s.fake.sent(0)); n != before {
		t.Errorf("%d messages after the redeliveries, %d before", n, before)
	}
	s.holds()
}

func fakesLostAnswer(t *testing.T, binary string) {
	s := newStage(t, binary, nil)
	s.say(1001, 1)
	s.answered(1001, 1)
	s.fake.settled()
	before := len(s.fake.sent(1001))
	s.fake.fault(object{"method": "sendMessage", "kind": "reset_after", "count": 1})
	s.fake.say(1001, "вопрос 2")
	s.answered(1001, before+1)
	time.Sleep(4 * time.Second) // the host's first pause
	s.fake.settled()
	if n := len(s.fake.sent(1001)) - before; n > 2 {
		t.Errorf("one message was sent %d times", n)
	} else {
		t.Logf("policy of the host today: sent again; the message arrived %d times", n)
	}
	if !strings.Contains(s.logged(), "nobody can tell") || !strings.Contains(s.logged(), CountUndecided) {
		t.Error("it is not logged and counted")
	}
}

func fakesRetry(t *testing.T, binary string) {
	s := newStage(t, binary, nil)
	s.say(1001, 0)
	s.answered(1001, 1)
	s.fake.fault(object{"method": "sendMessage", "kind": "api", "code": 429, "retry_after": 2, "count": 1, "chat_id": 1001})
	begin := time.Now()
	for i := 1; i < 4; i++ {
		s.say(1001, i)
		s.say(1002, i)
	}
	s.answered(1002, 3)
	if d := time.Since(begin); d > 1500*time.Millisecond {
		t.Errorf("the other chat waited %s", d)
	}
	s.answered(1001, 4)
	if d := s.fake.sent(1001)[1].At.Sub(begin); d < 2*time.Second {
		t.Errorf("the refused chat waited %s, want 2 s at least", d)
	} else {
		t.Logf("the refused chat waited %s", d)
	}
	for i, f := range []object{{"kind": "http", "code": 502, "body": "<html>"}, {"kind": "reset"}, {"kind": "api", "code": 500}} {
		f["method"], f["count"] = "sendMessage", 2
		s.fake.fault(f)
		n := len(s.fake.sent(1001))
		s.say(1001, 4+i)
		s.answered(1001, n+1)
		s.fake.clear()
	}
	s.fake.settled()
	before := len(s.fake.calls(""))
	s.fake.fault(object{"method": "", "kind": "api", "code": 401})
	s.fake.say(1003, "вопрос 1")
	time.Sleep(20 * time.Second)
	n := len(s.fake.calls("")) - before
	if n > 3 || !strings.Contains(s.logged(), "ALARM") {
		t.Errorf("with a token that is refused there were %d calls in 20 s; the log:\n%s", n, s.logged())
	}
	t.Logf("with a token that is refused: %d calls in 20 s", n)
	s.fake.clear()
	kill(s.cmd)
	s.start()
	until(t, "answering after the token is accepted again", 2*time.Minute, func() bool { return len(s.fake.sent(1003)) > 0 }) // the outbox waits for what it was told
	s.want["1003"] = []string{"вопрос 1"}
	s.holds()
}

func fakesRefused(t *testing.T, binary string) {
	s := newStage(t, binary, nil)
	s.say(1001, 1)
	s.answered(1001, 1)
	s.fake.settled()
	s.fake.do("chat", object{"chat_id": 1001, "state": "blocked"})
	before := len(s.fake.calls("sendMessage"))
	s.fake.say(1001, "вопрос 2")
	time.Sleep(6 * time.Second)
	if n := len(s.fake.calls("sendMessage")) - before; n != 1 {
		t.Errorf("a citizen who has blocked the bot was tried %d times", n)
	}
	s.fake.do("chat", object{"chat_id": 1001, "state": "ok"})
	n := len(s.fake.sent(1001))
	s.fake.say(1001, "вопрос 3")
	s.answered(1001, n+1)

	in := inside(t, startFake(t, binary), nil)
	f := &telegramFake{t, in.bot.config.BaseURL}
	f.do("chat", object{"chat_id": -5, "state": "migrated", "migrate_to": -1005})
	for range 2 {
		if err := in.bot.Send(t.Context(), say("-5:7", "слово")); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(f.sent(-1005)); n != 2 || len(f.calls("sendMessage")) != 3 {
		t.Errorf("a group that has moved got %d of 2 messages in %d calls", n, len(f.calls("sendMessage")))
	}
}

func fakesPoller(t *testing.T, binary string) {
	s := newStage(t, binary, nil)
	s.say(1001, 0)
	s.answered(1001, 1)
	for i, f := range []object{{"kind": "api", "code": 500}, {"kind": "http", "code": 502, "body": "<html>"}, {"kind": "http", "code": 200}, {"kind": "reset"}, {"kind": "reset_after"},
		{"kind": "api", "code": 429, "retry_after": 1}, {"kind": "api", "code": 409, "description": "terminated by other getUpdates request; make sure that only one bot instance is running"}} {
		f["method"], f["count"] = "getUpdates", 2
		s.fake.fault(f)
		s.say(1001, i+1)
		s.say(1002, i+1)
		s.fake.settled()
		s.fake.clear()
	}
	s.holds()
}

func fakesWebhook(t *testing.T, binary string) {
	address := freeAddress(t)
	s := newStage(t, binary, func(p *program) { p.Webhook = address })
	post := func(secret, body string) int {
		req, err := http.NewRequest("POST", "http://"+address+"/telegram", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	s.say(1001, 0)
	s.answered(1001, 1)
	if got := post("wrong", letter(5, 1999, "x")); got != 401 {
		t.Errorf("a wrong secret: %d", got)
	}
	if got := post(hookSecret, "{"); got != 400 {
		t.Errorf("broken JSON: %d", got)
	}
	for i := range 50 {
		s.say(1001+i%5, i+1)
	}
	s.fake.settled()
	kill(s.cmd)
	for i := range 50 {
		s.say(1001+i%5, i+51)
	}
	time.Sleep(2 * time.Second)
	s.start()
	s.fake.settled()
	if n := len(s.fake.sent(1999)); n != 0 {
		t.Errorf("a forged update got %d replies", n)
	}
	// Back to polling: the program switches by itself.
	kill(s.cmd)
	s.p.Webhook = ""
	s.say(1001, 101)
	s.start()
	s.holds()

	// A slow turn: the answer waits until it is stored, and nothing is handled twice.
	slow := newStage(t, binary, func(p *program) { p.Webhook, p.Slow = freeAddress(t), 2*time.Second })
	for i := range 3 {
		slow.say(1001, i)
		slow.say(1002, i)
	}
	slow.holds()
}

func fakesStoreDown(t *testing.T, binary string) {
	f := startFake(t, binary)
	address := freeAddress(t)
	s := inside(t, f, func(c *Config) { c.WebhookURL, c.WebhookSecret = "http://"+address+"/hook", hookSecret })
	server := &http.Server{Addr: address, Handler: s.bot.Webhook()}
	go server.ListenAndServe()
	defer server.Close()
	var mu sync.Mutex
	tries := 0
	s.ear.fail = func(host.Inbound) error {
		mu.Lock()
		defer mu.Unlock()
		if tries++; tries <= 6 {
			return errors.New("disk full")
		}
		return nil
	}
	s.runReady(func(context.Context) {
		until(t, "setting the webhook", 5*time.Second, func() bool { return len(f.calls("setWebhook")) > 0 })
		for i := range 6 {
			f.say(1001+i%2, fmt.Sprint(i))
		}
		until(t, "delivering again", 30*time.Second, func() bool { return f.pending() == 0 })
	})
	if got := fmt.Sprint(s.ear.texts()); got != "map[1001:[0 2 4] 1002:[1 3 5]]" {
		t.Errorf("heard %s", got)
	}
}

func fakesPoison(t *testing.T, binary string) {
	s := newStage(t, binary, nil)
	s.say(1001, 0)
	user := object{"id": 1001, "is_bot": false, "first_name": "Имя"}
	chat := object{"id": 1001, "type": "private"}
	for i, u := range []struct {
		kind   string
		object any
	}{
		{"message", object{"message_id": "seven", "from": user, "chat": chat, "text": "x"}}, {"message", object{"message_id": 1, "from": user, "chat": chat, "text": object{}}},
		{"message", []any{1, 2}}, {"message", nil}, {"message", object{}}, {"callback_query", object{"id": 5}}, {"callback_query", object{"id": "x", "from": user, "data": "d"}},
		{"edited_message", "x"}, {"my_chat_member", object{"chat": 7}}, {"telepathy", object{"thought": 1}},
	} {
		s.fake.do("update", object{"type": u.kind, "object": u.object, "chat_id": 1001})
		s.say(1001, i+1)
	}
	s.fake.do("update", object{"type": "message", "chat_id": 1001, "object": object{"message_id": 1, "from": user, "chat": chat, "text": "вопрос 77", "forward_origin": object{"type": "moon"}}})
	s.want["1001"] = append(s.want["1001"], "вопрос 77")
	s.holds()
}

func fakesButtons(t *testing.T, binary string) {
	s := newStage(t, binary, nil)
	s.fake.say(1001, "/start")
	s.answered(1001, 1)
	s.fake.settled()
	keyboard := fmt.Sprint(s.fake.sent(1001)[0].Params["reply_markup"])
	if !strings.Contains(keyboard, "callback_data") {
		t.Fatalf("the greeting has no buttons: %s", keyboard)
	}
	_, rest, _ := strings.Cut(keyboard, `"callback_data":"`)
	data, _, _ := strings.Cut(rest, `"`)
	for range 2 {
		s.fake.do("press", object{"chat_id": 1001, "data": data})
	}
	s.fake.do("press", object{"chat_id": 1001, "data": "o:flow.of.yesterday:step:да", "message_id": 1})
	s.fake.settled()
	answered := 0
	for _, c := range s.fake.calls("answerCallbackQuery") {
		if strings.Contains(c.Out, `"ok":true`) {
			answered++
		}
	}
	if answered != 3 {
		t.Errorf("%d presses of 3 were answered", answered)
	}
	var texts []string
	for _, a := range s.fake.sent(1001) {
		texts = append(texts, a.Text)
	}
	if n := len(texts); n < 4 {
		t.Errorf("the presses, the stale one too, got only %q", texts[1:])
	}
	t.Logf("the stale button got %q", texts[len(texts)-1])

	in := inside(t, startFake(t, binary), nil)
	long := []engine.Button{{Label: "Да", Payload: strings.Repeat("я", 32)}, {Label: "Слишком", Payload: strings.Repeat("я", 33)}}
	if err := in.bot.Send(t.Context(), post("5", engine.Message{Text: "Что?", Buttons: long})); err != nil {
		t.Errorf("a payload of 64 bytes and one of 66: %v", err)
	}
	f := &telegramFake{t, in.bot.config.BaseURL}
	if got := f.sent(5); len(got) != 1 || !strings.Contains(got[0].Text, "2. Слишком") {
		t.Errorf("sent %+v", got)
	}
}

func fakesLong(t *testing.T, binary string) {
	in := inside(t, startFake(t, binary), func(c *Config) { c.Limits = Limits{PerSecond: -1, Chat: -1} })
	f := &telegramFake{t, in.bot.config.BaseURL}
	random := rand.New(rand.NewPCG(1, 2))
	for n := range 20 {
		var b strings.Builder
		for b.Len() < 10000 {
			b.WriteString([]string{"слово ", "**важно и нужно** ", "😀👨‍👩‍👧", "<b> & ", "предложение. ", "\n\n", "\n- пункт ", "[сайт](https://example.ru/a?b=1&c=2) ", "**", "https://example.ru "}[random.IntN(10)])
		}
		peer := 100 + n
		if err := in.bot.Send(t.Context(), post(fmt.Sprint(peer), engine.Message{Text: b.String(), Buttons: []engine.Button{{Label: "Да", Payload: "y"}}})); err != nil {
			t.Fatalf("text %d: %v", n, err)
		}
		got := f.sent(peer)
		for i, a := range got {
			if (a.Params["reply_markup"] != nil) != (i == len(got)-1) {
				t.Errorf("text %d: part %d of %d has the keyboard %v", n, i+1, len(got), a.Params["reply_markup"])
			}
		}
	}
	if in.tally.of(CountPlain)+in.tally.of(CountRefused) != 0 {
		t.Errorf("counted %v", in.tally.counts())
	}
}

func fakesFiles(t *testing.T, binary string) {
	f := startFake(t, binary)
	s := inside(t, f, nil)
	f.do("update", object{"type": "unknown_kind", "object": object{}})
	s.runReady(func(ctx context.Context) {
		f.do("say", object{"chat_id": 1001, "document": object{"name": "скан.pdf", "content": string(pdf), "mime": "application/pdf"}})
		f.do("say", object{"chat_id": 1001, "document": object{"name": "virus.pdf", "content": "MZ this is a program", "mime": "application/pdf"}})
		until(t, "taking the files in", 10*time.Second, func() bool { return f.pending() == 0 })
		heard := s.ear.all()
		if len(heard) != 1 {
			t.Fatalf("heard %+v", heard)
		}
		file := heard[0].Event.(engine.Said).Files[0]
		if string(s.files.body[file.ID]) != string(pdf) || file.Name != "скан.pdf" || file.MIME != "application/pdf" {
			t.Errorf("stored %+v", file)
		}
		if got := f.sent(1001); len(got) != 1 || got[0].Text != words["ru"]["file_type"] {
			t.Errorf("told %+v", got)
		}
		f.fault(object{"method": "sendDocument", "kind": "reset", "count": 1})
		m := post("2002", engine.Message{Text: "Вот", Files: []engine.File{file}})
		if err := s.bot.Send(ctx, m); err == nil {
			t.Error("an upload that broke counts as sent")
		}
		for range 2 {
			if err := s.bot.Send(ctx, m); err != nil {
				t.Error(err)
			}
		}
		got := f.sent(2002)
		if len(got) != 2 || got[0].Params["file_sha1"] != got[1].Params["file_sha1"] || got[1].Params["document"] == nil {
			t.Errorf("sent %+v", got)
		}
	})
}

func fakesLimits(t *testing.T, binary string) {
	f := startFake(t, binary)
	s := inside(t, f, nil)
	f.do("update", object{"type": "unknown_kind", "object": object{}})
	f.do("limits", object{"global_sec": 30, "chat_sec": 1, "group_min": 20})
	begin := time.Now()
	var all sync.WaitGroup
	chats := make(chan int)
	for range 24 {
		all.Go(func() {
			for chat := range chats {
				m := say(fmt.Sprint(chat), "рассылка")
				m.Conversation = int64(chat)
				if err := s.bot.Send(t.Context(), m); err != nil {
					t.Errorf("broadcast to %d: %v", chat, err)
				}
			}
		})
	}
	slowest := time.Duration(0)
	var mu sync.Mutex
	for live := range 8 {
		all.Go(func() {
			for i := range 8 {
				time.Sleep(2 * time.Second)
				asked := time.Now()
				m := say(fmt.Sprint(9000+live), fmt.Sprint("ответ ", i))
				m.Conversation, m.Seq = int64(9000+live), int64(i)
				if err := s.bot.Send(t.Context(), m); err != nil {
					t.Errorf("live %d: %v", live, err)
				}
				mu.Lock()
				slowest = max(slowest, time.Since(asked))
				mu.Unlock()
			}
		})
	}
	for i := range 500 {
		chats <- i + 1
	}
	close(chats)
	all.Wait()
	refused := 0
	for _, c := range f.calls("sendMessage") {
		if strings.Contains(c.Out, `"error_code":429`) {
			refused++
		}
	}
	t.Logf("500 of a broadcast and 64 live messages in %s; %d refusals with 429; the slowest live message took %s", time.Since(begin).Round(time.Millisecond), refused, slowest.Round(time.Millisecond))
	if refused != 0 || len(f.sent(0)) != 564 {
		t.Errorf("%d refusals, %d messages", refused, len(f.sent(0)))
	}
}
