package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"spravka/adapters/terminal"
	"spravka/engine"
	"spravka/engine/answer"
	"spravka/engine/host"
)

// traveller is a citizen who writes from several places; what each of them is told is collected.
type traveller struct {
	t     *testing.T
	w     *world
	clock *terminal.Clock
	n     int
	seen  map[host.Peer]map[int64]int64 // peer → conversation → how far it was read
}

func newTraveller(t *testing.T) *traveller {
	content, err := prepareContent("")
	if err != nil {
		t.Fatal(err)
	}
	clock, notices := terminal.NewClock(time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)), &terminal.Notices{}
	w, err := newWorld(worldOptions{Database: ":memory:", Content: content, Now: clock.Now, Notice: notices.Add})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.close(); err != nil {
			t.Error(err)
		}
	})
	return &traveller{t: t, w: w, clock: clock, seen: map[host.Peer]map[int64]int64{}}
}

// does plays an event and returns what the peer has been told since it was asked last.
func (v *traveller) does(p host.Peer, ev engine.Event) string {
	v.t.Helper()
	v.n++
	if _, err := v.w.Host.Receive(v.t.Context(), host.Inbound{Peer: p, Update: fmt.Sprint("u", v.n), Locale: "ru", Event: ev}); err != nil {
		v.t.Fatal(err)
	}
	if err := v.w.Host.Drain(v.t.Context()); err != nil {
		v.t.Fatal(err)
	}
	return v.hears(p)
}

func (v *traveller) says(p host.Peer, text string) string {
	v.t.Helper()
	return v.does(p, engine.Said{Text: text})
}

func (v *traveller) presses(p host.Peer, payload string) string {
	v.t.Helper()
	return v.does(p, engine.Pressed{Payload: payload})
}

func (v *traveller) hears(p host.Peer) string {
	v.t.Helper()
	r, err := v.w.Host.Find(v.t.Context(), p)
	if err != nil {
		v.t.Fatal(err)
	}
	if v.seen[p] == nil {
		v.seen[p] = map[int64]int64{}
	}
	entries, err := v.w.Host.History(v.t.Context(), r.ID, v.seen[p][r.ID], 100)
	if err != nil {
		v.t.Fatal(err)
	}
	var out strings.Builder
	for _, e := range entries {
		v.seen[p][r.ID] = e.Seq
		if e.Author == engine.Citizen {
			continue
		}
		m, err := v.message(e)
		if err != nil {
			v.t.Fatal(err)
		}
		out.WriteString(m.Text + "\n")
	}
	return out.String()
}

func (v *traveller) message(e host.Entry) (m engine.Message, err error) {
	err = json.Unmarshal(e.Body, &m)
	return m, err
}

func (v *traveller) expect(got string, parts ...string) {
	v.t.Helper()
	for _, p := range parts {
		if !strings.Contains(got, p) {
			v.t.Fatalf("%q is not said in:\n%s", p, got)
		}
	}
}

var (
	onWeb      = host.Peer{Channel: "web", ID: "visitor"}
	onTelegram = host.Peer{Channel: "telegram", ID: "4711"}
	codeShape  = regexp.MustCompile(`К \d{4} \d{4} \d{4}`)
)

// code asks for a move code.
func (v *traveller) code(p host.Peer) string {
	v.t.Helper()
	said := v.says(p, "Можно продолжить в телеграме?")
	code := codeShape.FindString(said)
	if code == "" {
		v.t.Fatalf("no code in:\n%s", said)
	}
	return code
}

