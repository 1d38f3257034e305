package understand

import (
	"math"
	"slices"
	"unicode/utf8"
)

// speller mends words that are not in the vocabulary: misspelt, glued together or torn apart. Its only knowledge is the corpus's own
// vocabulary, which is enough: a word that no phrase holds can't say anything to the classifiers.
type speller struct {
	lex    *lexicon
	words  sounds           // the words as they are
	roots  sounds           // the most frequent word of each stem, by the sound of the stem
	stems  map[string]int32 // stem → how often, misspellings left out; to tell inflections of known words from typos
	logAll float64
	ru, en *trigrams // how letters follow each other, for words that are not in the vocabulary
}

// sounds finds words by how they sound, whole and with one letter left out.
type sounds struct {
	hashes []uint32 // sorted
	words  []int32  // the word behind each hash
}

func newSpeller(lex *lexicon) *speller {
	s := &speller{lex: lex, stems: make(map[string]int32, len(lex.words))}
	var total float64
	var words, roots []uint64
	common := map[string]int32{}
	for i := range lex.words {
		x := &lex.words[i]
		total += float64(x.count)
		if x.typo {
			continue
		}
		s.stems[x.stem] += x.count
		if n := utf8.RuneCountInString(x.text); n < 4 || n > 30 || x.text[0] == '#' || x.text[0] < 'a' {
			continue
		}
		words = appendSounds(words, x.text, int32(i))
		if o, ok := common[x.stem]; !ok || lex.words[o].count < x.count {
			common[x.stem] = int32(i)
		}
	}
	for i := range lex.words {
		x := &lex.words[i]
		if id, ok := common[x.stem]; ok && id == int32(i) && utf8.RuneCountInString(x.stem) >= minRoot {
			roots = appendSounds(roots, x.stem, int32(i))
		}
	}
	s.words, s.roots = newSounds(words), newSounds(roots)
	s.logAll = math.Log(total + 1)
	return s
}

// appendSounds appends the hashes of a text, each above the number of its word, so that sorting numbers sorts both.
func appendSounds(out []uint64, text string, word int32) []uint64 {
	var buf [128]byte
	eachDelete(phonetic(text, buf[:0]), func(h uint32) { out = append(out, uint64(h)<<32|uint64(word)) })
	return out
}

func newSounds(list []uint64) (x sounds) {
	slices.Sort(list)
	list = slices.Compact(list)
	x.hashes, x.words = make([]uint32, len(list)), make([]int32, len(list))
	for i, p := range list {
		x.hashes[i], x.words[i] = uint32(p>>32), int32(p&(1<<32-1))
	}
	return x
}

// each calls f with every word that may sound like a text.
func (x *sounds) each(text string, f func(word int32)) {
	var buf [128]byte
	eachDelete(phonetic(text, buf[:0]), func(h uint32) {
		for i, _ := slices.BinarySearch(x.hashes, h); i < len(x.hashes) && x.hashes[i] == h; i++ {
			f(x.words[i])
		}
	})
}

