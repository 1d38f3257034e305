package host_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"spravka/engine"
	"spravka/engine/host"
)

// Whatever citizens, operators and disks do, and whenever a process dies: every message that was acknowledged is in the
// history once and in order, each is answered, nobody speaks out of turn, and everything reaches the citizen in order.
func TestAnythingMayHappen(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var failure any // a panic must leave the bubble before it reaches rapid
		synctest.Test(t, func(t *testing.T) {
			defer func() { failure = recover() }()
			w := newWorld(rt, t, since2026())
			defer w.end()
			rt.Repeat(map[string]func(*rapid.T){
				"say":     w.say,
				"burst":   w.burst,
				"repeat":  w.repeat,
				"act":     w.act,
				"fault":   w.fault,
				"trouble": w.trouble,
				"pass":    w.pass,
				"restart": w.restart,
				"":        w.check,
			})
			w.settle(rt)
		})
		if failure != nil {
			panic(failure)
		}
	})
}

// world is a little of what citizens and operators know, beside the hosts that have to agree with it.
type world struct {
	t       *testing.T
	main    *house // works on its own, may fail and die
	second  *house // another process on the same store that only takes updates
	channel *channel
	talks   []*talk
	updates int
}

// talk is what the world remembers of one conversation.
type talk struct {
	peer     host.Peer
	id       int64
	acked    []host.Inbound
	answered map[string]bool // updates that the bot has to reply to
	owner    engine.Owner
	operator int64
	ticket   string // the newest
	open     bool
	acts     []action // that were carried out
	replies  []string // of operators
	humans   []span
	named    map[string]int // how often a flow was named
}

type action struct {
	update string
	engine.Acted
}

// span is a stretch of the history in which a human owned the conversation; to is 0 while it lasts.
type span struct{ from, to int64 }

func newWorld(rt *rapid.T, t *testing.T, now func() time.Time) *world {
	w := &world{t: t, channel: &channel{name: "push", idempotent: true}}
	w.main = newHouse(t, w.config(newStore(t), now)).run()
	w.second = newHouse(t, w.config(over(w.main.store.Store), now))
	for i := range rapid.IntRange(1, 3).Draw(rt, "citizens") {
		w.talks = append(w.talks, &talk{peer: host.Peer{Channel: "push", ID: fmt.Sprint("citizen ", i)}, owner: engine.OwnerBot, answered: map[string]bool{}, named: map[string]int{}})
	}
	return w
}

func (w *world) config(s *store, now func() time.Time) host.Config {
	slow := &service{answer: func(ctx context.Context, _ host.ServiceCall) (engine.Answered, error) {
		select {
		case <-time.After(2 * time.Second):
			return engine.Answered{Outcome: "none"}, nil
		case <-ctx.Done():
			return engine.Answered{}, ctx.Err()
		}
	}}
	return host.Config{Store: s, Now: now, Services: slow, Channels: []host.Channel{w.channel}}
}

func (w *world) end() {
	w.main.crash()
	w.second.halt()
	if err := w.second.store.Store.(interface{ Close() error }).Close(); err != nil {
		w.t.Error(err)
	}
}

// revive puts a new process in the place of one that has died.
func (w *world) revive() {
	w.main.crash()
	w.main = newHouse(w.t, w.config(over(w.main.store.Store), w.main.now)).run()
}

func (w *world) restart(rt *rapid.T) {
	if rapid.Bool().Draw(rt, "kindly") {
		w.main.halt()
	}
	w.revive()
}

// fault makes one of the next commits fail, before or after it is written, and perhaps kill the process.
func (w *world) fault(rt *rapid.T) {
	spared := rapid.IntRange(0, 2).Draw(rt, "spared") // only the committer counts it down
	written := rapid.Bool().Draw(rt, "written")
	deadly := rapid.Bool().Draw(rt, "deadly")
	s := w.main.store
	s.commit.set(func(_ []*host.Turn, write func() ([]error, error)) ([]error, error) {
		if spared--; spared != -1 {
			return write()
		}
		if written {
			if _, err := write(); err != nil {
				w.t.Error(err)
			}
		}
		s.dead.Store(deadly)
		return nil, errDisk
	})
}

