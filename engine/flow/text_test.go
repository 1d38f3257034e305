package flow_test

import (
	"testing"

	"spravka/engine/flow"
)

type values map[string]string

func (v values) Value(name, filter string, fact bool) string {
	if fact {
		name = "@" + name
	}
	if filter != "" {
		return filter + "(" + v[name] + ")"
	}
	return v[name]
}

func TestText(t *testing.T) {
	v := values{"name": "Анна", "@hotline.phone": "8-800", "one": "1", "two": "22", "five": "111", "empty": "", "note": "важно"}
	for _, tt := range []struct{ locale, src, want string }{
		{"ru", "просто текст", "просто текст"},
		{"ru", "{name}, звоните: {@hotline.phone}.", "Анна, звоните: 8-800."},
		{"ru", "{name|mask}", "mask(Анна)"},
		{"ru", "{one:файл|файла|файлов}, {two:файл|файла|файлов}, {five:файл|файла|файлов}", "1 файл, 22 файла, 111 файлов"},
		{"en", "{one:file|files}, {two:file|files}", "1 file, 22 files"},
		{"ru", "a{? note} ({note}){/}b{? empty}нет{/}c", "a (важно)bc"},
		{"ru", "{? @hotline.phone}есть{/}", "есть"},
		{"ru", "{?! empty}пусто{/}{?! note}не пусто{/}", "пусто"},
	} {
		text, err := flow.ParseText(tt.src, tt.locale)
		if err != nil {
			t.Errorf("%q: %v", tt.src, err)
			continue
		}
		if got := text.Render(v); got != tt.want {
			t.Errorf("%q reads %q, want %q", tt.src, got, tt.want)
		}
	}
	for _, broken := range []string{"{", "{name", "{}", "{name|loud}", "{? note}без конца", "конец{/}"} {
		if text, err := flow.ParseText(broken, "ru"); err == nil {
			t.Errorf("%q was taken: %+v", broken, text)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"{name}", "{@a.b}", "{? x}{y|mask}{/}", "{n:a|b|c}", "}{", "{{", "{?}{/}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		if text, err := flow.ParseText(src, "ru"); err == nil {
			text.Render(values{})
			text.Refers(func(string, bool) {})
		}
	})
}
