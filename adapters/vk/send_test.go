package vk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"spravka/engine"
	"spravka/engine/host"
)

func textMessage(text string) engine.Message { return engine.Message{Text: text} }

// The numbers for VK never repeat within a conversation, are the same each time, and fit what VK keeps.
func TestRandomIDs(t *testing.T) {
	w := newWorld(t, nil)
	other := newWorld(t, func(c *Config) { c.Salt = "anew" })
	seen := map[int32]bool{}
	for seq := range int64(20_000) {
		for part := range 4 {
			id := w.randomID(7, seq, part)
			if id <= 0 || seen[id] || id != w.randomID(7, seq, part) {
				t.Fatalf("%d, %d: %d", seq, part, id)
			}
			seen[id] = true
		}
	}
	if w.randomID(7, 1, 0) == other.randomID(7, 1, 0) || w.randomID(7, 1, 0) == w.randomID(8, 1, 0) {
		t.Error("the salt and the conversation make no difference")
	}
	rapid.Check(t, func(t *rapid.T) {
		id := w.randomID(rapid.Int64().Draw(t, "conversation"), rapid.Int64Range(0, 1<<62).Draw(t, "seq"), rapid.IntRange(0, maxParts-1).Draw(t, "part"))
		if id <= 0 {
			t.Fatalf("%d", id)
		}
		if id := hashID(rapid.String().Draw(t, "key")); id <= 0 {
			t.Fatalf("%d", id)
		}
	})
}

type sentKeyboard struct {
	Inline  bool
	Buttons [][]struct {
		Action struct{ Type, Label, Payload string }
	}
}

// Whatever the engine sends, VK's limits hold, no word is lost, and the keyboard is under the last message.
func TestSentMessagesKeepTheLimits(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var m engine.Message
		for range rapid.IntRange(0, 30).Draw(rt, "words") {
			m.Text += rapid.StringMatching(`[а-яё😀*\[\]<>&#@-]{1,300}`).Draw(rt, "word") + rapid.SampledFrom([]string{" ", "\n", "\n\n", ". "}).Draw(rt, "gap")
		}
		for i := range rapid.IntRange(0, 15).Draw(rt, "buttons") {
			m.Buttons = append(m.Buttons, engine.Button{Label: fmt.Sprint(i, rapid.StringMatching(`[а-я😀"\\]{0,60}`).Draw(rt, "label")), Payload: rapid.StringMatching(`[ -~]{1,64}`).Draw(rt, "payload")})
		}
		if m.Text == "" && len(m.Buttons) == 0 {
			return
		}
		w := newWorld(t, func(c *Config) { c.Rate = 20 })
		w.limit.SetLimit(1e9)
		if err := w.Send(context.Background(), outgoing(1, 1, 5, m)); err != nil {
			rt.Fatal(err)
		}
		sent := w.vk.messages()
		for i, c := range sent {
			text, keyboard := c.values.Get("message"), c.values.Get("keyboard")
			if n := utf8.RuneCountInString(text); n == 0 || n > 4096 {
				rt.Fatalf("message of %d characters", n)
			}
			if keyboard == "" {
				continue
			}
			if i != len(sent)-1 {
				rt.Fatal("a keyboard before the last message")
			}
			checkKeyboard(rt, keyboard, m.Buttons)
		}
		all := strings.Join(strings.Fields(joined(sent)), "")
		for i, b := range m.Buttons {
			if label := strings.Join(strings.Fields(b.Label), ""); !strings.Contains(all, label) && !strings.Contains(sent[len(sent)-1].values.Get("keyboard"), quoteInner(b.Label)) {
				rt.Fatalf("button %d %q is lost", i, b.Label)
			}
		}
	})
}

func quoteInner(s string) string { q := quote(s); return q[1 : len(q)-1] }

func joined(list []called) string {
	var b strings.Builder
	for _, c := range list {
		b.WriteString(c.values.Get("message"))
	}
	return b.String()
}

func checkKeyboard(t *rapid.T, text string, want []engine.Button) {
	var k sentKeyboard
	if err := json.Unmarshal([]byte(text), &k); err != nil || !k.Inline || len(k.Buttons) > 6 {
		t.Fatalf("%v %s", err, text)
	}
	n, total := 0, 0
	for _, row := range k.Buttons {
		if len(row) < 1 || len(row) > 5 {
			t.Fatalf("a row of %d", len(row))
		}
		for _, b := range row {
			p := b.Action.Payload
			n, total = n+1, total+len(p)
			if l := utf8.RuneCountInString(b.Action.Label); l < 1 || l > 40 || len(p) > 255 {
				t.Fatalf("label of %d, payload of %d", l, len(p))
			}
			press, _ := readPayload(json.RawMessage(p))
			known := false
			for _, w := range want {
				known = known || w.Payload == press
			}
			if !known {
				t.Fatalf("%q comes back as %q", p, press)
			}
		}
	}
	if n > 10 || total > 1000 {
		t.Fatalf("%d buttons, payloads of %d", n, total)
	}
}

