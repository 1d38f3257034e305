package vk

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"spravka/engine"
	"spravka/engine/host"
)

func TestUpdatesBecomeEvents(t *testing.T) {
	for name, c := range map[string]struct {
		kind, object string
		want         engine.Event // nil: nothing is handed over
	}{
		"text":                   {kind: "message_new", object: message(5, 1, " где паспорт? ", ""), want: engine.Said{Text: "где паспорт?"}},
		"start button":           {kind: "message_new", object: message(5, 1, "Начать", `,"payload":"{\"command\":\"start\"}"`), want: engine.Opened{}},
		"start button, object":   {kind: "message_new", object: message(5, 1, "Go", `,"payload":{"command":"start"}`), want: engine.Opened{}},
		"word":                   {kind: "message_new", object: message(5, 1, "НАЧАТЬ", ""), want: engine.Opened{}},
		"/start":                 {kind: "message_new", object: message(5, 1, "/start from-site", ""), want: engine.Opened{}},
		"/start alone":           {kind: "message_new", object: message(5, 1, "/start", ""), want: engine.Opened{}},
		"/help":                  {kind: "message_new", object: message(5, 1, "/help", ""), want: engine.Pressed{Payload: "~help"}},
		"text button":            {kind: "message_new", object: message(5, 1, "Паспорт", `,"payload":"{\"p\":\"t:passport\"}"`), want: engine.Pressed{Payload: "t:passport"}},
		"foreign payload":        {kind: "message_new", object: message(5, 1, "привет", `,"payload":"{\"x\":1}"`), want: engine.Said{Text: "привет"}},
		"broken payload":         {kind: "message_new", object: message(5, 1, "привет", `,"payload":"{"`), want: engine.Said{Text: "привет"}},
		"payload of a liar":      {kind: "message_new", object: message(5, 1, "привет", `,"payload":"{\"p\":\"`+strings.Repeat("x", 300)+`\"}"`), want: engine.Said{Text: "привет"}},
		"payload in Cyrillic":    {kind: "message_new", object: message(5, 1, "привет", `,"payload":"{\"p\":\"ж\"}"`), want: engine.Said{Text: "привет"}},
		"link with a preview":    {kind: "message_new", object: strings.Replace(message(5, 1, "вот", ""), `"attachments":[]`, `"attachments":[{"type":"link","link":{}}]`, 1), want: engine.Said{Text: "вот"}},
		"callback button":        {kind: "message_event", object: `{"user_id":5,"peer_id":5,"event_id":"e","payload":{"p":"o:f:s:yes"}}`, want: engine.Pressed{Payload: "o:f:s:yes"}},
		"callback of old":        {kind: "message_event", object: `{"user_id":5,"peer_id":5,"event_id":"e","payload":{"old":1}}`, want: engine.Pressed{}},
		"callback, no payload":   {kind: "message_event", object: `{"user_id":5,"peer_id":5,"event_id":"e"}`, want: engine.Pressed{}},
		"our own message":        {kind: "message_new", object: strings.Replace(message(5, 1, "x", ""), `"out":0`, `"out":1`, 1)},
		"of a community":         {kind: "message_new", object: strings.Replace(message(5, 1, "x", ""), `"from_id":5`, `"from_id":-7`, 1)},
		"chat, not mentioned":    {kind: "message_new", object: message(2000000001, 1, "x", "")},
		"chat, notice":           {kind: "message_new", object: message(2000000001, 1, "", `,"action":{"type":"chat_invite_user"}`)},
		"press in a chat":        {kind: "message_event", object: `{"user_id":5,"peer_id":2000000001,"event_id":"e","payload":{"p":"~menu"}}`},
		"kind that we don't use": {kind: "group_join", object: `{"user_id":5}`},
		"future kind":            {kind: "hologram_new", object: `"?"`},
		"allowed":                {kind: "message_allow", object: `{"user_id":5,"key":""}`, want: engine.Reachable{Yes: true}},
		"denied":                 {kind: "message_deny", object: `{"user_id":5}`, want: engine.Reachable{}},
		"edit":                   {kind: "message_edit", object: `{"peer_id":5,"from_id":5,"out":0,"conversation_message_id":7,"text":" иначе "}`, want: engine.Edited{Message: "7", Text: "иначе"}},
		"edit, wrapped":          {kind: "message_edit", object: message(5, 7, "иначе", ""), want: engine.Edited{Message: "7", Text: "иначе"}},
		"edit of ours":           {kind: "message_edit", object: `{"peer_id":5,"from_id":-1001,"out":1,"conversation_message_id":7,"text":"x"}`},
		"edit in a chat":         {kind: "message_edit", object: `{"peer_id":2000000001,"from_id":5,"conversation_message_id":7,"text":"x"}`},
		"edit of nothing known":  {kind: "message_edit", object: `{"peer_id":5,"from_id":5,"text":"x"}`},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, nil)
				w.start()
				synctest.Wait()
				id := w.vk.event(c.kind, c.object)
				synctest.Wait()
				w.stop()
				var want []host.Inbound
				if c.want != nil {
					in := host.Inbound{Peer: host.Peer{Channel: "vk", ID: "5"}, Update: "1001:" + id, Event: c.want}
					if c.kind == "message_new" {
						in.Locale, in.Message = "ru", "1"
					}
					want = []host.Inbound{in}
				}
				if diff := cmp.Diff(want, w.host.Heard()); diff != "" {
					t.Error(diff)
				}
				if w.cursor.now() != "1" {
					t.Errorf("the cursor is at %q", w.cursor.now())
				}
			})
		})
	}
}

