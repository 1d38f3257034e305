package channel

import (
	"regexp"
	"strings"
)

// Text is marked up text: the small Markdown of the content, taken apart once.
type Text []Block

// Block is a paragraph or a list.
type Block struct {
	List  bool
	Apart bool // an empty line stands before it
	Lines []Line
}

// Line is a line of a paragraph or an item of a list.
type Line []Span

// Span is a piece of a line.
type Span struct {
	Text string
	Bold bool
	Link string // https:, tel: or mailto: address; "" where the span is no link
}

// inline finds bold text, links and bare addresses. It is the expression of the web chat (adapters/webchat/markup.go),
// so that a text is marked up alike everywhere.
var inline = regexp.MustCompile(`\*\*([^*\n]+)\*\*|\[([^\[\]\n]+)\]\(((?:https://|tel:|mailto:)[^\s()]+)\)|(https://[^\s<>"()\[\]*]*[^\s<>"()\[\]*.,;:!?])`)

// Parse takes a text apart: paragraphs, "- " lists, **bold**, [links](https://…) and bare addresses. All else is text.
// Bytes that are no UTF-8 are dropped, and so are control characters other than the end of a line and the tab.
func Parse(markdown string) Text {
	var out Text
	open, apart := false, false
	for line := range strings.SplitSeq(clean(markdown), "\n") {
		if strings.TrimSpace(line) == "" {
			open, apart = false, len(out) > 0
			continue
		}
		item, list := strings.CutPrefix(line, "- ")
		if !open || out[len(out)-1].List != list {
			out = append(out, Block{List: list, Apart: apart})
		}
		last := &out[len(out)-1]
		last.Lines = append(last.Lines, spans(item))
		open, apart = true, false
	}
	return out
}

func clean(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r' || r == '\v' || r == '\f':
			return '\n'
		case r < ' ' && r != '\n' && r != '\t' || r == 0x7f:
			return -1
		}
		return r
	}, s)
}

func spans(line string) Line {
	var out Line
	from := 0
	for _, m := range inline.FindAllStringSubmatchIndex(line, -1) {
		if m[0] > from {
			out = append(out, Span{Text: line[from:m[0]]})
		}
		switch {
		case m[2] >= 0:
			out = append(out, Span{Text: line[m[2]:m[3]], Bold: true})
		case m[4] >= 0:
			out = append(out, Span{Text: line[m[4]:m[5]], Link: line[m[6]:m[7]]})
		default:
			out = append(out, Span{Text: line[m[8]:m[9]], Link: line[m[8]:m[9]]})
		}
		from = m[1]
	}
	if from < len(line) {
		out = append(out, Span{Text: line[from:]})
	}
	return out
}
