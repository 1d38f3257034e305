//go:build fakes

package vk

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"spravka/engine"

	"spravka/adapters/channeltest"
)

// TestFakes plays the scenarios of SPEC.md, §5, by their numbers.
func TestFakes(t *testing.T) {
	program := channeltest.BuildFake(t, "vk")
	for _, s := range []struct {
		name string
		play func(t *testing.T, program string)
	}{
		{"01 order", fakesOrder}, {"02 crash", fakesCrash}, {"03 duplicates", fakesDuplicates}, {"04 lost answer", fakesLostAnswer},
		{"05 limits of VK and troubles of sending", fakesTroubles}, {"05 token", fakesToken}, {"06 refusals", fakesRefusals}, {"07 polling", fakesPolling},
		{"08 callback", fakesCallback}, {"09 poison", fakesPoison}, {"10 buttons", fakesButtons}, {"11 long text", fakesLongText},
		{"12 files", fakesFiles}, {"13 rate", fakesRate}, {"comments", fakesComments},
	} {
		t.Run(s.name, func(t *testing.T) { s.play(t, program) })
	}
}

func fakesOrder(t *testing.T, program string) {
	y := newTry(t, program, nil)
	for i := range 50 {
		y.ask(int64(1 + i%5))
	}
	y.settled(30 * time.Second)
}

