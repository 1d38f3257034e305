package answer

import "unicode/utf8"

// maxWord bounds the words whose distance is measured, in runes.
const maxWord = 24

// distance counts the slips between two folded words: letters added, left out, changed, or two neighbours swapped
// (optimal string alignment). It gives up and returns more than limit as soon as there are more; words longer than 24
// runes are never near each other.
func distance(a, b string, limit int) int {
	if a == b {
		return 0
	}
	if d := len(a) - len(b); d > 4*limit || -d > 4*limit {
		return limit + 1 // a rune is at most four bytes
	}
	var ra, rb [maxWord]rune
	na, nb := runesOf(a, &ra), runesOf(b, &rb)
	if na < 0 || nb < 0 || na-nb > limit || nb-na > limit {
		return limit + 1
	}
	var rows [3][maxWord + 1]int
	for j := range nb + 1 {
		rows[0][j] = j
	}
	for i := 1; i <= na; i++ {
		cur, prev, before := &rows[i%3], &rows[(i+2)%3], &rows[(i+1)%3]
		cur[0] = i
		least := i
		for j := 1; j <= nb; j++ {
			cost := 1
			if ra[i-1] == rb[j-1] {
				cost = 0
			}
			d := min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && ra[i-1] == rb[j-2] && ra[i-2] == rb[j-1] {
				d = min(d, before[j-2]+1)
			}
			cur[j] = d
			least = min(least, d)
		}
		if least > limit {
			return limit + 1
		}
	}
	return rows[na%3][nb]
}

// runesOf writes the runes of a word and returns how many there are, or -1 if they do not fit.
func runesOf(s string, out *[maxWord]rune) int {
	n := 0
	for len(s) > 0 {
		if n == maxWord {
			return -1
		}
		r, size := utf8.DecodeRuneInString(s)
		out[n] = r
		n, s = n+1, s[size:]
	}
	return n
}
