package register

import (
	"sync"
	"testing"
	"time"

	"spravka/engine/answer"
)

func TestSampleHoldsTogether(t *testing.T) {
	s, err := readSample(sampleFile)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Citizens) != 5 || len(s.Applications) != 5 || len(s.Works) != 1 || len(s.Faults) != 2 {
		t.Fatalf("%d citizens, %d applications, %d works, %d faults", len(s.Citizens), len(s.Applications), len(s.Works), len(s.Faults))
	}
	known := map[string]bool{}
	canonical := func(kind answer.Kind, text string) {
		t.Helper()
		if text == "" && (kind == answer.Phone || kind == answer.Email) {
			return
		}
		if r := answer.Parse(kind, text, answer.Context{}); !r.OK() || r.Value != text {
			t.Errorf("%s %q is read as %q, problem %q: what citizens say would never equal it", kind, text, r.Value, r.Problem)
		}
	}
	for _, c := range s.Citizens {
		known[c.SNILS] = true
		canonical(answer.SNILS, c.SNILS)
		canonical(answer.INN, c.INN)
		canonical(answer.Passport, c.Passport)
		canonical(answer.BirthDate, c.Born)
		canonical(answer.Phone, c.Phone)
		canonical(answer.Email, c.Email)
		if !answer.SameName(c.Name, answer.Parse(answer.FullName, c.Name, answer.Context{}).Value) {
			t.Errorf("the name %q is not the same once it was read", c.Name)
		}
	}
	for _, a := range s.Applications {
		canonical(answer.ApplicationNumber, a.Number)
		if !known[a.Citizen] {
			t.Errorf("the application %s belongs to nobody", a.Number)
		}
		for _, day := range []string{a.Filed, a.Expected} {
			if _, err := time.Parse(time.DateOnly, day); err != nil && day != "" {
				t.Errorf("the application %s: %v", a.Number, err)
			}
		}
	}
	for _, w := range s.Works {
		if w.What == "" {
			t.Errorf("works %+v do not say what", w)
		}
	}
}

func TestSampleIsPutInOnce(t *testing.T) {
	b := newBench(t)
	b.exec(`UPDATE register_citizens SET phone = '+79999999999' WHERE snils = $1`, ivanova["snils"])
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if err := b.Seed(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for table, want := range map[string]int{"register_citizens": 5, "register_applications": 5, "register_works": 1, "register_faults": 2} {
		if n := b.count(`SELECT COUNT(*) FROM ` + table); n != want {
			t.Errorf("%s has %d rows, want %d", table, n, want)
		}
	}
	if b.count(`SELECT COUNT(*) FROM register_citizens WHERE phone = '+79999999999'`) != 1 {
		t.Error("what the staff have changed was overwritten")
	}
}

func TestSampleStaysOutOfARegisterThatIsUsed(t *testing.T) {
	b := newBench(t)
	b.exec(`DELETE FROM register_citizens`)
	b.exec(`DELETE FROM register_applications WHERE number <> '1000000011'`)
	if err := b.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := b.count(`SELECT COUNT(*) FROM register_citizens`); n != 0 {
		t.Errorf("%d citizens were put in", n)
	}
}

func TestBrokenSampleIsRefused(t *testing.T) {
	for _, text := range []string{"citizens: 1", "citizens:\n  - {password: x}", "people: []", "faults:\n  - {number: \"1\", answer: explode}",
		"works:\n  - {from: \"yesterday\", to: \"\", what: \"\"}",
		"works:\n  - {from: \"2026-11-28T05:00:00+03:00\", to: \"2026-11-28T01:00:00+03:00\", what: \"x\"}"} {
		if s, err := readSample([]byte(text)); err == nil {
			t.Errorf("%q: %+v", text, s)
		}
	}
}
