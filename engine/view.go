package engine

import (
	"strings"
	"time"

	"spravka/engine/answer"
	"spravka/engine/flow"
)

// Asked is what a conversation waits for.
type Asked struct {
	Kind     answer.Kind `json:"kind"`
	Optional bool        `json:"optional"`
}

// Asks returns what the bot now waits for, or nil.
func Asks(content *Content, c Conversation) *Asked {
	t := view(content, c)
	f, s := t.here()
	if f == nil || f.Call != "" || !s.Kind.Waits() || c.Owner != OwnerBot {
		return nil
	}
	a := &Asked{Kind: s.Answer, Optional: s.Optional}
	if s.Kind == flow.Rate {
		a.Kind = answer.Choice
	}
	return a
}

// Known is one thing that is known of a citizen, in words.
type Known struct {
	Name, Label, Value string
	By                 Author
	At                 time.Time
	Verified           bool
}

// Describe lists what is known, as somebody may see it: masked without the right to personal data.
func Describe(content *Content, c Conversation, locale string, masked bool) []Known {
	c.Locale = locale
	t := view(content, c)
	var out []Known
	add := func(f *Frame, s Slot) {
		if s.Value == "" {
			return
		}
		k := Known{Name: s.Name, Label: t.label(s.Name), By: s.By, At: s.At, Verified: s.Verified}
		if k.By == "" {
			k.By = Citizen
		}
		switch {
		case masked && s.Kind != "":
			k.Value = answer.Mask(answer.Kind(s.Kind), s.Value)
		case f != nil:
			k.Value = t.shown(f, s.Name, &s)
		default:
			k.Value = t.display(answer.Kind(s.Kind), s.Value)
		}
		out = append(out, k)
	}
	for _, s := range c.Slots {
		add(nil, s)
	}
	for i := range c.Frames {
		f := &c.Frames[i]
		for _, s := range f.Slots {
			if s.By == System || s.Kind == string(answer.Code) {
				continue
			}
			add(f, s)
		}
	}
	return out
}

// Place says in words where the conversation stands: the title of the flow and the label of the slot it asks for, "" for a
// step whose slot has none.
func Place(content *Content, c Conversation, locale string) (title, asks string) {
	c.Locale = locale
	t := view(content, c)
	f, s := t.here()
	if f == nil {
		return "", ""
	}
	if w, ok := t.locale.Slots[s.Slot]; ok {
		asks = w.Label
	}
	return t.title(f.Flow), asks
}

// Greeting is what an empty chat shows before anything is stored.
func Greeting(content *Content, locale string) Message {
	t := view(content, Conversation{Locale: locale})
	return Message{Text: t.sentence("hello"), Buttons: t.doors()}
}

// Sentence is one of the engine's own sentences.
func Sentence(content *Content, locale, key string) string {
	return view(content, Conversation{Locale: locale}).sentence(key)
}

// Signed is a message as it reads where the channel shows one sender for all: an operator's begins with their name.
func Signed(content *Content, locale string, by Author, name string, m Message) Message {
	name = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if strings.ContainsRune("*[]()<>", r) {
			return -1 // marks of the Markdown
		}
		return r
	}, name)), " ")
	if by != Operator || name == "" {
		return m
	}
	first := view(content, Conversation{Locale: locale}).sentence("operator.says", "label", name)
	if m.Text != "" {
		first += "\n"
	}
	m.Text = first + m.Text
	return m
}

func view(content *Content, c Conversation) *turn {
	l := content.Locale(c.Locale)
	return &turn{content: content, c: c, locale: l, lexicon: content.lexicons[l.Name]}
}

// engineTexts are the sentences that the engine needs in every language; locales/*/engine.yaml holds them.
var engineTexts = []string{
	"hello", "menu", "category", "offer", "offer.within", "ask_back", "ask_back.after", "still_unclear", "not_ours", "none", "two_needs", "pending",
	"not_understood", "misses", "why", "why.consent", "why.code", "busy", "stale", "stale.menu", "pressed", "secret", "secret.stays", "too_long", "public.secret", "public.invite", "public.complaint",
	"back", "back.first", "back_to", "cancelled", "cancelled.inner", "kept", "nothing_else", "which_one", "bye.within", "nothing_to_cancel", "restarted", "skip.not", "help.within",
	"corrected", "which_wrong", "flow_gone", "flow_changed", "silence.remind", "silence.end",
	"operator.says", "button.contact",
	"files", "files.got", "files.kept", "files.many", "files.unasked",
	"handoff.first", "handoff.open", "handoff.closed", "handoff.urgent", "handoff.already", "handoff.later", "to_bot",
	"wait.place", "wait.next", "wait.longer", "wait.up_to", "wait.between", "wait.by", "wait.from_by",
	"move.mistyped", "move.arrived", "move.ticket", "move.left",
	"ticket.taken", "ticket.taken.case", "ticket.passed", "ticket.transferred", "ticket.moved", "ticket.released",
	"ticket.clarify", "ticket.file", "ticket.clarified", "ticket.heard", "ticket.heard.file", "ticket.about", "ticket.answer", "ticket.answer.not",
	"ticket.returned", "ticket.returned.flow", "ticket.solved", "ticket.reopened", "ticket.reopened.staff", "ticket.merged", "ticket.closed.new",
	"notice.works", "notice.fault", "notice.mended",
	"rating.ask", "rating.thanks", "rating.words", "transcript.head", "transcript.file", "transcript.ready", "transcript.later", "transcript.citizen", "transcript.bot", "transcript.operator", "transcript.system",
	"moment.today", "moment.tomorrow", "moment.later", "moment.date", "moment.date_year",
	"button.back", "button.cancel", "button.repeat", "button.restart", "button.help", "button.skip", "button.human", "button.bot", "button.later",
	"button.done", "button.menu", "button.continue", "button.none", "button.agree", "button.disagree", "button.right", "button.mend",
	"button.case.reply", "button.case.reopen", "button.case.rate", "button.transcript",
	"case.line", "case.merged", "case.solved", "case.file", "case.answer", "case.in_work", "case.new", "case.late", "case.due", "case.meant",
}
