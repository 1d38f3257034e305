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
	known float64
	words int
	exact bool
}

// measure runs all members on a vector; the results stay in w. skip leaves documents out of the neighbours' vote (in cross-validation), and
// lengths are the classes' lengths without them.
func (m *Model) measure(v *vec, w *work, lin *linear, skip []bool, lengths []float32) {
	lin.scores(v, w.svm)
	full := m.sp.tune.full(m.sp.con.n > 0)
	w.acc = m.nb.similar(v, full*full, w.acc)
	m.nb.vote(w.acc, skip, lengths, w.near)
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

// signalNames are the inputs of the acceptor, in order, for explanations.
var signalNames = []string{"log odds of the first topic", "lead over the second topic", "entropy", "SVM score", "SVM lead",
	"strongest background class", "centroid", "nearest phrase of the topic", "nearest phrase of all", "nearest phrase of the background",
	"known words", "length", "trust in the topic", "agreement", "ours at all"}

// signals computes the inputs of the acceptor for the evidence.
func (m *Model) signals(e *evidence, w *work) {
	b := e.best
	if b < 0 {
		return
	}
	logit := func(p float64) float64 {
		p = math.Max(1e-5, math.Min(1-1e-5, p))
		return math.Log(p / (1 - p))
	}
	var entropy, back float64
	second, backSVM := math.Inf(-1), -2.0
	var nearAll, nearBack float32
	bestCen, bestNear := 0, 0
	for c, p := range e.p {
		if p > 1e-12 {
			entropy -= p * math.Log(p)
		}
		if c != b {
			second = math.Max(second, float64(w.svm[c]))
		}
		nearAll = max(nearAll, w.near[c].first)
		if !m.classes[c].kind.real() {
			back += p
			backSVM = math.Max(backSVM, float64(w.svm[c]))
			nearBack = max(nearBack, w.near[c].first)
			continue
		}
		if w.near[c].centre > w.near[bestCen].centre || !m.classes[bestCen].kind.real() {
			bestCen = c
		}
		if w.near[c].first > w.near[bestNear].first || !m.classes[bestNear].kind.real() {
			bestNear = c
		}
	}
	lead := 8.0
	if e.next >= 0 {
		lead = math.Min(8, math.Log((e.p[b]+1e-6)/(e.p[e.next]+1e-6)))
	}
	agree := 0.0
	if bestCen == b {
		agree++
	}
	if bestNear == b {
		agree++
	}
	trust := 0.0
	if m.cal.Trust != nil {
		trust = m.cal.Trust[b]
	}
	s := float64(w.svm[b])
	e.x = []float64{
		logit(e.p[b]), lead, entropy, s, s - second, backSVM,
		float64(w.near[b].centre), float64(w.near[b].first), float64(nearAll), float64(nearBack),
		e.known, math.Log(float64(e.words) + 1), trust, agree, float64(w.svm[len(m.classes)]),
	}
	for i := range e.x {
		if labMask&(1<<i) != 0 {
			e.x[i] = 0
		}
	}
}
