package engine

import "spravka/engine/understand"

// PublicAnswer answers a question that everybody can read, such as a comment below a post: the reply of a topic that
// has one, and an invitation to write privately. It never begins a flow and knows nothing of who asks.
func PublicAnswer(content *Content, locale, text string) string {
	t := view(content, Conversation{Locale: locale})
	invitation := t.sentence("public.invite")
	if content.Understander == nil {
		return invitation
	}
	r := content.Understander.Understand(understand.Query{Text: text, Locale: t.locale.Name})
	if r.Decision != understand.Answer {
		return invitation
	}
	id := r.Needs[0]
	topic, words := content.Topic(id), t.locale.Topics[id]
	if topic == nil || topic.Kind != "answer" || content.Flows[id] != nil || words == nil || words.Text == nil {
		return invitation
	}
	return t.render(words.Text) + "\n\n" + invitation
}
