package telegram

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// whole are updates with every field that the channel reads.
var whole = []string{
	`{"update_id":ID,"message":{"message_id":9,"date":1,"from":{"id":5,"is_bot":false,"first_name":"Пётр","language_code":"ru"},"chat":{"id":5,"type":"private","first_name":"Пётр"},"text":"/start личное","entities":[{"type":"bot_command","offset":0,"length":6}],"reply_to_message":{"message_id":1,"from":{"id":123456,"is_bot":true}}}}`,
	`{"update_id":ID,"message":{"message_id":9,"from":{"id":5},"chat":{"id":5,"type":"private"},"caption":"личное","caption_entities":[],"photo":[{"file_id":"F","file_unique_id":"u","width":1,"height":1,"file_size":9}]}}`,
	`{"update_id":ID,"message":{"message_id":9,"from":{"id":5},"chat":{"id":5,"type":"private"},"document":{"file_id":"F","file_unique_id":"u","file_name":"личное.pdf","mime_type":"application/pdf","file_size":9,"thumbnail":{"file_id":"T"}}}}`,
	`{"update_id":ID,"message":{"message_id":9,"from":{"id":5},"chat":{"id":5,"type":"private"},"contact":{"phone_number":"79161234567","first_name":"Пётр","user_id":5}}}`,
	`{"update_id":ID,"message":{"message_id":9,"from":{"id":5},"chat":{"id":-100,"type":"supergroup","title":"личное"},"text":"@Spravka_bot личное","entities":[{"type":"mention","offset":0,"length":12}],"migrate_to_chat_id":0}}`,
	`{"update_id":ID,"edited_message":{"message_id":9,"from":{"id":5},"chat":{"id":5,"type":"private"},"text":"личное"}}`,
	`{"update_id":ID,"callback_query":{"id":"77","from":{"id":5,"is_bot":false},"chat_instance":"1","message":{"message_id":3,"date":1,"chat":{"id":5,"type":"private"}},"data":"~menu"}}`,
	`{"update_id":ID,"my_chat_member":{"from":{"id":5},"chat":{"id":5,"type":"private"},"date":1,"old_chat_member":{"status":"member"},"new_chat_member":{"status":"kicked","user":{"id":123456}}}}`,
}

// wrong are values that a field may come with.
var wrong = []any{nil, true, -1, 0, 1.5, json.Number("99999999999999999999999"), "", "личное", strings.Repeat("личное ", 20000), []any{}, []any{1, "x"}, map[string]any{}, map[string]any{"id": "x"}}

// mutations returns the update with one field at a time left out, replaced, or joined by one of a future kind.
func mutations(v any) (out []any) {
	switch v := v.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			if k == "update_id" {
				continue
			}
			change := func(to any, keep bool) {
				m := maps.Clone(v)
				if delete(m, k); keep {
					m[k] = to
				}
				out = append(out, m)
			}
			change(nil, false)
			for _, w := range wrong {
				change(w, true)
			}
			for _, inner := range mutations(v[k]) {
				change(inner, true)
			}
		}
		m := maps.Clone(v)
		m["of_a_future_kind"] = map[string]any{"x": []any{1, 2}}
		out = append(out, m)
	case []any:
		for i := range v {
			for _, inner := range mutations(v[i]) {
				l := slices.Clone(v)
				l[i] = inner
				out = append(out, l)
			}
		}
	}
	return out
}

// Each field missing, wrong, huge or of a future kind: nothing breaks, nothing stalls, nothing gets into the log.
func TestEachField(t *testing.T) {
	for _, u := range whole {
		synctest.Test(t, func(t *testing.T) {
			var v any
			if err := json.Unmarshal([]byte(strings.ReplaceAll(u, "ID", "0")), &v); err != nil {
				t.Fatal(err)
			}
			s := newSetting(t, func(c *Config) { c.Limits = Limits{PerSecond: -1, Chat: -1} })
			s.fake.paths["F"], s.fake.files["d/1"] = "d/1", pdf
			all := mutations(v)
			for i, m := range all {
				m.(map[string]any)["update_id"] = "placeholder"
				data, err := json.Marshal(m)
				if err != nil {
					t.Fatal(err)
				}
				s.fake.push(strings.Replace(string(data), `"placeholder"`, "ID", 1))
				if i%50 == 0 {
					s.fake.say(1, fmt.Sprint(i))
				}
			}
			s.run(func(context.Context) { time.Sleep(30 * time.Minute) })
			if n := s.fake.waiting(); n != 0 {
				t.Errorf("%d updates are not confirmed", n)
			}
			if n, want := len(s.ear.Texts()["1"]), (len(all)+49)/50; n != want {
				t.Errorf("another citizen was heard %d times of %d", n, want)
			}
			if strings.Contains(s.tally.String(), "broke what handles it") {
				t.Errorf("something broke:\n%.3000s", s.tally.String())
			}
			for _, in := range s.ear.Heard() {
				if in.Peer.ID == "" || len(in.Peer.ID) > 128 || len(in.Update) > 128 {
					t.Errorf("heard %+v", in)
				}
			}
		})
	}
}

func FuzzUpdate(f *testing.F) {
	for _, u := range whole {
		f.Add([]byte(strings.ReplaceAll(u, "ID", "7")))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		id, err := identify(raw)
		if shape := skeleton(raw); len(shape) > 2100 {
			t.Fatalf("a shape of %d bytes", len(shape))
		}
		if err != nil {
			return
		}
		u, err := decode(id, raw)
		if err != nil {
			return
		}
		s := newSetting(t, nil)
		if err := s.bot.hear(t.Context(), s.ear, u); err != nil {
			t.Fatal(err)
		}
		s.bot.errands.Wait()
	})
}
