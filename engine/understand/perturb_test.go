package understand

import (
	"fmt"
	"os"
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

func TestPerturbLab(t *testing.T) {
	if os.Getenv("PERTURB") == "" {
		t.Skip()
	}
	g, _ := os.Open("/work/shared/eval/dev.jsonl")
	dev, _ := ReadCases(g)
	var pool []Case
	for _, c := range dev {
		if len(c.Topics) == 1 && c.Tags[0] != "layout" && c.Tags[0] != "translit" && c.Tags[0] != "typo" {
			pool = append(pool, c)
		}
	}
	m := Train(contentCorpus(t), Options{})
	for _, how := range []string{"clean", "yo", "typo", "typos", "layout", "translit", "half glued", "glued"} {
		rng := xorshift(12345)
		var list []Case
		for _, c := range pool {
			x := c
			if how != "clean" {
				x.Text = perturb(c.Text, how, &rng)
			}
			list = append(list, x)
		}
		rep := m.Evaluate(list, stopwatch())
		fmt.Printf("%-12s top1 %.3f top3 %.3f answered %.3f wrong %.3f resolved %.3f p50 %.0f p99 %.0f\n", how, rep.Top1, rep.Top3, rep.Answered, rep.WrongShare, rep.Resolved, rep.P50us, rep.P99us)
		if os.Getenv("PERTURB") == how {
			for _, x := range list {
				if f := m.Forced(x.Text); f[0].Topic != x.Topics[0] {
					fmt.Println(x.Text, "=>", m.Understand(Query{Text: x.Text}).Normal)
				}
			}
		}
	}
}
