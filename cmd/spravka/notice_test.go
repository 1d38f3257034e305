package main

import (
	"strings"
	"testing"
	"time"

	"spravka/engine"
	"spravka/engine/desk"
	"spravka/engine/host"
)

func (v *traveller) announces(n desk.Notice, request string) int64 {
	v.t.Helper()
	n.MadeBy, n.Made = "olga", v.clock.Now()
	id, err := v.w.Notices.Add(v.t.Context(), n, request)
	if err != nil {
		v.t.Fatal(err)
	}
	return id
}

// A fault that the staff know of: everybody hears of it, who reports it is told when it is mended.
func TestAKnownFault(t *testing.T) {
	v := newTraveller(t)
	before := host.Peer{Channel: "web", ID: "before"}
	v.says(before, "здравствуйте")
	id := v.announces(desk.Notice{Kind: desk.FaultNews, Texts: map[string]string{"ru": "Не загружаются файлы к заявлениям.", "en": "Files can't be uploaded."}, Starts: v.clock.Now()}, "f")
	v.expect(v.says(onWeb, "здравствуйте"), "Сейчас известна неполадка: Не загружаются файлы")
	if again := v.says(onWeb, "спасибо"); strings.Contains(again, "неполадка") {
		t.Errorf("told twice: %s", again)
	}
	v.expect(v.does(onTelegram, engine.Opened{}), "Не загружаются файлы", "Здравствуйте")
	v.expect(v.says(onWeb, "портал сейчас не работает у всех?"), "известна неполадка: Не загружаются файлы")
	v.expect(v.says(onWeb, "сообщить о неисправности"), "Вы пишете о ней?")
	v.expect(v.presses(onWeb, "o:tech.problem:same:same"), "Записал, что неполадка коснулась и вас", "Т-26-")
	// Another fault is another matter.
	v.expect(v.says(onTelegram, "сообщить о неисправности"), "Вы пишете о ней?")
	v.expect(v.presses(onTelegram, "o:tech.problem:same:other"), "Опишите, пожалуйста")
	number := mustFind(t, v, onWeb).State.Tickets[0].Number
	if err := v.w.Notices.End(t.Context(), id, "olga"); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time there is nothing to tell
		if err := v.w.Host.TellMended(t.Context(), v.w.Store); err != nil {
			t.Fatal(err)
		}
	}
	told := v.hears(onWeb)
	if strings.Count(told, "устранена") != 1 || !strings.Contains(told, number) {
		t.Errorf("told: %s", told)
	}
	if k, _, err := v.w.Store.Ticket(t.Context(), number); err != nil || k.Status != desk.Solved || !k.Solved.Equal(v.clock.Now()) {
		t.Errorf("%+v, %v", k, err)
	}
	if other := v.hears(onTelegram); strings.Contains(other, "устранена") {
		t.Errorf("somebody else was told: %s", other)
	}
	if quiet := v.says(host.Peer{Channel: "web", ID: "later"}, "здравствуйте"); strings.Contains(quiet, "неполадка") {
		t.Errorf("told of a fault that is over: %s", quiet)
	}
}

func TestPlannedWorks(t *testing.T) {
	v := newTraveller(t)
	now := v.clock.Now()
	v.announces(desk.Notice{Kind: desk.Works, Texts: map[string]string{"ru": "обновление портала."}, Starts: now.Add(24 * time.Hour), Ends: now.Add(26 * time.Hour)}, "w")
	v.expect(v.says(onWeb, "портал не работает у всех или только у меня?"), "Ближайшие технические работы: обновление портала.")
	v.clock.Set(now.Add(25 * time.Hour))
	v.expect(v.says(onTelegram, "здравствуйте"), "Сейчас идут технические работы: обновление портала.", "Закончить обещают")
	v.clock.Set(now.Add(27 * time.Hour))
	if said := v.says(host.Peer{Channel: "vk", ID: "9"}, "здравствуйте"); strings.Contains(said, "работы") {
		t.Errorf("works that are over: %s", said)
	}
}

// Who is told that a fault is mended can say that it is not, and a case that nobody takes up again is closed.
func TestAMendedFaultCanBeReopened(t *testing.T) {
	v := newTraveller(t)
	id := v.announces(desk.Notice{Kind: desk.FaultNews, Texts: map[string]string{"ru": "Не приходят коды."}, Starts: v.clock.Now()}, "f")
	numbers := map[host.Peer]string{}
	for _, p := range []host.Peer{onWeb, onTelegram} {
		v.says(p, "сообщить о неисправности")
		v.presses(p, "o:tech.problem:same:same")
		numbers[p] = mustFind(t, v, p).State.Tickets[0].Number
	}
	first, number := numbers[onWeb], numbers[onTelegram]
	v.mended(id)
	v.expect(v.hears(onWeb), "устранена", first)
	v.expect(v.hears(onTelegram), "устранена", number)
	v.expect(v.says(onTelegram, "всё ещё не работает"), number, "снова открыто")
	v.clock.Set(v.clock.Now().Add(8 * 24 * time.Hour))
	if err := v.w.Host.FireDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	for number, want := range map[string]desk.Status{number: desk.New, first: desk.Closed} {
		if k, _, err := v.w.Store.Ticket(t.Context(), number); err != nil || k.Status != want {
			t.Errorf("%+v, %v", k, err)
		}
	}
}

// A conversation that people have is left with them when the fault that it reports is mended.
func TestAMendedFaultTakesNoConversationFromPeople(t *testing.T) {
	v := newTraveller(t)
	id := v.announces(desk.Notice{Kind: desk.FaultNews, Texts: map[string]string{"ru": "Не приходят коды."}, Starts: v.clock.Now()}, "f")
	v.says(onWeb, "позовите человека")
	r := mustFind(t, v, onWeb)
	number := r.State.Tickets[0].Number
	if err := v.w.Notices.Join(t.Context(), id, number); err != nil {
		t.Fatal(err)
	}
	v.mended(id)
	v.expect(v.hears(onWeb), "устранена", number)
	if r = mustFind(t, v, onWeb); r.State.Owner != engine.OwnerQueue || !r.State.Tickets[0].Status.Open() {
		t.Errorf("%+v", r.State)
	}
}

// mended ends a notice and tells whoever has to know.
func (v *traveller) mended(id int64) {
	v.t.Helper()
	if err := v.w.Notices.End(v.t.Context(), id, "olga"); err != nil {
		v.t.Fatal(err)
	}
	if err := v.w.Host.TellMended(v.t.Context(), v.w.Store); err != nil {
		v.t.Fatal(err)
	}
}
