// Package sqlite keeps conversations, tickets, files and accounts in one SQLite file, or in memory.
//
// One connection writes; everything that waits to be written goes into one transaction, made durable by one fsync
// (see writer). A small pool of read-only connections reads beside it. What was measured and why it is built this way
// is in research/storage.md.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"sync"

	"spravka/engine/host"
)

var (
	_ host.Store    = (*Store)(nil)
	_ host.Files    = (*Store)(nil)
	_ host.Accounts = (*Store)(nil)
	_ host.Audit    = (*Store)(nil)
)

// ErrClosed is what a closed store answers.
var ErrClosed = errors.New("the store is closed")

// Store implements [host.Store], [host.Files], [host.Accounts] and [host.Audit]. It is safe for concurrent use.
type Store struct {
	name    string // the file, or ":memory:"
	address string // of the database as a URI that ends where settings follow
	writer  *writer
	readers *sql.DB
	lock    *os.File // nil in memory

	// A memory database has no WAL: a reader would make the writer's COMMIT fail with BUSY, and the other way round. So
	// there, and only there, reading and writing take turns.
	gate     sync.RWMutex
	inMemory bool

	prepared sync.Map // text of a query → *sql.Stmt of the readers

	closing   sync.Once
	closeErr  error
	closeFile func() error
}

// Open opens the database file and makes it if there is none; its folder must exist. The path ":memory:" gives a
// private database that lives until Close.
//
// The file belongs to one process at a time: Open fails if another one, or another Store of this one, has it open.
func Open(path string) (*Store, error) {
	s := &Store{name: path, inMemory: path == ":memory:", closeFile: func() error { return nil }}
	if err := s.open(context.Background()); err != nil {
		err = errors.Join(err, s.Close())
		return nil, fmt.Errorf("open database %s: %w", path, err)
	}
	return s, nil
}

// Close waits for the write in progress, refuses those that wait, and closes the database. A second call does nothing.
func (s *Store) Close() error {
	s.closing.Do(func() {
		var errs []error
		if s.readers != nil {
			errs = append(errs, s.readers.Close())
		}
		if s.writer != nil && s.writer.db != nil { // see Look
			errs = append(errs, s.writer.close()) // the last connection: SQLite empties the WAL into the file
		}
		s.closeErr = errors.Join(append(errs, s.closeFile())...)
	})
	return s.closeErr
}

// Read gives f a pool of read-only connections, for tables that belong to another package. f must not call methods of
// the store, and must not hold a query open for long: the WAL grows while a read lasts.
func (s *Store) Read(ctx context.Context, f func(*sql.DB) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	defer s.reading()()
	return f(s.readers)
}

// Write runs f in a transaction of its own, in line with the turns, and commits it if f returns nil. f must not call
// methods of the store or end the transaction, and must be quick: all writers wait for it.
func (s *Store) Write(ctx context.Context, f func(*sql.Tx) error) error {
	return s.writer.exclusive(ctx, func(conn *sql.Conn) error {
		// Not ctx: the transaction must not be rolled back behind f's back. f's own statements may be cancelled.
		tx, err := conn.BeginTx(context.WithoutCancel(ctx), nil)
		if err != nil {
			return err
		}
		defer tx.Rollback() // after a commit this does nothing
		if err := f(tx); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		return tx.Commit()
	})
}

// reading marks the beginning of a read and returns what marks its end.
func (s *Store) reading() func() {
	if !s.inMemory {
		return func() {}
	}
	s.gate.RLock()
	return s.gate.RUnlock
}
