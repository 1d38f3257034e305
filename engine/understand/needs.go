package understand

import "math"

// Two needs in one message: the message is cut in two at every place where a second thought could begin; if both halves are clear
// and about different topics, a judge (trained on pairs of phrases and on single phrases) says whether there really are two.

// maxCuts bounds the cuts that are tried.
const maxCuts = 6

// joints are words with which a second need begins. Strong ones announce it by themselves; weak ones are tried as well, but prove nothing.
var joints = map[string]int{
	"и": 1, "а": 1, "или": 1, "and": 1, "also": 2, "plus": 2, "then": 1, "too": 1,
	"еще": 2, "также": 2, "тоже": 1, "плюс": 2, "заодно": 2, "кстати": 2, "потом": 1, "затем": 1, "второе": 2, "вторых": 2, "параллельно": 2,
	"попутно": 2, "дополнительно": 2, "отдельно": 1, "besides": 2, "additionally": 2, "second": 1, "secondly": 2, "another": 1,
}

// binders are the words with which a thought goes on: what follows belongs to what stood before.
var binders = wordSet("но хотя чтобы чтоб потому поэтому который которая которое которые которую которого которой which but though although because")

// cutPoint is a place where a second need may begin.
type cutPoint struct {
	at    int // first token of the right half, joints left out
	left  int // end of the left half
	kind  stop
	joint int
}

// cutPoints lists the places to try, strongest first kept when there are too many.
func cutPoints(toks []token, out []cutPoint) []cutPoint {
	for i := 1; i < len(toks); i++ {
		kind, joint := toks[i-1].end, joints[toks[i].text]
		if kind == stopNone && joint == 0 || kind < stopEnd && binders[toks[i].text] {
			continue
		}
		at := i
		for at < len(toks)-1 && joints[toks[at].text] > 0 && at-i < 3 {
			joint = max(joint, joints[toks[at].text])
			at++
		}
		if i < 1 || len(toks)-at < 1 {
			continue
		}
		if n := len(out); n > 0 && out[n-1].at == at {
			continue // the middle of a row of joints
		}
		out = append(out, cutPoint{at: at, left: i, kind: kind, joint: joint})
	}
	limit := maxCuts
	if len(toks) > 2*longMessage {
		limit = maxCuts / 2
	}
	for strength := 1; len(out) > limit && strength < 5; strength++ {
		kept := out[:0]
		for _, c := range out {
			if int(c.kind)+c.joint > strength {
				kept = append(kept, c)
			}
		}
		out = kept
	}
	return out[:min(len(out), limit)]
}

// pair is a possible reading of a message as two needs.
type pair struct {
	left, right int // classes
	x           []float64
	score       float64
	conf        [2]float64 // of the halves
	cut         cutPoint
}

// halves finds the best way to read a message as two needs. assess judges a piece.
func (m *Model) halves(toks []token, whole *evidence, assess func([]token) evidence) (best pair, found bool) {
	var buf [32]cutPoint
	for _, c := range cutPoints(toks, buf[:0]) {
		l, r := m.cut.strip(toks[:c.left]), m.cut.strip(toks[c.at:])
		if len(l) > maxTokens || len(r) > maxTokens {
			continue
		}
		a := assess(l)
		if a.best < 0 || a.conf < 0.2 || !m.need(a.best) {
			continue
		}
		b := assess(r)
		if b.best < 0 || b.conf < 0.2 || b.best == a.best || !m.need(b.best) {
			continue
		}
		if score := math.Sqrt(a.conf*b.conf) + 0.05*float64(c.kind) + 0.05*float64(c.joint); score > best.score {
			best, found = pair{a.best, b.best, m.pairSignals(whole, &a, &b, c), score, [2]float64{a.conf, b.conf}, c}, true
		}
	}
	return best, found
}

// need reports whether a class can be one of two needs: greetings and thanks are no needs.
func (m *Model) need(c int) bool {
	return m.classes[c].kind == kindTopic || m.classes[c].id == "operator" || m.classes[c].id == "talk.bot"
}

func (m *Model) pairSignals(whole, a, b *evidence, c cutPoint) []float64 {
	lg := func(p float64) float64 { return logit(p, 1e-4) }
	lo, hi := min(a.conf, b.conf), max(a.conf, b.conf)
	x := []float64{lg(lo), lg(hi), lg(whole.conf), math.Log(whole.p[a.best] + 1e-4), math.Log(whole.p[b.best] + 1e-4),
		math.Log(float64(min(a.words, b.words))), 0, 0, 0, 0, lg(b.p[a.best]), lg(a.p[b.best]),
		math.Log(whole.p[a.best] + whole.p[b.best] + 1e-4), m.nearness(a.best, b.best)}
	switch c.kind {
	case stopEnd:
		x[6] = 1
	case stopPause:
		x[7] = 1
	}
	switch c.joint {
	case 2:
		x[8] = 1
	case 1:
		x[9] = 1
	}
	return x
}

// nearness says how near two topics are: needs that are told in one message are often about the same matter, and so are topics that one need
// is mistaken for.
func (m *Model) nearness(a, b int) float64 {
	if len(m.near) == 0 {
		return 0
	}
	k := len(m.classes)
	return float64(max(m.near[a*k+b], m.near[b*k+a]))
}

// told reports whether one sentence of a part says by itself what the part is about. A long story has many words that together resemble
// something nobody asked.
func (m *Model) told(part []token, class int, w *work) bool {
	for _, s := range sentences(part) {
		if s = m.cut.strip(s); len(s) == 0 {
			continue
		}
		if e := m.assess(s, w); e.best == class && e.conf >= m.cal.Answer {
			return true
		}
	}
	return false
}

// both looks for a second need and, when there is one, makes the reading an answer to two.
func (m *Model) both(toks []token, e *evidence, r *Reading, w *work) {
	if len(toks) < 4 || e.exact || len(m.cal.Judge.W) == 0 {
		return
	}
	whole := *e
	p, found := m.halves(toks, &whole, func(t []token) evidence { return m.assess(t, w) })
	if !found {
		return
	}
	q := m.cal.Judge.prob(p.x)
	if q < m.cal.Either {
		return
	}
	sure := q >= m.cal.Both && (len(toks) < longMessage || m.told(toks[:p.cut.left], p.left, w) && m.told(toks[p.cut.at:], p.right, w))
	if !sure && r.Decision != Answer && r.Decision != Offer {
		return
	}
	one, two := Scored{m.classes[p.left].id, p.conf[0]}, Scored{m.classes[p.right].id, p.conf[1]}
	needs := []string{one.Topic, two.Topic}
	if two.Score > one.Score {
		one, two = two, one
	}
	first := []Scored{one, two}
	for _, t := range r.Topics {
		if t.Topic != one.Topic && t.Topic != two.Topic && len(first) < most {
			first = append(first, Scored{t.Topic, min(t.Score, two.Score, 1-one.Score)})
		}
	}
	r.Topics, r.Confidence, r.Reject, r.Vague, r.judged = first, two.Score, "", false, q
	r.Decision, r.Needs = Offer, nil
	if sure {
		r.Decision, r.Needs = Answer, needs
	}
}
