package flow

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"spravka/engine/answer"
	"spravka/engine/desk"
)

// Bounds of a flow file: far beyond what a person writes, near enough to stop a hostile one.
const (
	maxFile  = 1 << 20
	maxSteps = 300
)

type rawFlow struct {
	Flow  string   `yaml:"flow"`
	Start string   `yaml:"start"`
	Queue string   `yaml:"queue"`
	Steps ast.Node `yaml:"steps"`
}

type rawArm struct {
	When string `yaml:"when"`
	Next string `yaml:"next"`
}

// rawStep is a step as it is written. The field that names its kind comes first in each group.
type rawStep struct {
	Say     bool          `yaml:"say"`
	Ask     string        `yaml:"ask"`
	Choose  yaml.MapSlice `yaml:"choose"`
	Branch  []rawArm      `yaml:"branch"`
	Call    string        `yaml:"call"`
	File    bool          `yaml:"file"`
	Consent bool          `yaml:"consent"`
	Confirm []string      `yaml:"confirm"`
	Goto    string        `yaml:"goto"`
	Flow    string        `yaml:"flow"`
	Wait    string        `yaml:"wait"`
	HandOff string        `yaml:"handoff"`
	Ticket  string        `yaml:"ticket"`
	Rate    bool          `yaml:"rate"`
	Set     yaml.MapSlice `yaml:"set"`
	End     bool          `yaml:"end"`

	Slot     string        `yaml:"slot"`
	Personal *bool         `yaml:"personal"`
	Optional bool          `yaml:"optional"`
	Min      int           `yaml:"min"`
	Max      int           `yaml:"max"`
	Misses   int           `yaml:"misses"`
	Next     string        `yaml:"next"`
	Skip     string        `yaml:"skip"`
	Yes      string        `yaml:"yes"`
	No       string        `yaml:"no"`
	Else     string        `yaml:"else"`
	With     yaml.MapSlice `yaml:"with"`
	Save     yaml.MapSlice `yaml:"save"`
	Outcomes yaml.MapSlice `yaml:"outcomes"`
	When     string        `yaml:"when"`
	Queue    string        `yaml:"queue"`
	Priority string        `yaml:"priority"`
	Reason   string        `yaml:"reason"`
	Due      string        `yaml:"due"`
	Topics   []string      `yaml:"topics"`
	Or       yaml.MapSlice `yaml:"or"`
	Opening  int           `yaml:"opening"`
	Cancels  bool          `yaml:"cancels"`
	Case     yaml.MapSlice `yaml:"case"`
}

var stepFields = fieldsOf(reflect.TypeFor[rawStep]())

func fieldsOf(t reflect.Type) []string {
	var out []string
	for i := range t.NumField() {
		out = append(out, t.Field(i).Tag.Get("yaml"))
	}
	return out
}

// personalKinds are the answers that belong to the citizen and not to one flow: they are never asked for twice.
var personalKinds = []answer.Kind{answer.FullName, answer.BirthDate, answer.SNILS, answer.INN, answer.SNILSOrINN,
	answer.Passport, answer.Phone, answer.Email, answer.Contact, answer.ApplicationNumber}

