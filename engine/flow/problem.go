package flow

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml"
)

// Problem is something wrong with the content: where, what, and what would mend it.
type Problem struct {
	File    string
	Line    int // from 1; 0 if the whole file is meant
	Text    string
	Hint    string
	Warning bool // does not stop the server
}

func (p Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
	}
	b.WriteString(": ")
	if p.Warning {
		b.WriteString("warning: ")
	}
	b.WriteString(p.Text)
	if p.Hint != "" {
		b.WriteString("; ")
		b.WriteString(p.Hint)
	}
	return b.String()
}

// Problems is a list of them; as an error it reads one a line.
type Problems []Problem

func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Fatal returns those that are not warnings.
func (ps Problems) Fatal() Problems {
	var out Problems
	for _, p := range ps {
		if !p.Warning {
			out = append(out, p)
		}
	}
	return out
}

var unknownField = regexp.MustCompile(`unknown field "([^"]+)"`)

// yamlProblem turns an error of the YAML library into ours: the library's own carries a picture of the source.
func yamlProblem(file string, err error, fields ...string) Problem {
	p := Problem{File: file, Text: err.Error()}
	var y yaml.Error
	if errors.As(err, &y) {
		p.Text = y.GetMessage()
		if t := y.GetToken(); t != nil && t.Position != nil {
			p.Line = t.Position.Line
		}
	}
	if m := unknownField.FindStringSubmatch(p.Text); m != nil {
		p.Text = fmt.Sprintf("there is no field %q here", m[1])
		p.Hint = didYouMean(m[1], fields)
	}
	return p
}

// didYouMean finds the likeliest of the known words for a mistyped one.
func didYouMean(word string, known []string) string {
	best, least := "", 1+len(word)/2
	for _, k := range known {
		if d := distance(word, k); d < least {
			best, least = k, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("did you mean %q?", best)
}

// distance is the optimal string alignment distance: insertions, deletions, changes and swaps of neighbours.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	var before, row, next []int
	row = make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(x); i++ {
		next = make([]int, len(y)+1)
		next[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			next[j] = min(row[j]+1, next[j-1]+1, row[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, row = row, next
	}
	return row[len(y)]
}
