package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"spravka/engine"
	"spravka/engine/flow"
	"spravka/engine/flow/flowtest"
)

// Where a channel shows options as a numbered list, the number that is typed chooses what stands under it, however many
// there are.
func TestTheNumberOfAnOptionChoosesIt(t *testing.T) {
	files := flowtest.Shipped(t)
	var options, words strings.Builder
	for i := range 12 {
		fmt.Fprintf(&options, "k%d: done, ", i+1)
		fmt.Fprintf(&words, "k%d: \"Справка вида %c\", ", i+1, 'А'+rune(i))
	}
	files["flows/kinds.yaml"] = flowtest.File("flow: kinds\nsteps:\n  kind:\n    choose: {" + strings.TrimSuffix(options.String(), ", ") + "}\n  done: {end: true}\n")
	files["locales/ru/kinds.yaml"] = flowtest.File("flow: kinds\ntitle: Справки\nsteps:\n  kind: {text: \"Какая?\", options: {" + strings.TrimSuffix(words.String(), ", ") + "}}\n  done: {text: \"Готово: {kind}.\"}\n")
	files["locales/en/kinds.yaml"] = files["locales/ru/kinds.yaml"]
	c, problems := flow.Load(files)
	if c == nil {
		t.Fatal(problems)
	}
	content := engine.NewContent(c, nil)
	play := func(ev engine.Event) string {
		k := &chat{t: t, content: content, c: engine.Conversation{Channel: "vk", Locale: "ru", Greeted: true, Frames: []engine.Frame{{Flow: "kinds", Step: "kind"}}}}
		k.play(ev)
		return k.said()
	}
	for i := range 12 {
		want := play(engine.Pressed{Payload: flow.OptionPayload("kinds", "kind", fmt.Sprint("k", i+1))})
		if !strings.Contains(want, fmt.Sprintf("Готово: k%d.", i+1)) {
			t.Fatalf("pressing button %d: %s", i+1, want)
		}
		for _, form := range []string{"%d", "%d.", " %d ) ", "номер %d"} {
			if got := play(engine.Said{Text: fmt.Sprintf(form, i+1)}); got != want {
				t.Errorf("%q got %q, the button %q", fmt.Sprintf(form, i+1), got, want)
			}
		}
	}
	if got := play(engine.Said{Text: "13"}); strings.Contains(got, "Готово") {
		t.Errorf("a number of no option got %q", got)
	}
}
