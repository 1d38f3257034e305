package storetest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"spravka/engine"
	"spravka/engine/host"
)

var conversationTests = map[string]func(*testing.T, Store){
	"a new one is empty and names its channel and locale": func(t *testing.T, s Store) {
		r, err := s.Open(t.Context(), host.Peer{Channel: "vk", ID: "7"}, "en", start)
		must(t, err)
		if r.ID == 0 {
			t.Error("the conversation has no identifier")
		}
		same(t, "new conversation", r, host.Record{ID: r.ID, Peer: host.Peer{Channel: "vk", ID: "7"},
			State: engine.Conversation{Channel: "vk", Locale: "en"}})
		loaded(t, s, r)
	},
	"opening again returns what is stored": func(t *testing.T, s Store) {
		r := take(t, s, next(begin(t, s, "a"), "1", said("hello")))
		again, err := s.Open(t.Context(), r.Peer, "en", after(60))
		must(t, err)
		same(t, "conversation", again, r)
	},
	"a peer belongs to its channel": func(t *testing.T, s Store) {
		one, err := s.Open(t.Context(), host.Peer{Channel: "web", ID: "7"}, "ru", start)
		must(t, err)
		two, err := s.Open(t.Context(), host.Peer{Channel: "vk", ID: "7"}, "ru", start)
		must(t, err)
		if one.ID == two.ID {
			t.Errorf("two channels share conversation %d", one.ID)
		}
	},
	"only a known one is found": func(t *testing.T, s Store) {
		if _, err := s.Load(t.Context(), 1<<40); !errors.Is(err, host.ErrNotFound) {
			t.Errorf("Load of an unknown conversation: %v", err)
		}
		r := begin(t, s, "a")
		for _, p := range []host.Peer{{Channel: "web", ID: "b"}, {Channel: "vk", ID: "a"}, {}} {
			if _, err := s.Find(t.Context(), p); !errors.Is(err, host.ErrNotFound) {
				t.Errorf("Find(%v): %v", p, err)
			}
		}
		found, err := s.Find(t.Context(), r.Peer)
		must(t, err)
		same(t, "conversation", found, r)
	},
	"many openers of one peer get one conversation": func(t *testing.T, s Store) {
		const openers, peers = 8, 8
		ids := make([][openers]int64, peers)
		var wait sync.WaitGroup
		for p := range peers {
			for o := range openers {
				wait.Go(func() {
					r, err := s.Open(t.Context(), host.Peer{Channel: "web", ID: fmt.Sprint("peer ", p)}, "ru", start)
					if err != nil {
						t.Errorf("Open: %v", err)
					}
					ids[p][o] = r.ID
				})
			}
		}
		wait.Wait()
		seen := map[int64]int{}
		for p := range peers {
			for _, id := range ids[p] {
				if id != ids[p][0] {
					t.Errorf("peer %d got conversations %v", p, ids[p])
				}
			}
			seen[ids[p][0]]++
		}
		if len(seen) != peers {
			t.Errorf("%d peers share %d conversations", peers, len(seen))
		}
	},
	"peers that can't be kept are refused": func(t *testing.T, s Store) {
		for _, p := range []host.Peer{
			{Channel: "", ID: "1"},
			{Channel: "web", ID: ""},
			{Channel: "web", ID: strings.Repeat("x", 129)},
			{Channel: "web", ID: "\xff"},
			{Channel: "web", ID: "a\x00b"},
		} {
			if r, err := s.Open(t.Context(), p, "ru", start); err == nil {
				t.Errorf("Open(%q) = conversation %d, it must be refused", p, r.ID)
			}
		}
		if _, err := s.Open(t.Context(), host.Peer{Channel: "web", ID: strings.Repeat("ы", 64)}, "ru", start); err != nil {
			t.Errorf("an identifier of 128 bytes: %v", err)
		}
	},
}
