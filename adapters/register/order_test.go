package register

import (
	"sync"
	"testing"
	"time"
)

func orderBy(who map[string]string, more ...string) []string {
	return append([]string{"name", who["name"], "snils", who["snils"], "inn", who["inn"], "document", "справка о доходах",
		"delivery", "электронно", "files", "f1; f2", "consent", "yes"}, more...)
}

func TestOrderIsAnApplication(t *testing.T) {
	b := newBench(t)
	b.want("accepted", []string{"number", "1000000101", "ready", "2026-12-08"}, "document.order", orderBy(ivanova)...)
	b.want("found", []string{"service", "справка о доходах", "status", "в обработке", "filed", "2026-11-24", "expected", "2026-12-08",
		"missing", "", "delivery", "электронно", "reasons", "", "may_file_again", ""},
		"application.find", b.find("1000000101", ivanova, ivanova["contact"])...)
	b.want("mismatch", nil, "application.find", b.find("1000000101", kim, kim["contact"])...)
	b.want("accepted", []string{"number", "1000000102", "ready", "2026-12-08"}, "document.order", orderBy(saltykov)...)
	if got := b.dump("register_orders"); len(got) != 2 {
		t.Errorf("orders: %q", got)
	}
	if n := b.count(`SELECT COUNT(*) FROM register_applications WHERE details LIKE '%"files":["f1","f2"]%'`); n != 2 {
		t.Errorf("%d orders have their files, want 2", n)
	}
}

func TestDayOfAnOrderIsMoscows(t *testing.T) {
	b := newBench(t)
	b.advance(11*time.Hour + 59*time.Minute)
	b.want("accepted", []string{"number", "1000000101", "ready", "2026-12-08"}, "document.order", orderBy(kim)...)
	b.advance(time.Minute) // midnight in Moscow, 21:00 in UTC
	b.want("accepted", []string{"number", "1000000102", "ready", "2026-12-09"}, "document.order", orderBy(kim)...)
}

func TestOrderOfAnother(t *testing.T) {
	b := newBench(t)
	for name, pairs := range map[string][]string{
		"another's name":  orderBy(ivanova, "name", kim["name"]),
		"another's SNILS": orderBy(ivanova, "snils", kim["snils"]),
		"another's INN":   orderBy(ivanova, "inn", kim["inn"]),
		"no name":         orderBy(ivanova, "name", ""),
		"no SNILS":        orderBy(ivanova, "snils", ""),
		"no INN":          orderBy(ivanova, "inn", ""),
		"unknown SNILS":   orderBy(ivanova, "snils", "111-111-111 45"),
	} {
		if a, err := b.ask("document.order", pairs...); err != nil || a.Outcome != "mismatch" || len(a.Data) != 0 {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
	for _, consent := range []string{"", "no", "нет", "maybe"} {
		b.refused(ErrCall, "document.order", orderBy(ivanova, "consent", consent)...)
	}
	b.refused(ErrCall, "document.order", orderBy(ivanova, "document", " ")...)
	if n := b.count(`SELECT COUNT(*) FROM register_applications`); n != 5 {
		t.Errorf("%d applications, want the 5 of the sample", n)
	}
	b.want("accepted", []string{"number", "1000000101", "ready", "2026-12-08"}, "document.order", orderBy(ivanova, "consent", "Да", "inn", "7701 0000 1107")...)
}

func TestOrdersInParallelHaveNumbersOfTheirOwn(t *testing.T) {
	b := newBench(t)
	var wg sync.WaitGroup
	var mu sync.Mutex
	seen := map[string]bool{}
	for range 40 {
		wg.Go(func() {
			a, err := b.ask("document.order", orderBy(ivanova)...)
			mu.Lock()
			defer mu.Unlock()
			if err != nil || a.Outcome != "accepted" || seen[a.Data["number"]] {
				t.Errorf("%+v, %v", a, err)
			}
			seen[a.Data["number"]] = true
		})
	}
	wg.Wait()
}

func TestRepeatedOrderIsFoundByItsKey(t *testing.T) {
	b := newBench(t)
	c := b.newCall("document.order", orderBy(ivanova)...)
	first, err := b.Call(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	b.exec(`DELETE FROM register_answers`) // as after 30 days
	second, err := b.Call(t.Context(), c)
	if err != nil || second.Data["number"] != first.Data["number"] || second.Data["ready"] != first.Data["ready"] {
		t.Errorf("first %+v, then %+v, %v", first, second, err)
	}
	b.exec(`DELETE FROM register_answers`)
	other := b.newCall("document.order", orderBy(kim)...)
	other.ID = c.ID
	if a, err := b.Call(t.Context(), other); err == nil {
		t.Errorf("another citizen's order under the same key: %+v", a)
	}
	if n := b.count(`SELECT COUNT(*) FROM register_orders`); n != 1 {
		t.Errorf("%d orders, want 1", n)
	}
}

func TestNumbersRunOut(t *testing.T) {
	b := newBench(t)
	b.exec(`INSERT INTO register_applications VALUES ('1999999998', $1, '', '', '', '', '{}')`, kim["snils"])
	b.want("accepted", []string{"number", "1999999999", "ready", "2026-12-08"}, "document.order", orderBy(ivanova)...)
	if a, err := b.ask("document.order", orderBy(ivanova)...); err == nil {
		t.Errorf("%+v", a)
	}
}
