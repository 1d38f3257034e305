package answer

import "testing"

func TestFind(t *testing.T) {
	for _, row := range []struct {
		kind          Kind
		text          string
		value, reason string
	}{
		{BirthDate, "ой, дата рождения другая: 12.03.1958", "1958-03-12", ""},
		{BirthDate, "нет, я родилась 12 марта 1958 года, а не 13", "1958-03-12", ""},
		{BirthDate, "там написано 13.03.1958, а надо 12.03.1958", "", problemSeveral},
		{BirthDate, "дата рождения другая: 31.02.1958", "", problemDateImpossible},
		{BirthDate, "исправьте дату рождения", "", ""},
		{BirthDate, "телефон 8 900 000-00-01", "", ""},
		{ApplicationNumber, "статус заявления 1000000011", "1000000011", ""},
		{ApplicationNumber, "где моё заявление 1000000011?", "1000000011", ""},
		{ApplicationNumber, "что там с 1000000011 и 1000000022", "", problemSeveral},
		{ApplicationNumber, "заявление №1000000011 от 12.03.2026, телефон 8 900 000-00-01", "1000000011", ""},
		{ApplicationNumber, "мой телефон 9001234567", "", ""},
		{ApplicationNumber, "статус заявления", "", ""},
		{SNILS, "снилс у меня другой, 112-233-445 95, исправьте", "112-233-445 95", ""},
		{SNILS, "снилс 112-233-445 96", "", problemSNILSChecksum},
		{INN, "Иванова Мария, снилс 112-233-445 95, инн 770100001107", "770100001107", ""},
		{SNILSOrINN, "вот мой инн 770100001107", "770100001107", ""},
		{Passport, "паспорт сменила, теперь 4511 654321, выдан 01.02.2020", "4511 654321", ""},
		{Phone, "телефон поменялся, теперь +7 900 000-00-02", "+79000000002", ""},
		{Phone, "живу в доме 5", "", ""},
		{Phone, "дата рождения 12.03.1958", "", ""},
		{Email, "почта другая: petrov@example.test", "petrov@example.test", ""},
		{Email, "почта другая", "", ""},
		{Contact, "пишите на petrov@example.test", "petrov@example.test", ""},
		{Contact, "звоните 8 900 000-00-02", "+79000000002", ""},
		{Contact, "как хотите", "", ""},
		{TicketNumber, "что с моим обращением О-26-000123-7?", "О-26-000123-7", ""},
		{TicketNumber, "обращение О-26-000123-8", "", problemTicketChecksum},
		{Code, "пришёл код 123456", "123456", ""},
		{FullName, "моё имя другое: Пётр Алексеевич Семёнов", "Пётр Алексеевич Семёнов", ""},
		{FullName, "нет, фамилия и имя неправильные: Семёнов Пётр", "Семёнов Пётр", ""},
		{FullName, "на самом деле меня зовут Петрова Анна, а не так", "Петрова Анна", ""},
		{FullName, "фио: Лыу Тхань", "Лыу Тхань", ""},
		{FullName, "здравствуйте, хочу узнать статус, Иванова Мария Петровна", "Иванова Мария Петровна", ""},
		{FullName, "исправьте на Иванова Мария Петровна пожалуйста", "Иванова Мария Петровна", ""},
		{FullName, "меня зовут Иванова Мария Петровна, дата рождения 12.03.1958", "Иванова Мария Петровна", ""},
		{FullName, "Иванова Мария Петровна или Петрова Анна Сергеевна", "", problemSeveral},
		{FullName, "фамилия другая: Петрова", "", ""},
		{FullName, "Ахметова Гульнара Ринатовна 05.11.2001", "Ахметова Гульнара Ринатовна", ""},
		{FullName, "не Иванова Мария Петровна", "", ""},
		{FullName, "хочу поговорить с человеком", "", ""},
		{YesNo, "да", "yes", ""},
		{Text, "что угодно", "", ""},
		{File, "что угодно", "", ""},
	} {
		value, reason, ok := Find(row.kind, row.text, ctx)
		if value != row.value || reason != row.reason || ok != (row.value != "") {
			t.Errorf("Find(%s, %q) = %q, %q, %v; want %q, %q", row.kind, row.text, value, reason, ok, row.value, row.reason)
		}
	}
}

