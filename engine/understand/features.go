package understand

import (
	"math"
	"slices"
	"sort"
)

// vec is a message as a sparse vector.
type vec struct {
	id  []int32
	val []float32
	// n2 is the squared length of what the model knows; the length of the whole is fixed by the group weights, so that
	// unknown words make every score smaller.
	n2 float32
	// known is the share of the word group's weight that the model knows.
	known float32
	words int
}

// tuning are the constants of the feature space, found by the sweep recorded in the notes.
type tuning struct {
	weight             [groups]float32
	gramsMin, gramsMax int
	c                  float64 // cost of the linear classifiers
	pos                float64 // extra weight of the positive class
	minPair, minGram   int     // features rarer than this are not kept,
	few                int     // unless there are fewer documents than this: then most features are rare, and what they say is missed
	// conceptNorm ties the weight of concepts to the number of words: one concept in a long message is no proof.
	conceptNorm float32
	unknown     float32 // how much of the weight of unknown features counts towards the length
}

func defaultTuning() tuning {
	return tuning{
		weight:   [groups]float32{1, 0.9, 0.4, 1.3, 1, 0.5, 0.5},
		gramsMin: 2, gramsMax: 4, c: 0.5, pos: 1, minPair: 3, minGram: 3, few: 1000, unknown: 1, conceptNorm: 1,
	}
}

// space is the feature space: which features exist, and their inverse document frequency.
type space struct {
	tune  tuning
	an    *analyser
	con   *concepts
	lex   *lexicon
	table map[uint64]int32
	keys  []uint64
	group []uint8
	df    []int32
	idf   []float32
	maxID [groups]float32 // idf of a feature never seen
	docs  int
}

// scratch holds the buffers of one feature extraction.
type scratch struct {
	lex   []*lexeme
	own   []lexeme // lexemes of words outside the vocabulary
	items [][]int32
	found []int32
	keys  [groups][]uint64
	ids   [groups][]int32
	miss  [groups]int32
}

// gather computes the raw features of a token sequence: ids of known features, numbers of unknown ones. With keys set it collects
// keys instead (while the space is being built).
func (s *space) gather(toks []token, sc *scratch, keys bool) {
	sc.lex, sc.own, sc.items = sc.lex[:0], sc.own[:0], sc.items[:0]
	for g := range sc.keys {
		sc.keys[g], sc.ids[g], sc.miss[g] = sc.keys[g][:0], sc.ids[g][:0], 0
	}
	if cap(sc.own) < len(toks) {
		sc.own = make([]lexeme, 0, len(toks)+16)
	}
	for i := range toks {
		if toks[i].lex != nil {
			sc.lex = append(sc.lex, toks[i].lex)
			continue
		}
		if id, ok := s.lex.index[toks[i].text]; ok {
			sc.lex = append(sc.lex, &s.lex.words[id])
			continue
		}
		x := s.an.analyse(toks[i].text)
		if !keys {
			s.resolve(&x)
		}
		sc.own = append(sc.own, x)
		sc.lex = append(sc.lex, &sc.own[len(sc.own)-1])
	}
	for i, x := range sc.lex {
		sc.items = append(sc.items, x.items)
		if keys {
			sc.keys[groupWord] = append(sc.keys[groupWord], x.key)
			sc.keys[groupForm] = append(sc.keys[groupForm], hashString(groupForm, x.text))
			sc.keys[groupChar] = append(sc.keys[groupChar], x.grams...)
		} else {
			if x.stemID >= 0 {
				sc.ids[groupWord] = append(sc.ids[groupWord], x.stemID)
			} else {
				sc.miss[groupWord]++
			}
			if x.formID >= 0 {
				sc.ids[groupForm] = append(sc.ids[groupForm], x.formID)
			} else {
				sc.miss[groupForm]++
			}
			sc.ids[groupChar] = append(sc.ids[groupChar], x.gramIDs...)
			sc.miss[groupChar] += x.miss
		}
		if i > 0 {
			s.emit(sc, groupPair, hashPair(groupPair, sc.lex[i-1].key, x.key), keys)
		}
		if i > 1 {
			s.emit(sc, groupSkip, hashPair(groupSkip, sc.lex[i-2].key, x.key), keys)
		}
	}
	s.gatherConcepts(sc, keys)
}

// attach looks up every word once, so that judging the parts of a message costs no second look.
func (s *space) attach(toks []token) {
	for i := range toks {
		if id, ok := s.lex.index[toks[i].text]; ok {
			toks[i].lex = &s.lex.words[id]
			continue
		}
		x := s.an.analyse(toks[i].text)
		s.resolve(&x)
		toks[i].lex = &x
	}
}

// maxConceptPairs bounds the concepts that are paired; long messages name too many things for pairs to mean anything.
const maxConceptPairs = 10

func (s *space) gatherConcepts(sc *scratch, keys bool) {
	if s.con.n == 0 {
		return
	}
	sc.found = s.con.find(sc.items, sc.found[:0])
	for _, g := range sc.found {
		s.emit(sc, groupConcept, hashPair(groupConcept, uint64(g), 1), keys)
	}
	slices.Sort(sc.found)
	uniq := slices.Compact(sc.found)
	if len(uniq) > maxConceptPairs {
		return
	}
	for i, a := range uniq {
		for _, b := range uniq[i+1:] {
			s.emit(sc, groupConceptPair, hashPair(groupConceptPair, uint64(a), uint64(b)), keys)
		}
	}
}

