package engine_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"spravka/flows"
	"spravka/locales"
)

// shipped is the content that is built into the program, for tests that change some of it.
func shipped(t testing.TB) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	for dir, files := range map[string]fs.FS{"flows": flows.Files, "locales": locales.Files} {
		err := fs.WalkDir(files, ".", func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := fs.ReadFile(files, p)
			out[dir+"/"+p] = &fstest.MapFile{Data: data}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func file(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(strings.TrimPrefix(text, "\n"))} }
