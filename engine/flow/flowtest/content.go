// Package flowtest gives tests the content that is built into the program, whole or with some of it changed.
package flowtest

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"spravka"
	"spravka/engine/flow"
)

// Shipped is the built-in content as files that a test may add to or change.
func Shipped(t testing.TB) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	for _, dir := range []string{"flows", "locales"} {
		err := fs.WalkDir(spravka.Content, dir, func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := fs.ReadFile(spravka.Content, p)
			out[p] = &fstest.MapFile{Data: data}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// File is a file of the content.
func File(text string) *fstest.MapFile {
	return &fstest.MapFile{Data: []byte(strings.TrimPrefix(text, "\n"))}
}

// Load loads content that has to be sound.
func Load(t testing.TB, files fs.FS) *flow.Content {
	t.Helper()
	c, ps := flow.Load(files)
	for _, p := range ps.Fatal() {
		t.Error(p)
	}
	if t.Failed() {
		t.FailNow()
	}
	return c
}