// Every field of an update is missing, of a wrong type, huge: the next update is handled all the same, the log has no
// word of a citizen, and the cursor moves on.
func TestBadUpdatesArePassedBy(t *testing.T) {
	huge := quote(strings.Repeat("ы", 400_000))
	wrong := []string{"null", "true", "-1", "1e99", `"x"`, `""`, "[]", "{}", `[[[[[1]]]]]`, huge}
	var bad []string
	for _, value := range append(wrong, "") {
		envelope := map[string]string{"type": `"message_new"`, "object": message(5, 9, "тайна", ""), "group_id": "1001", "event_id": `"bad"`}
		for field := range envelope {
			bad = append(bad, jsonOf(envelope, field, value))
		}
		fields := map[string]string{"peer_id": "5", "from_id": "5", "out": "0", "text": `"тайна"`, "conversation_message_id": "9", "payload": `"{}"`,
			"attachments": "[]", "fwd_messages": "[]", "reply_message": "{}", "action": "{}"}
		for field := range fields {
			bad = append(bad, envelop("message_new", `{"message":`+jsonOf(fields, field, value)+`,"client_info":{}}`))
		}
		bad = append(bad, envelop("message_new", jsonOf(map[string]string{"message": `{"peer_id":5,"text":"тайна"}`, "client_info": "{}"}, "client_info", value)))
		bad = append(bad, envelop("message_new", jsonOf(map[string]string{"message": `{"peer_id":5,"text":"тайна"}`}, "message", value)))
		press := map[string]string{"user_id": "5", "peer_id": "5", "event_id": `"e"`, "payload": `{"p":"x"}`, "conversation_message_id": "1"}
		for field := range press {
			bad = append(bad, envelop("message_event", jsonOf(press, field, value)))
		}
		comment := map[string]string{"id": "1", "from_id": "5", "post_id": "1", "post_owner_id": "-1001", "text": `"тайна"`, "deleted": "false"}
		for field := range comment {
			bad = append(bad, envelop("wall_reply_new", jsonOf(comment, field, value)))
		}
		for _, kind := range []string{"message_allow", "message_deny"} {
			bad = append(bad, envelop(kind, jsonOf(map[string]string{"user_id": "5"}, "user_id", value)))
		}
		attached := value
		if attached == "" {
			attached = `{"type":"photo"}`
		}
		for _, a := range []string{attached, `{"type":` + attached + `}`, `{"type":"photo","photo":` + attached + `}`, `{"type":"photo","photo":{"sizes":` + attached + `}}`,
			`{"type":"doc","doc":` + attached + `}`, `{"type":"doc","doc":{"url":` + attached + `}}`} {
			bad = append(bad, envelop("message_new", `{"message":{"peer_id":5,"text":"тайна","attachments":[`+a+`]}}`))
		}
	}
	bad = append(bad, wrong...)
	synctest.Test(t, func(t *testing.T) {
		kept := 0 // only the poller counts
		w := newWorld(t, func(c *Config) {
			c.Comments = true
			c.Keep = func(string, []byte) { kept++ }
		})
		w.start()
		synctest.Wait()
		for i, b := range bad {
			w.vk.raw(b)
			w.vk.say(6, int64(i+1), fmt.Sprint("ok ", i))
		}
		time.Sleep(20 * time.Minute) // notices of refused attachments go out at 16 a second
		got := w.heard(6)
		w.stop()
		var want []string
		for i := range bad {
			want = append(want, fmt.Sprint("ok ", i))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d of %d good updates were handled, or not in order", len(got), len(want))
		}
		if w.cursor.now() != fmt.Sprint(2*len(bad)) {
			t.Errorf("the cursor is at %s of %d", w.cursor.now(), 2*len(bad))
		}
		if strings.Contains(w.log.String(), "тайна") || strings.Contains(w.log.String(), "ыыы") {
			t.Error("the log repeats what a citizen wrote")
		}
		if kept < 50 {
			t.Errorf("only %d updates were kept", kept)
		}
		if n := w.raised(AlarmPassed); n != 0 {
			t.Errorf("%d panics", n)
		}
		t.Logf("%d bad updates, %d not understood, the others handled as far as they went", len(bad), kept)
	})
}

