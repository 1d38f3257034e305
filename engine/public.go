package engine

import (
	"strings"
	"time"

	"spravka/engine/answer"
	"spravka/engine/desk"
	"spravka/engine/flow"
	"spravka/engine/understand"
)

// Commented is a question that everybody can read, such as a comment below a post. Each one is a conversation of its own,
// which knows nothing of who asks: it is counted and answered once, and never led into a flow.
type Commented struct{ Text string }

func (Commented) event() {}

// PublicAnswer answers a question that everybody can read: the reply of a topic that has one, and an invitation to write
// privately.
func PublicAnswer(content *Content, locale, text string) string {
	answer, _, _ := view(content, Conversation{Locale: locale}).publicly(text)
	return answer
}

// publicly returns the answer, the topic that was understood, and whether the message is a complaint.
func (t *turn) publicly(text string) (reply, id string, complaint bool) {
	invitation := t.sentence("public.invite")
	u := t.understand(text)
	if u.Decision != understand.Answer {
		return invitation, "", false
	}
	id = u.Needs[0]
	topic, words := t.content.Topic(id), t.locale.Topics[id]
	if topic == nil || words == nil {
		return invitation, "", false
	}
	if fl := t.content.Flows[id]; fl != nil {
		return invitation, id, t.complains(fl, text)
	}
	if topic.Kind != "answer" || words.Text == nil {
		return invitation, id, false
	}
	return t.render(words.Text) + "\n\n" + invitation, id, false
}

// complains reports whether a flow would register the message as a complaint: its first choice says so.
func (t *turn) complains(fl *flow.Flow, text string) bool {
	registers := false
	for _, s := range fl.Steps {
		registers = registers || s.Kind == flow.Ticket && s.Ticket == desk.Complaint
	}
	if !registers {
		return false
	}
	for _, s := range fl.Steps {
		if s.Kind == flow.Choose && s.Opening > 0 && t.optionIn(fl.ID, s, text) == string(desk.Complaint) {
			return true
		}
	}
	return false
}

// commented answers a comment. A complaint becomes a case: whoever works on it sees that the answer is public.
func (t *turn) commented(e Commented) {
	text := strings.TrimSpace(firstRunes(e.Text, t.content.Settings.MaxTextRunes))
	kept, secret := mask(text, answer.Kind(""))
	t.c.Public, t.c.Greeted = true, true
	t.emit(Heard{Message: Message{Text: kept}, Secret: secret})
	reply, id, complaint := t.publicly(kept)
	if secret {
		// Everybody can read it, and only who wrote it can take it away. What it was is not said in front of them, nor by a topic's reply about it.
		reply = t.sentence("public.secret") + "\n\n" + t.sentence("public.invite")
	}
	if id != "" {
		t.c.Topic = id
		t.decide(t.kindOf([]string{id}), id)
	} else {
		t.decide(DecideAskBack, topicsOf(t.reading)...)
	}
	if !complaint {
		t.send(reply)
		return
	}
	thanks := t.sentence("public.complaint")
	if secret {
		thanks = t.sentence("public.secret") + "\n\n" + thanks
	}
	t.send(thanks)
	queue := t.content.Topic(id).Queue
	if fl := t.content.Flows[id]; fl.Queue != "" {
		queue = fl.Queue
	}
	if queue == "" {
		queue = t.content.Settings.DefaultQueue
	}
	t.emit(OpenTicket{Kind: desk.Complaint, Queue: queue, Priority: desk.Normal, Reason: "comment", Topic: id, Subject: t.title(id), Due: t.now.Add(t.complaintTerm(id))})
}

// complaintTerm is the term that the flow promises for a complaint.
func (t *turn) complaintTerm(id string) (term time.Duration) {
	for _, s := range t.content.Flows[id].Steps {
		if s.Kind == flow.Ticket && s.Ticket == desk.Complaint {
			term = s.Due
		}
	}
	return term
}
