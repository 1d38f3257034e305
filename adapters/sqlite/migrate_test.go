package sqlite

import (
	"database/sql"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pressly/goose/v3"

	"spravka/engine/host"
)

// migrateTo makes a database as a former program left it.
func migrateTo(t *testing.T, path string, version int64) *sql.DB {
	t.Helper()
	s := &Store{name: path}
	db, err := sql.Open("sqlite", fileURI(path)+s.writerSettings())
	check(t, err)
	files, err := fs.Sub(migrations, "migrations")
	check(t, err)
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, files, goose.WithLogger(goose.NopLogger()), goose.WithDisableGlobalRegistry(true))
	check(t, err)
	_, err = provider.UpTo(t.Context(), version)
	check(t, err)
	return db
}

func TestPeopleOutliveTheirMigration(t *testing.T) {
	path := filepath.Join(t.TempDir(), "spravka.db")
	db := migrateTo(t, path, 7)
	for _, statement := range []string{
		`INSERT INTO operators (id, login, name, role, password_hash, created, disabled) VALUES (3, 'olga', 'Ольга', 'administrator', 'x', 1000, 0), (7, 'ivan', 'Иван', 'operator', 'y', 2000, 1)`,
		`INSERT INTO sessions (token_hash, operator, created, expires, seen) VALUES (zeroblob(32), 3, 1000, 99000, 1000)`,
	} {
		_, err := db.ExecContext(t.Context(), statement)
		check(t, err)
	}
	check(t, db.Close())
	s := openAt(t, path)
	people, err := s.Operators(t.Context())
	check(t, err)
	if len(people) != 2 || people[0].Login != "ivan" || !people[0].Disabled || people[1].ID != 3 || people[1].Capacity != host.CapacityDefault || people[1].Presence != host.PresenceAvailable {
		t.Errorf("the operators are %+v", people)
	}
	o, _, err := s.Session(t.Context(), make([]byte, 32), time.UnixMilli(2000))
	check(t, err)
	if o.Login != "olga" {
		t.Errorf("the session is that of %q", o.Login)
	}
	id, err := s.CreateOperator(t.Context(), host.Operator{Login: "new", Name: "Н", Role: host.RoleEditor, PasswordHash: "x", Created: noon})
	check(t, err)
	if id != 8 {
		t.Errorf("the next operator has number %d: numbers must not be given twice", id)
	}
	var broken int
	check(t, s.readers.QueryRow("SELECT COUNT(*) FROM pragma_foreign_key_check").Scan(&broken))
	if broken != 0 {
		t.Errorf("%d rows refer to nothing", broken)
	}
}

func TestAuditLogCantBeChanged(t *testing.T) {
	s := openAt(t, ":memory:")
	check(t, s.Record(t.Context(), host.AuditEntry{At: noon, Action: "login"}))
	for _, statement := range []string{"UPDATE audit SET action = 'x'", "DELETE FROM audit"} {
		if _, err := s.writer.conn.ExecContext(t.Context(), statement); err == nil || !strings.Contains(err.Error(), "only added to") {
			t.Errorf("%s: %v", statement, err)
		}
	}
}
