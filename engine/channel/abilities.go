// Package channel makes the engine's messages fit what a channel can do, in one place for all channels: buttons become
// numbered lists, long texts are split where people would split them, and markup becomes what the channel can show.
//
// It is pure: no channel's technology is known here.
package channel

import "unicode/utf8"

// Unit is what a channel counts the length of a text in.
type Unit int

// The units.
const (
	Runes Unit = iota // Unicode code points
	UTF16             // as in JavaScript and Telegram: most emoji count twice
)

// Len returns the length of a text.
func (u Unit) Len(s string) int {
	n := utf8.RuneCountInString(s)
	if u == UTF16 {
		for _, r := range s {
			if r > 0xffff {
				n++
			}
		}
	}
	return n
}

func (u Unit) of(r rune) int {
	if u == UTF16 && r > 0xffff {
		return 2
	}
	return 1
}

// Keyboard is the kind of buttons that a channel has.
type Keyboard int

// The kinds of buttons.
const (
	NoButtons    Keyboard = iota // the citizen writes words or numbers
	InlineButton                 // under the message
	ReplyButton                  // in place of the citizen's keyboard
)

// Markup is the form in which a channel takes marked up text.
type Markup int

// The forms of markup.
const (
	Plain Markup = iota // no markup: lists with •, addresses in brackets
	HTML                // <b> and <a>; everything else is escaped
)

// Abilities are what a channel can do and how much of it. A limit of 0 means that there is none.
type Abilities struct {
	Name string

	Unit       Unit
	MaxText    int // of a message, in Units of the text as it is shown; at least 16 where there is a limit
	MaxCaption int // of a text that goes with a file; 0 means that text and file are messages of their own

	Keyboard    Keyboard
	MaxButtons  int // of a message
	MaxLabel    int // of a button's label, in Units, at least 2
	MaxPayload  int // of a button's payload, in bytes
	MaxPayloads int // of all payloads of a message together, in bytes

	Markup Markup

	MaxFile  int64 // bytes of a file that can be sent
	MaxPhoto int64 // bytes of a picture that can be sent as a picture; a larger one is sent as a document

	Edits  bool // a message that was sent can be changed
	Typing bool // it can be shown that an answer is being written
}
