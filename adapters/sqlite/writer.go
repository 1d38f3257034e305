package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"
)

// groupWeight bounds a transaction, and with it how long the others wait: a turn weighs 1.
const groupWeight = 256

// errAgain is returned by a job that has found which part of it can't be stored and wants to run again without it.
var errAgain = errors.New("run again without the part that failed")

// writer owns the one connection that may change the database.
//
// Whoever comes while it is free leads: takes all jobs that wait, runs them in one transaction and tells the others.
// So there is no goroutine to stop and no timer, and the number of fsyncs falls as the load grows.
type writer struct {
	store *Store
	db    *sql.DB
	conn  *sql.Conn
	stmts map[string]*sql.Stmt // only the leader touches them

	mu     sync.Mutex
	busy   bool
	closed bool
	queue  []*job
}

// job is one piece of work. run may be called again after a rollback, so it must not keep anything from a former call.
type job struct {
	weight int
	run    func(*tx) error
	own    func(*sql.Conn) error // instead of run: needs the connection for itself
	err    error
	signal chan bool // true: you lead; false: it is done
}

func newWriter(ctx context.Context, db *sql.DB, s *Store) (*writer, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &writer{store: s, db: db, conn: conn, stmts: map[string]*sql.Stmt{}}, nil
}

// do runs the job in a transaction, alone or with others, and returns once it is durable. An end of ctx is heeded only
// while the job waits: what is being written is not interrupted, so the answer is never in doubt.
func (w *writer) do(ctx context.Context, weight int, run func(*tx) error) error {
	return w.submit(ctx, &job{weight: weight, run: run, signal: make(chan bool, 1)})
}

// exclusive runs f while nobody else writes.
func (w *writer) exclusive(ctx context.Context, f func(*sql.Conn) error) error {
	return w.submit(ctx, &job{weight: groupWeight, own: f, signal: make(chan bool, 1)})
}

func (w *writer) submit(ctx context.Context, j *job) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if lead, err := w.enter(ctx, j); !lead {
		return err
	}
	defer w.leave()
	if w.closed {
		return ErrClosed
	}
	w.runGroup(w.take(j))
	return j.err
}

// enter waits until j leads or is done.
func (w *writer) enter(ctx context.Context, j *job) (lead bool, err error) {
	w.mu.Lock()
	if !w.busy {
		w.busy = true
		w.mu.Unlock()
		return true, nil
	}
	w.queue = append(w.queue, j)
	w.mu.Unlock()

	select {
	case lead = <-j.signal:
		return lead, j.err
	case <-ctx.Done():
	}
	if w.withdraw(j) {
		return false, ctx.Err()
	}
	lead = <-j.signal // too late: it is being written, or has just been called to lead
	return lead, j.err
}

func (w *writer) withdraw(j *job) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := slices.Index(w.queue, j)
	if i < 0 {
		return false
	}
	w.queue = slices.Delete(w.queue, i, i+1)
	return true
}

// leave hands the lead to the one who has waited longest.
func (w *writer) leave() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.queue) == 0 {
		w.busy = false
		return
	}
	next := w.queue[0]
	w.queue = slices.Delete(w.queue, 0, 1)
	next.signal <- true
}

// take returns the leader's job and those behind it that fit into the same transaction.
func (w *writer) take(leader *job) []*job {
	group, weight := []*job{leader}, leader.weight
	if leader.own != nil {
		return group
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for _, j := range w.queue {
		if weight += j.weight; j.own != nil || weight > groupWeight {
			break
		}
		group = append(group, j)
		n++
	}
	w.queue = slices.Delete(w.queue, 0, n)
	return group
}

func (w *writer) runGroup(group []*job) {
	for _, j := range group {
		j.err = errors.New("the transaction was abandoned") // stays only if a job panics
	}
	defer func() {
		for _, j := range group[1:] {
			j.signal <- false
		}
	}()
	if w.store.inMemory {
		w.store.gate.Lock()
		defer w.store.gate.Unlock()
	}
	if own := group[0].own; own != nil {
		group[0].err = own(w.conn)
		return
	}
	if len(group) > 1 && w.transact(group) == nil {
		return
	}
	// Either there is only one, or one of them has spoilt it for all: each gets a transaction of its own.
	for _, j := range group {
		for j.err = w.transact([]*job{j}); errors.Is(j.err, errAgain); j.err = w.transact([]*job{j}) {
		}
	}
}

// transact runs the jobs in one transaction. Unless it returns nil, nothing was written.
func (w *writer) transact(group []*job) (err error) {
	ctx := context.Background() // never interrupted, see do
	t := &tx{w: w}
	if _, err := t.exec("BEGIN IMMEDIATE"); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	committed := false
	defer func() {
		if !committed {
			_, _ = w.conn.ExecContext(ctx, "ROLLBACK") // fails where SQLite has rolled back by itself
		}
	}()
	for _, j := range group {
		if err := j.run(t); err != nil {
			return err
		}
	}
	if _, err := t.exec("COMMIT"); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	committed = true
	for _, j := range group {
		j.err = nil
	}
	return nil
}

// close waits for the write in progress and closes the connection.
func (w *writer) close() error {
	err := w.exclusive(context.Background(), func(*sql.Conn) error {
		w.closed = true // only leaders read it
		var errs []error
		for _, s := range w.stmts {
			errs = append(errs, s.Close())
		}
		return errors.Join(append(errs, w.conn.Close(), w.db.Close())...)
	})
	if errors.Is(err, ErrClosed) {
		return nil
	}
	return err
}

// tx is the transaction that a job runs in.
type tx struct{ w *writer }

// exec runs a statement and returns how many rows it has changed.
func (t *tx) exec(query string, args ...any) (int64, error) {
	stmt, err := t.prepare(query)
	if err != nil {
		return 0, err
	}
	result, err := stmt.ExecContext(context.Background(), args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// row runs a query for one row; sql.ErrNoRows if there is none.
func (t *tx) row(query string, args ...any) rowScanner {
	stmt, err := t.prepare(query)
	if err != nil {
		return failedRow{err}
	}
	return stmt.QueryRowContext(context.Background(), args...)
}

func (t *tx) prepare(query string) (*sql.Stmt, error) {
	if stmt, ok := t.w.stmts[query]; ok {
		return stmt, nil
	}
	stmt, err := t.w.conn.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, err
	}
	t.w.stmts[query] = stmt
	return stmt, nil
}
