package webchat

import (
	"html/template"
	"regexp"
	"strings"
)

// block is a paragraph or a list of a message.
type block struct {
	List  bool
	Lines [][]span // of the paragraph, or the items of the list
}

// span is a piece of a line.
type span struct {
	Text string
	Bold bool
	Href template.URL // checked: https, tel or mailto; empty where the span is no link
}

// inline finds bold text, links and bare addresses. The widget has the same expression (widget/markup.js), and a test
// holds the two together.
var inline = regexp.MustCompile(`\*\*([^*\n]+)\*\*|\[([^\[\]\n]+)\]\(((?:https://|tel:|mailto:)[^\s()]+)\)|(https://[^\s<>"«»()\[\]*]*[^\s<>"«»()\[\]*.,;:!?])`)

// blocks reads the small Markdown of messages: paragraphs, "- " lists, **bold**, links. All else is text.
func blocks(text string) []block {
	var out []block
	open := false // whether the next line may join the last block
	for line := range strings.SplitSeq(text, "\n") {
		item, list := strings.CutPrefix(line, "- ")
		switch {
		case strings.TrimSpace(line) == "":
			open = false
			continue
		case !open || out[len(out)-1].List != list:
			out = append(out, block{List: list})
		}
		last := &out[len(out)-1]
		last.Lines = append(last.Lines, spans(item))
		open = true
	}
	return out
}

func spans(line string) []span {
	var out []span
	from := 0
	for _, m := range inline.FindAllStringSubmatchIndex(line, -1) {
		if m[0] > from {
			out = append(out, span{Text: line[from:m[0]]})
		}
		switch {
		case m[2] >= 0:
			out = append(out, span{Text: line[m[2]:m[3]], Bold: true})
		case m[4] >= 0:
			out = append(out, span{Text: line[m[4]:m[5]], Href: template.URL(line[m[6]:m[7]])})
		default:
			out = append(out, span{Text: line[m[8]:m[9]], Href: template.URL(line[m[8]:m[9]])})
		}
		from = m[1]
	}
	if from < len(line) {
		out = append(out, span{Text: line[from:]})
	}
	return out
}

// plain takes the markup off.
func plain(text string) string {
	return inline.ReplaceAllStringFunc(text, func(s string) string {
		m := inline.FindStringSubmatch(s)
		switch {
		case m[1] != "":
			return m[1]
		case m[2] != "" && m[2] == strings.TrimPrefix(m[3], "tel:"):
			return m[2]
		case m[2] != "":
			return m[2] + " (" + m[3] + ")"
		}
		return m[4]
	})
}
