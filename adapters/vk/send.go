package vk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/SevereCloud/vksdk/v2/api"

	"spravka/engine"
	"spravka/engine/channel"
	"spravka/engine/host"
)

// abilities are what VK shows. The payload that they bound is the one that [pack] makes of the engine's.
var abilities = channel.Abilities{
	Name:        Channel,
	Unit:        channel.Runes,
	MaxText:     4096,
	MaxCaption:  4096,
	Keyboard:    channel.InlineButton,
	MaxButtons:  maxButtons,
	MaxLabel:    40,
	MaxPayload:  255,
	MaxPayloads: 1000,
	Markup:      channel.Plain,
	MaxFile:     50 << 20,
	MaxPhoto:    10 << 20,
	Typing:      true,
}

// Abilities returns what the channel can do.
func (a *Adapter) Abilities() channel.Abilities { return abilities }

// Send implements [host.Channel]. A long message, or one with several files, goes out as several messages of VK.
func (a *Adapter) Send(ctx context.Context, m host.Outgoing) error {
	return a.SendParts(ctx, m, func(int) {})
}

// SendParts implements [host.Parting].
func (a *Adapter) SendParts(ctx context.Context, m host.Outgoing, out func(parts int)) error {
	peer, err := strconv.ParseInt(m.Peer.ID, 10, 64)
	if err != nil || peer <= 0 {
		return fmt.Errorf("%q is no peer of VK: %w", m.Peer.ID, host.ErrPermanent)
	}
	var msg engine.Message
	if err := json.Unmarshal(m.Body, &msg); err != nil {
		return fmt.Errorf("the message can't be read: %w", host.ErrPermanent)
	}
	for i := range msg.Buttons {
		msg.Buttons[i].Payload = pack(msg.Buttons[i].Payload)
	}
	err = a.sendAll(ctx, peer, m, msg, abilities, out)
	if errors.Is(err, errKeyboard) {
		a.config.Log.Error("VK: a keyboard was refused: the buttons go out as a numbered list", "conversation", m.Conversation, "seq", m.Seq)
		bare := abilities
		bare.Keyboard = channel.NoButtons
		m.Parts = 0 // the parts are others now; VK drops those that it has
		err = a.sendAll(ctx, peer, m, msg, bare, out)
	}
	return err
}

// errKeyboard says that VK did not like the keyboard.
var errKeyboard = errors.New("the keyboard was refused")

func (a *Adapter) sendAll(ctx context.Context, peer int64, m host.Outgoing, msg engine.Message, able channel.Abilities, out func(parts int)) error {
	parts := channel.Degrade(msg, able)
	if len(parts) > maxParts {
		return fmt.Errorf("the message has %d parts, more than %d: %w", len(parts), maxParts, host.ErrPermanent)
	}
	for i := m.Parts; i < len(parts); i++ {
		if i > m.Parts {
			out(i)
		}
		if err := a.sendPart(ctx, peer, a.randomID(m.Conversation, m.Seq, i), parts[i]); err != nil {
			return err
		}
	}
	return nil
}

func (a *Adapter) sendPart(ctx context.Context, peer int64, random int32, m engine.Message) error {
	text := channel.Parse(m.Text).Plain()
	p := api.Params{"peer_id": peer, "random_id": random}
	var attached []string
	for _, f := range m.Files {
		at, err := a.upload(ctx, peer, f)
		switch {
		case errors.Is(err, host.ErrPermanent), errors.Is(err, host.ErrNotFound):
			// The words matter more than the file.
			a.config.Log.Error("VK: a file was refused", "file", f.ID, "error", err)
			text = join(text, words("").file+f.Name)
		case err != nil:
			return err
		default:
			attached = append(attached, at)
		}
	}
	if len(attached) > 0 {
		p["attachment"] = strings.Join(attached, ",")
	}
	if text != "" {
		p["message"] = text
	}
	if len(m.Buttons) > 0 {
		_, plain := a.plain.get(peer)
		p["keyboard"] = keyboard(m.Buttons, plain || a.config.TextButtons)
	}
	err := a.call(ctx, "messages.send", p, nil)
	if len(m.Buttons) > 0 && errors.Is(err, host.ErrPermanent) && code(err) == api.ErrMessagesKeyboardInvalid {
		return errKeyboard
	}
	if err == nil {
		a.lines.sent(peer)
	}
	return err
}

func join(text, line string) string {
	if text == "" {
		return line
	}
	return text + "\n\n" + line
}

// ShowTyping shows the citizen for a few seconds that an answer is being written. It costs a call.
func (a *Adapter) ShowTyping(ctx context.Context, p host.Peer) error {
	return a.call(ctx, "messages.setActivity", api.Params{"peer_id": p.ID, "type": "typing"}, nil)
}
