package vk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"spravka/engine"
	"spravka/engine/host"
)

const (
	manyPeople = 2_000_000_000 // peers from here on are chats of many
	maxText    = 10_000        // characters of a message; VK itself allows 4,096
	maxPress   = 64            // bytes of a button's payload, as engine.Button has it
	maxObject  = 1 << 20       // bytes of an update's object
)

// messageNew is what is read of a message. Everything that may have odd forms is taken apart later, by itself.
type messageNew struct {
	Message *incoming       `json:"message"`
	Client  json.RawMessage `json:"client_info"`
}

// incoming is a message as VK gives it.
type incoming struct {
	Peer        int64           `json:"peer_id"`
	From        int64           `json:"from_id"`
	Out         json.RawMessage `json:"out"`
	Text        string          `json:"text"`
	Number      int64           `json:"conversation_message_id"`
	Payload     json.RawMessage `json:"payload"`
	Attachments json.RawMessage `json:"attachments"`
	Forwarded   json.RawMessage `json:"fwd_messages"`
	Reply       json.RawMessage `json:"reply_message"`
	Action      json.RawMessage `json:"action"`
}

// client is what the citizen's application says of itself.
type client struct {
	Actions  []string `json:"button_actions"`
	Keyboard *bool    `json:"keyboard"`
	Lang     *int     `json:"lang_id"`
}

func (c client) locale() string {
	switch {
	case c.Lang == nil:
		return ""
	case *c.Lang == 3:
		return "en"
	case *c.Lang == 0:
		return "ru"
	}
	return ""
}

// said is a message, ready to be handed over.
type said struct {
	id      string
	number  int64 // of the message within its dialogue; 0 if VK has told none
	peer    int64
	from    int64
	text    string
	press   string // payload of one of our buttons
	start   bool   // VK's own button that begins a dialogue
	locale  string
	found   []attachment
	strange bool // holds something that can't be handed over
}

func (a *Adapter) readMessage(id string, object []byte) (action, error) {
	var o messageNew
	if err := decode(object, &o); err != nil {
		return action{}, err
	}
	m := o.Message
	if m == nil {
		return action{}, errors.New("it has no message")
	}
	switch ours, err := m.ours(); {
	case err != nil:
		return action{}, err
	case ours, present(m.Action):
		return action{}, errNothing // a community, ourselves, or a notice of a chat
	}
	s := said{id: id, number: m.Number, peer: m.Peer, from: m.From, text: cleanText(m.Text)}
	if s.from == 0 {
		s.from = s.peer
	}
	var c client
	if json.Unmarshal(o.Client, &c) == nil {
		s.locale = c.locale()
		if c.Actions != nil {
			if slices.Contains(c.Actions, "callback") {
				a.plain.forget(s.peer)
			} else {
				a.plain.set(s.peer, true)
			}
		}
	}
	if s.peer >= manyPeople {
		return a.readChat(s, m.Reply)
	}
	s.press, s.start = readPayload(m.Payload)
	s.found, s.strange = readAttachments(m.Attachments)
	s.strange = s.strange || present(m.Forwarded)
	return action{line: s.peer, rank: m.Number, start: a.typing(s.peer), do: func(ctx context.Context) error { return a.take(ctx, s) }}, nil
}

// readEdit reads a citizen's new wording of a message: VK gives the whole message as it reads now.
func (a *Adapter) readEdit(id string, object []byte) (action, error) {
	var o messageNew
	if err := decode(object, &o); err != nil {
		return action{}, err
	}
	m := o.Message
	if m == nil {
		m = new(incoming)
		if err := decode(object, m); err != nil {
			return action{}, err
		}
	}
	text := cleanText(m.Text)
	switch ours, err := m.ours(); {
	case err != nil:
		return action{}, err
	case ours, m.Peer >= manyPeople, text == "":
		return action{}, errNothing // not a citizen's, or words in front of everybody
	case m.Number <= 0:
		return action{}, errors.New("its conversation_message_id is missing")
	}
	in := host.Inbound{Peer: a.peer(m.Peer), Update: a.updateID(id), Event: engine.Edited{Message: itoa(m.Number), Text: text}}
	return action{line: m.Peer, do: func(ctx context.Context) error { return a.hand(ctx, in) }}, nil
}

