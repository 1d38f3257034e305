package flow

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"reflect"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"spravka/engine/calendar"
	"spravka/engine/desk"
)

// Content is one version of everything that editors write.
type Content struct {
	Hash       string // of all files: the version
	Flows      map[string]*Flow
	Topics     []*Topic
	Categories []Category
	Facts      map[string]*Fact
	Operations map[string]*Operation
	Calendar   *calendar.Calendar
	Locales    map[string]*Locale
	Default    string // locale
	Settings   Settings
	Desk       desk.Rules // flows/desk.yaml

	topics map[string]*Topic
}

// Settings are the numbers that hold for every flow.
type Settings struct {
	Misses       int           // wrong answers to one question before a human is called
	Remind       time.Duration // of silence before a reminder
	GiveUp       time.Duration // of silence before a polite end
	OwnNumber    []string      // channels that can send the citizen's own telephone number
	Queues       []string
	DefaultQueue string
	MaxFiles     int
	MaxTextRunes int
	HandOffTerm  time.Duration // a person answers in the chat within
	FeedbackTerm time.Duration // what was registered, a complaint for instance, is answered within
	ReopenWithin time.Duration // a solved ticket can be taken up again; then it is closed
}

// Topic returns the topic of that id, or nil.
func (c *Content) Topic(id string) *Topic { return c.topics[id] }

// Locale returns the language, or the default one.
func (c *Content) Locale(name string) *Locale {
	if l, ok := c.Locales[name]; ok {
		return l
	}
	return c.Locales[c.Default]
}

type rawSettings struct {
	Misses       int        `yaml:"misses"`
	Remind       string     `yaml:"remind"`
	GiveUp       string     `yaml:"give_up"`
	OwnNumber    []string   `yaml:"own_number"`
	Queues       []string   `yaml:"queues"`
	DefaultQueue string     `yaml:"default_queue"`
	MaxFiles     int        `yaml:"max_files"`
	MaxText      int        `yaml:"max_text"`
	HandOffTerm  string     `yaml:"hand_off_term"`
	FeedbackTerm string     `yaml:"feedback_term"`
	ReopenWithin string     `yaml:"reopen_within"`
	Categories   []Category `yaml:"categories"`
}

// Load reads the content from flows/ and locales/ of the file system and checks it. It returns what it could read even
// when there are problems, so that an editor can be shown all of them at once.
func Load(files fs.FS) (*Content, Problems) {
	c := &Content{Flows: map[string]*Flow{}, Facts: map[string]*Fact{}, Operations: map[string]*Operation{},
		Locales: map[string]*Locale{}, Default: "ru", Desk: desk.Default(), topics: map[string]*Topic{}}
	var ps Problems
	all, err := readAll(files)
	if err != nil {
		return c, Problems{{File: "content", Text: err.Error()}}
	}
	sum := sha256.New()
	loaders := map[string]*loader{}
	for _, f := range all {
		fmt.Fprintf(sum, "%s\x00%d\x00", f.name, len(f.data))
		sum.Write(f.data)
		dir, base := path.Split(f.name)
		switch {
		case dir == "flows/":
			ps = append(ps, c.readFlowFile(f.name, base, f.data)...)
		case strings.HasPrefix(dir, "locales/"):
			name := strings.Trim(strings.TrimPrefix(dir, "locales/"), "/")
			if strings.Contains(name, "/") {
				continue
			}
			ld := loaders[name]
			if ld == nil {
				ld = &loader{l: newLocale(name)}
				loaders[name] = ld
			}
			ld.file(f.name, base, f.data)
		}
	}
	c.Hash = hex.EncodeToString(sum.Sum(nil))[:16]
	for name, ld := range loaders {
		c.Locales[name] = ld.l
		ps = append(ps, ld.ps...)
	}
	if c.Locales[c.Default] == nil {
		return c, append(ps, Problem{File: "locales/" + c.Default, Text: "the default language has no files"})
	}
	ps = append(ps, c.readCalendar(files)...)
	ps = append(ps, c.compile()...)
	ps = append(ps, c.check()...)
	sort.SliceStable(ps, func(i, j int) bool {
		if ps[i].File != ps[j].File {
			return ps[i].File < ps[j].File
		}
		return ps[i].Line < ps[j].Line
	})
	return c, slices.Compact(ps)
}

