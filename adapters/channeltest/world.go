// Package channeltest proves that a channel keeps what every channel promises.
//
// [Scenarios] plays each dialogue of testdata/scenarios over the channel: through its real adapter, the real host, the
// real content and a real store, and a fake of the platform. [Contract] holds the promises that no dialogue shows: what
// happens to an update that comes twice, can't be stored, can't be read.
package channeltest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"spravka/adapters/modelcache"
	"spravka/adapters/register"
	"spravka/adapters/sqlite"
	"spravka/adapters/terminal"
	"spravka/engine"
	"spravka/engine/flow/flowtest"
	"spravka/engine/host"
)

// Line is a citizen's end of a channel: it does with the platform what their application would do.
type Line interface {
	// Peer is how the host knows the citizen.
	Peer() host.Peer
	// Write, Press and Send return when the channel has confirmed the update to the platform; a [Refusal] says that the
	// channel did not take it and has told the citizen why.
	Write(ctx context.Context, text string) error
	Press(ctx context.Context, payload string) error
	Send(ctx context.Context, f File) error
	// Seen returns what has come to the citizen since it was asked for last, as they see it.
	Seen(ctx context.Context) ([]Shown, error)
	// Close ends the channel.
	Close()
}

// Refusal says that the channel itself has not taken what the citizen did, in the words in which it told them so.
type Refusal string

func (r Refusal) Error() string { return string(r) }

// Tester is a [Line] that can do what only a platform does, and what none should: for [Contract].
type Tester interface {
	Line
	// Again delivers the newest update once more, under its old name, and returns when it is confirmed.
	Again(ctx context.Context) error
	// Burst delivers messages without waiting for each other's confirmation, and returns when all are confirmed.
	Burst(ctx context.Context, texts []string) error
	// Garbage delivers an update that can't be understood and holds the given words. It returns when the channel has passed
	// it by; a channel that refuses it with an HTTP status returns a [Refusal] that begins with the status.
	Garbage(ctx context.Context, words string) error
}

// File is a file that a citizen sends.
type File struct {
	Name, MIME string
	Content    []byte
}

// Shown is a message as a citizen sees it: without markup. Files are names.
type Shown struct {
	Text    string
	Links   []string        // addresses behind words of the text
	Buttons []engine.Button // payloads as the engine has them; a label may be shortened
	Files   []string
}

// World is all that stands behind a channel.
type World struct {
	Store   *sqlite.Store
	Host    *host.Host
	Content *engine.Content
	Clock   *terminal.Clock
	Notices *terminal.Notices
	Board   *host.NoticeBoard
	Log     *slog.Logger

	down atomic.Bool // the store takes no turns
}

// failing is a store that can be out of order.
type failing struct {
	*sqlite.Store
	down *atomic.Bool
}

func (f failing) Commit(ctx context.Context, turns []*host.Turn) ([]error, error) {
	if f.down.Load() {
		return nil, errors.New("the store is down")
	}
	return f.Store.Commit(ctx, turns)
}

// Channel is how a channel is made for a test. Open makes the adapter; nil stands for a channel that reads the history. Begin
// starts it over the host and gives one citizen's end of it, whose language is the locale.
type Channel struct {
	Name  string
	Open  func(w *World) (host.Channel, error)
	Begin func(w *World, ch host.Channel, locale string) (Line, error)
}

var (
	prepared sync.Once
	shipped  *engine.Content
)

// Content returns the content that is built into the program, with its understanding.
func Content(t testing.TB) *engine.Content {
	t.Helper()
	prepared.Do(func() {
		c := flowtest.Load(t, flowtest.Shipped(t))
		shipped = engine.NewContent(c, modelcache.Load(c))
	})
	return shipped
}

// open makes a world of its own for one citizen. The clock stands still until it is moved.
func (c Channel) open(content *engine.Content, at time.Time, log *slog.Logger) (*World, host.Channel, error) {
	store, err := sqlite.Open(":memory:")
	if err != nil {
		return nil, nil, err
	}
	w := &World{Store: store, Content: content, Clock: terminal.NewClock(at), Notices: &terminal.Notices{}, Log: log}
	builtin := register.New(register.Options{Database: store, Now: w.Clock.Now, Sender: register.NewNotices(store, w.Clock.Now, w.Notices.Add), Zone: w.Content.Calendar.Zone()})
	if err := builtin.Seed(context.Background()); err != nil {
		return nil, nil, fmt.Errorf("filling the register: %w", err)
	}
	ch, err := c.Open(w)
	if err != nil {
		return nil, nil, err
	}
	var channels []host.Channel
	if ch != nil {
		channels = append(channels, ch)
	}
	current := func() *engine.Content { return w.Content }
	w.Board = &host.NoticeBoard{Store: store, Now: w.Clock.Now}
	own := host.OwnServices(func() *host.Host { return w.Host }, store, w.Board, current, w.Clock.Now, builtin)
	w.Host = host.New(host.Config{Store: failing{store, &w.down}, Content: current, Services: own, Channels: channels, Files: store, Notices: w.Board,
		Now: w.Clock.Now, Log: log, CallTimeout: time.Second})
	return w, ch, nil
}

func (w *World) close() {
	w.Host.Close()
	w.Store.Close()
}

// quiet is a log that is shown where a test fails.
func quiet(t testing.TB) *slog.Logger {
	b := &Log{}
	t.Cleanup(func() {
		if t.Failed() && b.String() != "" {
			t.Log("the log:\n" + b.String())
		}
	})
	return slog.New(slog.NewTextHandler(b, nil))
}
