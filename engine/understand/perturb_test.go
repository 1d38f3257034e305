package understand

import (
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"
)

type xorshift uint64

func (x *xorshift) next(n int) int {
	*x ^= *x << 13
	*x ^= *x >> 7
	*x ^= *x << 17
	return int(uint64(*x) % uint64(n))
}

// perturb spoils a text in one of the usual ways.
func perturb(text, how string, rng *xorshift) string {
	switch how {
	case "layout":
		return strings.Map(func(r rune) rune {
			if k, ok := map[rune]rune{'.': '/', ',': '?', '?': '&', 'ё': '`'}[r]; ok {
				return k
			}
			if k, ok := toLatinKey[unicode.ToLower(r)]; ok {
				return k
			}
			return r
		}, text)
	case "translit":
		pairs := strings.NewReplacer("а", "a", "б", "b", "в", "v", "г", "g", "д", "d", "е", "e", "ё", "e", "ж", "zh", "з", "z", "и", "i", "й", "y", "к", "k", "л", "l", "м", "m", "н", "n", "о", "o", "п", "p", "р", "r", "с", "s", "т", "t", "у", "u", "ф", "f", "х", "h", "ц", "c", "ч", "ch", "ш", "sh", "щ", "sch", "ъ", "", "ы", "y", "ь", "", "э", "e", "ю", "yu", "я", "ya")
		return pairs.Replace(strings.ToLower(text))
	case "glued":
		return strings.ReplaceAll(text, " ", "")
	case "half glued":
		var b strings.Builder
		n := 0
		for _, r := range text {
			if r == ' ' {
				n++
				if n%2 == 0 {
					continue
				}
			}
			b.WriteRune(r)
		}
		return b.String()
	case "yo":
		return strings.ReplaceAll(text, "ё", "е")
	}
	words := strings.Split(text, " ")
	one := rng.next(len(words))
	for i, w := range words {
		r := []rune(w)
		if len(r) <= 4 || how == "typo" && i != one && i != (one+1)%len(words) {
			continue
		}
		k := 1 + rng.next(len(r)-2)
		switch rng.next(4) {
		case 0:
			r = append(r[:k], r[k+1:]...)
		case 1:
			r[k], r[k-1] = r[k-1], r[k]
		case 2:
			r = append(r[:k+1], r[k:]...)
		case 3:
			const row = "йцукенгшщзхъфывапролджэячсмитьбю"
			p := strings.IndexRune(row, r[k])
			if p >= 0 {
				rr := []rune(row)
				r[k] = rr[(p/2+1)%len(rr)]
			}
		}
		words[i] = string(r)
	}
	return strings.Join(words, " ")
}

// TestRobustness spoils messages of authors who never saw the content, or those of the set that SPRAVKA_DEV names, and measures what is lost.
func TestRobustness(t *testing.T) {
	path := os.Getenv("SPRAVKA_DEV")
	if path == "" {
		path = "testdata/blind.jsonl"
	}
	var aside []Case
	for _, x := range casesOf(t, path) {
		if len(x.Topics) == 1 && !slices.ContainsFunc(x.Tags, func(tag string) bool { return tag == "layout" || tag == "translit" || tag == "typo" }) {
			aside = append(aside, x)
		}
	}
	m := contentModel(t)
	clean := 0.0
	for _, x := range []struct {
		how  string
		loss float64
	}{{"clean", 0}, {"typo", 0.03}, {"typos", 0.04}, {"layout", 0.02}, {"translit", 0.03}, {"half glued", 0.03}, {"glued", 0.04}} {
		rng := xorshift(12345)
		var list []Case
		for _, c := range aside {
			if x.how != "clean" {
				c.Text = perturb(c.Text, x.how, &rng)
			}
			list = append(list, c)
		}
		rep := m.Evaluate(list, stopwatch())
		t.Logf("%-12s top1 %.3f top3 %.3f of %d", x.how, rep.Top1, rep.Top3, len(list))
		if x.how == "clean" {
			clean = rep.Top1
		} else if rep.Top1 < clean-x.loss {
			t.Errorf("%s: top1 %.3f, clean %.3f", x.how, rep.Top1, clean)
		}
	}
}
