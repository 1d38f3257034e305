package understand

import "sort"

// sample is one document seen by a model that was trained without it.
type sample struct {
	doc    int
	truth  int // its class, -1 when the class was left out of training altogether
	svm    []float32
	net    []float32
	near   []nearest
	known  float64
	absent []bool
	ev     evidence
}

// Shares of the traffic that calibration assumes.
const (
	shareOutside = 0.30 // out of scope
	// Where the content has fewer than enoughOutside out-of-scope phrases, topics are left out of training in turn and play the part. They are poor
	// actors: with enough real ones, leaving them away is better by every measure and saves a third of the time.
	enoughOutside = 150
	shareHeld     = 0.10 // their share of the acceptor's training weight
	// easier is the factor by which the odds of a right forced choice are better on messages of citizens than in cross-validation: editors take care
	// that no phrase resembles another, citizens resemble each other. Samples are weighted accordingly. (Measured: 72 % in cross-validation, 95 % on
	// messages of another author, a factor of 7; with 10 phrases a topic, 5. It is set below that.)
	easier = 4.0
)

// calibrate finds the ensemble's weights, the acceptor and the thresholds by cross-validation: each phrase is judged by a model
// that has not seen it, nor any phrase worded alike.
func (m *Model) calibrate(p *problem, alpha duals, docs [][]token, look func(*Model, []sample)) {
	fold := m.assignFolds(p)
	var in, held []sample
	var kept [judgeFolds]*unseen
	skips := make([][]bool, folds+1) // the last one leaves nothing out: the model itself
	for k := range folds {
		skips[k] = choose(len(docs), func(i int) bool { return fold[i] == k })
	}
	nets := p.trainNets(skips)
	m.nt = nets[folds]
	for k := range folds {
		u := m.without(p, alpha, skips[k], nets[k])
		in = append(in, m.round(p, u, nil)...)
		if k < judgeFolds {
			kept[k] = u
		}
	}
	outside := 0
	for i := range in {
		if !m.inside(&in[i]) {
			outside++
		}
	}
	for k := 0; k < heldRounds && outside < enoughOutside; k++ {
		absent := m.absent(k)
		skip := choose(len(docs), func(i int) bool { return absent[p.label[i]] })
		u := m.without(p, alpha, skip, p.trainNet(skip))
		held = append(held, m.round(p, u, absent)...)
	}
	if !m.opt.NoStack {
		m.fitMembers(in)
	} else {
		m.cal.Stack = stack{W: [members]float64{memberSVM: 5}}
	}
	m.judgeSamples(in)
	m.judgeSamples(held)
	m.fitAcceptor(in, held)
	m.fitCover(in)
	m.thresholds(in)
	m.coverThresholds(in)
	var set judgeSet
	for k := range kept {
		m.judgeTexts(p, docs, fold, k, &set)
	}
	m.fitJudge(&set, func(fold int, w *work, toks []token) evidence { return kept[fold].assess(m, w, toks) })
	if look != nil {
		look(m, in)
	}
	m.cal.Done = true
}

// absent picks the classes that are left out in a held-out round.
func (m *Model) absent(round int) []bool {
	type ranked struct {
		c   int
		key uint64
	}
	var list []ranked
	for c, cl := range m.classes {
		if cl.kind == kindTopic || cl.kind == kindReject {
			list = append(list, ranked{c, hashString(5, cl.id)})
		}
	}
	sort.Slice(list, func(i, j int) bool { return list[i].key < list[j].key })
	out := make([]bool, len(m.classes))
	for i, x := range list {
		out[x.c] = i%heldRounds == round
	}
	return out
}

// unseen is a model that was trained without some documents.
type unseen struct {
	lin     *linear
	nt      *net
	lengths []float32
	skip    []bool
	gone    []int32 // by feature: how many of the documents left out have it
}

// choose marks the documents of which out is true.
func choose(n int, out func(int) bool) []bool {
	chosen := make([]bool, n)
	for i := range chosen {
		chosen[i] = out(i)
	}
	return chosen
}

