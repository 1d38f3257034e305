package understand

import (
	"fmt"
	"os"
	"testing"
)

// TestCurve prints the learning curve and the ablation on the set that SPRAVKA_DEV names.
func TestCurve(t *testing.T) {
	if os.Getenv("SPRAVKA_DEV") == "" || testing.Short() {
		t.Skip("SPRAVKA_DEV names no evaluation set")
	}
	f, err := os.Open(os.Getenv("SPRAVKA_DEV"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	cases, err := ReadCases(f)
	if err != nil {
		t.Fatal(err)
	}
	cases = append([]Case{}, cases...)
	row := func(name string, r Report) {
		fmt.Printf("%-16s top1 %.3f top3 %.3f answered %.3f wrong %.3f resolved %.3f oos answered %.3f offered %.3f auroc %.3f\n", name, r.Top1, r.Top3, r.Answered, r.WrongShare, r.Resolved, r.OOSAnswered, r.OOSOffered, r.AUROC)
	}
	c := contentCorpus(t)
	for _, p := range LearningCurve(c, cases, []int{5, 10, 20, 40, 60}, Options{}, nil) {
		row(fmt.Sprint(p.Phrases, " phrases"), p.Report)
	}
	for _, a := range Ablation(c, cases, Options{}, nil) {
		row("without "+a.Without, a.Report)
	}
}
