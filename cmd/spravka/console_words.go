package main

import (
	"slices"
	"strings"

	"spravka/adapters/console"
	"spravka/engine"
)

// Flows lists the flows into which an operator can send a citizen.
func (c consoleWords) Flows(locale string) []console.Choice {
	var out []console.Choice
	for _, topic := range c.content.Topics {
		if topic.Kind == "flow" && c.content.Flows[topic.ID] != nil {
			out = append(out, console.Choice{Value: topic.ID, Name: c.Term(locale, topic.ID)})
		}
	}
	slices.SortStableFunc(out, func(a, b console.Choice) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// Questions lists what a flow asks for.
func (c consoleWords) Questions(locale, flow string) []console.Question {
	var out []console.Question
	for _, q := range engine.Questions(c.content, locale, flow) {
		question := console.Question{Slot: q.Slot, Label: q.Label}
		for _, o := range q.Options {
			question.Options = append(question.Options, console.Choice{Value: o.ID, Name: o.Label})
		}
		out = append(out, question)
	}
	return out
}

// Fact returns the value of a fact of the content.
func (c consoleWords) Fact(locale, name string) (string, bool) {
	f := c.content.Facts[name]
	if f == nil || f.In(locale) == "" {
		return "", false
	}
	return f.In(locale), true
}

// Facts are the names of all facts that have a value.
func (c consoleWords) Facts(locale string) []string {
	var names []string
	for name := range c.content.Facts {
		if _, ok := c.Fact(locale, name); ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
