package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"spravka/engine"
	"spravka/engine/understand"
)

type evalCommand struct {
	Sets    []string `arg:"" optional:"" help:"JSON Lines files of labelled messages."`
	Content string   `help:"Folder with flows/ and locales/ instead of the built-in content." placeholder:"DIR" type:"existingdir"`
	Train   string   `help:"Train on this file (label, tab, text a line) instead of the content." placeholder:"FILE"`
	Test    string   `help:"With --train: measure on this file." placeholder:"FILE"`
	OOS     string   `help:"With --train: messages of no label." placeholder:"FILE"`
	JSON    bool     `help:"Print one JSON object."`

	WrongShare float64 `help:"Share of wrong answers that the thresholds aim at." default:"0.05"`
	Report     bool    `help:"For editors: which topics are confused by which phrases, worst first. Needs no sets."`
	Curve      bool    `help:"Measure with 10, 20, 40 and 60 phrases a topic."`
	Ablation   bool    `help:"Measure what each part of understanding is worth."`
}

// Run measures and prints.
func (c *evalCommand) Run() error {
	if c.Report {
		return c.report()
	}
	began := time.Now()
	clock := func() time.Duration { return time.Since(began) }
	if c.Curve || c.Ablation {
		return c.study(clock)
	}
	var r understand.Report
	var err error
	if c.Train != "" {
		r, err = c.foreign(clock)
	} else {
		r, err = c.own(clock)
	}
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(r)
	}
	printReport(r)
	return nil
}

func (c *evalCommand) own(clock understand.Stopwatch) (understand.Report, error) {
	content, err := loadContent(c.Content)
	if err != nil {
		return understand.Report{}, err
	}
	cases, err := c.cases()
	if err != nil {
		return understand.Report{}, err
	}
	start := clock()
	m := understand.Train(engine.Corpus(content), understand.Options{WrongShare: c.WrongShare})
	took := clock() - start
	r := m.Evaluate(cases, clock)
	r.TrainMS = float64(took.Microseconds()) / 1000
	return r, nil
}

// cases reads the sets that were named.
func (c *evalCommand) cases() ([]understand.Case, error) {
	if len(c.Sets) == 0 {
		return nil, errors.New("name a file of labelled messages, or --train and --test")
	}
	var cases []understand.Case
	for _, name := range c.Sets {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		more, err := understand.ReadCases(f)
		f.Close()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		cases = append(cases, more...)
	}
	return cases, nil
}

func (c *evalCommand) foreign(clock understand.Stopwatch) (understand.Report, error) {
	read := func(name string) ([]understand.Case, error) {
		if name == "" {
			return nil, nil
		}
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		cases, err := understand.ReadTSV(f)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return cases, nil
	}
	train, err := read(c.Train)
	if err != nil {
		return understand.Report{}, err
	}
	test, err := read(c.Test)
	if err != nil {
		return understand.Report{}, err
	}
	oos, err := read(c.OOS)
	if err != nil {
		return understand.Report{}, err
	}
	return understand.EvaluateSets(train, test, oos, clock)
}

func printReport(r understand.Report) {
	fmt.Printf("%d messages: %d in scope, %d out of scope\n", r.Messages, r.InScope, r.OutOfScope)
	for _, line := range []struct {
		what  string
		value float64
	}{
		{"top-1, forced", r.Top1}, {"top-3, forced", r.Top3}, {"answered", r.Answered}, {"answered right", r.AnsweredRight},
		{"offered", r.Offered}, {"offered right", r.OfferedRight}, {"asked back", r.AskedBack}, {"handed off", r.HandedOff}, {"resolved", r.Resolved},
		{"wrong share of answers", r.WrongShare}, {"out of scope answered", r.OOSAnswered}, {"out of scope offered", r.OOSOffered},
		{"both needs found", r.BothFound}, {"AUROC", r.AUROC},
	} {
		fmt.Printf("%-24s %5.1f %%\n", line.what, 100*line.value)
	}
	fmt.Printf("a message: p50 %.0f µs, p99 %.0f µs; training %.0f ms\n", r.P50us, r.P99us, r.TrainMS)
	for _, tag := range slices.Sorted(maps.Keys(r.ByTag)) {
		t := r.ByTag[tag]
		top1 := "      –"
		if t.Single > 0 {
			top1 = fmt.Sprintf("%5.1f %%", 100*t.Top1)
		}
		fmt.Printf("  %-12s %4d  top-1 %s  resolved %5.1f %%\n", tag, t.N, top1, 100*t.Resolved)
	}
}
