package understand

import "strings"

// The keys of the two layouts, unshifted and shifted, in the same order.
const (
	keysLatin    = "qwertyuiop[]asdfghjkl;'zxcvbnm,./`{}:\"<>~?&^$|"
	keysCyrillic = "йцукенгшщзхъфывапролджэячсмитьбю.ехъжэбюе,?:;/"
)

var (
	toCyrillicKey = keyMap(keysLatin, keysCyrillic)
	toLatinKey    = keyMap("йцукенгшщзхъфывапролджэячсмитьбю", "qwertyuiop[]asdfghjkl;'zxcvbnm,.")
)

func keyMap(from, to string) map[rune]rune {
	m := map[rune]rune{}
	t := []rune(to)
	for i, r := range []rune(from) {
		if _, ok := m[r]; !ok {
			m[r] = t[i]
		}
	}
	return m
}

// swapLayout reads what was typed on the Latin layout as if the Russian one had been on: «ghbdtn» → «привет».
func swapLayout(s string) string { return mapKeys(s, toCyrillicKey) }

// unswapLayout is the opposite: «ьфшд» → "mail".
func unswapLayout(s string) string { return mapKeys(s, toLatinKey) }

func mapKeys(s string, keys map[rune]rune) string {
	return strings.Map(func(r rune) rune {
		if k, ok := keys[r]; ok {
			return k
		}
		return r
	}, s)
}
