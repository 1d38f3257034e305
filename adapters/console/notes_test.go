package console

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"spravka/engine"
	"spravka/engine/desk"
	"spravka/engine/host"
)

func (br *browser) note(number, text string) *answer {
	return br.post(ticketURL(number)+"/notes", url.Values{"text": {text}})
}

func TestNotes(t *testing.T) {
	b := newBench(t)
	one := b.world.open(ticketOf("О-26-00001"))
	b.world.say(one.Conversation, engine.Citizen, "Здравствуйте")
	a := b.as(anna)
	a.note(one.Number, "@boris гляньте <script>alert(1)</script>, @anna помнит, @nobody нет").status(t, 303)
	a.get(ticketURL(one.Number)+"?done=note_unknown").has(t, "сотрудника с таким логином нет", `<strong class="mention">@boris</strong>`,
		"гляньте &lt;script&gt;").lacks(t, "<script>alert")
	if b.world.entries[one.Conversation][0].Seq != 1 || len(b.world.entries[one.Conversation]) != 1 || len(b.world.acted) != 0 {
		t.Error("a note has reached the talk")
	}
	if got := fmt.Sprint(b.world.notes[0].Mentions); got != fmt.Sprint([]int64{boris}) {
		t.Errorf("mentioned: %s", got) // oneself and nobody are not
	}
	other := b.as(boris)
	other.get("tickets").has(t, `class="count alarm" data-count="mentions">1<`)
	other.get(ticketURL(one.Number)) // reading it is what marks it
	other.get("tickets").has(t, `data-count="mentions">0<`)
	a.get("tickets?view=mentions").has(t, "Вас пока никто не упоминал")
	lines := auditOf(b, "ticket.note")
	if len(lines) != 1 || lines[0].Ticket != one.Number || strings.Contains(fmt.Sprint(lines), "гляньте") {
		t.Errorf("the audit log: %v", lines)
	}
}

func TestBadNotes(t *testing.T) {
	b := newBench(t)
	b.world.open(ticketOf("О-26-00001"))
	b.world.open(desk.Ticket{Number: "S", Status: desk.Closed})
	a := b.as(anna)
	a.note("О-26-00001", " \n ").status(t, 422).has(t, "Напишите заметку")
	a.note("О-26-00001", strings.Repeat("ж", noteMost+1)).status(t, 422).has(t, "слишком длинная", strings.Repeat("ж", noteMost+1))
	enormous := strings.Repeat("ж", formBytes)
	a.note("О-26-00001", enormous).status(t, 422).has(t, "65536 знаков", "5000", enormous+"</textarea>")
	a.note("О-26-00001", strings.Repeat("ж", wordyBytes)).status(t, 413).has(t, "Слишком много данных")
	a.note("О-26-99999", "x").status(t, 404)
	a.note("S", "о закрытом тоже пишут").status(t, 303)
	form := url.Values{"text": {"дважды"}, "key": {"0123456789abcdef"}}
	a.post(ticketURL("О-26-00001")+"/notes", form).status(t, 303)
	again := a.post(ticketURL("О-26-00001")+"/notes", form).status(t, 303)
	if !strings.Contains(again.location(), "done=again") {
		t.Errorf("the same form again leads to %s", again.location())
	}
	form.Set("key", "short")
	a.post(ticketURL("О-26-00001")+"/notes", form).status(t, 400)
	if n := len(b.world.notes); n != 2 {
		t.Errorf("%d notes", n)
	}
}

// auditOf are the lines of the log with this action.
func auditOf(b *bench, action string) []host.AuditEntry {
	b.t.Helper()
	all, err := b.people.AuditLog(b.t.(*testing.T).Context(), host.AuditFilter{Limit: 500})
	if err != nil {
		b.t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(e host.AuditEntry) bool { return e.Action != action })
}

func TestMentionsAreFound(t *testing.T) {
	operators := []host.Operator{{ID: 1, Login: "anna"}, {ID: 2, Login: "b.lukin"}, {ID: 3, Login: "gone", Disabled: true}}
	for text, want := range map[string]string{
		"@anna": "[1] []", "@Anna, @b.lukin.": "[1 2] []", "(@anna)@anna": "[1] []", "a@anna.ru": "[] []", "@gone": "[] [gone]",
		"@x": "[] []", "@@anna": "[] []", "почта anna@b.lukin": "[] []", strings.Repeat("@anna ", 100): "[1] []",
	} {
		ids, unknown := mentionsIn(text, operators)
		if got := fmt.Sprint(ids, unknown); got != want {
			t.Errorf("%.30q: %s, want %s", text, got, want)
		}
	}
}

func TestNotesArriveLive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		one := b.world.open(ticketOf("О-26-00001"))
		b.world.say(one.Conversation, engine.Citizen, "раз")
		c := connect(t, b.as(anna), ticketURL(one.Number)+"/live?after=1.2.0.0", "")
		c.pending()
		b.as(boris).note(one.Number, "смотрю")
		time.Sleep(time.Second)
		told := func() (notes []string, last string) {
			for _, e := range c.pending() {
				var data ticketEvent
				if e.name == "ticket" && json.Unmarshal([]byte(e.data), &data) == nil && strings.Contains(data.Lines, "said note") {
					notes = append(notes, data.Lines)
					last = e.id
				}
			}
			return notes, last
		}
		notes, last := told()
		if len(notes) != 1 || !strings.Contains(notes[0], "смотрю") {
			t.Fatalf("told: %v", notes)
		}
		c.hangUp()
		c = connect(t, b.as(anna), ticketURL(one.Number)+"/live", last)
		time.Sleep(time.Second)
		if again, _ := told(); len(again) != 0 {
			t.Errorf("told twice: %v", again)
		}
		c.hangUp()
	})
}

func TestPresenceOnATicket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		one := b.world.open(ticketOf("О-26-00001"))
		c := connect(t, b.as(anna), ticketURL(one.Number)+"/live", "")
		other := connect(t, b.as(boris), ticketURL(one.Number)+"/live", "")
		shown := func() string {
			time.Sleep(streamGap + time.Second/10)
			text := "nothing"
			for _, e := range c.pending() {
				if e.name == "present" {
					text = e.data
				}
			}
			return text
		}
		if got := shown(); !strings.Contains(got, "Борис Лукин: смотрит") || strings.Contains(got, "Анна") {
			t.Errorf("shown: %s", got)
		}
		b.as(boris).post(ticketURL(one.Number)+"/typing", url.Values{"what": {"reply"}}).status(t, 204)
		if got := shown(); !strings.Contains(got, "Борис Лукин: пишет") {
			t.Errorf("shown: %s", got)
		}
		other.hangUp()
		if got := shown(); strings.Contains(got, "Борис") {
			t.Errorf("shown after leaving: %s", got)
		}
		c.hangUp()
	})
}
