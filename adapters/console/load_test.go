//go:build measure

package console

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"spravka/engine"
	"spravka/engine/host"
)

const (
	loadTickets  = 2000
	loadConsoles = 50
	loadRate     = 20 // messages a second
	loadLasts    = 30 * time.Second
	loadChild    = "SPRAVKA_TEST_CONSOLES" // set in the process that plays the browsers
)

// TestLoad measures what 50 operators' consoles see of 20 messages a second over 2,000 open tickets:
//
//	go test -tags measure -run TestLoad$ -v ./adapters/console
//
// It prints how long a message takes from the citizen's channel to each console, how long the server needs for the page of
// the inbox, and how much of a processor the server takes: the consoles are a process of their own. Messages are sent at
// their times whatever the server does, and a message's delay counts from its time. The goals are 300 ms (p95) and 150 ms.
func TestLoad(t *testing.T) {
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
	for i := range loadTickets {
		places <- i
	}
	close(places)
	wg.Wait()
	open, err := x.store.OpenTickets(t.Context())
	if err != nil || len(open) != loadTickets {
		t.Fatalf("%d tickets are open: %v", len(open), err)
	}
	t.Logf("%d tickets opened in %.1f s", loadTickets, time.Since(began).Seconds())
	// The consoles look at the first page, where the oldest tickets are; the messages belong to those.
	var peers []string
	for _, k := range open[:pageRows] {
		record, err := x.host.Load(t.Context(), k.Conversation)
		if err != nil {
			t.Fatal(err)
		}
		peers = append(peers, record.Peer.ID)
	}
	plan := loadPlan{URL: x.server.URL}
	for i := range loadConsoles + 1 {
		_, cookie := x.hire(fmt.Sprintf("op%02d", i), fmt.Sprint("Оператор ", i), host.RoleOperator)
		plan.Cookies = append(plan.Cookies, cookie.Value)
	}
	far := startConsoles(t, plan)
	<-far.ready

	before := cpuSeconds()
	start := time.Now()
	messages := int(loadLasts.Seconds() * loadRate)
	at := func(n int) time.Time { return start.Add(time.Duration(n) * time.Second / loadRate) }
	for n := range messages {
		time.Sleep(time.Until(at(n)))
		wg.Go(func() {
			x.citizen(peers[n%len(peers)], fmt.Sprint("load:", n), engine.Said{Text: fmt.Sprintf("сообщение №%d из нагрузки", n)})
		})
	}
	wg.Wait()
	time.Sleep(2 * time.Second)
	used := cpuSeconds() - before
	took := time.Since(start).Seconds()
	arrived, pages := far.stop()

	var delays []time.Duration
	for _, a := range arrived {
		delays = append(delays, a.at.Sub(at(a.number)))
	}
	report := func(name string, all []time.Duration) time.Duration {
		slices.Sort(all)
		at := func(p float64) time.Duration {
			return all[min(len(all)-1, int(p*float64(len(all))))].Round(time.Millisecond / 10)
		}
		t.Logf("%s: n=%d p50=%v p95=%v p99=%v max=%v", name, len(all), at(0.5), at(0.95), at(0.99), all[len(all)-1].Round(time.Millisecond))
		return at(0.95)
	}
	t.Logf("%d messages to %d consoles over %d open tickets: the server took %.2f s of processor in %.1f s, %.0f %% of one", messages, loadConsoles, loadTickets, used, took, 100*used/took)
	if p95 := report("citizen's message → console", delays); p95 > 300*time.Millisecond {
		t.Errorf("p95 is %v, more than 300 ms", p95)
	}
	if p95 := report("inbox page under load, whole request", pages); p95 > 150*time.Millisecond {
		t.Errorf("the page's p95 is %v, more than 150 ms", p95)
	}
	if used > took/2 {
		t.Errorf("the server took %.0f %% of a processor, more than half", 100*used/took)
	}
	if want := messages * loadConsoles * 9 / 10; len(delays) < want { // of two messages of a ticket within a gap only the last is shown
		t.Errorf("the consoles have seen %d messages, fewer than %d", len(delays), want)
	}
	const looks = 100
	before = cpuSeconds()
	for range looks {
		r, _ := http.NewRequest("GET", x.server.URL+Root+"tickets", nil)
		r.AddCookie(&http.Cookie{Name: sessionCookie, Value: plan.Cookies[0]})
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, answer.Body)
		answer.Body.Close()
	}
	t.Logf("an inbox page takes %.1f ms of processor, its client included", 1000*(cpuSeconds()-before)/looks)
}