// without trains a model without the documents of skip; nt is its net.
func (m *Model) without(p *problem, alpha duals, skip []bool, nt *net) *unseen {
	u := &unseen{skip: skip, nt: nt, gone: make([]int32, p.dim)}
	for i := range u.skip {
		if u.skip[i] {
			for _, f := range p.docs[i].id {
				u.gone[f]++
			}
		}
	}
	u.lin, _ = p.train(u.skip, alpha, warmPasses)
	u.lengths = m.nb.lengths(p.classes, m.sp.tune.full(m.sp.con.n > 0), u.skip)
	return u
}

// assess judges a piece of text with the model.
func (u *unseen) assess(m *Model, w *work, toks []token) evidence {
	m.sp.vector(toks, &w.sc, &w.v)
	m.measure(&w.v, w, u.lin, u.nt, u.skip, u.lengths)
	e := m.combine(w, nil)
	e.known, e.words = m.knownWithout(&w.v, u.gone), w.v.words
	m.signals(&e, w)
	m.confide(&e)
	return e
}

// round lets a model judge the documents it has not seen.
func (m *Model) round(p *problem, u *unseen, absent []bool) []sample {
	var ids []int
	for i, s := range u.skip {
		if s && p.cost[i] == 1 {
			ids = append(ids, i)
		}
	}
	res := make([]sample, len(ids))
	half := (len(ids) + 1) / 2
	parallel(2, func(part int) {
		w := m.get()
		for n := part * half; n < min((part+1)*half, len(ids)); n++ {
			i := ids[n]
			m.measure(&p.docs[i], w, u.lin, u.nt, u.skip, u.lengths)
			s := sample{doc: i, truth: int(p.label[i]), absent: absent, known: m.knownWithout(&p.docs[i], u.gone)}
			if absent != nil {
				s.truth = -1
			}
			s.svm, s.net = append(s.svm, w.svm...), append(s.net, w.net...)
			s.near = append(s.near, w.near...)
			res[n] = s
		}
	})
	return res
}

// knownWithout is the share of known words of a document when the documents counted in gone had never been there.
func (m *Model) knownWithout(v *vec, gone []int32) float64 {
	var all, known float32
	for k, f := range v.id {
		if m.sp.group[f] != groupWord {
			continue
		}
		x := v.val[k] * v.val[k]
		all += x
		if m.sp.df[f] > gone[f] {
			known += x
		}
	}
	if all == 0 {
		return 0
	}
	return float64(known / all)
}

func (s *sample) work() *work { return &work{svm: s.svm, net: s.net, near: s.near} }

// fitMembers learns the weights of the ensemble.
func (m *Model) fitMembers(in []sample) {
	const most = 12
	var list []stackSample
	order := make([]int, len(m.classes))
	for i := range in {
		s := &in[i]
		w := s.work()
		for c := range order {
			order[c] = c
		}
		sort.Slice(order, func(a, b int) bool {
			if s.svm[order[a]] != s.svm[order[b]] {
				return s.svm[order[a]] > s.svm[order[b]]
			}
			return order[a] < order[b]
		})
		x := stackSample{truth: -1, weight: 1}
		for n, c := range order {
			if n < most || c == s.truth {
				if c == s.truth {
					x.truth = len(x.cand)
				}
				x.cand = append(x.cand, memberScores(w, c))
			}
		}
		if x.truth >= 0 {
			list = append(list, x)
		}
	}
	m.cal.Stack = fitStack(list)
}

// judgeSamples computes evidence and signals with the calibration found so far.
func (m *Model) judgeSamples(list []sample) {
	half := (len(list) + 1) / 2
	parallel(2, func(part int) {
		for n := part * half; n < min((part+1)*half, len(list)); n++ {
			s := &list[n]
			w := s.work()
			s.ev = m.combine(w, s.absent)
			s.ev.known, s.ev.words = s.known, m.docs[s.doc].words
			m.signals(&s.ev, w)
		}
	})
}

