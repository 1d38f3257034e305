package understand

import (
	"strings"
	"unicode/utf8"
)

// repairer brings a message as near to the vocabulary as it honestly can.
type repairer struct {
	script *scriptGuess
	spell  *speller
}

func newRepairer(sp *space) *repairer {
	s := newSpeller(sp.lex)
	g := &scriptGuess{ru: newTrigrams('а', 32), en: newTrigrams('a', 26), known: s.knows}
	for _, id := range sp.lex.sorted() {
		x := &sp.lex.words[id]
		n := float32(min(x.count, 20))
		switch c := x.text[0]; {
		case c == 0xd0 || c == 0xd1:
			g.ru.count(x.text, n)
		case letterByte(c):
			g.en.count(x.text, n)
		}
	}
	for _, w := range strings.Fields(englishBase) {
		g.en.count(w, 5)
	}
	g.ru.finish()
	g.en.finish()
	s.ru, s.en = g.ru, g.en
	return &repairer{script: g, spell: s}
}

// tokens reads a text into repaired tokens. without returns them as typed.
func (r *repairer) tokens(text string, without bool, out []token) []token {
	s := clean(text)
	if without {
		return tokenize(s, out)
	}
	start := len(out)
	out = tokenize(r.script.repair(s), out)
	return r.mend(out, start)
}

// mend repairs words from start on, in place where possible.
func (r *repairer) mend(toks []token, start int) []token {
	clean, eager := true, false
	for i := start; i < len(toks); i++ {
		if !r.spell.trusts(toks[i].text) {
			clean = false
			eager = eager || utf8.RuneCountInString(toks[i].text) > longestWord
		}
	}
	if clean {
		return toks
	}
	res := make([]token, start, len(toks)+8)
	copy(res, toks[:start])
	for i := start; i < len(toks); i++ {
		t := toks[i]
		if t.text[0] == '#' || r.spell.trusts(t.text) || '0' <= t.text[0] && t.text[0] <= '9' {
			res = append(res, t)
			continue
		}
		// A word torn apart: it and the next one make a known word.
		if i+1 < len(toks) && t.end == stopNone && toks[i+1].text[0] != '#' {
			if both := t.text + toks[i+1].text; len(both) >= 12 && r.spell.inVocabulary(both) {
				res = append(res, token{text: both, end: toks[i+1].end})
				i++
				continue
			}
		}
		fixed, cost := r.spell.correct(t.text)
		if fixed != "" && cost <= sure {
			res = append(res, token{text: fixed, end: t.end})
			continue
		}
		if parts := r.spell.split(t.text, eager); parts != nil {
			for k, p := range parts {
				end := stopNone
				if k == len(parts)-1 {
					end = t.end
				}
				if !r.spell.knows(p) {
					if f, _ := r.spell.correct(p); f != "" {
						p = f
					}
				}
				res = append(res, token{text: p, end: end})
			}
			continue
		}
		if fixed != "" {
			t.text = fixed
		} else if back := unswapLayout(t.text); isCyrillic(firstRune(t.text)) && len(back) >= 3 && r.spell.inVocabulary(back) {
			t.text = back // «ьфшд»: English on the Russian layout
		}
		res = append(res, t)
	}
	return res
}

func (s *speller) inVocabulary(word string) bool {
	_, ok := s.lex.index[word]
	return ok
}
