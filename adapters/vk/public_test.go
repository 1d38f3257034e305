package vk

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func comment(id, from int64, text string) string {
	return fmt.Sprintf(`{"id":%d,"from_id":%d,"post_id":3,"post_owner_id":-1001,"owner_id":-1001,"date":1,"text":%s}`, id, from, quote(text))
}

func TestComments(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		asked := []string{}
		w := newWorld(t, func(c *Config) {
			c.PublicAnswer = func(text string) string {
				mu.Lock()
				asked = append(asked, text)
				mu.Unlock()
				if text == "молчи" {
					return ""
				}
				return strings.Repeat("Ответ. ", 300)
			}
		})
		w.start()
		synctest.Wait()
		w.vk.event("wall_reply_new", comment(10, 5, "Где паспорт? Иванов Иван 4510 123456"))
		w.vk.event("wall_reply_new", comment(11, -1001, "наш ответ"))
		w.vk.event("wall_reply_new", comment(12, -7, "чужое сообщество"))
		w.vk.event("wall_reply_new", comment(13, 5, "молчи"))
		w.vk.event("wall_reply_new", comment(14, 5, ""))
		w.vk.event("wall_reply_new", strings.Replace(comment(15, 5, "чужая стена"), "-1001", "-2002", 1))
		w.vk.raw(w.vk.events[0])
		time.Sleep(time.Minute)
		w.stop()
		if len(asked) != 2 || len(w.host.list()) != 0 {
			t.Errorf("asked %q, %d handed over", asked, len(w.host.list()))
		}
		made := w.vk.made("wall.createComment")
		if len(made) != 1 {
			t.Fatalf("%d answers", len(made))
		}
		v := made[0].values
		if n := len([]rune(v.Get("message"))); n > maxPublic || v.Get("reply_to_comment") != "10" || v.Get("post_id") != "3" || v.Get("owner_id") != "-1001" || v.Get("from_group") != "1001" || v.Get("guid") == "" {
			t.Errorf("%v", v)
		}
		first := v.Get("guid")
		w.cursor.ts = "0" // after a restart VK is told the same again, and knows it
		w.start()
		time.Sleep(time.Minute)
		w.stop()
		w.build(func(c *Config) { c.PublicAnswer = func(string) string { return "Ответ." } })
		w.cursor.ts = "0"
		w.start()
		time.Sleep(time.Minute)
		w.stop()
		for _, c := range w.vk.made("wall.createComment") {
			if c.values.Get("reply_to_comment") == "10" && c.values.Get("guid") != first {
				t.Errorf("the same answer has another name: %v", c.values)
			}
		}
	})
}

// An answer that VK does not take must not hold up the rest.
func TestCommentsInTrouble(t *testing.T) {
	for name, fault := range map[string]any{"refused": &vkError{15}, "down": &vkError{10}, "reset": failure{}, "flood": &vkError{9}, "token": &vkError{5}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, func(c *Config) { c.PublicAnswer = func(string) string { return "Ответ." } })
				w.vk.fault = func(c called) any {
					if c.method == "wall.createComment" {
						return fault
					}
					return nil
				}
				w.start()
				synctest.Wait()
				w.vk.event("wall_reply_new", comment(10, 5, "Где?"))
				w.vk.say(5, 1, "hello")
				time.Sleep(5 * time.Minute)
				w.stop()
				if len(w.host.texts(5)) != 1 || w.cursor.now() != "2" || len(w.vk.made("wall.createComment")) > 4 {
					t.Errorf("heard %v, cursor %s, %d tries", w.host.texts(5), w.cursor.now(), len(w.vk.made("wall.createComment")))
				}
			})
		})
	}
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
				if asked != want || (told == "Напишите нам.") != (want != "") || len(w.host.list()) != 0 {
					t.Errorf("asked %q, told %q", asked, told)
				}
			})
		})
	}
	synctest.Test(t, func(t *testing.T) { // a reply to us, and no words for the public: the invitation
		w := newWorld(t, nil)
		w.host.fail = nil
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
