package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	driver "modernc.org/sqlite"
)

const (
	readerConns = 4
	oldest      = "3.51.3" // earlier versions can corrupt the WAL when it is reset while another connection writes
)

// memories numbers the memory databases of the process, so that each is private.
var memories atomic.Int64

// lockKind makes SQLite's locks belong to its own descriptor, before the first file is opened: otherwise any code of
// the process that opens and closes the database file (a backup tool, a checksum) drops them. Where the platform has
// no such locks the default remains, and the lock file still keeps other processes out.
var lockKind = sync.OnceFunc(func() { _, _ = driver.OFDLocking(true) })

func (s *Store) open(ctx context.Context) error {
	if s.inMemory {
		s.address = fmt.Sprintf("file:/spravka-%d?vfs=memdb&", memories.Add(1))
	} else if err := s.claim(); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", s.address+s.writerSettings())
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	if err := s.prepareDatabase(ctx, db); err != nil {
		return errors.Join(err, db.Close())
	}
	if s.writer, err = newWriter(ctx, db, s); err != nil {
		return errors.Join(err, db.Close())
	}
	if s.readers, err = sql.Open("sqlite", s.address+readerSettings); err != nil {
		return err
	}
	s.readers.SetMaxOpenConns(readerConns)
	s.readers.SetMaxIdleConns(readerConns)
	return nil
}

// Look opens an existing database for reading, also while another process writes to it: for commands that an administrator
// runs beside the server. Every method that writes fails. The schema must be that of this program.
func Look(path string) (*Store, error) {
	lockKind()
	full, err := filepath.Abs(path)
	if err == nil {
		_, err = os.Stat(full)
	}
	if err != nil {
		return nil, fmt.Errorf("look into database %s: %w", path, err)
	}
	s := &Store{name: path, address: fileURI(full), writer: &writer{closed: true}, closeFile: func() error { return nil }}
	if s.readers, err = sql.Open("sqlite", s.address+readerSettings); err != nil {
		return nil, fmt.Errorf("look into database %s: %w", path, err)
	}
	return s, nil
}

// claim takes the lock file and sees that the database file exists, readable by nobody else.
func (s *Store) claim() error {
	lockKind()
	path, err := filepath.Abs(s.name)
	if err != nil {
		return err
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real // the lock must be the same under each name of the file
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if folder := filepath.Dir(path); !isFolder(folder) {
		return fmt.Errorf("the folder %s does not exist; create it or choose another path", folder)
	}
	if s.lock, err = takeLock(path + ".lock"); err != nil {
		return err
	}
	s.closeFile = s.lock.Close // the lock ends with its descriptor
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	s.address = fileURI(path)
	return nil
}

// fileURI names a file by its absolute path in SQLite's way, ending where settings follow.
func fileURI(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/… on Windows
	}
	return "file://" + (&url.URL{Path: path}).EscapedPath() + "?"
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

const readerSettings = "_txlock=deferred&_pragma=busy_timeout(10000)&_pragma=cache_size(-16384)&_pragma=temp_store(2)" +
	"&_defensive=1&_dqs=0&_query_only=1"

func (s *Store) writerSettings() string {
	settings := "_txlock=immediate&_defensive=1&_dqs=0&_pragma=busy_timeout(10000)&_pragma=foreign_keys(1)" +
		"&_pragma=temp_store(2)&_pragma=cache_size(-65536)&_pragma=secure_delete(FAST)"
	if s.inMemory {
		return settings + "&_pragma=journal_mode(MEMORY)"
	}
	return settings + "&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=wal_autocheckpoint(1000)"
}

// prepareDatabase proves that SQLite is what we rely on, and brings the schema up to date.
func (s *Store) prepareDatabase(ctx context.Context, db *sql.DB) error {
	var version, journal string
	if err := db.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&version); err != nil {
		return err
	}
	if !atLeast(version, oldest) {
		return fmt.Errorf("SQLite %s can corrupt a database under load; build with %s or newer", version, oldest)
	}
	if err := db.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&journal); err != nil {
		return err
	}
	if !s.inMemory && journal != "wal" {
		return fmt.Errorf("the file system does not support WAL (journal mode is %q); put the file on a local disk", journal)
	}
	return migrate(ctx, db)
}

// atLeast compares versions of the form 3.51.3.
func atLeast(version, least string) bool {
	have, want := strings.Split(version, "."), strings.Split(least, ".")
	for i, w := range want {
		if i >= len(have) {
			return false
		}
		h, err := strconv.Atoi(have[i])
		if err != nil {
			return false
		}
		if n, _ := strconv.Atoi(w); h != n {
			return h > n
		}
	}
	return true
}

// millis and moment convert times to what is stored: unix milliseconds, 0 for the zero time.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
