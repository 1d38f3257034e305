package answer

// codeSpec reads the one-time code that a flow has sent: six digits.
var codeSpec = spec{
	kind:    Code,
	letters: problemCodeLetters,
	shapes:  [][]int{{6}},
	sizes:   []int{6},
	check:   func(d *digits) (value, problem string) { return d.String(), "" },
	length:  wrongLength(problemCodeLength, 6),
}
