package understand

import (
	"fmt"
	"os"
	"testing"
)

func TestNeedsLab(t *testing.T) {
	if os.Getenv("NEEDS") == "" {
		t.Skip()
	}
	f, _ := os.Open("testdata/two_needs.jsonl")
	cases, err := ReadCases(f)
	if err != nil {
		t.Fatal(err)
	}
	g, _ := os.Open("/work/shared/eval/dev.jsonl")
	dev, _ := ReadCases(g)
	var synth []Case
	var pool []Case
	for _, c := range dev {
		if len(c.Topics) == 1 && len(c.Topics[0]) > 5 && c.Topics[0][:5] != "talk." && (c.Tags[0] == "clean" || c.Tags[0] == "colloquial") {
			pool = append(pool, c)
		}
	}
	joins := []string{" ", " И ещё: ", " А также ", ", и ", " и ", " Второй вопрос: "}
	for i := range pool {
		a, b := pool[i], pool[(i*37+11)%len(pool)]
		if a.Topics[0] != b.Topics[0] && len(synth) < 120 {
			synth = append(synth, Case{Text: a.Text + joins[i%len(joins)] + b.Text, Topics: []string{a.Topics[0], b.Topics[0]}})
		}
	}
	m := Train(contentCorpus(t), Options{})
	rep := m.Evaluate(cases, stopwatch())
	rep2 := m.Evaluate(synth, stopwatch())
	falseD, n := 0, 0
	for _, c := range dev {
		if len(c.Topics) == 1 {
			n++
			if r := m.Understand(Query{Text: c.Text}); len(r.Needs) == 2 {
				falseD++
			}
		}
	}
	fmt.Printf("both %.3f (answered %.3f off %.3f) synth both %.3f (answered %.3f off %.3f) false doubles %d/%d  Both %.3f\n", rep.BothFound, rep.Answered, rep.OfferedRight, rep2.BothFound, rep2.Answered, rep2.OfferedRight, falseD, n, m.cal.Both)
	if os.Getenv("NEEDS") == "show" {
		for _, c := range cases {
			r := m.Understand(Query{Text: c.Text})
			if !sameTopics(r.Needs, c.Topics) {
				w := m.get()
				toks := m.cut.strip(m.rep.tokens(c.Text, false, nil))
				e := m.read(toks, w)
				p, found := m.halves(toks, &e, func(t []token) evidence { return m.assess(t, w) })
				q := 0.0
				if found {
					q = m.cal.Judge.prob(p.x)
				}
				fmt.Println(c.Text, c.Topics, "=>", r.Decision, r.Needs, r.Topics[:2], found, fmt.Sprintf("%.3f", q), p.left, p.right)
				if found {
					fmt.Println("      ", m.classes[p.left].id, m.classes[p.right].id)
				}
			}
		}
	}
}
