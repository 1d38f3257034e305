package understand

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

func readTSV(path string) (labels, texts []string) {
	f, err := os.Open(path)
	if err != nil {
		panic(err)
	}
	defer f.Close()
	sc := bufio.NewScanner(f)
	for sc.Scan() {
		l, t, ok := strings.Cut(sc.Text(), "\t")
		if ok {
			labels, texts = append(labels, l), append(texts, t)
		}
	}
	return
}

type labSet struct {
	name               string
	trL, trT, teL, teT []string
}

func labSets() []labSet {
	base := "/work/shared/eval/public/"
	var sets []labSet
	mk := func(name, tr, te string, shots int) {
		a, b := readTSV(base + tr)
		c, d := readTSV(base + te)
		if shots > 0 {
			n := map[string]int{}
			var a2, b2 []string
			for i := range a {
				if n[a[i]] < shots {
					n[a[i]]++
					a2, b2 = append(a2, a[i]), append(b2, b[i])
				}
			}
			a, b = a2, b2
		}
		sets = append(sets, labSet{name, a, b, c, d})
	}
	mk("ru20", "ru_hwu20/train.tsv", "ru_hwu20/test.tsv", 0)
	mk("b77-10", "banking77/train.tsv", "banking77/test.tsv", 10)
	mk("clinc-10", "clinc/train.tsv", "clinc/test.tsv", 10)
	mk("b77", "banking77/train.tsv", "banking77/test.tsv", 0)
	mk("clinc", "clinc/train.tsv", "clinc/test.tsv", 0)
	return sets
}

func labRun(tune tuning, trL, trT, teL, teT []string) (acc float64, took time.Duration) {
	start := time.Now()
	con := newConcepts(nil, stem)
	an := &analyser{con: con, chars: true, stems: true, gramsMin: tune.gramsMin, gramsMax: tune.gramsMax}
	sp := &space{tune: tune, an: an, con: con, lex: newLexicon()}
	ids := map[string]int32{}
	var docs [][]token
	p := &problem{c: tune.c, pos: tune.pos}
	for i := range trT {
		toks := tokenize(clean(trT[i]), nil)
		for _, t := range toks {
			sp.lex.add(t.text, an)
		}
		docs = append(docs, toks)
		if _, ok := ids[trL[i]]; !ok {
			ids[trL[i]] = int32(len(ids))
		}
		p.label = append(p.label, ids[trL[i]])
		p.cost = append(p.cost, 1)
	}
	sp.build(docs)
	var sc scratch
	p.docs = make([]vec, len(docs))
	for i := range docs {
		sp.vector(docs[i], &sc, &p.docs[i])
	}
	p.dim, p.classes = len(sp.keys), len(ids)
	m, _ := p.train(nil, nil, 30)
	took = time.Since(start)
	out := make([]float32, p.classes)
	ok := 0
	var v vec
	for i := range teT {
		sp.vector(tokenize(clean(teT[i]), nil), &sc, &v)
		m.scores(&v, out)
		best := 0
		for c := range out {
			if out[c] > out[best] {
				best = c
			}
		}
		if int32(best) == ids[teL[i]] {
			ok++
		}
	}
	return 100 * float64(ok) / float64(len(teT)), took
}

func TestLab(t *testing.T) {
	if os.Getenv("LAB") == "" {
		t.Skip()
	}
	sets := labSets()
	full := os.Getenv("LAB") == "full"
	try := func(name string, f func(*tuning)) {
		tune := defaultTuning()
		f(&tune)
		fmt.Printf("%-28s", name)
		for _, s := range sets {
			if !full && len(s.trL) > 4000 {
				continue
			}
			acc, took := labRun(tune, s.trL, s.trT, s.teL, s.teT)
			fmt.Printf(" %s %.2f (%.1fs)", s.name, acc, took.Seconds())
		}
		fmt.Println()
	}
	try("default", func(t *tuning) {})
	if os.Getenv("SWEEP") == "" {
		return
	}
	try("no skip", func(t *tuning) { t.weight[groupSkip] = 0 })
	try("no char", func(t *tuning) { t.weight[groupChar] = 0 })
	try("char1", func(t *tuning) { t.weight[groupChar] = 1 })
	try("char 2-5", func(t *tuning) { t.gramsMax = 5 })
	try("char 3-5", func(t *tuning) { t.gramsMin, t.gramsMax = 3, 5 })
	try("unknown 0", func(t *tuning) { t.unknown = 0 })
	try("pos 2", func(t *tuning) { t.pos = 2 })
	try("pos 4", func(t *tuning) { t.pos = 4 })
	try("c .3", func(t *tuning) { t.c = 0.3 })
	try("c 3", func(t *tuning) { t.c = 3 })
	try("mingram 2", func(t *tuning) { t.minGram = 2 })
	try("minpair 2", func(t *tuning) { t.minPair = 2 })
	try("skip .5", func(t *tuning) { t.weight[groupSkip] = 0.5 })
	try("pair .8", func(t *tuning) { t.weight[groupPair] = 0.8 })
}

type devCase struct {
	Text  string   `json:"text"`
	Topic any      `json:"topic"`
	Tags  []string `json:"tags"`
}

func TestLabContent(t *testing.T) {
	if os.Getenv("LABC") == "" {
		t.Skip()
	}
	c := contentCorpus(t)
	var trL, trT, teL, teT []string
	for _, top := range c.Topics {
		for _, p := range top.Phrases {
			trL, trT = append(trL, top.ID), append(trT, p.Text)
		}
	}
	raw, _ := os.ReadFile("/work/shared/eval/dev.jsonl")
	for _, line := range strings.Split(string(raw), "\n") {
		var d devCase
		if json.Unmarshal([]byte(line), &d) == nil && d.Topic != nil {
			skip := false
			for _, tag := range d.Tags {
				if tag == "layout" || tag == "translit" {
					skip = true
				}
			}
			if !skip {
				teL, teT = append(teL, d.Topic.(string)), append(teT, d.Text)
			}
		}
	}
	try := func(name string, f func(*tuning)) {
		tune := defaultTuning()
		f(&tune)
		acc, took := labRun(tune, trL, trT, teL, teT)
		fmt.Printf("%-28s %.2f (%.1fs) train %d test %d\n", name, acc, took.Seconds(), len(trL), len(teL))
	}
	try("default", func(t *tuning) {})
	try("no skip", func(t *tuning) { t.weight[groupSkip] = 0 })
	try("no char", func(t *tuning) { t.weight[groupChar] = 0 })
	try("char1", func(t *tuning) { t.weight[groupChar] = 1 })
	try("char2", func(t *tuning) { t.weight[groupChar] = 2 })
	try("char 2-5", func(t *tuning) { t.gramsMax = 5 })
	try("char 3-5", func(t *tuning) { t.gramsMin, t.gramsMax = 3, 5 })
	try("unknown 0", func(t *tuning) { t.unknown = 0 })
	try("pos 2", func(t *tuning) { t.pos = 2 })
	try("pos 4", func(t *tuning) { t.pos = 4 })
	try("c .3", func(t *tuning) { t.c = 0.3 })
	try("c 3", func(t *tuning) { t.c = 3 })
	try("mingram 2", func(t *tuning) { t.minGram = 2 })
	try("minpair 2", func(t *tuning) { t.minPair = 2 })
	try("skip .5", func(t *tuning) { t.weight[groupSkip] = 0.5 })
	try("pair .8", func(t *tuning) { t.weight[groupPair] = 0.8 })
}
