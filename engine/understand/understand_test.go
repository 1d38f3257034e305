package understand

import (
	"bytes"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"
)

func TestDeterminism(t *testing.T) {
	var first []byte
	for i := 0; i < 3; i++ {
		var b bytes.Buffer
		if _, err := Train(smallCorpus(), Options{}).WriteTo(&b); err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = b.Bytes()
		} else if !bytes.Equal(first, b.Bytes()) {
			t.Fatal("the same corpus gave another model")
		}
	}
}

func TestHash(t *testing.T) {
	base := smallCorpus().Hash()
	if base != smallCorpus().Hash() {
		t.Fatal("the hash is not stable")
	}
	for name, change := range map[string]func(*Corpus){
		"phrase":     func(c *Corpus) { c.Topics[0].Phrases[0].Text += "!" },
		"locale":     func(c *Corpus) { c.Topics[0].Phrases[0].Locale = "en" },
		"sensitive":  func(c *Corpus) { c.Topics[1].Sensitive = true },
		"outside":    func(c *Corpus) { c.OutOfScope = c.OutOfScope[1:] },
		"vague":      func(c *Corpus) { c.Vague = nil },
		"synonyms":   func(c *Corpus) { c.Synonyms[0][0] = "x" },
		"politeness": func(c *Corpus) { c.Politeness[0] = "x" },
		"extra":      func(c *Corpus) { c.Extra = map[string]string{"operator": "x"} },
	} {
		c := smallCorpus()
		change(&c)
		if c.Hash() == base {
			t.Errorf("a change of %s does not change the hash", name)
		}
	}
}

func TestUnderstand(t *testing.T) {
	m := Train(smallCorpus(), Options{})
	for _, x := range []struct {
		text  string
		first string
	}{
		{"Забыл пароль!", "account.recover"},
		{"забыл пороль от кабинета", "account.recover"},
		{"где моя заявка", "application.status"},
		{"до скольки вы работаете?", "hotline.hours"},
		{"здравствуйте", "talk.greeting"},
		{"Здравствуйте! Позовите оператора, пожалуйста", "operator"},
		{"спасибо", "talk.thanks"},
	} {
		r := m.Understand(Query{Text: x.text})
		if len(r.Topics) == 0 || r.Topics[0].Topic != x.first {
			t.Errorf("%q: %+v, want %s", x.text, r, x.first)
		}
		if len(r.Topics) > most {
			t.Errorf("%q: %d topics", x.text, len(r.Topics))
		}
		for i, s := range r.Topics {
			if s.Score < 0 || s.Score > 1 || i > 0 && s.Score > r.Topics[i-1].Score {
				t.Errorf("%q: scores %v", x.text, r.Topics)
			}
		}
	}
}

func TestDecisions(t *testing.T) {
	m := Train(smallCorpus(), Options{})
	if r := m.Understand(Query{Text: "до скольки вы работаете"}); r.Decision != Answer || len(r.Needs) != 1 || r.Needs[0] != "hotline.hours" {
		t.Errorf("a phrase of the content: %+v", r)
	}
	if r := m.Understand(Query{Text: "где моя посылка"}); r.Decision != HandOff || r.Reject != "reject.parcels" || len(r.Needs) != 0 {
		t.Errorf("a named reject: %+v", r)
	}
	for _, x := range r2("помогите", "ничего не получается", "", "   ", "🙂🙂🙂", "?!", "\u202e\u200f") {
		if r := m.Understand(Query{Text: x}); r.Decision != AskBack || !r.Vague {
			t.Errorf("%q is vague: %+v", x, r)
		}
	}
	for _, r := range []Reading{m.Understand(Query{Text: "рецепт борща"}), m.Understand(Query{Text: "какая завтра погода"})} {
		if r.Decision == Answer {
			t.Errorf("out of scope: %+v", r)
		}
	}
}

func r2(s ...string) []string { return s }

func TestPersonalDataIsMasked(t *testing.T) {
	m := Train(smallCorpus(), Options{})
	r := m.Understand(Query{Text: "мой СНИЛС 112-233-445 95, телефон +7 900 123-45-67, почта ivanov@mail.ru, где заявление"})
	for _, secret := range []string{"112", "445", "900", "123", "ivanov"} {
		if strings.Contains(r.Normal, secret) {
			t.Errorf("%q is in %q", secret, r.Normal)
		}
	}
}

func TestSensitiveIsStricter(t *testing.T) {
	m := Train(smallCorpus(), Options{})
	var plain, strict int
	for c := range m.classes {
		switch m.classes[c].id {
		case "account.recover":
			strict = c
		case "hotline.hours":
			plain = c
		}
	}
	if m.threshold(strict) < m.threshold(plain) {
		t.Error("the sensitive topic has the lower threshold")
	}
}

func TestEmptyCorpus(t *testing.T) {
	for _, o := range []Options{{}, {Quick: true}} {
		m := Train(Corpus{}, o)
		if r := m.Understand(Query{Text: "что-нибудь"}); r.Decision == Answer {
			t.Errorf("%+v", r)
		}
		m.Forced("что-нибудь")
		m.Why(Query{Text: "что-нибудь"})
	}
	one := Corpus{Topics: []Topic{{ID: "a", Phrases: []Phrase{{"один пример", "ru"}}}, {ID: "empty"}}}
	m := Train(one, Options{})
	if f := m.Forced("пример"); len(f) != 2 {
		t.Error(f)
	}
}

