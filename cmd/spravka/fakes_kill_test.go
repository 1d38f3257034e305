//go:build fakes

package main

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"spravka/adapters/channeltest"
	"spravka/adapters/sqlite"
	"spravka/adapters/telegram"
	"spravka/engine"
	"spravka/engine/channel"
	"spravka/engine/host"
)

// rounds are topics that are answered in one message each, all different: what is lost or doubled can be seen by the order.
var rounds = []string{"account.documents", "account.duplicate", "account.wrong_password", "account.locked", "account.change_password", "account.no_code", "service.payment",
	"service.mobile_app", "application.upload_failed", "document.delivery", "tech.browser", "contact.chat", "tips.prepare"}

// The program is killed every 0.4 s of its work while 20 citizens of each channel press 20 buttons each. Whatever was pressed
// is in the history once and in order; each reply arrived once and in order, but for those of Telegram that are marked unknown.
func TestFakesKill(t *testing.T) {
	const people, each = 20, 20
	s := &server{t: t, data: filepath.Join(t.TempDir(), "data")}
	platforms := []*platform{startPlatform(t, "telegram"), startPlatform(t, "vk")}
	for _, p := range platforms {
		s.more = append(s.more, p.flags()...)
	}
	s.start()
	defer s.kill()
	platforms[1].polled()
	visitors := make([]*visitor, people)
	for i := range visitors {
		v := &visitor{s: s}
		var session struct{ Token string }
		if err := json.Unmarshal(v.insist("POST", "/chat/api/v1/session", map[string]string{}), &session); err != nil {
			t.Fatal(err)
		}
		visitors[i], v.token = v, session.Token
	}
	kills := 0
	for next := 0; next < people*each; {
		// A round: as many presses as one life of the program sees, then the kill in the midst of them.
		before := len(platforms[0].arrived()) + len(platforms[1].arrived())
		var all sync.WaitGroup
		last := min(next+people, people*each)
		for n := next; n < last; n++ {
			payload := "t:" + rounds[(n/people+n%people)%len(rounds)]
			v := visitors[n%people]
			all.Go(func() {
				id := uuid.NewString()
				if v.insist("POST", "/chat/api/v1/messages", map[string]string{"type": "press", "id": id, "payload": payload}) != nil {
					v.acked = append(v.acked, id)
				}
			})
			for _, p := range platforms {
				p.press(1001+n%people, payload)
			}
			time.Sleep(400 * time.Millisecond / people)
		}
		channeltest.Until(t, time.Minute, "the program does not work again", func() bool { return len(platforms[0].arrived())+len(platforms[1].arrived()) > before })
		s.kill()
		kills++
		s.start()
		all.Wait()
		next = last
	}
	settle(t, platforms)
	for i, v := range visitors {
		if err := once(v.history(), v.acked); err != nil {
			t.Errorf("web visitor %d: %v", i, err)
		}
		if len(v.acked) != each {
			t.Errorf("web visitor %d: %d of %d messages were acknowledged", i, len(v.acked), each)
		}
	}
	t.Logf("%d kills; web: %d messages in the history once, each answered once: 0 lost, 0 doubled", kills, people*each)
	s.kill()
	store, err := sqlite.Open(filepath.Join(s.data, "spravka.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	for _, p := range platforms {
		countLosses(t, store, p, people, each, stuck(t, filepath.Join(s.data, "spravka.db"), p.name))
	}
}

// settle waits until nothing new arrives for a while.
func settle(t *testing.T, platforms []*platform) {
	t.Helper()
	for still, before := time.Now(), 0; time.Since(still) < 8*time.Second; time.Sleep(200 * time.Millisecond) {
		n := 0
		for _, p := range platforms {
			n += len(p.arrived())
		}
		if n != before {
			still, before = time.Now(), n
		}
	}
}

// stuck counts what is left in the outbox of a channel, by state.
func stuck(t *testing.T, database, name string) map[string]int {
	t.Helper()
	db, err := sql.Open("sqlite", database)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query("SELECT o.state, COUNT(*) FROM outbox o JOIN conversations c ON c.id = o.conversation WHERE c.channel = ? GROUP BY 1", name)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	out := map[string]int{}
	for rows.Next() {
		var state string
		var n int
		if err := rows.Scan(&state, &n); err != nil {
			t.Fatal(err)
		}
		out[state] = n
	}
	return out
}

// countLosses compares what the store holds with what was pressed and what arrived.
func countLosses(t *testing.T, store *sqlite.Store, p *platform, people, each int, left map[string]int) {
	t.Helper()
	got := map[int][]string{}
	for _, a := range p.arrived() {
		got[a.peer()] = append(got[a.peer()], plainWords(a.shown()))
	}
	heard, due, lost, doubled := 0, 0, 0, 0
	for i := range people {
		peer := 1001 + i
		r, err := store.Find(t.Context(), host.Peer{Channel: p.name, ID: strconv.Itoa(peer)})
		if err != nil {
			t.Errorf("%s, peer %d: %v", p.name, peer, err)
			continue
		}
		entries, err := store.History(t.Context(), r.ID, 0, 1000)
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		mine, seen := 0, map[string]bool{}
		for _, e := range entries {
			var m engine.Message
			if err := json.Unmarshal(e.Body, &m); err != nil {
				t.Fatal(err)
			}
			if e.Author == engine.Citizen {
				if mine++; seen[e.Update] {
					t.Errorf("%s, peer %d: update %s was handled twice", p.name, peer, e.Update)
				}
				seen[e.Update] = true
				continue
			}
			text := channel.Parse(m.Text).Visible()
			if p.name == "vk" {
				text = channel.Parse(m.Text).Plain()
			}
			want = append(want, plainWords(text))
		}
		if mine != each {
			t.Errorf("%s, peer %d: %d of %d presses are in the history", p.name, peer, mine, each)
		}
		l, d, err := align(want, got[peer])
		if err != nil {
			t.Errorf("%s, peer %d: %v", p.name, peer, err)
		}
		heard, due, lost, doubled = heard+mine, due+len(want), lost+l, doubled+d
	}
	t.Logf("%s: %d messages in the history once and in order; %d replies due: %d did not arrive, %d arrived twice, %d are marked unknown, %d still wait",
		p.name, heard, due, lost, doubled, left["unknown"], left["waiting"]+left["sending"])
	if lost > left["unknown"] || doubled > 0 || left["waiting"]+left["sending"]+left["failed"] > 0 || p.name != telegram.Channel && left["unknown"] > 0 {
		t.Errorf("%s: %d lost, %d doubled, left in the outbox: %v", p.name, lost, doubled, left)
	}
}

func plainWords(s string) string { return strings.Join(strings.Fields(s), " ") }

// align counts what is missing in got and what is there twice in a row; anything else is an error.
func align(want, got []string) (lost, doubled int, err error) {
	at := 0
	for i, g := range got {
		from := at
		for at < len(want) && want[at] != g {
			at++
		}
		if at == len(want) {
			at = from
			if i > 0 && got[i-1] == g {
				doubled++
				continue
			}
			return lost, doubled, fmt.Errorf("message %d is not due here: %.60q", i+1, g)
		}
		lost += at - from
		at++
	}
	return lost + len(want) - at, doubled, nil
}
