package main

import (
	"fmt"
	"io/fs"
	"os"

	"spravka"
	"spravka/adapters/modelcache"
	"spravka/engine"
	"spravka/engine/flow"
)

func contentFiles(dir string) fs.FS {
	if dir == "" {
		return spravka.Content
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
