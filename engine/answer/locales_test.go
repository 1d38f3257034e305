package answer

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// words of the package as the locales hold them.
type locale struct {
	Problems map[string]string   `yaml:"problems"`
	Labels   map[string]string   `yaml:"labels"`
	Mentions map[string][]string `yaml:"mentions"`
}

func readLocale(t *testing.T, name string) locale {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "locales", name, "answers.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var l locale
	if err := yaml.UnmarshalWithOptions(b, &l, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	return l
}

// Which placeholders a sentence may use.
var placeholders = map[string][]string{
	problemDateMonth: {"month"}, problemDateImpossible: {"days"}, problemDateNotLeap: {"year"}, problemDateTooOld: {"year"},
	problemSNILSLength: {"got", "want"}, problemINNLength: {"got", "want"}, problemEitherLength: {"got"}, problemPassportLength: {"got", "want"},
	problemPhoneLength: {"got"}, problemNumberLength: {"got", "want"}, problemCodeLength: {"got", "want"},
	problemTextShort: {"got", "min"}, problemTextLong: {"got", "max"},
}

func TestLocales(t *testing.T) {
	placeholder := regexp.MustCompile(`\{(\w*)\}`)
	for _, name := range []string{"ru", "en"} {
		l := readLocale(t, name)
		for _, key := range Problems() {
			sentence := l.Problems[key]
			if sentence == "" {
				t.Errorf("%s: no sentence for %s", name, key)
			}
			if last := sentence[max(len(sentence)-1, 0):]; last != "." {
				t.Errorf("%s: %s does not end in a full stop: %q", name, key, sentence)
			}
			for _, m := range placeholder.FindAllStringSubmatch(sentence, -1) {
				if !slices.Contains(placeholders[key], m[1]) {
					t.Errorf("%s: %s has no parameter %s", name, key, m[0])
				}
			}
		}
		if len(l.Problems) != len(Problems()) {
			t.Errorf("%s: %d sentences for %d problems", name, len(l.Problems), len(Problems()))
		}
		for _, kind := range Kinds() {
			if l.Labels[string(kind)] == "" {
				t.Errorf("%s: no label for %s", name, kind)
			}
			if _, ok := l.Mentions[string(kind)]; !ok {
				t.Errorf("%s: no mentions for %s", name, kind)
			}
			for _, m := range l.Mentions[string(kind)] {
				if m != foldString(m) {
					t.Errorf("%s: mention %q of %s is not folded", name, m, kind)
				}
			}
		}
		if len(l.Labels) != len(Kinds()) || len(l.Mentions) != len(Kinds()) {
			t.Errorf("%s: %d labels and %d mentions for %d kinds", name, len(l.Labels), len(l.Mentions), len(Kinds()))
		}
		// The examples in the sentences must be ones that we would take ourselves.
		for kind, example := range map[Kind]string{FullName: "", TicketNumber: "О-26-000123-7", SNILS: "112-233-445 95", Passport: "4510 123456"} {
			if example != "" && !Parse(kind, example, ctx).OK() {
				t.Errorf("the example %q is no %s", example, kind)
			}
		}
	}
}

// Every key in the code is in the list of problems, so that the list can be trusted.
func TestProblemsComplete(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	key := regexp.MustCompile(`^[a-z_]+\.[a-z_]+$`)
	listed := Problems()
	var seen []string
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(gotoken.NewFileSet(), f, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != gotoken.STRING {
				return true
			}
			s, err := strconv.Unquote(lit.Value)
			if err != nil || !key.MatchString(s) || slices.Contains([]string{"names.txt", "mail.ru", "ya.ru", "bk.ru", "list.ru", "inbox.ru"}, s) {
				return true
			}
			if f != "problem.go" {
				t.Errorf("%s: the key %q is written out; use the constant", f, s)
			}
			seen = append(seen, s)
			return true
		})
	}
	slices.Sort(seen)
	slices.Sort(listed)
	if seen = slices.Compact(seen); !slices.Equal(seen, listed) {
		t.Errorf("keys in the code %v\nkeys in Problems() %v", seen, listed)
	}
}

// The list of names is folded and has no word that would rule a name out.
func TestNameList(t *testing.T) {
	if n := len(givenNames); n < 700 {
		t.Errorf("only %d names", n)
	}
	for w := range givenNames {
		if w != foldString(w) {
			t.Errorf("%q is not folded", w)
		}
		if _, ok := oneScript(w); !ok {
			t.Errorf("%q has letters of two scripts", w)
		}
		if hardWord(w) {
			t.Errorf("%q is also a word that rules a name out", w)
		}
	}
	for w := range wordNames {
		if !givenNames.has(w) && !shortSurnames.has(w) {
			t.Logf("%q is not in the list of names", w)
		}
	}
}
