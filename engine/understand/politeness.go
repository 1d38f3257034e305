package understand

import "strings"

// politeness cuts greetings, thanks and "could you please tell me" off both ends of a message: they say nothing about the need.
type politeness struct {
	phrases map[string][][]string // by first word, longest first
	last    map[string][][]string // by last word
}

func newPoliteness(list []string) *politeness {
	p := &politeness{phrases: map[string][][]string{}, last: map[string][][]string{}}
	for _, text := range list {
		var words []string
		for _, t := range tokenize(clean(text), nil) {
			words = append(words, t.text)
		}
		if len(words) == 0 {
			continue
		}
		insertByLength(p.phrases, words[0], words)
		insertByLength(p.last, words[len(words)-1], words)
	}
	return p
}

func insertByLength(m map[string][][]string, key string, words []string) {
	list := append(m[key], words)
	for i := len(list) - 1; i > 0 && len(list[i]) > len(list[i-1]); i-- {
		list[i], list[i-1] = list[i-1], list[i]
	}
	m[key] = list
}

// signOffs are the words after which a letter holds nothing but a name.
var signOffs = wordSet("уважением благодарностью признательностью regards sincerely faithfully")

// unsigned leaves out a signature: «…, с уважением, Тамара Ильинична».
func unsigned(toks []token) []token {
	for i := len(toks) - 2; i >= 1 && i >= len(toks)-4; i-- {
		if signOffs[toks[i].text] {
			return toks[:i+1]
		}
	}
	return toks
}

// strip returns the tokens without politeness at the ends. A message that is nothing else stays whole.
func (p *politeness) strip(toks []token) []token {
	all := toks
	toks = unsigned(toks)
	for again := true; again; {
		again = false
		if len(toks) == 0 {
			return all
		}
		for _, words := range p.phrases[toks[0].text] {
			if hasWords(toks, words) {
				toks, again = toks[len(words):], true
				break
			}
		}
		if again || len(toks) == 0 {
			continue
		}
		for _, words := range p.last[toks[len(toks)-1].text] {
			if n := len(toks) - len(words); n >= 0 && hasWords(toks[n:], words) {
				toks, again = toks[:n], true
				break
			}
		}
	}
	return toks
}

func hasWords(toks []token, words []string) bool {
	if len(words) > len(toks) {
		return false
	}
	for i, w := range words {
		if toks[i].text != w {
			return false
		}
	}
	return true
}

// joined is the plain text of tokens.
func joined(toks []token) string {
	var b strings.Builder
	for i, t := range toks {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(t.text)
		if t.end == stopEnd && i+1 < len(toks) {
			b.WriteByte('.')
		}
	}
	return b.String()
}
