package understand

import (
	"sort"
)

// Confusions is the report for editors: where the content confuses the reader, worst first. All of it is found by cross-validation, so each
// phrase is judged by a model that has not seen it.
type Confusions struct {
	Phrases int     `json:"phrases"`
	Top1    float64 `json:"top1"` // cross-validated, over topics
	Top3    float64 `json:"top3"`
	// Pairs are topics taken for another one.
	Pairs []ConfusedPair `json:"pairs"`
	// Pulls are phrases that draw foreign messages to their topic.
	Pulls []Pull `json:"pulls"`
	// Topics are all topics, those with the least recall first.
	Topics []TopicHealth `json:"topics"`
}

// ConfusedPair says that phrases of Topic are taken for Taken.
type ConfusedPair struct {
	Topic   string   `json:"topic"`
	Taken   string   `json:"taken"`
	Count   int      `json:"count"`
	Phrases []string `json:"phrases"` // the surest mistakes first, at most 8
}

// Pull is a phrase that is the nearest one to several phrases of other topics that were misread.
type Pull struct {
	Topic  string   `json:"topic"`
	Phrase string   `json:"phrase"`
	Count  int      `json:"count"`
	Misled []string `json:"misled"` // at most 5
}

// TopicHealth is the state of one topic's phrases.
type TopicHealth struct {
	Topic   string         `json:"topic"`
	Phrases map[string]int `json:"phrases"` // by locale
	Recall  float64        `json:"recall"`  // share of its phrases understood in cross-validation
	Exact   float64        `json:"precision"`
	// Likeness is how near the average phrase is to its nearest neighbour in the same topic: above TooUniform the phrases repeat each other.
	Likeness float64 `json:"likeness"`
	Few      bool    `json:"few,omitempty"`
	Uniform  bool    `json:"uniform,omitempty"`
}

// What editors are asked for. Fewer phrases are reported, and so are phrases that are more alike.
const (
	WantRussian = 60
	WantEnglish = 25
	TooUniform  = 0.45
)

// FindConfusions cross-validates a corpus and reports what is confused.
func FindConfusions(c Corpus, o Options) Confusions {
	o.Quick = false
	var out Confusions
	train(c, o, func(m *Model, in []sample) { out = m.confusions(c, in) })
	return out
}

func (m *Model) confusions(c Corpus, in []sample) Confusions {
	var out Confusions
	pairs := map[[2]int][]*sample{}
	right, all, taken := make([]float64, len(m.classes)), make([]float64, len(m.classes)), make([]float64, len(m.classes))
	var n, top1, top3 float64
	for i := range in {
		s := &in[i]
		got := s.ev.top
		all[s.truth]++
		taken[got]++
		if got == s.truth {
			right[got]++
		} else {
			k := [2]int{s.truth, got}
			pairs[k] = append(pairs[k], s)
		}
		if m.inside(s) {
			n++
			for rank, cl := range m.ranking(&s.ev, 3) {
				if int(cl) == s.truth {
					top3++
					if rank == 0 {
						top1++
					}
				}
			}
		}
	}
	out.Phrases, out.Top1, out.Top3 = len(in), share(top1, n), share(top3, n)
	for k, list := range pairs {
		sort.Slice(list, func(i, j int) bool {
			if a, b := list[i].ev.p[k[1]], list[j].ev.p[k[1]]; a != b {
				return a > b
			}
			return list[i].doc < list[j].doc
		})
		p := ConfusedPair{Topic: m.classes[k[0]].id, Taken: m.classes[k[1]].id, Count: len(list)}
		for _, s := range list[:min(8, len(list))] {
			p.Phrases = append(p.Phrases, m.phrases[s.doc].text)
		}
		out.Pairs = append(out.Pairs, p)
	}
	sort.Slice(out.Pairs, func(i, j int) bool {
		a, b := &out.Pairs[i], &out.Pairs[j]
		if a.Count != b.Count {
			return a.Count > b.Count
		}
		return a.Topic+a.Taken < b.Topic+b.Taken
	})
	out.Pulls = m.pulls(pairs)
	out.Topics = m.health(c, right, all, taken)
	return out
}

// pulls counts, for every phrase, the misread phrases of other topics that are nearest to it.
func (m *Model) pulls(pairs map[[2]int][]*sample) []Pull {
	misled := map[int32][]int{}
	w := m.get()
	full := m.sp.tune.full(m.sp.con.n > 0)
	for k, list := range pairs {
		for _, s := range list {
			for _, d := range w.seen {
				w.acc[d] = 0
			}
			w.acc, w.seen = m.nb.similar(&m.docs[s.doc], full*full, w.acc, w.seen[:0])
			best := int32(-1)
			for _, d := range w.seen {
				if m.nb.label[d] == int32(k[1]) && (best < 0 || w.acc[d] > w.acc[best] || w.acc[d] == w.acc[best] && d < best) {
					best = d
				}
			}
			if best >= 0 {
				misled[best] = append(misled[best], s.doc)
			}
		}
	}
	var out []Pull
	for d, docs := range misled {
		if len(docs) < 2 {
			continue
		}
		sort.Ints(docs)
		p := Pull{Topic: m.classes[m.phrases[d].class].id, Phrase: m.phrases[d].text, Count: len(docs)}
		for _, i := range docs[:min(5, len(docs))] {
			p.Misled = append(p.Misled, m.classes[m.phrases[i].class].id+": "+m.phrases[i].text)
		}
		out = append(out, p)
	}
	sort.Slice(out, func(i, j int) bool {
		if out[i].Count != out[j].Count {
			return out[i].Count > out[j].Count
		}
		return out[i].Topic+out[i].Phrase < out[j].Topic+out[j].Phrase
	})
	return out[:min(len(out), 60)]
}

// health judges the phrases of each topic.
func (m *Model) health(c Corpus, right, all, taken []float64) []TopicHealth {
	like, count := make([]float64, len(m.classes)), make([]float64, len(m.classes))
	w := m.get()
	full := m.sp.tune.full(m.sp.con.n > 0)
	for i := range m.docs {
		for _, d := range w.seen {
			w.acc[d] = 0
		}
		w.acc, w.seen = m.nb.similar(&m.docs[i], full*full, w.acc, w.seen[:0])
		var best float32
		for _, d := range w.seen {
			if int(d) != i && m.nb.label[d] == m.phrases[i].class {
				best = max(best, w.acc[d])
			}
		}
		like[m.phrases[i].class] += float64(best)
		count[m.phrases[i].class]++
	}
	var out []TopicHealth
	for _, t := range c.Topics {
		for cl := range m.classes {
			if m.classes[cl].id != t.ID {
				continue
			}
			h := TopicHealth{Topic: t.ID, Phrases: map[string]int{}, Recall: share(right[cl], all[cl]), Exact: share(right[cl], taken[cl]), Likeness: share(like[cl], count[cl])}
			for _, p := range t.Phrases {
				h.Phrases[p.Locale]++
			}
			if !t.Reject {
				h.Few = h.Phrases["ru"] < WantRussian || h.Phrases["en"] < WantEnglish
			}
			h.Uniform = h.Likeness > TooUniform
			out = append(out, h)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Recall < out[j].Recall })
	return out
}
