package engine

import (
	"strconv"
	"time"

	"spravka/engine/flow"
	"spravka/engine/understand"
)

// turn is the working state of one step.
type turn struct {
	content *Content
	locale  *flow.Locale
	lexicon *lexicon
	now     time.Time

	c       Conversation
	effects []Effect
	decided Decided
	read    bool               // the message was given to understanding
	reading understand.Reading // what it said

	offers  bool   // buttons outside a step's were offered in this very turn
	refused bool   // an operator's action was: nothing else of the turn counts
	text    string // what the citizen has written, secrets masked where they were found
	follows string // the closed ticket that the one to be opened takes up again

	params []param // placeholders of the sentence being rendered
	room   [8]Effect
}

type param struct{ name, value string }

func (t *turn) emit(e Effect) { t.effects = append(t.effects, e) }

// decide names what the turn did; the first to know decides.
func (t *turn) decide(d Decision, topics ...string) {
	if t.decided.Decision == "" {
		t.decided.Decision = d
	}
	if len(t.decided.Topics) == 0 {
		t.decided.Topics = topics
	}
}

// send says something to the citizen in the bot's name.
func (t *turn) send(text string, buttons ...Button) {
	t.emit(Say{Author: Bot, Message: Message{Text: text, Buttons: buttons}})
}

// notice says something about the conversation itself.
func (t *turn) notice(text string, buttons ...Button) {
	if t.c.Public {
		return // how a case stands is nobody else's business
	}
	t.emit(Say{Author: System, Message: Message{Text: text, Buttons: buttons}})
}

// sentence renders one of the engine's own sentences. Parameters come in pairs, name and value.
func (t *turn) sentence(key string, pairs ...string) string { return t.variant(key, 0, pairs...) }

// variant renders the n-th wording of a sentence; past the last one it stays with the last.
func (t *turn) variant(key string, n int, pairs ...string) string {
	list := t.locale.Texts[key]
	if len(list) == 0 {
		return key // flows check has refused such content; a key is better than silence
	}
	return t.render(list[min(n, len(list)-1)], pairs...)
}

func (t *turn) render(text *flow.Text, pairs ...string) string {
	if text == nil {
		return ""
	}
	before := t.params
	for i := 0; i+1 < len(pairs); i += 2 {
		t.params = append(t.params, param{pairs[i], pairs[i+1]})
	}
	s := text.Render(t)
	t.params = before
	return s
}

// title is what a topic or flow is called.
func (t *turn) title(id string) string {
	if w := t.locale.Topics[id]; w != nil && w.Title != "" {
		return w.Title
	}
	return id
}

// finish closes the turn: the timer that watches for silence, and the record of what was decided.
func (t *turn) finish() {
	if t.refused {
		return
	}
	t.forget()
	waits := false
	if f, s := t.here(); f != nil && t.c.Owner == OwnerBot && f.Call == "" {
		waits = s.Kind.Waits()
		t.decided.Flow, t.decided.Step = f.Flow, f.Step
	}
	switch {
	case waits && t.c.Silence < 2 && !t.c.Unreachable:
		after := t.content.Settings.Remind
		if t.c.Silence == 1 {
			after = t.content.Settings.GiveUp
		}
		t.emit(SetTimer{Name: timerSilence, Due: t.now.Add(after)})
		t.c.Watched = true
	case t.c.Watched:
		t.emit(StopTimer{Name: timerSilence})
		t.c.Watched = false
	}
	if t.decided.Decision != "" {
		t.emit(t.decided)
	}
}

// The names of timers.
const (
	timerSilence = "silence"
	timerWait    = "wait" // of a wait step
)

// callID makes the identifier of the next service call: unique within the conversation for ever.
func (t *turn) callID() string {
	t.c.Calls++
	return strconv.FormatInt(t.c.Calls, 10)
}
