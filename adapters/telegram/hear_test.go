package telegram

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"spravka/engine"
	"spravka/engine/host"
)

// in is what the host hears of an update, without the update's name.
type in struct {
	Peer   string
	Locale string
	Event  engine.Event
}

func (s *setting) ins() (out []in) {
	for _, i := range s.ear.Heard() {
		out = append(out, in{i.Peer.ID, i.Locale, i.Event})
	}
	return out
}

func TestHear(t *testing.T) {
	private := func(more string) string {
		return `{"update_id":ID,"message":{"message_id":9,"from":{"id":5,"language_code":"en-GB","first_name":"Пётр"},"chat":{"id":5,"type":"private"},` + more + `}}`
	}
	group := func(more string) string {
		return `{"update_id":ID,"message":{"message_id":9,"from":{"id":5,"first_name":"Пётр"},"chat":{"id":-100,"type":"supergroup"},` + more + `}}`
	}
	said := func(text string) []in { return []in{{"5", "en", engine.Said{Text: text}}} }
	pressed := func(payload string) []in { return []in{{"5", "en", engine.Pressed{Payload: payload}}} }
	inGroup := func(text string) []in { return []in{{"-100:5", "", engine.Said{Text: text}}} }
	for _, c := range []struct {
		name, body string
		want       []in
	}{
		{"words", private(`"text":" слова\u0000 "`), said("слова")},
		{"help", private(`"text":"/help me"`), pressed("~help")},
		{"menu", private(`"text":"/MENU@spravka_bot"`), pressed("~menu")},
		{"operator", private(`"text":"/operator"`), pressed("~human")},
		{"another bot's command", private(`"text":"/help@other_bot"`), said("/help@other_bot")},
		{"unknown command", private(`"text":"/fly"`), said("/fly")},
		{"only a slash", private(`"text":"/"`), said("/")},
		{"start", private(`"text":"/start"`), []in{{"5", "en", engine.Opened{}}}},
		{"start with a payload", private(`"text":"/start status"`), []in{{"5", "en", engine.Opened{}}, {"5", "en", engine.Pressed{Payload: "t:status"}}}},
		{"start with a strange payload", private(`"text":"/start nothing"`), []in{{"5", "en", engine.Opened{}}}},
		{"own contact", private(`"contact":{"phone_number":"7 (916) 123-45-67","first_name":"Пётр","user_id":5}`), said("+79161234567")},
		{"another's contact", private(`"contact":{"phone_number":"79161234567","first_name":"Иван","user_id":6}`), nil},
		{"contact without a number", private(`"contact":{"phone_number":"","first_name":"Пётр","user_id":5}`), nil},
		{"sticker", private(`"sticker":{"file_id":"x"}`), nil},
		{"video with words", private(`"video":{"file_id":"x"},"caption":"не открывается"`), said("не открывается")},
		{"a pinned message", private(`"pinned_message":{"text":"личное"}`), nil},
		{"press", `{"update_id":ID,"callback_query":{"id":"77","from":{"id":5},"message":{"message_id":3,"chat":{"id":5,"type":"private"},"date":0},"data":"o:a:b:c"}}`, []in{{"5", "", engine.Pressed{Payload: "o:a:b:c"}}}},
		{"long press", `{"update_id":ID,"callback_query":{"id":"77","from":{"id":5},"message":{"message_id":3,"chat":{"id":5,"type":"private"}},"data":"` + strings.Repeat("я", 40) + `"}}`, []in{{"5", "", engine.Pressed{Payload: strings.Repeat("я", 32)}}}},
		{"group: not meant", group(`"text":"всем привет"`), nil},
		{"group: a bare command", group(`"text":"/help","entities":[{"type":"bot_command","offset":0,"length":5}]`), nil},
		{"group: mentioned", group(`"text":"😀 @Spravka_bot где заявление?","entities":[{"type":"mention","offset":3,"length":12}]`), inGroup("😀  где заявление?")},
		{"group: another is mentioned", group(`"text":"@other_bot где?","entities":[{"type":"mention","offset":0,"length":10}]`), nil},
		{"group: mentioned by name", group(`"text":"Справка, где?","entities":[{"type":"text_mention","offset":0,"length":7,"user":{"id":123456}}]`), inGroup(", где?")},
		{"group: replied to", group(`"text":"да","reply_to_message":{"message_id":1,"from":{"id":123456,"is_bot":true}}`), inGroup("да")},
		{"group: replied to another", group(`"text":"да","reply_to_message":{"message_id":1,"from":{"id":6}}`), nil},
		{"group: a command for us", group(`"text":"/menu@Spravka_Bot","entities":[{"type":"bot_command","offset":0,"length":17}]`), []in{{"-100:5", "", engine.Pressed{Payload: "~menu"}}}},
		{"group: lying entities", group(`"text":"x","entities":[{"type":"mention","offset":-1,"length":3},{"type":"mention","offset":0,"length":2147483647},{"type":"mention","offset":9,"length":1}]`), nil},
		{"channel", `{"update_id":ID,"message":{"message_id":9,"from":{"id":5},"chat":{"id":-100,"type":"channel"},"text":"личное"}}`, nil},
		{"a private chat with a group's identifier", `{"update_id":ID,"message":{"message_id":9,"from":{"id":5},"chat":{"id":-100,"type":"private"},"text":"личное"}}`, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSetting(t, func(c *Config) {
					c.Start = func(_ host.Peer, payload string) (engine.Event, bool) {
						return engine.Pressed{Payload: "t:" + payload}, payload == "status"
					}
				})
				s.fake.push(c.body)
				s.run(func(context.Context) { time.Sleep(10 * time.Second) })
				if diff := cmp.Diff(c.want, s.ins()); diff != "" {
					t.Error(diff)
				}
				answered := s.fake.count("answerCallbackQuery")
				if want := strings.Count(c.body, "callback_query"); answered != want {
					t.Errorf("%d presses were answered, want %d", answered, want)
				}
			})
		})
	}
}

