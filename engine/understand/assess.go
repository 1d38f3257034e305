package understand

import "math"

func sqrt32(x float32) float32 { return float32(math.Sqrt(float64(x))) }

// evidence is all that the members say about one piece of text.
type evidence struct {
	p     []float64 // distribution over classes
	best  int       // most probable real class, -1 when there is none
	next  int       // second
	top   int       // most probable class of all
	x     []float64 // signals of the acceptor
	conf  float64   // probability that best is right
	y     []float64 // signals of the judge of cover
	cover float64   // probability that any topic covers the message
	known float64
	words int
	exact bool
}

// measure runs all members on a vector; the results stay in w. skip leaves documents out of the neighbours' vote (in cross-validation), and
// lengths are the classes' lengths without them.
func (m *Model) measure(v *vec, w *work, lin *linear, nt *net, skip []bool, lengths []float32) {
	lin.scores(v, w.svm)
	nt.scores(v, w.net)
	full := m.sp.tune.full(m.sp.con.n > 0)
	for _, d := range w.seen {
		w.acc[d] = 0
	}
	w.acc, w.seen = m.nb.similar(v, full*full, w.acc, w.seen[:0])
	m.nb.vote(w.acc, w.seen, skip, lengths, w.near)
}

// combine makes one distribution of what the members said. absent classes don't exist (in cross-validation).
func (m *Model) combine(w *work, absent []bool) evidence {
	p := make([]float64, len(m.classes))
	top := math.Inf(-1)
	for c := range p {
		if absent != nil && absent[c] {
			p[c] = math.Inf(-1)
			continue
		}
		s := memberScores(w, c)
		for j, b := range m.cal.Stack.W {
			p[c] += b * s[j]
		}
		top = math.Max(top, p[c])
	}
	var sum float64
	for c := range p {
		p[c] = math.Exp(p[c] - top)
		sum += p[c]
	}
	for c := range p {
		p[c] /= sum
	}
	e := evidence{p: p}
	e.best, e.next, e.top = firsts(m.classes, p)
	return e
}

func memberScores(w *work, c int) [members]float64 {
	n := w.near[c]
	return [members]float64{
		memberSVM:      float64(w.svm[c]),
		memberCentroid: float64(n.centre),
		memberNearest:  float64(n.first),
		memberNear3:    float64(n.second + n.third),
		memberNet:      float64(w.net[c]),
	}
}

// firsts finds the two most probable real classes and the most probable class of all.
func firsts(classes []class, p []float64) (best, next, top int) {
	best, next, top = -1, -1, 0
	for c := range p {
		if p[c] > p[top] {
			top = c
		}
		if !classes[c].kind.real() {
			continue
		}
		switch {
		case best < 0 || p[c] > p[best]:
			best, next = c, best
		case next < 0 || p[c] > p[next]:
			next = c
		}
	}
	return best, next, top
}

// signalNames are the inputs of the acceptor, in order, for explanations. They are few on purpose: a dozen more (neighbours, entropy, length,
// agreement, known words, trust in the topic) and their products made cross-validation look better and messages of other authors worse.
var signalNames = []string{"log odds of the first topic", "lead over the second topic", "score of the first topic", "ours at all"}

// signals computes the inputs of the acceptor for the evidence.
func (m *Model) signals(e *evidence, w *work) {
	if e.best < 0 {
		return
	}
	lead := 8.0
	if e.next >= 0 {
		lead = math.Min(8, math.Log((e.p[e.best]+1e-6)/(e.p[e.next]+1e-6)))
	}
	e.y = m.coverSignals(e, w)
	e.x = []float64{logit(e.p[e.best], 1e-5), lead, float64(w.svm[e.best]), float64(w.svm[len(m.classes)])}
}

// logit is the log odds of a probability kept away from certainty.
func logit(p, edge float64) float64 {
	p = math.Max(edge, math.Min(1-edge, p))
	return math.Log(p / (1 - p))
}