// trouble makes the channel refuse the next few messages for the moment.
func (w *world) trouble(rt *rapid.T) {
	left := rapid.IntRange(1, 3).Draw(rt, "failures")
	err := rapid.SampledFrom([]error{errors.New("no connection"), host.RetryAfterError{After: 7 * time.Second}}).Draw(rt, "error")
	var refused atomic.Int64
	w.channel.behave(func(context.Context, host.Outgoing) error {
		if refused.Add(1) <= int64(left) {
			return err
		}
		return nil
	})
}

func (w *world) pass(rt *rapid.T) {
	time.Sleep(rapid.SampledFrom([]time.Duration{time.Millisecond, time.Second, 5 * time.Second, 3 * time.Minute, 11 * time.Minute}).Draw(rt, "time"))
	synctest.Wait()
}

func (w *world) draw(rt *rapid.T) (*talk, host.Inbound) {
	k := w.talks[rapid.IntRange(0, len(w.talks)-1).Draw(rt, "citizen")]
	return k, w.message(rt, k)
}

func (w *world) message(rt *rapid.T, k *talk) host.Inbound {
	w.updates++
	text := rapid.SampledFrom([]string{sayAnswer, sayFlow, sayService, sayHuman, sayBot}).Draw(rt, "text")
	return host.Inbound{Peer: k.peer, Update: fmt.Sprint("update ", w.updates), Event: engine.Said{Text: text}}
}

func (w *world) host(rt *rapid.T) *house {
	if rapid.IntRange(0, 3).Draw(rt, "process") == 0 {
		return w.second
	}
	return w.main
}

// insist does something until it is acknowledged, as a channel does whose update was not.
func (w *world) insist(rt *rapid.T, h *house, do func(*house) (host.Receipt, error)) (host.Receipt, error) {
	for tries := range 10 {
		r, err := do(h)
		if refused := (host.RefusedError{}); err == nil || errors.As(err, &refused) {
			if r.Duplicate && tries == 0 && err == nil {
				rt.Fatalf("new, yet a duplicate: %+v", r)
			}
			return r, err
		}
		if w.main.store.dead.Load() {
			again := h == w.main
			w.revive()
			if again {
				h = w.main
			}
		}
	}
	rt.Fatal("ten failures in a row")
	return host.Receipt{}, nil
}

func (w *world) say(rt *rapid.T) {
	k, in := w.draw(rt)
	r, err := w.insist(rt, w.host(rt), func(h *house) (host.Receipt, error) { return h.Receive(context.Background(), in) })
	if err != nil {
		rt.Fatal(err)
	}
	w.heard(rt, k, in, r)
}

// heard takes note of a message that was acknowledged.
func (w *world) heard(rt *rapid.T, k *talk, in host.Inbound, r host.Receipt) {
	if k.id != 0 && k.id != r.Conversation {
		rt.Fatalf("%s has become conversation %d, it was %d", k.peer.ID, r.Conversation, k.id)
	}
	k.id = r.Conversation
	k.acked = append(k.acked, in)
	text := in.Event.(engine.Said).Text
	k.answered[in.Update] = k.owner == engine.OwnerBot || k.owner == engine.OwnerQueue && text == sayBot
	stuck := false // who names a flow again and again instead of answering it gets a human
	if k.owner == engine.OwnerBot && (text == sayFlow || text == sayService) {
		k.named[text]++
		stuck = k.named[text] >= 3 && w.state(rt, k).Owner == engine.OwnerQueue
	}
	switch {
	case k.owner == engine.OwnerBot && text == sayHuman, stuck:
		k.owner = engine.OwnerQueue
		newest := w.state(rt, k).Tickets
		if len(newest) == 0 {
			rt.Fatalf("%s was handed over without a ticket", k.peer.ID)
		}
		k.ticket, k.open = newest[len(newest)-1].Number, true
	case k.owner == engine.OwnerQueue && text == sayBot:
		k.owner = engine.OwnerBot
	}
}