// What can't be taken in gets a kind word in the citizen's language, once.
func TestKindWords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSetting(t, nil)
		s.fake.push(`{"update_id":ID,"message":{"message_id":9,"from":{"id":5,"language_code":"en"},"chat":{"id":5,"type":"private"},"voice":{"file_id":"x"}}}`)
		s.fake.push(`{"update_id":ID,"message":{"message_id":9,"from":{"id":6},"chat":{"id":6,"type":"private"},"contact":{"phone_number":"1","user_id":7}}}`)
		s.run(func(context.Context) { time.Sleep(10 * time.Second) })
		var got []string
		for _, m := range s.fake.out() {
			got = append(got, m.chat+" "+m.text)
		}
		want := []string{"5 " + words["en"]["kind"], "6 " + words["ru"]["contact"]}
		if diff := cmp.Diff(want, got, sorted); diff != "" {
			t.Error(diff)
		}
	})
}

// Edits and blocks are events like any other, and told again if storing failed.
func TestEditedAndBlocked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		s := newSetting(t, nil)
		s.ear.Fail(func(in host.Inbound) error {
			if tries++; tries < 3 {
				return errors.New("disk full")
			}
			return nil
		})
		s.fake.push(`{"update_id":ID,"message":{"message_id":3,"from":{"id":1},"chat":{"id":1,"type":"private"},"text":"ошибка"}}`)
		s.fake.push(`{"update_id":ID,"edited_message":{"message_id":3,"from":{"id":1},"chat":{"id":1,"type":"private"},"text":"исправлено"}}`)
		s.fake.push(`{"update_id":ID,"edited_message":{"message_id":3,"from":{"id":1},"chat":{"id":-5,"type":"group"},"text":"личное"}}`)
		for _, status := range []string{"kicked", "member", "restricted", "of a future kind"} {
			s.fake.push(`{"update_id":ID,"my_chat_member":{"from":{"id":1},"chat":{"id":1,"type":"private"},"new_chat_member":{"status":"` + status + `"}}}`)
		}
		s.run(func(context.Context) { time.Sleep(time.Minute) })
		want := []in{{Peer: "1", Event: engine.Said{Text: "ошибка"}}, {Peer: "1", Event: engine.Edited{Message: "3", Text: "исправлено"}}, {Peer: "1", Event: engine.Reachable{}}, {Peer: "1", Event: engine.Reachable{Yes: true}}}
		if diff := cmp.Diff(want, s.ins()); diff != "" {
			t.Error(diff)
		}
		if m := s.ear.Heard()[0].Message; m != "3" {
			t.Errorf("the message is called %q", m)
		}
		if n := s.tally.of(CountSkipped); n != 3 {
			t.Errorf("%d were skipped", n)
		}
	})
}

// A press is answered though the turn takes long, and a turn does not wait for the answer.
func TestPressIsAnsweredAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSetting(t, nil)
		s.ear.Fail(func(host.Inbound) error { time.Sleep(20 * time.Second); return nil })
		begin := time.Now()
		s.fake.push(`{"update_id":ID,"callback_query":{"id":"77","from":{"id":5},"message":{"message_id":3,"chat":{"id":5,"type":"private"}},"data":"x"}}`)
		s.run(func(context.Context) {
			time.Sleep(time.Second)
			if n := s.fake.count("answerCallbackQuery"); n != 1 || time.Since(begin) > 2*time.Second {
				t.Errorf("answered %d times", n)
			}
			s.fake.setTrouble(func(method string, _ map[string]string) *trouble {
				if method == "answerCallbackQuery" {
					return &trouble{hang: true}
				}
				return nil
			})
			s.ear.Fail(nil)
			time.Sleep(time.Minute)
			for range 200 {
				s.fake.push(`{"update_id":ID,"callback_query":{"id":"78","from":{"id":5},"message":{"message_id":3,"chat":{"id":5,"type":"private"}},"data":"x"}}`)
			}
			time.Sleep(5 * time.Second)
			if n := len(s.ear.Heard()); n != 201 {
				t.Errorf("%d presses of 201 were heard while answers hang", n)
			}
		})
		if n := s.tally.of(CountUnheard); n != 200 {
			t.Errorf("%d presses were counted as unanswered, want 200", n)
		}
	})
}
