package understand

import (
	"cmp"
	"math"
	"slices"
	"sort"
	"unicode/utf8"
)

// speller mends words that are not in the vocabulary: misspelt, glued together or torn apart. Its only knowledge is the corpus's own
// vocabulary, which is enough: a word that no phrase holds can't say anything to the classifiers.
type speller struct {
	lex    *lexicon
	hashes []uint32         // sorted: keys of sounds, whole and with one letter left out
	words  []int32          // the word behind each hash
	stems  map[string]int32 // stem → how often, misspellings left out; to tell inflections of known words from typos
	logAll float64
	ru, en *trigrams // how letters follow each other, for words that are not in the vocabulary
}

func newSpeller(lex *lexicon) *speller {
	s := &speller{lex: lex}
	type pair struct {
		h uint32
		w int32
	}
	var pairs []pair
	var total float64
	var buf [128]byte
	for i := range lex.words {
		x := &lex.words[i]
		total += float64(x.count)
		if n := utf8.RuneCountInString(x.text); n < 4 || n > 30 || x.text[0] == '#' || x.text[0] < 'a' || x.typo {
			continue
		}
		key := phonetic(x.text, buf[:0])
		eachDelete(key, func(h uint32) { pairs = append(pairs, pair{h, int32(i)}) })
	}
	slices.SortFunc(pairs, func(a, b pair) int { return cmp.Or(cmp.Compare(a.h, b.h), cmp.Compare(a.w, b.w)) })
	for i, p := range pairs {
		if i == 0 || p != pairs[i-1] {
			s.hashes, s.words = append(s.hashes, p.h), append(s.words, p.w)
		}
	}
	s.stems = make(map[string]int32, len(lex.words))
	for i := range lex.words {
		if x := &lex.words[i]; !x.typo {
			s.stems[x.stem] += x.count
		}
	}
	s.logAll = math.Log(total + 1)
	return s
}

// findTypos marks the misspellings among the words of the content, which holds some on purpose: rare words that are one slip away from a word
// at least rarity times as frequent. They stay what they are, but nothing is corrected to them, and their inflections are not taken for words.
func (s *speller) findTypos() {
	const rarity = 6
	n := len(s.lex.words)
	typo := make([]bool, n)
	parallel(2, func(part int) {
		for i := part * n / 2; i < (part+1)*n/2; i++ {
			x := &s.lex.words[i]
			if x.count > 2 || utf8.RuneCountInString(x.text) < 5 {
				continue
			}
			id, cost := s.nearest(x.text, func(o int32) bool {
				y := &s.lex.words[o]
				return y.stem != x.stem && y.count >= rarity*x.count && s.stems[y.stem] >= rarity*s.stems[x.stem]
			})
			typo[i] = id >= 0 && cost < 0.96
		}
	})
	for i := range typo {
		s.lex.words[i].typo = typo[i]
	}
}

// eachDelete calls f with the hash of a key and of the key with each letter left out.
func eachDelete(key []byte, f func(uint32)) {
	f(fnv32(key, -1))
	if len(key) < 3 {
		return
	}
	for skip := range key {
		if skip > 0 && key[skip] == key[skip-1] {
			continue
		}
		f(fnv32(key, skip))
	}
}

func fnv32(key []byte, skip int) uint32 {
	h := uint32(2166136261)
	for i, c := range key {
		if i != skip {
			h = (h ^ uint32(c)) * 16777619
		}
	}
	return h ^ h>>15
}

// knows reports whether a word or an inflection of it is in the vocabulary.
func (s *speller) knows(word string) bool {
	if _, ok := s.lex.index[word]; ok {
		return true
	}
	if len(word) < 6 || len(word) > maxWordBytes {
		return false
	}
	_, ok := s.stems[stem(word)]
	return ok
}

// Bounds of spelling repair.
const (
	minSpell = 4   // letters
	minGlued = 5   // letters
	maxGlued = 200 // letters
	sure     = 0.85
)

// correct returns the vocabulary word that was meant, or "" when none is near enough or two are equally near.
func (s *speller) correct(word string) (best string, cost float64) {
	id, cost := s.nearest(word, nil)
	if id < 0 {
		return "", 0
	}
	return s.lex.words[id].text, cost
}

