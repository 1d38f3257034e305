package register

import (
	"bytes"
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

func (b *bench) check(challenge, code string) []string {
	return []string{"challenge", challenge, "code", code}
}

func TestCodeGoesToThePhoneElseToTheAddress(t *testing.T) {
	b := newBench(t)
	for _, c := range []struct {
		who    map[string]string
		masked string
		kind   string
		to     string
	}{
		{ivanova, "+7 9** ***-**-01", "sms", "+79000000001"},
		{semyonov, "+7 9** ***-**-02", "sms", "+79000000002"},
		{akhmetova, "a***@example.test", "email", "akhmetova@example.test"},
	} {
		handle := b.identify(c.who)
		b.codes = []string{"804513"}
		a, err := b.ask("code.send", "citizen", handle)
		if err != nil || a.Outcome != "sent" || a.Data["to"] != c.masked || a.Data["minutes"] != "10" || a.Data["challenge"] == "" || len(a.Data) != 3 {
			t.Fatalf("%+v, %v", a, err)
		}
		sent := b.sent()
		if len(sent) != 1 || sent[0].kind != c.kind || sent[0].to != c.to || strings.Count(sent[0].text, "804513") != 1 {
			t.Errorf("sent %+v", sent)
		}
		b.want("right", nil, "code.check", b.check(a.Data["challenge"], "804513")...)
	}
	b.want("no_contact", nil, "code.send", "citizen", b.identify(saltykov))
	if sent := b.sent(); len(sent) != 0 {
		t.Errorf("sent %v to a citizen without contact", sent)
	}
}

func TestCodeIsKeptAsADigestOnly(t *testing.T) {
	b := newBench(t)
	handle := b.identify(ivanova)
	first := b.sendCode(handle, "804513")
	second := b.sendCode(handle, "804513")
	var digests [][]byte
	err := b.db.Read(t.Context(), func(db *sql.DB) error {
		rows, err := db.QueryContext(t.Context(), `SELECT code_hash FROM register_codes WHERE id IN ($1, $2)`, first, second)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var d []byte
			if err := rows.Scan(&d); err != nil {
				return err
			}
			digests = append(digests, d)
		}
		return rows.Err()
	})
	if err != nil || len(digests) != 2 {
		t.Fatalf("%d digests, %v", len(digests), err)
	}
	if bytes.Equal(digests[0], digests[1]) || bytes.Equal(digests[0][:codeSalt], digests[1][:codeSalt]) {
		t.Error("the digests of equal codes are equal, or have one salt")
	}
	for _, table := range []string{"register_codes", "register_answers", "register_handles"} {
		for _, row := range b.dump(table) {
			if strings.Contains(row, "804513") {
				t.Errorf("%s holds the code: %s", table, row)
			}
		}
	}
}

