package understand

import (
	"strings"
	"unicode/utf8"
)

// translitPairs are read greedily, longest first. They cover the usual schemes at once (passport, chat, Scientific); what stays
// ambiguous (soft signs, e/э, i/y) is left to spelling repair.
var translitPairs = []struct{ from, to string }{
	{"shch", "щ"}, {"sch", "щ"}, {"tsya", "ться"}, {"yie", "ые"},
	{"yo", "е"}, {"jo", "е"}, {"zh", "ж"}, {"kh", "х"}, {"ts", "ц"}, {"tz", "ц"}, {"ch", "ч"}, {"sh", "ш"},
	{"yu", "ю"}, {"ju", "ю"}, {"iu", "ю"}, {"ya", "я"}, {"ja", "я"}, {"ia", "ия"}, {"ye", "е"}, {"je", "е"}, {"ck", "к"}, {"ph", "ф"},
	{"a", "а"}, {"b", "б"}, {"c", "ц"}, {"d", "д"}, {"e", "е"}, {"f", "ф"}, {"g", "г"}, {"h", "х"}, {"i", "и"}, {"j", "й"},
	{"k", "к"}, {"l", "л"}, {"m", "м"}, {"n", "н"}, {"o", "о"}, {"p", "п"}, {"q", "к"}, {"r", "р"}, {"s", "с"}, {"t", "т"},
	{"u", "у"}, {"v", "в"}, {"w", "в"}, {"x", "х"}, {"z", "з"}, {"'", "ь"}, {"4", "ч"}, {"6", "ш"},
}

var translitBy = func() (t [256][]struct{ from, to string }) {
	for _, p := range translitPairs {
		t[p.from[0]] = append(t[p.from[0]], p)
	}
	return t
}()

const vowelsCyrillic = "аеиоуыэюя"

// fromTranslit reads a word in Latin letters as Russian: «pochemu» → «почему».
func fromTranslit(s string) string {
	var b strings.Builder
	b.Grow(2 * len(s))
	var last rune
next:
	for i := 0; i < len(s); {
		c := s[i]
		if c == 'y' && !hasAny(s[i:], "yo", "yu", "ya", "ye", "yie") {
			// After a vowel, and in the ending -iy/-yy, it is й; elsewhere ы.
			r := 'ы'
			if strings.ContainsRune(vowelsCyrillic, last) && last != 0 {
				r = 'й'
			}
			b.WriteRune(r)
			last = r
			i++
			continue
		}
		if (c == '4' || c == '6') && (i+1 >= len(s) || !letterByte(s[i+1])) && (i == 0 || !letterByte(s[i-1])) {
			b.WriteByte(c)
			last = 0
			i++
			continue
		}
		for _, p := range translitBy[c] {
			if strings.HasPrefix(s[i:], p.from) {
				b.WriteString(p.to)
				last = lastRune(p.to)
				i += len(p.from)
				continue next
			}
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		b.WriteRune(r)
		last = 0
		i += n
	}
	return b.String()
}

func letterByte(c byte) bool { return 'a' <= c && c <= 'z' }

func hasAny(s string, list ...string) bool {
	for _, p := range list {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}
