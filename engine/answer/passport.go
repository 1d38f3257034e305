package answer

// passportSpec reads the series and number of an internal passport: four digits and six. The second pair of the series
// is the year in which the form was printed and says nothing that could be checked here.
var passportSpec = spec{
	kind:    Passport,
	bridge:  true,
	letters: problemPassportLetters,
	shapes:  [][]int{{10}, {4, 6}, {2, 2, 6}},
	sizes:   []int{10, 9},
	check:   checkPassport,
	length:  wrongLength(problemPassportLength, 10),
}

// parsePassport reads a passport and tells a digit that was dropped (four and five) from the nine digits of a passport
// for travelling abroad (two and seven, or nine together).
func parsePassport(l *line) Reading {
	r := passportSpec.parse(l)
	if r.Problem != problemPassportForeign {
		return r
	}
	for i := range l.toks {
		if t := &l.toks[i]; t.num {
			if len(t.low) == 4 && t.gap&sepPlus == 0 {
				length := passportSpec.length(9)
				length.Fit = r.Fit
				return length
			}
			break
		}
	}
	return r
}

func checkPassport(d *digits) (value, problem string) {
	if d.n == 9 {
		// Two digits and seven: the passport for travelling abroad. It may also be a digit that was dropped, so the
		// sentence speaks of both.
		return "", problemPassportForeign
	}
	s := d.String()
	return s[:4] + " " + s[4:], ""
}
