package main

import (
	"fmt"
	"io/fs"
	"os"
	"strings"

	"spravka/adapters/modelcache"
	"spravka/engine"
	"spravka/engine/flow"
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

// prepareContent makes content ready to be played.
func prepareContent(dir string) (*engine.Content, error) {
	c, err := loadContent(dir)
	if err != nil {
		return nil, err
	}
	return engine.NewContent(c, modelcache.Load(c)), nil
}
