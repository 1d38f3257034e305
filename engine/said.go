package engine

import (
	"slices"
	"strings"
	"unicode/utf8"

	"spravka/engine/answer"
	"spravka/engine/flow"
	"spravka/engine/understand"
)

// opened greets a citizen who has opened the chat and said nothing yet. Who begins again is shown
// what there is.
func (t *turn) opened() {
	t.decide(DecideControl)
	f, s := t.here()
	switch k := t.openTicket(); {
	case t.c.Owner == OwnerQueue && k != nil:
		t.notice(t.sentence("handoff.already", "ticket", k.Number), t.button(cmdBot))
	case t.c.Owner != OwnerBot: // a human speaks
	case !t.c.Greeted:
		t.welcome()
	case f != nil:
		t.command(cmdMenu, f, s) // with a button that leads back to what is open
	default:
		t.offer(t.sentence("menu"), t.doors())
	}
}

// welcome says hello and offers the doors.
func (t *turn) welcome() {
	t.c.Greeted = true
	t.warn()
	t.offer(t.sentence("hello"), t.doors())
}

// said plays a citizen's message.
func (t *turn) said(e Said) {
	text, kept, long, secret := t.hear(e.Text)
	t.emit(Heard{Message: Message{Text: kept, Files: e.Files}, Secret: secret})
	t.decided.Secret = secret
	rating := t.c.Rating
	t.c.Silence, t.c.Rating = 0, nil
	if t.c.Owner != OwnerBot {
		t.overhear(text, e, secret)
		return
	}
	if secret {
		t.decide(DecideControl)
		t.warnOfSecret(e.Stays)
		// What is left is still a wish: "my password … is refused".
		if text = kept; len(strings.Fields(strings.ReplaceAll(text, hidden, ""))) < 3 {
			t.again()
			return
		}
	}
	if long {
		t.decide(DecideControl)
		t.notice(t.sentence("too_long", "want", itoa(t.content.Settings.MaxTextRunes)))
		t.again()
		return
	}
	t.text = text
	if !t.c.Greeted {
		t.c.Greeted = true
		t.warn()
	}
	if rating != nil && t.rated(*rating, text, e.Files) {
		return
	}
	if t.c.Answering != "" && t.answering(text, e.Files) || t.repair() {
		return
	}
	if t.moveHere(text) {
		return
	}
	t.play(text, e.Files)
}

// hear bounds what a citizen has written. Kept is the same with secrets masked, which is what may be stored.
func (t *turn) hear(written string) (text, kept string, long, secret bool) {
	text = strings.TrimSpace(written)
	if long = utf8.RuneCountInString(text) > t.content.Settings.MaxTextRunes; long {
		text = firstRunes(text, t.content.Settings.MaxTextRunes)
	}
	expects := answer.Kind("")
	if f, s := t.here(); f != nil && t.c.Owner == OwnerBot {
		expects = s.Answer
	}
	kept, secret = mask(text, expects)
	return text, kept, long, secret
}

// play plays what is said, and remembers whether it has answered the question that was open.
func (t *turn) play(text string, files []File) {
	f, s := t.here()
	if f == nil {
		t.outside(text, files)
		return
	}
	depth := len(t.c.Frames)
	t.within(f, s, text, files)
	if now := t.top(); now != nil && len(t.c.Frames) == depth && len(now.Trail) > 0 && now.Step != s.Name && s.Kind == flow.Ask && now.Trail[len(now.Trail)-1] == s.Name {
		t.c.Took = true
	}
}

// repair finds a frame whose place no longer exists in this version of the content, and puts it right.
func (t *turn) repair() bool {
	for {
		f := t.top()
		if f == nil {
			return false
		}
		fl := t.content.Flows[f.Flow]
		if fl == nil {
			t.c.Frames = t.c.Frames[:len(t.c.Frames)-1]
			t.notice(t.sentence("flow_gone"))
			continue
		}
		if fl.Step(f.Step) == nil {
			// What was told is kept, so only what is missing is asked again.
			f.Step, f.Trail, f.Call, f.Fixing, f.Misses, f.Force = fl.Start, nil, "", "", 0, false
			t.decide(DecideFlow)
			t.notice(t.sentence("flow_changed"))
			t.run()
			return true
		}
		return false
	}
}

