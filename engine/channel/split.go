package channel

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// least is the shortest limit that a text is split to; anything shorter could not take a list's bullet and a letter.
const least = 16

// ruler measures a text as the channel does.
type ruler struct {
	unit Unit
	show func(Span) string
}

func (a Abilities) ruler() ruler {
	if a.Markup == HTML {
		return ruler{a.Unit, visibleSpan}
	}
	return ruler{a.Unit, plainSpan}
}

func (r ruler) line(l Line) int {
	n := 0
	for _, s := range l {
		n += r.unit.Len(r.show(s))
	}
	return n
}

func (r ruler) block(k Block) int {
	n := len(k.Lines) - 1
	for _, l := range k.Lines {
		n += r.line(l)
		if k.List {
			n += r.unit.Len(bullet)
		}
	}
	return n
}

// Split divides the text into parts that are at most MaxText long as the channel shows them: between paragraphs where
// that is possible, otherwise between lines, sentences, words, letters. Nothing but white space is lost.
func (t Text) Split(a Abilities) []Text {
	if a.MaxText <= 0 {
		return []Text{t}
	}
	s := splitter{ruler: a.ruler(), limit: max(a.MaxText, least)}
	for _, k := range t {
		s.add(k)
	}
	return s.done()
}

type splitter struct {
	ruler
	limit int
	parts []Text
	part  Text
	size  int
}

func (s *splitter) done() []Text {
	s.flush()
	return s.parts
}

func (s *splitter) flush() {
	if len(s.part) > 0 {
		s.parts = append(s.parts, s.part)
	}
	s.part, s.size = nil, 0
}

// gap is what stands between the part and a block that follows in it.
func (s *splitter) gap(k Block) int {
	switch {
	case len(s.part) == 0:
		return 0
	case k.Apart:
		return 2
	}
	return 1
}

func (s *splitter) put(k Block) {
	s.size += s.gap(k) + s.block(k)
	s.part = append(s.part, k)
}

// add puts a block where it fits whole: into this part or into the next one. A block longer than a part is divided.
func (s *splitter) add(k Block) {
	switch size := s.block(k); {
	case s.size+s.gap(k)+size <= s.limit:
		s.put(k)
	case size <= s.limit:
		s.flush()
		s.put(k)
	default:
		for i, l := range k.Lines {
			s.addLine(Block{List: k.List, Apart: k.Apart && i == 0, Lines: []Line{l}}, i > 0)
		}
	}
}

// addLine puts a block of one line; it belongs to the block before if it follows it directly.
func (s *splitter) addLine(k Block, follows bool) {
	size := s.block(k)
	switch {
	case follows && len(s.part) > 0 && s.size+1+size <= s.limit:
		last := &s.part[len(s.part)-1]
		last.Lines = append(last.Lines, k.Lines[0])
		s.size += 1 + size
	case s.size+s.gap(k)+size <= s.limit:
		s.put(k)
	case size <= s.limit:
		s.flush()
		s.put(k)
	default:
		s.divide(k)
	}
}

// divide cuts a line that is longer than a part. What remains of a list's item goes on as a paragraph.
func (s *splitter) divide(k Block) {
	rest := k.Lines[0]
	for len(rest) > 0 {
		room := s.limit - s.size - s.gap(k)
		if k.List {
			room -= s.unit.Len(bullet)
		}
		if s.line(rest) <= room {
			s.put(Block{List: k.List, Apart: k.Apart, Lines: []Line{rest}})
			return
		}
		if len(s.part) > 0 && room < s.limit/4 {
			s.flush() // what little would fit is not worth tearing the line for
			continue
		}
		head, tail := s.cut(rest, room)
		if len(head) > 0 {
			s.put(Block{List: k.List, Apart: k.Apart, Lines: []Line{head}})
			k.List = false
		}
		s.flush()
		rest = tail
	}
}

// point is a place where a line can be cut: before byte at of the text of span number span.
type point struct{ span, at int }

