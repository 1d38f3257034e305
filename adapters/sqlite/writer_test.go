package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"spravka/engine"
	"spravka/engine/host"
)

// both runs a test on a file and in memory.
func both(t *testing.T, test func(*testing.T, *Store)) {
	t.Run("file", func(t *testing.T) { test(t, openAt(t, filepath.Join(t.TempDir(), "spravka.db"))) })
	t.Run("memory", func(t *testing.T) { test(t, openAt(t, ":memory:")) })
}

// bothInBubble does so under synctest, which knows when everybody waits for somebody else.
func bothInBubble(t *testing.T, test func(*testing.T, *Store)) {
	path := filepath.Join(t.TempDir(), "spravka.db")
	for name, path := range map[string]string{"file": path, "memory": ":memory:"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { test(t, openAt(t, path)) })
		})
	}
}

// crowd is a number of jobs that come while the writer is busy.
type crowd struct {
	t    *testing.T
	s    *Store
	wait sync.WaitGroup
	held chan struct{}
	size int

	mu    sync.Mutex
	inTx  []*tx // in which transaction each job ran, in the order of running
	order []string
}

func newCrowd(t *testing.T, s *Store) *crowd {
	c := &crowd{t: t, s: s, held: make(chan struct{})}
	busy := make(chan struct{})
	c.wait.Go(func() {
		err := s.writer.exclusive(context.Background(), func(*sql.Conn) error {
			close(busy)
			<-c.held
			return nil
		})
		if err != nil {
			t.Errorf("holding the writer: %v", err)
		}
	})
	<-busy
	return c
}

// join lets someone come who calls the store, and waits until they stand in line.
func (c *crowd) join(call func() error, want error) {
	c.wait.Go(func() {
		if err := call(); !errors.Is(err, want) {
			c.t.Errorf("answer %v, want %v", err, want)
		}
	})
	c.size++
	c.queued(c.size)
}

func (c *crowd) queued(n int) {
	c.t.Helper()
	synctest.Wait()
	c.s.writer.mu.Lock()
	defer c.s.writer.mu.Unlock()
	if waiting := len(c.s.writer.queue); waiting != n {
		c.t.Fatalf("%d jobs wait, want %d", waiting, n)
	}
}

// job returns a call of the given weight that notes when and where it ran, and ends with the given error.
func (c *crowd) job(name string, weight int, err error) func() error {
	return func() error {
		return c.s.writer.do(context.Background(), weight, func(t *tx) error {
			c.note(name, t)
			return err
		})
	}
}

func (c *crowd) note(name string, t *tx) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.order, c.inTx = append(c.order, name), append(c.inTx, t)
}

// release frees the writer and waits until everybody has an answer.
func (c *crowd) release() {
	close(c.held)
	c.wait.Wait()
}

func (c *crowd) ran(want string) {
	c.t.Helper()
	var got strings.Builder
	for i, name := range c.order {
		if i > 0 && c.inTx[i] != c.inTx[i-1] {
			got.WriteString("| ")
		}
		got.WriteString(name + " ")
	}
	if strings.TrimSpace(got.String()) != want {
		c.t.Errorf("ran %q, want %q", strings.TrimSpace(got.String()), want)
	}
}

func TestWhoWaitsIsWrittenTogether(t *testing.T) {
	bothInBubble(t, func(t *testing.T, s *Store) {
		c := newCrowd(t, s)
		for _, name := range []string{"a", "b", "c"} {
			c.join(c.job(name, 1, nil), nil)
		}
		c.join(c.job("heavy", groupWeight, nil), nil)
		c.join(c.job("d", 200, nil), nil)
		c.join(c.job("e", 56, nil), nil)
		c.join(c.job("f", 1, nil), nil)
		c.join(func() error {
			return s.Write(context.Background(), func(*sql.Tx) error { c.note("own", &tx{}); return nil })
		}, nil)
		c.join(c.job("g", 1, nil), nil)
		c.join(c.job("h", 1, nil), nil)
		c.release()
		c.ran("a b c | heavy | d e | f | own | g h")
	})
}

