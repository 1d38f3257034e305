package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"spravka/adapters/sqlite"
)

// A backup of the wrong folder must not look like one: it would be a copy of a new, empty database.
func TestBackup(t *testing.T) {
	folder := t.TempDir()
	c := dataBackup{dataFolder: dataFolder{folder}, To: filepath.Join(t.TempDir(), "copy.db")}
	if err := c.Run(); err == nil || !strings.Contains(err.Error(), "--data") {
		t.Errorf("without a database: %v", err)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("it made %v, %v", left, err)
	}
	s, err := sqlite.Open(filepath.Join(folder, "spravka.db"))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := c.Run(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(c.To); err != nil {
		t.Error(err)
	}
}
