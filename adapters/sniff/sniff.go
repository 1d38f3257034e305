// Package sniff holds the one rule by which every channel takes files from citizens: what a file is, and what it is called.
package sniff

import (
	"bytes"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gabriel-vasile/mimetype"
)

// Kind tells what a file is by its content; what its sender says is not believed. A PDF must begin as one: the
// library is content with the mark anywhere in the first kilobyte, where archives and scripts can hide it. ok is false for whatever is
// no JPEG, PNG or PDF.
func Kind(content []byte) (kind, ext string, ok bool) {
	found := mimetype.Detect(content)
	switch {
	case found.Is("image/jpeg"):
		return "image/jpeg", ".jpg", true
	case found.Is("image/png"), found.Is("image/apng"):
		return "image/png", ".png", true
	case found.Is("application/pdf") && bytes.HasPrefix(bytes.TrimLeft(content[:min(len(content), 16)], "\ufeff\r\n \t"), []byte("%PDF-")):
		return "application/pdf", ".pdf", true
	}
	return "", "", false
}

// maxFileName is how much of a name is kept, in characters, besides its ending.
const maxFileName = 100

// Name makes a name that is safe to show and to save under, with the ending that fits the content.
func Name(name, ext string) string {
	name = strings.ToValidUTF8(name, "")
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune(`<>:"/|?*`, r) {
			return -1
		}
		return r
	}, name)
	name = strings.TrimSpace(name)
	given := path.Ext(name)
	if low := strings.ToLower(given); low == ext || low == ".jpeg" && ext == ".jpg" {
		name, ext = strings.TrimSuffix(name, given), low
	}
	if name = strings.Trim(name, " ."); name == "" {
		name = "file"
	}
	if utf8.RuneCountInString(name) > maxFileName {
		name = string([]rune(name)[:maxFileName])
	}
	return name + ext
}
