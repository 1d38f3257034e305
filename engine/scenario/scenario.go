// Package scenario plays dialogues that content editors write as YAML and says where the assistant answered otherwise.
package scenario

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// Scenario is a dialogue with what is expected of it.
type Scenario struct {
	Name   string `yaml:"scenario"`
	Flow   string `yaml:"flow"`   // the flow or topic that it is about, for the count of scenarios
	Locale string `yaml:"locale"` // ru if empty
	Now    string `yaml:"now"`    // RFC 3339; a working Tuesday at noon if empty
	Turns  []Turn `yaml:"turns"`

	Fault     string   `yaml:"fault"`     // the staff know of this fault
	Elsewhere []string `yaml:"elsewhere"` // what the same citizen has written in another channel before; $MOVE stands for the code they got there

	File string `yaml:"-"`
}

// Turn is one exchange: exactly one of the first seven fields says what happens.
type Turn struct {
	Citizen  string  `yaml:"citizen"`  // writes; $SMS stands for the code of the last SMS or e-mail
	Press    string  `yaml:"press"`    // presses the button with this label
	Payload  string  `yaml:"payload"`  // sends a payload as it is
	File     string  `yaml:"file"`     // sends a file of testdata/files
	Clock    string  `yaml:"clock"`    // time moves on to this moment, RFC 3339
	Operator string  `yaml:"operator"` // a human writes
	Action   string  `yaml:"action"`   // a human does: take, assign, release, transfer, ask, ask_file, return, resolve, merge, reopen
	Bot      *Expect `yaml:"bot"`

	With map[string]string `yaml:"with"` // how the human does it: as, ticket, text, note, to, until, queue, flow, slot.NAME, resolution, into, over, fence
}

// Expect is what must hold after a turn. Texts are compared without regard to case.
type Expect struct {
	Says     many              `yaml:"says"`      // every one of these stands in the messages or on a button
	Matches  many              `yaml:"matches"`   // every regular expression matches them
	DoesNot  many              `yaml:"does_not"`  // none of these stands there
	Buttons  []string          `yaml:"buttons"`   // these labels are offered
	Decision many              `yaml:"decision"`  // one of these
	Topic    string            `yaml:"topic"`     // understood first
	Flow     *string           `yaml:"flow"`      // where the conversation stands; "" outside flows
	Step     string            `yaml:"step"`      //
	Asks     string            `yaml:"asks"`      // the kind of answer waited for; "nothing"
	Owner    string            `yaml:"owner"`     //
	Ticket   *bool             `yaml:"ticket"`    // there is one
	Priority string            `yaml:"priority"`  //
	Queue    string            `yaml:"queue"`     //
	Status   string            `yaml:"status"`    // of the ticket, in words
	Knows    map[string]string `yaml:"knows"`     // slots, as they are shown without the right to personal data
	Forgets  []string          `yaml:"forgets"`   // slots that are not known
	SMS      *bool             `yaml:"sms"`       // one was sent in this turn
	Email    *bool             `yaml:"email"`     //
	Silent   bool              `yaml:"is_silent"` // nothing is said
}

// many is one text or a list of them.
type many []string

func (m *many) UnmarshalYAML(data []byte) error {
	var one string
	if yaml.Unmarshal(data, &one) == nil {
		*m = many{one}
		return nil
	}
	var list []string
	if err := yaml.Unmarshal(data, &list); err != nil {
		return err
	}
	*m = list
	return nil
}

// Parse reads the scenarios of a file: YAML documents separated by ---.
func Parse(file string, data []byte) ([]Scenario, error) {
	var out []Scenario
	for _, doc := range documents(string(data)) {
		var s Scenario
		if err := yaml.UnmarshalWithOptions([]byte(doc), &s, yaml.Strict()); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		if s.Name == "" && s.Flow == "" && len(s.Turns) == 0 {
			continue // nothing but a comment
		}
		s.File = file
		if s.Name == "" || len(s.Turns) == 0 {
			return nil, fmt.Errorf("%s: a scenario needs a name (scenario:) and turns", file)
		}
		for i, t := range s.Turns {
			if n := t.inputs(); n != 1 {
				return nil, fmt.Errorf("%s: scenario %q, turn %d: it needs exactly one of citizen, press, payload, file, clock, operator, action", file, s.Name, i+1)
			}
		}
		out = append(out, s)
	}
	return out, nil
}

