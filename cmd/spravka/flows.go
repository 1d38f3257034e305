package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"time"

	"spravka/adapters/terminal"
	"spravka/engine"
	"spravka/engine/flow"
	"spravka/engine/scenario"
)

type flowsCommand struct {
	Check flowsCheck `cmd:"" help:"Prove the content: steps, ends, outcomes, texts, facts, limits of the channels."`
	Test  flowsTest  `cmd:"" help:"Play the scenarios and say which steps none of them visits."`
	Graph flowsGraph `cmd:"" help:"Draw a flow as a Mermaid state diagram."`
}

type flowsCheck struct {
	Content string `help:"Folder with flows/ and locales/ instead of the built-in content." placeholder:"DIR" type:"existingdir"`
}

// Run prints every problem with its place and ends with an error if one of them is more than a warning.
func (c *flowsCheck) Run() error {
	content, problems := flow.Load(contentFiles(c.Content))
	problems = append(problems, content.Expired(time.Now())...)
	for _, p := range problems {
		fmt.Println(p)
	}
	bad := len(problems.Fatal())
	fmt.Printf("%d flows, %d topics, %d facts, %d languages: %d problems, %d warnings\n", len(content.Flows), len(content.Topics), len(content.Facts), len(content.Locales), bad, len(problems)-bad)
	if bad > 0 {
		return errors.New("the content is broken")
	}
	return nil
}

type flowsGraph struct {
	Flow    string `arg:"" help:"Name of the flow."`
	Content string `help:"Folder with flows/ and locales/ instead of the built-in content." placeholder:"DIR" type:"existingdir"`
}

// Run draws the flow.
func (c *flowsGraph) Run() error {
	content, err := loadContent(c.Content)
	if err != nil {
		return err
	}
	f := content.Flows[c.Flow]
	if f == nil {
		return fmt.Errorf("there is no flow %q", c.Flow)
	}
	g, err := f.Graph()
	fmt.Print(g)
	return err
}

type flowsTest struct {
	Scenarios []string `arg:"" optional:"" help:"Files or folders of scenarios; testdata/scenarios if none is named."`
	Content   string   `help:"Folder with flows/ and locales/ instead of the built-in content." placeholder:"DIR" type:"existingdir"`
	Files     string   `help:"Folder of the files that scenarios send." default:"testdata/files"`
	Verbose   bool     `short:"v" help:"Print every scenario."`
}

// Run plays the scenarios.
func (c *flowsTest) Run() error {
	content, err := prepareContent(c.Content)
	if err != nil {
		return err
	}
	if len(c.Scenarios) == 0 {
		c.Scenarios = []string{"testdata/scenarios"}
	}
	list, err := readScenarios(c.Scenarios)
	if err != nil {
		return err
	}
	visited := map[string]bool{}
	failed := 0
	for _, s := range list {
		err := playScenario(content, s, c.Files, func(f, step string) { visited[f+"/"+step] = true })
		if err != nil {
			failed++
			fmt.Println("FAILS", err)
		} else if c.Verbose {
			fmt.Println("holds", s.File+":", s.Name)
		}
	}
	unvisited := stepsNotIn(content, visited)
	for _, name := range unvisited {
		fmt.Println("no scenario visits", name)
	}
	fmt.Printf("%d of %d scenarios hold, %d steps that wait are not visited\n", len(list)-failed, len(list), len(unvisited))
	if failed > 0 {
		return fmt.Errorf("%d scenarios fail", failed)
	}
	return nil
}

// playScenario plays one scenario in a world of its own.
func playScenario(content *engine.Content, s scenario.Scenario, files string, visited func(flow, step string)) error {
	at := time.Date(2026, 11, 24, 12, 0, 0, 0, content.Calendar.Zone())
	if s.Now != "" {
		var err error
		if at, err = time.Parse(time.RFC3339, s.Now); err != nil {
			return fmt.Errorf("%s: scenario %q: now: %q is no moment as in RFC 3339", s.File, s.Name, s.Now)
		}
	}
	clock, notices := terminal.NewClock(at), &terminal.Notices{}
	w, err := newWorld(worldOptions{Database: ":memory:", Content: content, Now: clock.Now, Notice: notices.Add, CallTimeout: 200 * time.Millisecond})
	if err != nil {
		return err
	}
	defer w.close()
	session := &terminal.Session{Host: w.Host, Files: w.Store, Content: content, Clock: clock, Notices: notices, Peer: "scenario", Locale: s.Locale, Folder: files}
	return scenario.Run(s, terminal.Scenarios{Session: session, Context: context.Background(), Board: w.Notices}, visited)
}

func readScenarios(paths []string) ([]scenario.Scenario, error) {
	var files []string
	for _, p := range paths {
		err := filepath.WalkDir(p, func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && strings.HasSuffix(name, ".yaml") {
				files = append(files, name)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	sort.Strings(files)
	var out []scenario.Scenario
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		list, err := scenario.Parse(name, data)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

// stepsNotIn lists the steps at which a citizen can stand and no scenario has stood.
func stepsNotIn(content *engine.Content, visited map[string]bool) []string {
	var out []string
	for _, f := range content.Flows {
		for _, s := range f.Steps {
			if s.Kind.Waits() && !visited[f.ID+"/"+s.Name] {
				out = append(out, f.ID+"/"+s.Name)
			}
		}
	}
	slices.Sort(out)
	return out
}
