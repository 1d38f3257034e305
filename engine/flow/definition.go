// Package flow holds the content of Spravka as editors write it: flows, topics, facts, services and the words of every
// language. It reads the files, proves them before anything runs, and compiles them into what the engine steps through.
package flow

import (
	"sync"
	"time"

	"github.com/expr-lang/expr/vm"
	"github.com/looplab/fsm"

	"spravka/engine/answer"
	"spravka/engine/desk"
)

// Kind is what a step does.
type Kind string

// The kinds of steps. Ask, Choose, File, Consent, Confirm and Rate wait for the citizen; Call waits for a service,
// Wait for a timer; the others go on at once.
const (
	Say     Kind = "say"
	Ask     Kind = "ask"
	Choose  Kind = "choose"
	Branch  Kind = "branch"
	Call    Kind = "call"
	File    Kind = "file"
	Consent Kind = "consent"
	Confirm Kind = "confirm"
	Goto    Kind = "goto" // another flow instead of this one
	Sub     Kind = "flow" // another flow, then back
	Wait    Kind = "wait"
	HandOff Kind = "handoff"
	Ticket  Kind = "ticket" // registers a case without giving the conversation away
	Rate    Kind = "rate"
	Set     Kind = "set"
	End     Kind = "end"
)

// Waits reports whether a step of this kind waits for the citizen.
func (k Kind) Waits() bool {
	switch k {
	case Ask, Choose, File, Consent, Confirm, Rate:
		return true
	}
	return false
}

// Next is the outcome of a step that has only one.
const Next = "next"

// Flow is a dialogue: a finite-state machine whose states are steps and whose events are the outcomes of steps.
type Flow struct {
	ID    string
	File  string
	Line  int
	Start string
	Queue string // the queue that a hand-off from here goes to
	Steps []*Step
	index map[string]*Step

	// Building a machine costs 20 µs and 16 KB; setting the state of a pooled one 33 ns (research/channels.md, D).
	machines sync.Pool
}

// Step returns the step of that name, or nil.
func (f *Flow) Step(name string) *Step { return f.index[name] }

// Step is one state of a flow.
type Step struct {
	Name string
	Kind Kind
	Line int

	Answer   answer.Kind   // ask: what is asked for
	Slot     string        // where the answer goes
	Personal bool          // the slot belongs to the citizen and is known in every flow
	Optional bool          // may be skipped
	Min, Max int           // text: characters; file: how many
	Misses   int           // misses before a human is called; 0 means the content's default
	Options  []Option      // choose; ask: what can be pressed instead of answering
	Opening  int           // if not 0: the message that began the flow may hold the answer; a text, if it has that many words
	Cancels  bool          // end: the flow below ends as well
	Arms     []Arm         // branch
	Call     string        // call: the operation
	With     []Pair        // call: parameter = slot; set: slot = expression
	Save     []Pair        // call: slot = key of the answer
	Confirm  []string      // confirm: the slots that are shown
	Recalled bool          // confirm: only if one of them was not told in this very flow
	Flow     string        // goto, flow
	For      time.Duration // wait
	Queue    string        // handoff, ticket
	Priority desk.Priority
	Ticket   desk.Kind
	Reason   string
	Due      time.Duration // ticket: promised within
	Topics   []string      // end, say: buttons that lead on
	Case     []Pair        // end: slot with a ticket's number = slot that says what its button does: "reply", "reopen" or nothing

	Outcomes []Outcome
}

// Option of a choose step. Payload is what its button carries.
type Option struct{ ID, Next, Payload string }

// Arm of a branch: the first whose condition holds decides; the last has none.
type Arm struct {
	When string
	Next string
	prog *vm.Program
}

// Pair names a thing and where it comes from.
type Pair struct {
	Name, From string
	prog       *vm.Program
}

// Outcome leads from a step to another.
type Outcome struct{ Name, Next string }

// Leads returns the step that an outcome of this step leads to.
func (s *Step) Leads(outcome string) (string, bool) {
	for _, o := range s.Outcomes {
		if o.Name == outcome {
			return o.Next, true
		}
	}
	return "", false
}

// Topic is something that citizens come for.
type Topic struct {
	ID        string   `yaml:"id"`
	Kind      string   `yaml:"kind"` // answer, flow, control
	Queue     string   `yaml:"queue"`
	Next      []string `yaml:"next"`      // topics offered as buttons below the reply
	Sensitive bool     `yaml:"sensitive"` // understood more strictly
	Line      int      `yaml:"-"`
}

// Category is one of the doors offered at the first contact.
type Category struct {
	ID     string   `yaml:"id"`
	Topics []string `yaml:"topics"`
}

// Fact is a number, term, address or name that texts refer to.
type Fact struct {
	Name     string
	Value    map[string]string // by locale; "" holds for every other one
	Source   string
	Until    time.Time
	Optional bool // may be empty: texts that need it are then left out
	Literals []string
	Line     int
}

// In returns the fact's value in a language.
func (f *Fact) In(locale string) string {
	if v, ok := f.Value[locale]; ok {
		return v
	}
	return f.Value[""]
}

// Operation is something that a service can be asked for.
type Operation struct {
	Name     string
	Params   []string `yaml:"params"`
	Outcomes []string `yaml:"outcomes"` // besides "unavailable", which every operation has
	Data     []string `yaml:"data"`
	Line     int      `yaml:"-"`
}

// Unavailable is the outcome of every operation whose service does not answer.
const Unavailable = "unavailable"

func (f *Flow) newMachine() *fsm.FSM {
	var events fsm.Events
	for _, s := range f.Steps {
		for _, o := range s.Outcomes {
			events = append(events, fsm.EventDesc{Name: o.Name, Src: []string{s.Name}, Dst: o.Next})
		}
	}
	return fsm.NewFSM(f.Start, events, nil)
}
