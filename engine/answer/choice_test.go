package answer

import "testing"

var options = []Option{
	{ID: "income", Label: "Справка о доходах", Words: []string{"2-НДФЛ", "доход"}},
	{ID: "family", Label: "Справка о составе семьи"},
	{ID: "passport", Label: "Замена паспорта", Words: []string{"загран"}},
	{ID: "business", Label: "Регистрация ИП", Words: []string{"предприниматель", "самозанятость"}},
}

func TestChoice(t *testing.T) {
	c := Context{Options: options}
	check(t, Choice, c, []reading{
		{"1", "income", Strong}, {"1)", "income", Strong}, {"1.", "income", Strong}, {"первый", "income", Strong}, {"первое", "income", Strong},
		{"один", "income", Strong}, {"номер 1", "income", Strong}, {"№2", "family", Strong}, {"2", "family", Strong}, {"второе", "family", Strong},
		{"вариант 2", "family", Strong}, {"2-й", "family", Strong}, {"2й вариант", "family", Strong}, {"вторую", "family", Strong},
		{"давайте второй", "family", Strong}, {"третий вариант пожалуйста", "passport", Strong}, {"под номером 3", "passport", Strong},
		{"4️⃣", "business", Strong}, {"последний", "business", Strong}, {"the second one", "!choice.ambiguous", Strong}, {"second", "family", Strong},
		{"Справка о доходах", "income", Strong}, {"справка о доходах", "income", Strong}, {"СПРАВКА О ДОХОДАХ!", "income", Strong},
		{"справку о доходах", "income", Strong}, {"доходы", "income", Strong}, {"про доходы", "income", Strong}, {"нужна справка о доходах", "income", Strong},
		{"2-ндфл", "income", Strong}, {"2 ндфл", "income", Strong}, {"ндфл", "income", Strong}, {"спарвка о доходах", "income", Strong},
		{"составе семьи", "family", Strong}, {"семья", "family", Strong}, {"состав семьи", "family", Strong},
		{"загран", "passport", Strong}, {"загранпаспорт", "passport", Strong}, {"замена паспорта", "passport", Strong},
		{"зомена паспорта", "passport", Strong}, {"замена пасппорта", "passport", Strong}, {"паспорт", "passport", Strong},
		{"мне бы паспорт поменять", "passport", Weak}, {"регистрация ип", "business", Strong}, {"ип", "business", Weak},
		{"предпринематель", "business", Strong}, {"самазанятасть", "business", Strong}, // two slips in a long word
		{"регестрация", "business", Strong},
		{"справка о доходах?", "income", Weak},
		{"справка", "!choice.ambiguous", Strong}, {"1 и 2", "!choice.ambiguous", Strong}, {"первый или второй", "!choice.ambiguous", Strong},
		{"доходы и загран", "!choice.ambiguous", Strong},
		{"5", "!choice.none", Weak}, {"0", "!choice.none", Weak}, {"пятый", "!choice.none", Weak},
		{"не справка", "!choice.none", Weak}, {"только не паспорт", "!choice.none", Weak},
		{"никакой", "!choice.none", None}, {"не знаю", "!choice.none", None}, {"какие есть?", "!choice.none", None},
		{"хочу поговорить с человеком", "!choice.none", None}, {"1000000011", "!choice.none", None}, {"", "!choice.none", None}, {"!!!", "!choice.none", None},
		{"что нужно для замены паспорта?", "!choice.none", None},
	})
}

func TestChoiceSmall(t *testing.T) {
	c := Context{Options: []Option{{ID: "y", Label: "Да"}, {ID: "n", Label: "Нет"}, {ID: "post", Label: "Почтой"}, {ID: "mail", Label: "Электронной почтой"},
		{ID: "self", Label: "Заберу лично", Words: []string{"сам", "сама", "лично"}}}}
	check(t, Choice, c, []reading{
		{"да", "y", Strong}, {"нет", "n", Strong}, {"почтой", "post", Strong}, {"по почте", "post", Strong},
		{"электронной", "mail", Strong}, {"электронной почтой", "mail", Strong}, {"сама", "self", Strong}, {"сама заберу", "self", Strong}, {"лично", "self", Strong},
	})
	check(t, Choice, Context{}, []reading{{"1", "!choice.none", None}})
	// Two options with the same label are ambiguous, not the first one.
	same := Context{Options: []Option{{ID: "a", Label: "Москва"}, {ID: "b", Label: "Москва"}}}
	check(t, Choice, same, []reading{{"москва", "!choice.ambiguous", Strong}, {"2", "b", Strong}})
	// A label that is a number of another place wins over the place.
	years := Context{Options: []Option{{ID: "3y", Label: "3"}, {ID: "2y", Label: "2"}, {ID: "1y", Label: "1"}}}
	check(t, Choice, years, []reading{{"1", "1y", Strong}, {"второй", "2y", Strong}})
}

