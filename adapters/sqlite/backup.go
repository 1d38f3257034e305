package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// Backup writes a consistent, compact copy of the database to a new file while the store is in use. The copy is a
// database like any other: [Open] opens it. Backup refuses to overwrite, and what bears the name is whole: an
// interrupted backup leaves an empty file, or a part under the name with ".part" behind it.
func (s *Store) Backup(ctx context.Context, path string) (err error) {
	defer func() { err = wrap("backup to "+path, err) }()
	// Whoever creates the name owns it; a rename alone would overwrite.
	reserved, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return errors.New("the file exists; choose another name")
	}
	if err != nil {
		return err
	}
	part := path + ".part"
	defer func() {
		if err != nil {
			err = errors.Join(err, removeIfThere(part), removeIfThere(path))
		}
	}()
	if err := reserved.Close(); err != nil {
		return err
	}
	if err := s.copyTo(ctx, part); err != nil {
		return err
	}
	if err := os.Rename(part, path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// copyTo writes the copy and makes it durable.
func (s *Store) copyTo(ctx context.Context, path string) error {
	// VACUUM INTO writes into an empty file that exists: so the copy, too, is readable by nobody else.
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is left of an interrupted backup; remove it", path)
	}
	if err != nil {
		return err
	}
	defer file.Close()
	if err := s.vacuumInto(ctx, path); err != nil {
		return err
	}
	return file.Sync()
}

// vacuumInto runs on a connection of its own: the readers may not write, not even into another file, and the writer
// must not wait for it.
func (s *Store) vacuumInto(ctx context.Context, path string) error {
	defer s.reading()()
	db, err := sql.Open("sqlite", s.address+"_txlock=deferred&_pragma=busy_timeout(10000)&_defensive=1")
	if err != nil {
		return err
	}
	defer db.Close()
	target, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	if s.inMemory {
		// Unless told otherwise, SQLite opens the copy where the original is: in memory.
		target = fileURI(target) + "vfs=" + diskVFS()
	}
	_, err = db.ExecContext(ctx, "VACUUM INTO $1", target)
	return err
}

func diskVFS() string {
	if runtime.GOOS == "windows" {
		return "win32"
	}
	return "unix"
}

func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// syncFolder makes a rename durable. Windows can't open a folder for that, and needs no such call.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	defer folder.Close()
	if err := folder.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, fs.ErrPermission) {
		return err
	}
	return nil
}
