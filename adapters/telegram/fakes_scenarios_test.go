//go:build fakes

package telegram

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"spravka/engine/host"

	"spravka/adapters/channeltest"
)

func TestFakes(t *testing.T) {
	binary := channeltest.BuildFake(t, "telegram")
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
		channeltest.Until(t, 20*time.Second, "working again", func() bool {
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
		n, unknown := len(s.fake.sent(1001)), strings.Count(s.logged(), "state=unknown")
		s.say(1001, 4+i)
		channeltest.Until(t, 30*time.Second, "deciding about a message", func() bool {
			// A connection that breaks once the request is written leaves open whether the message arrived: it is marked.
			return len(s.fake.sent(1001)) > n || f["kind"] == "reset" && strings.Count(s.logged(), "state=unknown") > unknown
		})
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
	channeltest.Until(t, 2*time.Minute, "answering after the token is accepted again", func() bool { return len(s.fake.sent(1003)) > 0 }) // the outbox waits for what it was told
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
	f := &telegramFake{&channeltest.Fake{T: t, Base: in.bot.config.BaseURL}}
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
	address := channeltest.FreeAddress(t)
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
	slow := newStage(t, binary, func(p *program) { p.Webhook, p.Slow = channeltest.FreeAddress(t), 2*time.Second })
	for i := range 3 {
		slow.say(1001, i)
		slow.say(1002, i)
	}
	slow.holds()
}

func fakesStoreDown(t *testing.T, binary string) {
	f := startFake(t, binary)
	address := channeltest.FreeAddress(t)
	s := inside(t, f, func(c *Config) { c.WebhookURL, c.WebhookSecret = "http://"+address+"/hook", hookSecret })
	server := &http.Server{Addr: address, Handler: s.bot.Webhook()}
	go server.ListenAndServe()
	defer server.Close()
	var mu sync.Mutex
	tries := 0
	s.ear.Fail(func(host.Inbound) error {
		mu.Lock()
		defer mu.Unlock()
		if tries++; tries <= 6 {
			return errors.New("disk full")
		}
		return nil
	})
	s.runReady(func(context.Context) {
		channeltest.Until(t, 5*time.Second, "setting the webhook", func() bool { return len(f.calls("setWebhook")) > 0 })
		for i := range 6 {
			f.say(1001+i%2, fmt.Sprint(i))
		}
		channeltest.Until(t, 30*time.Second, "delivering again", func() bool { return f.pending() == 0 })
	})
	if got := fmt.Sprint(s.ear.Texts()); got != "map[1001:[0 2 4] 1002:[1 3 5]]" {
		t.Errorf("heard %s", got)
	}
}