func TestAConversationGoesOnInAnotherChannel(t *testing.T) {
	v := newTraveller(t)
	v.says(onWeb, "где моё заявление?")
	v.says(onWeb, "1000000022")
	v.expect(v.says(onWeb, "Петрова Мария Ивановна"), "рождения")
	said := v.says(onWeb, "продолжить в телеграме")
	code := codeShape.FindString(said)
	v.expect(said, "Ваш код", "рождения") // and the question that stands is put again
	v.expect(v.says(onTelegram, "здравствуйте"), "Здравствуйте")
	v.expect(v.says(onTelegram, strings.ToLower(strings.ReplaceAll(code, " ", ""))), "Код верный", "чат на сайте")
	v.expect(v.presses(onTelegram, "o:move-here:which:move"), "Разговор перенесён сюда", "рождения")
	v.expect(v.hears(onWeb), "Разговор продолжается в другом месте: Telegram")
	// What was told there is known here, and the flow goes on at its step.
	v.expect(v.says(onTelegram, "28.02.1992"), "Телефон или электронная почта")
	// The old place begins anew and knows nothing of it.
	v.expect(v.says(onWeb, "продолжить"), "Чем помочь")
	// The code has done its work.
	v.expect(v.says(host.Peer{Channel: "vk", ID: "1"}, code), "уже не действует")
}

func TestATicketKeepsItsPlaceOnTheWay(t *testing.T) {
	v := newTraveller(t)
	v.says(onWeb, "позовите человека")
	before, err := v.w.Host.Find(t.Context(), onWeb)
	if err != nil {
		t.Fatal(err)
	}
	number := before.State.Tickets[0].Number
	v.presses(onWeb, "~bot")
	code := v.code(onWeb)
	v.expect(v.says(onTelegram, code), "Перенести сюда")
	v.presses(onTelegram, "o:move-here:which:move")
	k, _, err := v.w.Store.Ticket(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	if k.Channel != "telegram" || k.Conversation != before.ID || !k.Status.Open() {
		t.Errorf("the ticket is %+v", k)
	}
	// The operator's answer comes where the citizen is now.
	for i, a := range []engine.Action{engine.Take, engine.Reply} {
		if _, err := v.w.Host.Act(t.Context(), before.ID, fmt.Sprint("act", i), engine.Acted{Action: a, Operator: 1, Name: "Ольга", Ticket: number, Text: "Сейчас посмотрю."}); err != nil {
			t.Fatal(err)
		}
	}
	v.expect(v.hears(onTelegram), "Сейчас посмотрю.")
}

func TestAMatterHereIsNotPushedAside(t *testing.T) {
	v := newTraveller(t)
	v.says(onWeb, "где моё заявление?")
	code := v.code(onWeb)
	v.says(onTelegram, "позовите человека")
	v.presses(onTelegram, "~bot")
	v.expect(v.says(onTelegram, code), "здесь уже идёт другое дело")
	v.expect(v.presses(onTelegram, "o:move-here:occupied:join"), "Готово")
	a, err := v.w.Host.Find(t.Context(), onWeb)
	if err != nil {
		t.Fatal(err)
	}
	ids, err := v.w.Store.Joined(t.Context(), a.ID)
	if err != nil || len(ids) != 2 {
		t.Errorf("joined: %v, %v", ids, err)
	}
	// From now on each place knows the requests of the other one.
	number := mustFind(t, v, onTelegram).State.Tickets[0].Number
	v.says(onWeb, "отмена")
	v.expect(v.says(onWeb, "что с моим обращением?"), number)
	v.expect(v.says(onWeb, number), "«новое»")
}

func TestWrongMoveCodes(t *testing.T) {
	v := newTraveller(t)
	code := v.code(onWeb)
	v.expect(v.says(onWeb, code), "в этом же разговоре")
	last := code[len(code)-1]
	v.expect(v.says(onTelegram, code[:len(code)-1]+string('0'+(last-'0'+1)%10)), "одна из цифр не та")
	for i := range host.MaxMoveTries {
		v.expect(v.says(onTelegram, guess(i)), "Такого кода нет")
	}
	v.expect(v.says(onTelegram, guess(99)), "Слишком много неверных кодов")
	v.expect(v.says(onTelegram, code), "Слишком много неверных кодов")
	v.clock.Set(v.clock.Now().Add(host.MoveWindow + time.Second))
	v.expect(v.says(onTelegram, code), "уже не действует")
}

// guess is a well-formed code that nobody was given.
func guess(i int) string { return answer.NewMoveCode(uint64(i)) }