// jsonOf writes a JSON object with one field replaced; "" leaves it out.
func jsonOf(fields map[string]string, field, value string) string {
	var parts []string
	for name, v := range fields {
		if name == field {
			v = value
		}
		if v != "" {
			parts = append(parts, quote(name)+":"+v)
		}
	}
	slices.Sort(parts)
	return "{" + strings.Join(parts, ",") + "}"
}

var serial int

func envelop(kind, object string) string {
	serial++
	return fmt.Sprintf(`{"type":%q,"object":%s,"group_id":1001,"event_id":"made%d"}`, kind, object, serial)
}

func TestOrderWithinADialogueAndSpeedBetween(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		w.host.Fail(func(in host.Inbound) error {
			time.Sleep(100 * time.Millisecond) // a slow disk
			return nil
		})
		w.start()
		synctest.Wait()
		begun := time.Now()
		for i := range 50 {
			w.vk.say(int64(1+i%5), int64(i+1), fmt.Sprintf("%02d", i))
		}
		for len(w.host.Heard()) < 50 {
			time.Sleep(10 * time.Millisecond)
		}
		took := time.Since(begun)
		w.stop()
		for peer := range int64(5) {
			got := w.heard(peer + 1)
			if len(got) != 10 || !slices.IsSorted(got) {
				t.Errorf("dialogue %d: %v", peer+1, got)
			}
		}
		if took > 1100*time.Millisecond {
			t.Errorf("50 turns of 100 ms in 5 dialogues took %v: they were not side by side", took)
		}
	})
}

func TestCursorWaitsForEveryTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		release := make(chan struct{})
		w.host.Fail(func(in host.Inbound) error {
			if in.Peer.ID == "1" {
				<-release
			}
			return nil
		})
		w.start()
		synctest.Wait()
		w.vk.say(1, 1, "slow")
		synctest.Wait()
		for i := range 10 {
			w.vk.say(2, int64(i+1), "fast")
			synctest.Wait()
		}
		if got := len(w.heard(2)); got != 10 {
			t.Errorf("%d of 10 were handled behind a slow turn", got)
		}
		if w.cursor.now() != "0" {
			t.Errorf("the cursor went to %s before the first turn was stored", w.cursor.now())
		}
		close(release)
		synctest.Wait()
		if w.cursor.now() != "11" {
			t.Errorf("the cursor stays at %s", w.cursor.now())
		}
		w.stop()
	})
}

func TestStoreDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		down, tries := true, 0
		var mu sync.Mutex
		w.host.Fail(func(host.Inbound) error {
			mu.Lock()
			defer mu.Unlock()
			if down {
				tries++
				return errors.New("disk full")
			}
			return nil
		})
		w.start()
		synctest.Wait()
		for i := range 20 {
			w.vk.say(int64(1+i%4), int64(i+1), fmt.Sprintf("%02d", i))
		}
		time.Sleep(10 * time.Minute)
		mu.Lock()
		if tries > 4*100 {
			t.Errorf("%d tries in ten minutes", tries)
		}
		down = false
		mu.Unlock()
		if w.cursor.now() != "0" {
			t.Errorf("the cursor went to %s while nothing was stored", w.cursor.now())
		}
		time.Sleep(time.Minute)
		w.stop()
		for peer := range int64(4) {
			if got := w.heard(peer + 1); len(got) != 5 || !slices.IsSorted(got) {
				t.Errorf("dialogue %d: %v", peer+1, got)
			}
		}
		if w.cursor.now() != "20" || w.raised(AlarmPassed) != 0 {
			t.Errorf("cursor %s, alarms %v", w.cursor.now(), w.all())
		}
	})
}

// An update that can never be stored, or that makes us panic, is passed by once it is clear that it alone is to blame.
func TestPoisonIsPassedBy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		w.host.Fail(func(in host.Inbound) error {
			switch in.Peer.ID {
			case "1":
				return errors.New("the turn is wrong")
			case "2":
				panic("тайна")
			}
			return nil
		})
		w.start()
		synctest.Wait()
		w.vk.say(1, 1, "poison")
		w.vk.say(2, 1, "panic")
		for i := range 60 {
			w.vk.say(3, int64(i+1), "fine")
			time.Sleep(time.Second)
		}
		time.Sleep(time.Minute)
		w.stop()
		if got := len(w.heard(3)); got != 60 {
			t.Errorf("%d of 60 were handled", got)
		}
		if w.raised(AlarmPassed) != 2 || w.cursor.now() != "62" {
			t.Errorf("alarms %v, cursor %s", w.all(), w.cursor.now())
		}
		if strings.Contains(w.log.String(), "тайна") {
			t.Error("the log repeats what a citizen wrote")
		}
	})
}

func TestRepeatedUpdates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		w.start()
		synctest.Wait()
		w.vk.say(1, 1, "once")
		synctest.Wait()
		press := `{"type":"message_event","object":{"user_id":1,"peer_id":1,"event_id":"e","payload":{"p":"~menu"}},"group_id":1001,"event_id":"press"}`
		w.vk.raw(w.vk.events[0])
		w.vk.raw(press)
		w.vk.raw(press)
		time.Sleep(time.Second)
		w.stop()
		w.build(nil) // a new process knows nothing of the old one
		w.start()
		synctest.Wait()
		w.vk.raw(w.vk.events[0])
		w.vk.raw(press)
		time.Sleep(time.Second)
		w.stop()
		if got := len(w.host.Heard()); got != 2 {
			t.Errorf("%d turns for a message and a press", got)
		}
		if got := len(w.vk.made("messages.sendMessageEventAnswer")); got != 2 { // one in each process
			t.Errorf("the button was answered %d times", got)
		}
	})
}

func TestPressIsAnsweredWhileTheStoreIsBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		w.host.Fail(func(host.Inbound) error { time.Sleep(time.Hour); return nil })
		w.start()
		synctest.Wait()
		w.vk.event("message_event", `{"user_id":1,"peer_id":1,"event_id":"e1","payload":{"p":"~menu"}}`)
		w.vk.event("message_event", `{"user_id":1,"peer_id":1,"event_id":"e2","payload":{"p":"~menu"}}`)
		time.Sleep(time.Second)
		if got := len(w.vk.made("messages.sendMessageEventAnswer")); got != 2 {
			t.Errorf("%d of 2 presses were answered", got)
		}
		time.Sleep(3 * time.Hour)
		w.stop()
		if got := len(w.host.Heard()); got != 2 {
			t.Errorf("%d of 2 presses were handed over", got)
		}
	})
}
