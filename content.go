// Package spravka carries the content that is built into the program.
package spravka

import "embed"

// Content is the built-in content as one folder, as [spravka/engine/flow.Load] reads it: flows/ has the structure of the dialogues, locales/ the
// words of every language. `--content` replaces it.
//
//go:embed flows/*.yaml locales/*/*.yaml
var Content embed.FS
