package terminal

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"

	"spravka/engine"
	"spravka/engine/desk"
	"spravka/engine/host"
	"spravka/engine/scenario"
)

// maxLine bounds a line of input: a message of 100,000 characters must still be refused kindly, not break the chat.
const maxLine = 1 << 20

// Lines plays one turn a line and writes one JSON object a line until the input ends.
func (s *Session) Lines(ctx context.Context, in io.Reader, out io.Writer) error {
	w := json.NewEncoder(out)
	w.SetEscapeHTML(false)
	return eachLine(in, func(line string) error {
		input, err := ParseLine(line)
		if err != nil {
			s.turn++
			return w.Encode(Output{Turn: s.turn, Messages: []Message{}, Topics: []string{}, Slots: map[string]string{}, SMS: []Sent{}, Email: []Sent{}, Error: err.Error()})
		}
		o, err := s.Play(ctx, input)
		if err != nil {
			return err
		}
		return w.Encode(o)
	})
}

// ParseLine reads a line: plain text, or a JSON object of [Input].
func ParseLine(line string) (Input, error) {
	if !strings.HasPrefix(strings.TrimSpace(line), "{") {
		return Input{Text: line}, nil
	}
	var in Input
	d := json.NewDecoder(strings.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil {
		return Input{}, fmt.Errorf("the line is no input: %w", err)
	}
	return in, nil
}

// Talk is the chat for people: what the bot says in paragraphs, buttons as a numbered list.
func (s *Session) Talk(ctx context.Context, in io.Reader, out io.Writer) error {
	show := func(o Output) {
		for _, m := range o.Messages {
			fmt.Fprintf(out, "\n%s\n", strings.ReplaceAll(m.Text, "**", ""))
			for i, b := range m.Buttons {
				fmt.Fprintf(out, "  %d) %s\n", i+1, b.Label)
			}
		}
		if o.Why != nil {
			fmt.Fprintf(out, "\n[why] read: %q; decided by %s\n", o.Why.Read, o.Why.Decided)
			for _, n := range o.Why.Nearest {
				fmt.Fprintf(out, "      near %.2f  %-24s %s\n", n.Similarity, n.Topic, n.Text)
			}
			for _, f := range o.Why.Features {
				fmt.Fprintf(out, "      weighs %+.2f  %s\n", f.Weight, f.Feature)
			}
		}
		for _, n := range append(o.SMS, o.Email...) {
			fmt.Fprintf(out, "\n[SMS/e-mail → %s] %s\n", n.To, n.Text)
		}
		fmt.Fprint(out, "\n> ")
	}
	fmt.Fprint(out, "> ")
	return eachLine(in, func(line string) error {
		input, err := ParseLine(line)
		if err != nil {
			fmt.Fprintln(out, err)
			return nil
		}
		o, err := s.Play(ctx, input)
		if err != nil {
			return err
		}
		if o.Error != "" {
			fmt.Fprintln(out, o.Error)
		}
		show(o)
		return nil
	})
}

func eachLine(in io.Reader, f func(string) error) error {
	r := bufio.NewReaderSize(in, 64<<10)
	for {
		line, err := r.ReadString('\n')
		if len(line) > maxLine {
			line = strings.ToValidUTF8(line[:maxLine], "�")
		}
		if line = strings.TrimRight(strings.ToValidUTF8(line, "�"), "\r\n"); line != "" || err == nil {
			if e := f(line); e != nil {
				return e
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading the input: %w", err)
		}
	}
}

// Scenarios lets a session play scenarios.
type Scenarios struct {
	*Session
	Context context.Context
	Board   *host.NoticeBoard // where a scenario's fault is announced
}

// elsewhere is the same citizen in another channel.
var elsewhere = host.Peer{Channel: "web", ID: "elsewhere"}

var moveCode = regexp.MustCompile(`[КK](?: \d{4}){3}`)

// Prepare sets the scene of a scenario.
func (s Scenarios) Prepare(sc scenario.Scenario) (move string, err error) {
	if sc.Fault != "" {
		n := desk.Notice{Kind: desk.FaultNews, Texts: map[string]string{"ru": sc.Fault, "en": sc.Fault}, Starts: s.Clock.Now(), MadeBy: "scenario", Made: s.Clock.Now()}
		if _, err := s.Board.Add(s.Context, n, "scenario"); err != nil {
			return "", err
		}
	}
	for i, text := range sc.Elsewhere {
		in := host.Inbound{Peer: elsewhere, Update: fmt.Sprint("elsewhere", i), Locale: s.Locale, Event: engine.Said{Text: text}}
		got, err := s.Host.Receive(s.Context, in)
		if err != nil {
			return "", err
		}
		if err := s.Host.Drain(s.Context); err != nil {
			return "", err
		}
		lines, err := s.Host.History(s.Context, got.Conversation, 0, 200)
		if err != nil {
			return "", err
		}
		for _, l := range lines {
			if code := moveCode.FindString(string(l.Body)); code != "" {
				move = code
			}
		}
	}
	return move, nil
}

// Play plays one turn of a scenario.
func (s Scenarios) Play(in scenario.Input) (scenario.Reply, error) {
	o, err := s.Session.Play(s.Context, Input{Text: in.Text, Press: in.Press, File: in.File, Now: in.Now, Operator: in.Operator, Action: in.Action, With: in.With})
	if err != nil {
		return scenario.Reply{}, err
	}
	r := scenario.Reply{Decision: o.Decision, Topics: o.Topics, Flow: o.Flow, Step: o.Step, Owner: o.Owner, Slots: o.Slots, Error: o.Error}
	for _, m := range o.Messages {
		r.Texts = append(r.Texts, m.Text)
		for _, b := range m.Buttons {
			r.Buttons = append(r.Buttons, scenario.Button(b))
		}
	}
	if o.Asks != nil {
		r.Asks = string(o.Asks.Kind)
	}
	if o.Ticket != nil {
		r.Ticket = &scenario.Ticket{Number: o.Ticket.Number, Queue: o.Ticket.Queue, Priority: o.Ticket.Priority, Status: o.Ticket.Status}
	}
	for _, n := range o.SMS {
		r.SMS = append(r.SMS, n.Text)
	}
	for _, n := range o.Email {
		r.Email = append(r.Email, n.Text)
	}
	return r, nil
}
