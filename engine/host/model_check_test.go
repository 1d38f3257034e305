package host_test

import (
	"context"
	"slices"
	"testing/synctest"

	"pgregory.net/rapid"

	"spravka/engine"
	"spravka/engine/answer"
	"spravka/engine/host"
)

func (w *world) load(rt *rapid.T, k *talk) host.Record {
	r, err := w.second.store.Load(context.Background(), k.id)
	if err != nil {
		rt.Fatal(err)
	}
	return r
}

func (w *world) state(rt *rapid.T, k *talk) engine.Conversation { return w.load(rt, k).State }

// check compares the histories with what the world remembers.
func (w *world) check(rt *rapid.T) {
	for _, k := range w.talks {
		if k.id == 0 {
			continue
		}
		r := w.load(rt, k)
		if r.State.Owner != k.owner || r.State.Operator != k.operator {
			rt.Fatalf("the owner of conversation %d is %s %d, it should be %s %d", k.id, r.State.Owner, r.State.Operator, k.owner, k.operator)
		}
		all, err := w.second.History(context.Background(), k.id, 0, 100_000)
		if err != nil {
			rt.Fatal(err)
		}
		var heard, replies []string
		for i, e := range all {
			if e.Seq != int64(i+1) {
				rt.Fatalf("entry %d of conversation %d has the number %d", i+1, k.id, e.Seq)
			}
			human := slices.ContainsFunc(k.humans, func(s span) bool { return e.Seq > s.from && (s.to == 0 || e.Seq <= s.to) })
			switch e.Author {
			case engine.Citizen:
				heard = append(heard, e.Update)
				if k.answered[e.Update] && (i+1 == len(all) || all[i+1].Author == engine.Citizen || !all[i+1].At.Equal(e.At)) {
					rt.Fatalf("%s in conversation %d was not answered", e.Update, k.id)
				}
			case engine.Operator:
				replies = append(replies, textOf(w.t, e.Body))
				if !human {
					rt.Fatalf("an operator spoke who did not own conversation %d: %s", k.id, e.Body)
				}
			case engine.Bot:
				if human {
					rt.Fatalf("the bot spoke while a human owned conversation %d: %s", k.id, e.Body)
				}
			}
		}
		var acked []string
		for _, in := range k.acked {
			acked = append(acked, in.Update)
		}
		if !slices.Equal(heard, acked) || !slices.Equal(replies, k.replies) {
			rt.Fatalf("conversation %d holds %v and the replies %v\nacknowledged were %v and %v", k.id, heard, replies, acked, k.replies)
		}
	}
}

// settle lets everything come to rest and looks at what has to be so then.
func (w *world) settle(rt *rapid.T) {
	synctest.Wait()
	w.main.store.commit.unset()
	if w.main.store.dead.Load() {
		w.revive()
	}
	wait(5)
	w.check(rt)
	if calls, err := w.second.store.Calls(context.Background(), 100); err != nil || len(calls) > 0 {
		rt.Fatalf("service calls without an answer: %v, %v", calls, err)
	}
	numbers := map[string]bool{}
	for _, k := range w.talks {
		if k.id == 0 {
			continue
		}
		all, err := w.second.History(context.Background(), k.id, 0, 100_000)
		if err != nil {
			rt.Fatal(err)
		}
		var due []int64
		for _, e := range all {
			if e.Author != engine.Citizen {
				due = append(due, e.Seq)
			}
		}
		arrived := w.channel.arrived(k.peer.ID)
		if !slices.IsSorted(arrived) || !slices.Equal(slices.Compact(arrived), due) {
			rt.Fatalf("%s got the messages %v, they should be %v", k.peer.ID, arrived, due)
		}
		for _, ticket := range w.state(rt, k).Tickets {
			if numbers[ticket.Number] || !answer.Parse(answer.TicketNumber, ticket.Number, answer.Context{}).OK() {
				rt.Fatalf("the number %s was given twice or is none", ticket.Number)
			}
			numbers[ticket.Number] = true
		}
	}
}
