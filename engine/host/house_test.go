package host_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"spravka/engine"
	"spravka/engine/flow/flowtest"
	"spravka/engine/host"
	"spravka/engine/understand"
)

// What citizens say in these tests: a topic's id is understood wherever it stands in a message. A flow is only begun in
// the middle of another by more than one word.
const (
	sayAnswer  = "hotline.call"          // is answered at once
	sayFlow    = "хочу account.recover"  // begins a flow that asks, so the timer of silence is set
	sayService = "хочу tech.maintenance" // asks a service: works.current
	sayHuman   = "operator"              // goes to the queue
	sayBot     = "вернуться к боту"      // comes back from it
)

// topics understands a text by the topic ids in it.
type topics []string

func (all topics) Understand(q understand.Query) understand.Reading {
	for _, id := range all {
		if strings.Contains(q.Text, id) {
			return understand.Reading{Decision: understand.Answer, Needs: []string{id}, Confidence: 0.95, Topics: []understand.Scored{{Topic: id, Score: 0.95}}}
		}
	}
	return understand.Reading{Decision: understand.AskBack}
}

func content(t testing.TB, files fs.FS) *engine.Content {
	t.Helper()
	c := flowtest.Load(t, files)
	var ids topics
	for _, topic := range c.Topics {
		ids = append(ids, topic.ID)
	}
	return engine.NewContent(c, ids)
}

var shipped struct {
	sync.Once
	*engine.Content
}

func builtIn(t testing.TB) *engine.Content {
	shipped.Do(func() { shipped.Content = content(t, flowtest.Shipped(t)) })
	return shipped.Content
}

// words is what a step of tech.maintenance says.
func words(t testing.TB, step string) string {
	t.Helper()
	text := builtIn(t).Locales["ru"].Topics["tech.maintenance"].Steps[step].Text.Source
	if text == "" || strings.Contains(text, "{") {
		t.Fatalf("the words of step %s have changed: %q", step, text)
	}
	return text
}

// monday is a working day at noon in Moscow.
var monday = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// since2026 gives a clock that begins on monday and goes with the time of a synctest bubble.
func since2026() func() time.Time {
	began := time.Now()
	return func() time.Time { return monday.Add(time.Since(began)) }
}

// service answers calls and remembers them.
type service struct {
	answer func(ctx context.Context, c host.ServiceCall) (engine.Answered, error) // nil: there are no works

	mu    sync.Mutex
	calls []host.ServiceCall
}

func (s *service) Call(ctx context.Context, c host.ServiceCall) (engine.Answered, error) {
	s.mu.Lock()
	s.calls = append(s.calls, c)
	s.mu.Unlock()
	if s.answer != nil {
		return s.answer(ctx, c)
	}
	return engine.Answered{Outcome: "none"}, nil
}

// asked lists the identifiers of the calls made so far.
func (s *service) asked() (ids []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.calls {
		ids = append(ids, c.ID)
	}
	return ids
}

// never is a service that does not answer before it is told to stop.
func never(ctx context.Context, _ host.ServiceCall) (engine.Answered, error) {
	<-ctx.Done()
	return engine.Answered{}, ctx.Err()
}

// house is a host with what it needs.
type house struct {
	*host.Host
	t       testing.TB
	store   *store
	service *service
	now     func() time.Time

	ctx    context.Context
	cancel context.CancelFunc
	ended  chan struct{} // nil as long as run was not called
	once   sync.Once
}

// newHouse makes a host; what is not given is the ordinary. It is halted when the test ends.
func newHouse(t testing.TB, c host.Config) *house {
	t.Helper()
	if c.Store == nil {
		c.Store = newStore(t)
	}
	if c.Services == nil {
		c.Services = &service{}
	}
	if c.Now == nil {
		c.Now = func() time.Time { return monday }
	}
	if c.Content == nil {
		c.Content = func() *engine.Content { return builtIn(t) }
	}
	h := &house{Host: host.New(c), t: t, store: c.Store.(*store), now: c.Now}
	h.service, _ = c.Services.(*service)
	h.ctx, h.cancel = context.WithCancel(context.Background())
	t.Cleanup(h.halt)
	return h
}

// run lets the host work on its own.
func (h *house) run() *house {
	h.ended = make(chan struct{})
	go func() {
		defer close(h.ended)
		if err := h.Run(h.ctx); err != nil {
			h.t.Errorf("Run: %v", err)
		}
	}()
	return h
}

