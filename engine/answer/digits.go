package answer

import "strconv"

// maxDigits is more than any number read here has; longer ones are only counted.
const maxDigits = 16

// digits is a number as typed, without its separators.
type digits struct {
	n int // how many digits there are; only the first 16 are kept
	d [maxDigits]byte
}

// add appends a group.
func (d *digits) add(s string) {
	for i := 0; i < len(s); i++ {
		if d.n < maxDigits {
			d.d[d.n] = s[i]
		}
		d.n++
	}
}

// at gives the value of the i-th digit.
func (d *digits) at(i int) int { return int(d.d[i] - '0') }

// String gives the digits kept.
func (d *digits) String() string { return string(d.d[:min(d.n, maxDigits)]) }

// zero reports whether all digits are 0, which passes most checksums and is no one's number.
func (d *digits) zero() bool {
	for i := range min(d.n, maxDigits) {
		if d.d[i] != '0' {
			return false
		}
	}
	return true
}

// run is a stretch of digit groups with nothing but separators between them.
type run struct {
	from, to int  // tokens
	glued    bool // a letter sticks to a group or stands inside: 10000000l1
	plus     bool // begins with +: a phone
	mention  Kind // what the words before it speak of
}

// breaks are separators that end a run.
const breaks = sepLine | sepComma | sepQuestion | sepAt | sepPlus | sepColon | sepOther

// loose are separators at which a window inside a run may begin or end.
const loose = sepSpace | sepTight | sepComma | sepLine

// nextRun finds the run that begins at or after token i; from == to means there is none. With bridge, a
// comma, a line break or a word like «номер» between two groups does not end it: «серия 4510, номер 123456».
func (l *line) nextRun(i int, bridge bool) run {
	for i < len(l.toks) && !l.toks[i].num {
		i++
	}
	r := run{from: i, to: i}
	for j := i; j < len(l.toks); j++ {
		t := &l.toks[j]
		if !t.num {
			if t.gap == 0 && j > i && l.toks[j-1].num {
				r.glued = true
			}
			if bridge && bridgeWord(t.low) && j+1 < len(l.toks) && l.toks[j+1].num {
				continue
			}
			if t.gap == 0 && j+1 < len(l.toks) && l.toks[j+1].num && l.toks[j+1].gap == 0 {
				continue // a letter amid digits: one number with a slip in it
			}
			break
		}
		if b := t.gap & breaks; j > i && b != 0 && l.toks[j-1].num && !(bridge && b&^(sepComma|sepLine) == 0) {
			break
		}
		r.to = j + 1
	}
	if r.from == r.to {
		return r
	}
	first := &l.toks[r.from]
	r.plus = first.gap&sepPlus != 0
	if first.gap == 0 && r.from > 0 && !carrier(l.toks[r.from-1].low) {
		r.glued = true
	}
	r.mention = l.mentionBefore(r.from)
	return r
}

// bridgeWord reports whether a word may stand between the two parts of one number.
func bridgeWord(w string) bool {
	return w == "номер" || w == "ном" || w == "н" || w == "n" || w == "no" || w == "number"
}

// mentionBefore tells what the last words before token i speak of. It looks back over at most three words and stops at
// the end of a clause, so that «подавала с телефона, номер 1000000011» speaks of no phone.
func (l *line) mentionBefore(i int) Kind {
	for j, n := i-1, 0; j >= 0 && n < 3; j, n = j-1, n+1 {
		t := &l.toks[j]
		if t.num || l.toks[j+1].gap&(sepComma|sepLine|sepQuestion) != 0 {
			return ""
		}
		if m := mentionOf(t.low); m != "" {
			return m
		}
	}
	return ""
}

// join puts the groups of tokens [from, to) together.
func (l *line) join(from, to int) (d digits) {
	for i := from; i < to; i++ {
		if l.toks[i].num {
			d.add(l.toks[i].low)
		}
	}
	return d
}

// spec says how a kind of number is read.
type spec struct {
	kind    Kind
	bridge  bool
	letters string   // the problem of letters, and of no number at all
	shapes  [][]int  // how groups are usually written, to find the number inside a longer run
	sizes   []int    // lengths in digits that check takes
	check   checkFun // judges a number of one of these lengths
	length  func(got int) Reading
}

// checkFun gives the canonical value, or a problem, or neither when the number is simply not one of the kind.
type checkFun func(d *digits) (value, problem string)

// found is what a search for a kind of number came to.
type found struct {
	value   string // the first good value
	several bool   // there is another one that differs
	problem string // of the first candidate that is not good
	near    int    // digits in the longest run that is no candidate
	glued   bool   // some candidate has letters in it
}