func TestSentForms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		m := engine.Message{Text: "**Выберите:**\n\n- паспорт\n- [СНИЛС](https://sfr.gov.ru)", Buttons: []engine.Button{{Label: "Паспорт", Payload: "t:passport"}, {Label: "Назад", Payload: "~back"}}}
		if err := w.Send(t.Context(), outgoing(1, 1, 5, m)); err != nil {
			t.Fatal(err)
		}
		got := w.vk.messages()[0].values
		if want := "Выберите:\n\n• паспорт\n• СНИЛС (https://sfr.gov.ru)"; got.Get("message") != want {
			t.Errorf("%q, want %q", got.Get("message"), want)
		}
		want := `{"buttons":[[{"action":{"label":"Паспорт","payload":"{\"p\":\"t:passport\"}","type":"callback"},"color":"secondary"}],[{"action":{"label":"Назад","payload":"{\"p\":\"~back\"}","type":"callback"},"color":"secondary"}]],"inline":true}`
		if got.Get("keyboard") != want {
			t.Errorf("%s", got.Get("keyboard"))
		}
		if got.Get("v") != "5.131" || got.Get("random_id") == "" || got.Get("peer_id") != "5" {
			t.Errorf("%v", got)
		}
		// An application without callback buttons gets text buttons.
		w.start()
		synctest.Wait()
		w.vk.event("message_new", strings.Replace(message(5, 1, "x", ""), `["text","callback"]`, `["text"]`, 1))
		synctest.Wait()
		w.stop()
		if err := w.Send(t.Context(), outgoing(1, 2, 5, m)); err != nil {
			t.Fatal(err)
		}
		if k := w.vk.messages()[1].values.Get("keyboard"); !strings.Contains(k, `"type":"text"`) || strings.Contains(k, "callback") {
			t.Errorf("%s", k)
		}
	})
}

func TestErrorsOfSending(t *testing.T) {
	for code, want := range map[int]error{901: host.ErrCitizenLeft, 902: host.ErrCitizenLeft, 900: host.ErrCitizenLeft, 7: host.ErrCitizenLeft, 15: host.ErrCitizenLeft,
		18: host.ErrCitizenLeft, 917: host.ErrCitizenLeft, 936: host.ErrCitizenLeft, 985: host.ErrCitizenLeft, 100: host.ErrPermanent, 914: host.ErrPermanent, 913: host.ErrPermanent,
		940: host.ErrPermanent, 911: host.ErrPermanent, 6: host.RetryAfterError{}, 9: host.RetryAfterError{}, 29: host.RetryAfterError{}, 601: host.RetryAfterError{},
		14: host.RetryAfterError{}, 5: host.RetryAfterError{}, 27: host.RetryAfterError{}, 1: nil, 10: nil, 36: nil, 12345: nil} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, nil)
				w.vk.fault = func(called) any { return &vkError{code} }
				err := w.Send(t.Context(), outgoing(1, 1, 5, textMessage("тайна")))
				var later host.RetryAfterError
				isLater := errors.As(err, &later)
				if err == nil || strings.Contains(err.Error(), "тайна") {
					t.Fatalf("%v", err)
				}
				switch want.(type) {
				case host.RetryAfterError:
					if !isLater || later.After < time.Second || errors.Is(err, host.ErrPermanent) {
						t.Errorf("%v", err)
					}
				case nil:
					if isLater || errors.Is(err, host.ErrPermanent) || errors.Is(err, host.ErrCitizenLeft) {
						t.Errorf("%v", err)
					}
				default:
					if !errors.Is(err, want) || isLater {
						t.Errorf("%v, want %v", err, want)
					}
				}
				if n := len(w.vk.made("messages.send")); n > 3 {
					t.Errorf("%d calls", n)
				}
			})
		})
	}
	for name, m := range map[string]host.Outgoing{
		"peer":  {Conversation: 1, Seq: 1, Peer: host.Peer{Channel: Channel, ID: "x"}, Body: []byte(`{"text":"x"}`)},
		"chat":  {Conversation: 1, Seq: 1, Peer: host.Peer{Channel: Channel, ID: "-5"}, Body: []byte(`{"text":"x"}`)},
		"body":  {Conversation: 1, Seq: 1, Peer: host.Peer{Channel: Channel, ID: "5"}, Body: []byte(`{`)},
		"parts": outgoing(1, 1, 5, textMessage(strings.Repeat("слово ", 60_000))),
	} {
		if err := newWorld(t, nil).Send(t.Context(), m); !errors.Is(err, host.ErrPermanent) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTransportTroubleOfSending(t *testing.T) {
	for name, fault := range map[string]any{"502": "<html>", "reset": failure{}, "answer lost": failure{after: true}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, nil)
				m := outgoing(1, 1, 5, textMessage(strings.Repeat("слово ", 2000))) // three parts
				n := 0
				w.vk.fault = func(c called) any {
					if n++; n%2 == 0 {
						return fault
					}
					return nil
				}
				tries := 0
				for err := errors.New("first"); err != nil; tries++ {
					err = w.SendParts(t.Context(), m, func(parts int) { m.Parts = parts })
					var later host.RetryAfterError
					if errors.Is(err, host.ErrPermanent) || errors.As(err, &later) || tries > 10 {
						t.Fatal(err)
					}
				}
				if got := len(w.vk.messages()); got != 3 {
					t.Errorf("%d messages arrived", got)
				}
				if strings.Join(strings.Fields(joined(w.vk.messages())), "") != strings.Repeat("слово", 2000) {
					t.Error("words are lost or doubled")
				}
			})
		})
	}
}

