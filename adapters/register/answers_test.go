package register

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"spravka/engine"
)

func TestRepeatedCallHearsTheSameAndDoesNothing(t *testing.T) {
	b := newBench(t)
	handle := b.identify(ivanova)
	proof := b.prove(handle)
	open := b.sendCode(handle, "804513")
	for operation, pairs := range map[string][]string{
		"application.find":   b.find("1000000011", ivanova, ivanova["contact"]),
		"application.notify": {"number", "1000000011", "contact", ivanova["contact"]},
		"identity.check":     {"name", ivanova["name"], "born", ivanova["born"], "id", ivanova["inn"]},
		"code.send":          {"citizen", b.identify(kim)},
		"code.check":         b.check(open, "000000"),
		"account.recover":    {"citizen", handle, "challenge", proof},
		"document.order":     orderBy(kim),
		"works.current":      nil,
	} {
		b.sent()
		c := b.newCall(operation, pairs...)
		first, err := b.Call(t.Context(), c)
		if err != nil {
			t.Fatalf("%s: %v", operation, err)
		}
		sent := len(b.sent())
		before := map[string][]string{}
		tables := []string{"register_citizens", "register_applications", "register_codes", "register_orders", "register_works",
			"register_handles", "register_answers", "outgoing_notices"}
		for _, table := range tables {
			before[table] = b.dump(table)
		}
		b.advance(time.Minute)
		for range 3 {
			again, err := b.Call(t.Context(), c)
			if diff := cmp.Diff(first, again); err != nil || diff != "" {
				t.Errorf("%s, once more: %v (- first, + again)\n%s", operation, err, diff)
			}
		}
		for _, table := range tables {
			if diff := cmp.Diff(before[table], b.dump(table)); diff != "" {
				t.Errorf("%s, once more, has changed %s:\n%s", operation, table, diff)
			}
		}
		if again := len(b.sent()); again != 0 {
			t.Errorf("%s: %d messages at first, %d more", operation, sent, again)
		}
	}
}

func TestSameCallInParallelIsOneCall(t *testing.T) {
	b := newBench(t)
	c := b.newCall("code.send", "citizen", b.identify(ivanova))
	var wg sync.WaitGroup
	var mu sync.Mutex
	var answers []engine.Answered
	for range 20 {
		wg.Go(func() {
			a, err := b.Call(t.Context(), c)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			answers = append(answers, a)
		})
	}
	wg.Wait()
	for _, a := range answers {
		if diff := cmp.Diff(answers[0], a); diff != "" {
			t.Error(diff)
		}
	}
	if sent := b.sent(); len(sent) != 1 {
		t.Errorf("%d codes were sent, want 1", len(sent))
	}
	if len(b.calls.busy) != 0 {
		t.Errorf("%d calls are still inside", len(b.calls.busy))
	}
}

func TestIDBelongsToItsConversationAndItsQuestion(t *testing.T) {
	b := newBench(t)
	first := b.newCall("application.find", b.find("1000000011", ivanova, ivanova["contact"])...)
	if a, err := b.Call(t.Context(), first); err != nil || a.Outcome != "found" {
		t.Fatalf("%+v, %v", a, err)
	}
	elsewhere := b.newCall("application.find", b.find("1000000012", kim, kim["contact"])...)
	elsewhere.ID, elsewhere.Conversation = first.ID, first.Conversation+1
	if a, err := b.Call(t.Context(), elsewhere); err != nil || a.Outcome != "not_found" {
		t.Errorf("the same ID in another conversation: %+v, %v", a, err)
	}
	other := b.newCall("application.find", b.find("1000000011", kim, kim["contact"])...)
	other.ID = first.ID
	if a, err := b.Call(t.Context(), other); !errors.Is(err, ErrReused) || a.Data != nil {
		t.Errorf("the same ID with other parameters: %+v, %v", a, err)
	}
	other = b.newCall("works.current")
	other.ID = first.ID
	if a, err := b.Call(t.Context(), other); !errors.Is(err, ErrReused) {
		t.Errorf("the same ID for another operation: %+v, %v", a, err)
	}
	empty := b.newCall("works.current")
	if a, err := b.Call(t.Context(), empty); err != nil {
		t.Fatalf("%+v, %v", a, err)
	}
	empty.Operation = "application.find" // without parameters the question looks the same
	if a, err := b.Call(t.Context(), empty); !errors.Is(err, ErrReused) {
		t.Errorf("the same ID and parameters for another operation: %+v, %v", a, err)
	}
	// Lengths are part of the digest: a value can't slide from one parameter into the next.
	if cmp.Equal(digest(map[string]string{"a": "bc"}), digest(map[string]string{"ab": "c"})) {
		t.Error("different questions have the same digest")
	}
	if !cmp.Equal(digest(map[string]string{"a": "b", "c": ""}), digest(map[string]string{"a": "b"})) {
		t.Error("an empty parameter is not the same as one that was left out")
	}
}