// find looks for the numbers of a kind.
func (s *spec) find(l *line) (f found) {
	for i := 0; i < len(l.toks); {
		r := l.nextRun(i, s.bridge)
		if r.from == r.to {
			break
		}
		i = r.to
		if r.plus || !speaksOf(s.kind, r.mention) {
			continue
		}
		whole := l.join(r.from, r.to)
		if r.glued {
			f.glued = true
			f.near = max(f.near, whole.n)
			continue
		}
		hit := s.takes(whole.n) && f.consider(s, &whole)
		if hit {
			continue
		}
		for a := r.from; a < r.to; a++ {
			if b := s.window(l, r, a); b > a {
				d := l.join(a, b)
				hit = f.consider(s, &d) || hit
				a = b - 1
			}
		}
		if !hit {
			f.near = max(f.near, whole.n)
		}
	}
	return f
}

// consider weighs a number of a length that the check takes; false means that the check has nothing to say about it.
func (f *found) consider(s *spec, d *digits) bool {
	value, problem := s.check(d)
	switch {
	case value == "" && problem == "":
		return false
	case problem != "":
		if f.problem == "" {
			f.problem = problem
		}
	case f.value == "":
		f.value = value
	case f.value != value && !(s.kind == SNILSOrINN && KindOf(value) != KindOf(f.value)):
		// A SNILS and an INN in one message do not contradict each other: the first one is as good.
		f.several = true
	}
	return true
}

// takes reports whether a number of so many digits can be one of the kind.
func (s *spec) takes(n int) bool {
	for _, size := range s.sizes {
		if n == size {
			return true
		}
	}
	return false
}

// window returns the end of a number of the kind that begins at token a inside a longer run, or a. Its borders must be
// loose: «900 000-00-01» is no place to cut.
func (s *spec) window(l *line, r run, a int) int {
	if a > r.from && l.toks[a].gap&^loose != 0 {
		return a
	}
shapes:
	for _, shape := range s.shapes {
		b := a + len(shape)
		if b > r.to {
			continue
		}
		for i, n := range shape {
			if t := &l.toks[a+i]; !t.num || len(t.low) != n {
				continue shapes
			}
		}
		if b == r.to || l.toks[b].gap&^loose == 0 {
			return b
		}
	}
	return a
}

// parse reads a text as a number of the kind.
func (s *spec) parse(l *line) Reading {
	f := s.find(l)
	foreign, asks := l.foreign(), l.question()
	switch {
	case f.several:
		return bad(problemSeveral, fitOf(foreign <= 3 && asks < 2))
	case f.value != "":
		return good(f.value, fitOf(foreign <= 3 && asks < 2))
	case asks > 1 || asks > 0 && foreign > 0:
		return bad(s.letters, None)
	case f.problem != "":
		return bad(f.problem, fitOf(foreign <= 3))
	case f.glued && f.near >= 3:
		return bad(s.letters, fitOf(foreign <= 2))
	case f.near >= 3 && foreign == 0 || f.near >= 5 && foreign <= 3:
		r := s.length(f.near)
		if l.looksLikeDate() {
			r.Fit = Weak
		}
		return r
	case f.near >= 6 || f.near >= 4 && foreign <= 3 || f.near > 0 && foreign == 0:
		r := s.length(f.near)
		r.Fit = Weak
		return r
	}
	return bad(s.letters, None)
}

// fitOf is Strong if sure, else Weak.
func fitOf(sure bool) Fit {
	if sure {
		return Strong
	}
	return Weak
}

// looksLikeDate reports whether the only numbers are written like 12.03.1958: likelier a date than a number cut short.
func (l *line) looksLikeDate() bool {
	n, dots := 0, 0
	for i := range l.toks {
		if t := &l.toks[i]; t.num {
			if n++; n > 1 && t.gap&(sepDot|sepSlash) != 0 {
				dots++
			}
		}
	}
	return n == 3 && dots == 2 && l.digits >= 6 && l.digits <= 8
}

// wrongLength makes the reading for a number of a wrong length.
func wrongLength(problem string, want int) func(int) Reading {
	return func(got int) Reading {
		return bad(problem, Strong, "got", strconv.Itoa(got), "want", strconv.Itoa(want))
	}
}

// specOf returns how a kind is read, or nil if it is no plain number.
func specOf(k Kind) *spec {
	switch k {
	case ApplicationNumber:
		return &applicationSpec
	case SNILS:
		return &snilsSpec
	case INN:
		return &innSpec
	case SNILSOrINN:
		return &eitherSpec
	case Passport:
		return &passportSpec
	case Code:
		return &codeSpec
	}
	return nil
}
