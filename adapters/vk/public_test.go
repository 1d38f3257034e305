package vk

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"spravka/engine"
	"spravka/engine/host"
)

func comment(id, from int64, text string) string {
	return fmt.Sprintf(`{"id":%d,"from_id":%d,"post_id":3,"post_owner_id":-1001,"owner_id":-1001,"date":1,"text":%s}`, id, from, quote(text))
}

func TestComments(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(c *Config) { c.Comments = true })
		w.start()
		synctest.Wait()
		w.vk.event("wall_reply_new", comment(10, 5, "Где паспорт?"))
		w.vk.event("wall_reply_new", comment(11, -1001, "наш ответ"))
		w.vk.event("wall_reply_new", comment(12, -7, "чужое сообщество"))
		w.vk.event("wall_reply_new", comment(14, 5, ""))
		w.vk.event("wall_reply_new", strings.Replace(comment(15, 5, "чужая стена"), "-1001", "-2002", 1))
		w.vk.raw(w.vk.events[0])
		time.Sleep(time.Minute)
		w.stop()
		w.cursor.ts = "0" // after a restart VK tells the same again
		w.start()
		time.Sleep(time.Minute)
		w.stop()
		want := []host.Inbound{{Peer: host.Peer{Channel: WallChannel, ID: "3_10"}, Update: "wall:3_10", Event: engine.Commented{Text: "Где паспорт?"}}}
		if diff := cmp.Diff(want, w.host.Heard()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestCommentsAreAnsweredBelowThePost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(c *Config) { c.Comments = true })
		w.start()
		synctest.Wait()
		send := func(peer string, m engine.Message) error {
			body, err := json.Marshal(m)
			if err != nil {
				t.Fatal(err)
			}
			return w.Wall().Send(t.Context(), host.Outgoing{Conversation: 7, Seq: 2, Peer: host.Peer{Channel: WallChannel, ID: peer}, Body: body})
		}
		if err := send("3_10", engine.Message{Text: strings.Repeat("**Ответ.** ", 300), Buttons: []engine.Button{{Label: "Меню", Payload: "~menu"}}}); err != nil {
			t.Fatal(err)
		}
		made := w.vk.made("wall.createComment")
		if len(made) != 1 {
			t.Fatalf("%d answers", len(made))
		}
		v := made[0].values
		if n := len([]rune(v.Get("message"))); n > maxPublic || strings.Contains(v.Get("message"), "*") || v.Get("reply_to_comment") != "10" || v.Get("post_id") != "3" ||
			v.Get("owner_id") != "-1001" || v.Get("from_group") != "1001" || v.Get("guid") != "spravka-3-10-2" {
			t.Errorf("%v", v)
		}
		for _, err := range []error{send("310", engine.Message{Text: "x"}), send("3_10", engine.Message{})} {
			if !errors.Is(err, host.ErrPermanent) {
				t.Errorf("%v, want a permanent error", err)
			}
		}
		w.vk.fault = func(c called) any { return &vkError{15} }
		if err := send("3_10", engine.Message{Text: "x"}); !errors.Is(err, host.ErrPermanent) && !errors.Is(err, host.ErrCitizenLeft) {
			t.Errorf("refused: %v, want a permanent error", err)
		}
		w.stop()
	})
}

func TestChats(t *testing.T) {
	const chat = 2000000001
	for text, want := range map[string]string{
		"[club1001|@spravka] где паспорт?":   "где паспорт?",
		"[public1001|Справка], где паспорт?": "где паспорт?",
		"@club1001 где паспорт?":             "где паспорт?",
		"@club1001 (Справка), где паспорт?":  "где паспорт?",
		"где паспорт, [club1001|Справка]?":   "где паспорт, ?",
		"[club10012|Другие] где паспорт?":    "",
		"@club10012 где паспорт?":            "",
		"где паспорт?":                       "",
	} {
		t.Run(text, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				asked := ""
				w := newWorld(t, func(c *Config) {
					c.PublicAnswer = func(text string) string { asked = text; return "Напишите нам." }
				})
				w.start()
				synctest.Wait()
				w.vk.event("message_new", message(chat, 1, text, ""))
				time.Sleep(time.Minute)
				w.stop()
				told := joined(w.vk.messages())
				if asked != want || (told == "Напишите нам.") != (want != "") || len(w.host.Heard()) != 0 {
					t.Errorf("asked %q, told %q", asked, told)
				}
			})
		})
	}
	synctest.Test(t, func(t *testing.T) { // a reply to us, and no words for the public: the invitation
		w := newWorld(t, nil)
		w.host.Fail(nil)
		w.start()
		synctest.Wait()
		w.vk.event("message_new", message(chat, 1, "а где?", `,"reply_message":{"from_id":-1001,"text":"x"}`))
		w.vk.event("message_new", message(chat, 2, "а где?", `,"reply_message":{"from_id":5,"text":"x"}`))
		time.Sleep(time.Minute)
		w.stop()
		if got := joined(w.vk.messages()); got != words("ru").invite+"https://vk.me/club1001" {
			t.Errorf("%q", got)
		}
	})
}

func TestNoticesThatNobodyWants(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		w.vk.fault = func(c called) any {
			if c.method == "messages.send" {
				return &vkError{901}
			}
			return nil
		}
		w.start()
		synctest.Wait()
		w.vk.event("message_new", withFiles("", `{"type":"sticker"}`))
		time.Sleep(time.Minute)
		w.stop()
		if w.cursor.now() != "1" || len(w.vk.made("messages.send")) != 1 {
			t.Errorf("cursor %s, %d tries", w.cursor.now(), len(w.vk.made("messages.send")))
		}
	})
}