func TestOldAnswersAreForgotten(t *testing.T) {
	b := newBench(t)
	for range 30 {
		b.ask("works.current")
	}
	b.advance(keepAnswers)
	b.ask("works.current")
	if n := b.count(`SELECT COUNT(*) FROM register_answers`); n != 31 {
		t.Errorf("%d answers, want 31: they are kept for 30 days", n)
	}
	b.advance(time.Millisecond)
	b.ask("works.current")
	b.ask("works.current")
	if n := b.count(`SELECT COUNT(*) FROM register_answers`); n != 3 {
		t.Errorf("%d answers, want 3", n)
	}
}

// failing is a sender that fails, or that is told to give up in the middle.
type failing struct {
	err   error
	calls int
	then  func()
}

func (f *failing) SMS(context.Context, string, string) error { f.calls++; f.then(); return f.err }
func (f *failing) Email(ctx context.Context, _, _, _ string) error {
	return f.SMS(ctx, "", "")
}

func TestFailedSendingIsTakenBack(t *testing.T) {
	b := newBench(t)
	working := b.sender
	handle := b.identify(ivanova)
	proof := b.prove(handle)
	broken := &failing{err: errors.New("the gateway is down"), then: func() {}}
	calls := map[string][]string{
		"application.notify": {"number", "1000000011", "contact", ""},
		"code.send":          {"citizen", handle},
		"account.recover":    {"citizen", handle, "challenge", proof},
	}
	for operation, pairs := range calls {
		b.sender = broken
		c := b.newCall(operation, pairs...)
		for range 2 * codesPerHour { // what was not sent does not count
			if a, err := b.Call(t.Context(), c); !errors.Is(err, ErrSending) || a.Outcome != "" {
				t.Fatalf("%s: %+v, %v", operation, a, err)
			}
		}
		b.sender = working
		if a, err := b.Call(t.Context(), c); err != nil || a.Outcome != "sent" && a.Outcome != "started" {
			t.Errorf("%s, once the sender works again: %+v, %v", operation, a, err)
		}
		if sent := b.sent(); len(sent) != 1 {
			t.Errorf("%s: sent %v", operation, sent)
		}
	}
}

func TestAnswerIsKeptThoughNobodyWaitsAnyLonger(t *testing.T) {
	b := newBench(t)
	ctx, cancel := context.WithCancel(t.Context())
	sender := &failing{then: cancel} // the caller gives up while the message is being sent
	b.sender = sender
	c := b.newCall("code.send", "citizen", b.identify(ivanova))
	if a, err := b.Call(ctx, c); err != nil || a.Outcome != "sent" {
		t.Fatalf("%+v, %v", a, err)
	}
	if a, err := b.Call(t.Context(), c); err != nil || a.Outcome != "sent" || sender.calls != 1 {
		t.Errorf("%+v, %v; sent %d times", a, err, sender.calls)
	}
}

// A crash between sending and keeping the answer looks so to the repeated call: everything is there but the answer.
func TestInterruptedCallCanBeRepeated(t *testing.T) {
	b := newBench(t)
	handle := b.identify(ivanova)
	proof := b.prove(handle)
	recovery := b.newCall("account.recover", "citizen", handle, "challenge", proof)
	sending := b.newCall("code.send", "citizen", handle)
	for range 2 {
		if a, err := b.Call(t.Context(), recovery); err != nil || a.Outcome != "started" {
			t.Fatalf("%+v, %v", a, err)
		}
		b.codes = []string{"314159"}
		a, err := b.Call(t.Context(), sending)
		if err != nil || a.Outcome != "sent" {
			t.Fatalf("%+v, %v", a, err)
		}
		b.exec(`DELETE FROM register_answers WHERE operation IN ('account.recover', 'code.send')`)
		if n := b.count(`SELECT COUNT(*) FROM register_codes WHERE expires > 0 AND used = 0`); n != 1 {
			t.Errorf("%d codes are good, want the newest", n)
		}
	}
}