// cut divides a line so that the head is at most room long. It prefers the last end of a sentence in the second half
// of the room, then the last gap between words, then any place between two letters as readers see them.
func (s *splitter) cut(l Line, room int) (head, tail Line) {
	if u := s.unit.Len(s.show(l[0])); u > room && s.show(l[0]) != l[0].Text {
		l = append(Line{{Text: s.show(l[0])}}, l[1:]...) // an address longer than a message can only be cut as text
	}
	var sentence, word, letter point
	size, sentenceAt := 0, 0
	ended := false // the last letter ended a sentence
	var before rune
scan:
	for i, p := range l {
		if shown := s.show(p); shown != p.Text { // a link with its address stays whole
			if size+s.unit.Len(shown) > room {
				break scan
			}
			size += s.unit.Len(shown)
			before, ended = ')', false
			letter = point{i + 1, 0}
			continue
		}
		for at, r := range p.Text {
			if unicode.IsSpace(r) && (i > 0 || at > 0) {
				word = point{i, at}
				if ended && size > 0 {
					sentence, sentenceAt = word, size
				}
			} else if (i > 0 || at > 0) && !joins(before, r) {
				letter = point{i, at}
			}
			if size += s.unit.of(r); size > room {
				break scan
			}
			ended = closes(r, ended)
			before = r
		}
	}
	best := letter
	switch {
	case sentence != (point{}) && sentenceAt*2 >= room:
		best = sentence
	case word != (point{}):
		best = word
	}
	if best == (point{}) {
		best = s.anywhere(l, room)
	}
	return divide(l, best)
}

// anywhere finds a place even inside of what readers see as one letter.
func (s *splitter) anywhere(l Line, room int) point {
	size := 0
	for at, r := range l[0].Text {
		if size += s.unit.of(r); size > room && at > 0 {
			return point{0, at}
		}
	}
	return point{1, 0}
}

func closes(r rune, ended bool) bool {
	switch r {
	case '.', '!', '?', '…':
		return true
	case '»', '"', '”', ')', '’', '\'':
		return ended
	}
	return false
}

// joins reports whether two code points are parts of one letter or emoji as readers see it.
func joins(before, r rune) bool {
	const zwj = '\u200d'
	regional := func(r rune) bool { return r >= 0x1F1E6 && r <= 0x1F1FF }
	return before == zwj || r == zwj || unicode.Is(unicode.M, r) || r >= 0x1F3FB && r <= 0x1F3FF ||
		regional(before) && regional(r) || r >= 0xE0020 && r <= 0xE007F
}

func divide(l Line, p point) (head, tail Line) {
	for i, s := range l {
		switch {
		case i < p.span:
			head = append(head, s)
		case i > p.span:
			tail = append(tail, s)
		default:
			a, b := s, s
			a.Text, b.Text = s.Text[:p.at], s.Text[p.at:]
			if s.Link == s.Text && p.at > 0 {
				a.Link, b.Link = "", "" // half an address leads nowhere
			}
			if a.Text != "" {
				head = append(head, a)
			}
			if b.Text != "" {
				tail = append(tail, b)
			}
		}
	}
	return trimRight(head), trimLeft(tail)
}

func trimRight(l Line) Line {
	for len(l) > 0 {
		last := &l[len(l)-1]
		if shown := strings.TrimRightFunc(last.Text, unicode.IsSpace); shown != "" {
			last.Text = shown
			return l
		}
		l = l[:len(l)-1]
	}
	return nil
}

func trimLeft(l Line) Line {
	for len(l) > 0 {
		if shown := strings.TrimLeftFunc(l[0].Text, unicode.IsSpace); shown != "" {
			l[0].Text = shown
			return l
		}
		l = l[1:]
	}
	return nil
}

// shorten cuts a text to a length, an ellipsis included.
func (u Unit) shorten(s string, limit int) string {
	if limit <= 0 || u.Len(s) <= limit {
		return s
	}
	size, end := 1, 0 // 1 is the ellipsis
	var before rune
	for at, r := range s {
		if !joins(before, r) {
			end = at
		}
		if size += u.of(r); size > limit {
			break
		}
		before = r
	}
	if end == 0 { // one letter of many code points
		size = 1
		for at, r := range s {
			if size += u.of(r); size > limit {
				break
			}
			end = at + utf8.RuneLen(r)
		}
	}
	return strings.TrimRightFunc(s[:end], unicode.IsSpace) + "…"
}

// atWord cuts a text to a length like shorten, but between two words where that leaves at least half of it.
func (u Unit) atWord(s string, limit int) string {
	short := u.shorten(s, limit)
	cut, was := strings.CutSuffix(short, "…")
	if !was || short == s || strings.HasPrefix(s[len(cut):], " ") {
		return short
	}
	if at := strings.LastIndexByte(cut, ' '); at > 0 && u.Len(cut[:at])*2 >= limit {
		return strings.TrimRight(cut[:at], " ,;:–—-") + "…"
	}
	return short
}
