package answer

import "strconv"

// englishMonths serve dates in English, where 03/12 and 12/03 are both read both ways.
var englishMonths = [12]string{
	"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
}

// Display writes a canonical value for people: 12.03.1958 (in English 12 March 1958), +7 900 000-00-01, да. What is no
// canonical value of the kind comes back as it is. Parse reads back what Display writes.
func Display(kind Kind, value, locale string) string {
	switch kind {
	case BirthDate:
		d, ok := canonicalDate(value)
		if !ok {
			return value
		}
		if locale == "en" {
			return strconv.Itoa(d.d) + " " + englishMonths[d.m-1] + " " + value[:4]
		}
		return value[8:10] + "." + value[5:7] + "." + value[:4]
	case Phone:
		return displayPhone(value)
	case Contact:
		if KindOf(value) == Phone {
			return displayPhone(value)
		}
	case YesNo, Confirm, Consent:
		switch {
		case locale == "en":
			return value
		case value == yes:
			return "да"
		case value == no:
			return "нет"
		}
	}
	return value
}

// canonicalDate takes a canonical date apart.
func canonicalDate(v string) (day, bool) {
	if len(v) != len("1958-03-12") || v[4] != '-' || v[7] != '-' {
		return day{}, false
	}
	for i := range len(v) {
		if i != 4 && i != 7 && (v[i] < '0' || v[i] > '9') {
			return day{}, false
		}
	}
	d := day{y: atoi(v[:4]), m: atoi(v[5:7]), d: atoi(v[8:])}
	return d, d.m >= 1 && d.m <= 12 && d.d >= 1 && d.d <= daysIn(d.y, d.m)
}
