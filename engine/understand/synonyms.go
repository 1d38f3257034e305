package understand

import (
	"sort"
	"strings"
)

// concepts finds groups of words that mean the same. An entry is one or several items in sequence; an item is a prefix
// ("парол*") or a lemma, compared by stem. The index works on items, so that a word is looked up once.
type concepts struct {
	items    map[string]int32 // stem, or prefix with a star → item
	maxLen   int              // longest prefix in bytes
	patterns [][]pattern      // by first item
	n        int              // number of groups
	names    []string         // first entry of each group, for explanations
}

type pattern struct {
	rest  []int32 // items that must follow
	group int32
}

// newConcepts compiles synonym groups. Order of groups and entries is kept, so that the result is reproducible.
func newConcepts(syn [][]string, stemmer func(string) string) *concepts {
	c := &concepts{items: map[string]int32{}}
	for g, entries := range syn {
		name := ""
		for _, e := range entries {
			words := strings.Fields(clean(e))
			var seq []int32
			for _, w := range words {
				if w = strings.Trim(w, ".,!?\"«»()"); w != "" {
					seq = append(seq, c.item(w, stemmer))
				}
			}
			if len(seq) == 0 {
				continue
			}
			if name == "" {
				name = strings.ReplaceAll(strings.Join(words, " "), "*", "")
			}
			first := seq[0]
			c.patterns[first] = append(c.patterns[first], pattern{rest: seq[1:], group: int32(g)})
		}
		c.names = append(c.names, name)
	}
	c.n = len(syn)
	return c
}

func (c *concepts) item(w string, stemmer func(string) string) int32 {
	key := w
	if strings.HasSuffix(w, "*") {
		c.maxLen = max(c.maxLen, len(w)-1)
	} else {
		key = stemmer(w)
	}
	id, ok := c.items[key]
	if !ok {
		id = int32(len(c.patterns))
		c.items[key] = id
		c.patterns = append(c.patterns, nil)
	}
	return id
}

// match returns the items that a word is an instance of, in ascending order.
func (c *concepts) match(word, stem string, out []int32) []int32 {
	if c.n == 0 || word[0] == '#' {
		return out
	}
	start := len(out)
	if id, ok := c.items[stem]; ok {
		out = append(out, id)
	}
	var buf [64]byte
	for n := 2; n <= len(word) && n <= c.maxLen && n < len(buf); n++ {
		// A prefix ends between runes; continuation bytes can't start one.
		if n < len(word) && word[n]&0xc0 == 0x80 {
			continue
		}
		copy(buf[:n], word[:n])
		buf[n] = '*'
		if id, ok := c.items[string(buf[:n+1])]; ok {
			out = append(out, id)
		}
	}
	found := out[start:]
	sort.Slice(found, func(i, j int) bool { return found[i] < found[j] })
	return out
}

// find appends the groups that occur in a sequence of words, each given by its items. A group is reported once for every
// entry that matches.
func (c *concepts) find(words [][]int32, out []int32) []int32 {
	for i, items := range words {
		for _, it := range items {
		next:
			for _, p := range c.patterns[it] {
				if len(p.rest) > len(words)-i-1 {
					continue
				}
				for k, want := range p.rest {
					if !hasItem(words[i+1+k], want) {
						continue next
					}
				}
				out = append(out, p.group)
			}
		}
	}
	return out
}

func hasItem(items []int32, want int32) bool {
	for _, it := range items {
		if it == want {
			return true
		}
	}
	return false
}
