package understand

import (
	"fmt"
	"os"
	"sort"
	"testing"
)

func labReport(name string, c Corpus, cases []Case, o Options) {
	cv := ""
	look := func(m *Model, in []sample) {
		n, ok, ok3 := 0, 0, 0
		var ci, co []float64
		for i := range in {
			s := &in[i]
			if !m.inside(s) {
				co = append(co, s.ev.conf)
				continue
			}
			n++
			ci = append(ci, s.ev.conf)
			if s.ev.best == s.truth {
				ok++
			}
			for _, c := range m.ranking(&s.ev)[:3] {
				if c == s.truth {
					ok3++
				}
			}
		}
		cv = fmt.Sprintf("cv %.3f/%.3f auroc %.4f ans %.3f", float64(ok)/float64(n), float64(ok3)/float64(n), auroc(ci, co), m.cal.AnswerCV)
	}
	m := train(c, o, look)
	type pt struct {
		conf             float64
		in, right, vague bool
	}
	var pts []pt
	nIn, nOut, top1, top3 := 0.0, 0.0, 0.0, 0.0
	var ins, outs []float64
	for _, c := range cases {
		r := m.Understand(Query{Text: c.Text})
		x := pt{conf: r.score(), in: len(c.Topics) > 0, vague: len(c.Tags) > 0 && c.Tags[0] == "oos-vague"}
		if x.in {
			nIn++
			ins = append(ins, x.conf)
			for i, f := range m.Forced(c.Text)[:3] {
				if f.Topic == c.Topics[0] {
					top3++
					if i == 0 {
						top1++
						x.right = true
					}
				}
			}
		} else {
			outs = append(outs, x.conf)
			if !x.vague {
				nOut++
			}
		}
		pts = append(pts, x)
	}
	sort.Slice(pts, func(i, j int) bool { return pts[i].conf > pts[j].conf })
	var in, out float64
	best := map[float64]float64{}
	// mean over allowed out-of-scope counts 0..6 smooths the noise
	area := 0.0
	seen := 0
	for _, p := range pts {
		switch {
		case p.in:
			in++
		case !p.vague:
			if seen < 7 {
				area += in / nIn / 7
				seen++
			}
			out++
		}
		for _, lim := range []float64{1, 2, 3, 5} {
			if out/nOut <= lim/100 {
				best[lim] = in / nIn
			}
		}
	}
	fmt.Printf("%-26s %s | dev %.3f/%.3f auroc %.4f oos1 %.3f oos2 %.3f oos3 %.3f oos5 %.3f area %.3f\n", name, cv, top1/nIn, top3/nIn, auroc(ins, outs), best[1], best[2], best[3], best[5], area)
}

func TestSweep(t *testing.T) {
	if os.Getenv("SWEEP") == "" {
		t.Skip()
	}
	c := contentCorpus(t)
	f, _ := os.Open("/work/shared/eval/dev.jsonl")
	cases, _ := ReadCases(f)
	try := func(name string, f func(*tuning)) {
		labTune = func() tuning { x := defaultTuning(); f(&x); return x }
		labReport(name, c, cases, Options{})
		labTune = defaultTuning
	}
	sweep(try)
}
