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
	if k, _, err := v.w.Store.Ticket(t.Context(), number); err != nil || k.Status != desk.Solved {
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