type rawFile struct {
	name string
	data []byte
}

func readAll(files fs.FS) ([]rawFile, error) {
	var all []rawFile
	for _, dir := range []string{"flows", "locales"} {
		err := fs.WalkDir(files, dir, func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(p, ".yaml") {
				return err
			}
			data, err := fs.ReadFile(files, p)
			if err != nil {
				return err
			}
			all = append(all, rawFile{p, data})
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("reading the content: %w", err)
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].name < all[j].name })
	return all, nil
}

func (c *Content) readFlowFile(name, base string, data []byte) Problems {
	src := &source{file: name, data: data}
	switch base {
	case "facts.yaml":
		return c.readFacts(src)
	case "topics.yaml":
		return c.readTopics(src)
	case "services.yaml":
		return c.readServices(src)
	case "settings.yaml":
		return c.readSettings(src)
	case "desk.yaml":
		return c.readDesk(src)
	case "schedule.yaml", "calendar.yaml":
		return nil // read together, see readCalendar
	}
	f, ps := ParseFlow(name, data)
	if f == nil {
		return ps
	}
	if had := c.Flows[f.ID]; had != nil {
		return append(ps, Problem{File: name, Line: 1, Text: fmt.Sprintf("flow %q stands in %s already", f.ID, had.File)})
	}
	c.Flows[f.ID] = f
	return ps
}

func (c *Content) readTopics(src *source) Problems {
	var raw struct {
		Topics []*Topic `yaml:"topics"`
	}
	if ps := src.decode(&raw, append(fieldsOf(reflect.TypeFor[Topic]()), "topics")...); ps != nil {
		return ps
	}
	for _, t := range raw.Topics {
		if c.topics[t.ID] != nil {
			return Problems{{File: src.file, Text: fmt.Sprintf("topic %q stands here twice", t.ID)}}
		}
		c.topics[t.ID] = t
		t.Line = lineWith(src.data, "id: "+t.ID)
	}
	c.Topics = raw.Topics
	return nil
}

// lineWith finds the line of a list entry, which has no key to look it up by.
func lineWith(data []byte, text string) int {
	for i, l := range strings.Split(string(data), "\n") {
		if at := strings.Index(l, text); at >= 0 {
			rest := l[at+len(text):]
			if rest == "" || strings.ContainsAny(rest[:1], ",} #\r") {
				return i + 1
			}
		}
	}
	return 0
}

func (c *Content) readServices(src *source) Problems {
	var raw struct {
		Operations map[string]*Operation `yaml:"operations"`
	}
	if ps := src.decode(&raw, "operations", "params", "outcomes", "data"); ps != nil {
		return ps
	}
	for name, op := range raw.Operations {
		op.Name, op.Line = name, src.line("operations", name)
		c.Operations[name] = op
	}
	return nil
}

