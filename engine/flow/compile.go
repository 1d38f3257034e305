package flow

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/expr-lang/expr"
)

// Computed are the values that the engine works out and every text and condition may use.
var Computed = []string{"hours.mode", "hours.until", "hours.next", "hours.staff", "now.date", "channel", "notice.fault", "notice.text", "move_code",
	"ticket", "ticket.queue", "wait", "ahead", "due", "count", "label", "value", "got", "want", "days", "year", "month", "min", "max", "title", "status"}

// compile prepares what can be prepared once: conditions and machines. Conditions that do not compile are problems.
func (c *Content) compile() Problems {
	var ps Problems
	for _, f := range c.sortedFlows() {
		env := c.environment(f)
		names := make([]string, 0, len(env))
		for name := range env {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, s := range f.Steps {
			fail := func(code string, err error) {
				text, _, _ := strings.Cut(err.Error(), "\n")
				hint := ""
				if word, ok := strings.CutPrefix(text, "unknown name "); ok {
					word, _, _ = strings.Cut(word, " ")
					hint = didYouMean(word, names)
				}
				ps = append(ps, Problem{File: f.File, Line: s.Line, Text: fmt.Sprintf("step %q: the condition %q does not hold together: %s", s.Name, code, text), Hint: hint})
			}
			for i := range s.Arms {
				a := &s.Arms[i]
				if a.When == "" {
					continue
				}
				p, err := expr.Compile(a.When, expr.Env(env), expr.AsBool())
				if err != nil {
					fail(a.When, err)
					continue
				}
				a.prog = p
			}
			if s.Kind != Set {
				continue
			}
			for i := range s.With {
				p, err := expr.Compile(s.With[i].From, expr.Env(env))
				if err != nil {
					fail(s.With[i].From, err)
					continue
				}
				s.With[i].prog = p
			}
		}
		f.compile()
	}
	return ps
}

// environment names everything that a condition of the flow may speak of. All values are texts, empty if unknown.
func (c *Content) environment(f *Flow) map[string]any {
	env := map[string]any{}
	for _, name := range c.slotsOf(f) {
		env[name] = ""
	}
	for _, name := range Computed {
		if group, member, ok := strings.Cut(name, "."); ok {
			if m, ok := env[group].(map[string]any); ok {
				m[member] = ""
			} else if env[group] == nil {
				env[group] = map[string]any{member: ""}
			}
		} else if env[name] == nil {
			env[name] = ""
		}
	}
	return env
}

// slotsOf lists the slots that a flow can know: its own, and the personal ones of every flow.
func (c *Content) slotsOf(f *Flow) []string {
	var out []string
	add := func(name string) {
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	for _, s := range f.Steps {
		switch s.Kind {
		case Ask, Choose, File, Consent, Rate:
			add(s.Slot)
		case Ticket:
			add("ticket")
		case Call:
			for _, p := range s.Save {
				add(p.Name)
			}
		case Set:
			for _, p := range s.With {
				add(p.Name)
			}
		}
	}
	for _, other := range c.sortedFlows() {
		for _, s := range other.Steps {
			if s.Personal {
				add(s.Slot)
			}
		}
	}
	return out
}

func (c *Content) sortedFlows() []*Flow {
	out := make([]*Flow, 0, len(c.Flows))
	for _, f := range c.Flows {
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b *Flow) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// Decide returns the outcome of a branch: the number of the first arm whose condition holds, or "else".
// A condition that fails on these values does not hold.
func (s *Step) Decide(env map[string]any) string {
	for i := range s.Arms {
		a := &s.Arms[i]
		if a.prog == nil {
			continue
		}
		if v, err := expr.Run(a.prog, env); err == nil && v == true {
			return strconv.Itoa(i + 1)
		}
	}
	return "else"
}

// Compute returns the values of a set step; one that can't be worked out is empty.
func (s *Step) Compute(env map[string]any) []Pair {
	out := make([]Pair, len(s.With))
	for i, p := range s.With {
		out[i].Name = p.Name
		if p.prog == nil {
			continue
		}
		if v, err := expr.Run(p.prog, env); err == nil && v != nil {
			out[i].From = fmt.Sprint(v)
		}
	}
	return out
}