// ParseFlow reads a flow file. What it returns still has to be checked against the rest of the content.
func ParseFlow(file string, data []byte) (*Flow, Problems) {
	if len(data) > maxFile {
		return nil, Problems{{File: file, Text: fmt.Sprintf("the file has %d bytes, more than %d", len(data), maxFile)}}
	}
	root, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil, Problems{yamlProblem(file, err)}
	}
	if len(root.Docs) != 1 || root.Docs[0].Body == nil {
		return nil, Problems{{File: file, Line: 1, Text: "the file holds no flow", Hint: "begin with flow: <its name>"}}
	}
	var raw rawFlow
	if err := yaml.NodeToValue(root.Docs[0].Body, &raw, yaml.Strict()); err != nil {
		return nil, Problems{yamlProblem(file, err, "flow", "start", "queue", "steps")}
	}
	f := &Flow{ID: raw.Flow, File: file, Line: 1, Start: raw.Start, Queue: raw.Queue, index: map[string]*Step{}}
	var ps Problems
	if f.ID == "" {
		ps = append(ps, Problem{File: file, Line: 1, Text: "the flow has no name", Hint: "begin with flow: <its name>"})
	}
	for _, v := range mappingValues(raw.Steps) {
		name, line := v.Key.GetToken().Value, v.Key.GetToken().Position.Line
		if len(f.Steps) == maxSteps {
			return nil, append(ps, Problem{File: file, Line: line, Text: fmt.Sprintf("a flow has at most %d steps", maxSteps)})
		}
		var rs rawStep
		if err := yaml.NodeToValue(v.Value, &rs, yaml.Strict()); err != nil {
			ps = append(ps, yamlProblem(file, err, stepFields...))
			continue
		}
		s, p := rs.step(name, line)
		for _, text := range p {
			ps = append(ps, Problem{File: file, Line: line, Text: fmt.Sprintf("step %q %s", name, text)})
		}
		for i := range s.Options {
			s.Options[i].Payload = OptionPayload(f.ID, name, s.Options[i].ID)
		}
		f.Steps = append(f.Steps, s)
		f.index[name] = s
	}
	if len(f.Steps) == 0 {
		return nil, append(ps, Problem{File: file, Line: 1, Text: "the flow has no steps"})
	}
	if f.Start == "" {
		f.Start = f.Steps[0].Name
	}
	return f, ps
}

func mappingValues(n ast.Node) []*ast.MappingValueNode {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}
	}
	return nil
}

func pairs(m yaml.MapSlice) []Pair {
	out := make([]Pair, len(m))
	for i, item := range m {
		out[i] = Pair{Name: fmt.Sprint(item.Key), From: fmt.Sprint(item.Value)}
	}
	return out
}

// kinds says of which kinds a step could be by the fields that it has.
func (r *rawStep) kinds() []Kind {
	var out []Kind
	add := func(has bool, k Kind) {
		if has {
			out = append(out, k)
		}
	}
	add(r.Say, Say)
	add(r.Ask != "", Ask)
	add(len(r.Choose) > 0, Choose)
	add(len(r.Branch) > 0, Branch)
	add(r.Call != "", Call)
	add(r.File, File)
	add(r.Consent, Consent)
	add(len(r.Confirm) > 0, Confirm)
	add(r.Goto != "", Goto)
	add(r.Flow != "", Sub)
	add(r.Wait != "", Wait)
	add(r.HandOff != "", HandOff)
	add(r.Ticket != "", Ticket)
	add(r.Rate, Rate)
	add(len(r.Set) > 0, Set)
	add(r.End, End)
	return out
}