func TestWhoFailsDoesNotHarmTheOthers(t *testing.T) {
	bad := errors.New("bad")
	bothInBubble(t, func(t *testing.T, s *Store) {
		c := newCrowd(t, s)
		c.join(func() error { _, err := s.Serial(context.Background(), "x"); return err }, nil)
		c.join(c.job("a", 1, nil), nil)
		c.join(c.job("bad", 1, bad), bad)
		c.join(func() error { _, err := s.Serial(context.Background(), "x"); return err }, nil)
		c.join(c.job("b", 1, nil), nil)
		c.release()
		c.ran("a bad | a | bad | b") // together, and then each alone
		if n, err := s.Serial(t.Context(), "x"); n != 3 || err != nil {
			t.Errorf("the series is at %d, %v: a rollback was lost, or a number", n, err)
		}
	})
}

func TestWhoLeavesTheLineIsNotWritten(t *testing.T) {
	bothInBubble(t, func(t *testing.T, s *Store) {
		c := newCrowd(t, s)
		ctx, cancel := context.WithCancel(t.Context())
		c.join(c.job("a", 1, nil), nil)
		c.join(func() error {
			return s.writer.do(ctx, 1, func(t *tx) error { c.note("left", t); return nil })
		}, context.Canceled)
		c.join(c.job("b", 1, nil), nil)
		cancel()
		c.queued(2)
		c.release()
		c.ran("a b")
	})
}

func TestCloseAnswersEverybody(t *testing.T) {
	bothInBubble(t, func(t *testing.T, s *Store) {
		c := newCrowd(t, s)
		c.join(c.job("before", 1, nil), nil)
		c.join(s.Close, nil)
		c.join(c.job("after", 1, nil), ErrClosed)
		c.join(func() error { return s.Write(context.Background(), func(*sql.Tx) error { return nil }) }, ErrClosed)
		c.release()
		c.ran("before")
		if _, err := s.Load(t.Context(), 1); err == nil {
			t.Error("a closed store was read")
		}
	})
}

func TestPanicLeavesTheStoreUsable(t *testing.T) {
	both(t, func(t *testing.T, s *Store) {
		for name, call := range map[string]func(){
			"job": func() {
				_ = s.writer.do(t.Context(), 1, func(tx *tx) error {
					if _, err := tx.exec("INSERT INTO series (name, value) VALUES ($1, $2)", "x", 100); err != nil {
						t.Error(err)
					}
					panic("boom")
				})
			},
			"write": func() {
				_ = s.Write(t.Context(), func(tx *sql.Tx) error {
					if _, err := tx.Exec("INSERT INTO series (name, value) VALUES ($1, $2)", "x", 100); err != nil {
						t.Error(err)
					}
					panic("boom")
				})
			},
		} {
			func() {
				defer func() {
					if recover() == nil {
						t.Errorf("%s: the panic was swallowed", name)
					}
				}()
				call()
			}()
		}
		if n, err := s.Serial(t.Context(), "x"); n != 1 || err != nil {
			t.Errorf("the series is at %d, %v, want 1: a panic has left something behind", n, err)
		}
	})
}