// inside reports whether a sample is a message that a topic covers.
func (m *Model) inside(s *sample) bool { return s.truth >= 0 && m.classes[s.truth].kind.real() }

// weights makes the samples look like the expected traffic; they sum up to one. Vague messages count half as much as others out of scope:
// an answer to them is no catastrophe, and they are easily told.
func (m *Model) weights(in []sample) []float64 {
	var right, wrong, out float64
	for i := range in {
		switch {
		case !m.inside(&in[i]):
			out++
		case in[i].truth == in[i].ev.best:
			right++
		default:
			wrong++
		}
	}
	odds := easier * (right + 1) / (wrong + 1)
	shareRight := odds / (1 + odds)
	w := make([]float64, len(in))
	for i := range in {
		switch {
		case !m.inside(&in[i]):
			w[i] = shareOutside / out
		case in[i].truth == in[i].ev.best:
			w[i] = (1 - shareOutside) * shareRight / right
		default:
			w[i] = (1 - shareOutside) * (1 - shareRight) / wrong
		}
	}
	return w
}

// fitAcceptor learns the probability that the first topic is right.
func (m *Model) fitAcceptor(in, held []sample) {
	var xs [][]float64
	var yes []bool
	var weight []float64
	add := func(s *sample, w float64) {
		if s.ev.x != nil {
			xs, yes, weight = append(xs, s.ev.x), append(yes, s.truth == s.ev.best), append(weight, w)
		}
	}
	n := float64(len(in))
	rest := 1.0
	if len(held) > 0 {
		rest -= shareHeld
	}
	for i, w := range m.weights(in) {
		add(&in[i], w*n*rest)
	}
	for i := range held {
		add(&held[i], n*shareHeld/float64(len(held)))
	}
	if len(xs) == 0 {
		return
	}
	m.cal.Accept = fitLogistic(xs, yes, weight, 2)
	for i := range in {
		m.confide(&in[i].ev)
	}
}

// confide computes the confidence and the cover from the signals.
func (m *Model) confide(e *evidence) {
	switch {
	case e.best < 0 || e.x == nil:
		e.conf = 0
	case len(m.cal.Accept.W) == len(e.x):
		e.conf = m.cal.Accept.prob(e.x)
	default:
		// Not calibrated: the score of the first class tells in from out of scope better than any probability.
		e.conf = sigmoid(2 + 4*e.x[2])
	}
	e.cover = e.conf
	if e.y != nil && len(m.cal.Cover.W) == len(e.y) {
		e.cover = m.cal.Cover.prob(e.y)
	}
}

// thresholds chooses the borders of the decisions on cross-validated confidences.
func (m *Model) thresholds(in []sample) {
	type point struct {
		conf   float64
		weight float64
		wrong  bool
		inside bool
	}
	var pts []point
	for i, w := range m.weights(in) {
		s := &in[i]
		pts = append(pts, point{conf: s.ev.conf, weight: w, wrong: s.truth != s.ev.best, inside: m.inside(s)})
	}
	sort.SliceStable(pts, func(i, j int) bool { return pts[i].conf > pts[j].conf })
	at := func(share float64) (threshold, got, answered float64) {
		threshold = 1
		var all, wrong, inside float64
		for i, pt := range pts {
			all += pt.weight
			if pt.wrong {
				wrong += pt.weight
			}
			if pt.inside {
				inside += pt.weight
			}
			if (i+1 == len(pts) || pts[i+1].conf < pt.conf) && wrong <= share*all {
				threshold, got, answered = pt.conf, wrong/all, inside/(1-shareOutside)
			}
		}
		return threshold, got, answered
	}
	c := &m.cal
	c.Answer, c.WrongCV, c.AnswerCV = at(m.opt.WrongShare)
	c.Strict, _, _ = at(m.opt.WrongShare / 2.5)
}
