package webchat

import (
	_ "embed"
	"html/template"
	"net/http"
)

//go:embed page/demo.html
var demoSource string

var demoTemplate = template.Must(template.New("demo").Parse(demoSource))

// demo answers GET /chat/demo: a page of some other site that embeds the widget.
func (c *Chat) demo(w http.ResponseWriter, r *http.Request) {
	theme := r.URL.Query().Get("theme")
	if theme != "light" && theme != "dark" {
		theme = "auto"
	}
	scheme := "http"
	if c.secure(r) {
		scheme = "https"
	}
	c.write(w, http.StatusOK, demoTemplate, map[string]string{
		"Locale": c.locale(r), "Theme": theme, "Base": scheme + "://" + r.Host + "/chat/", "Page": scheme + "://" + r.Host + "/chat",
		"Style": demoAsset.tag, "Script": scriptAsset.tag,
	})
}
