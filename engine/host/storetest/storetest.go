// Package storetest proves that a store keeps the promises of [host.Store] and of the small interfaces beside it.
//
// It knows nothing about how a store works, so that each implementation passes the same suite. What only one kind of
// store can show, such as opening its file again, is tested beside that store.
package storetest

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"spravka/engine"
	"spravka/engine/host"
)

// Store is what the suite tests.
type Store interface {
	host.Store
	host.Files
	host.Accounts
	host.Inbox
	host.Notes
	host.CannedReplies
	host.Cursors
	host.Leases
	host.Undecodables
	host.Audit
	host.Moves
	host.Notices
}

// Run tests a store. open returns a new, empty one and closes it when t ends.
func Run(t *testing.T, open func(t *testing.T) Store) {
	groups := []struct {
		name  string
		tests map[string]func(*testing.T, Store)
	}{
		{"conversation", conversationTests},
		{"commit", commitTests},
		{"fault", faultTests},
		{"history", historyTests},
		{"outbox", outboxTests},
		{"priority", priorityTests},
		{"errand", errandTests},
		{"cursor", cursorTests},
		{"lease", leaseTests},
		{"undecodable", undecodableTests},
		{"timer", timerTests},
		{"call", callTests},
		{"series", seriesTests},
		{"ticket", ticketTests},
		{"inbox", inboxTests},
		{"tally", tallyTests},
		{"file", fileTests},
		{"consoles", consoleTests},
		{"operator", operatorTests},
		{"session", sessionTests},
		{"factor", factorTests},
		{"invitation", invitationTests},
		{"identity", identityTests},
		{"audit", auditTests},
		{"move", moveTests},
		{"notice", noticeTests},
		{"model", modelTests},
	}
	for _, g := range groups {
		t.Run(g.name, func(t *testing.T) {
			for name, test := range g.tests {
				t.Run(name, func(t *testing.T) { test(t, open(t)) })
			}
		})
	}
}

// start is when the tests take place; nothing in a store may depend on the real clock.
var start = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// after returns a moment that many seconds after start.
func after(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }

// begin opens a conversation on the web channel.
func begin(t *testing.T, s Store, peer string) host.Record {
	t.Helper()
	r, err := s.Open(t.Context(), host.Peer{Channel: "web", ID: peer}, "ru", start)
	if err != nil {
		t.Fatalf("Open(%q): %v", peer, err)
	}
	return r
}

// next builds the turn that follows the record: the entries are numbered on from it.
func next(r host.Record, update string, entries ...host.Entry) *host.Turn {
	for i := range entries {
		r.Seq++
		entries[i].Conversation, entries[i].Seq = r.ID, r.Seq
		if entries[i].At.IsZero() {
			entries[i].At = start
		}
	}
	r.State.Topic = "after " + update
	state, err := json.Marshal(r.State)
	if err != nil {
		panic(err) // a struct of strings and numbers
	}
	return &host.Turn{Update: update, At: start, Record: r, State: state, Entries: entries}
}

// said is an entry of the citizen, told one of the bot.
func said(text string) host.Entry { return entry(engine.Citizen, text) }
func told(text string) host.Entry { return entry(engine.Bot, text) }

func entry(author engine.Author, text string) host.Entry {
	return host.Entry{Author: author, Body: fmt.Appendf(nil, `{"text":%q}`, text)}
}

// commit writes the turns and checks the answer to each.
func commit(t *testing.T, s Store, turns []*host.Turn, want ...error) {
	t.Helper()
	got, err := s.Commit(t.Context(), turns)
	if err != nil {
		t.Fatalf("Commit: %v", err)
	}
	for len(want) < len(turns) {
		want = append(want, nil)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateErrors()); diff != "" {
		t.Fatalf("answers to the turns (-want +got):\n%s", diff)
	}
}

// take commits one turn, which must be accepted, and returns the record that follows.
func take(t *testing.T, s Store, turn *host.Turn) host.Record {
	t.Helper()
	commit(t, s, []*host.Turn{turn})
	return follow(turn)
}

// follow returns the record as a turn leaves it.
func follow(turn *host.Turn) host.Record {
	r := turn.Record
	r.Version++
	if err := json.Unmarshal(turn.State, &r.State); err != nil {
		panic(err) // made by next
	}
	return r
}

// same compares what a store returned with what was expected; no elements and no slice are the same.
func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// loaded checks how a conversation is stored.
func loaded(t *testing.T, s Store, want host.Record) {
	t.Helper()
	got, err := s.Load(t.Context(), want.ID)
	if err != nil {
		t.Fatalf("Load(%d): %v", want.ID, err)
	}
	same(t, "conversation", got, want)
}

// texts returns the bodies of the conversation's history.
func texts(t *testing.T, s Store, conversation int64) []string {
	t.Helper()
	entries, err := s.History(t.Context(), conversation, 0, 1000)
	if err != nil {
		t.Fatalf("History: %v", err)
	}
	var all []string
	for i, e := range entries {
		if e.Seq != int64(i)+1 {
			t.Errorf("entry %d of the history has sequence number %d", i+1, e.Seq)
		}
		var m engine.Message
		if err := json.Unmarshal(e.Body, &m); err != nil {
			t.Fatalf("body of entry %d: %v", e.Seq, err)
		}
		all = append(all, m.Text)
	}
	return all
}

// must fails the test on an error.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
