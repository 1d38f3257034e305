package understand

import (
	"fmt"
	"os"
	"testing"
)

func TestPubLab2(t *testing.T) {
	if os.Getenv("PUBLAB2") == "" {
		t.Skip()
	}
	try := func(name string, f func(*tuning)) {
		labTune = func() tuning { x := defaultTuning(); f(&x); return x }
		fmt.Print(name, ": ")
		for _, s := range []string{"ru_hwu20", "banking77", "clinc"} {
			f, _ := os.Open("/work/shared/eval/public/" + s + "/train.tsv")
			g, _ := os.Open("/work/shared/eval/public/" + s + "/test.tsv")
			tr, _ := ReadTSV(f)
			te, _ := ReadTSV(g)
			m := Train(CorpusOf(tr), Options{Quick: true})
			w := m.get()
			for _, W := range [][4]float64{{1, 0, 0, 0}, {5, 3, 3, 3}} {
				ok := 0
				for _, c := range te {
					toks := m.cut.strip(m.rep.tokens(c.Text, false, nil))
					m.sp.attach(toks)
					m.assess(toks, w)
					best, bs := 0, -1e9
					for c := range m.classes {
						n := w.near[c]
						s := W[0]*float64(w.svm[c]) + W[1]*float64(n.centre) + W[2]*float64(n.first) + W[3]*float64(n.second+n.third)
						if s > bs {
							best, bs = c, s
						}
					}
					if m.classes[best].id == c.Topics[0] {
						ok++
					}
				}
				fmt.Printf("%.4f ", float64(ok)/float64(len(te)))
			}
			fmt.Print("| ")
		}
		fmt.Println()
		labTune = defaultTuning
	}
	try("base", func(t *tuning) {})
	try("c .5", func(t *tuning) { t.c = 0.5 })
	try("c .25", func(t *tuning) { t.c = 0.25 })
	try("char 1", func(t *tuning) { t.weight[groupChar] = 1 })
	try("pair 1 skip .5", func(t *tuning) { t.weight[groupPair] = 1; t.weight[groupSkip] = 0.5 })
	try("minpair 1", func(t *tuning) { t.minPair = 1 })
	try("gram 3-5", func(t *tuning) { t.gramsMin, t.gramsMax = 3, 5 })
	try("pos 3", func(t *tuning) { t.pos = 3 })
}