func TestDisplay(t *testing.T) {
	for _, row := range []struct {
		kind          Kind
		value, locale string
		want          string
	}{
		{BirthDate, "1958-03-12", "ru", "12.03.1958"},
		{BirthDate, "1958-03-12", "en", "12 March 1958"},
		{BirthDate, "вчера", "ru", "вчера"},
		{BirthDate, "1958-13-12", "ru", "1958-13-12"},
		{Phone, "+79000000001", "ru", "+7 900 000-00-01"},
		{Phone, "+375291234567", "ru", "+375 29 123-45-67"},
		{Phone, "мусор", "ru", "мусор"},
		{Contact, "+79000000001", "ru", "+7 900 000-00-01"},
		{Contact, "a@b.ru", "ru", "a@b.ru"},
		{SNILS, "112-233-445 95", "ru", "112-233-445 95"},
		{YesNo, "yes", "ru", "да"}, {Confirm, "no", "ru", "нет"}, {Consent, "yes", "en", "yes"},
		{TicketNumber, "О-26-000123-7", "ru", "О-26-000123-7"},
		{FullName, "Иванова Мария Петровна", "ru", "Иванова Мария Петровна"},
	} {
		if got := Display(row.kind, row.value, row.locale); got != row.want {
			t.Errorf("Display(%s, %q, %s) = %q, want %q", row.kind, row.value, row.locale, got, row.want)
		}
	}
}

func TestMask(t *testing.T) {
	for _, row := range []struct {
		kind        Kind
		value, want string
	}{
		{FullName, "Иванова Мария Петровна", "Иванова М. П."},
		{FullName, "Пётр Алексеевич Семёнов", "Семёнов П. А."},
		{FullName, "Ким Александр", "Ким А."},
		{FullName, "Александр Ким", "Ким А."},
		{FullName, "Салтыков-Щедрин Михаил Евграфович", "Салтыков-Щедрин М. Е."},
		{FullName, "Мамедов Али Гасан оглы", "Мамедов А. Г."},
		{FullName, "Адам Мицкевич", "Адам М."}, // which is which cannot be told
		{FullName, "John Smith", "Smith J."},
		{FullName, "Иванова", "*******"},
		{BirthDate, "1958-03-12", "**.**.1958"},
		{BirthDate, "вчера", "*****"},
		{SNILS, "112-233-445 95", "***-***-*45 95"},
		{INN, "770100001107", "********1107"},
		{SNILSOrINN, "112-233-445 95", "***-***-*45 95"},
		{SNILSOrINN, "770100001107", "********1107"},
		{Passport, "4510 123456", "** ** ***456"},
		{Phone, "+79000000001", "+7 9** ***-**-01"},
		{Phone, "+375291234567", "+375 *******67"},
		{Phone, "мусор", "*****"},
		{Email, "ivanova@example.test", "i***@example.test"},
		{Email, "я@пример.рф", "я***@пример.рф"},
		{Contact, "+79000000001", "+7 9** ***-**-01"},
		{Contact, "kim@example.test", "k***@example.test"},
		{ApplicationNumber, "1000000011", "1000000011"},
		{TicketNumber, "О-26-000123-7", "О-26-000123-7"},
		{Code, "123456", "******"},
		{Choice, "income", "income"}, {YesNo, "yes", "yes"}, {Confirm, "no", "no"}, {Consent, "yes", "yes"},
		{File, "паспорт.jpg", "***********"},
		{Text, "Не пришла справка за 3 месяца", "Не пришла справка за 3 месяца"},
		{Text, "мой снилс 112-233-445 95, почта ivanova@example.test", "мой снилс ***-***-*** **, почта *******@example.test"},
		{Text, "позвоните 8 (900) 000-00-01 или 12.03.1958", "позвоните * (***) ***-**-** или **.**.****"},
		{SNILS, "", ""},
		{"colour", "red", "***"},
	} {
		if got := Mask(row.kind, row.value); got != row.want {
			t.Errorf("Mask(%s, %q) = %q, want %q", row.kind, row.value, got, row.want)
		}
	}
}
