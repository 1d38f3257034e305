package answer

import (
	"testing"
	"time"
)

func TestBirthDate(t *testing.T) {
	for _, text := range []string{
		"12.03.1958", "12/03/1958", "12-03-1958", "12 03 1958", "12,03,1958", "12, 03, 1958", "12.3.1958", "12:03:1958", "12_03_1958",
		"12.03.58", "12-03-58", "12 03 58", "12/3/58", "12031958", "120358", "1958-03-12", "1958.03.12", "19580312", "1203 1958", "12 031958",
		"12 марта 1958", "12 марта 58", "12 марта 58 года", "12 марта 1958 г.", "12 марта 1958г.р.", "12 мар 1958", "12 март 1958", "12марта1958",
		"12-го марта 1958", "12го марта 1958 года", "12-марта-1958", "12.марта.1958", "12 Марта 1958", "12 МАРТА 1958 ГОДА",
		"12 марат 1958", "12 мрата 1958", "12 мартa 1958", "12 marta 1958", "12 числа 3 месяца 1958 года", "12.III.1958", "12 III 58",
		"March 12 1958", "March 12, 1958", "12 March 1958", "12th of March 1958", "1958 march 12", "mar 12 58", "1958 март 12",
		"родилась 12.03.1958", "родился 12 марта 1958 года", "дата рождения 12.03.1958", "моя дата рождения: 12.03.1958", "12.03.1958 г.р.",
		"др 12.03.1958", "ну 12.03.1958", "12.03.1958.", "(12.03.1958)", "12.03.1958, 12 марта 1958", "12 . 03 . 1958", "12.03.58 (68 лет)", "12 Mapта 1958",
		"ой, дата рождения другая: 12.03.1958", "родилась 12.03.1958 в 6 утра", "i was born on 12 march 1958", "нет, 12.03.1958",
	} {
		check(t, BirthDate, ctx, []reading{{text, "1958-03-12", Strong}})
	}
}

func TestBirthDateMonths(t *testing.T) {
	check(t, BirthDate, ctx, []reading{
		{"1 января 1990", "1990-01-01", Strong}, {"1 янв 1990", "1990-01-01", Strong}, {"1 енваря 1990", "1990-01-01", Strong},
		{"29 февраля 1992", "1992-02-29", Strong}, {"29.02.92", "1992-02-29", Strong}, {"2 феврля 1990", "1990-02-02", Strong},
		{"3 апреля 1990", "1990-04-03", Strong}, {"3 опреля 1990", "1990-04-03", Strong}, {"1 мая 1990", "1990-05-01", Strong},
		{"май 1 1990", "1990-05-01", Strong}, {"5 июня 1990", "1990-06-05", Strong}, {"5 июн 1990", "1990-06-05", Strong},
		{"5 иуня 1990", "1990-06-05", Strong}, {"1 июля 1985", "1985-07-01", Strong}, {"July 1 1985", "1985-07-01", Strong},
		{"1 July 1985", "1985-07-01", Strong}, {"8 августа 1990", "1990-08-08", Strong}, {"8 авгкста 1990", "1990-08-08", Strong},
		{"12 сентебря 1960", "1960-09-12", Strong}, {"12 снтбря 1960", "!date.format", Strong}, {"9 актября 1960", "1960-10-09", Strong},
		{"5 ноября 2001", "2001-11-05", Strong}, {"5 наября 2001", "2001-11-05", Strong}, {"5 декарбя 1990", "1990-12-05", Strong},
		{"3 Febuary 1990", "1990-02-03", Strong}, {"7 Sept 1990", "1990-09-07", Strong},
		{"12 июмя 1958", "!date.format", Strong}, // June or July
	})
}

