package understand

import (
	"fmt"
	"os"
	"testing"
)

func TestCVLab(t *testing.T) {
	if os.Getenv("CVLAB") == "" {
		t.Skip()
	}
	look := func(m *Model, in []sample) {
		n, ok, okAll, ok3 := 0, 0, 0, 0
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
			if s.ev.top == s.truth {
				okAll++
			}
			for _, c := range m.ranking(&s.ev)[:3] {
				if c == s.truth {
					ok3++
				}
			}
		}
		fmt.Printf("cv in %d forced %.3f top3 %.3f all %.3f auroc oos %.3f  nout %d\n", n, float64(ok)/float64(n), float64(ok3)/float64(n), float64(okAll)/float64(n), auroc(ci, co), len(co))
		w := m.weights(in)
		for _, t := range []float64{0.8, 0.85, 0.9, 0.92, 0.94, 0.96, 0.98} {
			var all, wrong, inside, outs, nout float64
			for i := range in {
				if !m.inside(&in[i]) {
					nout += w[i]
				}
				if in[i].ev.conf < t {
					continue
				}
				all += w[i]
				if in[i].truth != in[i].ev.best {
					wrong += w[i]
				}
				if m.inside(&in[i]) {
					inside += w[i]
				} else {
					outs += w[i]
				}
			}
			fmt.Printf("  t %.2f answered %.3f wrong share %.4f oos answered %.4f\n", t, inside/(1-shareOutside), wrong/all, outs/nout)
		}
		// worst confident errors
		shown := 0
		for i := range in {
			s := &in[i]
			if s.ev.conf > 0.85 && s.ev.best != s.truth && shown < 60 {
				shown++
				fmt.Printf("   %.2f %s -> %s: %s\n", s.ev.conf, m.classes[s.truth].id, m.classes[s.ev.best].id, m.phrases[s.doc].text)
			}
		}
	}
	train(contentCorpus(t), Options{}, look)
}
