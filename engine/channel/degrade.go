package channel

import (
	"strconv"
	"strings"

	"spravka/engine"
)

// Degrade makes of a message what the channel can show: one or more messages in the order in which they are sent, each
// within the channel's limits, and nothing lost. The buttons are under the last one.
//
// Where the channel has no buttons, or fewer than are offered, or a label or payload is too long for it, the buttons
// are also written as a numbered list: the engine understands the numbers and the words. So there are no pages to leaf
// through: all that is offered can be read and heard at once, and a number can be typed on any telephone. A button whose
// label is cut begins with its number. A file that is too large for
// the channel is named in the text. The texts stay Markdown: the channel renders them by [Parse]. A message without
// text, buttons and files gives nothing.
func Degrade(m engine.Message, a Abilities) []engine.Message {
	text := Parse(m.Text)
	keyboard, list := keys(m.Buttons, a)
	if len(text) == 0 && len(m.Buttons) > 0 && len(m.Files) == 0 {
		list = true // a keyboard can't stand alone
	}
	files, tooLarge := sendable(m.Files, a)
	if len(tooLarge) > 0 {
		text = append(text, named(tooLarge))
	}
	if list {
		text = append(text, listed(m.Buttons))
	}
	var out []engine.Message
	if len(files) == 1 && a.MaxCaption > 0 && a.ruler().text(text) <= a.MaxCaption {
		out = append(out, engine.Message{Text: text.Markdown(), Files: files})
	} else {
		for _, f := range files {
			out = append(out, engine.Message{Files: []engine.File{f}})
		}
		for _, part := range text.Split(a) {
			if len(part) > 0 {
				out = append(out, engine.Message{Text: part.Markdown()})
			}
		}
	}
	if len(out) > 0 {
		out[len(out)-1].Buttons = keyboard
	}
	return out
}

func (r ruler) text(t Text) int { return r.unit.Len(t.write(bullet, r.show)) }

// keys returns the buttons that the channel can show, and whether they must be listed in the text as well.
func keys(buttons []engine.Button, a Abilities) (shown []engine.Button, list bool) {
	if a.Keyboard == NoButtons {
		return nil, len(buttons) > 0
	}
	bytes := 0
	for i, b := range buttons {
		if b.Payload == "" || a.MaxPayload > 0 && len(b.Payload) > a.MaxPayload || a.MaxPayloads > 0 && bytes+len(b.Payload) > a.MaxPayloads ||
			a.MaxButtons > 0 && len(shown) == a.MaxButtons || label(b) == "" {
			list = true
			continue
		}
		bytes += len(b.Payload)
		short := a.Unit.shorten(label(b), a.MaxLabel)
		if short != label(b) {
			list = true
			short = a.Unit.numbered(i+1, label(b), a.MaxLabel)
		}
		shown = append(shown, engine.Button{Label: short, Payload: b.Payload})
	}
	return shown, list
}

// numbered cuts a label that is too long and begins it with the number under which the list has the whole of it: two long
// labels often begin alike. Where there is no room for that, the label is only cut.
func (u Unit) numbered(n int, label string, limit int) string {
	number := strconv.Itoa(n) + ". "
	if limit < roomForNumber {
		return u.shorten(label, limit)
	}
	return number + u.atWord(label, limit-u.Len(number))
}

// roomForNumber is the shortest limit of labels that leaves room for a number and some words.
const roomForNumber = 16

// label is a button's label on one line.
func label(b engine.Button) string { return strings.Join(strings.Fields(clean(b.Label)), " ") }

// listed lists the buttons, each on a line with its number.
func listed(buttons []engine.Button) Block {
	k := Block{Apart: true}
	for i, b := range buttons {
		k.Lines = append(k.Lines, Line{{Text: strconv.Itoa(i+1) + ". " + label(b)}})
	}
	return k
}

func sendable(files []engine.File, a Abilities) (fit, tooLarge []engine.File) {
	for _, f := range files {
		if a.MaxFile > 0 && f.Size > a.MaxFile {
			tooLarge = append(tooLarge, f)
		} else {
			fit = append(fit, f)
		}
	}
	return fit, tooLarge
}

func named(files []engine.File) Block {
	k := Block{List: true, Apart: true}
	for _, f := range files {
		name := label(engine.Button{Label: f.Name})
		k.Lines = append(k.Lines, Line{{Text: name + " (" + strconv.FormatInt((f.Size+1<<20-1)>>20, 10) + " MB)"}})
	}
	return k
}
