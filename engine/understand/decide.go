package understand

// decide turns evidence into one of the four decisions.
func (m *Model) decide(e *evidence, toks []token, r *Reading) {
	r.Topics = m.scored(e, most)
	r.Confidence = e.conf
	r.Vague, r.cover = false, e.cover
	top := m.classes[e.top]
	switch {
	case e.best >= 0 && e.conf >= m.threshold(e.best) && e.cover >= m.cal.Ours && !m.bare(e, toks) && !(top.kind == kindReject && e.p[e.top] > e.conf):
		r.Decision = Answer
		r.Needs = []string{m.classes[e.best].id}
	case top.kind == kindVague && e.p[e.top] >= 0.4:
		r.Decision, r.Vague = AskBack, true
	case top.kind == kindReject && e.p[e.top] >= m.cal.Reject:
		r.Decision, r.Reject, r.Confidence = HandOff, top.id, e.p[e.top]
	case e.best >= 0 && e.cover >= m.offerBar(e, toks):
		r.Decision = Offer
	case m.empty(toks):
		r.Decision, r.Vague = AskBack, true
	default:
		r.Decision = HandOff
	}
}

// threshold is what the confidence must reach for an answer.
func (m *Model) threshold(c int) float64 {
	if m.classes[c].sensitive {
		return max(m.cal.Strict, m.cal.Answer)
	}
	return m.cal.Answer
}

// offerBar is the cover that an offer needs. A single word says too little to send somebody away by it.
func (m *Model) offerBar(e *evidence, toks []token) float64 {
	if len(toks) == 1 && !e.exact && e.known == 1 {
		return m.cal.Offer / 3
	}
	return m.cal.Offer
}

// bare reports whether a message is a single word that names a thing and not what is wanted («пароль»): several topics fit, so it is offered.
func (m *Model) bare(e *evidence, toks []token) bool {
	return len(toks) == 1 && !e.exact && m.classes[e.best].kind == kindTopic
}

// empty reports whether nothing in a message can be understood, so that asking back is all one can do.
func (m *Model) empty(toks []token) bool {
	known := 0
	for _, t := range toks {
		if id, ok := m.sp.lex.index[t.text]; ok && m.sp.lex.words[id].stemID >= 0 {
			known++
		}
	}
	return len(toks) <= 2 && known == 0
}
