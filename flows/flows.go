// Package flows carries the structure of the dialogues within the program; `--content` replaces it.
package flows

import "embed"

// Files are the YAML files of this folder.
//
//go:embed *.yaml
var Files embed.FS