func TestAblationSwitches(t *testing.T) {
	for _, o := range []Options{{NoChars: true}, {NoStems: true}, {NoSynonyms: true}, {NoRepair: true}, {NoNegatives: true}, {NoStack: true}, {Quick: true}} {
		m := Train(smallCorpus(), o)
		if f := m.Forced("забыл пароль"); f[0].Topic != "account.recover" {
			t.Errorf("%+v: %v", o, f[0])
		}
	}
}

func TestConcurrentUse(t *testing.T) {
	m := Train(smallCorpus(), Options{})
	texts := []string{"забыл пароль", "где моё заявление и до скольки вы работаете", "помогите", "ghbdtn", "почему отказали?"}
	var want []Reading
	for _, x := range texts {
		want = append(want, m.Understand(Query{Text: x}))
	}
	var wg sync.WaitGroup
	for k := 0; k < 4; k++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := 0; i < 200; i++ {
				n := (i*7 + k) % len(texts)
				if r := m.Understand(Query{Text: texts[n]}); !reflect.DeepEqual(r, want[n]) {
					t.Errorf("%q: %+v, alone %+v", texts[n], r, want[n])
					return
				}
			}
		}()
	}
	wg.Wait()
}

func TestWhy(t *testing.T) {
	m := Train(smallCorpus(), Options{})
	x := m.Why(Query{Text: "Здравствуйте, забыла свой пароль"})
	if len(x.Nearest) == 0 || x.Nearest[0].Topic != "account.recover" || len(x.Features) == 0 || x.Features[0].Feature == "" || x.Decided == "" || len(x.Signals) != len(signalNames) {
		t.Errorf("%+v", x)
	}
	if strings.Contains(x.Cut, "здравствуйте") {
		t.Error("politeness is part of what was judged")
	}
	for _, text := range []string{"", "где моя посылка", "помогите", "борщ", "где заявление и до скольки вы работаете"} {
		if w := m.Why(Query{Text: text}); w.Decided == "" || !reflect.DeepEqual(w.Reading, m.Understand(Query{Text: text})) {
			t.Errorf("%q: %+v", text, w)
		}
	}
}

func TestBadInput(t *testing.T) {
	m := Train(smallCorpus(), Options{})
	for name, text := range map[string]string{
		"long":        strings.Repeat("почему не пришла справка ", 4000),
		"one word":    strings.Repeat("абвгд", 20000),
		"sentences":   strings.Repeat("да. нет! ", 20000),
		"commas":      strings.Repeat("а, и, ", 20000),
		"latin":       strings.Repeat("ghbdtn ", 15000),
		"marks":       strings.Repeat("e\u0301\u0302\u0303", 25000),
		"controls":    strings.Repeat("\x00\x1b[31m", 20000),
		"rtl":         "\u202eтаджелс\u202c " + strings.Repeat("\u200f", 1000),
		"invalid":     "\xff\xfe\xfd забыл \xc3 пароль",
		"digits":      strings.Repeat("1", 100000),
		"mixed":       "зaбыл пapoль ghbdtn 你好 שלום مرحبا 🙂",
		"at":          strings.Repeat("a@", 50000),
		"apostrophes": strings.Repeat("'", 100000),
		"stars":       "*other *vague #n #m",
		"emoji":       strings.Repeat("👨‍👩‍👧🇷🇺😀", 8000),
		"glued":       strings.Repeat("какзарегистрироватьсянапорталесновымпаролем", 2500),
		"glued parts": strings.Repeat("какзарегистрироватьсянапорталесновымпаролем ", 2500),
		"misspelt":    strings.Repeat("зарегестрировапся праоль воссттановить ", 2500),
	} {
		start := time.Now()
		r := m.Understand(Query{Text: text})
		if took := time.Since(start); took > 200*time.Millisecond {
			t.Errorf("%s: %v", name, took)
		}
		if !utf8.ValidString(r.Normal) {
			t.Errorf("%s: Normal is not valid UTF-8", name)
		}
		m.Why(Query{Text: text})
	}
}

func FuzzUnderstand(f *testing.F) {
	for _, s := range []string{"", "забыл пароль", "ghbdtn", "pochemu otkazali", "🙂", "\u202eпривет", "а по почте?", "\x00\xff", "где справка, и ещё: до скольки вы работаете?", "+7 900 123-45-67 a@b.ru", "оооооо ООО 2-НДФЛ", "[];'"} {
		f.Add(s, "application.status")
	}
	m := Train(smallCorpus(), Options{})
	f.Fuzz(func(t *testing.T, text, last string) {
		start := time.Now()
		r := m.Understand(Query{Text: text, LastTopic: last})
		if time.Since(start) > time.Second {
			t.Fatal("too slow")
		}
		switch r.Decision {
		case Answer:
			if len(r.Needs) < 1 || len(r.Needs) > 2 {
				t.Fatal("an answer without needs", r)
			}
		case Offer, AskBack, HandOff:
			if len(r.Needs) != 0 {
				t.Fatal("needs without an answer", r)
			}
		default:
			t.Fatal("no decision")
		}
		if r.Confidence < 0 || r.Confidence > 1 || r.Confidence != r.Confidence || !utf8.ValidString(r.Normal) {
			t.Fatal(r)
		}
	})
}