func (r *rawStep) step(name string, line int) (*Step, []string) {
	s := &Step{Name: name, Line: line, Slot: r.Slot, Optional: r.Optional, Min: r.Min, Max: r.Max, Misses: r.Misses,
		Queue: r.Queue, Priority: desk.Priority(r.Priority), Reason: r.Reason, Topics: r.Topics, Opening: r.Opening, Cancels: r.Cancels, Case: pairs(r.Case)}
	kinds := r.kinds()
	if len(kinds) != 1 {
		if len(kinds) == 0 {
			return s, []string{"does nothing: it needs one of say, ask, choose, branch, call, file, consent, confirm, goto, flow, wait, handoff, ticket, rate, set or end"}
		}
		return s, []string{fmt.Sprintf("is of two kinds, %s and %s: make it two steps", kinds[0], kinds[1])}
	}
	s.Kind = kinds[0]
	if s.Slot == "" {
		s.Slot = name
	}
	if s.Priority == "" {
		s.Priority = desk.Normal
	}
	var bad []string
	lead := func(outcome, next string) {
		if next != "" {
			s.Outcomes = append(s.Outcomes, Outcome{outcome, next})
		}
	}
	need := func(field, next string) {
		if next == "" {
			bad = append(bad, fmt.Sprintf("does not say where it leads: it needs %s", field))
		}
	}
	span := func(field, text string) time.Duration {
		if text == "" {
			return 0
		}
		d, err := time.ParseDuration(text)
		if err != nil || d <= 0 {
			bad = append(bad, fmt.Sprintf("has %s: %q, which is no span of time: write for instance 15m or 48h", field, text))
		}
		return d
	}
	switch s.Kind {
	case Ask:
		s.Answer = answer.Kind(r.Ask)
		if !slices.Contains(answer.Kinds(), s.Answer) {
			bad = append(bad, fmt.Sprintf("asks for %q, which is no kind of answer; %s", r.Ask, didYouMean(r.Ask, kindNames())))
		}
		s.Personal = slices.Contains(personalKinds, s.Answer)
		if r.Personal != nil {
			s.Personal = *r.Personal
		}
		need("next", r.Next)
		lead(Next, r.Next)
		for _, p := range pairs(r.Or) {
			s.Options = append(s.Options, Option{ID: p.Name, Next: p.From})
			lead(p.Name, p.From)
		}
	case File:
		s.Answer = answer.File
		need("next", r.Next)
		lead(Next, r.Next)
	case Choose:
		s.Answer = answer.Choice
		for _, p := range pairs(r.Choose) {
			s.Options = append(s.Options, Option{ID: p.Name, Next: p.From})
			lead(p.Name, p.From)
		}
	case Branch:
		for i, a := range r.Branch {
			s.Arms = append(s.Arms, Arm{When: a.When, Next: a.Next})
			need("next in each arm", a.Next)
			lead(fmt.Sprintf("%d", i+1), a.Next)
		}
		need("else", r.Else)
		s.Arms = append(s.Arms, Arm{Next: r.Else})
		lead("else", r.Else)
	case Call:
		s.Call, s.With, s.Save = r.Call, pairs(r.With), pairs(r.Save)
		for _, p := range pairs(r.Outcomes) {
			lead(p.Name, p.From)
		}
	case Consent:
		s.Answer = answer.Consent
		need("yes and no", r.Yes)
		need("yes and no", r.No)
		lead("yes", r.Yes)
		lead("no", r.No)
	case Confirm:
		s.Answer, s.Confirm = answer.Confirm, r.Confirm
		switch r.When {
		case "", "always":
		case "recalled":
			s.Recalled = true
		default:
			bad = append(bad, fmt.Sprintf("has when: %q; it can be always or recalled", r.When))
		}
		need("yes", r.Yes)
		lead("yes", r.Yes)
	case Goto:
		s.Flow = r.Goto
	case Sub:
		s.Flow = r.Flow
		need("next", r.Next)
		lead(Next, r.Next)
	case Wait:
		s.For = span("wait", r.Wait)
		need("next", r.Next)
		lead(Next, r.Next)
	case HandOff:
		if r.HandOff != "default" {
			s.Queue = r.HandOff
		}
		lead(Next, r.Next)
	case Ticket:
		s.Ticket = desk.Kind(r.Ticket)
		s.Due = span("due", r.Due)
		need("next", r.Next)
		lead(Next, r.Next)
	case Set:
		s.With = pairs(r.Set)
		need("next", r.Next)
		lead(Next, r.Next)
	case Say, Rate:
		need("next", r.Next)
		lead(Next, r.Next)
	}
	if s.Optional {
		skip := r.Skip
		if skip == "" {
			skip = r.Next
		}
		need("next or skip", skip)
		lead("skip", skip)
	}
	if strings.ContainsAny(name, ":. ") {
		bad = append(bad, "has a colon, dot or space in its name")
	}
	return s, bad
}

func kindNames() []string {
	var out []string
	for _, k := range answer.Kinds() {
		out = append(out, string(k))
	}
	return out
}
