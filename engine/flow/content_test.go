package flow_test

import (
	"io/fs"
	"testing"
	"testing/fstest"
	"time"

	_ "spravka/engine" // names the sentences that the engine needs
	"spravka/engine/flow"
	"spravka/flows"
	"spravka/locales"
)

// shipped is the content that is built into the program.
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

func TestShippedContentIsSound(t *testing.T) {
	c, ps := flow.Load(shipped(t))
	ps = append(ps, c.Expired(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC))...)
	for _, p := range ps.Fatal() {
		t.Error(p)
	}
	if len(c.Topics) != 43 {
		t.Errorf("there are %d topics, want 43", len(c.Topics))
	}
}
