package understand

import (
	"fmt"
	"slices"
	"strings"
)

// Explanation says why a message was read as it was.
type Explanation struct {
	Reading Reading `json:"reading"`
	// Cut is the text without politeness: what was judged.
	Cut string `json:"cut"`
	// Nearest are the stored phrases most like the message.
	Nearest []NearPhrase `json:"nearest"`
	// Features are what weighed most for the first topic against the second.
	Features []Weighed `json:"features"`
	// Signals are the inputs of the acceptor.
	Signals []Signal `json:"signals"`
	// Classes are the most probable classes, background included.
	Classes []Scored `json:"classes"`
	// Thresholds by name, and the one that decided.
	Thresholds map[string]float64 `json:"thresholds"`
	Decided    string             `json:"decided"`
}

// NearPhrase is a stored phrase and how like the message it is (cosine, 0 to 1).
type NearPhrase struct {
	Topic      string  `json:"topic"`
	Text       string  `json:"text"`
	Similarity float64 `json:"similarity"`
}

// Weighed is a feature and its weight for the first topic, less that for the second.
type Weighed struct {
	Feature string  `json:"feature"`
	Weight  float64 `json:"weight"`
}

// Signal is one input of the acceptor and what it adds to the log odds.
type Signal struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Adds  float64 `json:"adds"`
}

// Why reads a message as Understand does and explains the reading. It costs about half as much again.
func (m *Model) Why(q Query) Explanation {
	w := m.get()
	defer m.put(w)
	x := Explanation{Reading: m.understand(q, w), Thresholds: m.Thresholds()}
	if len(w.toks) == 0 || len(m.classes) == 0 {
		x.Decided = "nothing to read"
		return x
	}
	toks := m.cut.strip(w.toks)
	toks = toks[:min(len(toks), 2*maxTokens)]
	x.Cut = joined(toks)
	e := m.assess(toks, w)
	x.Nearest = m.nearestPhrases(w)
	x.Features = m.weighed(toks, &e, w)
	for i, v := range e.x {
		s := Signal{Name: signalNames[i], Value: v}
		if a := &m.cal.Accept; len(a.W) == len(e.x) {
			s.Adds = a.W[i] * (v - a.Mean[i]) * a.Scale[i]
		}
		x.Signals = append(x.Signals, s)
	}
	order := make([]int32, len(e.p))
	for i := range order {
		order[i] = int32(i)
	}
	for _, c := range firstFew(order, most, func(a, b int32) bool { return e.p[a] > e.p[b] }) {
		x.Classes = append(x.Classes, Scored{m.classes[c].id, e.p[c]})
	}
	x.Decided = m.decided(&x.Reading, &e)
	return x
}

// Thresholds returns the borders that calibration has found, by name.
func (m *Model) Thresholds() map[string]float64 {
	return map[string]float64{"answer": m.cal.Answer, "strict": max(m.cal.Strict, m.cal.Answer), "offer": m.cal.Offer, "ours": m.cal.Ours, "reject": m.cal.Reject, "two needs": m.cal.Both, "two needs or one": m.cal.Either}
}

func (m *Model) decided(r *Reading, e *evidence) string {
	switch {
	case r.Decision == Answer && len(r.Needs) == 2:
		return fmt.Sprintf("two needs: %.3f ≥ %.3f", r.judged, m.cal.Both)
	case r.Decision == Answer:
		for c := range m.classes {
			if m.classes[c].id == r.Needs[0] {
				if m.classes[c].sensitive {
					return fmt.Sprintf("strict: %.3f ≥ %.3f", r.Confidence, m.threshold(c))
				}
				return fmt.Sprintf("answer: %.3f ≥ %.3f", r.Confidence, m.threshold(c))
			}
		}
	case r.Reject != "":
		return fmt.Sprintf("reject: %.3f ≥ %.3f", r.Confidence, m.cal.Reject)
	case r.Vague:
		return "vague"
	case r.Decision == Offer && r.judged > 0:
		return fmt.Sprintf("two needs or one: %.3f ≥ %.3f, not surely two", r.judged, m.cal.Either)
	case r.Decision == Offer && e.best >= 0 && m.classes[e.best].sensitive && r.Confidence >= m.cal.Answer:
		return fmt.Sprintf("strict: %.3f < %.3f", r.Confidence, m.threshold(e.best))
	case r.Decision == Offer:
		if r.Confidence >= m.cal.Answer {
			return fmt.Sprintf("ours: %.3f < %.3f, or a single word", r.cover, m.cal.Ours)
		}
		return fmt.Sprintf("offer: ours %.3f ≥ %.3f, %.3f < %.3f", r.cover, m.cal.Offer, r.Confidence, m.cal.Answer)
	}
	return fmt.Sprintf("offer: ours %.3f < %.3f", r.cover, m.cal.Offer)
}

