package console

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"net/http"
	"path"
	"time"
)

//go:embed assets/*
var assetFiles embed.FS

var assetTypes = map[string]string{
	".js":  "text/javascript; charset=utf-8",
	".css": "text/css; charset=utf-8",
	".svg": "image/svg+xml",
}

// assetVersion stands in the address of every asset, so that browsers can keep them for good: a new program has new
// addresses, and modules import each other within one version.
var assetVersion = func() string {
	h := sha256.New()
	files, err := assetFiles.ReadDir("assets")
	if err != nil {
		panic(err)
	}
	for _, f := range files {
		content, err := assetFiles.ReadFile("assets/" + f.Name())
		if err != nil {
			panic(err)
		}
		h.Write([]byte(f.Name()))
		h.Write(content)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}()

func assetURL(name string) string { return Root + "assets/" + assetVersion + "/" + name }

func (c *Console) serveAsset(w http.ResponseWriter, r *http.Request, _ *visit) error {
	name := r.PathValue("name")
	kind, ok := assetTypes[path.Ext(name)]
	if !ok || r.PathValue("version") != assetVersion {
		return problem(http.StatusNotFound, "problem.no_page")
	}
	content, err := assetFiles.ReadFile("assets/" + name)
	if err != nil {
		return problem(http.StatusNotFound, "problem.no_page")
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
	return nil
}

// icon returns a drawing of 16 × 16 units in the colour of the text. It means nothing to a screen reader: words stand
// beside it.
func icon(name string) template.HTML {
	return template.HTML(`<svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">` +
		icons[name] + `</svg>`)
}

var icons = map[string]string{
	"urgent":   `<path d="M8 1.5 15 14H1z" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linejoin="round"/><path d="M8 6v4M8 11.6v.9" stroke="currentColor" stroke-width="1.6"/>`,
	"citizen":  `<circle cx="8" cy="5" r="3" fill="none" stroke="currentColor" stroke-width="1.6"/><path d="M2 14.5c.6-3.4 3-5 6-5s5.4 1.6 6 5" fill="none" stroke="currentColor" stroke-width="1.6"/>`,
	"bot":      `<rect x="2.5" y="5" width="11" height="8.5" rx="2" fill="none" stroke="currentColor" stroke-width="1.6"/><path d="M8 1.5V5M5.7 8.5v1.5M10.3 8.5v1.5" stroke="currentColor" stroke-width="1.6"/>`,
	"operator": `<path d="M2.5 10V8a5.5 5.5 0 0 1 11 0v2M2.5 9h2v4h-2zM11.5 9h2v4h-2zM12.5 13c0 1.5-1.5 2-3.5 2" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round"/>`,
	"system":   `<circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" stroke-width="1.6"/><path d="M8 7.2v4M8 4.4v1.2" stroke="currentColor" stroke-width="1.6"/>`,
	"file":     `<path d="M9 1.5H3.5v13h9V5zM9 1.5V5h3.5" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round"/>`,
	"check":    `<path d="m2.5 8.5 3.6 3.6 7.4-8" fill="none" stroke="currentColor" stroke-width="1.8"/>`,
	"back":     `<path d="M9.5 3 4.5 8l5 5" fill="none" stroke="currentColor" stroke-width="1.8"/>`,
	"note":     `<path d="M3 1.5h10v9l-4 4H3zM13 10.5H9v4" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round"/><path d="M5.5 5h5M5.5 7.8h5" stroke="currentColor" stroke-width="1.4"/>`,
	"keys":     `<rect x="1.5" y="4" width="13" height="8.5" rx="1.5" fill="none" stroke="currentColor" stroke-width="1.5"/><path d="M4 7h1M7.5 7h1M11 7h1M4.5 9.8h7" stroke="currentColor" stroke-width="1.5"/>`,
	"mark":     `<path d="M2 3h12v8H7l-3 3v-3H2z" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linejoin="round"/>`,
}
