package register

import (
	"strings"
	"testing"
)

func (b *bench) find(number string, who map[string]string, contact string) []string {
	return []string{"number", number, "name", who["name"], "born", who["born"], "contact", contact}
}

func TestApplicationsOfTheSample(t *testing.T) {
	b := newBench(t)
	for _, c := range []struct {
		number string
		who    map[string]string
		data   map[string]string
	}{
		{"1000000011", ivanova, map[string]string{"service": "справка о доходах", "status": "в обработке", "expected": "2026-12-01", "filed": "2026-11-16"}},
		{"1000000022", semyonov, map[string]string{"service": "замена паспорта", "status": "на проверке", "missing": "фотография; квитанция об оплате пошлины", "filed": "2026-11-10"}},
		{"1000000033", akhmetova, map[string]string{"service": "регистрация ИП", "status": "одобрено", "delivery": "почта; электронно; лично", "filed": "2026-11-02"}},
		{"1000000044", kim, map[string]string{"service": "свидетельство о регистрации", "status": "отклонено", "reasons": "нет подписи на странице 2; истёк срок действия паспорта", "may_file_again": "да", "filed": "2026-10-20"}},
		{"1000000055", kim, map[string]string{"service": "справка о доходах", "status": "одобрено", "delivery": "электронно", "filed": "2026-11-01"}},
	} {
		// Every key is there, so that nothing stays from an application that was asked for before.
		var data []string
		for _, k := range []string{"service", "status", "filed", "expected", "missing", "delivery", "reasons", "may_file_again"} {
			data = append(data, k, c.data[k])
		}
		b.want("found", data, "application.find", b.find(c.number, c.who, c.who["contact"])...)
	}
}

