package answer

import "testing"

func TestPhone(t *testing.T) {
	for _, text := range []string{
		"+79000000001", "89000000001", "79000000001", "9000000001", "8 900 000-00-01", "8 (900) 000-00-01", "+7 (900) 000 00 01", "8-900-000-00-01",
		"8(900)0000001", "900 000 00 01", "(900) 000-00-01", "+8 900 000 00 01", "8.900.000.00.01", "+7-900-000-00-01", "тел. 8 900 000-00-01",
		"мой телефон 89000000001", "телефон: +7 900 000-00-01 спасибо", "8 900 000 00 01, 89000000001", "моб 89000000001", "+ 7 900 000 00 01",
		"мой номер телефона 8-900-000-00-01 звоните", "снилс 112-233-445 95, телефон 89000000001", "89000000001?",
	} {
		check(t, Phone, ctx, []reading{{text, "+79000000001", Strong}})
	}
	check(t, Phone, ctx, []reading{
		{"+79000000002", "+79000000002", Strong}, {"+79000000004", "+79000000004", Strong}, {"+79000000000", "+79000000000", Strong},
		{"8 495 123-45-67", "+74951234567", Strong},
		{"8 845 212-34-56", "+78452123456", Strong},
		{"+375 29 123-45-67", "+375291234567", Strong},
		{"375291234567", "+375291234567", Strong},
		{"8 10 375 29 123 45 67", "+375291234567", Strong},
		{"00375291234567", "+375291234567", Strong},
		{"998901234567", "+998901234567", Strong},
		{"+7 701 234 56 78", "+77012345678", Strong}, // Kazakhstan
		{"+1 212 555 1234", "+12125551234", Strong},
		{"+84 912 345 678", "+84912345678", Strong}, // Vietnam, not Ryazan with a slip
		{"123-45-67", "!phone.length", Strong},
		{"8 900 000 00 0", "!phone.length", Strong},
		{"+7 900 000 00 01 2", "!phone.length", Strong},
		{"900", "!phone.length", Weak},
		{"12.03.1958", "!phone.length", Weak},
		{"8 000 000 00 00", "!phone.invalid", Strong},
		{"1000000011", "!phone.invalid", Strong},
		{"89000000001, 89000000002", "!answer.several", Strong},
		{"89000000001 89000000002", "!answer.several", Strong},
		{"не дам", "!phone.invalid", None},
		{"у меня нет телефона", "!phone.invalid", None},
		{"заявление 1000000011", "!phone.invalid", None},
		{"а зачем вам мой телефон?", "!phone.invalid", None},
	})
	params(t, Phone, "123-45-67", "got=7")
}

func TestEmail(t *testing.T) {
	for _, text := range []string{
		"ivanova@example.test", "ivanova@EXAMPLE.Test", "ivanova @ example.test", "ivanova@ example.test", "ivanova @example.test",
		"ivanova@example,test", "<ivanova@example.test>", "mailto:ivanova@example.test", "ivanova@example.test.",
		"почта ivanova@example.test", "моя почта: ivanova@example.test, спасибо", "e-mail: ivanova@example.test", "(ivanova@example.test)",
		"ivanova@example.test ivanova@example.test", "вот ivanova@example.test!", "ivanova＠example.test",
	} {
		check(t, Email, ctx, []reading{{text, "ivanova@example.test", Strong}})
	}
	check(t, Email, ctx, []reading{
		{"ivanova@gmail,com", "ivanova@gmail.com", Strong},
		{"ivanova@mail ru", "ivanova@mail.ru", Strong},
		{"ivanova@mail . ru", "ivanova@mail.ru", Strong},
		{"ivanova@mail.ru спасибо", "ivanova@mail.ru", Strong},
		{"ivanova@mail.ru и всё", "ivanova@mail.ru", Strong},
		{"Ivan.Petrov+tag@sub.example.co.uk", "Ivan.Petrov+tag@sub.example.co.uk", Strong},
		{"i_v-a.n@ya.ru", "i_v-a.n@ya.ru", Strong},
		{"почта@пример.рф", "почта@пример.рф", Strong},
		{"ivan@Пример.РФ", "ivan@пример.рф", Strong},
		{"иванова@mail.ru", "!email.cyrillic", Strong},
		{"ivanovа@mail.ru", "!email.cyrillic", Strong}, // the last letter is Cyrillic
		{"ivanova@mail", "!email.format", Strong},
		{"@mail.ru", "!email.format", Strong},
		{"ivanova@", "!email.format", Strong},
		{"a@b@c.ru", "!email.format", Strong},
		{"a@b..ru", "!email.format", Strong},
		{".a@b.ru", "!email.format", Strong},
		{"a..b@c.ru", "!email.format", Strong},
		{"a@-b.ru", "!email.format", Strong},
		{"a@b.1", "!email.format", Strong},
		{"ivanova mail.ru", "!email.format", Strong},
		{"иванова собака мейл ру", "!email.format", Strong},
		{"a@b.ru, c@d.ru", "!answer.several", Strong},
		{"нет почты", "!email.format", None},
		{"зачем вам моя почта", "!email.format", None},
	})
}