func TestWrite(t *testing.T) {
	both(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		insert := func(tx *sql.Tx, number string) error {
			_, err := tx.Exec("INSERT INTO register_faults (number, answer) VALUES ($1, $2)", number, "timeout")
			return err
		}
		count := func() (n int) {
			check(t, s.Read(ctx, func(db *sql.DB) error { return db.QueryRow("SELECT COUNT(*) FROM register_faults").Scan(&n) }))
			return n
		}
		check(t, s.Write(ctx, func(tx *sql.Tx) error { return insert(tx, "1") }))
		if n := count(); n != 1 {
			t.Errorf("%d rows after a write", n)
		}
		why := errors.New("why")
		if err := s.Write(ctx, func(tx *sql.Tx) error { return errors.Join(insert(tx, "2"), why) }); !errors.Is(err, why) {
			t.Errorf("a write that failed: %v", err)
		}
		cancelled, cancel := context.WithCancel(ctx)
		err := s.Write(cancelled, func(tx *sql.Tx) error {
			if err := insert(tx, "3"); err != nil {
				t.Error(err)
			}
			cancel()
			_, err := tx.ExecContext(cancelled, "SELECT 1")
			if !errors.Is(err, context.Canceled) {
				t.Errorf("a statement with a context that has ended: %v", err)
			}
			return nil
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("a write whose context has ended: %v", err)
		}
		if err := s.Write(cancelled, func(*sql.Tx) error { t.Error("it ran"); return nil }); !errors.Is(err, context.Canceled) {
			t.Errorf("a write that comes too late: %v", err)
		}
		if n := count(); n != 1 {
			t.Errorf("%d rows, want 1: an unfinished write was kept", n)
		}
		check(t, s.Write(ctx, func(tx *sql.Tx) error { return insert(tx, "4") }))
	})
}

func TestReadersCanNotWrite(t *testing.T) {
	both(t, func(t *testing.T, s *Store) {
		err := s.Read(t.Context(), func(db *sql.DB) error {
			_, err := db.Exec("DELETE FROM conversations")
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "readonly") {
			t.Errorf("a reader's DELETE: %v", err)
		}
	})
}

// TestReadersThatGiveUp cancels reads at random moments; nothing else may suffer, least of all a database in memory.
func TestReadersThatGiveUp(t *testing.T) {
	both(t, func(t *testing.T, s *Store) {
		r, err := s.Open(t.Context(), host.Peer{Channel: "web", ID: "1"}, "ru", noon)
		check(t, err)
		var wait sync.WaitGroup
		for i := range 8 {
			wait.Go(func() {
				for n := range 50 {
					ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i*n)*time.Microsecond)
					if _, err := s.Load(ctx, r.ID); err != nil && !errors.Is(err, context.DeadlineExceeded) {
						t.Errorf("Load: %v", err)
					}
					cancel()
				}
			})
		}
		for range 50 {
			if _, err := s.Serial(t.Context(), "x"); err != nil {
				t.Errorf("Serial: %v", err)
			}
		}
		wait.Wait()
		_, err = s.Load(t.Context(), r.ID)
		check(t, err)
	})
}

// TestFullDisk limits the database as a full disk would.
func TestFullDisk(t *testing.T) {
	both(t, func(t *testing.T, s *Store) {
		limit := func(pages int) {
			_, err := s.writer.conn.ExecContext(t.Context(), "PRAGMA max_page_count = "+strconv.Itoa(pages))
			check(t, err)
		}
		r, err := s.Open(t.Context(), host.Peer{Channel: "web", ID: "1"}, "ru", noon)
		check(t, err)
		r.Seq = 1
		turn := &host.Turn{Update: "1", At: noon, Record: r, State: []byte("{}"),
			Entries: []host.Entry{{Seq: 1, At: noon, Author: engine.Bot, Body: make([]byte, 500_000)}}}
		limit(1) // SQLite takes the present size
		got, err := s.Commit(t.Context(), []*host.Turn{turn})
		if err == nil || got != nil || !strings.Contains(err.Error(), "full") {
			t.Fatalf("a commit on a full disk: %v, %v", got, err)
		}
		if now, err := s.Load(t.Context(), r.ID); err != nil || now.Version != 0 {
			t.Errorf("on a full disk the conversation is %+v, %v", now, err)
		}
		limit(1_000_000)
		got, err = s.Commit(t.Context(), []*host.Turn{turn})
		check(t, errors.Join(append(got, err)...))
	})
}
