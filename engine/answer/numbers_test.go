package answer

import "testing"

func TestSNILS(t *testing.T) {
	for _, text := range []string{
		"112-233-445 95", "11223344595", "112 233 445 95", "112.233.445.95", "112-233-445-95", "112 - 233 - 445 - 95", "112,233,445,95",
		"112233445 95", "снилс 112-233-445 95", "СНИЛС: 11223344595", "мой снилс 112-233-445 95 спасибо", "№ 112-233-445 95", "112/233/445 95",
		"вот 112-233-445 95", "да, 112-233-445 95", "снилс11223344595", "112-233-445 95, 11223344595", "my snils is 112-233-445 95",
		"мой снилс: 112-233-445 95, инн 770100001107", "112-233-445 95 770100001107",
	} {
		check(t, SNILS, ctx, []reading{{text, "112-233-445 95", Strong}})
	}
	check(t, SNILS, ctx, []reading{
		{"087-654-302 00", "087-654-302 00", Strong}, // 100 and 101 give 00
		{"154-362-718 63", "154-362-718 63", Strong},
		{"160-722-393 46", "160-722-393 46", Strong},
		{"001-002-003 18", "001-002-003 18", Strong},
		{"001-001-998 77", "001-001-998 77", Strong}, // not checked
		{"001-001-999 77", "!snils.checksum", Strong},
		{"112-233-445 96", "!snils.checksum", Strong},
		{"121-233-445 95", "!snils.checksum", Strong},
		{"000-000-000 00", "!snils.checksum", Strong},
		{"112-233-445 95 087-654-302 00", "!answer.several", Strong},
		{"1122334459", "!snils.length", Strong},
		{"112233445955", "!snils.length", Strong},
		{"112-233", "!snils.length", Strong},
		{"12", "!snils.length", Weak},
		{"12.03.1958", "!snils.length", Weak},
		{"770100001107", "!snils.is_inn", Strong},
		{"112-233-44О 95", "!snils.letters", Strong},
		{"112-233-445 9б", "!snils.letters", Strong},
		{"у меня нет снилса", "!snils.letters", None},
		{"телефон 8 900 000 00 01", "!snils.letters", None},
	})
	params(t, SNILS, "1122334459", "got=10", "want=11")
}

func TestINN(t *testing.T) {
	check(t, INN, ctx, []reading{
		{"770100001107", "770100001107", Strong},
		{"7701 0000 1107", "770100001107", Strong},
		{"ИНН 770200002217", "770200002217", Strong},
		{"инн: 165500003306.", "165500003306", Strong},
		{"снилс 112-233-445 95, инн 770100001107", "770100001107", Strong},
		{"770100001108", "!inn.checksum", Strong},
		{"000000000000", "!inn.checksum", Strong},
		{"7707083893", "!inn.organisation", Strong},
		{"7701000011", "!inn.length", Strong},
		{"77010000110", "!inn.length", Strong},
		{"11223344595", "!inn.is_snils", Strong},
		{"77010000110О", "!inn.letters", Strong},
		{"у меня нет инн", "!inn.letters", None},
	})
	params(t, INN, "7701000011", "got=10", "want=12")
}

func TestSNILSOrINN(t *testing.T) {
	check(t, SNILSOrINN, ctx, []reading{
		{"770100001107", "770100001107", Strong},
		{"112-233-445 95", "112-233-445 95", Strong},
		{"снилс 11223344595", "112-233-445 95", Strong},
		{"инн 770100001107", "770100001107", Strong},
		{"снилс 112-233-445 95 инн 770100001107", "112-233-445 95", Strong},
		{"112-233-445 96", "!snils.checksum", Strong},
		{"770100001108", "!inn.checksum", Strong},
		{"7707083893", "!inn.organisation", Strong},
		{"123456789", "!snils_or_inn.length", Strong},
		{"11223344O95", "!snils_or_inn.letters", Strong},
		{"а что лучше?", "!snils_or_inn.letters", None},
	})
	for v, want := range map[string]Kind{
		"112-233-445 95": SNILS, "770100001107": INN, "+79000000001": Phone, "a@b.ru": Email, "": "", "1000000011": "",
	} {
		if got := KindOf(v); got != want {
			t.Errorf("KindOf(%q) = %q", v, got)
		}
	}
}