func TestBirthDateCentury(t *testing.T) {
	check(t, BirthDate, ctx, []reading{
		{"01.07.85", "1985-07-01", Strong},
		{"05.11.01", "2001-11-05", Strong},
		{"27.01.47", "1947-01-27", Strong},
		{"24.11.26", "2026-11-24", Strong}, // today
		{"25.11.26", "1926-11-25", Strong}, // tomorrow it would be; 99 years old
		{"12.03.27", "1927-03-12", Strong},
		{"12.03.00", "2000-03-12", Strong},
	})
	later := Context{Now: time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)}
	check(t, BirthDate, later, []reading{{"12.03.30", "2030-03-12", Strong}, {"12.03.31", "1931-03-12", Strong}})
	// Without a clock nothing is too old or in the future.
	check(t, BirthDate, Context{}, []reading{{"12.03.58", "1958-03-12", Strong}, {"12.03.2058", "2058-03-12", Strong}})
}

func TestBirthDateProblems(t *testing.T) {
	check(t, BirthDate, ctx, []reading{
		{"31.02.1958", "!date.impossible", Strong},
		{"31 апреля 1990", "!date.impossible", Strong},
		{"00.03.1958", "!date.impossible", Strong},
		{"32.01.1958", "!date.impossible", Strong},
		{"29.02.1957", "!date.not_leap", Strong},
		{"29.02.1900", "!date.not_leap", Strong},
		{"29 февраля 58", "!date.not_leap", Strong},
		{"12.13.1958", "!date.month", Strong},
		{"12.00.1958", "!date.month", Strong},
		{"03/25/1958", "!date.month", Strong},
		{"25.11.2026", "!date.future", Strong},
		{"12.03.2058", "!date.future", Strong},
		{"12.03.1858", "!date.too_old", Strong},
		{"12.03.0958", "!date.too_old", Strong},
		{"23.11.1905", "!date.too_old", Strong},
		{"25.11.1905", "1905-11-25", Strong}, // 120 years old
		{"12.03", "!date.no_year", Strong},
		{"12 марта", "!date.no_year", Strong},
		{"12-го марта", "!date.no_year", Strong},
		{"march 12", "!date.no_year", Strong},
		{"1958", "!date.no_day", Strong},
		{"1958 год", "!date.no_day", Strong},
		{"в 1958 году", "!date.no_day", Strong},
		{"март 1958", "!date.no_day", Strong},
		{"03.1958", "!date.no_day", Strong},
		{"12.03.195", "!date.format", Strong},
		{"12.03.19588", "!date.format", Strong},
		{"1203195", "!date.format", Strong},
		{"двенадцатое марта 1958", "!date.format", Strong},
		{"двенадцатое марта пятьдесят восьмого", "!date.format", Strong},
		{"двенадцатого третьего пятьдесят восьмого года", "!date.format", Strong},
		{"12.03.1958 14.05.1960", "!answer.several", Strong},
		{"12.03.1958 или 13.03.1958", "!answer.several", Strong},
		{"12", "!date.format", Weak},
		{"март", "!date.format", Weak},
		{"1000000011", "!date.format", Weak},
		{"8 900 000-00-01", "!date.format", Weak},
		{"+7 900 00 00 01", "!date.format", Weak},
		{"заявление 1000000011 от 12.03.2026", "2026-03-12", Weak}, // a date, but of something else
		{"а зачем вам дата рождения", "!date.format", None},
		{"не помню", "!date.format", None},
		{"приду 12 числа в 3 часа с мамой и папой", "!date.format", None},
	})
	params(t, BirthDate, "31.02.1958", "days=28")
	params(t, BirthDate, "30 февраля 1992", "days=29")
	params(t, BirthDate, "31 апреля 1990", "days=30")
	params(t, BirthDate, "32.01.1958", "days=31")
	params(t, BirthDate, "29.02.1957", "year=1957")
	params(t, BirthDate, "12.13.1958", "month=13")
	params(t, BirthDate, "12.03.1858", "year=1858")
}

// The day on which a date becomes the future is the citizen's, not Greenwich's.
func TestBirthDateZone(t *testing.T) {
	vladivostok := time.FixedZone("", 10*3600)
	c := Context{Now: time.Date(2026, 11, 24, 20, 0, 0, 0, time.UTC).In(vladivostok)}
	check(t, BirthDate, c, []reading{{"25.11.2026", "2026-11-25", Strong}})
}
