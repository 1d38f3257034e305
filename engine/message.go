// Package engine is the domain of Spravka: a conversation, what happens to it, and what follows from that.
//
// Its heart, [Step], is a pure function. It reads no clock, draws no chance and reaches for nothing outside its
// arguments, so the same conversation and the same event always have the same outcome. Everything that touches the
// world is an [Effect], carried out by engine/host after the turn has been stored.
package engine

// Message is what one side says to the other. Text is a small Markdown: paragraphs, "- " lists, **bold**.
// Channels render it as well as they can.
type Message struct {
	Text    string   `json:"text,omitempty"`
	Buttons []Button `json:"buttons,omitempty"`
	Files   []File   `json:"files,omitempty"`
	About   string   `json:"about,omitempty"` // the ticket that it is about, where that is not the conversation as a whole
}

// Button is a quick reply. Label is at most 40 characters, Payload at most 64 bytes of ASCII: the tightest limits
// among the channels (VK's label, Telegram's callback_data; research/channels.md).
type Button struct {
	Label   string `json:"label"`
	Payload string `json:"payload"`
}

// File refers to an uploaded file by the identifier under which the store keeps it.
type File struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	MIME string `json:"mime"`
	Size int64  `json:"size"` // bytes
}

// Author says who spoke.
type Author string

// The authors of a history entry.
const (
	Citizen  Author = "citizen"
	Bot      Author = "bot"
	Operator Author = "operator"
	System   Author = "system" // notices about the conversation itself, such as a change of a ticket
)
