// Package locales carries the words of every language within the program; `--content` replaces them.
package locales

import "embed"

// Files are the YAML files of this folder, one sub-folder a language.
//
//go:embed */*.yaml
var Files embed.FS
