package flow

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"spravka/engine/answer"
)

// Locale is everything that is said and understood in one language.
type Locale struct {
	Name       string
	Topics     map[string]*Words   // by topic or flow
	Rejects    map[string]*Words   // by reject family
	Texts      map[string][]*Text  // the engine's own sentences; several for one key are used in turn
	Commands   map[string][]string // words by command: back, cancel, …
	Slots      map[string]SlotWords
	Terms      map[string]string // values that come from registers, queues, statuses, as citizens read them
	Categories map[string]string // titles of the doors at the first contact
	Problems   map[string]*Text  // what is wrong with an answer
	Labels     map[answer.Kind]string
	Mentions   map[answer.Kind][]string
	OutOfScope []string
	Synonyms   [][]string
	Politeness []string // openings that are cut away before understanding
	Vague      []string // messages that nobody could answer without asking back
}

// Words are the words of a topic or flow.
type Words struct {
	File    string
	Title   string                // a button's label and the name used in questions
	Text    *Text                 // the reply of an answer topic
	Steps   map[string]*StepWords // of a flow
	Phrases []string
	source  *source
}

// StepWords are the words of a step.
type StepWords struct {
	Text    *Text
	Again   []*Text // instead of Text after the first, second, … miss
	Options map[string]OptionWords
}

// OptionWords are the label of a button and what else means it.
type OptionWords struct {
	Label *Text
	Words []string
}

// SlotWords name a slot: its label in lists, and the words by which citizens mean it.
type SlotWords struct {
	Label    string   `yaml:"label"`
	Mentions []string `yaml:"mentions"`
}

type rawWords struct {
	Topic   string             `yaml:"topic"`
	Flow    string             `yaml:"flow"`
	Title   string             `yaml:"title"`
	Text    string             `yaml:"text"`
	Steps   map[string]rawSaid `yaml:"steps"`
	Phrases []string           `yaml:"phrases"`
}

type rawSaid struct {
	Text    string            `yaml:"text"`
	Again   []string          `yaml:"again"`
	Options map[string]rawOpt `yaml:"options"`
}

// rawOpt is a label, or a label with the words that mean it.
type rawOpt struct {
	Label string   `yaml:"label"`
	Words []string `yaml:"words"`
}

func (o *rawOpt) UnmarshalYAML(data []byte) error {
	var label string
	if yaml.Unmarshal(data, &label) == nil {
		o.Label = label
		return nil
	}
	type plain rawOpt
	return yaml.UnmarshalWithOptions(data, (*plain)(o), yaml.Strict())
}

type rawEngine struct {
	Texts      map[string]oneOrMore `yaml:"texts"`
	Commands   map[string][]string  `yaml:"commands"`
	Slots      map[string]SlotWords `yaml:"slots"`
	Terms      map[string]string    `yaml:"terms"`
	Categories map[string]string    `yaml:"categories"`
}

type oneOrMore []string

func (o *oneOrMore) UnmarshalYAML(data []byte) error {
	var one string
	if yaml.Unmarshal(data, &one) == nil {
		*o = oneOrMore{one}
		return nil
	}
	var more []string
	if err := yaml.Unmarshal(data, &more); err != nil {
		return err
	}
	*o = more
	return nil
}

type rawAnswers struct {
	Problems map[string]string   `yaml:"problems"`
	Labels   map[string]string   `yaml:"labels"`
	Mentions map[string][]string `yaml:"mentions"`
}

type rawRejects struct {
	Groups []struct {
		ID      string   `yaml:"id"`
		Title   string   `yaml:"title"`
		Text    string   `yaml:"text"`
		Phrases []string `yaml:"phrases"`
	} `yaml:"groups"`
	Other []string `yaml:"other"`
}

// source is a file as it was read, so that a later finding can name its line.
type source struct {
	file string
	root *ast.File
	data []byte
}

func (s *source) decode(v any, fields ...string) Problems {
	if len(s.data) > maxFile {
		return Problems{{File: s.file, Text: fmt.Sprintf("the file has %d bytes, more than %d", len(s.data), maxFile)}}
	}
	if err := yaml.UnmarshalWithOptions(s.data, v, yaml.Strict()); err != nil {
		return Problems{yamlProblem(s.file, err, fields...)}
	}
	return nil
}

// line finds the line of a value by its path, e.g. line("steps", "number", "text"); 0 if it is not there.
func (s *source) line(path ...string) int {
	if s.root == nil {
		root, err := parser.ParseBytes(s.data, 0)
		if err != nil || len(root.Docs) == 0 {
			return 0
		}
		s.root = root
	}
	node, line := ast.Node(s.root.Docs[0].Body), 0
	for _, key := range path {
		found := false
		for _, v := range mappingValues(node) {
			if v.Key.GetToken().Value == key {
				node, line, found = v.Value, v.Key.GetToken().Position.Line, true
				break
			}
		}
		if !found {
			break
		}
	}
	return line
}

// loader reads one language.
type loader struct {
	l  *Locale
	ps Problems
}

