package understand

import (
	"math"
	"strings"
	"unicode"
)

// trigrams is a letter model of one language: how natural a word looks.
type trigrams struct {
	size  int
	first rune
	log   []float32
}

func newTrigrams(first rune, letters int) *trigrams {
	n := letters + 1
	return &trigrams{size: n, first: first, log: make([]float32, n*n*n)}
}

// code is 0 for anything that is no letter of the language: the border of a word.
func (t *trigrams) code(r rune) int {
	if c := int(r - t.first); c >= 0 && c < t.size-1 {
		return c + 1
	}
	return 0
}

// at is the log probability of c after a and b.
func (t *trigrams) at(a, b, c uint8) float32 {
	return t.log[(int(a)*t.size+int(b))*t.size+int(c)]
}

func (t *trigrams) walk(word string, f func(i int)) {
	a, b := 0, 0
	for _, r := range word {
		c := t.code(r)
		f((a*t.size+b)*t.size + c)
		a, b = b, c
	}
	f((a*t.size + b) * t.size)
}

func (t *trigrams) count(word string, n float32) { t.walk(word, func(i int) { t.log[i] += n }) }

// finish turns counts into logarithms of probabilities, smoothed by the pairs.
func (t *trigrams) finish() {
	n := t.size
	var single float64
	one := make([]float64, n)
	for i, x := range t.log {
		one[i%n] += float64(x)
		single += float64(x)
	}
	for ab := 0; ab < n*n; ab++ {
		row := t.log[ab*n : ab*n+n]
		var sum float64
		for _, x := range row {
			sum += float64(x)
		}
		for c := range row {
			back := (one[c] + 0.5) / (single + 0.5*float64(n))
			row[c] = float32(math.Log((float64(row[c]) + 3*back) / (sum + 3)))
		}
	}
}

// natural is the mean log probability of the letters of a word.
func (t *trigrams) natural(word string) (sum float64, n int) {
	t.walk(word, func(i int) { sum += float64(t.log[i]); n++ })
	return sum, n
}

// englishBase stands in for an English vocabulary, so that English is recognised even when the content has none. englishMarks are the words that
// prove English; words that are also transliterated Russian («to», «on», «no», «my») are not among them.
const englishBase = `about account again all also always and another any app application are ask back bank because been before bill book business
call can cancel card change check close code come could credit date day did different does done email error every expired file find first for
form found from get give going good have hello help here home hours how information into issue just keep know last late letter like line list log lost
made make mail many message money month more most much name need never new next not now number office once online only open order other
over page passport password payment people phone please portal problem question receive register reset right same save say see send service should show sign some
someone something speak still submit such support sure system take tell thank thanks that the their them then there these they thing this those time today
tomorrow transfer travel try under update upload use using very visit wait want was website week weather well went were what when where which while who why will with
without work working would write wrong year yes yesterday you your`

var englishMarks = wordSet(`the is are you your what how can have with for this that it of in was does please why where when want need and me from will would i'm
they there should could about which who don't doesn't can't i've it's`)

