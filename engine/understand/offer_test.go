package understand

import (
	"fmt"
	"os"
	"testing"
)

func TestOfferLab(t *testing.T) {
	if os.Getenv("OFFER") == "" {
		t.Skip()
	}
	g, _ := os.Open("/work/shared/eval/dev.jsonl")
	dev, _ := ReadCases(g)
	m := Train(contentCorpus(t), Options{})
	dec := map[string]int{}
	for _, th := range []float64{0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5} {
		in, out, nin, nout := 0.0, 0.0, 0.0, 0.0
		for _, c := range dev {
			r := m.Understand(Query{Text: c.Text})
			if len(c.Topics) > 0 {
				nin++
				if r.score() < th {
					in++
				}
			} else {
				nout++
				if r.score() >= th {
					out++
				}
				if th == 0.05 {
					dec[c.Tags[0]+" "+string(r.Decision)+" "+r.Reject]++
				}
			}
		}
		fmt.Printf("offer %.2f: in-scope below %.3f, out-of-scope above %.3f\n", th, in/nin, out/nout)
	}
	for k, n := range dec {
		fmt.Println(k, n)
	}
	for _, c := range dev {
		if len(c.Topics) == 0 && c.Tags[0] == "oos-vague" {
			w := m.Why(Query{Text: c.Text})
			fmt.Println(c.Text, "=>", w.Reading.Decision, w.Reading.Vague, fmt.Sprintf("%.2f", w.Reading.Confidence), w.Classes[:3])
		}
	}
}
