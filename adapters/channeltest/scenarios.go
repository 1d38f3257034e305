package channeltest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gabriel-vasile/mimetype"

	"spravka/adapters/terminal"
	"spravka/engine"
	"spravka/engine/channel"
	"spravka/engine/scenario"
)

// Exception is what a scenario does otherwise on one channel, and why. It is played in that closest form, never left out.
type Exception struct {
	Reason string
	Change func(s *scenario.Scenario) // nil where the channel's [Line] does it
}

// Scenarios plays every scenario of the project over a channel. Root is the project's folder; exceptions are named by
// scenario.
//
// Besides what the scenario itself expects, each turn must bring the citizen every message of the history once and in
// order, and every button: on a keyboard or as a line of a numbered list.
func Scenarios(t *testing.T, c Channel, root string, exceptions map[string]Exception) {
	list := read(t, filepath.Join(root, "testdata", "scenarios"))
	content := Content(t)
	met := map[string]bool{}
	for _, s := range list {
		if e, ok := exceptions[s.Name]; ok {
			met[s.Name] = true
			t.Logf("%s plays %q in the closest form: %s", c.Name, s.Name, e.Reason)
			if e.Change != nil {
				e.Change(&s)
			}
		}
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			play(t, c, content, s, filepath.Join(root, "testdata", "files"))
		})
	}
	for name := range exceptions {
		if !met[name] {
			t.Errorf("an exception is made for %q, which is no scenario", name)
		}
	}
	t.Logf("%s: %d scenarios, %d of them in the closest form", c.Name, len(list), len(met))
}

func read(t *testing.T, folder string) []scenario.Scenario {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no scenarios in %s (%v)", folder, err)
	}
	var out []scenario.Scenario
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		list, err := scenario.Parse(filepath.Base(name), data)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, list...)
	}
	return out
}

func play(t *testing.T, c Channel, content *engine.Content, s scenario.Scenario, files string) {
	at := time.Date(2026, 11, 24, 12, 0, 0, 0, content.Calendar.Zone())
	if s.Now != "" {
		var err error
		if at, err = time.Parse(time.RFC3339, s.Now); err != nil {
			t.Fatal(err)
		}
	}
	w, ch, err := c.open(content, at, quiet(t))
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	locale := s.Locale
	if locale == "" {
		locale = "ru"
	}
	line, err := c.Begin(w, ch, locale)
	if err != nil {
		t.Fatal(err)
	}
	defer line.Close()
	session := &terminal.Session{Host: w.Host, Files: w.Store, Content: content, Clock: w.Clock, Notices: w.Notices, Channel: line.Peer().Channel, Peer: line.Peer().ID, Locale: s.Locale}
	p := &player{Scenarios: terminal.Scenarios{Session: session, Context: t.Context(), Board: w.Board}, w: w, line: line, files: files}
	session.Carry = p.carry
	if err := scenario.Run(s, p, nil); err != nil {
		t.Error(err)
	}
}

// player plays a scenario's turns over a line.
type player struct {
	terminal.Scenarios
	w     *World
	line  Line
	files string
	told  string // by the channel itself, in place of a turn
}

// byNumber begins the payload of a button that the citizen sees as a line of a numbered list only.
const byNumber = "write number "

// carry does what the citizen does.
func (p *player) carry(ctx context.Context, in terminal.Input) error {
	// A line that hangs is a failure, not a pause.
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	err := p.does(ctx, in)
	if refused, ok := errors.AsType[Refusal](err); ok {
		p.told, err = string(refused), nil
	}
	return err
}

func (p *player) does(ctx context.Context, in terminal.Input) error {
	number, listed := strings.CutPrefix(in.Press, byNumber)
	switch {
	case listed:
		return p.line.Write(ctx, number)
	case in.Press != "":
		return p.line.Press(ctx, in.Press)
	case in.File != "":
		content, err := os.ReadFile(filepath.Join(p.files, in.File))
		if err != nil {
			return err
		}
		return p.line.Send(ctx, File{Name: filepath.Base(in.File), MIME: mimetype.Detect(content).String(), Content: content})
	}
	return p.line.Write(ctx, in.Text)
}

// Play implements scenario.Player: what was decided comes from the store, what was said from the citizen's end.
func (p *player) Play(in scenario.Input) (scenario.Reply, error) {
	r, err := p.Scenarios.Play(in)
	if err != nil {
		return r, err
	}
	if err := p.w.Host.Flush(p.Context); err != nil {
		return r, err
	}
	shown, err := p.line.Seen(p.Context)
	if err != nil {
		return r, err
	}
	if p.told != "" {
		shown, p.told = append(shown, Shown{Text: p.told}), ""
	}
	if err := arrived(r, shown); err != nil {
		return r, err
	}
	want := r.Buttons
	r.Texts, r.Buttons = nil, nil
	for _, m := range shown {
		if m.Text != "" {
			r.Texts = append(r.Texts, m.Text)
		}
		r.Texts = append(r.Texts, m.Links...)
		r.Buttons = append(r.Buttons, offered(m)...)
	}
	for _, b := range want {
		if !slices.ContainsFunc(r.Buttons, func(o scenario.Button) bool { return same(o.Label, b.Label) }) {
			return r, fmt.Errorf("the button %q did not arrive, only %v", b.Label, r.Buttons)
		}
	}
	return r, nil
}

// arrived checks that the texts of the history have come whole, once and in order.
func arrived(r scenario.Reply, shown []Shown) error {
	var all strings.Builder
	for _, m := range shown {
		all.WriteString(words(m.Text) + " ")
	}
	rest := all.String()
	for _, text := range r.Texts {
		want := words(channel.Parse(text).Visible())
		_, after, ok := strings.Cut(rest, want)
		if plain := words(channel.Parse(text).Plain()); !ok {
			_, after, ok = strings.Cut(rest, plain)
		}
		if !ok {
			return fmt.Errorf("%q did not arrive, or out of order; what came is %q", want, all.String())
		}
		rest = after
	}
	return nil
}

func words(s string) string { return strings.Join(strings.Fields(s), " ") }

// same reports whether a label is shown as another one: whole, or shortened to what the channel allows.
func same(shown, label string) bool {
	short, cut := strings.CutSuffix(shown, "…")
	if number, rest, ok := strings.Cut(short, ". "); cut && ok && strings.Trim(number, "0123456789") == "" {
		short = rest // under which it stands in the list
	}
	return shown == words(label) || cut && strings.HasPrefix(words(label), short)
}

// offered are the buttons of a message: those of its keyboard, with the labels of the numbered list where the keyboard
// has them shortened, and those that stand in the list alone.
func offered(m Shown) []scenario.Button {
	var out []scenario.Button
	for _, b := range m.Buttons {
		out = append(out, scenario.Button{Label: b.Label, Payload: b.Payload})
	}
	next := 1
	for line := range strings.Lines(m.Text) {
		number, label, ok := strings.Cut(strings.TrimSpace(line), ". ")
		if n, err := strconv.Atoi(number); !ok || err != nil || n != next {
			continue
		}
		next++
		if at := slices.IndexFunc(out, func(b scenario.Button) bool { return same(b.Label, label) }); at >= 0 {
			out[at].Label = label
			continue
		}
		out = append(out, scenario.Button{Label: label, Payload: byNumber + number})
	}
	return out
}
