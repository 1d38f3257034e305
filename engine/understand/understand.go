package understand

// longMessage is the number of words from which a message is read sentence by sentence as well. Short sentences taken out of a short
// message say less than the whole («Так у всех?»).
const longMessage = 17

// shortRest is the most words that greetings and thanks leave of a message which may still be nothing but talk.
const shortRest = 4

// polite is what talk (greetings, thanks) keeps of its probability in a long message: nobody tells a story to say thank you.
const polite = 0.02

// most is the number of topics in a ranking.
const most = 5

// assess weighs one piece of a message as a whole.
func (m *Model) assess(toks []token, w *work) evidence {
	m.sp.vector(toks, &w.sc, &w.v)
	m.measure(&w.v, w, m.lin, m.nt, nil, m.nb.size)
	e := m.combine(w, nil)
	e.known, e.words = float64(w.v.known), w.v.words
	m.signals(&e, w)
	m.confide(&e)
	if c, ok := m.exact[m.exactKey(toks)]; ok && c >= 0 {
		m.certain(&e, int(c))
	}
	return e
}

// exactShare is what a phrase that stands in the content word for word is worth.
const exactShare = 0.995

// certain makes a class the outcome: the text is one of its phrases.
func (m *Model) certain(e *evidence, c int) {
	for i := range e.p {
		e.p[i] *= 1 - exactShare
	}
	e.p[c] += exactShare
	e.best, e.next, e.top = firsts(m.classes, e.p)
	e.exact = true
	if e.best == c {
		e.conf = exactShare
	} else {
		e.conf = 1 - exactShare
	}
	e.cover = 1 - exactShare
	if m.classes[c].kind.real() {
		e.cover = exactShare
	}
}

// sentences cuts tokens at the ends of sentences. Very long sentences and the tail of very long messages are left out.
func sentences(toks []token) [][]token {
	var out [][]token
	start := 0
	for i := range toks {
		if toks[i].end == stopEnd || i == len(toks)-1 {
			if s := toks[start : i+1]; len(s) > 0 {
				out = append(out, s[:min(len(s), maxTokens)])
			}
			start = i + 1
			if len(out) == maxSentences {
				break
			}
		}
	}
	return out
}

// talk reports whether a class is mere talk: greetings, thanks, goodbyes. Wanting a person is none.
func (m *Model) talk(c int) bool {
	return m.classes[c].kind == kindControl && m.classes[c].id != "operator"
}

// read weighs a message: as a whole, and sentence by sentence when there are several. A long story dilutes its one question, so the
// sentence that is surest may speak for the whole.
func (m *Model) read(toks []token, w *work) evidence {
	parts := sentences(toks)
	whole := toks[:min(len(toks), 2*maxTokens)]
	e := m.assess(whole, w)
	if len(parts) < 2 || len(toks) < longMessage || e.exact {
		return e
	}
	sum := make([]float64, len(e.p))
	var weight float64
	var best evidence
	best.best = -1
	for _, s := range parts {
		s = m.cut.strip(s)
		if len(s) < 2 {
			continue
		}
		x := m.assess(s, w)
		if x.best < 0 || m.talk(x.best) {
			continue
		}
		k := x.conf * x.conf
		for c := range sum {
			sum[c] += k * x.p[c]
		}
		weight += k
		if x.conf > best.conf || best.best < 0 {
			best = x
		}
	}
	if best.best < 0 || weight == 0 {
		return e
	}
	for c := range e.p {
		e.p[c] = 0.6*e.p[c] + 0.4*sum[c]/weight
	}
	for c := range e.p {
		if m.talk(c) {
			e.p[c] *= polite
		}
	}
	was := e.best
	e.best, e.next, e.top = firsts(m.classes, e.p)
	e.cover = max(e.cover, best.cover)
	switch {
	case e.best == best.best && best.best == was:
		e.conf = max(e.conf, best.conf)
	case e.best == best.best:
		e.conf = best.conf * 0.9
	case e.best == was:
		e.conf *= 0.9
	default:
		e.conf = 0.5 * min(e.conf, best.conf)
	}
	return e
}

// Understand reads a message.
func (m *Model) Understand(q Query) Reading {
	w := m.get()
	defer m.put(w)
	return m.understand(q, w)
}

// understand reads a message and leaves its words in w.
func (m *Model) understand(q Query, w *work) Reading {
	w.toks = m.rep.tokens(q.Text, m.opt.NoRepair, w.toks[:0])
	m.sp.attach(w.toks)
	toks := w.toks
	r := Reading{Decision: AskBack, Vague: true, Topics: []Scored{}, Normal: joined(toks)}
	if len(toks) == 0 || len(m.classes) == 0 {
		return r
	}
	cut := m.cut.strip(toks)
	e := m.read(cut, w)
	if len(cut) < len(toks) && len(cut) <= shortRest {
		// «Спасибо, вы помогли»: what was cut away may have been the message.
		if x := m.assess(toks[:min(len(toks), 2*maxTokens)], w); x.best >= 0 && m.classes[x.best].kind == kindControl && x.conf > e.conf && x.top == x.best {
			e = x
		}
	}
	m.follow(q.LastTopic, cut, &e)
	m.decide(&e, cut, &r)
	m.both(cut, &e, &r, w)
	return r
}

// ranking lists the n most probable real classes.
func (m *Model) ranking(e *evidence, n int) []int32 {
	order := make([]int32, 0, len(m.classes))
	for c := range m.classes {
		if m.classes[c].kind.real() {
			order = append(order, int32(c))
		}
	}
	return firstFew(order, n, func(a, b int32) bool { return e.p[a] > e.p[b] })
}

// scored turns the ranking into topics with probabilities. The first has the calibrated confidence, the others share what it leaves in
// proportion to the ensemble's distribution.
func (m *Model) scored(e *evidence, n int) []Scored {
	order := m.ranking(e, n)
	out := make([]Scored, 0, len(order))
	for i, c := range order {
		s := e.conf
		if i > 0 {
			s = 0
			if rest := 1 - e.p[order[0]]; rest > 1e-12 {
				s = min((1-e.conf)*e.p[c]/rest, out[i-1].Score)
			}
		}
		out = append(out, Scored{m.classes[c].id, s})
	}
	return out
}

// Forced ranks all topics by forced choice: what the message is most likely about if it is about one of them at all.
func (m *Model) Forced(text string) []Scored {
	w := m.get()
	defer m.put(w)
	w.toks = m.rep.tokens(text, m.opt.NoRepair, w.toks[:0])
	if len(w.toks) == 0 || len(m.classes) == 0 {
		return nil
	}
	m.sp.attach(w.toks)
	cut := m.cut.strip(w.toks)
	e := m.read(cut, w)
	if len(cut) < len(w.toks) && len(cut) <= shortRest {
		if x := m.assess(w.toks[:min(len(w.toks), 2*maxTokens)], w); x.best >= 0 && m.classes[x.best].kind == kindControl && x.conf > e.conf {
			e = x
		}
	}
	return m.scored(&e, len(m.classes))
}
