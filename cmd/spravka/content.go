package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"spravka/engine"
	"spravka/engine/flow"
	"spravka/engine/understand"
	"spravka/flows"
	"spravka/locales"
)

// embedded is the content that is built into the program, seen as one folder.
type embedded struct{}

func (embedded) Open(name string) (fs.File, error) {
	switch {
	case name == "flows":
		return flows.Files.Open(".")
	case name == "locales":
		return locales.Files.Open(".")
	case strings.HasPrefix(name, "flows/"):
		return flows.Files.Open(strings.TrimPrefix(name, "flows/"))
	case strings.HasPrefix(name, "locales/"):
		return locales.Files.Open(strings.TrimPrefix(name, "locales/"))
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

func contentFiles(dir string) fs.FS {
	if dir == "" {
		return embedded{}
	}
	return os.DirFS(dir)
}

// loadContent reads and proves the content; broken content is refused with everything that is wrong with it.
func loadContent(dir string) (*flow.Content, error) {
	c, problems := flow.Load(contentFiles(dir))
	if bad := problems.Fatal(); len(bad) > 0 {
		return nil, fmt.Errorf("the content is broken, nothing was started:\n%w", bad)
	}
	return c, nil
}

// loadModel trains understanding on the content, or takes the model that was trained on the very same content before.
func loadModel(c *flow.Content) (*understand.Model, error) {
	corpus := engine.Corpus(c)
	cache, err := os.UserCacheDir()
	if err != nil {
		return understand.Train(corpus, understand.Options{}), nil
	}
	path := filepath.Join(cache, "spravka", "model-"+understand.Key(corpus, understand.Options{}))
	if f, err := os.Open(path); err == nil {
		m, err := understand.Read(f)
		f.Close()
		if err == nil {
			return m, nil
		}
	}
	m := understand.Train(corpus, understand.Options{})
	return m, keepModel(path, m)
}

// keepModel writes the model beside its place and moves it there, so that nobody ever reads half of one. A cache that
// can't be written costs time at the next start and nothing else.
func keepModel(path string, m *understand.Model) error {
	if os.MkdirAll(filepath.Dir(path), 0o700) != nil {
		return nil
	}
	f, err := os.CreateTemp(filepath.Dir(path), "new-*")
	if err != nil {
		return nil
	}
	defer os.Remove(f.Name())
	_, err = m.WriteTo(f)
	if err = errors.Join(err, f.Close()); err != nil {
		return nil
	}
	_ = os.Rename(f.Name(), path)
	return nil
}

// prepareContent makes content ready to be played.
func prepareContent(dir string) (*engine.Content, error) {
	c, err := loadContent(dir)
	if err != nil {
		return nil, err
	}
	m, err := loadModel(c)
	if err != nil {
		return nil, err
	}
	return engine.NewContent(c, m), nil
}
