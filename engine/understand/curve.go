package understand

import "sort"

// CurvePoint is one size of the learning curve.
type CurvePoint struct {
	Phrases int    `json:"phrases"` // at most so many a topic and locale
	Report  Report `json:"report"`
}

// LearningCurve measures what fewer phrases a topic would have given. The phrases are chosen by a hash of their text, so that the choice favours
// nobody.
func LearningCurve(c Corpus, cases []Case, sizes []int, o Options, clock Stopwatch) []CurvePoint {
	var out []CurvePoint
	for _, n := range sizes {
		small := c
		small.Topics = nil
		for _, t := range c.Topics {
			t.Phrases = sampled(t.Phrases, n)
			small.Topics = append(small.Topics, t)
		}
		out = append(out, CurvePoint{n, Train(small, o).Evaluate(cases, clock)})
	}
	return out
}

// sampled keeps n phrases of each locale.
func sampled(list []Phrase, n int) []Phrase {
	byLocale := map[string][]Phrase{}
	var locales []string
	for _, p := range list {
		if byLocale[p.Locale] == nil {
			locales = append(locales, p.Locale)
		}
		byLocale[p.Locale] = append(byLocale[p.Locale], p)
	}
	var out []Phrase
	for _, l := range locales {
		part := byLocale[l]
		sort.SliceStable(part, func(i, j int) bool { return hashString(3, part[i].Text) < hashString(3, part[j].Text) })
		out = append(out, part[:min(n, len(part))]...)
	}
	return out
}

// Ablated is the measurement without one part.
type Ablated struct {
	Without string `json:"without"`
	Report  Report `json:"report"`
}

// Ablation measures what each part is worth. The first entry is the whole.
func Ablation(c Corpus, cases []Case, o Options, clock Stopwatch) []Ablated {
	var out []Ablated
	run := func(name string, c Corpus, f func(*Options)) {
		x := o
		f(&x)
		out = append(out, Ablated{name, Train(c, x).Evaluate(cases, clock)})
	}
	run("", c, func(*Options) {})
	run("characters", c, func(o *Options) { o.NoChars = true })
	run("stems", c, func(o *Options) { o.NoStems = true })
	run("synonyms", c, func(o *Options) { o.NoSynonyms = true })
	run("repair", c, func(o *Options) { o.NoRepair = true })
	run("neural network", c, func(o *Options) { o.NoNet = true })
	run("ensemble", c, func(o *Options) { o.NoStack = true })
	// Near negatives: what is out of scope but worded like a topic. Without them only the named families and far phrases are known.
	far := c
	far.OutOfScope = farOnly(c)
	run("near negatives", far, func(*Options) {})
	run("all negatives", c, func(o *Options) { o.NoNegatives = true })
	return out
}

// farOnly keeps the out-of-scope phrases that a model trained without any would not take for a topic.
func farOnly(c Corpus) []Phrase {
	m := Train(c, Options{NoNegatives: true})
	var out []Phrase
	for _, p := range c.OutOfScope {
		if r := m.Understand(Query{Text: p.Text}); r.score() < m.cal.Answer {
			out = append(out, p)
		}
	}
	return out
}
