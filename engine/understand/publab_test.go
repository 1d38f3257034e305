package understand

import (
	"fmt"
	"os"
	"testing"
)

func TestPubLab(t *testing.T) {
	if os.Getenv("PUBLAB") == "" {
		t.Skip()
	}
	for _, s := range []string{"ru_hwu20", "banking77", "clinc"} {
		f, _ := os.Open("/work/shared/eval/public/" + s + "/train.tsv")
		g, _ := os.Open("/work/shared/eval/public/" + s + "/test.tsv")
		tr, _ := ReadTSV(f)
		te, _ := ReadTSV(g)
		m := Train(CorpusOf(tr), Options{Quick: true})
		for _, norep := range []bool{false, true} {
			m.opt.NoRepair = norep
			w := m.get()
			type row struct {
				svm  []float32
				near []nearest
			}
			var rows []row
			for _, c := range te {
				toks := m.cut.strip(m.rep.tokens(c.Text, norep, nil))
				m.sp.attach(toks)
				m.assess(toks, w)
				rows = append(rows, row{append([]float32{}, w.svm...), append([]nearest{}, w.near...)})
			}
			for _, W := range [][4]float64{{1, 0, 0, 0}, {5, 2, 1, 0}, {5, 2, 0, 0}, {5, 0, 2, 0}, {5, 0, 4, 0}, {5, 0, 2, 2}, {5, 0, 0, 3}, {5, 2, 4, 0}, {5, 4, 0, 0}, {5, 2, 2, 2}, {5, 4, 4, 4}, {5, 8, 0, 0}} {
				ok := 0
				for i, r := range rows {
					best, bs := 0, -1e9
					for c := range m.classes {
						n := r.near[c]
						s := W[0]*float64(r.svm[c]) + W[1]*float64(n.centre) + W[2]*float64(n.first) + W[3]*float64(n.second+n.third)
						if s > bs {
							best, bs = c, s
						}
					}
					if m.classes[best].id == te[i].Topics[0] {
						ok++
					}
				}
				fmt.Printf("%s norepair=%v %v %.4f\n", s, norep, W, float64(ok)/float64(len(te)))
			}
		}
	}
}