// ours reports whether a message is none of a citizen's, but of a community, or of ourselves.
func (m *incoming) ours() (bool, error) {
	if m.Peer == 0 {
		return false, errors.New("its peer_id is missing")
	}
	return m.Peer < 0 || m.From < 0 || truthy(m.Out), nil
}

// decode reads an update's object.
func decode(object []byte, into any) error {
	if len(object) > maxObject {
		return fmt.Errorf("it has %d bytes", len(object))
	}
	if err := json.Unmarshal(object, into); err != nil {
		return wrongField(err)
	}
	return nil
}

// wrongField names the field of a wrong type without its value.
func wrongField(err error) error {
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("its field %s is no %s", e.Field, e.Type)
	}
	return errors.New("it is broken JSON")
}

func truthy(raw json.RawMessage) bool { return string(raw) == "1" || string(raw) == "true" }

// present reports whether a field holds more than nothing.
func present(raw json.RawMessage) bool {
	switch strings.TrimSpace(string(raw)) {
	case "", "null", "[]", "{}", "false", "0", `""`:
		return false
	}
	return true
}

func cleanText(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", "")
	if utf8.RuneCountInString(s) > maxText {
		s = cutRunes(s, maxText)
	}
	return strings.TrimSpace(s)
}

// readPayload reads the payload of a button: a string of JSON in messages, JSON itself in presses. Whoever writes an
// application of their own can send any payload; the engine answers those that it does not know.
func readPayload(raw json.RawMessage) (press string, start bool) {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		raw = json.RawMessage(text)
	}
	var p struct {
		Press   string `json:"p"`
		Command string `json:"command"`
	}
	if len(raw) > 1000 || json.Unmarshal(raw, &p) != nil {
		return "", false
	}
	if len(p.Press) > maxPress || strings.ContainsFunc(p.Press, func(r rune) bool { return r < ' ' || r > '~' }) {
		return "", false
	}
	return p.Press, p.Command == "start"
}

// Words that VK and people begin with.
var starts = []string{"/start", "start", "начать"}

// take hands a message over to the host.
func (a *Adapter) take(ctx context.Context, s said) error {
	in := host.Inbound{Peer: a.peer(s.peer), Update: a.updateID(s.id), Locale: s.locale}
	if s.number > 0 {
		in.Message = itoa(s.number)
	}
	word, _, _ := strings.Cut(strings.ToLower(s.text), " ")
	switch {
	case s.press != "":
		in.Event = engine.Pressed{Payload: s.press}
	case s.start, slices.Contains(starts, strings.ToLower(s.text)), word == "/start":
		in.Event = engine.Opened{}
	case strings.EqualFold(s.text, "/help"):
		in.Event = engine.Pressed{Payload: "~help"}
	default:
		files, refused, err := a.fetchAll(ctx, s)
		if err != nil {
			return err
		}
		if s.text == "" && len(files) == 0 && len(refused) == 0 {
			refused = []refusal{refuseKind}
		}
		if s.text != "" || len(files) > 0 {
			in.Event = engine.Said{Text: s.text, Files: files}
			if err := a.hand(ctx, in); err != nil {
				return err
			}
		}
		return a.explain(ctx, s, refused)
	}
	return a.hand(ctx, in)
}

// updateID names an update for the host. Several communities can share one database.
func (a *Adapter) updateID(id string) string { return itoa(a.config.Group) + ":" + id }

// typing shows that an answer is being written, if a call can be spared.
func (a *Adapter) typing(peer int64) func() {
	if !a.config.Typing {
		return nil
	}
	return func() {
		a.aside(func(ctx context.Context) {
			if a.limit.Tokens() >= float64(a.limit.Burst()) {
				a.ShowTyping(ctx, a.peer(peer)) // nobody misses it
			}
		})
	}
}
