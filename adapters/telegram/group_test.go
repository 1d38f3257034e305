package telegram

import (
	"strconv"
	"testing"
	"testing/synctest"

	"spravka/adapters/sqlite"
	"spravka/engine/host"
)

// After a restart a group that has moved is still written to at its new place, and its members keep their conversations.
func TestMovedGroupIsKept(t *testing.T) {
	store, err := sqlite.Open(":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	synctest.Test(t, func(t *testing.T) {
		before := newSetting(t, func(c *Config) { c.Cursors = store })
		before.bot.follow(-5, -1005)
		after := newSetting(t, func(c *Config) { c.Cursors = store })
		for id, want := range map[string]int64{"-5:7": -1005, "-6:7": -6, "7": 7} {
			if got, err := after.bot.chatOf(host.Peer{Channel: Channel, ID: id}); err != nil || got != want {
				t.Errorf("%s is written to at %d, %v", id, got, err)
			}
		}
		for _, b := range []*Bot{before.bot, after.bot} {
			for chat, want := range map[int64]string{-1005: "-5:7", -6: "-6:7", 7: "7"} {
				id := strconv.FormatInt(chat, 10)
				if chat < 0 {
					id += ":7"
				}
				if w, ok := b.known(who{peer: host.Peer{Channel: Channel, ID: id}, chat: chat}, true); !ok || w.peer.ID != want {
					t.Errorf("a citizen of chat %d is %q", chat, w.peer.ID)
				}
			}
		}
	})
}
