package vk

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"spravka"
	"spravka/adapters/channeltest"
	"spravka/adapters/sqlite"
	"spravka/engine"
	"spravka/engine/flow"
	"spravka/engine/host"
	"spravka/engine/understand"
)

// deaf understands nothing: these tests steer by commands and buttons, and no model has to be trained.
type deaf struct{}

func (deaf) Understand(understand.Query) understand.Reading { return understand.Reading{} }

var content = sync.OnceValues(func() (*engine.Content, error) {
	c, problems := flow.Load(spravka.Content)
	if bad := problems.Fatal(); len(bad) > 0 {
		return nil, bad
	}
	return engine.NewContent(c, deaf{}), nil
})

// app is the channel with the real host and the real store.
type app struct {
	*Adapter
	store  *sqlite.Store
	host   *host.Host
	alarms *atomic.Int64
	stop   func()
}

// open makes an app in a folder that survives it.
func open(folder, api string, log *slog.Logger, change func(c *Config)) (*app, error) {
	store, err := sqlite.Open(filepath.Join(folder, "spravka.db"))
	if err != nil {
		return nil, err
	}
	words, err := content()
	if err != nil {
		return nil, err
	}
	a := &app{store: store, alarms: new(atomic.Int64)}
	c := Config{Token: token, Group: group, Cursor: FileCursor(filepath.Join(folder, "vk.cursor")), Files: store, MethodURL: api, AllowLocal: true,
		Log: log, Alarm: func(string, string) { a.alarms.Add(1) }}
	if change != nil {
		change(&c)
	}
	if a.Adapter, err = New(c); err != nil {
		return nil, err
	}
	current := func() *engine.Content { return words }
	a.host = host.New(host.Config{Store: store, Content: current, Services: host.Services{"": host.TicketService{Store: store, Content: current}},
		Channels: []host.Channel{a.Adapter, a.Wall()}, Now: time.Now, Log: log})
	return a, nil
}

// run starts the host and the channel.
func (a *app) run() {
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	all.Go(func() { a.host.Run(ctx) })
	all.Go(func() { a.Run(ctx, a.host) })
	a.stop = func() {
		cancel()
		all.Wait()
		a.host.Close()
		a.store.Close()
	}
}

// quiet is a log for tests that provoke errors; SPRAVKA_TEST_LOG shows it.
func quiet() *slog.Logger {
	if os.Getenv("SPRAVKA_TEST_LOG") != "" {
		return slog.New(slog.NewTextHandler(os.Stderr, nil))
	}
	return slog.New(slog.DiscardHandler)
}

// TestMain lets the test's own binary be the program, so that a test can start it and kill it.
func TestMain(m *testing.M) {
	folder := os.Getenv("SPRAVKA_VK_FOLDER")
	if folder == "" {
		os.Exit(m.Run())
	}
	a, err := open(folder, os.Getenv("SPRAVKA_VK_API"), quiet(), nil)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	a.run()
	fmt.Println("ready")
	io.Copy(io.Discard, os.Stdin) // until it is killed, or the test ends
	a.stop()
}

// start runs the program and returns when it receives.
func start(t *testing.T, folder, api string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "SPRAVKA_VK_FOLDER="+folder, "SPRAVKA_VK_API="+api)
	cmd.Stderr = os.Stderr
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ready := make([]byte, 6)
	if _, err := io.ReadFull(out, ready); err != nil {
		t.Fatalf("the program did not start: %v", err)
	}
	return cmd
}

// reply is a message as a citizen got it.
type reply struct {
	peer, random int64
	text         string
}

// checkStored compares what the store holds with what was said and what arrived: every update is stored once, in the
// order of its dialogue; every reply has arrived once, in the order of the history.
func checkStored(t testing.TB, a *app, said map[int64][]string, arrived []reply) {
	t.Helper()
	turns, replies := 0, 0
	for peer, want := range said {
		r, err := a.store.Find(t.Context(), a.peer(peer))
		if err != nil {
			t.Fatalf("dialogue %d: %v", peer, err)
		}
		var stored []string
		var due, got []int64
		for after := int64(0); ; {
			entries, err := a.store.History(t.Context(), r.ID, after, 500)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range entries {
				if after = e.Seq; e.Author == engine.Citizen {
					stored = append(stored, e.Update)
					continue
				}
				var m engine.Message
				if err := json.Unmarshal(e.Body, &m); err != nil {
					t.Fatal(err)
				}
				due = append(due, int64(a.randomID(r.ID, e.Seq, 0)))
			}
			if len(entries) == 0 {
				break
			}
		}
		for _, m := range arrived {
			if m.peer == peer {
				got = append(got, m.random)
			}
		}
		turns, replies = turns+len(stored), replies+len(due)
		if !slices.Equal(stored, want) {
			t.Errorf("dialogue %d: %d updates were stored, want %d:\n%v\n%v", peer, len(stored), len(want), stored, want)
		}
		if !slices.Equal(got, due) {
			t.Errorf("dialogue %d: %d replies arrived, want %d:\n%v\n%v", peer, len(got), len(due), got, due)
		}
		left, err := a.store.Outbox(t.Context(), r.ID, 10)
		if err != nil || len(left) != 0 {
			t.Errorf("dialogue %d: %d messages are still in the outbox (%v)", peer, len(left), err)
		}
	}
	t.Logf("%d updates stored once, %d replies arrived once and in order", turns, replies)
}

func (f *fake) replies() []reply {
	var out []reply
	for _, c := range f.messages() {
		var r reply
		fmt.Sscan(c.values.Get("peer_id"), &r.peer)
		fmt.Sscan(c.values.Get("random_id"), &r.random)
		r.text = c.values.Get("message")
		out = append(out, r)
	}
	return out
}

// The process is killed again and again while citizens write: nothing is lost, nothing is doubled, the order holds.
func TestKilledAgainAndAgain(t *testing.T) {
	vk := newFake()
	server := httptest.NewServer(vk)
	defer server.Close()
	folder := t.TempDir()
	said := map[int64][]string{}
	program := start(t, folder, server.URL+"/method/")
	channeltest.Until(t, 20*time.Second, "no poll", func() bool { return vk.polled() > 0 })
	const kills, each = 4, 15
	for kill := range kills {
		for i := range each {
			peer := int64(1 + i%5)
			id := vk.say(peer, int64(kill*each+i+1), "/help")
			said[peer] = append(said[peer], itoa(group)+":"+id)
			time.Sleep(20 * time.Millisecond)
		}
		program.Process.Kill()
		program.Wait()
		program = start(t, folder, server.URL+"/method/")
	}
	channeltest.Until(t, time.Minute, "replies are missing", func() bool { return len(vk.replies()) >= kills*each })
	time.Sleep(500 * time.Millisecond)
	program.Process.Kill()
	program.Wait()
	a, err := open(folder, server.URL+"/method/", quiet(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer a.store.Close()
	defer a.host.Close()
	checkStored(t, a, said, vk.replies())
}
