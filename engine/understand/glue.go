package understand

import (
	"math"
	"strings"
	"unicode/utf8"
)

// oneLetter are the words of one letter that may come out of a glued word.
const oneLetter = "вискаяоу"

// split cuts a glued word into words of the vocabulary: the most probable way, if it is much more probable than one unknown word.
func (s *speller) split(word string) []string {
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
	var cost [maxGlued + 1]float64
	var from [maxGlued + 1]int
	const longest = 18
	for end := 1; end <= n; end++ {
		cost[end] = math.Inf(1)
		for start := max(0, end-longest); start < end; start++ {
			if math.IsInf(cost[start], 1) {
				continue
			}
			if c := cost[start] + s.pieceCost(word[at[start]:at[end]], end-start, n); c < cost[end] {
				cost[end], from[end] = c, start
			}
		}
	}
	if cost[n] >= unknownCost(n) {
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
	if foreign*5 > n*2 {
		return nil // most of it would stay unknown: a compound, a name
	}
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	if len(out) < 2 {
		return nil
	}
	return out
}

// unknownCost is the price of an unknown word: what a letter of it is worth was chosen so that compound words stay whole.
func unknownCost(letters int) float64 {
	return 5 + 1.6*float64(letters) + 3*float64(max(0, letters-14)) // no word is that long
}

func (s *speller) pieceCost(piece string, letters, whole int) float64 {
	id, ok := s.lex.index[piece]
	if !ok {
		if letters < 4 || letters == whole {
			return math.Inf(1)
		}
		if letters >= 5 {
			// An inflection of a known word: its stem is what is left without a short ending.
			stem := piece
			for cut := 0; cut < 3 && len(stem) > 6; cut++ {
				if n, ok := s.stems[stem]; ok {
					return s.logAll - math.Log(float64(n)) + 2.5
				}
				_, size := utf8.DecodeLastRuneInString(stem)
				stem = stem[:len(stem)-size]
			}
		}
		return 3 + unknownCost(letters)
	}
	c := s.logAll - math.Log(float64(s.lex.words[id].count))
	switch letters {
	case 1:
		found := false
		for _, r := range oneLetter {
			found = found || string(r) == piece
		}
		if !found {
			return math.Inf(1)
		}
		c += 2.5
	case 2:
		if s.lex.words[id].count < 5 {
			return math.Inf(1)
		}
		c++
	}
	return c
}
