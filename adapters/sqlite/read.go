package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"spravka/engine/host"
)

// rowScanner is a row of a result, *sql.Row or *sql.Rows.
type rowScanner interface{ Scan(dest ...any) error }

type failedRow struct{ err error }

func (f failedRow) Scan(...any) error { return f.err }

// one reads a single row, or returns host.ErrNotFound.
func one[T any](ctx context.Context, s *Store, scan func(rowScanner) (T, error), query string, args ...any) (T, error) {
	var none T
	defer s.reading()()
	stmt, err := s.prepare(ctx, query)
	if err != nil {
		return none, err
	}
	v, err := scan(stmt.QueryRowContext(ctx, args...))
	if errors.Is(err, sql.ErrNoRows) {
		return none, host.ErrNotFound
	}
	if err != nil {
		return none, err
	}
	return v, nil
}

// list reads all rows of a query.
func list[T any](ctx context.Context, s *Store, scan func(rowScanner) (T, error), query string, args ...any) ([]T, error) {
	defer s.reading()()
	stmt, err := s.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := stmt.QueryContext(ctx, args...)
	if err != nil {
		return nil, err
	}
	return readAll(rows, scan)
}

// readAll reads the rows to their end and closes them.
func readAll[T any](rows *sql.Rows, scan func(rowScanner) (T, error)) ([]T, error) {
	defer rows.Close()
	var all []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

// prepare keeps a statement of the readers for each query text. The texts are few: none is built from outside input.
func (s *Store) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	if stmt, ok := s.prepared.Load(query); ok {
		return stmt.(*sql.Stmt), nil
	}
	stmt, err := s.readers.PrepareContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	if kept, loaded := s.prepared.LoadOrStore(query, stmt); loaded {
		_ = stmt.Close() // another reader was quicker
		return kept.(*sql.Stmt), nil
	}
	return stmt, nil
}

func scanInt(r rowScanner) (n int64, err error) {
	err = r.Scan(&n)
	return n, err
}
