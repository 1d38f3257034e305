package main

import (
	"strings"
	"testing"

	"spravka/engine"
	"spravka/engine/desk"
	"spravka/engine/host"
)

// Everybody reads an answer to a comment: it holds nothing personal, begins no dialogue, and is counted like any question.
func TestComments(t *testing.T) {
	v := newTraveller(t)
	comment := func(id, text string) (host.Peer, string) {
		p := host.Peer{Channel: "vk-wall", ID: "3_" + id}
		return p, v.does(p, engine.Commented{Text: text})
	}
	p, said := comment("1", "Как часто звонят мошенники от имени госуслуг, просят код?")
	v.expect(said, "личные сообщения")
	entries, err := v.w.Host.History(t.Context(), mustFind(t, v, p).ID, 0, 10)
	if err != nil || len(entries) != 2 || !strings.Contains(string(entries[0].Trace), "safety.fraud") {
		t.Errorf("the comment is not counted under its topic: %v, %v", entries, err)
	}
	_, said = comment("2", "где моё заявление 1000000022, Петрова Мария Ивановна, 28.02.1992, +7 900 000-00-02")
	v.expect(said, "личные сообщения")
	for _, personal := range []string{"на проверке", "Петрова", "1992", "000-00-02", "1000000022"} {
		if strings.Contains(said, personal) {
			t.Errorf("a public answer holds %q: %s", personal, said)
		}
	}
	p, said = comment("3", "Хочу пожаловаться на оператора, нагрубил мне по телефону")
	v.expect(said, "принято как жалоба", "личные сообщения")
	list, err := v.w.Store.Tickets(t.Context(), desk.Filter{Conversation: mustFind(t, v, p).ID})
	if err != nil || len(list) != 1 {
		t.Fatalf("tickets: %v, %v", list, err)
	}
	k := list[0]
	if k.Kind != desk.Complaint || k.Channel != "vk-wall" || k.Reason != "comment" || k.Due.Sub(k.Opened).Hours() != 48 {
		t.Errorf("%+v", k)
	}
	if strings.Contains(said, k.Number) {
		t.Error("the number of the case is public")
	}
	_, said = comment("4", "мой пароль Qwerty123!, не могу войти")
	v.expect(said, "удалите свой комментарий", "личные сообщения")
	if strings.Contains(said, "Qwerty") || strings.Contains(said, "пароль") {
		t.Errorf("a secret is repeated, or others are told that there is one: %s", said)
	}

	_, said = comment("5", "пароль верный, Qwerty123!, а кабинет пишет «неверный пароль»")
	v.expect(said, "удалите свой комментарий", "личные сообщения")
	if strings.Contains(said, "Qwerty") || strings.Contains(said, "пароль") {
		t.Errorf("the reply about the topic tells what the secret was: %s", said)
	}
}

func mustFind(t *testing.T, v *traveller, p host.Peer) host.Record {
	t.Helper()
	r, err := v.w.Host.Find(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
