package understand

import (
	"math"
	"strings"
	"unicode/utf8"
)

// oneLetter are the words of one letter that may come out of a glued word.
const oneLetter = "вискаяоуai"

// longestWord is the number of letters above which a token is surely glued: no word of a citizen is that long.
const longestWord = 18

// split cuts a glued word into words of the vocabulary: the most probable way, if it is much more probable than one unknown word. eager says that
// spaces are missing elsewhere in the message too, so that little proof is needed.
func (s *speller) split(word string, eager bool) []string {
	n := utf8.RuneCountInString(word)
	if n < 4 || n > maxGlued || word[0] == '#' {
		return nil
	}
	if n <= 7 {
		// «квам», «впаспорт»: a preposition of one letter and a frequent word.
		_, size := utf8.DecodeRuneInString(word)
		if id, ok := s.lex.index[word[size:]]; ok && s.lex.words[id].count >= 12 && strings.Contains(oneLetter, word[:size]) {
			return []string{word[:size], word[size:]}
		}
	}
	if n < minGlued {
		return nil
	}
	var at [maxGlued + 1]int
	k := 0
	for i := range word {
		at[k] = i
		k++
	}
	at[k] = len(word)
	l := s.letters(word)
	var cost [maxGlued + 1]float64
	var from [maxGlued + 1]int
	for end := 1; end <= n; end++ {
		cost[end] = math.Inf(1)
		for start := max(0, end-longestWord); start < end; start++ {
			if start == 0 && end == n {
				continue
			}
			if c := cost[start] + s.pieceCost(word[at[start]:at[end]], end-start, l.cost(start, end)); c < cost[end] {
				cost[end], from[end] = c, start
			}
		}
	}
	whole := unknownWord + l.cost(0, n)
	if !eager {
		whole -= glueProof
	}
	if n <= longestWord && cost[n] >= whole {
		return nil
	}
	var out []string
	foreign := 0
	for end := n; end > 0; end = from[end] {
		piece := word[at[from[end]]:at[end]]
		if !s.knows(piece) {
			foreign += end - from[end]
		}
		out = append(out, piece)
	}
	if foreign*5 > n*2 && n <= longestWord {
		return nil // most of it would stay unknown: a compound, a name
	}
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return out
}

// Prices, in nats, chosen on phrases of the content that were set aside.
const (
	unknownWord = 6.0  // that a word is none of the vocabulary
	inflected   = 3.0  // that it is an unseen form of one
	short       = 1.0  // that it has one or two letters: they fit everywhere
	slipPrice   = 11.0 // of one wrong letter
	glueProof   = 5.0  // by how much the parts must be more probable than a whole, where spaces are not missing elsewhere
)

// pieceCost is the price of a piece as one word: minus the logarithm of its probability. letters is the price of spelling it out.
func (s *speller) pieceCost(piece string, n int, letters float64) float64 {
	if id, ok := s.lex.index[piece]; ok {
		c := s.logAll - math.Log(float64(s.lex.words[id].count))
		switch n {
		case 1:
			if !strings.Contains(oneLetter, piece) {
				return math.Inf(1)
			}
			c += short
		case 2:
			if s.lex.words[id].count < 5 {
				return math.Inf(1)
			}
			c += short
		}
		return c
	}
	if n < 4 {
		return math.Inf(1)
	}
	if n >= 5 {
		// An inflection of a known word: its stem is what is left without a short ending.
		stem := piece
		for cut := 0; cut < 3 && len(stem) > 6; cut++ {
			if n, ok := s.stems[stem]; ok {
				return min(s.logAll-math.Log(float64(n))+inflected, unknownWord+letters)
			}
			_, size := utf8.DecodeLastRuneInString(stem)
			stem = stem[:len(stem)-size]
		}
	}
	return unknownWord + letters
}

// spelled holds what it costs to spell out any part of a word by the letters' probabilities.
type spelled struct {
	t     *trigrams
	code  [maxGlued]uint8
	inner [maxGlued + 1]float32 // sum over the letters before, each given the two before it
}

func (s *speller) letters(word string) *spelled {
	l := &spelled{t: s.ru}
	if word[0] < 0x80 {
		l.t = s.en
	}
	i := 0
	for _, r := range word {
		l.code[i] = uint8(l.t.code(r))
		l.inner[i+1] = l.inner[i]
		if i >= 2 {
			l.inner[i+1] -= l.t.at(l.code[i-2], l.code[i-1], l.code[i])
		}
		i++
	}
	return l
}

// cost of the letters from start to end as a word of its own.
func (l *spelled) cost(start, end int) float64 {
	a := l.code[start]
	c := -l.t.at(0, 0, a)
	if end-start == 1 {
		return float64(c - l.t.at(0, a, 0))
	}
	c -= l.t.at(0, a, l.code[start+1])
	c += l.inner[end] - l.inner[start+2]
	return float64(c - l.t.at(l.code[end-2], l.code[end-1], 0))
}