// burst lets all citizens write at once, and their channels deliver everything twice.
func (w *world) burst(rt *rapid.T) {
	type result struct {
		host.Receipt
		error
	}
	messages := map[*talk]host.Inbound{}
	results := map[*talk]*[2]result{}
	var wg sync.WaitGroup
	for _, k := range w.talks {
		in := w.message(rt, k)
		messages[k], results[k] = in, &[2]result{}
		for i := range 2 {
			h, out := w.host(rt), &results[k][i]
			wg.Go(func() {
				r, err := h.Receive(context.Background(), in)
				*out = result{r, err}
			})
		}
	}
	wg.Wait()
	if w.main.store.dead.Load() {
		w.revive()
	}
	for _, k := range w.talks {
		a, b := results[k][0], results[k][1]
		switch {
		case a.error != nil && b.error != nil:
			r, err := w.insist(rt, w.main, func(h *house) (host.Receipt, error) {
				r, err := h.Receive(context.Background(), messages[k])
				r.Duplicate = false // it may have been written all the same
				return r, err
			})
			if err != nil {
				rt.Fatal(err)
			}
			a.Receipt = r
		case a.error != nil:
			a = b
		case b.error == nil && a.Duplicate == b.Duplicate:
			rt.Fatalf("of two deliveries of %s, both or none count as new: %+v, %+v", messages[k].Update, a, b)
		}
		w.heard(rt, k, messages[k], a.Receipt)
	}
}

// repeat delivers something once more that was acknowledged before.
func (w *world) repeat(rt *rapid.T) {
	k := w.talks[rapid.IntRange(0, len(w.talks)-1).Draw(rt, "citizen")]
	if len(k.acked) == 0 {
		return
	}
	h := w.second // the main one may be about to fail
	if len(k.acts) > 0 && rapid.Bool().Draw(rt, "operator's") {
		a := k.acts[rapid.IntRange(0, len(k.acts)-1).Draw(rt, "action")]
		if r, err := h.Act(context.Background(), k.id, a.update, a.Acted); err != nil || !r.Duplicate {
			rt.Fatalf("%s once more: %+v, %v", a.update, r, err)
		}
		return
	}
	in := k.acked[rapid.IntRange(0, len(k.acked)-1).Draw(rt, "update")]
	if r, err := h.Receive(context.Background(), in); err != nil || !r.Duplicate || r.Conversation != k.id {
		rt.Fatalf("%s once more: %+v, %v", in.Update, r, err)
	}
}

// act lets one of two operators do something, allowed or not.
func (w *world) act(rt *rapid.T) {
	k := w.talks[rapid.IntRange(0, len(w.talks)-1).Draw(rt, "citizen")]
	if k.ticket == "" {
		return
	}
	w.updates++
	a := action{fmt.Sprint("form ", w.updates), engine.Acted{Operator: int64(rapid.IntRange(1, 2).Draw(rt, "operator")), Name: "Анна", Ticket: k.ticket,
		Over: int64(rapid.IntRange(0, 2).Draw(rt, "over")), Action: rapid.SampledFrom([]engine.Action{engine.Take, engine.Take, engine.Reply, engine.Reply, engine.Return, engine.Resolve}).Draw(rt, "action")}}
	if a.Action == engine.Reply {
		a.Text = "Ответ " + a.update
	}
	before := w.load(rt, k).Seq
	r, err := w.insist(rt, w.host(rt), func(h *house) (host.Receipt, error) { return h.Act(context.Background(), k.id, a.update, a.Acted) })
	var want engine.Refusal
	owns := k.owner == engine.OwnerOperator && k.operator == a.Operator
	switch {
	case !k.open:
		want = engine.TicketEnded
	case a.Action != engine.Take && !owns, k.owner == engine.OwnerOperator && !owns && a.Over != k.operator:
		want = engine.NotOwner
	}
	got := host.RefusedError{}
	if errors.As(err, &got); got.Reason != want || err != nil && want == "" {
		rt.Fatalf("%s by %d came to %v, want %q; owner %s %d", a.Action, a.Operator, err, want, k.owner, k.operator)
	}
	if want != "" {
		return
	}
	k.acts = append(k.acts, a)
	switch a.Action {
	case engine.Take:
		if k.owner != engine.OwnerOperator {
			k.humans = append(k.humans, span{from: r.Seq})
		}
		k.owner, k.operator = engine.OwnerOperator, a.Operator
	case engine.Reply:
		k.replies = append(k.replies, a.Text)
	default:
		k.humans[len(k.humans)-1].to = before
		k.owner, k.operator, k.open = engine.OwnerBot, 0, false
	}
}
