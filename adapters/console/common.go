package console

import (
	_ "embed"
	"strings"
	"unicode"
)

//go:embed common.txt
var commonList string

// commonWords are the words of common.txt, and the Russian ones as they come out on a Latin keyboard.
var commonWords, commonLongest = func() (map[string]bool, int) {
	words, longest := map[string]bool{}, 0
	for line := range strings.Lines(commonList) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		for _, w := range strings.Fields(line) {
			for _, form := range []string{w, otherKeys(w)} {
				words[form] = true
				longest = max(longest, len([]rune(form)))
			}
		}
	}
	return words, longest
}()

// keyRows are the keys of a keyboard as they lie, in both layouts; columns are what fingers walk down.
var keyRows = [][]rune{
	[]rune("1234567890-="), []rune("qwertyuiop[]"), []rune("asdfghjkl;'"), []rune("zxcvbnm,./"),
	[]rune("йцукенгшщзхъ"), []rune("фывапролджэ"), []rune("ячсмитьбю."),
	[]rune("1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/"), []rune("1йфя2цыч3увс4кам5епи6нрт7гоь8шлб9щдю"),
	[]rune("abcdefghijklmnopqrstuvwxyz"), []rune("абвгдежзийклмнопрстуфхцчшщъыьэюя"), []rune("1q2w3e4r5t6y7u8i9o0p"), []rune("1й2ц3у4к5е6н7г8ш9щ0з"),
}

var (
	cyrillicKeys = []rune("йцукенгшщзхъфывапролджэячсмитьбюё")
	latinKeys    = []rune("qwertyuiop[]asdfghjkl;'zxcvbnm,.`")
)

// otherKeys is a text as the same keys write it in the other layout.
func otherKeys(text string) string {
	return strings.Map(func(r rune) rune {
		for i, key := range cyrillicKeys {
			if key == r {
				return latinKeys[i]
			}
		}
		return r
	}, text)
}

// disguises are digits and signs that stand for letters.
var disguises = strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "i")

// common reports whether little of a password is left once words that everybody takes, walks over the keyboard,
// repetitions and digits are taken away. Fewer than four other letters, and at most three different words, are little.
func common(password string) bool {
	plain := []rune(strings.ToLower(password))
	undisguised := []rune(disguises.Replace(string(plain))) // each sign becomes one letter: the same length
	free, taken := 0, map[string]bool{}
	for i := 0; i < len(plain); {
		n, word := commonPart(plain, undisguised, i)
		switch {
		case n > 0:
			i += n
			if word != "" {
				taken[word] = true
			}
		default:
			if unicode.IsLetter(plain[i]) {
				free++
			}
			i++
		}
	}
	return free < 4 && len(taken) <= 3
}

// commonPart returns how many characters from i on are no one's own, and the word if they are one.
func commonPart(plain, undisguised []rune, i int) (n int, word string) {
	for l := min(commonLongest, len(plain)-i); l >= 2; l-- {
		for _, form := range []string{string(plain[i : i+l]), string(undisguised[i : i+l])} {
			if commonWords[form] {
				return l, form
			}
		}
	}
	if l := walk(plain[i:]); l > 0 {
		return l, ""
	}
	if !unicode.IsLetter(plain[i]) { // digits, spaces and signs are what everybody adds
		return 1, ""
	}
	return 0, ""
}

// walk returns the length of a repetition of at least three characters, or of a walk along keys of at least three.
func walk(text []rune) int {
	same := 1
	for same < len(text) && text[same] == text[0] {
		same++
	}
	if same >= 3 {
		return same
	}
	longest := 0
	for _, row := range keyRows {
		for at, key := range row {
			if key != text[0] {
				continue
			}
			for _, step := range []int{1, -1} {
				l := 1
				for l < len(text) && at+l*step >= 0 && at+l*step < len(row) && row[at+l*step] == text[l] {
					l++
				}
				longest = max(longest, l)
			}
		}
	}
	if longest < 3 {
		return 0
	}
	return longest
}

// holds reports whether a password holds a name of at least three letters, whole or one of its words.
func holds(password, name string) bool {
	password, name = strings.ToLower(password), strings.ToLower(name)
	for _, part := range strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if len([]rune(part)) >= 3 && (strings.Contains(password, part) || strings.Contains(password, otherKeys(part))) {
			return true
		}
	}
	return false
}
