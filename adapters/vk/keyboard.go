package vk

import (
	"bytes"
	"encoding/json"

	"github.com/SevereCloud/vksdk/v2/object"

	"spravka/engine"
)

// Limits of an inline keyboard: 6 rows, 10 buttons. Labels share a row where all of it stays short.
const (
	maxButtons = 10
	inlineRows = 6
	shortRow   = 18 // characters of each label in a row of two
)

// pack makes VK's payload of the engine's.
func pack(payload string) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(map[string]string{"p": payload}) != nil {
		return ""
	}
	return string(bytes.TrimSpace(b.Bytes()))
}

// keyboard writes an inline keyboard of at most ten buttons.
func keyboard(buttons []engine.Button, text bool) string {
	k := object.MessagesKeyboard{Inline: true}
	kind := object.ButtonCallback
	if text {
		kind = object.ButtonText
	}
	for i, row := range rows(buttons) {
		k.Buttons = append(k.Buttons, nil)
		for _, b := range row {
			k.Buttons[i] = append(k.Buttons[i], object.MessagesKeyboardButton{
				Action: object.MessagesKeyboardButtonAction{Type: kind, Label: b.Label, Payload: b.Payload},
				Color:  object.ButtonWhite,
			})
		}
	}
	out, err := json.Marshal(k)
	if err != nil {
		return ""
	}
	return string(out)
}

// rows puts one button in a row while there are rows enough, and otherwise two where the labels are shortest.
func rows(buttons []engine.Button) [][]engine.Button {
	spare := len(buttons) - inlineRows // rows too many
	var out [][]engine.Button
	for i := 0; i < len(buttons); i++ {
		left := len(buttons) - i
		short := func(at int) bool { return len([]rune(buttons[at].Label)) <= shortRow }
		must := spare > 0 && left <= 2*spare // from here on every row has to take two
		if spare > 0 && left > 1 && (must || short(i) && short(i+1)) {
			out = append(out, buttons[i:i+2])
			i++
			spare--
			continue
		}
		out = append(out, buttons[i:i+1])
	}
	return out
}
