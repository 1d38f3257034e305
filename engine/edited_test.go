package engine_test

import (
	"strings"
	"testing"

	"spravka/engine"
	"spravka/engine/flow"
	"spravka/engine/flow/flowtest"
)

// chat is a conversation that a test leads.
type chat struct {
	t       *testing.T
	content *engine.Content
	c       engine.Conversation
	effects []engine.Effect
}

func newChat(t *testing.T) *chat {
	return &chat{t: t, content: benchContent(t), c: engine.Conversation{Channel: "web", Locale: "ru", Greeted: true, Frames: []engine.Frame{{Flow: "bench", Step: "who"}}}}
}

func (k *chat) play(ev engine.Event) *chat {
	k.c, k.effects = engine.Step(k.content, k.c, ev, benchNow)
	return k
}

// said joins what was said in the last turn.
func (k *chat) said() string {
	var all []string
	for _, e := range k.effects {
		if s, ok := e.(engine.Say); ok {
			all = append(all, s.Message.Text)
		}
	}
	return strings.Join(all, "\n")
}

func (k *chat) heard() (h engine.Heard, ok bool) {
	for _, e := range k.effects {
		if h, ok := e.(engine.Heard); ok {
			return h, true
		}
	}
	return h, false
}

func (k *chat) stands(step string) {
	k.t.Helper()
	if f := k.c.Frames; len(f) != 1 || f[0].Step != step {
		k.t.Fatalf("the conversation stands at %+v, not at %s; it was said: %s", f, step, k.said())
	}
}

func (k *chat) value(name string) string {
	for _, s := range append(k.c.Slots, k.c.Frames[0].Slots...) {
		if s.Name == name {
			return s.Value
		}
	}
	return ""
}

func TestEditedAnswerIsCorrected(t *testing.T) {
	k := newChat(t).play(engine.Said{Text: "Иваов Иван Иванович"})
	k.stands("day")
	k.play(engine.Edited{Of: 1, Before: "Иваов Иван Иванович", Newest: true, Text: "Иванов Иван Иванович"})
	k.stands("day")
	if h, ok := k.heard(); !ok || h.Edits != 1 || h.Message.Text != "Иванов Иван Иванович" {
		t.Errorf("the history gets %+v", h)
	}
	if v := k.value("who"); !strings.Contains(v, "Иванов") {
		t.Errorf("the name is now %q", v)
	}
	if s := k.said(); !strings.Contains(s, "Исправил") || !strings.Contains(s, "когда вы родились") {
		t.Errorf("it was said: %s", s)
	}
	k.play(engine.Edited{Of: 1, Before: "Иванов Иван Иванович", Newest: true, Text: "Иванова Инна Ивановна"})
	if v := k.value("who"); !strings.Contains(v, "Инна") {
		t.Errorf("reworded once more the name is %q", v)
	}
}

func TestEditOfAWrongAnswerIsAnAnswer(t *testing.T) {
	k := newChat(t).play(engine.Said{Text: "Иванов Иван Иванович"}).play(engine.Said{Text: "31.02.1992"})
	k.stands("day")
	k.play(engine.Edited{Of: 2, Before: "31.02.1992", Newest: true, Text: "28.02.1992"})
	k.stands("pick")
}

func TestEditsThatAreNotAnswered(t *testing.T) {
	k := newChat(t).play(engine.Said{Text: "Иваов Иван Иванович"}).play(engine.Said{Text: "28.02.1992"})
	k.play(engine.Edited{Of: 1, Before: "Иваов Иван Иванович", Text: "Иванов Иван Иванович"})
	if h, ok := k.heard(); !ok || h.Edits != 1 || k.said() != "" {
		t.Errorf("an older message: the history gets %+v, and it was said: %s", h, k.said())
	}
	k.stands("pick")

	k.play(engine.Edited{Of: 2, Before: "28.02.1992", Newest: true, Text: "28.02.1992"})
	if _, ok := k.heard(); ok || k.said() != "" {
		t.Errorf("a message whose words are the same was taken in: %s", k.said())
	}

	k.c.Owner, k.c.Operator = engine.OwnerOperator, 7
	k.play(engine.Edited{Of: 2, Before: "28.02.1992", Newest: true, Text: "27.02.1992"})
	if h, ok := k.heard(); !ok || h.Edits != 2 || k.said() != "" || k.value("day") != "1992-02-28" {
		t.Errorf("before a human: the history gets %+v, it was said: %s, the day is %s", h, k.said(), k.value("day"))
	}
}