func (c *Content) readSettings(src *source) Problems {
	var raw rawSettings
	if ps := src.decode(&raw, append(fieldsOf(reflect.TypeFor[rawSettings]()), "id", "topics")...); ps != nil {
		return ps
	}
	var ps Problems
	raw.FeedbackTerm, raw.ReopenWithin = cmp.Or(raw.FeedbackTerm, "48h"), cmp.Or(raw.ReopenWithin, "168h")
	span := func(key, text string) time.Duration {
		d, err := time.ParseDuration(text)
		if err != nil || d <= 0 {
			ps = append(ps, Problem{File: src.file, Line: src.line(key), Text: fmt.Sprintf("%s: %q is no span of time", key, text), Hint: "write for instance 15m or 48h"})
		}
		return d
	}
	c.Settings = Settings{Misses: raw.Misses, Remind: span("remind", raw.Remind), GiveUp: span("give_up", raw.GiveUp), OwnNumber: raw.OwnNumber, Queues: raw.Queues,
		DefaultQueue: raw.DefaultQueue, MaxFiles: raw.MaxFiles, MaxTextRunes: raw.MaxText, HandOffTerm: span("hand_off_term", raw.HandOffTerm),
		FeedbackTerm: span("feedback_term", raw.FeedbackTerm), ReopenWithin: span("reopen_within", raw.ReopenWithin)}
	c.Categories = raw.Categories
	if raw.Misses < 1 || raw.MaxFiles < 1 || raw.MaxText < 100 || len(raw.Queues) == 0 || !slices.Contains(raw.Queues, raw.DefaultQueue) {
		ps = append(ps, Problem{File: src.file, Line: 1, Text: "misses, max_files, max_text (at least 100), queues and default_queue (one of them) must be set"})
	}
	return ps
}

type rawFact struct {
	Value    any      `yaml:"value"`
	Source   string   `yaml:"source"`
	Until    string   `yaml:"until"`
	Optional bool     `yaml:"optional"`
	Literals []string `yaml:"literals"`
}

func (c *Content) readFacts(src *source) Problems {
	var raw struct {
		Facts map[string]rawFact `yaml:"facts"`
	}
	if ps := src.decode(&raw, append(fieldsOf(reflect.TypeFor[rawFact]()), "facts")...); ps != nil {
		return ps
	}
	var ps Problems
	for name, r := range raw.Facts {
		f := &Fact{Name: name, Value: map[string]string{}, Source: r.Source, Optional: r.Optional, Literals: r.Literals, Line: src.line("facts", name)}
		switch v := r.Value.(type) {
		case map[string]any:
			for locale, text := range v {
				f.Value[locale] = fmt.Sprint(text)
			}
		case nil:
		default:
			f.Value[""] = fmt.Sprint(v)
		}
		if r.Until != "" {
			t, err := time.Parse(time.DateOnly, r.Until)
			if err != nil {
				ps = append(ps, Problem{File: src.file, Line: f.Line, Text: fmt.Sprintf("fact %s: until: %q is no date", name, r.Until), Hint: "write it as 2027-01-31"})
			}
			f.Until = t
		}
		if f.Source == "" {
			ps = append(ps, Problem{File: src.file, Line: f.Line, Text: fmt.Sprintf("fact %s does not say where it comes from", name), Hint: "add source:"})
		}
		c.Facts[name] = f
	}
	return ps
}

func (c *Content) readCalendar(files fs.FS) Problems {
	schedule, err := fs.ReadFile(files, "flows/schedule.yaml")
	if err != nil {
		return Problems{{File: "flows/schedule.yaml", Text: "the file is missing: nobody would know when people answer"}}
	}
	days, err := fs.ReadFile(files, "flows/calendar.yaml")
	if err != nil {
		return Problems{{File: "flows/calendar.yaml", Text: "the file is missing: public holidays would be taken for working days"}}
	}
	var rs calendar.Schedule
	if err := yaml.UnmarshalWithOptions(schedule, &rs, yaml.Strict()); err != nil {
		return Problems{yamlProblem("flows/schedule.yaml", err, fieldsOf(reflect.TypeFor[calendar.Schedule]())...)}
	}
	var rd calendar.Days
	if err := yaml.UnmarshalWithOptions(days, &rd, yaml.Strict()); err != nil {
		return Problems{yamlProblem("flows/calendar.yaml", err, fieldsOf(reflect.TypeFor[calendar.Days]())...)}
	}
	cal, err := calendar.New(rs, rd)
	if err != nil {
		return Problems{{File: "flows/schedule.yaml", Text: err.Error()}}
	}
	c.Calendar = cal
	return nil
}
