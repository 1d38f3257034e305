package sqlite

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"spravka/engine/host"
)

func TestSettings(t *testing.T) {
	s := openAt(t, filepath.Join(t.TempDir(), "spravka.db"))
	settings := map[string]struct{ writer, reader string }{
		"journal_mode":       {"wal", "wal"},
		"synchronous":        {"2", ""},
		"wal_autocheckpoint": {"1000", ""},
		"foreign_keys":       {"1", ""},
		"secure_delete":      {"2", ""},
		"query_only":         {"0", "1"},
		"busy_timeout":       {"10000", "10000"},
	}
	for name, want := range settings {
		got := func(query func(context.Context, string, ...any) *sql.Row) (v string) {
			if err := query(t.Context(), "PRAGMA "+name).Scan(&v); err != nil {
				t.Fatal(err)
			}
			return v
		}
		if v := got(s.writer.conn.QueryRowContext); v != want.writer {
			t.Errorf("the writer's %s is %s, want %s", name, v, want.writer)
		}
		if v := got(s.readers.QueryRowContext); want.reader != "" && v != want.reader {
			t.Errorf("a reader's %s is %s, want %s", name, v, want.reader)
		}
	}
}

func TestTablesAreStrict(t *testing.T) {
	s := openAt(t, ":memory:")
	rows, err := s.readers.Query("SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table'")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	tables := 0
	for rows.Next() {
		var name string
		var strict bool
		if err := rows.Scan(&name, &strict); err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(name, "sqlite_") || strings.HasPrefix(name, "goose_") {
			continue
		}
		tables++
		if !strict {
			t.Errorf("table %s is not strict", name)
		}
	}
	if err := rows.Err(); err != nil || tables < 20 {
		t.Errorf("%d tables were seen: %v", tables, err)
	}
}

func TestOpenRefuses(t *testing.T) {
	folder := t.TempDir()
	text := filepath.Join(folder, "text.db")
	if err := os.WriteFile(text, []byte(strings.Repeat("no database\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		filepath.Join(folder, "none", "spravka.db"): "does not exist",
		text:   "not a database",
		folder: "directory",
	} {
		s, err := Open(path)
		if err == nil {
			s.Close()
			t.Fatalf("Open(%s) succeeded", path)
		}
		if !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("Open(%s): %v, want the path and %q", path, err, want)
		}
	}
}

func TestOpenAnyName(t *testing.T) {
	for _, name := range []string{"справка.db", "a b?c=d&e#f%20g.db", "plain"} {
		folder := t.TempDir()
		s := openAt(t, filepath.Join(folder, name))
		if _, err := s.Open(t.Context(), host.Peer{Channel: "web", ID: "1"}, "ru", time.Now()); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("%s may be read by others: %v", name, info.Mode())
		}
	}
}

func TestMemoryIsPrivate(t *testing.T) {
	one, two := openAt(t, ":memory:"), openAt(t, ":memory:")
	if _, err := one.Serial(t.Context(), "x"); err != nil {
		t.Fatal(err)
	}
	if n, err := two.Serial(t.Context(), "x"); n != 1 || err != nil {
		t.Errorf("the second database gave %d, %v", n, err)
	}
}

func TestAtLeast(t *testing.T) {
	for _, c := range []struct {
		version string
		want    bool
	}{
		{"3.51.3", true}, {"3.51.4", true}, {"3.54.1", true}, {"4.0.0", true}, {"3.51.10", true},
		{"3.51.2", false}, {"3.9.99", false}, {"2.99.99", false}, {"3.51", false}, {"", false}, {"three", false},
	} {
		if got := atLeast(c.version, oldest); got != c.want {
			t.Errorf("atLeast(%q) = %v", c.version, got)
		}
	}
}

// A store must not hinder tests whose clock is synctest's, nor leave a goroutine behind in them.
func TestInBubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := Open(":memory:")
		if err != nil {
			t.Fatal(err)
		}
		r, err := s.Open(t.Context(), host.Peer{Channel: "web", ID: "1"}, "ru", time.Now())
		if err != nil {
			t.Fatal(err)
		}
		turn := &host.Turn{Update: "1", At: time.Now(), Record: r, State: []byte("{}"),
			Set: []host.Timer{{Name: "term", Due: time.Now().Add(48 * time.Hour)}}}
		if got, err := s.Commit(t.Context(), []*host.Turn{turn}); err != nil || got[0] != nil {
			t.Fatal(got, err)
		}
		at, ok, err := s.NextDue(t.Context())
		if !ok || err != nil {
			t.Fatal(ok, err)
		}
		time.Sleep(time.Until(at))
		if due, err := s.Due(t.Context(), time.Now(), 10); len(due) != 1 || err != nil {
			t.Errorf("two days later %v is due, %v", due, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}