// cpuSeconds is how much of a processor this process has taken.
func cpuSeconds() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

// loadPlan is what the process of the consoles is given. The last cookie is of somebody who opens the inbox each second.
type loadPlan struct {
	URL     string
	Cookies []string
}

// arrival is a message that a console has shown.
type arrival struct {
	number int
	at     time.Time
}

type consoles struct {
	ready chan struct{}
	stop  func() ([]arrival, []time.Duration)
}

func startConsoles(t *testing.T, plan loadPlan) consoles {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(program, "-test.run", "TestLoadConsoles$", "-test.v")
	child.Env = append(os.Environ(), loadChild+"=1")
	child.Stderr = os.Stderr
	in, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	if err := json.NewEncoder(in).Encode(plan); err != nil {
		t.Fatal(err)
	}
	c := consoles{ready: make(chan struct{})}
	var arrived []arrival
	var pages []time.Duration
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			word := strings.Fields(lines.Text())
			switch {
			case len(word) == 1 && word[0] == "ready":
				close(c.ready)
			case len(word) == 3 && word[0] == "seen":
				n, _ := strconv.Atoi(word[1])
				ns, _ := strconv.ParseInt(word[2], 10, 64)
				arrived = append(arrived, arrival{n, time.Unix(0, ns)})
			case len(word) == 2 && word[0] == "page":
				ns, _ := strconv.ParseInt(word[1], 10, 64)
				pages = append(pages, time.Duration(ns))
			}
		}
	}()
	c.stop = func() ([]arrival, []time.Duration) {
		in.Close()
		<-ended
		if err := child.Wait(); err != nil {
			t.Error("the process of the consoles: ", err)
		}
		return arrived, pages
	}
	return c
}

// TestLoadConsoles is the other process of TestLoad: it plays the browsers until its input ends.
func TestLoadConsoles(t *testing.T) {
	if os.Getenv(loadChild) == "" {
		return // TestLoad starts it
	}
	input := bufio.NewReader(os.Stdin)
	var plan loadPlan
	line, err := input.ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &plan)
	}
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	var mu sync.Mutex
	say := func(words ...any) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Println(words...)
	}
	ask := func(path, cookie string) (*http.Response, error) {
		r, _ := http.NewRequestWithContext(ctx, "GET", plan.URL+Root+path, nil)
		r.AddCookie(&http.Cookie{Name: sessionCookie, Value: cookie})
		return http.DefaultClient.Do(r)
	}
	last := len(plan.Cookies) - 1
	ready := make(chan struct{}, last)
	for _, cookie := range plan.Cookies[:last] {
		wg.Go(func() {
			answer, err := ask("tickets/live", cookie)
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
				now := time.Now().UnixNano()
				if !strings.HasPrefix(line, "data: ") {
					continue
				}
				if first {
					first = false
					ready <- struct{}{}
				}
				for _, part := range strings.Split(line, "сообщение №")[1:] {
					if number, _, _ := strings.Cut(part, " "); !seen[number] {
						seen[number] = true
						say("seen", number, now)
					}
				}
			}
		})
	}
	for range last {
		<-ready
	}
	say("ready")
	wg.Go(func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
			at := time.Now()
			answer, err := ask("tickets", plan.Cookies[last])
			if err != nil {
				return
			}
			_, _ = io.Copy(io.Discard, answer.Body)
			answer.Body.Close()
			if answer.StatusCode != http.StatusOK {
				t.Error(answer.Status)
			}
			say("page", int64(time.Since(at)))
		}
	})
	_, _ = io.Copy(io.Discard, input)
	cancel()
	wg.Wait()
}
