package register

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"spravka"
	"spravka/adapters/sqlite"
	"spravka/engine"
	"spravka/engine/host"
)

// The people of the sample.
var (
	ivanova   = map[string]string{"name": "Иванова Мария Петровна", "born": "1958-03-12", "snils": "112-233-445 95", "inn": "770100001107", "passport": "4510 123456", "contact": "+79000000001"}
	semyonov  = map[string]string{"name": "Семенов Петр Алексеевич", "born": "1992-02-29", "snils": "087-654-302 00", "inn": "770200002217", "passport": "4511 654321", "contact": "+79000000002"}
	akhmetova = map[string]string{"name": "Ахметова Гульнара Ринатовна", "born": "2001-11-05", "snils": "154-362-718 63", "inn": "165500003306", "passport": "9215 000777", "contact": "akhmetova@example.test"}
	kim       = map[string]string{"name": "Ким Александр", "born": "1985-07-01", "snils": "160-722-393 46", "inn": "770300004465", "passport": "4517 222333", "contact": "kim@example.test"}
	saltykov  = map[string]string{"name": "Салтыков-Щедрин Михаил Евграфович", "born": "1947-01-27", "snils": "001-002-003 18", "inn": "690100005581", "passport": "2804 100200", "contact": ""}
)

// bench is a seeded register with a clock that the test moves.
type bench struct {
	*Register
	t       testing.TB
	db      *sqlite.Store
	mu      sync.Mutex
	clock   time.Time
	ids     int
	codes   []string // given out one after another; then 000001, 000002, …
	notices []notice
}

type notice struct{ kind, to, text string }

func newBench(t testing.TB) *bench {
	t.Helper()
	db, err := sqlite.Open(":memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	b := &bench{t: t, db: db, clock: time.Date(2026, 11, 24, 12, 0, 0, 0, time.FixedZone("MSK", 3*60*60))}
	b.Register = New(Options{
		Database: db, Now: b.time, Code: b.nextCode,
		Sender: NewNotices(db, b.time, func(kind, to, text string) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.notices = append(b.notices, notice{kind, to, text})
		}),
	})
	if err := b.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *bench) time() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.clock
}

func (b *bench) advance(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.clock = b.clock.Add(d)
}

func (b *bench) nextCode() (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.codes) == 0 {
		b.ids++
		return fmt.Sprintf("%06d", b.ids), nil
	}
	code := b.codes[0]
	b.codes = b.codes[1:]
	return code, nil
}

// sent returns the messages since the last look.
func (b *bench) sent() []notice {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := b.notices
	b.notices = nil
	return n
}

// newCall makes a call with an ID of its own. Parameters come as names and values.
func (b *bench) newCall(operation string, pairs ...string) host.ServiceCall {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ids++
	c := host.ServiceCall{Conversation: 7, Call: engine.Call{ID: fmt.Sprint("c", b.ids), Operation: operation, With: map[string]string{}}}
	for i := 0; i < len(pairs); i += 2 {
		c.With[pairs[i]] = pairs[i+1]
	}
	return c
}

// ask calls and sees to it that the answer is one that flows/services.yaml names.
func (b *bench) ask(operation string, pairs ...string) (engine.Answered, error) {
	c := b.newCall(operation, pairs...)
	a, err := b.Call(b.t.Context(), c)
	if err == nil {
		b.valid(c, a)
	}
	return a, err
}

func (b *bench) valid(c host.ServiceCall, a engine.Answered) {
	b.t.Helper()
	op := services(b.t)[c.Operation]
	if a.Call != c.ID || !slices.Contains(op.Outcomes, a.Outcome) {
		b.t.Errorf("%s answers %+v, which flows/services.yaml does not allow", c.Operation, a)
	}
	for k := range a.Data {
		if !slices.Contains(op.Data, k) {
			b.t.Errorf("%s answers with %q, which flows/services.yaml does not name", c.Operation, k)
		}
	}
}

// want asks and compares the whole answer. Data come as names and values.
func (b *bench) want(outcome string, data []string, operation string, pairs ...string) engine.Answered {
	b.t.Helper()
	a, err := b.ask(operation, pairs...)
	if err != nil {
		b.t.Fatalf("%s %q: %v", operation, pairs, err)
	}
	want := map[string]string{}
	for i := 0; i < len(data); i += 2 {
		want[data[i]] = data[i+1]
	}
	got := a.Data
	if got == nil {
		got = map[string]string{}
	}
	if diff := cmp.Diff(want, got); a.Outcome != outcome || diff != "" {
		b.t.Errorf("%s %q: outcome %q, want %q; data (- want, + got):\n%s", operation, pairs, a.Outcome, outcome, diff)
	}
	return a
}

// refused asks and wants an error of this kind.
func (b *bench) refused(kind error, operation string, pairs ...string) {
	b.t.Helper()
	if a, err := b.ask(operation, pairs...); !errors.Is(err, kind) {
		b.t.Errorf("%s %q: %+v, error %v, want %v", operation, pairs, a, err, kind)
	} else {
		nothingPersonal(b.t, err.Error())
	}
}

// identify checks a citizen of the sample and returns the handle.
func (b *bench) identify(who map[string]string) string {
	b.t.Helper()
	a, err := b.ask("identity.check", "name", who["name"], "born", who["born"], "id", who["snils"])
	if err != nil || a.Outcome != "match" {
		b.t.Fatalf("identity.check: %+v, %v", a, err)
	}
	return a.Data["citizen"]
}

// sendCode sends this code to the citizen and returns the challenge.
func (b *bench) sendCode(citizen, code string) string {
	b.t.Helper()
	b.codes = append(b.codes, code)
	a, err := b.ask("code.send", "citizen", citizen)
	if err != nil || a.Outcome != "sent" {
		b.t.Fatalf("code.send: %+v, %v", a, err)
	}
	return a.Data["challenge"]
}

func (b *bench) exec(query string, args ...any) {
	b.t.Helper()
	err := b.db.Write(b.t.Context(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(b.t.Context(), query, args...)
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) count(query string, args ...any) (n int) {
	b.t.Helper()
	err := b.db.Read(b.t.Context(), func(db *sql.DB) error {
		return db.QueryRowContext(context.Background(), query, args...).Scan(&n)
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return n
}

func nothingPersonal(t testing.TB, text string) {
	t.Helper()
	for _, who := range []map[string]string{ivanova, semyonov, akhmetova, kim, saltykov} {
		for _, value := range who {
			if value != "" && strings.Contains(text, value) {
				t.Errorf("%q holds %q", text, value)
			}
		}
	}
}

type service struct{ Params, Outcomes, Data []string }

var services = func() func(testing.TB) map[string]service {
	once := sync.OnceValues(func() (map[string]service, error) {
		var file struct {
			Operations map[string]service `yaml:"operations"`
		}
		data, err := spravka.Content.ReadFile("flows/services.yaml")
		if err == nil {
			err = yaml.Unmarshal(data, &file)
		}
		return file.Operations, err
	})
	return func(t testing.TB) map[string]service {
		t.Helper()
		ops, err := once()
		if err != nil || len(ops) == 0 {
			t.Fatalf("flows/services.yaml: %d operations, %v", len(ops), err)
		}
		return ops
	}
}()
