package channel

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRender(t *testing.T) {
	for _, c := range []struct{ name, in, plain, html, visible string }{
		{"paragraphs", "Первый\n\n\nвторой\nего строка", "Первый\n\nвторой\nего строка", "Первый\n\nвторой\nего строка", ""},
		{"list", "Нужны:\n- паспорт\n- **СНИЛС**\n\nПотом ждите.", "Нужны:\n• паспорт\n• СНИЛС\n\nПотом ждите.",
			"Нужны:\n• паспорт\n• <b>СНИЛС</b>\n\nПотом ждите.", ""},
		{"escapes", `1 < 2 & "3" > **<b>**`, `1 < 2 & "3" > <b>`, `1 &lt; 2 &amp; &#34;3&#34; &gt; <b>&lt;b&gt;</b>`, ""},
		{"link", "[сайт](https://example.ru/?a=1&b=2)", "сайт (https://example.ru/?a=1&b=2)", `<a href="https://example.ru/?a=1&amp;b=2">сайт</a>`, "сайт"},
		{"address", "Смотрите https://example.ru/a.", "Смотрите https://example.ru/a.", `Смотрите <a href="https://example.ru/a">https://example.ru/a</a>.`, ""},
		{"phone", "[8 800 100](tel:8800100) и [88](tel:88)", "8 800 100 (8800100) и 88", "8 800 100 (8800100) и 88", ""},
		{"mail", "[пишите](mailto:a@b.ru)", "пишите (a@b.ru)", "пишите (a@b.ru)", ""},
		{"no markup", "2 ** 3 [x](javascript:1) *y* _z_ `c`", "2 ** 3 [x](javascript:1) *y* _z_ `c`", "2 ** 3 [x](javascript:1) *y* _z_ `c`", ""},
		{"controls", "a\x00b\x07c\r\nd\re\xff", "abc\nd\ne", "abc\nd\ne", ""},
		{"nothing", " \n\t\n", "", "", ""},
	} {
		text := Parse(c.in)
		if got := text.Plain(); got != c.plain {
			t.Errorf("%s: plain %q, want %q", c.name, got, c.plain)
		}
		if got := text.HTML(); got != c.html {
			t.Errorf("%s: HTML %q, want %q", c.name, got, c.html)
		}
		if c.visible == "" {
			c.visible = c.plain
		}
		if got := text.Visible(); got != c.visible {
			t.Errorf("%s: visible %q, want %q", c.name, got, c.visible)
		}
		if diff := cmp.Diff(text, Parse(text.Markdown())); diff != "" {
			t.Errorf("%s: written and read again it differs:\n%s", c.name, diff)
		}
	}
}

func TestUnits(t *testing.T) {
	if got := UTF16.Len("я😀"); got != 3 {
		t.Errorf("UTF-16: %d", got)
	}
	if got := Runes.Len("я😀"); got != 2 {
		t.Errorf("runes: %d", got)
	}
	for _, c := range []struct {
		unit  Unit
		in    string
		limit int
		want  string
	}{
		{Runes, "коротко", 7, "коротко"}, {Runes, "длиннее", 4, "дли…"}, {Runes, "два слова", 5, "два…"},
		{UTF16, "😀😀😀", 4, "😀…"}, {UTF16, "a👨‍👩‍👧b", 5, "a…"}, {Runes, "что угодно", 0, "что угодно"},
	} {
		if got := c.unit.shorten(c.in, c.limit); got != c.want {
			t.Errorf("%q to %d: %q, want %q", c.in, c.limit, got, c.want)
		}
	}
}
