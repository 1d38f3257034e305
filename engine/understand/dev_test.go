package understand

import (
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"testing"
	"time"
)

func stopwatch() Stopwatch {
	start := time.Now()
	return func() time.Duration { return time.Since(start) }
}

// TestDev measures the content on the development set, where both are at hand.
func TestDev(t *testing.T) {
	path := os.Getenv("SPRAVKA_DEV")
	if path == "" {
		t.Skip("SPRAVKA_DEV names no evaluation set")
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	cases, err := ReadCases(f)
	if err != nil {
		t.Fatal(err)
	}
	clock := stopwatch()
	start := clock()
	m := Train(contentCorpus(t), Options{})
	took := clock() - start
	rep := m.Evaluate(cases, clock)
	rep.TrainMS = float64(took.Milliseconds())
	raw, _ := json.Marshal(rep)
	fmt.Println(string(raw))
	fmt.Printf("stack %.2f answer %.3f strict %.3f offer %.3f cv: wrong %.3f answered %.3f\n", m.cal.Stack.W, m.cal.Answer, m.cal.Strict, m.cal.Offer, m.cal.WrongCV, m.cal.AnswerCV)
	for i, n := range signalNames {
		fmt.Printf("  %s %.2f\n", n, m.cal.Accept.W[i])
	}
	type pt struct {
		conf      float64
		in, right bool
		vague     bool
	}
	var pts []pt
	nIn, nOut := 0.0, 0.0
	for _, c := range cases {
		r := m.Understand(Query{Text: c.Text})
		x := pt{conf: r.score(), in: len(c.Topics) > 0, vague: len(c.Tags) > 0 && c.Tags[0] == "oos-vague"}
		x.right = x.in && len(r.Topics) > 0 && r.Topics[0].Topic == c.Topics[0]
		if x.in {
			nIn++
		} else if !x.vague {
			nOut++
		}
		pts = append(pts, x)
	}
	sort.Slice(pts, func(i, j int) bool { return pts[i].conf > pts[j].conf })
	var in, right, wrong, out float64
	best := map[string]string{}
	for _, p := range pts {
		switch {
		case p.in && p.right:
			in++
			right++
		case p.in:
			in++
			wrong++
		default:
			wrong++
			if !p.vague {
				out++
			}
		}
		for _, lim := range []float64{1, 2, 3, 5} {
			if out/nOut <= lim/100 {
				best[fmt.Sprintf("oos<=%v%%", lim)] = fmt.Sprintf("answered %.3f wrong share %.3f t %.3f", in/nIn, wrong/(right+wrong), p.conf)
			}
			if wrong/(right+wrong) <= lim/100 {
				best[fmt.Sprintf("wrong<=%v%%", lim)] = fmt.Sprintf("answered %.3f oos %.3f t %.3f", in/nIn, out/nOut, p.conf)
			}
		}
	}
	for _, k := range []string{"oos<=1%", "oos<=2%", "oos<=3%", "oos<=5%", "wrong<=2%", "wrong<=5%"} {
		fmt.Println("   at", k, best[k])
	}
	fmt.Println("judge", m.cal.Judge.W, m.cal.Both)
	if os.Getenv("SHOW") != "" {
		for _, c := range cases {
			r := m.Understand(Query{Text: c.Text})
			ok := "  "
			if r.Decision == Answer && !sameTopics(r.Needs, c.Topics) {
				ok = "!!"
			} else if len(c.Topics) > 0 && r.Decision == Offer && !offeredAll(r.Topics, c.Topics) || len(c.Topics) > 0 && r.Decision > Answer && r.Decision != Offer {
				ok = "??"
			}
			if os.Getenv("SHOW") == "all" || ok != "  " {
				fmt.Println(ok, c.Topics, c.Tags, c.Text, "\n      =>", r.Decision, r.Needs, r.Reject, fmt.Sprintf("%.2f", r.Confidence), r.Topics[:min(3, len(r.Topics))], r.Normal)
			}
		}
	}
}

// TestDevOutside lists the out-of-scope messages nearest to an answer.
func TestDevOutside(t *testing.T) {
	path := os.Getenv("SPRAVKA_DEV")
	if path == "" {
		t.Skip("SPRAVKA_DEV names no evaluation set")
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	cases, _ := ReadCases(f)
	m := Train(contentCorpus(t), Options{})
	type row struct {
		c Case
		r Reading
	}
	var rows []row
	for _, c := range cases {
		if len(c.Topics) == 0 {
			rows = append(rows, row{c, m.Understand(Query{Text: c.Text})})
		}
	}
	sort.Slice(rows, func(i, j int) bool { return rows[i].r.score() > rows[j].r.score() })
	for _, x := range rows[:25] {
		w := m.Why(Query{Text: x.c.Text})
		fmt.Printf("%.3f %s %s | %s\n   %s | near %v\n   %v\n", x.r.score(), x.r.Decision, x.r.Needs, x.c.Text, x.r.Normal, w.Nearest[:min(3, len(w.Nearest))], w.Features)
	}
}
