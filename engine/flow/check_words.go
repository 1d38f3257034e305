package flow

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// EngineTexts are the sentences of the engine itself that every language must have. The engine registers them.
var EngineTexts []string

// EngineCommands are the commands that every language must have words for.
var EngineCommands []string

// asksForSecret finds texts that ask a citizen for what must never be asked for.
var asksForSecret = regexp.MustCompile(`(?i)(введите|напишите|назовите|сообщите|пришлите|укажите|отправьте|enter|type|tell us|send us|give us|provide)\s+(\S+\s+){0,2}(парол|пин-код|pin\b|cvv|cvc|номер карты|password|card number)`)

func (k *checker) locale(l *Locale) {
	for _, t := range k.c.Topics {
		k.topicWords(l, t)
	}
	for _, f := range k.c.sortedFlows() {
		k.flowWords(l, f)
	}
	for id, w := range l.Topics {
		if k.c.topics[id] == nil && k.c.Flows[id] == nil {
			k.add(w.File, 1, didYouMean(id, k.topicIDs()), "these are the words of %q, which is neither a topic nor a flow", id)
		}
	}
	dir := "locales/" + l.Name + "/"
	for _, key := range EngineTexts {
		if len(l.Texts[key]) == 0 {
			k.add(dir+"engine.yaml", 0, "", "the engine's sentence %q is missing", key)
		}
		for _, t := range l.Texts[key] {
			k.text(l, dir+"engine.yaml", 0, "sentence "+key, t, nil)
		}
	}
	for _, key := range EngineCommands {
		if len(l.Commands[key]) == 0 {
			k.add(dir+"commands.yaml", 0, "", "no words for the command %q", key)
		}
	}
	for _, c := range k.c.Categories {
		if l.Categories[c.ID] == "" {
			k.add(dir+"engine.yaml", 0, "add it under categories", "category %q has no title", c.ID)
		}
		k.label(dir+"engine.yaml", 0, "category "+c.ID, l.Categories[c.ID])
	}
	for id, w := range l.Rejects {
		if w.Text == nil || w.Title == "" {
			k.add(w.File, 0, "", "group %q needs a title and a text", id)
			continue
		}
		k.text(l, w.File, 0, "group "+id, w.Text, nil)
	}
}

func (k *checker) topicWords(l *Locale, t *Topic) {
	w := l.Topics[t.ID]
	file := fmt.Sprintf("locales/%s/%s.yaml", l.Name, t.ID)
	if w == nil {
		k.add(file, 0, "", "topic %q has no words in this language", t.ID)
		return
	}
	if w.Title == "" {
		k.add(w.File, 1, "add title:", "topic %q has no title", t.ID)
	}
	k.label(w.File, w.source.line("title"), "title", w.Title)
	if len(w.Phrases) == 0 {
		k.add(w.File, 1, "add phrases:", "topic %q has no example phrases: nobody would be understood", t.ID)
	}
	if k.c.Flows[t.ID] == nil {
		if w.Text == nil {
			k.add(w.File, 1, "add text:", "topic %q has no reply", t.ID)
			return
		}
		k.text(l, w.File, w.source.line("text"), "text", w.Text, nil)
	}
}

func (k *checker) flowWords(l *Locale, f *Flow) {
	w := l.Topics[f.ID]
	if w == nil {
		k.add(fmt.Sprintf("locales/%s/%s.yaml", l.Name, f.ID), 0, "", "flow %q has no words in this language", f.ID)
		return
	}
	slots := k.c.slotsOf(f)
	for _, s := range f.Steps {
		line := w.source.line("steps", s.Name)
		words := w.Steps[s.Name]
		if s.Kind == Say || s.Kind.Waits() {
			if words == nil || words.Text == nil {
				k.add(w.File, 0, fmt.Sprintf("add steps: %s: text:", s.Name), "step %q of %s has no text", s.Name, f.File)
				continue
			}
		}
		if words == nil {
			continue
		}
		if words.Text != nil {
			k.text(l, w.File, line, "text of step "+s.Name, words.Text, slots)
		}
		for _, t := range words.Again {
			k.text(l, w.File, line, "text of step "+s.Name, t, slots)
		}
		for _, o := range s.Options {
			label := words.Options[o.ID].Label
			if label == nil {
				k.add(w.File, line, fmt.Sprintf("add options: %s:", o.ID), "option %q of step %q has no label", o.ID, s.Name)
				continue
			}
			k.label(w.File, line, "option "+o.ID, label.Source)
		}
		for id := range words.Options {
			if !slices.ContainsFunc(s.Options, func(o Option) bool { return o.ID == id }) {
				var ids []string
				for _, o := range s.Options {
					ids = append(ids, o.ID)
				}
				k.add(w.File, line, didYouMean(id, ids), "step %q has no option %q", s.Name, id)
			}
		}
	}
	for name := range w.Steps {
		if f.Step(name) == nil {
			var names []string
			for _, s := range f.Steps {
				names = append(names, s.Name)
			}
			k.add(w.File, w.source.line("steps", name), didYouMean(name, names), "flow %q has no step %q", f.ID, name)
		}
	}
}

