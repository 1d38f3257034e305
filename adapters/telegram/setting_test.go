package telegram

import (
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp/cmpopts"

	"spravka/adapters/channeltest"
	"spravka/engine"
	"spravka/engine/host"
)

// say is a message in the outbox.
func say(peer, text string) host.Outgoing { return post(peer, engine.Message{Text: text}) }

func post(peer string, m engine.Message) host.Outgoing {
	body, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	return host.Outgoing{Conversation: 1, Seq: 2, Peer: host.Peer{Channel: Channel, ID: peer}, Body: body}
}

var sorted = cmpopts.SortSlices(func(a, b string) bool { return a < b })

// tally counts and keeps the log.
type tally struct {
	channeltest.Log

	mu sync.Mutex
	n  map[string]int
}

func (t *tally) add(what string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.n == nil {
		t.n = map[string]int{}
	}
	t.n[what]++
}

func (t *tally) of(what string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.n[what]
}

func (t *tally) counts() map[string]int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return maps.Clone(t.n)
}

// setting is a bot with its fake Telegram, host and files.
type setting struct {
	*testing.T
	fake  *fake
	ear   *channeltest.Ear
	files *channeltest.Files
	tally *tally
	bot   *Bot
}

func newSetting(t *testing.T, change func(*Config)) *setting {
	t.Helper()
	s := &setting{T: t, fake: newFake(), ear: &channeltest.Ear{}, files: &channeltest.Files{}, tally: &tally{}}
	c := Config{Token: token, Transport: s.fake, Count: s.tally.add, Log: slog.New(slog.NewTextHandler(s.tally, nil))}
	if change != nil {
		change(&c)
	}
	var err error
	if s.bot, err = New(s.files, c); err != nil {
		t.Fatal(err)
	}
	return s
}

// run runs the bot during a task.
func (s *setting) run(task func(ctx context.Context)) {
	s.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.bot.Run(ctx, s.ear) }()
	task(ctx)
	cancel()
	if err := <-done; err != nil {
		s.Errorf("Run: %v", err)
	}
	s.discreet()
}

// discreet checks that the log holds neither the token nor what citizens wrote.
func (s *setting) discreet() {
	s.Helper()
	for _, secret := range []string{"TEST-secret_part", "Пётр", "личное"} {
		if strings.Contains(s.tally.String(), secret) {
			s.Errorf("the log holds %q:\n%s", secret, s.tally.String())
		}
	}
}
