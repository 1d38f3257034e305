//go:build fakes

package telegram

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"spravka/engine"

	"spravka/adapters/channeltest"
)

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
	f := &telegramFake{&channeltest.Fake{T: t, Base: in.bot.config.BaseURL}}
	if got := f.sent(5); len(got) != 1 || !strings.Contains(got[0].Text, "2. Слишком") {
		t.Errorf("sent %+v", got)
	}
}

func fakesLong(t *testing.T, binary string) {
	in := inside(t, startFake(t, binary), func(c *Config) { c.Limits = Limits{PerSecond: -1, Chat: -1} })
	f := &telegramFake{&channeltest.Fake{T: t, Base: in.bot.config.BaseURL}}
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
		channeltest.Until(t, 10*time.Second, "taking the files in", func() bool { return f.pending() == 0 })
		heard := s.ear.Heard()
		if len(heard) != 1 {
			t.Fatalf("heard %+v", heard)
		}
		file := heard[0].Event.(engine.Said).Files[0]
		if _, content, _ := s.files.Kept(file.ID); string(content) != string(pdf) || file.Name != "скан.pdf" || file.MIME != "application/pdf" {
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