func (k *checker) label(file string, line int, what, label string) {
	if n := utf8.RuneCountInString(label); n > maxLabel {
		k.add(file, line, "shorten it", "%s: a button shows at most %d characters, this has %d", what, maxLabel, n)
	}
}

// text checks one text. A nil list of slots means one of the engine's own sentences or a reply, which may use what the engine computes.
func (k *checker) text(l *Locale, file string, line int, what string, t *Text, slots []string) {
	if n := utf8.RuneCountInString(t.Source); n > maxText/2 {
		k.add(file, line, "split it", "%s has %d characters; a message with its values must stay within %d", what, n, maxText)
	}
	t.Refers(func(name string, fact bool) {
		switch {
		case fact && k.c.Facts[name] == nil:
			var names []string
			for n := range k.c.Facts {
				names = append(names, n)
			}
			slices.Sort(names)
			k.add(file, line, didYouMean(name, names), "%s refers to fact %q, which does not exist", what, name)
		case fact:
			if k.used == nil {
				k.used = map[string]bool{}
			}
			k.used[name] = true
		case !slices.Contains(Computed, name) && !slices.Contains(slots, name):
			k.add(file, line, didYouMean(name, append(slices.Clone(slots), Computed...)), "%s refers to {%s}, which nothing sets", what, name)
		}
	})
	for _, f := range k.c.sortedFacts() {
		for _, lit := range f.Literals {
			re, err := regexp.Compile("(?i)" + lit)
			if err != nil {
				k.add("flows/facts.yaml", f.Line, "", "fact %s: the literal %q is no pattern: %v", f.Name, lit, err)
				continue
			}
			if m := re.FindString(t.Source); m != "" {
				k.add(file, line, fmt.Sprintf("write {@%s}", f.Name), "%s spells out %q, which is a fact", what, m)
			}
		}
	}
	if m := asksForSecret.FindString(t.Source); m != "" && !strings.Contains(strings.ToLower(t.Source), "не ") && !strings.Contains(strings.ToLower(t.Source), "never") {
		k.add(file, line, "a secret is never asked for", "%s asks for a secret: %q", what, m)
	}
}

func (c *Content) sortedFacts() []*Fact {
	out := make([]*Fact, 0, len(c.Facts))
	for _, f := range c.Facts {
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b *Fact) int { return strings.Compare(a.Name, b.Name) })
	return out
}

func (k *checker) facts() {
	const file = "flows/facts.yaml"
	for _, f := range k.c.sortedFacts() {
		empty := f.In(k.c.Default) == ""
		switch {
		case empty && f.Optional:
			k.warn(file, f.Line, "an administrator sets it when it is known", "fact %s has no value: texts do without it", f.Name)
		case empty:
			k.add(file, f.Line, "", "fact %s has no value", f.Name)
		}
	}
}

// Expired returns what no longer holds at the given moment, or soon will not: `flows check` and the server show it.
func (c *Content) Expired(now time.Time) Problems {
	k := &checker{c: c}
	for _, f := range c.sortedFacts() {
		if !f.Until.IsZero() && now.After(f.Until.AddDate(0, 0, 1)) {
			k.add("flows/facts.yaml", f.Line, "find out what holds now", "fact %s held until %s", f.Name, f.Until.Format(time.DateOnly))
		}
	}
	if c.Calendar != nil && now.AddDate(0, 0, 60).After(c.Calendar.KnownUntil()) {
		k.warn("flows/calendar.yaml", 0, "enter the next year's production calendar", "public holidays are known only until %s", c.Calendar.KnownUntil().Format(time.DateOnly))
	}
	return k.ps
}
