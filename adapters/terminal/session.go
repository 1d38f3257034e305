// Package terminal is the chat in a terminal: the same engine, host and content as every other channel, with a clock
// that stands still between two turns. It is how outside scripts talk to the program, and how scenarios are played.
package terminal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gabriel-vasile/mimetype"
	"github.com/google/uuid"

	"spravka/engine"
	"spravka/engine/host"
)

// Channel is the name of the terminal among the channels.
const Channel = "terminal"

// maxFile bounds a file sent from the terminal, like everywhere: 10 MiB.
const maxFile = 10 << 20

// Clock is a clock that only moves when told to.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock starts a clock at a moment.
func NewClock(at time.Time) *Clock { return &Clock{now: at} }

// Now returns where the clock stands.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Set moves the clock; it never goes back.
func (c *Clock) Set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at.After(c.now) {
		c.now = at
	}
}

// Notice is an SMS or e-mail that a built-in sender has "sent".
type Notice struct {
	Kind string // "sms" or "email"
	To   string
	Text string
}

// Notices collects what the built-in senders send.
type Notices struct {
	mu   sync.Mutex
	list []Notice
}

// Add is called by a sender.
func (n *Notices) Add(kind, to, text string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.list = append(n.list, Notice{kind, to, text})
}

func (n *Notices) take() []Notice {
	n.mu.Lock()
	defer n.mu.Unlock()
	out := n.list
	n.list = nil
	return out
}

// Session is one conversation in the terminal, or one on another channel that is played from here.
type Session struct {
	Host    *host.Host
	Files   host.Files
	Content *engine.Content
	Clock   *Clock
	Notices *Notices
	Peer    string
	Locale  string
	Folder  string // where relative files are looked for
	Why     bool   // explain each decision

	// Channel is the one on which the citizen is; "" means the terminal. On another one Carry does what the citizen does:
	// writes, presses, sends a file. It returns when the channel has handed that over.
	Channel string
	Carry   func(ctx context.Context, in Input) error

	turn int
	seen int64
}

// Input is one turn's input, as SCRIPTING has it. Exactly one field is set.
type Input struct {
	Text     string `json:"text"`
	Press    string `json:"press"`
	File     string `json:"file"`
	MIME     string `json:"mime"`
	Now      string `json:"now"`
	Operator string `json:"operator"`
	Action   string `json:"operator_action"`

	With map[string]string `json:"with"` // how the human does it, see operate
}

// Play plays one turn. An error that is the input's fault is in the output's Error.
func (s *Session) Play(ctx context.Context, in Input) (Output, error) {
	s.turn++
	if s.turn > 1 {
		s.Clock.Set(s.Clock.Now().Add(time.Second))
	}
	problem := ""
	if err := s.do(ctx, in); err != nil {
		var refused host.RefusedError
		if !errors.As(err, &refused) && !errors.Is(err, errInput) {
			return Output{}, err
		}
		problem = err.Error()
	}
	if err := s.Host.Drain(ctx); err != nil {
		return Output{}, err
	}
	return s.output(ctx, problem)
}

// Begin takes up a conversation that an earlier session has left in the database: what was said then is not said again.
func (s *Session) Begin(ctx context.Context) error {
	r, err := s.Host.Find(ctx, s.peer())
	if errors.Is(err, host.ErrNotFound) {
		return nil
	}
	s.seen = r.Seq
	return err
}

var errInput = errors.New("input")

func (s *Session) peer() host.Peer {
	if s.Channel != "" {
		return host.Peer{Channel: s.Channel, ID: s.Peer}
	}
	return host.Peer{Channel: Channel, ID: s.Peer}
}

func (s *Session) do(ctx context.Context, in Input) error {
	switch {
	case in.Now != "":
		at, err := time.Parse(time.RFC3339, in.Now)
		if err != nil {
			return fmt.Errorf("%w: now is no moment as in RFC 3339: %q", errInput, in.Now)
		}
		s.Clock.Set(at)
		return nil
	case in.Operator != "":
		return s.operate(ctx, engine.Reply, in.Operator, in.With)
	case in.Action != "":
		return s.operate(ctx, engine.Action(in.Action), "", in.With)
	case s.Carry != nil:
		return s.Carry(ctx, in)
	case in.Press != "":
		return s.receive(ctx, engine.Pressed{Payload: in.Press})
	case in.File != "":
		f, err := s.upload(ctx, in.File)
		if err != nil {
			return err
		}
		return s.receive(ctx, engine.Said{Text: in.Text, Files: []engine.File{f}})
	}
	return s.receive(ctx, engine.Said{Text: in.Text})
}

