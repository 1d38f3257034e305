// Package modelcache keeps trained understanding in a folder of the user's, so that only the first start with new content
// has to train.
package modelcache

import (
	"errors"
	"os"
	"path/filepath"

	"spravka/engine"
	"spravka/engine/flow"
	"spravka/engine/understand"
)

// Load returns the model for the content: the one that was trained on the very same content before, or a new one, which
// takes seconds. A cache that can't be read or written costs that time and nothing else.
func Load(c *flow.Content) *understand.Model {
	corpus := engine.Corpus(c)
	cache, err := os.UserCacheDir()
	if err != nil {
		return understand.Train(corpus, understand.Options{})
	}
	path := filepath.Join(cache, "spravka", "model-"+understand.Key(corpus, understand.Options{}))
	if f, err := os.Open(path); err == nil {
		m, err := understand.Read(f)
		f.Close()
		if err == nil {
			return m
		}
	}
	m := understand.Train(corpus, understand.Options{})
	keep(path, m)
	return m
}

// keep writes the model beside its place and moves it there, so that nobody ever reads half of one.
func keep(path string, m *understand.Model) {
	if os.MkdirAll(filepath.Dir(path), 0o700) != nil {
		return
	}
	f, err := os.CreateTemp(filepath.Dir(path), "new-*")
	if err != nil {
		return
	}
	defer os.Remove(f.Name())
	_, err = m.WriteTo(f)
	if errors.Join(err, f.Close()) == nil {
		_ = os.Rename(f.Name(), path)
	}
}
