package answer

import "strconv"

// eitherSpec reads a SNILS or an INN; the length tells which.
var eitherSpec = spec{
	kind:    SNILSOrINN,
	letters: problemEitherLetters,
	shapes:  [][]int{{11}, {3, 3, 3, 2}, {9, 2}, {12}},
	sizes:   []int{10, 11, 12},
	check:   checkEither,
	length: func(got int) Reading {
		return bad(problemEitherLength, Strong, "got", strconv.Itoa(got))
	},
}

func checkEither(d *digits) (value, problem string) {
	if d.n == 11 {
		return checkSNILS(d)
	}
	return checkINN(d)
}

// KindOf tells whether a canonical value of [SNILSOrINN] is a [SNILS] (11 digits) or an [INN] (12 digits), and whether
// one of [Contact] is an [Email] or a [Phone]; "" if it is none of these.
func KindOf(value string) Kind {
	n := 0
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c >= '0' && c <= '9':
			n++
		case c == '@':
			return Email
		}
	}
	switch {
	case len(value) > 0 && value[0] == '+':
		return Phone
	case n == 11:
		return SNILS
	case n == 12:
		return INN
	}
	return ""
}