// halt stops the host as a shutdown does.
func (h *house) halt() {
	h.once.Do(func() {
		h.cancel()
		if h.ended != nil {
			<-h.ended
		}
		h.Close()
	})
}

// crash stops the host as kill -9 does: nothing that it does from now on is stored.
func (h *house) crash() {
	h.store.dead.Store(true)
	h.halt()
}

// next is a new process over the data of h.
func (h *house) next(c host.Config) *house {
	c.Store, c.Now = over(h.store.Store), h.now
	if c.Services == nil {
		c.Services = h.service
	}
	return newHouse(h.t, c)
}

func peer(id string) host.Peer { return host.Peer{Channel: "web", ID: id} }

func said(id, update, text string) host.Inbound {
	return host.Inbound{Peer: peer(id), Update: update, Event: engine.Said{Text: text}}
}

// say lets a citizen of the web chat say something that must be accepted.
func (h *house) say(id, update, text string) host.Receipt {
	h.t.Helper()
	return h.receive(said(id, update, text))
}

func (h *house) receive(in host.Inbound) host.Receipt {
	h.t.Helper()
	r, err := h.Receive(context.Background(), in)
	if err != nil {
		h.t.Fatalf("%s of %s: %v", in.Update, in.Peer.ID, err)
	}
	return r
}

// history returns the whole history of a conversation, having seen that it has no gaps.
func (h *house) history(conversation int64) []host.Entry {
	h.t.Helper()
	all, err := h.History(context.Background(), conversation, 0, 100_000)
	if err != nil {
		h.t.Fatal(err)
	}
	for i, e := range all {
		if e.Seq != int64(i+1) || e.Conversation != conversation {
			h.t.Fatalf("entry %d of conversation %d is number %d of %d", i+1, conversation, e.Seq, e.Conversation)
		}
	}
	return all
}

// updates lists the citizen's messages by their update ids, in order.
func (h *house) updates(conversation int64) (ids []string) {
	h.t.Helper()
	for _, e := range h.history(conversation) {
		if e.Author == engine.Citizen {
			ids = append(ids, e.Update)
		}
	}
	return ids
}

// counts says how often a text was said.
func (h *house) counts(conversation int64, text string) (n int) {
	h.t.Helper()
	for _, e := range h.history(conversation) {
		if textOf(h.t, e.Body) == text {
			n++
		}
	}
	return n
}

func textOf(t testing.TB, body []byte) string {
	t.Helper()
	return messageOf(t, body).Text
}

func messageOf(t testing.TB, body []byte) (m engine.Message) {
	t.Helper()
	if err := json.Unmarshal(body, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func (h *house) state(conversation int64) engine.Conversation {
	h.t.Helper()
	r, err := h.Load(context.Background(), conversation)
	if err != nil {
		h.t.Fatal(err)
	}
	return r.State
}

// ticket returns the newest ticket of a conversation.
func (h *house) ticket(conversation int64) engine.Ticket {
	h.t.Helper()
	all := h.state(conversation).Tickets
	if len(all) == 0 {
		h.t.Fatalf("conversation %d has no ticket", conversation)
	}
	return all[len(all)-1]
}

// act lets operator Anna, number 1, do something with the newest ticket.
func (h *house) act(conversation int64, update string, what engine.Action, text string) (host.Receipt, error) {
	h.t.Helper()
	return h.Act(context.Background(), conversation, update,
		engine.Acted{Action: what, Operator: 1, Name: "Анна", Ticket: h.ticket(conversation).Number, Text: text})
}

func (h *house) pending() []host.PendingCall {
	h.t.Helper()
	calls, err := h.store.Calls(context.Background(), 1000)
	if err != nil {
		h.t.Fatal(err)
	}
	return calls
}

// wait lets minutes of a synctest bubble pass, which takes no real time.
func wait(minutes int) {
	time.Sleep(time.Duration(minutes) * time.Minute)
	synctest.Wait()
}

func numbered(prefix string, n int) (ids []string) {
	for i := range n {
		ids = append(ids, fmt.Sprintf("%s%03d", prefix, i))
	}
	return ids
}

func same[T any](t testing.TB, what string, got, want T) {
	t.Helper()
	if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
