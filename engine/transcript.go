package engine

import (
	"strings"
	"time"
)

// GiveTranscript asks for a file with everything that was said, as a message to the citizen.
type GiveTranscript struct{}

func (GiveTranscript) effect() {}

// Line is what somebody has said.
type Line struct {
	At      time.Time
	Author  Author
	Name    string // of the operator
	Message Message
}

// Transcript writes a conversation as a text for the citizen, and names its file. plain takes markup off a text.
func Transcript(content *Content, c Conversation, lines []Line, plain func(text string) string, now time.Time) (name, text string) {
	t := view(content, c)
	zone := content.Calendar.Zone()
	var b strings.Builder
	b.WriteString(t.sentence("transcript.head", "value", now.In(zone).Format("02.01.2006 15:04")))
	b.WriteString("\n")
	for _, l := range lines {
		who := t.sentence("transcript." + string(l.Author))
		if l.Author == Operator {
			who = t.sentence("transcript.operator", "label", l.Name)
		}
		b.WriteString("\n[" + l.At.In(zone).Format("02.01.2006 15:04") + "] " + who + ":\n")
		said := l.Message.Text
		if l.Author != Citizen {
			said = plain(said)
		}
		if said != "" {
			b.WriteString(said + "\n")
		}
		for _, f := range l.Message.Files {
			b.WriteString("(" + f.Name + ")\n")
		}
	}
	return t.sentence("transcript.file", "value", now.In(zone).Format(time.DateOnly)), b.String()
}

// transcribe gives the citizen the conversation as a file.
func (t *turn) transcribe() {
	t.decide(DecideControl)
	t.emit(GiveTranscript{})
}
