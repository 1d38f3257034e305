package answer

// The INN: a person's has 12 digits, the last two of them check digits; an organisation's has 10, the last one being the
// check digit (order of the Federal Tax Service ММВ-7-6/435@ of 29 June 2012). A check digit is a weighted sum of the
// digits before it, modulo 11, modulo 10; the weights are the ones in general use
// (https://ru.wikipedia.org/wiki/Идентификационный_номер_налогоплательщика).
var (
	innWeights11  = [...]int{7, 2, 4, 10, 3, 5, 9, 4, 6, 8}
	innWeights12  = [...]int{3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8}
	innWeightsOrg = [...]int{2, 4, 10, 3, 5, 9, 4, 6, 8}
)

var innSpec = spec{
	kind:    INN,
	letters: problemINNLetters,
	shapes:  [][]int{{12}, {4, 8}, {4, 6, 2}, {4, 4, 4}},
	sizes:   []int{12, 11, 10},
	check:   checkINN,
	length:  wrongLength(problemINNLength, 12),
}

func checkINN(d *digits) (value, problem string) {
	switch d.n {
	case 12:
		if !validINN(d) {
			return "", problemINNChecksum
		}
		return d.String(), ""
	case 11:
		if plainlySNILS(d) {
			return "", problemINNIsSNILS
		}
	case 10:
		if validINNOfOrganisation(d) {
			return "", problemINNOrganisation
		}
	}
	return "", ""
}

// innSum gives the check digit by the weights.
func innSum(d *digits, weights []int) int {
	sum := 0
	for i, w := range weights {
		sum += d.at(i) * w
	}
	return sum % 11 % 10
}

// validINN judges twelve digits.
func validINN(d *digits) bool {
	return d.n == 12 && !d.zero() && innSum(d, innWeights11[:]) == d.at(10) && innSum(d, innWeights12[:]) == d.at(11)
}

// validINNOfOrganisation judges ten digits.
func validINNOfOrganisation(d *digits) bool {
	return d.n == 10 && !d.zero() && innSum(d, innWeightsOrg[:]) == d.at(9)
}
