package engine

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"spravka/engine/flow"
	"spravka/engine/understand"
)

// Understander reads what a citizen wants. It is deterministic: the same question has the same reading.
type Understander interface {
	Understand(understand.Query) understand.Reading
}

// Explainer is an [Understander] that can say why. Its explanations are kept with the turns they belong to; an explanation holds the reading that
// Understand gives.
type Explainer interface {
	Why(understand.Query) understand.Explanation
}

// Content is what a turn is played from: one version of the flows and words, and the understanding trained on them.
type Content struct {
	*flow.Content
	Understander Understander

	lexicons map[string]*lexicon
}

// NewContent prepares checked content for playing.
func NewContent(c *flow.Content, u Understander) *Content {
	out := &Content{Content: c, Understander: u, lexicons: map[string]*lexicon{}}
	for name, l := range c.Locales {
		out.lexicons[name] = newLexicon(l)
	}
	return out
}

// The commands that a citizen can give at any point, by the names under which locales/*/commands.yaml lists their words.
const (
	cmdBack       = "back"
	cmdCancel     = "cancel"
	cmdRepeat     = "repeat"
	cmdRestart    = "restart"
	cmdHelp       = "help"
	cmdSkip       = "skip"
	cmdHuman      = "human"
	cmdContact    = "contact" // the channel sends the citizen's own number
	cmdBot        = "bot"     // back from the queue to the bot
	cmdDone       = "done"    // no more files
	cmdMenu       = "menu"
	cmdResume     = "continue"
	cmdLater      = "later"      // no messages about the queue
	cmdMove       = "move"       // go on in another channel
	cmdTranscript = "transcript" // of what was said, as a file
)

func init() {
	flow.EngineCommands = []string{cmdBack, cmdCancel, cmdRepeat, cmdRestart, cmdHelp, cmdSkip, cmdHuman, cmdBot, cmdDone, cmdMenu,
		cmdResume, cmdMove, cmdTranscript, cmdLater, wordsCorrecting, wordsQuestion, wordsWhy, wordsNone, wordsUnsolved}
	flow.EngineTexts = engineTexts
}

// Word lists that are no commands.
const (
	wordsCorrecting = "correcting" // what people say when they correct themselves
	wordsQuestion   = "question"   // how questions begin
	wordsWhy        = "why"        // how people ask why they are asked
	wordsNone       = "none"       // none of what was offered
	wordsUnsolved   = "unsolved"   // what was called solved is not
)

// lexicon is a language's words of the conversation itself, ready to be looked up.
type lexicon struct {
	commands   map[string]string // normalised phrase → command
	fuzzy      []mistyped        // the phrases in a fixed order, for mistyped ones
	correcting []string
	question   []string
	why        []string
}

// mistyped is a phrase that is recognised with one letter wrong.
type mistyped struct {
	phrase string
	runes  int
}

func newLexicon(l *flow.Locale) *lexicon {
	x := &lexicon{commands: map[string]string{}}
	for _, cmd := range flow.EngineCommands {
		for _, phrase := range l.Commands[cmd] {
			phrase = normal(phrase)
			switch cmd {
			case wordsCorrecting:
				x.correcting = append(x.correcting, phrase)
			case wordsQuestion:
				x.question = append(x.question, phrase)
			case wordsWhy:
				x.why = append(x.why, phrase)
			default:
				if _, had := x.commands[phrase]; !had {
					x.commands[phrase] = cmd
					if n := utf8.RuneCountInString(phrase); n >= 5 {
						x.fuzzy = append(x.fuzzy, mistyped{phrase, n})
					}
				}
			}
		}
	}
	return x
}

// command reads a whole message as a command: exactly, or with one letter wrong in a phrase of at least five letters.
func (x *lexicon) command(text string, fuzzy bool) string {
	if len(text) > 120 {
		return ""
	}
	if cmd, ok := x.commands[text]; ok {
		return cmd
	}
	if !fuzzy || strings.ContainsAny(text, "0123456789") {
		return "" // no command has a number in it
	}
	n := utf8.RuneCountInString(text)
	for _, m := range x.fuzzy {
		if m.runes-n <= 1 && n-m.runes <= 1 && nearly(text, m.phrase) {
			return x.commands[m.phrase]
		}
	}
	return ""
}

// normal is how texts are compared: lower case, е for ё, letters and digits only, single spaces.
func normal(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range s {
		switch {
		case r >= 'А' && r <= 'Я':
			r += 'а' - 'А'
		case r >= 'A' && r <= 'Z':
			r += 'a' - 'A'
		case r == 'ё' || r == 'Ё':
			r = 'е'
		}
		if r >= 'а' && r <= 'я' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '+' {
			if space && b.Len() > 0 {
				b.WriteByte(' ')
			}
			space = false
			b.WriteRune(r)
		} else {
			space = true
		}
	}
	return b.String()
}

// nearly reports whether two texts differ by at most one letter added, left out, changed, or swapped with its neighbour.
func nearly(a, b string) bool {
	x, y := []rune(a), []rune(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	i := 0
	for i < len(x) && x[i] == y[i] {
		i++
	}
	switch {
	case len(y)-len(x) > 1:
		return false
	case len(x) == len(y):
		if i == len(x) || string(x[i+1:]) == string(y[i+1:]) {
			return true
		}
		return i+1 < len(x) && x[i] == y[i+1] && x[i+1] == y[i] && string(x[i+2:]) == string(y[i+2:])
	default:
		return string(x[i:]) == string(y[i+1:])
	}
}

// Corpus is what understanding is trained on: the phrases of every topic in every language, what is out of scope, and
// the words of the domain.
func Corpus(c *flow.Content) understand.Corpus {
	var out understand.Corpus
	out.Extra = map[string]string{}
	names := slices.Sorted(maps.Keys(c.Locales))
	for _, t := range c.Topics {
		topic := understand.Topic{ID: t.ID, Sensitive: t.Sensitive, Control: t.Kind == "control"}
		for _, name := range names {
			w := c.Locales[name].Topics[t.ID]
			if w == nil {
				continue
			}
			for _, p := range w.Phrases {
				topic.Phrases = append(topic.Phrases, understand.Phrase{Text: p, Locale: name})
			}
		}
		out.Topics = append(out.Topics, topic)
		if w := c.Locales[c.Default].Topics[t.ID]; w != nil {
			extra := w.Title
			if w.Text != nil {
				extra += "\n" + w.Text.Source
			}
			out.Extra[t.ID] = extra
		}
	}
	families := map[string]int{}
	for _, name := range names {
		l := c.Locales[name]
		for _, id := range slices.Sorted(maps.Keys(l.Rejects)) {
			at, ok := families[id]
			if !ok {
				at = len(out.Topics)
				families[id] = at
				out.Topics = append(out.Topics, understand.Topic{ID: id, Reject: true})
			}
			for _, p := range l.Rejects[id].Phrases {
				out.Topics[at].Phrases = append(out.Topics[at].Phrases, understand.Phrase{Text: p, Locale: name})
			}
		}
		for _, p := range l.OutOfScope {
			out.OutOfScope = append(out.OutOfScope, understand.Phrase{Text: p, Locale: name})
		}
		out.Synonyms = append(out.Synonyms, l.Synonyms...)
		out.Politeness = append(out.Politeness, l.Politeness...)
		out.Vague = append(out.Vague, l.Vague...)
	}
	return out
}