// nearest finds the vocabulary word that was meant; allow, if given, says which words may be.
func (s *speller) nearest(word string, allow func(int32) bool) (best int32, cost float64) {
	n := utf8.RuneCountInString(word)
	if n < minSpell || n > 30 || word[0] == '#' || word[0] < 'a' {
		return -1, 0
	}
	limit := 0.96
	switch {
	case n >= 11:
		limit = 2.2
	case n >= 9:
		limit = 1.8
	case n >= 7:
		limit = 1.3
	case n >= 5:
		limit = 0.96
	}
	latin := word[0] < 0x80
	if latin {
		limit = math.Min(limit, 1.05)
		if n < 5 {
			return -1, 0
		}
	}
	var buf [128]byte
	key := phonetic(word, buf[:0])
	a := []rune(word)
	first, second := math.Inf(1), math.Inf(1)
	var bestID int32 = -1
	eachDelete(key, func(h uint32) {
		for i := sort.Search(len(s.hashes), func(i int) bool { return s.hashes[i] >= h }); i < len(s.hashes) && s.hashes[i] == h; i++ {
			id := s.words[i]
			if id == bestID || allow != nil && !allow(id) {
				continue
			}
			x := &s.lex.words[id]
			if d := len(x.text) - len(word); d > 6 || d < -6 {
				continue
			}
			c := editCost(a, []rune(x.text))
			if c > limit || n == 4 && (x.count < 3 || c > 0.85 && (x.count < 15 || a[0] != firstRune(x.text))) {
				continue
			}
			v := c - 0.08*math.Log(float64(x.count))
			switch {
			case v < first || v == first && id < bestID:
				if bestID >= 0 && s.lex.words[bestID].stem != x.stem {
					second = first
				}
				first, bestID, cost = v, id, c
			case v < second && s.lex.words[bestID].stem != x.stem:
				second = v
			}
		}
	})
	if bestID < 0 || second-first < 0.12 && cost > sure {
		return -1, 0
	}
	return bestID, cost
}

// editCost is a Damerau distance where the usual confusions are cheap. It is bounded by the lengths that correct lets in.
func editCost(a, b []rune) float64 {
	var store [3][34]float64
	prev2, prev, cur := &store[0], &store[1], &store[2]
	if len(a) > 32 || len(b) > 32 {
		return 99
	}
	for j := 0; j < len(b); j++ {
		prev[j+1] = prev[j] + indel(b, j)
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = prev[0] + indel(a, i-1)
		for j := 1; j <= len(b); j++ {
			c := prev[j-1]
			if a[i-1] != b[j-1] {
				c += substitution(a[i-1], b[j-1])
				if i == 1 && j == 1 {
					c += 0.3
				}
			}
			c = math.Min(c, math.Min(prev[j]+indel(a, i-1), cur[j-1]+indel(b, j-1)))
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				c = math.Min(c, prev2[j-2]+0.8)
			}
			cur[j] = c
		}
		prev2, prev, cur = prev, cur, prev2
	}
	return prev[len(b)]
}

// indel is the cost of a letter too many or too few.
func indel(w []rune, i int) float64 {
	if w[i] == 'ь' || w[i] == 'ъ' || i > 0 && w[i] == w[i-1] || w[i] == 'й' && i > 0 {
		return 0.35
	}
	return 0.95
}

// substitution is the cost of one letter for another: little when they sound alike, less than one when the keys are neighbours.
func substitution(a, b rune) float64 {
	var x, y [4]byte
	p, q := phonetic(string(a), x[:0]), phonetic(string(b), y[:0])
	if len(p) == len(q) && (len(p) == 0 || p[0] == q[0]) {
		return 0.4
	}
	if neighbourKeys(a, b) {
		return 0.8
	}
	return 1
}

var keyPlace = func() map[rune][2]int {
	m := map[rune][2]int{}
	for _, rows := range [][]string{{"йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю"}, {"qwertyuiop", "asdfghjkl", "zxcvbnm"}} {
		for y, row := range rows {
			for x, r := range []rune(row) {
				m[r] = [2]int{x, y}
			}
		}
	}
	return m
}()

func neighbourKeys(a, b rune) bool {
	p, ok := keyPlace[a]
	q, ok2 := keyPlace[b]
	dx, dy := p[0]-q[0], p[1]-q[1]
	return ok && ok2 && isCyrillic(a) == isCyrillic(b) && dx*dx <= 1 && dy*dy <= 1
}
