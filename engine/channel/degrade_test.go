package channel

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"spravka/engine"
)

func texts(list []engine.Message) (out []string) {
	for _, m := range list {
		out = append(out, m.Text)
	}
	return out
}

func TestSplit(t *testing.T) {
	words := strings.TrimSpace(strings.Repeat("слово ", 8)) // 47
	for _, c := range []struct {
		name  string
		in    string
		limit int
		want  []string
	}{
		{"fits", "Один.\n\nДва.", 20, []string{"Один.\n\nДва."}},
		{"paragraphs", "Первый абзац.\n\nВторой абзац.", 20, []string{"Первый абзац.", "Второй абзац."}},
		{"list items", "Нужны:\n- паспорт РФ\n- СНИЛС\n- ИНН", 20, []string{"Нужны:\n- паспорт РФ", "- СНИЛС\n- ИНН"}},
		{"sentences", "Первое предложение. Второе предложение! Третье?", 24, []string{"Первое предложение.", "Второе предложение!", "Третье?"}},
		{"words", words, 20, []string{"слово слово слово", "слово слово слово", "слово слово"}},
		{"a word", strings.Repeat("я", 40), 16, []string{strings.Repeat("я", 16), strings.Repeat("я", 16), strings.Repeat("я", 8)}},
		{"bold", "**" + words + "**", 20, []string{"**слово слово слово**", "**слово слово слово**", "**слово слово**"}},
		{"a dash", "Срок назван точно - пять рабочих дней", 18, []string{"Срок назван точно", "– пять рабочих", "дней"}},
		{"families", "👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧", 16, []string{"👨‍👩‍👧👨‍👩‍👧", "👨‍👩‍👧👨‍👩‍👧"}},
		{"a link", "Подробности здесь: [сайт](https://a.ru)", 26, []string{"Подробности здесь:", "[сайт](https://a.ru)"}},
	} {
		got := texts(Degrade(engine.Message{Text: c.in}, Abilities{Unit: UTF16, MaxText: c.limit}))
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s:\n%s", c.name, diff)
		}
	}
}

func TestButtons(t *testing.T) {
	two := []engine.Button{{Label: "Да", Payload: "y"}, {Label: "Нет", Payload: "n"}}
	long := engine.Button{Label: "Подать новое заявление", Payload: "new"}
	for _, c := range []struct {
		name string
		m    engine.Message
		a    Abilities
		want []engine.Message
	}{
		{"enough", engine.Message{Text: "Верно?", Buttons: two}, Abilities{Keyboard: InlineButton, MaxButtons: 2}, []engine.Message{{Text: "Верно?", Buttons: two}}},
		{"none", engine.Message{Text: "Верно?", Buttons: two}, Abilities{}, []engine.Message{{Text: "Верно?\n\n1. Да\n2. Нет"}}},
		{"too many", engine.Message{Text: "Верно?", Buttons: two}, Abilities{Keyboard: ReplyButton, MaxButtons: 1}, []engine.Message{{Text: "Верно?\n\n1. Да\n2. Нет", Buttons: two[:1]}}},
		{"label", engine.Message{Text: "Что?", Buttons: []engine.Button{long}}, Abilities{Keyboard: InlineButton, MaxLabel: 12},
			[]engine.Message{{Text: "Что?\n\n1. Подать новое заявление", Buttons: []engine.Button{{Label: "Подать ново…", Payload: "new"}}}}},
		{"long labels that begin alike", engine.Message{Text: "Что?", Buttons: []engine.Button{{Label: "Справка о составе семьи для суда", Payload: "a"}, two[0], {Label: "Справка о составе семьи для школы", Payload: "b"}}},
			Abilities{Keyboard: InlineButton, MaxLabel: 20}, []engine.Message{{Text: "Что?\n\n1. Справка о составе семьи для суда\n2. Да\n3. Справка о составе семьи для школы",
				Buttons: []engine.Button{{Label: "1. Справка о…", Payload: "a"}, two[0], {Label: "3. Справка о…", Payload: "b"}}}}},
		{"payload", engine.Message{Text: "Что?", Buttons: []engine.Button{long, two[0]}}, Abilities{Keyboard: InlineButton, MaxPayload: 2},
			[]engine.Message{{Text: "Что?\n\n1. Подать новое заявление\n2. Да", Buttons: two[:1]}}},
		{"payloads together", engine.Message{Text: "Что?", Buttons: two}, Abilities{Keyboard: InlineButton, MaxPayloads: 1},
			[]engine.Message{{Text: "Что?\n\n1. Да\n2. Нет", Buttons: two[:1]}}},
		{"alone", engine.Message{Buttons: two}, Abilities{Keyboard: InlineButton}, []engine.Message{{Text: "1. Да\n2. Нет", Buttons: two}}},
		{"last part", engine.Message{Text: "Первый абзац.\n\nВторой абзац.", Buttons: two}, Abilities{Keyboard: InlineButton, MaxText: 20},
			[]engine.Message{{Text: "Первый абзац."}, {Text: "Второй абзац.", Buttons: two}}},
		{"nothing", engine.Message{Text: " "}, Abilities{}, nil},
	} {
		if diff := cmp.Diff(c.want, Degrade(c.m, c.a)); diff != "" {
			t.Errorf("%s:\n%s", c.name, diff)
		}
	}
}

func TestFiles(t *testing.T) {
	a, b := engine.File{ID: "a", Name: "a.pdf", Size: 10}, engine.File{ID: "b", Name: "b.png", Size: 3 << 20}
	keys := []engine.Button{{Label: "Да", Payload: "y"}}
	for _, c := range []struct {
		name string
		m    engine.Message
		a    Abilities
		want []engine.Message
	}{
		{"caption", engine.Message{Text: "Готово", Files: []engine.File{a}, Buttons: keys}, Abilities{Keyboard: InlineButton, MaxCaption: 10},
			[]engine.Message{{Text: "Готово", Files: []engine.File{a}, Buttons: keys}}},
		{"long caption", engine.Message{Text: "Ваш документ готов", Files: []engine.File{a}, Buttons: keys}, Abilities{Keyboard: InlineButton, MaxCaption: 10},
			[]engine.Message{{Files: []engine.File{a}}, {Text: "Ваш документ готов", Buttons: keys}}},
		{"several", engine.Message{Text: "Готово", Files: []engine.File{a, b}}, Abilities{MaxCaption: 10},
			[]engine.Message{{Files: []engine.File{a}}, {Files: []engine.File{b}}, {Text: "Готово"}}},
		{"only files", engine.Message{Files: []engine.File{a}, Buttons: keys}, Abilities{Keyboard: InlineButton}, []engine.Message{{Files: []engine.File{a}, Buttons: keys}}},
		{"too large", engine.Message{Text: "Готово", Files: []engine.File{a, b}}, Abilities{MaxFile: 1 << 20},
			[]engine.Message{{Files: []engine.File{a}}, {Text: "Готово\n\n- b.png (3 MB)"}}},
	} {
		if diff := cmp.Diff(c.want, Degrade(c.m, c.a)); diff != "" {
			t.Errorf("%s:\n%s", c.name, diff)
		}
	}
}