// nearestPhrases lists the documents most like the vector just measured.
func (m *Model) nearestPhrases(w *work) []NearPhrase {
	out := make([]NearPhrase, 0, mostNear)
	for _, d := range firstFew(w.seen, mostNear, func(a, b int32) bool {
		return w.acc[a] > w.acc[b] || w.acc[a] == w.acc[b] && a < b
	}) {
		p := m.phrases[d]
		out = append(out, NearPhrase{m.classes[p.class].id, p.text, float64(w.acc[d])})
	}
	return out
}

// How many phrases and features an explanation names.
const (
	mostNear    = 5
	mostWeighed = 8
)

// firstFew returns the first n of a list by an order, without sorting the rest.
func firstFew(list []int32, n int, before func(a, b int32) bool) []int32 {
	out := make([]int32, 0, n+1)
	for _, x := range list {
		if len(out) == n && !before(x, out[n-1]) {
			continue
		}
		out = append(out, x)
		for i := len(out) - 1; i > 0 && before(out[i], out[i-1]); i-- {
			out[i], out[i-1] = out[i-1], out[i]
		}
		out = out[:min(len(out), n)]
	}
	return out
}

// weighed names the features that separate the first class from the second.
func (m *Model) weighed(toks []token, e *evidence, w *work) []Weighed {
	first, second := e.top, e.best
	if second == first || second < 0 {
		second = e.next
	}
	k := m.lin.classes
	at := make([]int32, len(w.v.id)) // places in the vector
	weight := make([]float32, len(w.v.id))
	for i, id := range w.v.id {
		at[i] = int32(i)
		weight[i] = w.v.val[i] * m.lin.w[int(id)*k+first]
		if second >= 0 {
			weight[i] -= w.v.val[i] * m.lin.w[int(id)*k+second]
		}
	}
	at = firstFew(at, mostWeighed, func(a, b int32) bool { return abs(weight[a]) > abs(weight[b]) })
	names := map[int32]string{}
	for _, i := range at {
		names[w.v.id[i]] = ""
	}
	m.name(toks, names)
	out := make([]Weighed, 0, len(at))
	for _, i := range at {
		out = append(out, Weighed{names[w.v.id[i]], float64(weight[i])})
	}
	return out
}

func abs(x float32) float32 {
	if x < 0 {
		return -x
	}
	return x
}

// name spells out the features of a text that names has. Models hold hashes only.
func (m *Model) name(toks []token, names map[int32]string) {
	put := func(key uint64, parts ...string) {
		if id, ok := m.sp.table[key]; ok {
			if _, wanted := names[id]; wanted {
				names[id] = strings.Join(parts, "")
			}
		}
	}
	var sc scratch
	m.sp.gather(toks, &sc, false)
	for i, x := range sc.lex {
		put(x.key, x.stem)
		put(hashString(groupForm, x.text), "=", x.text)
		if i > 0 {
			put(hashPair(groupPair, sc.lex[i-1].key, x.key), sc.lex[i-1].stem, " ", x.stem)
		}
		if i > 1 {
			put(hashPair(groupSkip, sc.lex[i-2].key, x.key), sc.lex[i-2].stem, " … ", x.stem)
		}
		r := []rune("<" + x.text + ">")
		for size := m.sp.an.gramsMin; size <= m.sp.an.gramsMax; size++ {
			for j := 0; j+size <= len(r); j++ {
				g := string(r[j : j+size])
				put(hashString(groupChar, g), "‹", g, "›")
			}
		}
	}
	found := m.sp.con.find(sc.items, nil)
	slices.Sort(found)
	found = slices.Compact(found)
	for i, a := range found {
		put(hashPair(groupConcept, uint64(a), 1), "≈", m.sp.con.names[a])
		for _, b := range found[i+1:] {
			put(hashPair(groupConceptPair, uint64(a), uint64(b)), "≈", m.sp.con.names[a], " + ≈", m.sp.con.names[b])
		}
	}
}