func (s *space) emit(sc *scratch, g int, key uint64, keys bool) {
	if s.tune.weight[g] == 0 {
		return
	}
	if keys {
		sc.keys[g] = append(sc.keys[g], key)
	} else if id, ok := s.table[key]; ok {
		sc.ids[g] = append(sc.ids[g], id)
	} else {
		sc.miss[g]++
	}
}

// resolve looks up the features of a lexeme.
func (s *space) resolve(x *lexeme) {
	x.stemID, x.formID = -1, -1
	if id, ok := s.table[hashString(groupForm, x.text)]; ok {
		x.formID = id
	}
	if id, ok := s.table[x.key]; ok {
		x.stemID = id
	}
	x.gramIDs, x.miss = make([]int32, 0, len(x.grams)), 0
	for _, k := range x.grams {
		if id, ok := s.table[k]; ok {
			x.gramIDs = append(x.gramIDs, id)
		} else {
			x.miss++
		}
	}
	x.grams = nil
}

// build makes the space from tokenized documents.
func (s *space) build(docs [][]token) {
	var sc scratch
	type entry struct {
		key uint64
		g   uint8
		df  int32
	}
	seen := map[uint64]int32{} // key → position in order
	var order []entry
	last := []int32{}
	for d, toks := range docs {
		s.gather(toks, &sc, true)
		for g := range sc.keys {
			for _, k := range sc.keys[g] {
				p, ok := seen[k]
				if !ok {
					p = int32(len(order))
					seen[k] = p
					order = append(order, entry{key: k, g: uint8(g)})
					last = append(last, -1)
				}
				if last[p] != int32(d) {
					last[p] = int32(d)
					order[p].df++
				}
			}
		}
	}
	s.docs = len(docs)
	// Ids go by group, so that every vector is in ascending order.
	sort.SliceStable(order, func(i, j int) bool { return order[i].g < order[j].g })
	for _, e := range order {
		lo := 1
		switch e.g {
		case groupPair, groupSkip, groupConceptPair, groupForm:
			lo = s.tune.minPair
		case groupChar:
			lo = s.tune.minGram
		}
		if len(docs) < s.tune.few {
			lo = 1
		}
		if int(e.df) >= lo {
			s.keys, s.group, s.df = append(s.keys, e.key), append(s.group, e.g), append(s.df, e.df)
		}
	}
	s.finish()
}

// finish derives everything that is not stored: table, idf, ids of the vocabulary's features.
func (s *space) finish() {
	s.table = make(map[uint64]int32, len(s.keys))
	s.idf = make([]float32, len(s.keys))
	for i, k := range s.keys {
		s.table[k] = int32(i)
		s.idf[i] = idf(s.docs, s.df[i])
	}
	for g := range s.maxID {
		s.maxID[g] = idf(s.docs, 1)
	}
	for i := range s.lex.words {
		x := &s.lex.words[i]
		if x.grams == nil && s.an.chars {
			x.grams = charGrams(x.text, s.an.gramsMin, s.an.gramsMax, nil)
		}
		s.resolve(x)
	}
}

func idf(docs int, df int32) float32 {
	return float32(math.Log(float64(docs+1)/float64(df+1)) + 1)
}

// vector turns tokens into a weighted sparse vector.
func (s *space) vector(toks []token, sc *scratch, v *vec) {
	s.gather(toks, sc, false)
	var wordNorm float32
	v.id, v.val, v.n2, v.known, v.words = v.id[:0], v.val[:0], 0, 0, len(toks)
	for g := range sc.ids {
		w := s.tune.weight[g]
		ids := sc.ids[g]
		if w == 0 || len(ids) == 0 {
			continue
		}
		slices.Sort(ids)
		start := len(v.id)
		var sum float32
		for i := 0; i < len(ids); {
			j := i + 1
			for j < len(ids) && ids[j] == ids[i] {
				j++
			}
			x := s.idf[ids[i]]
			if j-i > 1 {
				x *= 1 + logSmall(j-i)
			}
			v.id, v.val = append(v.id, ids[i]), append(v.val, x)
			sum += x * x
			i = j
		}
		miss := float32(sc.miss[g]) * s.maxID[g] * s.maxID[g]
		if g == groupWord {
			v.known = sum / (sum + miss)
		}
		norm := sum + miss*s.tune.unknown
		if g == groupWord {
			wordNorm = norm
		}
		if g == groupConcept {
			norm = max(norm, wordNorm*s.tune.conceptNorm)
		}
		scale := w / float32(math.Sqrt(float64(norm)))
		for i := start; i < len(v.val); i++ {
			v.val[i] *= scale
			v.n2 += v.val[i] * v.val[i]
		}
	}
}

var smallLogs = func() (t [16]float32) {
	for i := 1; i < len(t); i++ {
		t[i] = float32(math.Log(float64(i)))
	}
	return t
}()

func logSmall(n int) float32 {
	if n < len(smallLogs) {
		return smallLogs[n]
	}
	return smallLogs[len(smallLogs)-1]
}
