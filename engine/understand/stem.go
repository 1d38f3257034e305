package understand

import (
	"github.com/kljensen/snowball/english"
	"github.com/kljensen/snowball/russian"
)

// maxWordBytes bounds what is given to the stemmer; longer words are no words.
const maxWordBytes = 80

// stem returns the Snowball stem of a word, by its script.
func stem(word string) string {
	if len(word) > maxWordBytes || len(word) < 3 || word[0] == '#' {
		return word
	}
	switch c := word[0]; {
	case c == 0xd0 || c == 0xd1: // Cyrillic block in UTF-8
		return russian.Stem(word, true)
	case 'a' <= c && c <= 'z':
		return english.Stem(word, true)
	}
	return word
}

// The feature groups. The first byte of a key's hash input, so that equal strings of different groups stay apart.
const (
	groupWord = iota
	groupPair
	groupSkip
	groupChar
	groupConcept
	groupConceptPair
	groupForm // the word as written: endings and tenses that the stem drops
	groups
)

const fnvOffset, fnvPrime = 14695981039346656037, 1099511628211

// hashString is a 64-bit FNV-1a hash with a seed and a final mix. Keys are 64 bits wide: collisions are not a concern.
func hashString(seed uint64, s string) uint64 {
	h := fnvOffset ^ (seed+1)*0x9e3779b97f4a7c15
	for i := 0; i < len(s); i++ {
		h = (h ^ uint64(s[i])) * fnvPrime
	}
	return mix(h)
}

func hashPair(seed, a, b uint64) uint64 {
	return mix(mix(a+seed*0x9e3779b97f4a7c15)*31 + b)
}

func mix(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}