func (s *Session) receive(ctx context.Context, ev engine.Event) error {
	_, err := s.Host.Receive(ctx, host.Inbound{Peer: s.peer(), Update: uuid.NewString(), Event: ev, Locale: s.Locale})
	return err
}

func (s *Session) upload(ctx context.Context, path string) (engine.File, error) {
	if !filepath.IsAbs(path) && s.Folder != "" {
		path = filepath.Join(s.Folder, path)
	}
	info, err := os.Stat(path)
	if err != nil || info.IsDir() || info.Size() > maxFile {
		return engine.File{}, fmt.Errorf("%w: %s is no file of at most 10 MiB", errInput, path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return engine.File{}, fmt.Errorf("%w: %v", errInput, err)
	}
	mime := mimetype.Detect(data)
	if !mime.Is("image/jpeg") && !mime.Is("image/png") && !mime.Is("application/pdf") {
		return engine.File{}, fmt.Errorf("%w: %s is %s; only JPEG, PNG and PDF are taken", errInput, path, mime)
	}
	f := engine.File{ID: uuid.NewString(), Name: filepath.Base(path), MIME: mime.String(), Size: info.Size()}
	return f, s.Files.SaveFile(ctx, host.File{File: f, Peer: s.peer(), At: s.Clock.Now()}, data)
}

func (s *Session) output(ctx context.Context, problem string) (Output, error) {
	out := Output{Turn: s.turn, Messages: []Message{}, Topics: []string{}, Slots: map[string]string{}, SMS: []Sent{}, Email: []Sent{}, Owner: string(engine.OwnerBot), Error: problem}
	for _, n := range s.Notices.take() {
		if n.Kind == "sms" {
			out.SMS = append(out.SMS, Sent{n.To, n.Text})
		} else {
			out.Email = append(out.Email, Sent{n.To, n.Text})
		}
	}
	r, err := s.Host.Find(ctx, s.peer())
	if errors.Is(err, host.ErrNotFound) {
		return out, nil
	}
	if err != nil {
		return out, err
	}
	if err := s.read(ctx, r, &out); err != nil {
		return out, err
	}
	c := r.State
	if n := len(c.Frames); n > 0 {
		out.Flow, out.Step = c.Frames[n-1].Flow, c.Frames[n-1].Step
	}
	out.Asks = engine.Asks(s.Content, c)
	if c.Owner != "" {
		out.Owner = string(c.Owner)
	}
	if n := len(c.Tickets); n > 0 {
		k := c.Tickets[n-1]
		status := s.Content.Locale(c.Locale).Terms[string(k.Status)]
		out.Ticket = &Ticket{k.Number, k.Queue, string(k.Priority), status, k.Due}
	}
	for _, k := range engine.Describe(s.Content, c, c.Locale, true) {
		out.Slots[k.Name] = k.Value
	}
	return out, nil
}

// read gathers what was said since the last turn, and how it was decided.
func (s *Session) read(ctx context.Context, r host.Record, out *Output) error {
	for {
		list, err := s.Host.History(ctx, r.ID, s.seen, 100)
		if err != nil {
			return err
		}
		for _, e := range list {
			s.seen = e.Seq
			if e.Trace != nil {
				var d engine.Decided
				if err := json.Unmarshal(e.Trace, &d); err != nil {
					return err
				}
				// One line may lead to several turns, a service's answer among them: the first decision counts, but a
				// human called at the end outranks it.
				if e.Author == engine.Citizen {
					out.Decision, out.Topics = "", []string{} // a greeting went before
				}
				if out.Decision == "" || d.Decision == engine.DecideHandOff {
					out.Decision = string(d.Decision)
				}
				if s.Why && out.Why == nil {
					out.Why = d.Why
				}
				if len(out.Topics) == 0 {
					out.Topics = append(out.Topics, d.Topics...)
				}
			}
			if e.Author == engine.Citizen {
				continue
			}
			var m engine.Message
			if err := json.Unmarshal(e.Body, &m); err != nil {
				return err
			}
			msg := Message{Text: m.Text, Buttons: []Button{}, Files: []File{}, Author: string(e.Author)}
			for _, b := range m.Buttons {
				msg.Buttons = append(msg.Buttons, Button(b))
			}
			for _, f := range m.Files {
				msg.Files = append(msg.Files, File{f.Name})
			}
			out.Messages = append(out.Messages, msg)
		}
		if len(list) < 100 {
			return nil
		}
	}
}