func newLocale(name string) *Locale {
	return &Locale{Name: name, Topics: map[string]*Words{}, Rejects: map[string]*Words{}, Texts: map[string][]*Text{},
		Commands: map[string][]string{}, Slots: map[string]SlotWords{}, Terms: map[string]string{}, Categories: map[string]string{},
		Problems: map[string]*Text{}, Labels: map[answer.Kind]string{}, Mentions: map[answer.Kind][]string{}}
}

func (ld *loader) text(src *source, text string, path ...string) *Text {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	t, err := ParseText(text, ld.l.Name)
	if err != nil {
		ld.ps = append(ld.ps, Problem{File: src.file, Line: src.line(path...), Text: err.Error(), Hint: "a brace begins a placeholder such as {name} or {@hotline.phone}"})
		return nil
	}
	return t
}

// file reads one file of the language; its name says what it holds.
func (ld *loader) file(name, base string, data []byte) {
	src := &source{file: name, data: data}
	switch base {
	case "engine.yaml", "slots.yaml", "terms.yaml", "commands.yaml":
		ld.engine(src)
	case "answers.yaml":
		ld.answers(src)
	case "out_of_scope.yaml":
		ld.rejects(src)
	case "synonyms.yaml":
		var raw struct {
			Groups [][]string `yaml:"groups"`
		}
		ld.ps = append(ld.ps, src.decode(&raw, "groups")...)
		ld.l.Synonyms = append(ld.l.Synonyms, raw.Groups...)
	case "politeness.yaml":
		var raw struct {
			Openings []string `yaml:"openings"`
			Vague    []string `yaml:"vague"`
		}
		ld.ps = append(ld.ps, src.decode(&raw, "openings", "vague")...)
		ld.l.Vague = append(ld.l.Vague, raw.Vague...)
		ld.l.Politeness = append(ld.l.Politeness, raw.Openings...)
	default:
		ld.words(src)
	}
}

func (ld *loader) words(src *source) {
	var raw rawWords
	if ps := src.decode(&raw, "topic", "flow", "title", "text", "steps", "phrases", "again", "options", "label", "words"); ps != nil {
		ld.ps = append(ld.ps, ps...)
		return
	}
	id := raw.Topic
	if id == "" {
		id = raw.Flow
	}
	if id == "" {
		ld.ps = append(ld.ps, Problem{File: src.file, Line: 1, Text: "the file does not say whose words it holds", Hint: "begin with topic: <id> or flow: <name>"})
		return
	}
	if had := ld.l.Topics[id]; had != nil {
		ld.ps = append(ld.ps, Problem{File: src.file, Line: 1, Text: fmt.Sprintf("the words of %q stand in %s already", id, had.File)})
		return
	}
	w := &Words{File: src.file, Title: raw.Title, Phrases: raw.Phrases, Steps: map[string]*StepWords{}, source: src}
	w.Text = ld.text(src, raw.Text, "text")
	for step, r := range raw.Steps {
		s := &StepWords{Text: ld.text(src, r.Text, "steps", step, "text"), Options: map[string]OptionWords{}}
		for _, a := range r.Again {
			if t := ld.text(src, a, "steps", step, "again"); t != nil {
				s.Again = append(s.Again, t)
			}
		}
		for id, o := range r.Options {
			s.Options[id] = OptionWords{Label: ld.text(src, o.Label, "steps", step, "options", id), Words: o.Words}
		}
		w.Steps[step] = s
	}
	ld.l.Topics[id] = w
}

func (ld *loader) engine(src *source) {
	var raw rawEngine
	ld.ps = append(ld.ps, src.decode(&raw, "texts", "commands", "slots", "terms", "categories")...)
	for key, list := range raw.Texts {
		for _, text := range list {
			if t := ld.text(src, text, "texts", key); t != nil {
				ld.l.Texts[key] = append(ld.l.Texts[key], t)
			}
		}
	}
	merge(ld.l.Commands, raw.Commands)
	merge(ld.l.Slots, raw.Slots)
	merge(ld.l.Terms, raw.Terms)
	merge(ld.l.Categories, raw.Categories)
}

func merge[K comparable, V any](into, from map[K]V) {
	for k, v := range from {
		into[k] = v
	}
}

func (ld *loader) answers(src *source) {
	var raw rawAnswers
	ld.ps = append(ld.ps, src.decode(&raw, "problems", "labels", "mentions")...)
	for key, text := range raw.Problems {
		ld.l.Problems[key] = ld.text(src, text, "problems", key)
	}
	for k, v := range raw.Labels {
		ld.l.Labels[answer.Kind(k)] = v
	}
	for k, v := range raw.Mentions {
		ld.l.Mentions[answer.Kind(k)] = v
	}
}

func (ld *loader) rejects(src *source) {
	var raw rawRejects
	ld.ps = append(ld.ps, src.decode(&raw, "groups", "id", "title", "text", "phrases", "other")...)
	for _, g := range raw.Groups {
		ld.l.Rejects[g.ID] = &Words{File: src.file, Title: g.Title, Text: ld.text(src, g.Text, "groups"), Phrases: g.Phrases, source: src}
	}
	ld.l.OutOfScope = append(ld.l.OutOfScope, raw.Other...)
}
