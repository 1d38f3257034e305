package sqlite_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"spravka/adapters/sqlite"
	"spravka/engine"
	"spravka/engine/flow/flowtest"
	"spravka/engine/host"
)

// script is what each citizen of the benchmark writes, round and round: three answers of a flow and a new beginning.
var script = []string{"1000000022", "Семёнов Пётр Алексеевич", "29.02.1992", "сначала"}

const citizens = 256

// BenchmarkDurableTurns measures turns through the whole host (mailbox, step, commit) beside a bare loop that commits
// the very same rows in the very same groups, round by round in one run, so that both see the same disk.
func BenchmarkDurableTurns(b *testing.B) {
	content := engine.NewContent(flowtest.Load(b, flowtest.Shipped(b)), nil)
	var viaHost, bare rate
	for b.Loop() {
		turns := record(b, content)
		bare.add(runBare(b, turns))
		viaHost.add(runHost(b, content))
	}
	b.ReportMetric(viaHost.perSecond(), "host-turns/s")
	b.ReportMetric(bare.perSecond(), "bare-turns/s")
	b.ReportMetric(viaHost.perSecond()/bare.perSecond(), "host/bare")
}

type rate struct {
	turns int
	took  time.Duration
}

func (r *rate) add(turns int, took time.Duration) { r.turns, r.took = r.turns+turns, r.took+took }
func (r *rate) perSecond() float64                { return float64(r.turns) / r.took.Seconds() }

const each = 40 // turns of a citizen in one round

func openStore(b *testing.B) *sqlite.Store {
	b.Helper()
	s, err := sqlite.Open(filepath.Join(b.TempDir(), "bench.db"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	return s
}

// recorder keeps the turns that the host commits.
type recorder struct {
	host.Store
	turns []*host.Turn
}

func (r *recorder) Commit(ctx context.Context, turns []*host.Turn) ([]error, error) {
	r.turns = append(r.turns, turns...)
	return r.Store.Commit(ctx, turns)
}

// record plays one citizen and returns the rows that each of their turns writes.
func record(b *testing.B, content *engine.Content) []*host.Turn {
	r := &recorder{Store: openStore(b)}
	h := host.New(host.Config{Store: r, Content: func() *engine.Content { return content }, Now: time.Now})
	defer h.Close()
	talk(b, h, "recorded")
	return r.turns
}

func talk(b *testing.B, h *host.Host, who string) {
	peer := host.Peer{Channel: "web", ID: who}
	send := func(n int, ev engine.Event) {
		if _, err := h.Receive(b.Context(), host.Inbound{Peer: peer, Update: fmt.Sprint(who, "-", n), Event: ev}); err != nil {
			b.Error(err)
		}
	}
	send(-1, engine.Pressed{Payload: "t:application.status"})
	for n := range each {
		send(n, engine.Said{Text: script[n%len(script)]})
	}
}

func runHost(b *testing.B, content *engine.Content) (int, time.Duration) {
	store := openStore(b)
	h := host.New(host.Config{Store: store, Content: func() *engine.Content { return content }, Now: time.Now})
	defer h.Close()
	var all sync.WaitGroup
	start := time.Now()
	for c := range citizens {
		all.Go(func() { talk(b, h, fmt.Sprint("citizen ", c)) })
	}
	all.Wait()
	return citizens * (each + 1), time.Since(start)
}

// runBare commits the recorded rows for as many citizens with nothing but a loop that groups what waits.
func runBare(b *testing.B, turns []*host.Turn) (int, time.Duration) {
	store := openStore(b)
	type job struct {
		turn *host.Turn
		done chan error
	}
	queue := make(chan job, citizens)
	var committed atomic.Int64
	var loop sync.WaitGroup
	loop.Go(func() {
		for first := range queue {
			batch := []job{first}
			for len(batch) < 256 {
				select {
				case j, ok := <-queue:
					if ok {
						batch = append(batch, j)
						continue
					}
				default:
				}
				break
			}
			group := make([]*host.Turn, len(batch))
			for i, j := range batch {
				group[i] = j.turn
			}
			errs, err := store.Commit(context.Background(), group)
			for i, j := range batch {
				if err == nil {
					err = errs[i]
				}
				j.done <- err
				committed.Add(1)
			}
		}
	})
	var all sync.WaitGroup
	start := time.Now()
	for c := range citizens {
		all.Go(func() {
			r, err := store.Open(b.Context(), host.Peer{Channel: "web", ID: fmt.Sprint("citizen ", c)}, "ru", time.Now())
			if err != nil {
				b.Error(err)
				return
			}
			done := make(chan error, 1)
			for n, t := range turns {
				queue <- job{own(t, r, n, c), done}
				if err := <-done; err != nil {
					b.Error(err)
					return
				}
				r.Version++
			}
		})
	}
	all.Wait()
	took := time.Since(start)
	close(queue)
	loop.Wait()
	return int(committed.Load()), took
}

// own turns a recorded turn into one of another conversation.
func own(t *host.Turn, r host.Record, n, c int) *host.Turn {
	own := *t
	own.Update = fmt.Sprint("citizen ", c, "-", n)
	own.Record.ID, own.Record.Version, own.Record.Peer = r.ID, r.Version, r.Peer
	own.Entries = append([]host.Entry(nil), t.Entries...)
	for i := range own.Entries {
		own.Entries[i].Conversation = r.ID
		if own.Entries[i].Update != "" {
			own.Entries[i].Update = own.Update
		}
	}
	own.Set = append([]host.Timer(nil), t.Set...)
	for i := range own.Set {
		own.Set[i].Conversation = r.ID
	}
	return &own
}
