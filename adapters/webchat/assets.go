package webchat

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

//go:embed widget/*.js widget/*.css
var widgetFiles embed.FS

//go:embed page/page.css
var pageStyle []byte

//go:embed page/demo.css
var demoStyle []byte

//go:embed page/icon.svg
var iconImage []byte

var (
	scriptAsset = newAsset("text/javascript; charset=utf-8", script())
	pageAsset   = newAsset("text/css; charset=utf-8", pageStyle)
	demoAsset   = newAsset("text/css; charset=utf-8", demoStyle)
	iconAsset   = newAsset("image/svg+xml", iconImage)
)

// parts of the widget's script, in the order in which they need each other.
var parts = []string{"dom.js", "markup.js", "store.js", "link.js", "outbox.js", "files.js", "log.js", "writer.js", "chat.js"}

// comment matches a comment up to the end of a line. The parts have no text with a space before and after two slashes.
var comment = regexp.MustCompile(`(^|\s)// .*$`)

// script puts the widget together. The parts are plain scripts that share one scope; there is no build step, and what
// the browser receives is the source without its comments and indentation.
func script() []byte {
	var out bytes.Buffer
	out.WriteString("// Spravka's chat: <spravka-chat>. Source and licence: see the repository, adapters/webchat/widget.\n(() => {\n'use strict'\n")
	out.WriteString("const WORDS = ")
	var w any
	if err := json.Unmarshal(widgetWords, &w); err != nil {
		panic("web chat: the widget's embedded words are broken: " + err.Error()) // a test reads them
	}
	out.Write(oneLine(w))
	out.WriteString("\nconst STYLE = ")
	out.Write(oneLine(squeeze(read("spravka.css"))))
	out.WriteString("\n")
	for _, part := range parts {
		for line := range strings.Lines(read(part)) {
			if line = comment.ReplaceAllString(strings.TrimSpace(line), ""); line != "" {
				out.WriteString(line + "\n")
			}
		}
	}
	out.WriteString("})()\n")
	return out.Bytes()
}

func read(name string) string {
	data, err := widgetFiles.ReadFile("widget/" + name)
	if err != nil {
		panic("web chat: a part of the widget is missing: " + err.Error()) // the build embeds them all
	}
	return string(data)
}

// oneLine writes a value as JSON, which is JavaScript too, without escaping what HTML would need.
func oneLine(v any) []byte {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(err) // strings and maps of them
	}
	return bytes.TrimSpace(out.Bytes())
}

var (
	remarks = regexp.MustCompile(`(?s)/\*.*?\*/`)
	airs    = regexp.MustCompile(`\s*([{};,])\s*|(:) |\s+`)
)

// squeeze takes comments and needless space out of a style sheet.
func squeeze(css string) string {
	css = remarks.ReplaceAllString(css, "")
	return airs.ReplaceAllStringFunc(css, func(s string) string {
		if s = strings.TrimSpace(s); s == "" {
			return " "
		}
		return s
	})
}

// asset is a file that is the same for everybody, kept compressed.
type asset struct {
	kind, tag     string
	plain, zipped []byte
}

func newAsset(kind string, data []byte) *asset {
	var zipped bytes.Buffer
	z, _ := gzip.NewWriterLevel(&zipped, gzip.BestCompression) // the level is a valid one
	z.Write(data)                                              // a buffer takes everything
	z.Close()
	sum := sha256.Sum256(data)
	return &asset{kind: kind, tag: hex.EncodeToString(sum[:8]), plain: data, zipped: zipped.Bytes()}
}

// ServeHTTP serves the file. An address with ?v= and its hash may be kept for ever, the bare address for five minutes.
func (a *asset) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Access-Control-Allow-Origin", "*") // lets sites check it with an integrity attribute
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Vary", "Accept-Encoding")
	h.Set("ETag", `"`+a.tag+`"`)
	h.Set("Cache-Control", "public, max-age=300")
	if r.URL.Query().Get("v") == a.tag {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	data := a.plain
	if acceptsGzip(r) {
		data = a.zipped
		h.Set("Content-Encoding", "gzip")
		h.Set("ETag", `"`+a.tag+`-gzip"`)
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
}

func acceptsGzip(r *http.Request) bool {
	for coding := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(coding), ";")
		if !strings.EqualFold(strings.TrimSpace(name), "gzip") {
			continue
		}
		q, weighted := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q=")
		weight, err := strconv.ParseFloat(q, 64)
		return !weighted || err == nil && weight > 0
	}
	return false
}