// After a crash the whole message is sent again: VK knows the parts that it has.
func TestSendingAgainAfterACrash(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		m := outgoing(1, 1, 5, textMessage(strings.Repeat("слово ", 2000)))
		for range 3 {
			if err := w.Send(t.Context(), m); err != nil {
				t.Fatal(err)
			}
			w.build(nil)
		}
		if len(w.vk.messages()) != 3 || len(w.vk.made("messages.send")) != 9 {
			t.Errorf("%d messages, %d calls", len(w.vk.messages()), len(w.vk.made("messages.send")))
		}
	})
}

func TestRefusedKeyboardBecomesAList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		w.vk.fault = func(c called) any {
			if c.values.Get("keyboard") != "" {
				return &vkError{911}
			}
			return nil
		}
		m := engine.Message{Text: "Что дальше?", Buttons: []engine.Button{{Label: "Да", Payload: "y"}, {Label: "Нет", Payload: "n"}}}
		if err := w.Send(t.Context(), outgoing(1, 1, 5, m)); err != nil {
			t.Fatal(err)
		}
		if got := joined(w.vk.messages()); got != "Что дальше?\n\n1. Да\n2. Нет" {
			t.Errorf("%q", got)
		}
	})
}

// Five hundred messages at once, live dialogues among them: VK's 20 a second are never passed, and nothing is slow
// without need.
func TestRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		begun := time.Now()
		done := make(chan error)
		for i := range 500 {
			go func() { done <- w.Send(t.Context(), outgoing(int64(i), 1, int64(i+1), textMessage("x"))) }()
		}
		for range 500 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		perSecond := map[int64]int{}
		for _, c := range w.vk.made("messages.send") {
			perSecond[c.at.Unix()]++
		}
		for s, n := range perSecond {
			if n > 20 {
				t.Errorf("%d calls in second %d", n, s)
			}
		}
		if took := time.Since(begun); took > 35*time.Second {
			t.Errorf("500 messages took %v", took)
		}
	})
}

// Who is in a dialogue does not wait for a broadcast.
func TestLiveDialoguesGoFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		w.start()
		synctest.Wait()
		w.vk.say(5, 1, "hello")
		synctest.Wait()
		done := make(chan error, 300)
		for i := range 300 {
			go func() {
				done <- w.Send(t.Context(), outgoing(int64(100+i), 1, int64(100+i), textMessage("Рассылка")))
			}()
		}
		time.Sleep(time.Second)
		begun := time.Now()
		if err := w.Send(t.Context(), outgoing(1, 1, 5, textMessage("hello"))); err != nil || time.Since(begun) > 200*time.Millisecond {
			t.Errorf("%v, a live reply waited %v", err, time.Since(begun))
		}
		for range 300 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		w.stop()
	})
}

func TestTooManyIsTriedAgainWithinASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		n := 0
		w.vk.fault = func(called) any {
			if n++; n <= 2 {
				return &vkError{6}
			}
			return nil
		}
		begun := time.Now()
		if err := w.Send(t.Context(), outgoing(1, 1, 5, textMessage("x"))); err != nil || time.Since(begun) > time.Second || n != 3 {
			t.Errorf("%v after %v and %d calls", err, time.Since(begun), n)
		}
	})
}

func TestTyping(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(c *Config) { c.Typing = true })
		w.start()
		synctest.Wait()
		time.Sleep(time.Second)
		w.vk.say(5, 1, "hello")
		time.Sleep(time.Second)
		if c := w.vk.made("messages.setActivity"); len(c) != 1 || c[0].values.Get("peer_id") != "5" {
			t.Errorf("%v", c)
		}
		for i := range 100 {
			w.vk.say(5, int64(i+2), "hello")
		}
		time.Sleep(time.Second)
		w.stop()
		if n := len(w.vk.made("messages.setActivity")); n > 10 {
			t.Errorf("%d calls were spent on showing that an answer is being written", n)
		}
	})
}