// 400 messages while the process is killed every 0.4 s after it has become ready.
func fakesCrash(t *testing.T, program string) {
	f := startFake(t, program)
	folder := t.TempDir()
	said := map[int64][]string{}
	written := make(chan struct{})
	running := start(t, folder, f.api())
	channeltest.Until(t, 20*time.Second, "polling has not begun", func() bool { return len(f.calls("groups.getLongPollServer")) > 0 })
	time.Sleep(200 * time.Millisecond)
	go func() {
		defer close(written)
		for i := range 400 {
			peer := int64(1 + i%20)
			said[peer] = append(said[peer], f.say(peer, "/help"))
			time.Sleep(40 * time.Millisecond)
		}
	}()
	kills := 0
	for over := false; !over; kills++ {
		time.Sleep(400 * time.Millisecond)
		running.Process.Kill()
		running.Wait()
		running = start(t, folder, f.api())
		select {
		case <-written:
			over = true
		default:
		}
	}
	channeltest.Until(t, 2*time.Minute, "replies are missing", func() bool { return len(f.replies()) >= 400 })
	time.Sleep(2 * time.Second)
	running.Process.Kill()
	running.Wait()
	repeated := 0
	for _, a := range f.sent("messages.send") {
		repeated += a.Dups
	}
	a, err := open(folder, f.api(), quiet(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer a.store.Close()
	defer a.host.Close()
	checkStored(t, a, said, f.replies())
	t.Logf("%d kills; %d sends were repeated and folded by random_id", kills, repeated)
}

func fakesDuplicates(t *testing.T, program string) {
	y := newTry(t, program, nil)
	for i := range 10 {
		y.ask(int64(1 + i%2))
	}
	y.settled(30 * time.Second)
	y.Tell("redeliver", m{"last": 10}, nil)
	time.Sleep(time.Second)
	y.end()
	y.begin()
	y.Tell("redeliver", m{"last": 10}, nil)
	y.settled(10 * time.Second)
}

func fakesLostAnswer(t *testing.T, program string) {
	y := newTry(t, program, nil)
	y.fault(m{"method": "messages.send", "kind": "reset_after", "count": 3})
	for i := range 10 {
		y.ask(int64(1 + i%2))
	}
	y.settled(time.Minute)
	repeated := 0
	for _, a := range y.sent("messages.send") {
		repeated += a.Dups
	}
	if repeated == 0 {
		t.Error("nothing was sent again: the fault did not work")
	}
	t.Logf("%d repeated sends were folded", repeated)
}

func fakesTroubles(t *testing.T, program string) {
	for name, c := range map[string]struct {
		fault m
		least time.Duration // that the dialogue waits
		most  time.Duration
	}{
		"6":         {m{"kind": "vk", "code": 6}, 200 * time.Millisecond, time.Second},
		"9":         {m{"kind": "vk", "code": 9}, 20 * time.Second, time.Minute},
		"10":        {m{"kind": "vk", "code": 10}, 500 * time.Millisecond, 10 * time.Second},
		"29":        {m{"kind": "vk", "code": 29}, 5 * time.Second, 30 * time.Second},
		"502":       {m{"kind": "http", "code": 502, "body": "<html>"}, 500 * time.Millisecond, 10 * time.Second},
		"empty 200": {m{"kind": "http", "code": 200, "body": "", "type": "application/json"}, 500 * time.Millisecond, 10 * time.Second},
		"reset":     {m{"kind": "reset"}, 500 * time.Millisecond, 10 * time.Second},
		"hang":      {m{"kind": "hang"}, 30 * time.Second, 70 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			y := newTry(t, program, nil)
			c.fault["method"], c.fault["peer_id"], c.fault["count"] = "messages.send", 1, 1
			y.fault(c.fault)
			begun := time.Now()
			for range 3 {
				y.ask(1)
				y.ask(2)
			}
			channeltest.Until(t, 10*time.Second, "the other dialogue waits too", func() bool {
				n := 0
				for _, r := range y.outside.replies() {
					if r.peer == 2 {
						n++
					}
				}
				return n == 3
			})
			other := time.Since(begun)
			y.settled(c.most + 20*time.Second)
			var took time.Duration
			for _, a := range y.sent("messages.send") {
				if a.Peer == 1 {
					took = a.At.Sub(begun)
					break
				}
			}
			if took < c.least || took > c.most {
				t.Errorf("the first message went out after %v, want %v to %v", took, c.least, c.most)
			}
			if n := len(y.calls("messages.send")); n > 6+4 {
				t.Errorf("%d calls for 6 messages", n)
			}
			t.Logf("the dialogue waited %v, the other one was done after %v", took.Round(time.Millisecond), other.Round(time.Millisecond))
		})
	}
}

func fakesToken(t *testing.T, program string) {
	y := newTry(t, program, nil)
	y.ask(1)
	y.settled(20 * time.Second)
	y.fault(m{"kind": "vk", "code": 5})
	before := len(y.calls(""))
	for i := range 20 {
		y.ask(int64(1 + i))
	}
	time.Sleep(20 * time.Second)
	if n := len(y.calls("")) - before; n > 20 {
		t.Errorf("%d calls in 20 s with a dead token", n)
	} else {
		t.Logf("%d calls in 20 s with a dead token", n)
	}
	if n := y.alarms.Load(); n != 1 {
		t.Errorf("%d alarms", n)
	}
	y.Mend("")
	y.settled(3 * time.Minute)
}

func fakesRefusals(t *testing.T, program string) {
	y := newTry(t, program, nil)
	y.ask(1)
	y.settled(20 * time.Second)
	y.Tell("peer", m{"peer_id": 1, "allowed": false}, nil)
	before := len(y.calls("messages.send"))
	lost := y.say(1, "/help") // an update of a citizen whom we can't answer
	time.Sleep(8 * time.Second)
	if n := len(y.calls("messages.send")) - before; n != 1 {
		t.Errorf("%d tries of a message that is refused for good", n)
	}
	y.Tell("peer", m{"peer_id": 1, "allowed": true}, nil)
	after := y.say(1, "/help")
	channeltest.Until(t, 20*time.Second, "no reply after the citizen allowed messages again", func() bool { return len(y.outside.replies()) == 2 })
	r, err := y.store.Find(t.Context(), y.peer(1))
	if err != nil {
		t.Fatal(err)
	}
	stored := ""
	entries, err := y.store.History(t.Context(), r.ID, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		stored += e.Update + " "
	}
	if !strings.Contains(stored, lost) || !strings.Contains(stored, after) {
		t.Errorf("stored: %s", stored)
	}
}

func fakesPolling(t *testing.T, program string) {
	for name, fault := range map[string]m{
		"500": {"kind": "http", "code": 500}, "502": {"kind": "http", "code": 502, "body": "<html>"}, "empty 200": {"kind": "http", "code": 200, "body": ""},
		"reset": {"kind": "reset"}, "lost answer": {"kind": "reset_after"}, "failed 1": {"kind": "failed", "code": 1},
		"failed 2": {"kind": "failed", "code": 2}, "failed 3": {"kind": "failed", "code": 3}, "rotation": nil, "restart": nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			y := newTry(t, program, nil)
			for round := range 3 {
				if fault != nil {
					f := m{"method": "longpoll", "count": 1}
					for k, v := range fault {
						f[k] = v
					}
					y.fault(f)
				}
				for i := range 6 {
					y.ask(int64(1 + i%2))
					switch {
					case i == 3 && name == "rotation":
						y.Tell("lp_rotate", m{}, nil)
					case i == 3 && name == "restart":
						y.end()
						y.ask(3)
						y.ask(3)
						y.begin()
					}
				}
				time.Sleep(time.Duration(round) * 300 * time.Millisecond)
			}
			y.settled(30 * time.Second)
			if n := y.alarms.Load(); n != 0 {
				t.Errorf("%d alarms", n)
			}
		})
	}
}