// findTypos marks the misspellings among the words of the content, which holds some on purpose: rare words that are one slip away from a word
// at least rarity times as frequent. They stay what they are, but nothing is corrected to them, and their inflections are not taken for words.
func (s *speller) findTypos() {
	n := len(s.lex.words)
	typo := make([]bool, n)
	parallel(2, func(part int) {
		for i := part * n / 2; i < (part+1)*n/2; i++ {
			x := &s.lex.words[i]
			if utf8.RuneCountInString(x.text) < 5 {
				continue
			}
			id, cost := s.nearest(x.text, func(o int32) bool {
				y := &s.lex.words[o]
				return y.stem != x.stem && y.count >= rarity*x.count && s.stems[y.stem] >= rarity*s.stems[x.stem]
			})
			typo[i] = id >= 0 && cost <= slip
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

// trusts reports whether a word is known and is not rather a slip in a much more frequent one («портае» has the stem of «порты»).
func (s *speller) trusts(word string) bool {
	if _, ok := s.lex.index[word]; ok || !s.knows(word) {
		return ok
	}
	root := stem(word)
	own := s.stems[root]
	if own > rareStem {
		return true
	}
	id, cost := s.nearest(word, func(o int32) bool {
		y := s.lex.words[o].stem
		return y != root && s.stems[y] >= rarity*own
	})
	return id < 0 || cost > slip || !s.likelier(id, cost, word)
}

// Bounds of spelling repair.
const (
	minSpell = 4   // letters
	minGlued = 5   // letters
	maxGlued = 200 // letters
	sure     = 0.85
	slip     = 0.95 // the cost of one wrong letter, about
	minRoot  = 5    // letters of a stem
	rarity   = 6    // how many times as frequent a word must be for another one to be taken for its misspelling
	frequent = 0.12 // what the logarithm of a word's frequency is worth in edits
	rareStem = 3    // a stem seen so often at most may be the chance stem of a misspelling
	tie      = 0.12 // words nearer to each other than this are equally near
)

// correct returns the vocabulary word that was meant, or "" when none is near enough or two are equally near.
func (s *speller) correct(word string) (best string, cost float64) {
	id, cost := s.nearest(word, nil)
	if id < 0 || !s.likelier(id, cost, word) {
		if id, cost = s.nearestRoot(word); id < 0 || !s.likelier(id, cost, word) {
			return "", 0
		}
	}
	return s.lex.words[id].text, cost
}

// likelier reports whether a word is more probably a misspelling of another one than a word of its own, by the prices of glue.go.
func (s *speller) likelier(id int32, cost float64, word string) bool {
	return s.logAll-math.Log(float64(s.lex.words[id].count))+slipPrice*cost < unknownWord+s.letters(word).cost(0, utf8.RuneCountInString(word))
}

// nearest finds the vocabulary word that was meant; allow, if given, says which words may be.
func (s *speller) nearest(word string, allow func(int32) bool) (best int32, cost float64) {
	return s.search(&s.words, word, func(id int32) string {
		if allow != nil && !allow(id) {
			return ""
		}
		return s.lex.words[id].text
	})
}

// nearestRoot finds a word by its stem: a misspelt form that the vocabulary holds other forms of.
func (s *speller) nearestRoot(word string) (best int32, cost float64) {
	root := stem(word)
	if utf8.RuneCountInString(root) < minRoot {
		return -1, 0
	}
	best, cost = s.search(&s.roots, root, func(id int32) string { return s.lex.words[id].stem })
	if cost > sure {
		return -1, 0
	}
	return best, cost
}

// search finds what is written nearest to a text among what sounds like it. text gives what a word is compared by, "" to leave it out.
func (s *speller) search(among *sounds, word string, text func(int32) string) (best int32, cost float64) {
	n := utf8.RuneCountInString(word)
	limit := tolerance(word, n)
	if limit == 0 {
		return -1, 0
	}
	a := []rune(word)
	first, second := math.Inf(1), math.Inf(1)
	best = -1
	among.each(word, func(id int32) {
		if id == best {
			return
		}
		to, x := text(id), &s.lex.words[id]
		if d := len(to) - len(word); to == "" || d > 6 || d < -6 {
			return
		}
		c := editCost(a, []rune(to))
		if c > limit || n == 4 && (x.count < 3 || c > 0.85 && (x.count < 15 || a[0] != firstRune(to))) {
			return
		}
		v := c - frequent*math.Log(float64(x.count))
		switch {
		case v < first || v == first && id < best:
			if best >= 0 && s.lex.words[best].stem != x.stem {
				second = first
			}
			first, best, cost = v, id, c
		case v < second && s.lex.words[best].stem != x.stem:
			second = v
		}
	})
	if best < 0 || second-first < tie && cost > sure {
		return -1, 0
	}
	return best, cost
}

// tolerance is the cost of edits up to which a word of n letters may have been meant; 0 when it is no word to mend.
func tolerance(word string, n int) float64 {
	if n < minSpell || n > 30 || word[0] < 'a' {
		return 0
	}
	limit := slip
	switch {
	case n >= 11:
		limit = 2.2
	case n >= 9:
		limit = 1.8
	case n >= 7:
		limit = 1.3
	}
	if word[0] < 0x80 { // English inflections differ by little
		if n < 5 {
			return 0
		}
		limit = math.Min(limit, 1.05)
	}
	return limit
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

// alphabet is the number of letters that have a place in the tables: Russian ones, then Latin ones.
const alphabet = 32 + 26

// place is the place of a letter in the tables, or -1.
func place(r rune) int {
	switch {
	case 'а' <= r && r <= 'я':
		return int(r - 'а')
	case 'a' <= r && r <= 'z':
		return 32 + int(r-'a')
	}
	return -1
}

// substitution is the cost of one letter for another: little when they sound alike, less than one when the keys are neighbours.
func substitution(a, b rune) float64 {
	p, q := place(a), place(b)
	if p < 0 || q < 0 {
		return 1
	}
	return substitutions[p][q]
}

var substitutions = func() (t [alphabet][alphabet]float64) {
	all := []rune("абвгдежзийклмнопрстуфхцчшщъыьэюяabcdefghijklmnopqrstuvwxyz")
	for _, a := range all {
		for _, b := range all {
			var x, y [4]byte
			p, q := phonetic(string(a), x[:0]), phonetic(string(b), y[:0])
			cost := 1.0
			if len(p) == len(q) && (len(p) == 0 || p[0] == q[0]) {
				cost = 0.4
			} else if neighbourKeys(a, b) {
				cost = 0.8
			}
			t[place(a)][place(b)] = cost
		}
	}
	return t
}()

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
