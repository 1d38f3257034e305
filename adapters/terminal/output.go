package terminal

import (
	"time"

	"spravka/engine"
)

// Output is what a turn came to, as outside scripts read it.
type Output struct {
	Turn     int               `json:"turn"`
	Messages []Message         `json:"messages"`
	Decision string            `json:"decision"`
	Topics   []string          `json:"topics"`
	Flow     string            `json:"flow"`
	Step     string            `json:"step"`
	Asks     *engine.Asked     `json:"asks"`
	Owner    string            `json:"owner"`
	Ticket   *Ticket           `json:"ticket"`
	Slots    map[string]string `json:"slots"` // masked
	SMS      []Sent            `json:"sms"`
	Email    []Sent            `json:"email"`
	Error    string            `json:"error"`
	Why      *engine.Why       `json:"why,omitempty"` // only with --why
}

// Message is one message to the citizen.
type Message struct {
	Text    string   `json:"text"`
	Buttons []Button `json:"buttons"`
	Files   []File   `json:"files"`
	Author  string   `json:"author"` // bot, operator or system
}

// Button is a quick reply.
type Button struct {
	Label   string `json:"label"`
	Payload string `json:"payload"`
}

// File is an attachment of a message.
type File struct {
	Name string `json:"name"`
}

// Sent is an SMS or e-mail.
type Sent struct {
	To   string `json:"to"`
	Text string `json:"text"`
}

// Ticket is the newest ticket of the conversation.
type Ticket struct {
	Number   string    `json:"number"`
	Queue    string    `json:"queue"`
	Priority string    `json:"priority"`
	Status   string    `json:"status"`
	Due      time.Time `json:"due"`
}
