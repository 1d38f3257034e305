package telegram

import (
	"context"
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

// What can't be read, or breaks what handles it, is passed by and logged without a word of the citizen's.
func TestPoison(t *testing.T) {
	from := `"from":{"id":1,"is_bot":false,"first_name":"Пётр"},"chat":{"id":1,"type":"private"}`
	poison := map[string]string{
		"text is a number":      `{"update_id":ID,"message":{"message_id":1,` + from + `,"text":5}}`,
		"chat is a text":        `{"update_id":ID,"message":{"message_id":1,"chat":"личное"}}`,
		"message is a list":     `{"update_id":ID,"message":["личное"]}`,
		"message is null":       `{"update_id":ID,"message":null}`,
		"nothing":               `{"update_id":ID}`,
		"future kind":           `{"update_id":ID,"telepathy":{"thought":"личное"}}`,
		"identifier of a chat":  `{"update_id":ID,"message":{"message_id":1,"from":{"id":1},"chat":{"id":1e40,"type":"private"},"text":"личное"}}`,
		"no sender":             `{"update_id":ID,"message":{"message_id":1,"chat":{"id":1,"type":"private"},"text":"личное"}}`,
		"no chat":               `{"update_id":ID,"message":{"message_id":1,"from":{"id":1},"text":"личное"}}`,
		"chat of a future kind": `{"update_id":ID,"message":{"message_id":1,"from":{"id":1},"chat":{"id":1,"type":"galaxy"},"text":"личное"}}`,
		"a bot":                 `{"update_id":ID,"message":{"message_id":1,"from":{"id":1,"is_bot":true},"chat":{"id":1,"type":"private"},"text":"личное"}}`,
		"press without message": `{"update_id":ID,"callback_query":{"id":"7","from":{"id":1},"data":"личное"}}`,
		"press is a text":       `{"update_id":ID,"callback_query":"личное"}`,
		"photo is an object":    `{"update_id":ID,"message":{"message_id":1,` + from + `,"photo":{"file_id":"личное"}}}`,
		"empty photo":           `{"update_id":ID,"message":{"message_id":1,` + from + `,"photo":[]}}`,
		"it breaks the host":    `{"update_id":ID,"message":{"message_id":1,` + from + `,"text":"личное: паника"}}`,
		"deep":                  `{"update_id":ID,"message":{"message_id":1,` + from + `,"extra":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + `}}`,
	}
	for name, body := range poison {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var kept []string
				s := newSetting(t, func(c *Config) {
					c.Keep = func(update string, raw []byte) { kept = append(kept, update+" "+string(raw)) }
				})
				s.ear.Fail(func(in host.Inbound) error {
					if e, ok := in.Event.(engine.Said); ok && strings.Contains(e.Text, "паника") {
						panic(e.Text[:0] + "broken")
					}
					return nil
				})
				s.run(func(context.Context) {
					s.fake.say(1, "до")
					s.fake.push(body)
					s.fake.say(1, "после")
					time.Sleep(time.Minute)
				})
				if diff := cmp.Diff(map[string][]string{"1": {"до", "после"}}, s.ear.Texts()); diff != "" {
					t.Error(diff)
				}
				if s.tally.of(CountPoison)+s.tally.of(CountSkipped) != 1 {
					t.Errorf("counted %v", s.tally.counts())
				}
				if n := s.fake.waiting(); n != 0 {
					t.Errorf("%d updates are not confirmed", n)
				}
				if len(kept) != s.tally.of(CountPoison) || len(kept) == 1 && !strings.Contains(kept[0], body[len(`{"update_id":ID`):]) {
					t.Errorf("kept: %.300q", kept)
				}
			})
		})
	}
}

// Fields of a future kind within an update don't keep a citizen's words from being heard.
func TestFutureFields(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSetting(t, nil)
		s.run(func(context.Context) {
			s.fake.push(`{"update_id":ID,"message":{"message_id":1,"from":{"id":1},"chat":{"id":1,"type":"private"},"text":"слово","forward_origin":{"type":"from_the_moon"},"reactions":[1,2],"entities":[{"type":"rainbow","offset":-5,"length":99}]}}`)
			time.Sleep(time.Second)
		})
		if diff := cmp.Diff(map[string][]string{"1": {"слово"}}, s.ear.Texts()); diff != "" {
			t.Error(diff)
		}
	})
}

// One update that can't be stored while others can is given up in the end.
func TestGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kept []string
		s := newSetting(t, func(c *Config) { c.Keep = func(_ string, raw []byte) { kept = append(kept, string(raw)) } })
		s.ear.Fail(func(in host.Inbound) error {
			if in.Peer.ID == "1" {
				return errors.New("too large for the store")
			}
			return nil
		})
		s.run(func(context.Context) {
			s.fake.say(1, "личное")
			for i := range 300 {
				s.fake.say(2, fmt.Sprint(i))
				time.Sleep(time.Second)
			}
		})
		if s.tally.of(CountGivenUp) != 1 || s.fake.waiting() != 0 {
			t.Errorf("counted %v, %d wait", s.tally.counts(), s.fake.waiting())
		}
		if len(kept) != 1 || !strings.Contains(kept[0], "личное") {
			t.Errorf("kept: %q", kept)
		}
		if n := len(s.ear.Texts()["2"]); n != 300 {
			t.Errorf("the other chat was heard %d times of 300", n)
		}
	})
}

// An update without an identifier can't be confirmed: the others are, and Telegram is not hammered.
func TestNoIdentifier(t *testing.T) {
	for _, body := range []string{`{"message":{}}`, `{"update_id":"7"}`, `{"update_id":-5}`, `{"update_id":99999999999999999999}`, `[]`, `7`, `null`} {
		synctest.Test(t, func(t *testing.T) {
			var kept []string
			s := newSetting(t, func(c *Config) { c.Keep = func(update string, raw []byte) { kept = append(kept, update+string(raw)) } })
			s.run(func(context.Context) {
				time.Sleep(time.Second)
				s.fake.push(body)
				time.Sleep(5 * time.Minute)
				if n := s.fake.count("getUpdates"); n > 60 {
					t.Errorf("%s: Telegram was asked %d times in 5 minutes", body, n)
				}
				s.fake.say(1, "слово")
				time.Sleep(time.Minute)
			})
			if diff := cmp.Diff(map[string][]string{"1": {"слово"}}, s.ear.Texts()); diff != "" {
				t.Errorf("%s: %s", body, diff)
			}
			if len(kept) != 1 || kept[0] != body { // once, however often it came
				t.Errorf("%s: kept %q", body, kept)
			}
		})
	}
}

// An update larger than any answer may be is found by its identifier and passed by.
func TestMonster(t *testing.T) {
	if err := tooLarge(make([]byte, 5000), 100); !errors.Is(err, errTooLarge) {
		t.Errorf("of many updates: %v", err)
	}
	body := append([]byte(`{"ok":true,"result":[{"update_id": 77,"message":{"text":"`), make([]byte, 5000)...)
	err := tooLarge(body, 1)
	if !isMonster(err) {
		t.Fatalf("of one update: %v", err)
	}
	var kept []byte
	s := newSetting(t, func(c *Config) { c.Keep = func(_ string, raw []byte) { kept = raw } })
	w := &window{jobs: map[int64]*job{}}
	s.bot.passBy(w, err)
	if !strings.HasPrefix(string(kept), `{"ok":true,"result":[{"update_id": 77`) {
		t.Errorf("kept %.80q", kept)
	}
	if w.offset != 78 || s.tally.of(CountPoison) != 1 {
		t.Errorf("the offset is %d, counted %v", w.offset, s.tally.counts())
	}
	if err := tooLarge(make([]byte, 5000), 1); err == nil || isMonster(err) {
		t.Errorf("without an identifier: %v", err)
	}
}

func TestSkeleton(t *testing.T) {
	got := skeleton([]byte(`{"update_id":7,"message":{"text":"личное","Ключ":null,"list":[1,"я",true,{}]},"x":"y"}`))
	want := `{update_id:number message:{text:text12 ?:null list:[number text2 bool {}]}x:text1 }`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for _, broken := range []string{"", "{", `{"a":`, "]", strings.Repeat(`{"a":`, 10000), `["` + strings.Repeat("я", 10000)} {
		if s := skeleton([]byte(broken)); len(s) > 2000 || strings.Contains(s, "я") {
			t.Errorf("%.20q: %.100q", broken, s)
		}
	}
}
