package channel

import (
	"html"
	"strings"
)

const bullet = "• "

// Plain writes the text without markup: lists with •, and the address of a link in brackets after its label.
func (t Text) Plain() string { return t.write(bullet, plainSpan) }

// HTML writes the text with <b> and <a>, everything else escaped. Lists have •, since chats know no <ul>; a link that
// is not https: reads as in plain text, since chats drop those.
func (t Text) HTML() string { return t.write(bullet, htmlSpan) }

// Visible writes what a reader of the HTML sees. It is also what a channel counts that limits the text after its
// markup has been read.
func (t Text) Visible() string { return t.write(bullet, visibleSpan) }

// Markdown writes the text as content editors do: Parse gives the same text back.
func (t Text) Markdown() string {
	var b strings.Builder
	for i, k := range t {
		separate(&b, i, k)
		for j, line := range k.Lines {
			if j > 0 {
				b.WriteByte('\n')
			}
			b.WriteString(lineMarkdown(line, k.List))
		}
	}
	return b.String()
}

func lineMarkdown(line Line, item bool) string {
	var b strings.Builder
	for _, s := range line {
		switch {
		case s.Bold:
			b.WriteString("**" + s.Text + "**")
		case s.Link != "" && s.Link != s.Text:
			b.WriteString("[" + s.Text + "](" + s.Link + ")")
		default:
			b.WriteString(s.Text)
		}
	}
	rest, dash := strings.CutPrefix(b.String(), "- ")
	switch {
	case item:
		return "- " + b.String()
	case dash:
		return "– " + rest // a line cut before a dash must not become a list
	}
	return b.String()
}

func (t Text) write(bullet string, span func(Span) string) string {
	var b strings.Builder
	for i, k := range t {
		separate(&b, i, k)
		for j, line := range k.Lines {
			if j > 0 {
				b.WriteByte('\n')
			}
			if k.List {
				b.WriteString(bullet)
			}
			for _, s := range line {
				b.WriteString(span(s))
			}
		}
	}
	return b.String()
}

func separate(b *strings.Builder, i int, k Block) {
	if i == 0 {
		return
	}
	b.WriteByte('\n')
	if k.Apart {
		b.WriteByte('\n')
	}
}

func plainSpan(s Span) string {
	if s.Link == "" || s.Link == s.Text || bare(s.Link) == s.Text {
		return s.Text
	}
	return s.Text + " (" + bare(s.Link) + ")"
}

func bare(link string) string {
	for _, scheme := range []string{"tel:", "mailto:"} {
		if rest, ok := strings.CutPrefix(link, scheme); ok {
			return rest
		}
	}
	return link
}

func htmlSpan(s Span) string {
	switch {
	case s.Bold:
		return "<b>" + html.EscapeString(s.Text) + "</b>"
	case linked(s):
		return `<a href="` + html.EscapeString(s.Link) + `">` + html.EscapeString(s.Text) + "</a>"
	}
	return html.EscapeString(plainSpan(s))
}

func visibleSpan(s Span) string {
	if linked(s) {
		return s.Text
	}
	return plainSpan(s)
}

func linked(s Span) bool { return strings.HasPrefix(s.Link, "https://") }
