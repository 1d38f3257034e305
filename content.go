// Package spravka carries the content that is built into the program.
package spravka

import (
	"io/fs"
	"strings"

	"spravka/flows"
	"spravka/locales"
)

// Content is the built-in content seen as one folder, as [spravka/engine/flow.Load] reads it; `--content` replaces it.
var Content fs.FS = folder{"flows": flows.Files, "locales": locales.Files}

// folder is made of file systems, each under a name of its own. It can't be listed itself; all below it can.
type folder map[string]fs.FS

// Open implements [fs.FS].
func (f folder) Open(name string) (fs.File, error) {
	first, rest, deeper := strings.Cut(name, "/")
	below, ok := f[first]
	switch {
	case !ok || !fs.ValidPath(name):
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	case !deeper:
		rest = "."
	}
	return below.Open(rest)
}