func wordSet(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

// reading is a way of reading Latin letters.
type reading int

const (
	readAsIs reading = iota
	readLayout
	readTranslit
)

// scriptGuess decides whether Latin letters are Latin, Russian on the wrong layout, or transliterated Russian.
type scriptGuess struct {
	ru, en *trigrams
	known  func(word string) bool // word, or its stem, is in the vocabulary
}

// The margins, in nats a letter, by which another reading must be more natural: over a whole message, and for a single word among
// Cyrillic ones.
const (
	marginMessage = 0.35
	marginWord    = 1.2
	bonusKnown    = 1.0
)

// repair rewrites a cleaned text if that makes it natural.
func (g *scriptGuess) repair(s string) string {
	cyr, lat := scripts(s)
	if lat == 0 {
		return s
	}
	fields := strings.FieldsFunc(s, func(r rune) bool { return r == ' ' })
	way := readAsIs
	if lat > cyr {
		way = g.message(fields)
		if way == readAsIs && cyr == 0 {
			return s
		}
	}
	changed := false
	for i, f := range fields {
		if !latinField(f) {
			continue
		}
		var to string
		if way != readAsIs {
			to = g.read(f, way)
			if core := trimField(f); len(core) >= 3 && g.known(core) && !g.known(trimField(to)) {
				continue // «sms», «pdf» inside a converted message
			}
		} else if to = g.word(f); to == "" {
			continue
		}
		fields[i], changed = to, true
	}
	if !changed {
		return s
	}
	return strings.Join(fields, " ")
}

// message chooses one reading for all Latin words of a message.
func (g *scriptGuess) message(fields []string) reading {
	var sum [3]float64
	var n [3]int
	marks := 0
	for _, f := range fields {
		if !latinField(f) {
			continue
		}
		if englishMarks[strings.Trim(f, ".,?!:;\"()")] {
			marks++
		}
		for way := readAsIs; way <= readTranslit; way++ {
			s, k := g.score(g.read(f, way), way)
			sum[way] += s
			n[way] += k
		}
	}
	best, margin := readAsIs, marginMessage+1.5*float64(min(marks, 2))
	if n[readAsIs] == 0 {
		return readAsIs
	}
	top := sum[readAsIs]/float64(n[readAsIs]) + margin
	for way := readLayout; way <= readTranslit; way++ {
		if x := sum[way] / float64(max(n[way], 1)); x > top {
			best, top = way, x
		}
	}
	return best
}

// word returns another reading of a single Latin word among Cyrillic ones, or "".
func (g *scriptGuess) word(f string) string {
	if g.known(trimField(f)) || englishMarks[f] || len(trimField(f)) < 3 {
		return ""
	}
	s, n := g.score(f, readAsIs)
	top := s/float64(max(n, 1)) + marginWord
	best := ""
	for way := readLayout; way <= readTranslit; way++ {
		to := g.read(f, way)
		s, n := g.score(to, way)
		x := s / float64(max(n, 1))
		if g.known(trimField(to)) {
			x += marginWord / 2
		}
		if x > top {
			best, top = to, x
		}
	}
	return best
}

// read converts one field. The signs at its end may be letters («vj.» is «мою») or real punctuation: the vocabulary decides.
func (g *scriptGuess) read(f string, way reading) string {
	switch way {
	case readLayout:
		to := swapLayout(f)
		if core := strings.TrimRight(f, ".,;:'\"?!"); core != f && core != "" {
			if short := swapLayout(core); !g.known(trimField(to)) && g.known(trimField(short)) {
				return short + f[len(core):]
			}
		}
		return to
	case readTranslit:
		return fromTranslit(f)
	}
	return f
}

func (g *scriptGuess) score(f string, way reading) (sum float64, n int) {
	t := g.ru
	if way == readAsIs {
		t = g.en
	}
	for _, w := range strings.FieldsFunc(f, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' }) {
		s, k := t.natural(w)
		if g.known(w) {
			s += bonusKnown * float64(k)
		}
		sum += s
		n += k
	}
	if way == readLayout && strings.ContainsAny(f, "[]{};'") {
		sum++ // keys that are letters in Russian only
	}
	return sum, n
}

// latinField reports whether a field is worth reading otherwise: Latin letters, no Cyrillic ones, no address.
func latinField(f string) bool {
	cyr, lat := scripts(f)
	if lat == 0 && cyr == 0 {
		return strings.ContainsAny(f, "[];'`{}") && len(f) == 1
	}
	if cyr > 0 || strings.Contains(f, "://") || strings.Contains(f, "www.") {
		return false
	}
	return mailEnd(f, 0) == 0
}

func trimField(f string) string {
	return strings.TrimFunc(f, func(r rune) bool { return !unicode.IsLetter(r) })
}
