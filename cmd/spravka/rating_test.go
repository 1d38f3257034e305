package main

import (
	"io"
	"strings"
	"testing"
	"time"

	"spravka/engine"
	"spravka/engine/answer"
)

// solved plays a hand-off to its end and returns the ticket's number and the part of it that stands in payloads.
func (v *traveller) solved(text string) (number, code string) {
	v.t.Helper()
	v.says(onWeb, text)
	r := mustFind(v.t, v, onWeb)
	number = r.State.Tickets[len(r.State.Tickets)-1].Number
	for i, a := range []engine.Action{engine.Take, engine.Reply, engine.Resolve} {
		words := ""
		if a == engine.Reply {
			words = "Всё **готово**."
		}
		if _, err := v.w.Host.Act(v.t.Context(), r.ID, number+string(rune('a'+i)), engine.Acted{Action: a, Operator: 1, Name: "Ольга", Ticket: number, Text: words}); err != nil {
			v.t.Fatal(err)
		}
	}
	v.hears(onWeb)
	return number, answer.TicketCode(number)
}

func TestASolvedTicketIsRated(t *testing.T) {
	v := newTraveller(t)
	number, code := v.solved("позовите человека")
	v.expect(v.presses(onWeb, "k:"+code+":rate"), "Оцените от 1")
	v.expect(v.says(onWeb, "4"), "Ваша оценка: 4", "пару слов") // typed instead of pressed
	v.expect(v.says(onWeb, "помогли быстро, но долго ждала"), "передал")
	k, changes, err := v.w.Store.Ticket(t.Context(), number)
	if err != nil || k.Rating != 4 || k.RatingText != "помогли быстро, но долго ждала" || changes[len(changes)-1].Kind != "rate" {
		t.Errorf("%+v, %v, %v", k, changes, err)
	}
	// Nothing but words right after a mark are taken for words about it.
	v.expect(v.presses(onWeb, "k:"+code+":mark5"), "Ваша оценка: 5")
	v.expect(v.says(onWeb, "как заказать справку о доходах?"), "Справку о доходах")
	if k, _, err = v.w.Store.Ticket(t.Context(), number); err != nil || k.Rating != 5 || k.RatingText != "помогли быстро, но долго ждала" {
		t.Errorf("%+v, %v", k, err)
	}
	// A bad mark leads back to a human.
	v.says(onWeb, "отмена")
	v.presses(onWeb, "k:"+code+":mark1")
	v.expect(v.presses(onWeb, "k:"+code+":reopen"), "снова открыто")
	// What is open, or unknown, has no mark.
	v.says(onWeb, "продолжить с помощником")
	for _, payload := range []string{"k:" + code + ":mark3", "k:" + code + ":mark9", "k:" + code + ":mark", "k:O26000099-1:mark5"} {
		if said := v.presses(onWeb, payload); strings.Contains(said, "Ваша оценка") {
			t.Errorf("%s was taken for a mark: %s", payload, said)
		}
	}
}

func TestTheCitizenGetsTheTranscript(t *testing.T) {
	v := newTraveller(t)
	v.solved("позовите человека")
	v.expect(v.says(onWeb, "пришлите переписку"), "Переписка в этом файле")
	r := mustFind(t, v, onWeb)
	entries, err := v.w.Host.History(t.Context(), r.ID, r.Seq-1, 10)
	if err != nil || len(entries) != 1 {
		t.Fatal(entries, err)
	}
	message, err := v.message(entries[0])
	if err != nil || len(message.Files) != 1 {
		t.Fatalf("%+v, %v", message, err)
	}
	f, content, err := v.w.Store.OpenFile(t.Context(), message.Files[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	defer content.Close()
	text, err := io.ReadAll(content)
	if err != nil {
		t.Fatal(err)
	}
	v.expect(string(text), "Вы:\nпозовите человека", "Ольга, специалист:\nВсё готово.", "Переписка с линией поддержки")
	if f.MIME != "text/plain" || f.Peer != onWeb {
		t.Errorf("%+v", f)
	}
}

// Whoever asks for transcripts without end fills no disk.
func TestTranscriptsAreBounded(t *testing.T) {
	v := newTraveller(t)
	for range 60 {
		v.expect(v.says(onWeb, "пришлите переписку"), "Переписка в этом файле")
	}
	v.expect(v.says(onWeb, "пришлите переписку"), "сейчас не получается")
	v.expect(v.says(onWeb, "до скольки вы работаете?"), "18")
	v.clock.Set(v.clock.Now().Add(25 * time.Hour))
	v.expect(v.says(onWeb, "пришлите переписку"), "Переписка в этом файле")
}
