package flow

import (
	"fmt"
	"slices"
	"strings"
)

// check proves the content: what is found here would otherwise be found by a citizen.
func (c *Content) check() Problems {
	k := &checker{c: c}
	k.settings()
	k.topics()
	for _, f := range c.sortedFlows() {
		k.flow(f)
	}
	for _, l := range c.sortedLocales() {
		k.locale(l)
	}
	k.facts()
	return k.ps
}

type checker struct {
	c    *Content
	ps   Problems
	used map[string]bool // facts that some text refers to
}

func (k *checker) add(file string, line int, hint, format string, args ...any) {
	k.ps = append(k.ps, Problem{File: file, Line: line, Text: fmt.Sprintf(format, args...), Hint: hint})
}

func (k *checker) warn(file string, line int, hint, format string, args ...any) {
	k.add(file, line, hint, format, args...)
	k.ps[len(k.ps)-1].Warning = true
}

func (c *Content) sortedLocales() []*Locale {
	out := make([]*Locale, 0, len(c.Locales))
	for _, l := range c.Locales {
		out = append(out, l)
	}
	slices.SortFunc(out, func(a, b *Locale) int { return strings.Compare(a.Name, b.Name) })
	return out
}

func (k *checker) topicIDs() []string {
	var out []string
	for _, t := range k.c.Topics {
		out = append(out, t.ID)
	}
	return out
}

func (k *checker) settings() {
	for _, cat := range k.c.Categories {
		for _, id := range cat.Topics {
			if k.c.topics[id] == nil {
				k.add("flows/settings.yaml", 0, didYouMean(id, k.topicIDs()), "category %q names topic %q, which does not exist", cat.ID, id)
			}
		}
	}
	if k.c.Calendar == nil {
		return
	}
	for _, q := range k.c.Settings.Queues {
		if k.c.Calendar.NextOpen(q, k.c.Calendar.KnownUntil().AddDate(0, -6, 0)).IsZero() {
			k.add("flows/schedule.yaml", 0, "name it in a period or under always", "nobody ever works in queue %q", q)
		}
	}
}

func (k *checker) topics() {
	for _, t := range k.c.Topics {
		switch t.Kind {
		case "answer", "flow", "control":
		default:
			k.add("flows/topics.yaml", t.Line, "", "topic %q is of kind %q; it can be answer, flow or control", t.ID, t.Kind)
		}
		if t.Kind == "flow" && k.c.Flows[t.ID] == nil {
			k.add("flows/topics.yaml", t.Line, "add flows/"+t.ID+".yaml", "topic %q is a flow, but there is no flow of that name", t.ID)
		}
		if t.Queue != "" && !slices.Contains(k.c.Settings.Queues, t.Queue) {
			k.add("flows/topics.yaml", t.Line, didYouMean(t.Queue, k.c.Settings.Queues), "topic %q names queue %q, which does not exist", t.ID, t.Queue)
		}
		for _, lead := range t.Next {
			k.lead(t, lead)
		}
	}
}

// lead checks a button that leads on from a topic: "id", or "id/slot=option" to start a flow with something chosen.
func (k *checker) lead(t *Topic, lead string) {
	id, preset, has := strings.Cut(lead, "/")
	if k.c.topics[id] == nil {
		k.add("flows/topics.yaml", t.Line, didYouMean(id, k.topicIDs()), "topic %q leads on to %q, which does not exist", t.ID, id)
		return
	}
	if len("t:"+lead) > maxPayload {
		k.add("flows/topics.yaml", t.Line, "shorten the names", "topic %q leads on to %q, which is longer than a button can carry", t.ID, lead)
	}
	if !has {
		return
	}
	slot, value, _ := strings.Cut(preset, "=")
	if f := k.c.Flows[id]; f != nil {
		for _, s := range f.Steps {
			if _, ok := s.Leads(value); ok && s.Kind == Choose && s.Slot == slot {
				return
			}
		}
	}
	k.add("flows/topics.yaml", t.Line, "", "topic %q leads on to %q, but that flow has no choice %q with an option %q", t.ID, lead, slot, value)
}

func (k *checker) flow(f *Flow) {
	names := make([]string, len(f.Steps))
	for i, s := range f.Steps {
		names[i] = s.Name
	}
	if f.Step(f.Start) == nil {
		k.add(f.File, f.Line, didYouMean(f.Start, names), "the flow starts with step %q, which does not exist", f.Start)
	}
	if f.Queue != "" && !slices.Contains(k.c.Settings.Queues, f.Queue) {
		k.add(f.File, f.Line, didYouMean(f.Queue, k.c.Settings.Queues), "queue %q does not exist", f.Queue)
	}
	slots := k.c.slotsOf(f)
	for _, s := range f.Steps {
		k.step(f, s, names, slots)
	}
	k.paths(f)
}

