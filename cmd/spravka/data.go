package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"spravka/adapters/sqlite"
)

type dataCommand struct {
	Backup dataBackup `cmd:"" help:"Write a consistent copy of the database to a new file. The server must be stopped; while it runs, use Litestream beside it."`

	Undecodable dataUndecodable `cmd:"" help:"List the updates of messengers that could not be understood, newest first, or show one. Also while the server runs. They hold personal data."`
}

// dataFolder is where the database is that a command works on.
type dataFolder struct {
	Data string `help:"Folder of the database." default:"data"`
}

// database is the path of the database. It is an error if there is none: the folder is probably another one.
func (f dataFolder) database() (string, error) {
	path := filepath.Join(f.Data, "spravka.db")
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("there is no database at %s; name its folder with --data", path)
	}
	return path, nil
}

type dataBackup struct {
	To string `arg:"" help:"The new file."`
	dataFolder
}

// Run writes the copy.
func (c *dataBackup) Run() error {
	path, err := c.database()
	if err != nil {
		return err
	}
	store, err := sqlite.Open(path)
	if err != nil {
		return err
	}
	defer store.Close()
	if err := store.Backup(context.Background(), c.To); err != nil {
		return err
	}
	fmt.Println("written:", c.To)
	return nil
}
