package console

import (
	"html/template"
	"strings"

	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// The small Markdown of an engine.Message: paragraphs, "- " lists and **bold**. There is no parser for links, images or
// HTML, so these stay the characters they are.
var (
	markdownParser = parser.NewParser(
		parser.WithBlockParsers(
			util.Prioritized(parser.NewListParser(), 300),
			util.Prioritized(parser.NewListItemParser(), 400),
			util.Prioritized(parser.NewParagraphParser(), 1000),
		),
		parser.WithInlineParsers(util.Prioritized(parser.NewEmphasisParser(), 500)),
	)
	markdownRenderer = renderer.NewRenderer(renderer.WithNodeRenderers(
		util.Prioritized(html.NewRenderer(html.WithHardWraps()), 1000),
	))
)

// renderMarkdown makes safe HTML of a message by the bot or an operator, as the citizen sees it.
func renderMarkdown(message string) template.HTML {
	source := []byte(message)
	var out strings.Builder
	if err := markdownRenderer.Render(&out, source, markdownParser.Parse(text.NewReader(source))); err != nil {
		return template.HTML(template.HTMLEscapeString(message))
	}
	return template.HTML(out.String())
}
