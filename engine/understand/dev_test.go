//go:build measure

package understand

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"
)

// TestDev measures the content on the development set, where both are at hand.
func TestDev(t *testing.T) {
	path := os.Getenv("SPRAVKA_DEV")
	if path == "" {
		t.Fatal("set SPRAVKA_DEV to an evaluation set")
	}
	cases := casesOf(t, path)
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

// TestCurve prints the learning curve and the ablation on the set that SPRAVKA_DEV names.
func TestCurve(t *testing.T) {
	path := os.Getenv("SPRAVKA_DEV")
	if path == "" || testing.Short() {
		t.Fatal("set SPRAVKA_DEV to an evaluation set")
	}
	cases := casesOf(t, path)
	row := func(name string, r Report) {
		fmt.Printf("%-24s top1 %.3f top3 %.3f answered %.3f wrong %.3f resolved %.3f oos answered %.3f offered %.3f auroc %.3f\n",
			name, r.Top1, r.Top3, r.Answered, r.WrongShare, r.Resolved, r.OOSAnswered, r.OOSOffered, r.AUROC)
	}
	c := contentCorpus(t)
	for _, p := range LearningCurve(c, cases, []int{10, 20, 40, 60, 90}, Options{}, nil) {
		row(fmt.Sprint(p.Phrases, " phrases"), p.Report)
	}
	for _, a := range Ablation(c, cases, Options{}, nil) {
		row("without "+a.Without, a.Report)
	}
}