func TestContact(t *testing.T) {
	check(t, Contact, ctx, []reading{
		{"8 900 000-00-01", "+79000000001", Strong},
		{"ivanova@example.test", "ivanova@example.test", Strong},
		{"телефон 89000000001 почта ivanova@example.test", "+79000000001", Strong},
		{"ivanova@example.test или 89000000001", "ivanova@example.test", Strong},
		{"ivanova1958@example.test", "ivanova1958@example.test", Strong},
		{"ivanova@mail 89000000001", "+79000000001", Strong},
		{"ivanova@mail", "!email.format", Strong},
		{"900 000", "!phone.length", Strong},
		{"123", "!contact.format", Weak},
		{"привет", "!contact.format", None},
		{"лучше напишите", "!contact.format", None},
	})
}

func TestTicketNumber(t *testing.T) {
	if got := NewTicketNumber('О', 2026, 123); got != "О-26-000123-7" {
		t.Fatalf("NewTicketNumber: %s", got)
	}
	for _, text := range []string{
		"О-26-000123-7", "о-26-000123-7", "O-26-000123-7", "o26 000123 7", "О260001237", "О 26 000123 7", "о26-0001237", "номер О-26-000123-7",
		"№О-26-000123-7", "№ о 26 000123 7", "обращение О-26-000123-7", "О-26-123-7", "0-26-000123-7", "О–26–000123–7", "О.26.000123.7",
		"мой номер обращения O-26-000123-7, спасибо", "О-26-000123-7, О-26-000123-7", "О - 26 - 000123 - 7", "О/26/000123/7",
	} {
		check(t, TicketNumber, ctx, []reading{{text, "О-26-000123-7", Strong}})
	}
	other := NewTicketNumber('Т', 26, 999999)
	check(t, TicketNumber, ctx, []reading{
		{other, other, Strong},
		{"t" + other[len("Т"):], other, Strong},
		{"О-26-000123-8", "!ticket.checksum", Strong},
		{"О-26-000132-7", "!ticket.checksum", Strong},
		{"А-26-000123-7", "!ticket.checksum", Strong},
		{"О-26-000123", "!ticket.format", Strong},
		{"26-000123-7", "!ticket.format", Strong},
		{"1000000011", "!ticket.format", Strong},
		{"О-26", "!ticket.format", None},
		{"О-26-000123-7 " + other, "!answer.several", Strong},
		{"где мой номер", "!ticket.format", None},
		{"2-НДФЛ", "!ticket.format", None},
	})
	// Arguments that make no sense must not make it panic.
	for _, n := range []int{-1 << 63, -1, 0, 1_000_000, 1<<63 - 1} {
		for _, r := range []rune{'Ё', 'q', 0, -1, '😀'} {
			v := NewTicketNumber(r, n, n)
			if got := Parse(TicketNumber, v, ctx); got.Value != v {
				t.Errorf("NewTicketNumber(%q, %d, %d) = %s, read as %+v", r, n, n, v, got)
			}
		}
	}
	if NewTicketNumber('o', 26, 7) != NewTicketNumber('О', 2026, 7) || NewTicketNumber('ё', 26, 7) != NewTicketNumber('E', 2026, 7) {
		t.Error("letters that look alike make different numbers")
	}
}