// again repeats what the citizen was being asked, if anything.
func (t *turn) again() {
	if f, s := t.here(); f != nil && s.Kind.Waits() {
		t.prompt()
	}
}

// within plays a message in the middle of a flow: the answer first, then corrections and commands, then topics.
func (t *turn) within(f *Frame, s *flow.Step, text string, files []File) {
	said := normal(text)
	offered := t.c.Offered
	t.c.Offered = nil
	if len(files) == 0 && t.chosenFrom(offered, said) {
		return
	}
	waits := f.Call == "" && s.Kind.Waits()
	if waits && s.Optional && len(files) == 0 && t.declines(said) && t.skip(f, s) {
		return // "not needed" is said of the question, not of the whole
	}
	if waits && len(s.Options) > 0 && t.opted(f, s, text) {
		return // the words of a button mean the button, even where they are a command elsewhere
	}
	if cmd := t.lexicon.command(said, false); cmd != "" && t.command(cmd, f, s) {
		return
	}
	if len(files) > 0 {
		t.filesGiven(f, s, files, text)
		return
	}
	if !waits {
		t.meanwhile(text)
		return
	}
	if isPattern(f.Flow) && t.correctBelow(text, said) {
		return
	}
	correcting := t.corrects(said)
	if correcting && t.correct(f, s, text, said, true) {
		return
	}
	r := answer.Parse(s.Answer, text, t.answerContext(s))
	if r.OK() && r.Fit == answer.Strong && s.Personal && len(text) > len(r.Value)+12 {
		t.alongside(f, s, text, r.Value)
	}
	if r.OK() && (r.Fit == answer.Strong && s.Answer != answer.Text || s.Answer == answer.Text && !t.asks(text, said)) {
		t.accept(f, s, r.Value)
		return
	}
	if cmd := t.lexicon.command(said, true); cmd != "" && t.command(cmd, f, s) {
		return
	}
	if s.Answer != answer.Text && t.correct(f, s, text, said, correcting) {
		return
	}
	if t.denies(f, s, text, said) || s.Kind == flow.Confirm && t.replaces(f, s, text) || s.Kind == flow.Ask && t.several(f, s, text) {
		return
	}
	if t.explains(f, s, said) {
		return
	}
	if !r.OK() && r.Fit == answer.Strong && !t.asks(text, said) {
		t.miss(f, s, r)
		return
	}
	switch {
	case t.digress(f, s, text, r):
	case r.OK():
		t.accept(f, s, r.Value)
	default:
		t.miss(f, s, r)
	}
}

// opted takes one of the options that a step offers, if the message plainly names one.
func (t *turn) opted(f *Frame, s *flow.Step, text string) bool {
	if s.Kind != flow.Choose && answer.Parse(s.Answer, text, t.answerContext(s)).OK() {
		return false
	}
	r := answer.Parse(answer.Choice, text, answer.Context{Locale: t.locale.Name, Options: t.options(s)})
	if !r.OK() || r.Fit != answer.Strong {
		return false
	}
	if s.Kind == flow.Choose {
		t.accept(f, s, r.Value)
	} else {
		t.instead(f, s, r.Value)
	}
	return true
}

// asks reports whether a message is a question.
func (t *turn) asks(text, said string) bool {
	if strings.HasSuffix(strings.TrimRight(text, " )(!…."), "?") {
		return true
	}
	for _, q := range t.lexicon.question {
		if strings.HasPrefix(said, q) && (len(said) == len(q) || said[len(q)] == ' ') {
			return true
		}
	}
	return false
}