func (k *checker) step(f *Flow, s *Step, names, slots []string) {
	at := func(hint, format string, args ...any) {
		k.add(f.File, s.Line, hint, "step %q "+format, append([]any{s.Name}, args...)...)
	}
	for _, o := range s.Outcomes {
		if f.Step(o.Next) == nil {
			at(didYouMean(o.Next, names), "leads to %q, which does not exist", o.Next)
		}
	}
	if s.Queue != "" && !slices.Contains(k.c.Settings.Queues, s.Queue) {
		at(didYouMean(s.Queue, k.c.Settings.Queues), "names queue %q, which does not exist", s.Queue)
	}
	if s.Priority != "normal" && s.Priority != "urgent" {
		at("it can be normal or urgent", "has priority %q", s.Priority)
	}
	for _, id := range s.Topics {
		if id, _, _ = strings.Cut(id, "/"); k.c.topics[id] == nil {
			at(didYouMean(id, k.topicIDs()), "offers topic %q, which does not exist", id)
		}
	}
	known := func(name string) bool {
		return slices.Contains(slots, name) || slices.Contains(Computed, name)
	}
	switch s.Kind {
	case Call:
		k.call(s, at, known)
	case Confirm:
		for _, name := range s.Confirm {
			if !slices.Contains(slots, name) {
				at(didYouMean(name, slots), "shows %q, which no step asks for", name)
			}
		}
	case Goto, Sub:
		if k.c.Flows[s.Flow] == nil {
			var ids []string
			for id := range k.c.Flows {
				ids = append(ids, id)
			}
			slices.Sort(ids)
			at(didYouMean(s.Flow, ids), "goes to flow %q, which does not exist", s.Flow)
		}
	case Ticket:
		switch s.Ticket {
		case "fault", "complaint", "suggestion", "request":
		default:
			at("it can be fault, complaint, suggestion or request", "registers a ticket of kind %q", s.Ticket)
		}
	case Choose, Ask:
		if n := len(s.Options); n > maxButtons {
			at("split it into two questions", "has %d options; VK shows at most %d buttons below a message", n, maxButtons)
		}
		for _, o := range s.Options {
			if p := OptionPayload(f.ID, s.Name, o.ID); len(p) > maxPayload || !ascii(p) {
				at("shorten the names", "has an option whose payload %q is over %d bytes or not plain ASCII", p, maxPayload)
			}
		}
	}
}

func (k *checker) call(s *Step, at func(string, string, ...any), known func(string) bool) {
	op := k.c.Operations[s.Call]
	if op == nil {
		var names []string
		for name := range k.c.Operations {
			names = append(names, name)
		}
		slices.Sort(names)
		at(didYouMean(s.Call, names), "calls %q, which no service offers", s.Call)
		return
	}
	for _, want := range op.Outcomes {
		if _, ok := s.Leads(want); !ok {
			at("add it under outcomes", "does not handle outcome %q of %s", want, s.Call)
		}
	}
	for _, o := range s.Outcomes {
		if o.Name != Unavailable && !slices.Contains(op.Outcomes, o.Name) {
			at(didYouMean(o.Name, op.Outcomes), "handles outcome %q, which %s never has", o.Name, s.Call)
		}
	}
	for _, p := range s.With {
		if !slices.Contains(op.Params, p.Name) {
			at(didYouMean(p.Name, op.Params), "gives %q, which %s does not take", p.Name, s.Call)
		}
		if !known(p.From) {
			at("", "gives slot %q, which nothing sets", p.From)
		}
	}
	for _, want := range op.Params {
		if !slices.ContainsFunc(s.With, func(p Pair) bool { return p.Name == want }) {
			at("add it under with", "does not give %q to %s", want, s.Call)
		}
	}
	for _, p := range s.Save {
		if !slices.Contains(op.Data, p.From) {
			at(didYouMean(p.From, op.Data), "saves %q, which %s does not return", p.From, s.Call)
		}
	}
}

// paths proves that every step can be reached, and that from every step an end or a human can be.
func (k *checker) paths(f *Flow) {
	reached := map[string]bool{}
	var walk func(string)
	walk = func(name string) {
		s := f.Step(name)
		if s == nil || reached[name] {
			return
		}
		reached[name] = true
		for _, o := range s.Outcomes {
			walk(o.Next)
		}
	}
	walk(f.Start)
	ends := map[string]bool{}
	for changed := true; changed; {
		changed = false
		for _, s := range f.Steps {
			if ends[s.Name] {
				continue
			}
			can := s.Kind == End || s.Kind == HandOff || s.Kind == Goto
			for _, o := range s.Outcomes {
				can = can || ends[o.Next]
			}
			if can {
				ends[s.Name], changed = true, true
			}
		}
	}
	for _, s := range f.Steps {
		if !reached[s.Name] {
			k.add(f.File, s.Line, "lead to it from a step, or remove it", "step %q is never reached", s.Name)
		}
		if !ends[s.Name] {
			k.add(f.File, s.Line, "lead on to a step with end or handoff", "step %q is a dead end: from here neither an end nor a person can be reached", s.Name)
		}
	}
	k.circles(f)
}

// circles finds rings of steps that never wait: the engine would run through them for ever.
func (k *checker) circles(f *Flow) {
	const onPath, done = 1, 2
	state := map[string]int{}
	var walk func(s *Step) bool
	walk = func(s *Step) bool {
		state[s.Name] = onPath
		if !s.Kind.Waits() && s.Kind != Wait && s.Kind != Call && s.Kind != HandOff && s.Kind != Ticket {
			for _, o := range s.Outcomes {
				n := f.Step(o.Next)
				if n == nil || state[o.Next] == done {
					continue
				}
				if state[o.Next] == onPath || walk(n) {
					if state[s.Name] == onPath {
						k.add(f.File, s.Line, "put a question between them", "step %q leads in a circle that never waits for the citizen", s.Name)
						state[s.Name] = done
					}
					return false
				}
			}
		}
		state[s.Name] = done
		return false
	}
	for _, s := range f.Steps {
		if state[s.Name] == 0 {
			walk(s)
		}
	}
}

// Limits of the channels, the tightest of them (research/channels.md): Telegram's callback data and text, VK's label and
// inline keyboard.
const (
	maxPayload = 64
	maxLabel   = 40
	maxText    = 4096
	maxButtons = 10
)

// OptionPayload is what the button of an option carries.
func OptionPayload(flow, step, option string) string {
	return "o:" + flow + ":" + step + ":" + option
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}
