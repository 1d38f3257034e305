package answer

// applicationSpec reads the number of an application: ten digits without a check digit, so that nothing about it may
// be guessed.
var applicationSpec = spec{
	kind:    ApplicationNumber,
	letters: problemNumberLetters,
	shapes:  [][]int{{10}},
	sizes:   []int{10, 11, 12},
	check:   checkApplication,
	length:  wrongLength(problemNumberLength, 10),
}

func checkApplication(d *digits) (value, problem string) {
	switch {
	case d.n == 10:
		return d.String(), ""
	case plainlySNILS(d):
		return "", problemNumberIsSNILS
	case validINN(d):
		return "", problemNumberIsINN
	}
	return "", ""
}
