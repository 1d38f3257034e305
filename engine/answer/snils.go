package answer

// The rule of the SNILS, as the Pension Fund published it with the formats of its reports ("Алгоритм формирования
// контрольного числа Страхового номера", https://www.consultant.ru/document/cons_doc_LAW_124607/, section 8): each of
// the nine digits times its position from the right, summed; below 100 the sum is the check number, 100 and 101 give
// 00, above that the remainder by 101 counts, read the same way. Only numbers above 001-001-998 are checked.
const snilsUnchecked = 1_001_998

var snilsSpec = spec{
	kind:    SNILS,
	letters: problemSNILSLetters,
	shapes:  [][]int{{11}, {3, 3, 3, 2}, {9, 2}},
	sizes:   []int{11, 12},
	check:   checkSNILS,
	length:  wrongLength(problemSNILSLength, 11),
}

func checkSNILS(d *digits) (value, problem string) {
	switch {
	case d.n == 12 && validINN(d):
		return "", problemSNILSIsINN
	case d.n != 11:
		return "", ""
	case !validSNILS(d):
		return "", problemSNILSChecksum
	}
	return formatSNILS(d), ""
}

// validSNILS judges eleven digits.
func validSNILS(d *digits) bool {
	if d.n != 11 || d.zero() {
		return false
	}
	number, sum := 0, 0
	for i := range 9 {
		number = number*10 + d.at(i)
		sum += d.at(i) * (9 - i)
	}
	if number <= snilsUnchecked {
		return number > 0
	}
	return sum%101%100 == d.at(9)*10+d.at(10)
}

// plainlySNILS reports whether eleven digits asked for as something else are a SNILS: its check number is right and was
// not just left unchecked.
func plainlySNILS(d *digits) bool {
	return validSNILS(d) && d.String()[:9] > "001001998"
}

// formatSNILS writes eleven digits as the card shows them: 112-233-445 95.
func formatSNILS(d *digits) string {
	b := [14]byte{3: '-', 7: '-', 11: ' '}
	copy(b[0:], d.d[0:3])
	copy(b[4:], d.d[3:6])
	copy(b[8:], d.d[6:9])
	copy(b[12:], d.d[9:11])
	return string(b[:])
}
