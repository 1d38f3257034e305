package understand

import (
	"slices"
	"testing"
)

// repairCorpus has enough running Russian and English for the letter models.
func repairCorpus() Corpus {
	c := smallCorpus()
	c.Topics = append(c.Topics, Topic{ID: "tech", Phrases: []Phrase{
		{"не приходит смс с кодом подтверждения", "ru"}, {"не приходит код", "ru"}, {"не открывается страница портала", "ru"}, {"ошибка при загрузке файла", "ru"},
		{"электронная подпись не работает", "ru"}, {"как зарегистрироваться на портале", "ru"}, {"почему заблокировали кабинет", "ru"}, {"работает ли горячая линия", "ru"},
		{"подскажите телефон горячей линии", "ru"}, {"привет как дела", "ru"}, {"сделать справку для ребёнка", "ru"}, {"хочу на почту получить письмо", "ru"}, {"на какой телефон звонить", "ru"},
		{"на портале ошибка", "ru"}, {"не могу войти", "ru"}, {"как восстановить пароль на портале", "ru"}, {"сайт не открывается на телефоне", "ru"},
		{"my password does not work", "en"}, {"where is my application", "en"}, {"the page does not open", "en"}, {"I can not sign in to my account", "en"}, {"send me an sms", "en"},
	}})
	return c
}

func TestScriptRepair(t *testing.T) {
	m := Train(repairCorpus(), Options{Quick: true})
	for _, x := range [][2]string{
		{"ghbdtn", "привет"},
		{"yt ghb[jlbn rjl", "не приходит код"},
		{"pf,sk gfhjkm", "забыл пароль"},
		{"ne prihodit sms s kodom", "не приходит смс с кодом"},
		{"kak vosstanovit parol", "как восстановит парол"},
		{"pochemu otkazali", "почему отказали"},
		{"my password does not work", "my password does not work"},
		{"where is my application", "where is my application"},
		{"the account", "the account"},
		{"не приходит sms", "не приходит sms"},
		{"забыл gfhjkm", "забыл пароль"},
		{"user@mail.ru", "user@mail.ru"},
		{"[];'", "[];'"},
	} {
		if got := m.rep.script.repair(clean(x[0])); got != x[1] && clean(got) != x[1] {
			t.Errorf("repair(%q) = %q, want %q", x[0], got, x[1])
		}
	}
}

func TestTranslit(t *testing.T) {
	for _, x := range [][2]string{{"zdravstvuyte", "здравствуйте"}, {"shchuka", "щука"}, {"yozh", "еж"}, {"4to", "что"}, {"moy", "мой"}, {"syr", "сыр"}, {"zayavlenie", "заявление"}, {"", ""}} {
		if got := fromTranslit(x[0]); got != x[1] {
			t.Errorf("fromTranslit(%q) = %q, want %q", x[0], got, x[1])
		}
	}
}

func TestLayout(t *testing.T) {
	if got := swapLayout("ghbdtn rfr ltkf&"); got != "привет как дела?" {
		t.Error(got)
	}
	if got := unswapLayout("ьфшд"); got != "mail" {
		t.Error(got)
	}
}

func TestPhonetic(t *testing.T) {
	for _, x := range [][2]string{{"пороль", "пароль"}, {"акаунт", "аккаунт"}, {"зделать", "сделать"}, {"щет", "счет"}, {"кабенет", "кабинет"}, {"зарегестрироваться", "зарегистрироваться"}, {"регистрироватся", "регистрироваться"}} {
		if a, b := phonetic(x[0], nil), phonetic(x[1], nil); string(a) != string(b) {
			t.Errorf("%s sounds %s, %s sounds %s", x[0], a, x[1], b)
		}
	}
}

func TestSpelling(t *testing.T) {
	m := Train(repairCorpus(), Options{Quick: true})
	for _, x := range [][2]string{
		{"забыл пороль", "забыл пароль"},
		{"забылп ароль", "забыла пароль"}, // a space in the wrong place
		{"зарегестрироватся на партале", "зарегистрироваться на портале"},
		{"телифон гарячей лини", "телефон горячей лини"}, // an inflection, as far as stems can tell,
		{"неприходит код", "не приходит код"},
		{"элетронная подпсиь", "электронная подпись"},
		{"котёнок", "котенок"},
		{"заявлениями", "заявлениями"},
		{"восста новить пароль", "восстановить пароль"},
		{"квам", "квам"},
	} {
		if got := words(m.rep.tokens(x[0], false, nil)); got != x[1] {
			t.Errorf("%q is read as %q, want %q", x[0], got, x[1])
		}
		if got := words(m.rep.tokens(x[0], true, nil)); got != words(tokenize(clean(x[0]), nil)) {
			t.Errorf("%q is repaired though repair is off: %q", x[0], got)
		}
	}
}

func TestGlue(t *testing.T) {
	m := Train(repairCorpus(), Options{Quick: true})
	for _, x := range []struct {
		in   string
		want []string
	}{
		{"неприходиткод", []string{"не", "приходит", "код"}},
		{"какзарегистрироватьсянапортале", []string{"как", "зарегистрироваться", "на", "портале"}},
		{"автомобилестроение", nil},
		{"код", nil},
	} {
		if got := m.rep.spell.split(x.in, false); !slices.Equal(got, x.want) {
			t.Errorf("split(%q) = %q, want %q", x.in, got, x.want)
		}
	}
}

func TestEditCost(t *testing.T) {
	cost := func(a, b string) float64 { return editCost([]rune(a), []rune(b)) }
	if cost("пароль", "пароль") != 0 {
		t.Error("equal words differ")
	}
	if !(cost("пороль", "пароль") < cost("парыль", "пароль") && cost("апроль", "пароль") < 1) {
		t.Error("usual confusions are not cheaper", cost("пороль", "пароль"), cost("парыль", "пароль"), cost("апроль", "пароль"))
	}
	if cost("кот", "пароль") < 2 {
		t.Error("different words are near")
	}
}