func TestApplicationIsToldToItsCitizenOnly(t *testing.T) {
	b := newBench(t)
	number := "1000000011"
	b.want("not_found", nil, "application.find", b.find("1000000012", ivanova, ivanova["contact"])...)
	b.want("not_found", nil, "application.find", b.find("", ivanova, ivanova["contact"])...)
	for name, pairs := range map[string][]string{
		"somebody else":             b.find(number, kim, kim["contact"]),
		"another name":              {"number", number, "name", "Иванова Марина Петровна", "born", "1958-03-12", "contact", "+79000000001"},
		"no name":                   {"number", number, "name", "", "born", "1958-03-12", "contact", "+79000000001"},
		"another birth date":        {"number", number, "name", ivanova["name"], "born", "1958-03-13", "contact", "+79000000001"},
		"no birth date":             {"number", number, "name", ivanova["name"], "born", "", "contact", "+79000000001"},
		"another phone":             b.find(number, ivanova, "+79000000002"),
		"another address":           b.find(number, ivanova, "petrova@example.test"),
		"no contact":                b.find(number, ivanova, ""),
		"contact without digits":    b.find(number, ivanova, "+"),
		"part of the phone":         b.find(number, ivanova, "79000000"),
		"part of the address":       b.find(number, ivanova, "@example.test"),
		"phone of one without one":  b.find("1000000033", akhmetova, "+"),
		"e-mail of one without one": b.find("1000000022", semyonov, "@"),
	} {
		if a, err := b.ask("application.find", pairs...); err != nil || a.Outcome != "mismatch" || len(a.Data) != 0 {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
}

func TestNamesAndContactsAsPeopleWriteThem(t *testing.T) {
	b := newBench(t)
	for _, c := range [][]string{
		{"1000000022", "Семенов Петр Алексеевич", "1992-02-29", "+79000000002"},
		{"1000000022", "пётр алексеевич СЕМЁНОВ", "1992-02-29", "8 (900) 000-00-02"},
		{"1000000022", " Семёнов Пётр ", " 1992-02-29 ", " 9000000002 "},
		{"1000000011", "Мария Петровна Иванова", "1958-03-12", "Ivanova@Example.TEST"},
		{"1000000044", "Александр Ким", "1985-07-01", "+7 900 000 00 04"},
	} {
		a, err := b.ask("application.find", "number", c[0], "name", c[1], "born", c[2], "contact", c[3])
		if err != nil || a.Outcome != "found" {
			t.Errorf("%q: %+v, %v", c, a, err)
		}
	}
}

func TestCitizenWithoutContactIsNotRefusedForIt(t *testing.T) {
	b := newBench(t)
	b.exec(`INSERT INTO register_applications VALUES ('1000000066', $1, 'пенсия', 'в обработке', '', '2026-11-20', '{}')`, saltykov["snils"])
	for _, contact := range []string{"", "+79000000009", "other@example.test"} {
		a, err := b.ask("application.find", b.find("1000000066", saltykov, contact)...)
		if err != nil || a.Outcome != "found" {
			t.Errorf("contact %q: %+v, %v", contact, a, err)
		}
	}
	b.want("no_contact", nil, "application.notify", "number", "1000000066", "contact", "+79000000009")
	if sent := b.sent(); len(sent) != 0 {
		t.Errorf("sent %v to a citizen without contact", sent)
	}
}

func TestStatusIsSentToTheContactInTheRegister(t *testing.T) {
	b := newBench(t)
	for _, c := range []struct {
		number, contact, masked string
		want                    notice
	}{
		{"1000000011", "+79000000001", "+7 9** ***-**-01", notice{"sms", "+79000000001",
			"Заявление 1000000011 (справка о доходах): в обработке. Ожидаемая дата: 01.12.2026."}},
		{"1000000011", "", "+7 9** ***-**-01", notice{"sms", "+79000000001",
			"Заявление 1000000011 (справка о доходах): в обработке. Ожидаемая дата: 01.12.2026."}},
		{"1000000011", "IVANOVA@example.test", "i***@example.test", notice{"email", "ivanova@example.test",
			"Статус заявления 1000000011\n\nЗаявление 1000000011 (справка о доходах): в обработке. Ожидаемая дата: 01.12.2026."}},
		{"1000000022", "89000000002", "+7 9** ***-**-02", notice{"sms", "+79000000002",
			"Заявление 1000000022 (замена паспорта): на проверке. Не хватает: фотография, квитанция об оплате пошлины."}},
		{"1000000033", "", "a***@example.test", notice{"email", "akhmetova@example.test",
			"Статус заявления 1000000033\n\nЗаявление 1000000033 (регистрация ИП): одобрено. Как получить: почта, электронно, лично."}},
		{"1000000044", "+79000000004", "+7 9** ***-**-04", notice{"sms", "+79000000004",
			"Заявление 1000000044 (свидетельство о регистрации): отклонено. Причины: нет подписи на странице 2, истёк срок действия паспорта. Можно подать снова."}},
	} {
		b.want("sent", []string{"to", c.masked}, "application.notify", "number", c.number, "contact", c.contact)
		if sent := b.sent(); len(sent) != 1 || sent[0] != c.want {
			t.Errorf("%s: sent %q, want %q", c.number, sent, c.want)
		}
	}
	b.refused(ErrCall, "application.notify", "number", "1000000011", "contact", "+79000000002")
	b.refused(ErrCall, "application.notify", "number", "1000000011", "contact", "evil@example.test")
	b.refused(ErrCall, "application.notify", "number", "1000000099", "contact", "")
	if sent := b.sent(); len(sent) != 0 {
		t.Errorf("sent %v though it was refused", sent)
	}
}

func TestMasks(t *testing.T) {
	for phone, want := range map[string]string{"+79000000001": "+7 9** ***-**-01", "89161234567": "+7 9** ***-**-67", "": "",
		"+491701234567": "+*** ***-67", "112": "***"} {
		if got := maskPhone(phone); got != want {
			t.Errorf("%s: %q, want %q", phone, got, want)
		}
	}
	for email, want := range map[string]string{"ivanova@example.test": "i***@example.test", "я@почта.рф": "я***@почта.рф", "": "",
		"@example.test": "***@example.test", "nonsense": ""} {
		got := maskEmail(email)
		if local, _, _ := strings.Cut(email, "@"); got != want || len(local) > 2 && strings.Contains(got, local) {
			t.Errorf("%s: %q, want %q", email, got, want)
		}
	}
}
