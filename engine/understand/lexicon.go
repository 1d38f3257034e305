package understand

import (
	"sort"
	"unicode/utf8"
)

// lexeme is a word with all that its features need, computed once for every word of the corpus.
type lexeme struct {
	text    string
	stem    string
	key     uint64   // hash of the stem
	count   int32    // how often it occurs in the corpus
	grams   []uint64 // keys of its character n-grams; dropped once ids are known
	items   []int32  // synonym items
	stemID  int32    // feature of the stem, -1 when unknown
	formID  int32    // feature of the word itself, -1 when unknown
	gramIDs []int32
	miss    int32 // n-grams that the model doesn't know
	typo    bool  // looks like a misspelling of a much more frequent word
}

// lexicon is the vocabulary of the corpus.
type lexicon struct {
	index map[string]int32
	words []lexeme
}

func newLexicon() *lexicon {
	return &lexicon{index: map[string]int32{}}
}

// add counts a word of the corpus and returns its number.
func (l *lexicon) add(word string, an *analyser) int32 {
	id, ok := l.index[word]
	if !ok {
		id = int32(len(l.words))
		x := an.analyse(word)
		l.index[word] = id
		l.words = append(l.words, x)
	}
	l.words[id].count++
	return id
}

// sorted returns the numbers of all words, most frequent first, ties by text: an order that depends on nothing else.
func (l *lexicon) sorted() []int32 {
	ids := make([]int32, len(l.words))
	for i := range ids {
		ids[i] = int32(i)
	}
	sort.Slice(ids, func(i, j int) bool {
		a, b := &l.words[ids[i]], &l.words[ids[j]]
		if a.count != b.count {
			return a.count > b.count
		}
		return a.text < b.text
	})
	return ids
}

// analyser derives a lexeme from a word.
type analyser struct {
	con      *concepts
	chars    bool
	stems    bool
	gramsMin int
	gramsMax int
}

func (an *analyser) stem(word string) string {
	if !an.stems {
		return word
	}
	return stem(word)
}

func (an *analyser) analyse(word string) lexeme {
	s := an.stem(word)
	x := lexeme{text: word, stem: s, key: hashString(groupWord, s), stemID: -1}
	x.items = an.con.match(word, s, nil)
	if an.chars {
		x.grams = charGrams(word, an.gramsMin, an.gramsMax, nil)
	}
	return x
}

// charGrams appends the keys of all character n-grams of a word with its borders marked.
func charGrams(word string, lo, hi int, out []uint64) []uint64 {
	if word[0] == '#' {
		return out
	}
	var buf [maxWordBytes + 8]byte
	if len(word) > maxWordBytes {
		cut := maxWordBytes
		for cut > 0 && !utf8.RuneStart(word[cut]) {
			cut--
		}
		word = word[:cut]
	}
	w := buf[:0]
	w = append(w, '<')
	w = append(w, word...)
	w = append(w, '>')
	var at [maxWordBytes + 8]int // byte offsets of runes
	n := 0
	for i := range w {
		if utf8.RuneStart(w[i]) {
			at[n] = i
			n++
		}
	}
	at[n] = len(w)
	for size := lo; size <= hi; size++ {
		for i := 0; i+size <= n; i++ {
			out = append(out, hashBytes(groupChar, w[at[i]:at[i+size]]))
		}
	}
	return out
}

func hashBytes(seed uint64, s []byte) uint64 {
	h := fnvOffset ^ (seed+1)*0x9e3779b97f4a7c15
	for _, c := range s {
		h = (h ^ uint64(c)) * fnvPrime
	}
	return mix(h)
}
