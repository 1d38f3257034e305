package channel

import (
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"spravka/engine"
)

// holds reports what is wrong with the messages that m became; "" if nothing is.
func holds(m engine.Message, a Abilities, got []engine.Message) string {
	r := a.ruler()
	for i, part := range got {
		size := r.text(Parse(part.Text))
		switch {
		case a.MaxText > 0 && len(part.Files) == 0 && size > max(a.MaxText, least):
			return "a text is too long: " + part.Text
		case a.MaxCaption > 0 && len(part.Files) > 0 && size > a.MaxCaption:
			return "a caption is too long: " + part.Text
		case len(part.Files) > 1:
			return "several files in a message"
		case size == 0 && len(part.Files) == 0:
			return "an empty message"
		case len(part.Buttons) > 0 && i < len(got)-1:
			return "buttons before the last part"
		case a.MaxButtons > 0 && len(part.Buttons) > a.MaxButtons, a.Keyboard == NoButtons && len(part.Buttons) > 0:
			return "too many buttons"
		}
		for _, b := range part.Buttons {
			if a.MaxLabel > 0 && a.Unit.Len(b.Label) > a.MaxLabel || a.MaxPayload > 0 && len(b.Payload) > a.MaxPayload {
				return "a button is too long: " + b.Label
			}
		}
	}
	said := ""
	files := 0
	for _, part := range got {
		said += r.shown(part.Text)
		files += len(part.Files)
	}
	if want := letters(r.shown(m.Text)); !strings.HasPrefix(letters(said), want) {
		return "something was lost: " + want + " became " + letters(said)
	}
	for _, b := range m.Buttons {
		there := strings.Contains(letters(said), letters(r.shown(label(b))))
		for _, k := range got[len(got)-1].Buttons {
			there = there || k.Payload == b.Payload && k.Label == label(b)
		}
		if !there {
			return "a button was lost: " + b.Label
		}
	}
	if files > len(m.Files) || a.MaxFile == 0 && files != len(m.Files) {
		return "a file was lost"
	}
	return ""
}

func (r ruler) shown(markdown string) string { return Parse(markdown).write(bullet, r.show) }

// letters leaves out what splitting may change: white space, the bullets of lists, the kind of a dash.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), r == '•':
			return -1
		case r == '–':
			return '-'
		}
		return r
	}, s)
}

func TestDegradeHolds(t *testing.T) {
	piece := rapid.SampledFrom([]string{"слово", "Предложение.", "да!", " ", " ", "  ", "\n", "\n\n", "\n- ", "- ", "**", "*", "**жирно и долго**", "😀", "👨‍👩‍👧", "e\u0301",
		"[сайт](https://example.ru/path)", "[тел](tel:88001000000)", "https://example.ru/очень/длинный/адрес/без/конца/и/края", "<b>", "&", "[", "](", ")", "«Цитата.»", "\u200d",
		strings.Repeat("щ", 90)})
	message := func(t *rapid.T) engine.Message {
		m := engine.Message{Text: strings.Join(rapid.SliceOfN(piece, 0, 60).Draw(t, "text"), "")}
		if rapid.Bool().Draw(t, "wild") {
			m.Text += rapid.String().Draw(t, "more")
		}
		for range rapid.IntRange(0, 14).Draw(t, "buttons") {
			m.Buttons = append(m.Buttons, engine.Button{Label: rapid.StringMatching(`[а-яА-Я0-9😀]{1,10}( [а-я]{1,30}){0,3}`).Draw(t, "label"), Payload: rapid.StringMatching(`[a-z]{1,70}`).Draw(t, "payload")})
		}
		for range rapid.IntRange(0, 3).Draw(t, "files") {
			m.Files = append(m.Files, engine.File{ID: "f", Name: rapid.StringMatching(`[a-z]{1,12}\.pdf`).Draw(t, "name"), Size: rapid.Int64Range(0, 20<<20).Draw(t, "size")})
		}
		return m
	}
	rapid.Check(t, func(t *rapid.T) {
		m := message(t)
		a := Abilities{Unit: rapid.SampledFrom([]Unit{Runes, UTF16}).Draw(t, "unit"), Markup: rapid.SampledFrom([]Markup{Plain, HTML}).Draw(t, "markup"),
			Keyboard: rapid.SampledFrom([]Keyboard{NoButtons, InlineButton, ReplyButton}).Draw(t, "keyboard"),
			MaxText:  rapid.SampledFrom([]int{0, 16, 17, 25, 40, 100, 500, 4096}).Draw(t, "max text"), MaxCaption: rapid.IntRange(0, 60).Draw(t, "max caption"),
			MaxButtons: rapid.IntRange(0, 12).Draw(t, "max buttons"), MaxLabel: rapid.SampledFrom([]int{0, 2, 10, 40}).Draw(t, "max label"),
			MaxPayload: rapid.SampledFrom([]int{0, 20, 64}).Draw(t, "max payload"), MaxFile: rapid.SampledFrom([]int64{0, 10 << 20}).Draw(t, "max file")}
		got := Degrade(m, a)
		if len(got) == 0 {
			if len(Parse(m.Text)) > 0 || len(m.Buttons) > 0 || len(m.Files) > 0 {
				t.Fatal("the message is gone")
			}
			return
		}
		if what := holds(m, a, got); what != "" {
			t.Fatalf("%s\n%+v\n%+v", what, a, got)
		}
	})
}

func FuzzDegrade(f *testing.F) {
	f.Add("Нужны:\n- **паспорт**\n- [СНИЛС](https://example.ru)\n\nПотом ждите.", "Да", 20, true)
	f.Add("\xff- - \r\n**", "", 0, false)
	f.Fuzz(func(t *testing.T, text, button string, limit int, html bool) {
		a := Abilities{Unit: UTF16, Keyboard: InlineButton, MaxText: limit & 0xfff, MaxButtons: 1, MaxLabel: 20, MaxPayload: 64}
		if html {
			a.Markup = HTML
		}
		m := engine.Message{Text: text, Buttons: []engine.Button{{Label: button, Payload: "p"}}}
		got := Degrade(m, a)
		if len(got) == 0 {
			t.Fatal("the message is gone")
		}
		if what := holds(m, a, got); what != "" {
			t.Fatalf("%s\n%+v\n%+v", what, a, got)
		}
	})
}
