package telegram

import (
	"context"
	"database/sql"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"spravka"
	"spravka/adapters/sqlite"
	"spravka/engine"
	"spravka/engine/channel"
	"spravka/engine/flow"
	"spravka/engine/host"
	"spravka/engine/understand"
)

// program says how the test's own binary is to run as the program.
type program struct {
	Dir, BaseURL string
	Webhook      string // address to listen on, and path: "127.0.0.1:9000"; empty means polling
	Free         bool   // without limits
	Slow         time.Duration
}

// TestMain lets the test's own binary be a program with the real host, store and content, so that it can be killed.
func TestMain(m *testing.M) {
	if given := os.Getenv("SPRAVKA_TELEGRAM_PROGRAM"); given != "" {
		var p program
		if err := json.Unmarshal([]byte(given), &p); err != nil {
			panic(err)
		}
		p.run(context.Background())
		return
	}
	os.Exit(m.Run())
}

// start runs the program in a process of its own; the caller kills it.
func (p program) start(t *testing.T) *exec.Cmd {
	t.Helper()
	given, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "SPRAVKA_TELEGRAM_PROGRAM="+string(given))
	log, err := os.OpenFile(p.log(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

func kill(cmd *exec.Cmd) {
	cmd.Process.Kill()
	cmd.Wait()
}

func (p program) log() string      { return filepath.Join(p.Dir, "log") }
func (p program) database() string { return filepath.Join(p.Dir, "spravka.db") }

func (p program) run(ctx context.Context) {
	content, problems := flow.Load(spravka.Content)
	if bad := problems.Fatal(); len(bad) > 0 {
		panic(bad)
	}
	store, err := sqlite.Open(p.database())
	if err != nil {
		panic(err)
	}
	playing := engine.NewContent(content, parrot{})
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	c := Config{Token: token, BaseURL: p.BaseURL, PollTimeout: 2 * time.Second, Log: log,
		Count: func(what string) {
			if what != CountUpdate && what != CountSent {
				log.Info("counted", "what", what)
			}
		}}
	if p.Free {
		c.Limits = Limits{PerSecond: -1, Chat: -1}
	}
	if p.Webhook != "" {
		c.WebhookURL, c.WebhookSecret = "http://"+p.Webhook+"/telegram", hookSecret
	}
	b, err := New(store, c)
	if err != nil {
		panic(err)
	}
	current := func() *engine.Content { return playing }
	h := host.New(host.Config{Store: store, Content: current, Services: host.Services{"ticket": host.TicketService{Store: store, Content: current}},
		Channels: []host.Channel{b}, Now: time.Now, Log: log})
	if p.Webhook != "" {
		listener, err := net.Listen("tcp", p.Webhook)
		if err != nil {
			panic(err)
		}
		go http.Serve(listener, b.Webhook())
	}
	go h.Run(ctx)
	if err := b.Run(ctx, slowHost{h, p.Slow}); err != nil {
		panic(err)
	}
}

// slowHost takes its time with each turn.
type slowHost struct {
	*host.Host
	pause time.Duration
}

func (s slowHost) Receive(ctx context.Context, in host.Inbound) (host.Receipt, error) {
	if s.pause > 0 {
		sleep(ctx, s.pause)
	}
	return s.Host.Receive(ctx, in)
}

// answers are topics with an answer of their own, told apart by their texts.
var answers = []string{"contact.chat", "service.payment", "application.upload_failed", "document.delivery"}

// parrot understands "вопрос 7" as the topic number 7 of a round of four.
type parrot struct{}

var number = regexp.MustCompile(`[0-9]+`)

// Understand implements engine.Understander.
func (parrot) Understand(q understand.Query) understand.Reading {
	n, _ := strconv.Atoi(number.FindString(q.Text))
	topic := answers[n%len(answers)]
	return understand.Reading{Decision: understand.Answer, Topics: []understand.Scored{{Topic: topic, Score: 1}}, Needs: []string{topic}, Confidence: 1, Normal: q.Text}
}

// account is what the database says at the end.
type account struct {
	heard   map[string][]string // citizens' words, per peer, in order
	said    map[string][]string // what was to be sent, as Telegram would show it
	unknown int                 // messages of which nobody can tell whether they arrived
	waiting int
}

// read reads the database of a program that has ended.
func (p program) read(t *testing.T, peers []string) account {
	t.Helper()
	store, err := sqlite.Open(p.database())
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	out := account{heard: map[string][]string{}, said: map[string][]string{}}
	for _, peer := range peers {
		r, err := store.Find(t.Context(), host.Peer{Channel: Channel, ID: peer})
		if err != nil {
			t.Fatalf("peer %s: %v", peer, err)
		}
		for after := int64(0); ; {
			list, err := store.History(t.Context(), r.ID, after, 100)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range list {
				after = e.Seq
				var m engine.Message
				if err := json.Unmarshal(e.Body, &m); err != nil {
					t.Fatal(err)
				}
				if e.Author == engine.Citizen {
					out.heard[peer] = append(out.heard[peer], m.Text)
					continue
				}
				for _, part := range channel.Degrade(m, Abilities) {
					out.said[peer] = append(out.said[peer], channel.Parse(part.Text).Visible())
				}
			}
			if len(list) < 100 {
				break
			}
		}
	}
	db, err := sql.Open("sqlite", p.database())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for state, n := range map[string]*int{"'unknown'": &out.unknown, "'waiting', 'sending'": &out.waiting} {
		if err := db.QueryRow("SELECT COUNT(*) FROM outbox WHERE state IN (" + state + ")").Scan(n); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// missing returns how many of want are not in got, which must hold the others in the same order and nothing else.
func missing(got, want []string) (n int, ok bool) {
	for _, w := range want {
		if len(got) > 0 && got[0] == w {
			got = got[1:]
		} else {
			n++
		}
	}
	return n, len(got) == 0
}

// quiet waits until a number has not changed for a while.
func quiet(of func() int) {
	for last, since := -1, time.Now(); time.Since(since) < 2*time.Second; time.Sleep(50 * time.Millisecond) {
		if n := of(); n != last {
			last, since = n, time.Now()
		}
	}
}

func keys[V any](m map[string]V) (out []string) {
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