func TestPassport(t *testing.T) {
	for _, text := range []string{
		"4510 123456", "45 10 123456", "4510123456", "45-10-123456", "4510-123456", "серия 4510 номер 123456", "серия 45 10 № 123456",
		"Серия: 4510, номер: 123456", "паспорт 4510 123456", "паспорт РФ 45 10 123456", "4510 №123456", "4510 N 123456", "4510, 123456",
		"паспорт 4510 123456 выдан 12.03.2005", "паспорт 45 10 № 123456 выдан ОВД 12.03.2005", "12.03.2005 4510 123456",
	} {
		check(t, Passport, ctx, []reading{{text, "4510 123456", Strong}})
	}
	check(t, Passport, ctx, []reading{
		{"45 10 12345", "!passport.foreign", Strong}, // nine digits; the sentence speaks of both
		{"71 1234567", "!passport.foreign", Strong},
		{"загран 711234567", "!passport.foreign", Strong},
		{"4510 12345", "!passport.length", Strong},
		{"4510 1234567", "!passport.length", Strong},
		{"4510", "!passport.length", Strong},
		{"4510 12З456", "!passport.letters", Strong},
		{"паспорт потеряла", "!passport.letters", None},
	})
	params(t, Passport, "4510 12345", "got=9", "want=10")
}

func TestApplicationNumber(t *testing.T) {
	for _, text := range []string{
		"1000000011", "100 000 00 11", "100-000-0011", "№1000000011", "№ 1000000011", "# 1000000011", "номер 1000000011", "заявка № 100-000-0011",
		"номер заявления: 1000000011", "мой номер 1000000011 вот", "1000000011.", "1000000011, 1000000011", "1000000011 1000000011",
		"статус заявления 1000000011", "заявление 1000000011 от 12.03.2026", "12.03.2026 1000000011", "number is 1000000011", "n1000000011",
		"1000000011 снилс 112-233-445 95", "1000000011 8 900 000-00-01", "1000000011?",
	} {
		check(t, ApplicationNumber, ctx, []reading{{text, "1000000011", Strong}})
	}
	check(t, ApplicationNumber, ctx, []reading{
		{"где моё заявление 1000000011", "1000000011", Weak},
		{"сын подавал на садик в марте и получил в мфц бумагу 1000000011", "1000000011", Weak},
		{"100000001", "!number.length", Strong},
		{"10000000111", "!number.length", Strong},
		{"00100000011", "!number.length", Strong}, // below the SNILS that are checked: no SNILS for sure
		{"8 900 000-00-01", "!number.length", Strong},
		{"номер заявки 1234567, посмотрите пожалуйста", "!number.length", Strong},
		{"2", "!number.length", Weak},
		{"12.03.1958", "!number.length", Weak},
		{"заявка от 12.03.2026", "!number.length", Weak},
		{"112-233-445 95", "!number.is_snils", Strong},
		{"770100001107", "!number.is_inn", Strong},
		{"1000000O11", "!number.letters", Strong},
		{"1000000011О", "!number.letters", Strong},
		{"l000000011", "!number.letters", Strong},
		{"1000000011 1000000022", "!answer.several", Strong},
		{"1000000011,1000000022", "!answer.several", Strong},
		{"1000000011 и 1000000022", "!answer.several", Strong},
		{"мой телефон 9001234567", "!number.letters", None},
		{"паспорт 4510 123456", "!number.letters", None},
		{"+7 900 000 00 0", "!number.letters", None},
		{"не помню номер", "!number.letters", None},
		{"у меня 2 заявления", "!number.length", Weak},
	})
	params(t, ApplicationNumber, "100000001", "got=9", "want=10")
}

func TestCode(t *testing.T) {
	check(t, Code, ctx, []reading{
		{"123456", "123456", Strong}, {"123-456", "123456", Strong}, {"123 456", "123456", Strong}, {"1 2 3 4 5 6", "123456", Strong},
		{"код 123456", "123456", Strong}, {"код: 123456", "123456", Strong}, {"пришёл код 123456", "123456", Strong},
		{"код на телефон пришел 123456", "123456", Strong}, {"012345", "012345", Strong}, {"123456!", "123456", Strong},
		{"12345", "!code.length", Strong}, {"1234567", "!code.length", Strong}, {"1", "!code.length", Weak},
		{"12345а", "!code.letters", Strong}, {"не пришёл", "!code.letters", None}, {"код не пришёл", "!code.letters", None},
		{"пришлите ещё раз", "!code.letters", None}, {"123456 654321", "!answer.several", Strong},
	})
	params(t, Code, "12345", "got=5", "want=6")
}