func fakesPoison(t *testing.T, program string) {
	y := newTry(t, program, func(c *Config) { c.KeepSettings = true }) // so that VK delivers every kind
	for i, e := range []m{
		{"type": "hologram_new", "object": m{"x": 1}}, {"type": "message_new", "object": "text"}, {"type": "message_new", "object": m{}},
		{"type": "message_new", "object": m{"message": m{"peer_id": "one", "text": "x"}}}, {"type": "message_new", "object": m{"message": m{"peer_id": 1, "text": 5}}},
		{"type": "message_event", "object": m{"peer_id": 1}}, {"type": "message_allow", "object": []int{1}}, {"type": "", "object": nil},
		{"type": "message_new", "object": m{"message": m{"peer_id": 7, "text": "x", "attachments": m{}, "payload": m{"a": []int{1}}}}},
	} {
		y.Tell("event", e, nil)
		y.ask(int64(1 + i%2))
	}
	channeltest.Until(t, 20*time.Second, "replies are missing", func() bool {
		n := 0
		for _, r := range y.outside.replies() {
			if r.peer < 3 {
				n++
			}
		}
		return n >= y.asked()
	})
	checkStored(t, y.app, y.said, y.outside.replies())
}

func fakesButtons(t *testing.T, program string) {
	y := newTry(t, program, nil)
	y.emitted("say", m{"peer_id": 1, "text": "Начать", "payload": `{"command":"start"}`})
	channeltest.Until(t, 20*time.Second, "no greeting", func() bool { return len(y.outside.replies()) == 1 })
	if k := y.sent("messages.send")[0].Params["keyboard"]; k == nil || !strings.Contains(k.(string), "callback") {
		t.Fatalf("the greeting has the keyboard %v", k)
	}
	long := engine.Message{Text: "Выберите"}
	for i := range 10 {
		long.Buttons = append(long.Buttons, engine.Button{Label: strings.Repeat("Ж", 40), Payload: fmt.Sprintf("o:%s:%d", strings.Repeat("x", 60), i)})
	}
	if err := y.Send(t.Context(), outgoing(99, 1, 50, long)); err != nil {
		t.Errorf("ten of the longest buttons: %v", err)
	}
	// A press, twice on the same button: two turns are not two transitions, and both presses are answered.
	y.Tell("press", m{"peer_id": 1, "payload": m{"p": "~human"}}, nil)
	y.Tell("press", m{"peer_id": 1, "payload": m{"p": "~human"}}, nil)
	channeltest.Until(t, 20*time.Second, "presses are not answered", func() bool { return len(y.sent("messages.sendMessageEventAnswer")) == 2 })
	time.Sleep(2 * time.Second)
	r, err := y.store.Find(t.Context(), y.peer(1))
	if err != nil || len(r.State.Tickets) != 1 {
		t.Errorf("%v, tickets %v: want one for two presses", err, r.State.Tickets)
	}
	// A button of an older version of the content gets a kind answer.
	before := len(y.outside.replies())
	y.Tell("press", m{"peer_id": 2, "payload": m{"p": "o:gone:step:yes"}}, nil)
	channeltest.Until(t, 20*time.Second, "a stale button is not answered", func() bool { return len(y.outside.replies()) > before })
	replies := y.outside.replies()
	t.Logf("a stale button: %q", replies[len(replies)-1].text)
}

func fakesLongText(t *testing.T, program string) {
	y := newTry(t, program, nil)
	text := ""
	for i := 0; utf8.RuneCountInString(text) < 10_000; i++ {
		text += fmt.Sprintf("**Абзац %d.** Слова 😀 и [ссылка](https://example.ru/%d), ещё слова.\n- пункт\n- пункт\n\n", i, i)
	}
	msg := engine.Message{Text: text, Buttons: []engine.Button{{Label: "Дальше", Payload: "~menu"}}}
	if err := y.Send(t.Context(), outgoing(99, 1, 50, msg)); err != nil {
		t.Fatal(err)
	}
	sent := y.sent("messages.send")
	for i, a := range sent {
		if n := utf8.RuneCountInString(a.Text); n > 4096 || strings.Contains(a.Text, "**") || (a.Params["keyboard"] != nil) != (i == len(sent)-1) {
			t.Errorf("part %d: %d characters, keyboard %v", i, n, a.Params["keyboard"])
		}
	}
	if len(sent) < 3 || !strings.HasPrefix(sent[0].Text, "Абзац 0. Слова 😀 и ссылка (https://example.ru/0), ещё слова.\n• пункт") {
		t.Errorf("%d parts, the first begins %.100q", len(sent), sent[0].Text)
	}
	t.Logf("%d characters in %d parts", utf8.RuneCountInString(text), len(sent))
}
