package understand

import (
	"math"
	"sort"
)

// Cover is the probability that any topic covers a message. It decides what is offered and, together with the confidence in the first topic, what
// is answered: a message torn between two topics is ours with certainty, and a stranger with one of our strong words is not.

const (
	// coverLoss: one in so many phrases, of those that forced choice gets right in cross-validation, is not offered but handed over. With it goes
	// most of what is out of scope. Phrases in cross-validation are harder than messages (see easier), so citizens lose far less.
	coverLoss = 16
	// outsideAnswered is the share of out-of-scope phrases that may be answered in cross-validation.
	outsideAnswered = 0.02
)

// coverSignals computes the inputs of the judge of cover.
func (m *Model) coverSignals(e *evidence, w *work) []float64 {
	const edge = 1e-4
	var in, out, vague float64
	rival := math.Inf(-1)
	for c, p := range e.p {
		switch k := m.classes[c].kind; {
		case k.real():
			in += p
		case k == kindVague:
			vague += p
		default:
			out += p
			rival = math.Max(rival, float64(w.svm[c]))
		}
	}
	if math.IsInf(rival, -1) {
		rival = -1 // no background at all
	}
	return []float64{math.Log((in + edge) / (out + edge)), math.Log((in + edge) / (vague + edge)), float64(w.svm[e.best]), rival, float64(w.svm[len(m.classes)]), logit(e.p[e.best], edge)}
}

// fitCover learns the judge of cover from cross-validated samples.
func (m *Model) fitCover(in []sample) {
	var xs [][]float64
	var yes []bool
	var weight []float64
	both := map[bool]int{}
	for i, w := range m.weights(in) {
		if s := &in[i]; s.ev.y != nil {
			xs, yes, weight = append(xs, s.ev.y), append(yes, m.inside(s)), append(weight, w*float64(len(in)))
			both[m.inside(s)]++
		}
	}
	if both[true] < 20 || both[false] < 20 {
		return // nothing to tell apart: the confidence stands in
	}
	m.cal.Cover = fitLogistic(xs, yes, weight, 2)
	for i := range in {
		m.confide(&in[i].ev)
	}
}

// coverThresholds chooses what cover an offer and an answer need.
func (m *Model) coverThresholds(in []sample) {
	var right, answered []float64
	outside := 0
	for i := range in {
		s := &in[i]
		switch inside := m.inside(s); {
		case inside && s.truth == s.ev.best:
			right = append(right, s.ev.cover)
		case !inside:
			outside++
			if s.ev.conf >= m.cal.Answer {
				answered = append(answered, s.ev.cover)
			}
		}
	}
	m.cal.Offer, m.cal.Ours = 0.05, 0
	if len(right) > 0 {
		sort.Float64s(right)
		m.cal.Offer = right[len(right)/coverLoss]
	}
	sort.Float64s(answered)
	if k := len(answered) - int(outsideAnswered*float64(outside)); k > 0 && k < len(answered) {
		m.cal.Ours = answered[k]
	}
}
