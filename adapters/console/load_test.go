//go:build measure

package console

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"spravka/engine"
	"spravka/engine/host"
)

// TestLoad measures what 50 operators' consoles see of 20 messages a second over 2,000 open tickets:
//
//	go test -tags measure -run TestLoad -v ./adapters/console
//
// It prints how long a message takes from the citizen's channel to each console, and how long the server needs for the
// page of the inbox. The goals are 300 ms (p95) and 150 ms.
func TestLoad(t *testing.T) {
	const (
		tickets  = 2000
		consoles = 50
		rate     = 20 // messages a second
		lasts    = 30 * time.Second
	)
	x := openHouse(t, func(c *Config) { c.Streams, c.StreamsEach = 500, 500 })
	began := time.Now()
	var wg sync.WaitGroup
	places := make(chan int)
	for range 64 { // turns share transactions
		wg.Go(func() {
			for i := range places {
				x.callOperator(fmt.Sprint("peer-", i))
			}
		})
	}
	for i := range tickets {
		places <- i
	}
	close(places)
	wg.Wait()
	open, err := x.store.OpenTickets(t.Context())
	if err != nil || len(open) != tickets {
		t.Fatalf("%d tickets are open: %v", len(open), err)
	}
	t.Logf("%d tickets opened in %.1f s", tickets, time.Since(began).Seconds())
	// The consoles look at the first page, where the oldest tickets are; the messages belong to those.
	shown := open[:pageRows]

	var mu sync.Mutex
	sent := map[string]time.Time{}
	var delays []time.Duration
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ready := make(chan struct{}, consoles)
	for i := range consoles {
		_, cookie := x.hire(fmt.Sprintf("op%02d", i), fmt.Sprint("Оператор ", i), host.RoleOperator)
		wg.Go(func() {
			r, _ := http.NewRequestWithContext(ctx, "GET", x.server.URL+Root+"tickets/live", nil)
			r.AddCookie(cookie)
			r.Header.Set("Accept", "text/event-stream")
			answer, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Error(err)
				return
			}
			defer answer.Body.Close()
			seen := map[string]bool{}
			lines := bufio.NewReaderSize(answer.Body, 1<<20)
			for first := true; ; {
				line, err := lines.ReadString('\n')
				if err != nil {
					return
				}
				now := time.Now()
				if !strings.HasPrefix(line, "data: ") {
					continue
				}
				if first {
					first = false
					ready <- struct{}{}
				}
				for rest := line; ; {
					_, after, ok := strings.Cut(rest, "сообщение №")
					if !ok {
						break
					}
					number, _, _ := strings.Cut(after, " ")
					rest = after
					if seen[number] {
						continue
					}
					seen[number] = true
					mu.Lock()
					if at, ok := sent[number]; ok {
						delays = append(delays, now.Sub(at))
					}
					mu.Unlock()
				}
			}
		})
	}
	for range consoles {
		<-ready
	}
	var pages []time.Duration
	_, cookie := x.hire("reader", "Читатель", host.RoleOperator)
	tick := time.NewTicker(time.Second / rate)
	defer tick.Stop()
	end := time.Now().Add(lasts)
	messages := 0
	var sending sync.WaitGroup
	for time.Now().Before(end) {
		<-tick.C
		messages++
		n := messages
		sending.Go(func() {
			number := fmt.Sprint(n)
			k := shown[n%len(shown)]
			record, err := x.host.Load(ctx, k.Conversation)
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			sent[number] = time.Now()
			mu.Unlock()
			x.citizen(record.Peer.ID, "load:"+number, engine.Said{Text: "сообщение №" + number + " из нагрузки"})
		})
		if n%rate == 0 { // once a second somebody opens the inbox
			at := time.Now()
			r, _ := http.NewRequest("GET", x.server.URL+Root+"tickets", nil)
			r.AddCookie(cookie)
			answer, err := http.DefaultClient.Do(r)
			if err != nil || answer.StatusCode != http.StatusOK {
				t.Fatal(err, answer)
			}
			answer.Body.Close()
			pages = append(pages, time.Since(at))
		}
	}
	sending.Wait()
	time.Sleep(2 * time.Second)
	cancel()
	wg.Wait()
	report := func(name string, all []time.Duration) time.Duration {
		slices.Sort(all)
		at := func(p float64) time.Duration {
			return all[min(len(all)-1, int(p*float64(len(all))))].Round(time.Millisecond / 10)
		}
		t.Logf("%s: n=%d p50=%v p95=%v p99=%v max=%v", name, len(all), at(0.5), at(0.95), at(0.99), all[len(all)-1].Round(time.Millisecond))
		return at(0.95)
	}
	t.Logf("%d messages to %d consoles over %d open tickets", messages, consoles, tickets)
	if p95 := report("citizen's message → console", delays); p95 > 300*time.Millisecond {
		t.Errorf("p95 is %v, more than 300 ms", p95)
	}
	if p95 := report("inbox page, whole request", pages); p95 > 150*time.Millisecond {
		t.Errorf("the page's p95 is %v, more than 150 ms", p95)
	}
	if want := messages * consoles * 9 / 10; len(delays) < want { // of two messages of a ticket within a gap only the last is shown
		t.Errorf("the consoles have seen %d messages, fewer than %d", len(delays), want)
	}
}
