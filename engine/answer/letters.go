package answer

import "unicode"

// Nearly every letter that citizens type is Russian or Latin; these know such letters without the tables of Unicode, which
// cost more than all the rest of a reading.

// plainLetter reports a letter of the Russian or the Latin alphabet.
func plainLetter(r rune) bool {
	return r >= 'А' && r <= 'я' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == 'ё' || r == 'Ё'
}

// isLetter is unicode.IsLetter.
func isLetter(r rune) bool {
	return plainLetter(r) || r > 0x7f && unicode.IsLetter(r)
}

// isUpper is unicode.IsUpper.
func isUpper(r rune) bool {
	if plainLetter(r) {
		return r <= 'Z' || r >= 'А' && r <= 'Я' || r == 'Ё'
	}
	return r > 0x7f && unicode.IsUpper(r)
}

// toLower is unicode.ToLower.
func toLower(r rune) rune {
	switch {
	case r >= 'А' && r <= 'Я':
		return r + ('а' - 'А')
	case r >= 'A' && r <= 'Z':
		return r + ('a' - 'A')
	case r == 'Ё':
		return 'ё'
	case plainLetter(r) || r <= 0x7f:
		return r
	}
	return unicode.ToLower(r)
}

// toUpper is unicode.ToUpper.
func toUpper(r rune) rune {
	switch {
	case r >= 'а' && r <= 'я':
		return r - ('а' - 'А')
	case r >= 'a' && r <= 'z':
		return r - ('a' - 'A')
	case r == 'ё':
		return 'Ё'
	case plainLetter(r) || r <= 0x7f:
		return r
	}
	return unicode.ToUpper(r)
}

// isVowel knows the vowels of Russian, of the languages written in Cyrillic beside it, and of Latin letters.
func isVowel(r rune) bool {
	switch fold(r) {
	case 'а', 'е', 'и', 'о', 'у', 'ы', 'э', 'ю', 'я', 'і', 'ї', 'є', 'ө', 'ү', 'ұ', 'ә', 'ў', 'a', 'e', 'i', 'o', 'u', 'y':
		return true
	}
	return r > 0x52f // other scripts are not judged
}
