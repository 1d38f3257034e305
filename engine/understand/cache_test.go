package understand

import (
	"bytes"
	"reflect"
	"runtime"
	"testing"
	"time"
)

// smallCorpus is a tiny made-up content for unit tests.
func smallCorpus() Corpus {
	ru := func(list ...string) (out []Phrase) {
		for _, t := range list {
			out = append(out, Phrase{t, "ru"})
		}
		return out
	}
	return Corpus{
		Topics: []Topic{
			{ID: "account.recover", Sensitive: true, Phrases: ru("забыл пароль", "не помню пароль от кабинета", "потерял доступ к учётной записи", "восстановить пароль", "как вернуть доступ в личный кабинет", "забыла логин и пароль")},
			{ID: "hotline.hours", Phrases: ru("до скольки вы работаете", "график работы поддержки", "работаете ли вы в выходные", "в какие часы отвечают операторы", "вы круглосуточно на связи")},
			{ID: "document.delivery", Phrases: ru("как получить готовый документ", "пришлите документ по почте", "где забрать готовую справку", "можно получить документ почтой", "доставка документа на дом")},
			{ID: "application.status", Phrases: ru("где моё заявление", "узнать статус заявления", "на каком этапе моя заявка", "проверить состояние заявления", "готово ли моё заявление")},
			{ID: "application.refused", Phrases: ru("почему отказали в услуге", "причина отказа по заявлению", "пришёл отказ, что делать", "заявление отклонили", "подать заявление заново после отказа")},
			{ID: "contact.email", Phrases: ru("адрес электронной почты поддержки", "куда написать письмо", "ваша почта", "напишите ваш имейл", "отправить вопрос по почте")},
			{ID: "talk.greeting", Control: true, Phrases: ru("здравствуйте", "привет", "добрый день", "доброе утро")},
			{ID: "talk.thanks", Control: true, Phrases: ru("спасибо", "спасибо большое за помощь", "благодарю вас", "вы очень помогли")},
			{ID: "operator", Control: true, Phrases: ru("позовите оператора", "хочу поговорить с человеком", "соедините со специалистом", "мне нужен живой сотрудник")},
			{ID: "reject.parcels", Reject: true, Phrases: ru("где моя посылка", "отследить посылку", "посылка не пришла", "трек номер не работает")},
		},
		OutOfScope: ru("какая завтра погода", "рецепт борща", "сколько стоит айфон", "кто выиграл матч", "закрыть ИП", "вызвать врача на дом"),
		Vague:      []string{"помогите", "ничего не получается", "у меня вопрос", "что делать"},
		Synonyms:   [][]string{{"пароль", "код доступа"}, {"заявление", "заявк*", "обращение"}},
		Politeness: []string{"здравствуйте", "добрый день", "подскажите пожалуйста", "подскажите", "пожалуйста", "спасибо"},
	}
}

func TestCacheRoundTrip(t *testing.T) {
	m := Train(smallCorpus(), Options{})
	var buf bytes.Buffer
	n, err := m.WriteTo(&buf)
	if err != nil || n != int64(buf.Len()) {
		t.Fatal(n, buf.Len(), err)
	}
	raw := bytes.Clone(buf.Bytes())
	back, err := Read(&buf)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"забыл пороль", "где моя посылка?", "помогите", "как получить документ и до скольки вы работаете", "", "погода"} {
		if a, b := m.Understand(Query{Text: text}), back.Understand(Query{Text: text}); !reflect.DeepEqual(a, b) {
			t.Errorf("%q: %+v\nafter reading %+v", text, a, b)
		}
	}
	if back.Hash() != m.Hash() {
		t.Error("hash lost")
	}
	for _, spoil := range []func([]byte) []byte{
		func(b []byte) []byte { b[0] ^= 1; return b },
		func(b []byte) []byte { b[len(magic)+1]++; return b },
		func(b []byte) []byte { b[len(b)/2] ^= 4; return b },
		func(b []byte) []byte { return b[:len(b)-3] },
		func(b []byte) []byte { return b[:5] },
		func(b []byte) []byte { return nil },
	} {
		if _, err := Read(bytes.NewReader(spoil(bytes.Clone(raw)))); err == nil {
			t.Error("a spoilt cache was read")
		}
	}
}

// maxModel is what the model of the real content may occupy, in bytes.
const maxModel = 40 << 20

func TestCacheOfContent(t *testing.T) {
	var buf bytes.Buffer
	if _, err := Train(contentCorpus(t), Options{Quick: true}).WriteTo(&buf); err != nil {
		t.Fatal(err)
	}
	size := buf.Len()
	heap := func() int64 {
		var s runtime.MemStats
		runtime.GC()
		runtime.GC() // the second one empties the pools
		runtime.ReadMemStats(&s)
		return int64(s.HeapAlloc)
	}
	raw := bytes.NewReader(buf.Bytes())
	before := heap()
	start := time.Now()
	m, err := Read(raw)
	if err != nil {
		t.Fatal(err)
	}
	took := time.Since(start)
	for _, text := range []string{"забыл пароль", "какзарегистрироватьсянапортале", "где заявление и до скольки вы работаете"} {
		m.Understand(Query{Text: text})
	}
	used := heap() - before
	runtime.KeepAlive(buf)
	t.Logf("%d bytes, read in %v, %.1f MB on the heap; features %d classes %d words %d postings %d", size, took, float64(used)/(1<<20), len(m.sp.keys), len(m.classes), len(m.sp.lex.words), len(m.nb.doc))
	if used > maxModel {
		t.Errorf("the model takes %d bytes, at most %d are allowed", used, maxModel)
	}
	runtime.KeepAlive(m)
}
