package answer

import "strings"

// sameInLatin reports whether one word is the other one written in Latin letters: Ivanova, Иванова. There are many ways
// to do that (passports, diplomas and people each have their own), so what they differ in is left out of the comparison.
func sameInLatin(a, b string) bool {
	if isLatin(a) == isLatin(b) {
		return false
	}
	x, y := latinKey(a), latinKey(b)
	return len(x) > 1 && x == y
}

func isLatin(w string) bool { return w != "" && w[0] < 0x80 }

var cyrillicSound = map[rune]string{'а': "a", 'б': "b", 'в': "v", 'г': "g", 'д': "d", 'е': "e", 'ё': "e", 'ж': "J", 'з': "z", 'и': "i", 'й': "i",
	'к': "k", 'л': "l", 'м': "m", 'н': "n", 'о': "o", 'п': "p", 'р': "r", 'с': "s", 'т': "t", 'у': "u", 'ф': "f", 'х': "H", 'ц': "ts", 'ч': "C", 'ш': "S",
	'щ': "S", 'ъ': "", 'ы': "i", 'ь': "", 'э': "e", 'ю': "u", 'я': "a"}

// latinSound brings the ways to write one sound together; longer ones come first.
var latinSound = strings.NewReplacer("shch", "S", "sch", "S", "sh", "S", "tch", "C", "ch", "C", "zh", "J", "kh", "H", "h", "H", "tz", "ts", "tc", "ts", "ck", "k",
	"x", "ks", "q", "k", "w", "v", "ff", "f", "yu", "u", "iu", "u", "ju", "u", "ya", "a", "ia", "a", "ye", "e", "ie", "e", "je", "e", "yo", "e", "io", "e", "jo", "e",
	"y", "i", "j", "i", "'", "", "c", "ts")

// latinKey writes a word's sounds so that every usual spelling gives the same.
func latinKey(w string) string {
	var b strings.Builder
	if isLatin(w) {
		b.WriteString(latinSound.Replace(strings.ToLower(w)))
	} else {
		for _, r := range w {
			b.WriteString(cyrillicSound[r])
		}
	}
	// A vowel after a vowel of the same family («Мария», Maria, Mariya; «Юлия», Yulia) is written or left out at will.
	key := b.String()
	b.Reset()
	var last rune
	for _, r := range key {
		if r == last {
			continue
		}
		last = r
		b.WriteRune(r)
	}
	key = b.String()
	for _, pair := range []string{"ia", "ii", "ie", "iu", "io"} {
		key = strings.ReplaceAll(key, pair, pair[1:])
	}
	// Александр is Alexander, Пётр is Peter.
	if stem, ok := strings.CutSuffix(key, "er"); ok && (strings.HasSuffix(stem, "d") || strings.HasSuffix(stem, "t")) {
		key = stem + "r"
	}
	return key
}
