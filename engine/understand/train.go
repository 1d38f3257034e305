package understand

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sort"
	"strconv"
)

// Hash is the content hash of everything that matters to a model, with the version of this code.
func (c Corpus) Hash() string {
	h := sha256.New()
	put := func(ss ...string) {
		for _, s := range ss {
			h.Write([]byte(strconv.Itoa(len(s))))
			h.Write([]byte{':'})
			h.Write([]byte(s))
		}
	}
	put("understand", strconv.Itoa(version))
	phrases := func(ps []Phrase) {
		put(strconv.Itoa(len(ps)))
		for _, p := range ps {
			put(p.Text, p.Locale)
		}
	}
	for _, t := range c.Topics {
		put("topic", t.ID, fmt.Sprint(t.Sensitive, t.Reject, t.Control))
		phrases(t.Phrases)
	}
	phrases(c.OutOfScope)
	put("vague", strconv.Itoa(len(c.Vague)))
	put(c.Vague...)
	for _, g := range c.Synonyms {
		put("group")
		put(g...)
	}
	put("polite")
	put(c.Politeness...)
	var extra []string
	for id := range c.Extra {
		extra = append(extra, id)
	}
	sort.Strings(extra)
	for _, id := range extra {
		put("extra", id, c.Extra[id])
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Key is what a cache of a trained model is filed under: the corpus and everything in the options that changes the model.
func Key(c Corpus, o Options) string {
	if o.WrongShare <= 0 {
		o.WrongShare = defaultWrongShare
	}
	sum := sha256.Sum256([]byte(c.Hash() + fmt.Sprintf("%+v", o)))
	return hex.EncodeToString(sum[:])
}

// defaultWrongShare is the share of wrong answers that the thresholds aim at unless told otherwise.
const defaultWrongShare = 0.05

// The names of the background classes. They can't collide with topic ids, which hold no star.
const (
	otherID = "*other"
	vagueID = "*vague"
)

// passes over the training set: enough for the stopping rule to end most trainings before.
const (
	fullPasses = 30
	warmPasses = 4
)

// extraCost is the weight of a topic's title and reply as a document: they name the subject, but nobody asks like this.
const extraCost = 0.2

// Train makes a model. It never fails: a corpus without phrases gives a model that understands nothing.
func Train(c Corpus, o Options) *Model { return train(c, o, nil) }

// train makes a model; look, if given, sees the cross-validated samples before they are forgotten.
func train(c Corpus, o Options, look func(*Model, []sample)) *Model {
	if o.WrongShare <= 0 {
		o.WrongShare = defaultWrongShare
	}
	m := &Model{hash: c.Hash(), opt: o, polite: c.Politeness}
	if !o.NoSynonyms {
		m.syn = c.Synonyms
	}
	m.prepare()
	docs, cost := m.collect(c)
	m.sp.build(docs)
	m.docs = make([]vec, len(docs))
	half := (len(docs) + 1) / 2
	parallel(2, func(k int) {
		var sc scratch
		for i := k * half; i < min((k+1)*half, len(docs)); i++ {
			m.sp.vector(docs[i], &sc, &m.docs[i])
		}
	})
	label := make([]int32, len(docs))
	for i := range label {
		label[i] = m.phrases[i].class
	}
	p := &problem{docs: m.docs, label: label, cost: cost, classes: len(m.classes), dim: len(m.sp.keys), group: m.sp.group, noNet: o.NoNet, c: m.sp.tune.c, pos: m.sp.tune.pos}
	p.inside = make([]bool, len(docs))
	for i, c := range label {
		p.inside[i] = m.classes[c].kind.real()
	}
	lin, alpha := p.train(nil, nil, fullPasses)
	m.lin = lin
	m.nb = newNeighbours(p.docs, p.label, p.dim, m.sp.group)
	m.nb.size = m.nb.lengths(p.classes, m.sp.tune.full(m.sp.con.n > 0), nil)
	newSpeller(m.sp.lex).findTypos()
	m.rep = newRepairer(m.sp)
	m.index(docs)
	m.relate()
	m.cal = defaultCalibration()
	if o.Quick {
		m.nt = p.trainNet(nil)
		m.cal.Stack = quickStack
		if len(docs) < m.sp.tune.few {
			m.cal.Stack.W[memberNet] = 0 // it has learned too little: with five phrases a class it costs a point
		}
	} else {
		m.calibrate(p, alpha, docs, look)
	}
	return m
}

// prepare makes the parts that depend on settings only; reading from a cache does the same.
func (m *Model) prepare() {
	tune := defaultTuning()
	an := &analyser{chars: !m.opt.NoChars, stems: !m.opt.NoStems, gramsMin: tune.gramsMin, gramsMax: tune.gramsMax}
	if m.opt.NoChars {
		tune.weight[groupChar] = 0
	}
	con := newConcepts(m.syn, an.stem)
	an.con = con
	m.sp = &space{tune: tune, an: an, con: con, lex: newLexicon()}
	m.cut = newPoliteness(m.polite)
}

// collect turns the corpus into tokenized documents and classes.
func (m *Model) collect(c Corpus) (docs [][]token, cost []float64) {
	add := func(text string, cl int, weight float64) {
		toks := tokenize(clean(text), nil)
		for _, t := range toks {
			m.sp.lex.add(t.text, m.sp.an)
		}
		if m.classes[cl].kind != kindControl {
			toks = m.cut.strip(toks)
		}
		toks = toks[:min(len(toks), 2*maxTokens)]
		if len(toks) == 0 {
			return
		}
		docs, cost = append(docs, toks), append(cost, weight)
		m.phrases = append(m.phrases, phrase{text: text, class: int32(cl)})
	}
	for _, text := range c.Politeness { // so that misspelt greetings are mended and cut as well
		for _, t := range tokenize(clean(text), nil) {
			m.sp.lex.add(t.text, m.sp.an)
		}
	}
	for _, t := range c.Topics {
		k := kindTopic
		switch {
		case t.Reject:
			k = kindReject
		case t.Control:
			k = kindControl
		}
		if k == kindReject && m.opt.NoNegatives {
			continue
		}
		cl := len(m.classes)
		m.classes = append(m.classes, class{id: t.ID, kind: k, sensitive: t.Sensitive})
		for _, p := range t.Phrases {
			add(p.Text, cl, 1)
		}
		if x := c.Extra[t.ID]; x != "" {
			add(x, cl, extraCost)
		}
	}
	background := func(id string, k kind, n int, text func(int) string) {
		if n == 0 {
			return
		}
		cl := len(m.classes)
		m.classes = append(m.classes, class{id: id, kind: k})
		for i := 0; i < n; i++ {
			add(text(i), cl, 1)
		}
	}
	if !m.opt.NoNegatives {
		background(otherID, kindOther, len(c.OutOfScope), func(i int) string { return c.OutOfScope[i].Text })
		background(vagueID, kindVague, len(c.Vague), func(i int) string { return c.Vague[i] })
	}
	return docs, cost
}

// index builds the exact layer: phrases as sets of stems.
func (m *Model) index(docs [][]token) {
	m.exact = make(map[uint64]int32, len(docs))
	for i, toks := range docs {
		k := m.exactKey(toks)
		if old, ok := m.exact[k]; ok && old != m.phrases[i].class {
			m.exact[k] = -1
		} else if !ok {
			m.exact[k] = m.phrases[i].class
		}
	}
}

// exactKey is a hash of the stems in order.
func (m *Model) exactKey(toks []token) uint64 {
	h := uint64(7)
	for i := range toks {
		key := uint64(0)
		if x := toks[i].lex; x != nil {
			key = x.key
		} else if id, ok := m.sp.lex.index[toks[i].text]; ok {
			key = m.sp.lex.words[id].key
		} else {
			key = hashString(groupWord, m.sp.an.stem(toks[i].text))
		}
		h = hashPair(3, h, key)
	}
	return h
}

// quickStack weighs the members where nothing is calibrated (chosen by cross-validation on the training parts of the public sets).
var quickStack = stack{W: [members]float64{memberSVM: 5, memberCentroid: 2, memberNearest: 2, memberNear3: 2, memberNet: 2}}

func defaultCalibration() calibration {
	return calibration{Stack: fitStack(nil), Answer: 0.5, Strict: 0.6, Offer: 0.05, Reject: 0.5, Both: 0.5, Either: 0.5}
}
