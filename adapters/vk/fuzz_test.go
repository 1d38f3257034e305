package vk

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// Whatever VK, or somebody in its name, sends: it is read without breaking anything, and an error repeats nothing of it.
func FuzzUpdate(f *testing.F) {
	for kind, object := range map[string]string{
		"message_new":    message(5, 1, "тайна", `,"payload":"{\"p\":\"~menu\"}","fwd_messages":[],"action":{"type":"chat_title_update"}`),
		"message_edit":   `{"peer_id":5,"from_id":5,"id":1,"conversation_message_id":1,"text":"тайна"}`,
		"message_event":  `{"user_id":5,"peer_id":5,"event_id":"e","payload":{"p":"o:f:s:yes"},"conversation_message_id":1}`,
		"wall_reply_new": `{"id":1,"from_id":5,"post_id":3,"post_owner_id":-1001,"owner_id":-1001,"text":"тайна"}`,
		"message_allow":  `{"user_id":5,"key":"тайна"}`,
		"message_deny":   `{"user_id":5}`,
		"hologram_new":   `"?"`,
	} {
		f.Add([]byte(envelop(kind, object)))
		f.Add([]byte(envelop(kind, strings.ReplaceAll(object, "5", `"тайна"`))))
		f.Add([]byte(envelop(kind, strings.ReplaceAll(object, ":1", ":[[1e400]]"))))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var u update
		if json.Unmarshal(raw, &u) != nil {
			return
		}
		w := newWorld(t, func(c *Config) { c.Comments = true })
		if id := w.updateID(u.id()); id == "" || len(id) > 128 {
			t.Fatalf("an update is known as %q", id)
		}
		action, err := w.read(u)
		switch {
		case errors.Is(err, errNothing):
		case err != nil:
			if strings.Contains(err.Error(), "тайна") {
				t.Errorf("the error repeats what was written: %v", err)
			}
		case action.do == nil:
			t.Error("there is nothing to do, and no error says so")
		}
	})
}
