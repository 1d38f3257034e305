package understand

import (
	"os"
	"testing"
)

func BenchmarkUnderstand(b *testing.B) {
	texts := []string{"забыл пароль от кабинета", "где моё заявление?", "здравствуйте, подскажите пожалуйста, до скольки вы работаете в субботу", "скажте тилефон гарячей лини", "какая завтра погода", "соедините с оператором"}
	if f, err := os.Open(os.Getenv("SPRAVKA_DEV")); err == nil {
		cases, _ := ReadCases(f)
		f.Close()
		texts = texts[:0]
		for _, c := range cases {
			texts = append(texts, c.Text)
		}
	}
	m := Train(contentCorpus(b), Options{})
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		m.Understand(Query{Text: texts[i%len(texts)]})
	}
}
