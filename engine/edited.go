package engine

import (
	"strings"

	"spravka/engine/answer"
	"spravka/engine/desk"
)

// edited takes in a message that the citizen has reworded. The new wording goes into the history beside the old one,
// for whoever reads it.
//
// The bot answers it only if the conversation is the bot's and nothing has been said since: then the citizen waits for
// an answer to these words. What came after an older message was said in the light of its first wording, so nothing is
// taken back there; and where a human is in charge, a human reads it.
func (t *turn) edited(e Edited) {
	text, kept, long, secret := t.hear(e.Text)
	if kept == e.Before && !strings.Contains(kept, hidden) {
		return // a preview or a picture has changed, not the words
	}
	t.emit(Heard{Message: Message{Text: kept}, Edits: e.Of, Secret: secret})
	t.decided.Secret = secret
	answers := t.c.Owner == OwnerBot && e.Newest && !long && text != ""
	if secret {
		t.warnOfSecret(e.Stays)
		if text = kept; len(strings.Fields(strings.ReplaceAll(text, hidden, ""))) < 3 {
			answers = false
		}
	}
	if !answers {
		t.decide(DecideSilent)
		if k := t.openTicket(); k != nil && k.Status == desk.Clarify && t.c.Owner != OwnerBot {
			t.move(k, desk.Clarified, Acted{}, Citizen)
		}
		return
	}
	t.c.Silence, t.c.Greeted = 0, true
	if t.repair() {
		return
	}
	if t.c.Took && t.mended(text) {
		return // and it may be reworded once more
	}
	t.c.Took = false
	if t.moveHere(text) {
		return
	}
	t.play(text, nil)
}

// mended takes the new wording for the answer to the question that the old one has answered. It reports false if it is
// none, or if a service has been asked since.
func (t *turn) mended(text string) bool {
	f, _ := t.here()
	if f == nil || f.Call != "" || len(f.Trail) == 0 {
		return false
	}
	s := t.content.Flows[f.Flow].Step(f.Trail[len(f.Trail)-1])
	if s == nil {
		return false
	}
	r := answer.Parse(s.Answer, text, t.answerContext(s))
	if !r.OK() || r.Fit == answer.None {
		return false
	}
	t.fix(f, s, r.Value)
	f = t.top()
	t.c.Took = f != nil && f.Step != s.Name && len(f.Trail) > 0 && f.Trail[len(f.Trail)-1] == s.Name
	return true
}

// Calm reports whether nobody waits for what follows from the timer, so that dialogues may go before it.
func (e Fired) Calm() bool { return e.Name != timerWait }
