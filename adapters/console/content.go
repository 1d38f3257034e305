package console

import (
	"slices"
	"strings"

	"spravka/engine"
)

// WordsOf gives the console the words of a content.
func WordsOf(c *engine.Content) Content { return contentWords{c} }

type contentWords struct{ content *engine.Content }

// Term names a queue, status, reason or topic; "" if there is no word for it.
func (c contentWords) Term(locale, value string) string {
	l := c.content.Locale(locale)
	if w, ok := l.Terms[value]; ok {
		return w
	}
	if w := l.Topics[value]; w != nil {
		return w.Title
	}
	return ""
}

// Topics are those whose title holds all the words.
func (c contentWords) Topics(locale string, words []string) (found []string) {
	for id, topic := range c.content.Locale(locale).Topics {
		title := strings.ReplaceAll(strings.ToLower(topic.Title), "ё", "е")
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(title, w) }) {
			found = append(found, id)
		}
	}
	slices.Sort(found)
	return found
}

// Known lists what the citizen has told.
func (c contentWords) Known(locale string, state engine.Conversation) []Known {
	var out []Known
	for _, k := range engine.Describe(c.content, state, locale, false) {
		out = append(out, Known{Label: k.Label, Value: k.Value, By: k.By, At: k.At, Verified: k.Verified})
	}
	return out
}

// Place says where in a flow the conversation stands.
func (c contentWords) Place(locale string, state engine.Conversation) string {
	title, asks := engine.Place(c.content, state, locale)
	if title == "" || asks == "" {
		return title
	}
	return title + " → " + asks
}

// Flows lists the flows into which an operator can send a citizen.
func (c contentWords) Flows(locale string) []Choice {
	var out []Choice
	for _, topic := range c.content.Topics {
		if topic.Kind == "flow" && c.content.Flows[topic.ID] != nil {
			out = append(out, Choice{Value: topic.ID, Name: c.Term(locale, topic.ID)})
		}
	}
	slices.SortStableFunc(out, func(a, b Choice) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// Questions lists what a flow asks for.
func (c contentWords) Questions(locale, flow string) []Question {
	var out []Question
	for _, q := range engine.Questions(c.content, locale, flow) {
		question := Question{Slot: q.Slot, Label: q.Label}
		for _, o := range q.Options {
			question.Options = append(question.Options, Choice{Value: o.ID, Name: o.Label})
		}
		out = append(out, question)
	}
	return out
}

// Fact returns the value of a fact of the content.
func (c contentWords) Fact(locale, name string) (string, bool) {
	f := c.content.Facts[name]
	if f == nil || f.In(locale) == "" {
		return "", false
	}
	return f.In(locale), true
}

// Facts are the names of all facts that have a value.
func (c contentWords) Facts(locale string) []string {
	var names []string
	for name := range c.content.Facts {
		if _, ok := c.Fact(locale, name); ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
