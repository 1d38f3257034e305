package answer

// maxParts bounds the words of a name that are compared; a longer name is the same only as itself.
const maxParts = 8

// SameName reports whether two full names are the same person's as people write them: surname and given names in any
// order, ё or е, any case, a hyphen or a blank in a double surname. One side may leave the patronymic out, as many forms
// do; a different patronymic is a different person. It compares spelling only: «Наталья» is not «Наталия».
func SameName(a, b string) bool {
	la, lb := read(a), read(b)
	var bufA, bufB [maxParts]string
	pa, pb := nameParts(&la, bufA[:0]), nameParts(&lb, bufB[:0])
	if len(pa) < 2 || len(pb) < 2 || len(pa) > maxParts || len(pb) > maxParts {
		return false
	}
	if len(pa) < len(pb) {
		pa, pb = pb, pa
	}
	var inBoth [maxParts]bool // of the longer name, which words the shorter one has as well
	for _, w := range pb {
		hit := false
		for i := range pa {
			if !inBoth[i] && (pa[i] == w || sameInLatin(pa[i], w)) {
				inBoth[i], hit = true, true
				break
			}
		}
		if !hit {
			return false
		}
	}
	// What is left over must be the patronymic, the whole of it and nothing else.
	first, last := patronymicOf(pa)
	for i := range pa {
		if !inBoth[i] && (i < first || i >= last) {
			return false
		}
	}
	return true
}

// nameParts splits a name into folded words, double names into their halves.
func nameParts(l *line, parts []string) []string {
	for i := range l.toks {
		w := l.toks[i].low
		if fixed, ok := oneScript(l.toks[i].text); ok && fixed != l.toks[i].text {
			w = foldString(fixed)
		}
		for from, k := 0, 0; k <= len(w); k++ {
			if k == len(w) || w[k] == '-' {
				parts = append(parts, w[from:k])
				from = k + 1
			}
		}
	}
	return parts
}

// patronymicOf finds the patronymic in the words of a name, [first, last); both 0 if there is none. A surname may have
// the same ending: then the word after a known given name is the patronymic, and without one the later of two, unless
// they stand together at the end («Адам Иванович Мицкевич»).
func patronymicOf(parts []string) (first, last int) {
	at, second := -1, -1
	for i, w := range parts {
		if i > 0 && sonOrDaughter(w) {
			return i - 1, i + 1 // the father's name and «оглы»
		}
		if patronymic(w) == noPatronymic {
			continue
		}
		if i > 0 && givenName(parts[i-1]) {
			return i, i + 1
		}
		if at < 0 {
			at = i
		} else {
			second = i
		}
	}
	switch {
	case at < 0:
		return 0, 0
	case second < 0, second == at+1 && second == len(parts)-1:
		return at, at + 1
	}
	return second, second + 1
}