// documents takes a file apart at its lines of three dashes. The parts keep the numbers of their lines. (The YAML
// library's own decoder takes a document of nothing but comments for the end of the file.)
func documents(text string) []string {
	var out []string
	var part strings.Builder
	for n, line := range strings.Split(text, "\n") {
		if strings.TrimRight(line, " \r") == "---" {
			out = append(out, part.String())
			part.Reset()
			part.WriteString(strings.Repeat("\n", n+1))
			continue
		}
		part.WriteString(line + "\n")
	}
	return append(out, part.String())
}

func (t *Turn) inputs() int {
	n := 0
	for _, s := range []string{t.Citizen, t.Press, t.Payload, t.File, t.Clock, t.Operator, t.Action} {
		if s != "" {
			n++
		}
	}
	return n
}

// Input is what happens in a turn.
type Input struct {
	Text, Press, File, Now, Operator, Action string
	With                                     map[string]string
}

// Reply is what came of it.
type Reply struct {
	Texts    []string
	Buttons  []Button
	Decision string
	Topics   []string
	Flow     string
	Step     string
	Asks     string
	Owner    string
	Ticket   *Ticket
	Slots    map[string]string
	SMS      []string
	Email    []string
	Error    string
}

// Button is a quick reply that was offered.
type Button struct{ Label, Payload string }

// Ticket is the newest ticket of the conversation.
type Ticket struct{ Number, Queue, Priority, Status string }

// Player plays a turn of one conversation.
type Player interface {
	// Prepare sets the scene: the fault that is known, and what was written elsewhere. It returns the move code got there.
	Prepare(Scenario) (move string, err error)
	Play(Input) (Reply, error)
}

var digits = regexp.MustCompile(`\d{4,8}`)

// Run plays a scenario and returns the first thing that does not hold. Visited is told each step that was stood at.
func Run(s Scenario, p Player, visited func(flow, step string)) error {
	code := ""
	move, err := p.Prepare(s)
	if err != nil {
		return fmt.Errorf("%s: scenario %q: %w", s.File, s.Name, err)
	}
	var last Reply
	for i, t := range s.Turns {
		fail := func(format string, args ...any) error {
			return fmt.Errorf("%s: scenario %q, turn %d (%s): %s", s.File, s.Name, i+1, t.what(), fmt.Sprintf(format, args...))
		}
		in := Input{Text: strings.NewReplacer("$SMS", code, "$MOVE", move).Replace(t.Citizen), Press: t.Payload, File: t.File, Now: t.Clock, Operator: t.Operator, Action: t.Action, With: t.With}
		if t.Press != "" {
			at := slices.IndexFunc(last.Buttons, func(b Button) bool { return strings.EqualFold(b.Label, t.Press) })
			if at < 0 {
				return fail("there is no such button; there are %s", labels(last.Buttons))
			}
			in.Press = last.Buttons[at].Payload
		}
		r, err := p.Play(in)
		if err != nil {
			return fail("%v", err)
		}
		if r.Error != "" {
			return fail("error: %s", r.Error)
		}
		for _, text := range slices.Concat(r.SMS, r.Email) {
			if d := digits.FindString(text); d != "" {
				code = d
			}
		}
		if visited != nil && r.Flow != "" {
			visited(r.Flow, r.Step)
		}
		if t.Bot != nil {
			if what := t.Bot.differs(r); what != "" {
				return fail("%s; it said: %s", what, shown(r))
			}
		}
		if len(r.Buttons) > 0 || len(r.Texts) > 0 {
			last = r
		}
	}
	return nil
}

func (t *Turn) what() string {
	for _, s := range []string{t.Citizen, t.Press, t.Payload, t.File, t.Clock, t.Operator, t.Action} {
		if s != "" {
			return s
		}
	}
	return ""
}

func labels(list []Button) string {
	var out []string
	for _, b := range list {
		out = append(out, "["+b.Label+"]")
	}
	return strings.Join(out, " ")
}

func shown(r Reply) string {
	return strings.ReplaceAll(strings.Join(r.Texts, " / ")+" "+labels(r.Buttons), "\n", " ")
}
