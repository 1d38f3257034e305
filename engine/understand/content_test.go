package understand

import (
	"os"
	"path/filepath"
	"sort"
	"sync"
	"testing"

	"github.com/goccy/go-yaml"
)

// contentModel is trained from the real content, once for all tests.
func contentModel(t *testing.T) *Model {
	t.Helper()
	shared.once.Do(func() { shared.model = Train(contentCorpus(t), Options{}) })
	if shared.model == nil {
		t.Fatal("the content could not be read")
	}
	return shared.model
}

var shared struct {
	once  sync.Once
	model *Model
}

// casesOf reads a file of labelled messages.
func casesOf(t *testing.T, path string) []Case {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	cases, err := ReadCases(f)
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

// contentCorpus reads the real content of the repository.
func contentCorpus(t testing.TB) Corpus {
	t.Helper()
	byID := map[string]*Topic{}
	c := Corpus{Extra: map[string]string{}}
	get := func(id string) *Topic {
		if byID[id] == nil {
			byID[id] = &Topic{ID: id, Sensitive: id == "account.recover" || id == "identity.confirm" || id == "application.change_payee",
				Control: id == "operator" || len(id) > 5 && id[:5] == "talk."}
		}
		return byID[id]
	}
	for _, loc := range []string{"ru", "en"} {
		files, _ := filepath.Glob("../../locales/" + loc + "/*.yaml")
		for _, f := range files {
			raw, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			switch filepath.Base(f) {
			case "out_of_scope.yaml":
				var o struct {
					Groups []struct {
						ID      string   `yaml:"id"`
						Phrases []string `yaml:"phrases"`
					} `yaml:"groups"`
					Other []string `yaml:"other"`
				}
				if err := yaml.Unmarshal(raw, &o); err != nil {
					t.Fatal(f, err)
				}
				for _, g := range o.Groups {
					top := get(g.ID)
					top.Reject = true
					for _, p := range g.Phrases {
						top.Phrases = append(top.Phrases, Phrase{p, loc})
					}
				}
				for _, p := range o.Other {
					c.OutOfScope = append(c.OutOfScope, Phrase{p, loc})
				}
			case "synonyms.yaml":
				var s struct {
					Groups [][]string `yaml:"groups"`
				}
				if err := yaml.Unmarshal(raw, &s); err != nil {
					t.Fatal(f, err)
				}
				c.Synonyms = append(c.Synonyms, s.Groups...)
			case "politeness.yaml":
				var s struct {
					Openings []string `yaml:"openings"`
					Vague    []string `yaml:"vague"`
				}
				if err := yaml.Unmarshal(raw, &s); err != nil {
					t.Fatal(f, err)
				}
				c.Politeness = append(c.Politeness, s.Openings...)
				c.Vague = append(c.Vague, s.Vague...)
			default:
				var s struct {
					Topic   string   `yaml:"topic"`
					Title   string   `yaml:"title"`
					Phrases []string `yaml:"phrases"`
				}
				if err := yaml.Unmarshal(raw, &s); err != nil || s.Topic == "" {
					continue
				}
				top := get(s.Topic)
				c.Extra[s.Topic] += s.Title + ". "
				for _, p := range s.Phrases {
					top.Phrases = append(top.Phrases, Phrase{p, loc})
				}
			}
		}
	}
	for _, top := range byID {
		c.Topics = append(c.Topics, *top)
	}
	sort.Slice(c.Topics, func(i, j int) bool { return c.Topics[i].ID < c.Topics[j].ID })
	if len(c.Topics) == 0 {
		t.Fatal("the content has no phrases")
	}
	return c
}

// TestPhrasesAreUnique finds phrases that stand twice, in one topic or in two: they teach nothing, or the wrong thing.
func TestPhrasesAreUnique(t *testing.T) {
	c := contentCorpus(t)
	seen := map[string]string{}
	look := func(class, text string) {
		key := joined(tokenize(clean(text), nil))
		if before, ok := seen[key]; ok {
			t.Errorf("%q stands in %s and in %s", text, before, class)
		}
		seen[key] = class
	}
	for _, top := range c.Topics {
		for _, p := range top.Phrases {
			look(top.ID, p.Text)
		}
	}
	for _, p := range c.OutOfScope {
		look(otherID, p.Text)
	}
	for _, v := range c.Vague {
		look(vagueID, v)
	}
	of := map[string][]int{} // run of three letters → the phrases that have it
	var size []int
	for text := range seen {
		for run := range trios(text) {
			of[run] = append(of[run], len(size))
		}
		size = append(size, len(trios(text)))
	}
	for _, set := range []string{"set_aside.jsonl", "blind.jsonl", "two_needs.jsonl"} {
		for _, x := range casesOf(t, filepath.Join("testdata", set)) {
			own := trios(joined(tokenize(clean(x.Text), nil)))
			both := map[int]int{}
			for run := range own {
				for _, p := range of[run] {
					both[p]++
				}
			}
			for p, n := range both {
				if float64(n) > 0.7*float64(len(own)+size[p]-n) { // Jaccard
					t.Errorf("%s: a phrase of the content is almost %q", set, x.Text)
					break
				}
			}
		}
	}
}

// trios are the runs of three letters of a text.
func trios(text string) map[string]bool {
	out := map[string]bool{}
	r := []rune(text)
	for i := 0; i+3 <= len(r); i++ {
		out[string(r[i:i+3])] = true
	}
	return out
}
