package register

import (
	"strings"
	"testing"
)

func TestNoticesAreStoredAndTold(t *testing.T) {
	b := newBench(t)
	if err := b.sender.SMS(t.Context(), "+79000000001", "текст"); err != nil {
		t.Fatal(err)
	}
	if err := b.sender.Email(t.Context(), "a@example.test", "тема", "текст"); err != nil {
		t.Fatal(err)
	}
	want := []notice{{"sms", "+79000000001", "текст"}, {"email", "a@example.test", "тема\n\nтекст"}}
	got := b.sent()
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("told %q, want %q", got, want)
	}
	for _, n := range want {
		if b.count(`SELECT COUNT(*) FROM outgoing_notices WHERE kind = $1 AND to_address = $2 AND text = $3 AND at = $4`,
			n.kind, n.to, n.text, b.time().UnixMilli()) != 1 {
			t.Errorf("%+v is not stored", n)
		}
	}
}

func TestNoticesAreBounded(t *testing.T) {
	b := newBench(t)
	b.exec(`INSERT INTO outgoing_notices (at, kind, to_address, text)
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500) SELECT i, 'sms', 'x', 'old' FROM n`)
	if err := b.sender.SMS(t.Context(), "+79000000001", "new"); err != nil {
		t.Fatal(err)
	}
	if n := b.count(`SELECT COUNT(*) FROM outgoing_notices`); n != keepNotices {
		t.Errorf("%d notices, want %d", n, keepNotices)
	}
	if n := b.count(`SELECT COUNT(*) FROM outgoing_notices WHERE text = 'new'`); n != 1 {
		t.Error("the newest is gone")
	}
}

func TestNoticeThatIsNotStoredIsNotTold(t *testing.T) {
	b := newBench(t)
	b.db.Close()
	if err := b.sender.SMS(t.Context(), "+79000000001", "текст"); err == nil {
		t.Error("no error")
	} else if strings.Contains(err.Error(), "9000") || strings.Contains(err.Error(), "текст") {
		t.Errorf("the error holds the message: %v", err)
	}
	if got := b.sent(); len(got) != 0 {
		t.Errorf("told %v", got)
	}
}

func TestDefaultSenderStoresWithoutHook(t *testing.T) {
	b := newBench(t)
	r := New(Options{Database: b.db})
	c := b.newCall("application.notify", "number", "1000000011")
	if a, err := r.Call(t.Context(), c); err != nil || a.Outcome != "sent" {
		t.Fatalf("%+v, %v", a, err)
	}
	if n := b.count(`SELECT COUNT(*) FROM outgoing_notices`); n != 1 || len(b.sent()) != 0 {
		t.Errorf("%d notices", n)
	}
}
