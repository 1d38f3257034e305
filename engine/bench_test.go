package engine_test

import (
	"encoding/json"
	"testing"
	"time"

	"spravka/engine"
	"spravka/engine/flow"
	"spravka/engine/flow/flowtest"
)

// benchContent is a flow of three questions and a summary beside the shipped words, so that the engine's own sentences
// are there.
func benchContent(t testing.TB) *engine.Content {
	files := flowtest.Shipped(t)
	files["flows/bench.yaml"] = flowtest.File(`
flow: bench
steps:
  who: {ask: full_name, personal: false, misses: 100000, next: day}
  day: {ask: birth_date, personal: false, misses: 100000, next: pick}
  pick:
    choose: {red: done, green: done, blue: done}
    misses: 100000
  done: {end: true}
`)
	files["locales/ru/bench.yaml"] = flowtest.File(`
flow: bench
title: Опыт
steps:
  who: {text: "Как вас зовут?"}
  day: {text: "{who}, когда вы родились?"}
  pick: {text: "Выберите цвет", options: {red: Красный, green: Зелёный, blue: Синий}}
  done: {text: "{who}, {day}, {pick}. Спасибо!"}
`)
	files["locales/en/bench.yaml"] = files["locales/ru/bench.yaml"]
	c, ps := flow.Load(files)
	for _, p := range ps.Fatal() {
		if p.File == "flows/bench.yaml" {
			t.Fatal(p)
		}
	}
	return engine.NewContent(c, nil)
}

var benchNow = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// play takes a stored state through one turn, as the host does: read, step, write.
func play(t testing.TB, content *engine.Content, state []byte, ev engine.Event) []byte {
	var c engine.Conversation
	if err := json.Unmarshal(state, &c); err != nil {
		t.Fatal(err)
	}
	c, _ = engine.Step(content, c, ev, benchNow)
	out, err := json.Marshal(&c)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func benchState(t testing.TB, content *engine.Content, answers ...string) []byte {
	state := []byte(`{"channel":"web","locale":"ru","greeted":true,"frames":[{"flow":"bench","step":"who"}]}`)
	for _, a := range answers {
		state = play(t, content, state, engine.Said{Text: a})
	}
	return state
}

func BenchmarkTurn(b *testing.B) {
	content := benchContent(b)
	wrong := make([]string, 400)
	for i := range wrong {
		wrong[i] = "31.02.1990"
	}
	for _, bm := range []struct {
		name   string
		before []string
		event  engine.Event
	}{
		{"name", nil, engine.Said{Text: "Семёнов Пётр Алексеевич"}},
		{"date", []string{"Семёнов Пётр Алексеевич"}, engine.Said{Text: "29.02.1992"}},
		{"date wrong", []string{"Семёнов Пётр Алексеевич"}, engine.Said{Text: "31.02.1992"}},
		{"choice", []string{"Семёнов Пётр Алексеевич", "29.02.1992"}, engine.Said{Text: "зелёный"}},
		{"button", []string{"Семёнов Пётр Алексеевич", "29.02.1992"}, engine.Pressed{Payload: "o:bench:pick:green"}},
		{"date after 400 wrong", append([]string{"Семёнов Пётр Алексеевич"}, wrong...), engine.Said{Text: "29.02.1992"}},
	} {
		b.Run(bm.name, func(b *testing.B) {
			state := benchState(b, content, bm.before...)
			b.ReportAllocs()
			for b.Loop() {
				play(b, content, state, bm.event)
			}
		})
	}
}

// The state must not grow with the length of a dialogue: a citizen who answers wrongly pays nothing for it later.
func TestStateStaysSmall(t *testing.T) {
	content := benchContent(t)
	state := benchState(t, content, "Семёнов Пётр Алексеевич")
	before := len(state)
	for range 400 {
		state = play(t, content, state, engine.Said{Text: "31.02.1990"})
	}
	if grown := len(state) - before; grown > 16 {
		t.Errorf("the state has grown by %d bytes over 400 wrong answers: %s", grown, state)
	}
	state = play(t, content, state, engine.Said{Text: "29.02.1992"})
	var c engine.Conversation
	if err := json.Unmarshal(state, &c); err != nil || c.Frames[0].Step != "pick" {
		t.Errorf("after the right answer the conversation stands at %+v (%v)", c.Frames, err)
	}
}
