package answer

import "strings"

// patronymicEnd is how surely a word is a patronymic.
type patronymicEnd int

const (
	noPatronymic    patronymicEnd = iota
	maybePatronymic               // -ович, -евич: also an ending of surnames («Адам Мицкевич»)
	surePatronymic                // -овна, -евна, or -ович after the stem of a known name
)

// shortPatronymics are the ones whose ending alone tells nothing, and those whose stem is not the name as it stands.
var shortPatronymics = words(`
ильич кузьмич лукич фомич никитич саввич фокич лукьянич иваныч петрович иванович палыч михалыч саныч николаич сергеич
ильинична никитична кузьминична лукинична фоминична саввична фокична никитишна ильинишна
павлович львович яковлевич михайлович гаврилович данилович кириллович всеволодович
павловна львовна яковлевна михайловна
ilyich kuzmich lukich fomich nikitich ilinichna nikitichna`)

// patronymic judges a folded word by its ending; of a double one the last part counts.
func patronymic(w string) patronymicEnd {
	if len(w) < 5 {
		return noPatronymic
	}
	if shortPatronymics.has(w) {
		return surePatronymic
	}
	if i := strings.LastIndexByte(w, '-'); i >= 0 {
		if sonOrDaughter(w[i+1:]) {
			return surePatronymic
		}
		return patronymic(w[i+1:])
	}
	switch {
	case ends(w, "овна", "евна", "ovna", "evna", "yevna") && len(w) > len("овна")+2:
		if notPatronymics.has(w) {
			return noPatronymic
		}
		return surePatronymic
	case ends(w, "ович", "евич", "ovich", "evich", "ovitch") && len(w) > len("ович")+2:
		if nameOfPatronymic(w) {
			return surePatronymic
		}
		return maybePatronymic
	}
	return noPatronymic
}

// notPatronymics end like one and are words.
var notPatronymics = words(`деревна ровна царевна королевна основна верховна духовна виновна условна церковна готовна`)

// nameOfPatronymic reports whether a word in -ович or -евич comes from a known name: Петр-ович, Алексе-(й)-евич,
// Игор-(ь)-евич, Васил-(ий)-ьевич.
func nameOfPatronymic(w string) bool {
	var stem string
	var tails [4]string
	switch {
	case strings.HasSuffix(w, "ьевич"):
		stem, tails = strings.TrimSuffix(w, "ьевич"), [4]string{"ий", "ия", "ья", "ий"}
	case strings.HasSuffix(w, "евич"):
		stem, tails = strings.TrimSuffix(w, "евич"), [4]string{"й", "ь", "", "я"}
	case strings.HasSuffix(w, "ович"):
		stem, tails = strings.TrimSuffix(w, "ович"), [4]string{"", "а", "о", ""}
	case strings.HasSuffix(w, "evich"):
		stem, tails = strings.TrimSuffix(w, "evich"), [4]string{"y", "i", "", "ey"}
	default:
		stem, tails = strings.TrimSuffix(strings.TrimSuffix(w, "ovich"), "ovitch"), [4]string{"", "", "", ""}
	}
	var buf [64]byte
	for _, t := range tails {
		if len(stem)+len(t) > len(buf) {
			return false
		}
		b := append(append(buf[:0], stem...), t...)
		if _, ok := givenNames[string(b)]; ok { // no copy is made for a look-up
			return true
		}
	}
	return false
}

// ends reports whether a word ends in one of the given ways.
func ends(w string, suffixes ...string) bool {
	for _, s := range suffixes {
		if strings.HasSuffix(w, s) {
			return true
		}
	}
	return false
}

// surname endings: those that hardly any other word has, and those that many words share.
const (
	noSurname    = iota
	maybeSurname // -ов, -ин, -ский: «петров», but also «вопросов», «детский»
	sureSurname  // -ова, -енко, -швили
)

var (
	sureSurnames  = newEndings(`ова ева енко швили дзе янц чук щук ян iani shvili enko`)
	maybeSurnames = newEndings(`
ов ев ин ын ина ына ский цкий ской цкой ская цкая ой ый ий ая их ых юк як ак ик ец ич ко ва ия ман берг штейн ер
ov ova ev eva in ina sky skaya skiy yan son`)
)

// surnameEnd judges a folded word by its ending.
func surnameEnd(w string) int {
	switch {
	case len(w) < 5:
		return noSurname
	case sureSurnames.end(w):
		return sureSurname
	case maybeSurnames.end(w):
		return maybeSurname
	}
	return noSurname
}
