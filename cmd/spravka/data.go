package main

import (
	"context"
	"fmt"
	"path/filepath"

	"spravka/adapters/sqlite"
)

type dataCommand struct {
	Backup dataBackup `cmd:"" help:"Write a consistent copy of the database to a new file. The server must be stopped; while it runs, use Litestream beside it."`

	Undecodable dataUndecodable `cmd:"" help:"List the updates of messengers that could not be understood, newest first, or show one. Also while the server runs. They hold personal data."`
}

type dataBackup struct {
	To   string `arg:"" help:"The new file."`
	Data string `help:"Folder of the database." default:"data"`
}

// Run writes the copy.
func (c *dataBackup) Run() error {
	store, err := sqlite.Open(filepath.Join(c.Data, "spravka.db"))
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