func TestSecretPutInByAnEdit(t *testing.T) {
	k := newChat(t).play(engine.Said{Text: "как войти"})
	k.play(engine.Edited{Of: 1, Before: "как войти", Newest: true, Text: "мой пароль: Zima2024!"})
	if h, ok := k.heard(); !ok || !h.Secret || strings.Contains(h.Message.Text, "Zima") || !strings.Contains(k.said(), "не сохранил") {
		t.Errorf("the history gets %+v, it was said: %s", h, k.said())
	}
}

func TestWhoCantBeReachedIsNotReminded(t *testing.T) {
	k := newChat(t).play(engine.Said{Text: "Иванов Иван Иванович"})
	if !k.c.Watched {
		t.Fatal("silence is not watched")
	}
	k.play(engine.Reachable{})
	if k.c.Watched || !k.c.Unreachable {
		t.Errorf("after a block: %+v", k.c)
	}
	if k.play(engine.Fired{Name: "silence"}); k.said() != "" {
		t.Errorf("a reminder was sent: %s", k.said())
	}
	k.play(engine.Said{Text: "28.02.1992"})
	if k.c.Unreachable || !k.c.Watched {
		t.Errorf("after the next message: %+v", k.c)
	}
	k.stands("pick")
}

func TestSigned(t *testing.T) {
	content := benchContent(t)
	for _, c := range []struct {
		by         engine.Author
		name, text string
		want       string
	}{
		{engine.Operator, "Ольга", "Здравствуйте!", "**Ольга, специалист:**\nЗдравствуйте!"},
		{engine.Operator, "О**л[ь]га\n", "", "**Ольга, специалист:**"},
		{engine.Operator, "", "Здравствуйте!", "Здравствуйте!"},
		{engine.Bot, "Ольга", "Здравствуйте!", "Здравствуйте!"},
		{engine.System, "", "Взято", "Взято"},
	} {
		if got := engine.Signed(content, "ru", c.by, c.name, engine.Message{Text: c.text}); got.Text != c.want {
			t.Errorf("%s %q: %q, want %q", c.by, c.name, got.Text, c.want)
		}
	}
}

func TestBeginningAgain(t *testing.T) {
	k := newChat(t)
	k.play(engine.Opened{})
	if s := k.said(); !strings.Contains(s, "Чем помочь") {
		t.Errorf("in the middle of a flow it was said: %s", s)
	}
	k.stands("who")
	k.c.Frames = nil
	if k.play(engine.Opened{}); !strings.Contains(k.said(), "Чем помочь") {
		t.Errorf("outside flows it was said: %s", k.said())
	}
	k.c.Owner = engine.OwnerOperator
	if k.play(engine.Opened{}); k.said() != "" {
		t.Errorf("while a human speaks it was said: %s", k.said())
	}
	k.c = engine.Conversation{Channel: "web", Locale: "ru"}
	if k.play(engine.Opened{}); !strings.Contains(k.said(), "Здравствуйте") {
		t.Errorf("the first time it was said: %s", k.said())
	}
}

func TestOwnNumberIsOfferedWhereTheChannelCan(t *testing.T) {
	files := flowtest.Shipped(t)
	files["flows/call.yaml"] = flowtest.File("flow: call\nsteps:\n  number: {ask: phone, personal: false, next: done}\n  done: {end: true}\n")
	files["locales/ru/call.yaml"] = flowtest.File("flow: call\ntitle: Звонок\nsteps:\n  number: {text: \"Ваш номер?\"}\n  done: {text: \"Позвоним.\"}\n")
	files["locales/en/call.yaml"] = files["locales/ru/call.yaml"]
	c, _ := flow.Load(files)
	content := engine.NewContent(c, nil)
	for channel, want := range map[string]string{"telegram": "~contact", "web": "", "vk": ""} {
		k := &chat{t: t, content: content, c: engine.Conversation{Channel: channel, Locale: "ru", Greeted: true, Frames: []engine.Frame{{Flow: "call", Step: "number"}}}}
		k.play(engine.Said{Text: "повторите"})
		got := ""
		for _, e := range k.effects {
			if s, ok := e.(engine.Say); ok && strings.Contains(s.Message.Text, "Ваш номер") && len(s.Message.Buttons) > 0 {
				got = s.Message.Buttons[0].Payload
			}
		}
		if got != want {
			t.Errorf("%s: the button is %q; it was said: %s", channel, got, k.said())
		}
	}
}