func (t *turn) answerContext(s *flow.Step) answer.Context {
	c := answer.Context{Now: t.now.In(t.content.Calendar.Zone()), Locale: t.locale.Name, MinRunes: s.Min, MaxRunes: s.Max}
	if s.Kind == flow.Choose || s.Kind == flow.Rate {
		c.Options = t.options(s)
	}
	return c
}

// digress answers a question in the middle of a flow and comes back to it. It reports whether the message was one.
func (t *turn) digress(f *Frame, s *flow.Step, text string, r answer.Reading) bool {
	u := t.understand(text)
	switch u.Decision {
	case understand.Answer:
		if topic := t.content.Topic(u.Needs[0]); topic.Kind == "control" && topic.ID != topicOperator && len(strings.Fields(text)) > 4 {
			return false // a long sentence in the middle of a flow is no greeting and no thanks
		}
		if t.tooLittle(u.Needs[0], text) || r.OK() && u.Confidence < 0.9 {
			return false // it can be the answer as well, and that is what was asked for
		}
		if len(u.Needs) == 1 && u.Needs[0] == f.Flow { // they name what we are busy with
			if f.Misses > 0 {
				return false // said again, it is no answer like any other: nobody is asked the same for ever
			}
			f.Misses++
			t.prompt()
			t.decide(DecideFlow, u.Needs...)
			return true
		}
		t.decide(t.kindOf(u.Needs), u.Needs...)
		t.serveAll(u.Needs, text)
		return true
	case understand.Offer:
		if r.OK() || r.Fit == answer.Strong {
			return false
		}
		if t.asks(text, normal(text)) || len(strings.Fields(text)) > 3 {
			if f.Misses++; f.Misses >= t.limit(s) {
				return false // offering the same again leads nowhere
			}
			t.decide(DecideOffer, topicsOf(u)...)
			t.offerTopics(u, "offer.within")
			return true
		}
	}
	return false
}

// tooLittle reports whether a single word is no reason to leave one flow for another: «сегодня» is not «срочно». A word
// that editors have named as a phrase of the topic is reason enough.
func (t *turn) tooLittle(id, text string) bool {
	if t.content.Topic(id).Kind != "flow" || len(strings.Fields(text)) != 1 {
		return false
	}
	said := normal(text)
	return !slices.ContainsFunc(t.locale.Topics[id].Phrases, func(p string) bool { return normal(p) == said })
}

// meanwhile answers a citizen who writes while a service is being asked.
func (t *turn) meanwhile(text string) {
	u := t.understand(text)
	if u.Decision == understand.Answer {
		for _, id := range u.Needs {
			if t.content.Flows[id] == nil && id != topicOperator {
				t.decide(DecideAnswer, u.Needs...)
				t.reply(id)
				return
			}
			if id == topicOperator {
				t.decide(DecideHandOff, id)
				t.handOff("asked", "", "")
				return
			}
		}
	}
	t.decide(DecideControl)
	t.notice(t.sentence("busy"))
}

func (t *turn) understand(text string) understand.Reading {
	if t.content.Understander == nil {
		return understand.Reading{Decision: understand.HandOff}
	}
	q := understand.Query{Text: text, LastTopic: t.c.Topic, Locale: t.locale.Name}
	if x, ok := t.content.Understander.(Explainer); ok {
		why := x.Why(q)
		t.reading = why.Reading
		t.decided.Why = &Why{Read: t.reading.Normal, Nearest: why.Nearest[:min(3, len(why.Nearest))], Features: why.Features[:min(5, len(why.Features))], Decided: why.Decided}
	} else {
		t.reading = t.content.Understander.Understand(q)
	}
	t.read = true
	t.decided.Score = t.reading.Confidence
	return t.reading
}

func topicsOf(u understand.Reading) []string {
	out := make([]string, 0, len(u.Topics))
	for _, s := range u.Topics {
		out = append(out, s.Topic)
	}
	return out
}

func firstRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}