// dump returns the rows of a table as text.
func (b *bench) dump(table string) (out []string) {
	b.t.Helper()
	err := b.db.Read(b.t.Context(), func(db *sql.DB) error {
		rows, err := db.QueryContext(b.t.Context(), `SELECT * FROM `+table)
		if err != nil {
			return err
		}
		defer rows.Close()
		columns, err := rows.Columns()
		if err != nil {
			return err
		}
		for rows.Next() {
			values := make([]any, len(columns))
			for i := range values {
				values[i] = new(any)
			}
			if err := rows.Scan(values...); err != nil {
				return err
			}
			row := ""
			for i, v := range values {
				row += fmt.Sprintf("%s=%s ", columns[i], *v.(*any))
			}
			out = append(out, row)
		}
		return rows.Err()
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

func TestThreeTries(t *testing.T) {
	b := newBench(t)
	handle := b.identify(ivanova)
	challenge := b.sendCode(handle, "804513")
	b.want("wrong", []string{"left", "2"}, "code.check", b.check(challenge, "804514")...)
	b.want("wrong", []string{"left", "1"}, "code.check", b.check(challenge, "")...)
	b.want("spent", []string{"left", "0"}, "code.check", b.check(challenge, "000000")...)
	b.want("spent", []string{"left", "0"}, "code.check", b.check(challenge, "804513")...) // right, too late
	b.refused(ErrCall, "account.recover", "citizen", handle, "challenge", challenge)

	challenge = b.sendCode(handle, "123456")
	b.want("wrong", []string{"left", "2"}, "code.check", b.check(challenge, "804513")...)
	b.want("wrong", []string{"left", "1"}, "code.check", b.check(challenge, "12345")...)
	b.want("right", nil, "code.check", b.check(challenge, " 123 456 ")...)

	challenge = b.sendCode(handle, "271828")
	b.want("right", nil, "code.check", b.check(challenge, "271828")...)
	b.want("expired", nil, "code.check", b.check(challenge, "271828")...) // a code is right once
}

func TestTriesInParallelAreCountedEach(t *testing.T) {
	for round := range 10 {
		b := newBench(t)
		challenge := b.sendCode(b.identify(ivanova), "000099")
		var wg sync.WaitGroup
		var mu sync.Mutex
		outcomes := map[string]int{}
		for i := range 50 { // the right code comes last, so three wrong ones are before it or it is among the first three
			wg.Go(func() {
				a, err := b.ask("code.check", b.check(challenge, fmt.Sprintf("%06d", 50+i))...)
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Error(err)
				}
				outcomes[a.Outcome]++
			})
		}
		wg.Wait()
		tries := b.count(`SELECT attempts FROM register_codes WHERE id = $1`, challenge)
		if tries > codeTries || outcomes["wrong"]+outcomes["right"] > codeTries || outcomes["right"] > 1 {
			t.Fatalf("round %d: %d tries, %v", round, tries, outcomes)
		}
		if outcomes["right"] == 0 && (outcomes["wrong"] != 2 || outcomes["spent"] != 48) {
			t.Errorf("round %d: %v", round, outcomes)
		}
	}
}

func TestCodeExpires(t *testing.T) {
	b := newBench(t)
	handle := b.identify(ivanova)
	challenge := b.sendCode(handle, "804513")
	b.advance(10*time.Minute - time.Millisecond)
	b.want("wrong", []string{"left", "2"}, "code.check", b.check(challenge, "1")...)
	b.advance(time.Millisecond)
	b.want("expired", nil, "code.check", b.check(challenge, "804513")...)
	b.want("expired", nil, "code.check", b.check("UNKNOWN", "804513")...)
	b.refused(ErrCall, "code.check", "code", "804513")

	b.advance(25 * time.Hour) // the row is deleted with the next code
	b.sendCode(b.identify(ivanova), "111111")
	if n := b.count(`SELECT COUNT(*) FROM register_codes`); n != 1 {
		t.Errorf("%d codes are kept, want 1", n)
	}
	b.want("expired", nil, "code.check", b.check(challenge, "804513")...)
}

func TestNewCodeVoidsTheEarlierOne(t *testing.T) {
	b := newBench(t)
	handle := b.identify(ivanova)
	other := b.sendCode(b.identify(kim), "222222")
	first := b.sendCode(handle, "804513")
	second := b.sendCode(b.identify(ivanova), "114477") // through another handle: the citizen is the same
	b.want("expired", nil, "code.check", b.check(first, "804513")...)
	b.want("wrong", []string{"left", "2"}, "code.check", b.check(second, "804513")...)
	b.want("right", nil, "code.check", b.check(second, "114477")...)
	b.want("right", nil, "code.check", b.check(other, "222222")...)
}

func TestFiveCodesAnHour(t *testing.T) {
	b := newBench(t)
	handle := b.identify(ivanova)
	for range 5 {
		b.sendCode(handle, "111111")
		b.advance(5 * time.Minute)
	}
	b.sent()
	b.want("too_many", []string{"minutes", "35"}, "code.send", "citizen", handle)
	b.want("too_many", []string{"minutes", "35"}, "code.send", "citizen", b.identify(ivanova)) // another handle, the same citizen
	b.sendCode(b.identify(kim), "222222")
	if sent := b.sent(); len(sent) != 1 {
		t.Errorf("sent %v", sent)
	}
	b.advance(34*time.Minute + 30*time.Second)
	b.want("too_many", []string{"minutes", "1"}, "code.send", "citizen", handle)
	b.advance(30 * time.Second)
	b.sendCode(handle, "111111")
	b.want("too_many", []string{"minutes", "5"}, "code.send", "citizen", handle)
}

func TestFiveCodesInParallel(t *testing.T) {
	b := newBench(t)
	handle := b.identify(ivanova)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := b.ask("code.send", "citizen", handle); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if sent := b.sent(); len(sent) != 5 {
		t.Errorf("%d codes were sent, want 5", len(sent))
	}
	if n := b.count(`SELECT COUNT(*) FROM register_codes WHERE expires > 0`); n != 1 {
		t.Errorf("%d codes are good, want 1", n)
	}
}
