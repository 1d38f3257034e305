package console

import (
	"html/template"
	"strings"

	"github.com/yuin/goldmark/ast"
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
			util.Prioritized(parser.NewCodeBlockParser(), 500), // or goldmark leaves indented lines out
			util.Prioritized(parser.NewParagraphParser(), 1000),
		),
		parser.WithInlineParsers(util.Prioritized(parser.NewEmphasisParser(), 500)),
	)
	markdownRenderer = renderer.NewRenderer(renderer.WithNodeRenderers(
		util.Prioritized(indented{}, 500),
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

// indented draws what Markdown takes for code as the paragraph that it was meant to be.
type indented struct{}

func (indented) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindCodeBlock, func(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			lines := strings.TrimRight(string(n.Lines().Value(source)), "\n")
			w.WriteString("<p>" + strings.ReplaceAll(template.HTMLEscapeString(lines), "\n", "<br>\n") + "</p>\n")
		}
		return ast.WalkSkipChildren, nil
	})
}