func TestYesNo(t *testing.T) {
	for _, text := range []string{
		"да", "Да", "ДА!", "да.", "д", "дааа", "да да", "да-да", "да, да, да", "ага", "агаа", "угу", "так точно", "верно", "все верно", "всё верно",
		"все правильно", "всё правильно, спасибо", "да, всё так", "правильно", "правельно", "конечно", "ну конечно", "да конечно", "подтверждаю",
		"подтвержаю", "да подтверждаю", "согласен", "согласна", "соглсна", "я согласна", "ок", "окей", "ok", "ОК", "хорошо", "ладно", "+", "++", "👍", "👍👍", "✅",
		"yes", "yep", "sure", "correct", "that's right", "lf", "именно", "все данные верны", "да, это я", "не возражаю", "не против", "ошибок нет",
		"да, ошибок нет", "разумеется", "давайте", "можно", "хочу", "почему бы и нет", "да 👍", "ну да", "точно", "дa",
	} {
		check(t, YesNo, ctx, []reading{{text, "yes", Strong}})
	}
	for _, text := range []string{
		"нет", "Нет.", "неет", "нет нет", "нет-нет", "неа", "не", "н", "нету", "нет спасибо", "нет, не надо", "не совсем", "неверно", "не верно", "неправильно",
		"не правильно", "не так", "отнюдь", "не согласен", "не согласна", "несогласен", "не надо", "не хочу", "не нужно", "не, не верно", "не, спасибо", "нeт", "никак нет",
		"ни в коем случае", "конечно нет", "нет конечно", "-", "👎", "👎🏽", "❌", "no", "nope", "not quite", "wrong", "ytn", "не подтверждаю", "пока нет", "всё неверно",
		"против", "отказываюсь",
	} {
		check(t, YesNo, ctx, []reading{{text, "no", Strong}})
	}
}

func TestYesNoUnclear(t *testing.T) {
	for _, kind := range []Kind{YesNo, Confirm} {
		check(t, kind, ctx, []reading{
			{"нет, дата рождения другая", "!yesno.unclear", Weak},
			{"нет, телефон неправильный", "!yesno.unclear", Weak},
			{"да, но телефон другой", "!yesno.unclear", Weak},
			{"всё верно, кроме отчества", "!yesno.unclear", Weak},
			{"не та дата", "!yesno.unclear", None},
			{"да нет", "!yesno.unclear", Weak},
			{"нет, все верно", "!yesno.unclear", Weak},
			{"нверно", "!yesno.unclear", Weak}, // one slip away from «верно» and «неверно»
			{"да?", "!yesno.unclear", Weak},
			{"да 12.03.1958", "!yesno.unclear", Weak},
			{"да что вы", "!yesno.unclear", Weak},
			{"наверное да", "yes", Weak},
			{"вроде верно", "yes", Weak},
			{"не знаю", "!yesno.unclear", None},
			{"хочу оператора", "!yesno.unclear", None},
			{"а что подтверждать?", "!yesno.unclear", None},
			{"иванова мария петровна", "!yesno.unclear", None},
			{"добрый день дд", "!yesno.unclear", None},
			{"я вчера звонила вам и сказали что все верно и скоро пришлют", "!yesno.unclear", None},
		})
	}
	check(t, YesNo, ctx, []reading{{"да, пришлите", "yes", Weak}, {"да пришлите смс", "yes", Weak}})
	check(t, Confirm, ctx, []reading{{"да, пришлите", "!yesno.unclear", Weak}})
}

// Only a clear consent counts.
func TestConsent(t *testing.T) {
	check(t, Consent, ctx, []reading{
		{"да", "yes", Strong}, {"согласен", "yes", Strong}, {"Согласна", "yes", Strong}, {"согласна.", "yes", Strong}, {"я согласна", "yes", Strong},
		{"даю согласие", "yes", Strong}, {"согласие даю", "yes", Strong}, {"не даю согласия", "no", Strong}, {"разрешаю", "yes", Strong}, {"согласен на обработку персональных данных", "yes", Strong},
		{"да, согласна на обработку моих данных", "yes", Strong}, {"+", "yes", Strong}, {"👍", "yes", Strong}, {"принимаю условия", "yes", Strong},
		{"i agree", "yes", Strong}, {"соглосен", "yes", Strong}, {"хорошо", "yes", Strong}, {"не возражаю", "yes", Strong},
		{"нет", "no", Strong}, {"не согласен", "no", Strong}, {"отказываюсь", "no", Strong}, {"против", "no", Strong},
		{"ага", "!consent.unclear", Weak}, {"угу", "!consent.unclear", Weak}, {"ладно", "!consent.unclear", Weak}, {"ну да", "!consent.unclear", Weak},
		{"да наверное", "!consent.unclear", Weak}, {"так и быть", "!consent.unclear", Weak}, {"да, но не все", "!consent.unclear", Weak},
		{"да, если это безопасно", "!consent.unclear", Weak}, {"согласен частично", "!consent.unclear", Weak},
		{"наверное", "!consent.unclear", None}, {"а зачем?", "!consent.unclear", None}, {"на что согласие?", "!consent.unclear", None},
	})
}
