package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"spravka/engine"
	"spravka/engine/understand"
)

// report prints where the content confuses the reader, for its editors.
func (c *evalCommand) report() error {
	content, err := loadContent(c.Content)
	if err != nil {
		return err
	}
	x := understand.FindConfusions(engine.Corpus(content), understand.Options{WrongShare: c.WrongShare})
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(x)
	}
	fmt.Printf("%d phrases, each judged by a model that has not seen it: top-1 %.1f %%, top-3 %.1f %%\n\nConfused topics, worst first:\n", x.Phrases, 100*x.Top1, 100*x.Top3)
	for _, p := range x.Pairs[:min(30, len(x.Pairs))] {
		fmt.Printf("%4d  %s is taken for %s: %s\n", p.Count, p.Topic, p.Taken, strings.Join(p.Phrases[:min(3, len(p.Phrases))], " | "))
	}
	fmt.Println("\nPhrases that pull the wrong way:")
	for _, p := range x.Pulls[:min(20, len(x.Pulls))] {
		fmt.Printf("%4d  %s: %q misleads %s\n", p.Count, p.Topic, p.Phrase, strings.Join(p.Misled, " | "))
	}
	fmt.Println("\nTopics with too few or too uniform phrases, or that are understood worst:")
	for i, t := range x.Topics {
		if i >= 10 && !t.Few && !t.Uniform {
			continue
		}
		note := ""
		if t.Few {
			note += " too few phrases"
		}
		if t.Uniform {
			note += " too uniform"
		}
		fmt.Printf("  %-28s understood %5.1f %%  right %5.1f %%  likeness %.2f  %v%s\n", t.Topic, 100*t.Recall, 100*t.Exact, t.Likeness, t.Phrases, note)
	}
	return nil
}

// study prints the learning curve or the ablation.
func (c *evalCommand) study(clock understand.Stopwatch) error {
	content, err := loadContent(c.Content)
	if err != nil {
		return err
	}
	cases, err := c.cases()
	if err != nil {
		return err
	}
	corpus, o := engine.Corpus(content), understand.Options{WrongShare: c.WrongShare}
	if c.Curve {
		for _, p := range understand.LearningCurve(corpus, cases, []int{10, 20, 40, 60, 90}, o, clock) {
			row(fmt.Sprintf("%d phrases a topic", p.Phrases), p.Report)
		}
	}
	if c.Ablation {
		for _, a := range understand.Ablation(corpus, cases, o, clock) {
			name := "the whole"
			if a.Without != "" {
				name = "without " + a.Without
			}
			row(name, a.Report)
		}
	}
	return nil
}

func row(name string, r understand.Report) {
	fmt.Printf("%-24s top-1 %5.1f  top-3 %5.1f  answered %5.1f  wrong share %4.1f  resolved %5.1f  out of scope answered %4.1f  AUROC %5.1f\n",
		name, 100*r.Top1, 100*r.Top3, 100*r.Answered, 100*r.WrongShare, 100*r.Resolved, 100*r.OOSAnswered, 100*r.AUROC)
}
