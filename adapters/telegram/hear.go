package telegram

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"spravka/engine"
	"spravka/engine/host"
)

// maxText bounds a citizen's text, in runes: Telegram's own limit is 4,096, and the engine cuts earlier still.
const maxText = 8192

// hear takes an update in. When it returns nil, all that follows from the update is stored.
func (b *Bot) hear(ctx context.Context, h Host, u update) error {
	switch {
	case u.Press != nil:
		return b.pressed(ctx, h, u)
	case u.Edited != nil:
		return b.edited(ctx, h, u)
	case u.Standing != nil:
		return b.standing(ctx, h, u)
	case u.Message != nil:
		return b.said(ctx, h, u)
	}
	b.config.count(CountSkipped)
	b.config.Log.Debug("telegram: an update of a kind that means nothing here", "update", u.ID)
	return nil
}

// who is the citizen behind an update, and how they are reached.
type who struct {
	peer    host.Peer
	chat    int64
	locale  string
	message string // Telegram's number of the message; "" where it is of no use: in groups it can't be deleted
}

// citizen tells whose update it is; ok is false if it is nobody's who can be answered. In a group each member has a
// conversation of their own: what one of them tells is not the others' business.
func citizen(chat models.Chat, from *models.User) (w who, ok bool) {
	if from == nil || from.IsBot || from.ID <= 0 || chat.ID == 0 {
		return w, false
	}
	w = who{peer: host.Peer{Channel: Channel, ID: strconv.FormatInt(chat.ID, 10)}, chat: chat.ID, locale: tongue(from.LanguageCode)}
	switch chat.Type {
	case "private":
		return w, chat.ID > 0
	case "group", "supergroup":
		w.peer.ID += ":" + strconv.FormatInt(from.ID, 10)
		return w, chat.ID < 0
	}
	return w, false
}

// key is an update's name in the store. It names the bot as well: another bot's updates count from elsewhere.
func (b *Bot) key(u update) string { return b.config.id() + ":" + strconv.FormatInt(u.ID, 10) }

func (b *Bot) receive(ctx context.Context, h Host, w who, key string, ev engine.Event) error {
	_, err := h.Receive(ctx, host.Inbound{Peer: w.peer, Update: key, Event: ev, Locale: w.locale, Message: w.message})
	return err
}

func (b *Bot) pressed(ctx context.Context, h Host, u update) error {
	p := u.Press
	b.acknowledge(p.ID)
	if p.Message == nil || p.Data == "" {
		b.config.count(CountSkipped)
		return nil
	}
	w, ok := b.known(citizen(p.Message.Chat, p.From))
	if !ok {
		b.config.count(CountSkipped)
		return nil
	}
	b.answering(w, p.Message.ID)
	return b.receive(ctx, h, w, b.key(u), engine.Pressed{Payload: cut(clean(p.Data), 64)})
}

// acknowledge ends the waiting sign on a button, beside the turn: it must not wait for it, nor hold it up.
func (b *Bot) acknowledge(id string) {
	if id == "" || len(id) > 64 {
		return
	}
	select {
	case b.slots <- struct{}{}:
	default:
		b.config.count(CountUnheard)
		return
	}
	b.errands.Go(func() {
		defer func() { <-b.slots }()
		ctx, cancel := context.WithTimeout(context.Background(), errandWait)
		defer cancel()
		_, err := call(ctx, b, "answerCallbackQuery", func(ctx context.Context) (bool, error) {
			return b.api.AnswerCallbackQuery(ctx, &tg.AnswerCallbackQueryParams{CallbackQueryID: id})
		})
		if err != nil && !errors.Is(err, tg.ErrorBadRequest) { // too late, or answered before the update came again
			b.config.count(CountUnheard)
		}
	})
}

func (b *Bot) edited(ctx context.Context, h Host, u update) error {
	m := u.Edited
	w, ok := citizen(m.Chat, m.From)
	text, _ := m.words()
	if !ok || text == "" || m.Chat.Type != "private" || m.ID <= 0 {
		b.config.count(CountSkipped)
		return nil
	}
	return b.receive(ctx, h, w, b.key(u), engine.Edited{Message: strconv.Itoa(m.ID), Text: bounded(text)})
}

func (b *Bot) standing(ctx context.Context, h Host, u update) error {
	s := u.Standing
	w, ok := citizen(s.Chat, s.From)
	if !ok || s.Chat.Type != "private" {
		b.config.count(CountSkipped)
		return nil
	}
	switch s.New.Status {
	case "kicked", "left":
		return b.receive(ctx, h, w, b.key(u), engine.Reachable{})
	case "member", "administrator":
		return b.receive(ctx, h, w, b.key(u), engine.Reachable{Yes: true})
	}
	b.config.count(CountSkipped)
	return nil
}

func (b *Bot) said(ctx context.Context, h Host, u update) error {
	m := u.Message
	if m.MigratedTo != 0 {
		b.follow(m.Chat.ID, m.MigratedTo)
		return nil
	}
	w, ok := b.known(citizen(m.Chat, m.From))
	text, entities := m.words()
	if m.Chat.Type != "private" && ok {
		text, ok = b.addressed(m, text, entities)
	}
	if !ok {
		b.config.count(CountSkipped)
		return nil
	}
	b.answering(w, m.ID)
	if m.Chat.Type == "private" && m.ID > 0 {
		w.message = strconv.Itoa(m.ID)
	}
	text = bounded(text)
	switch {
	case m.Contact != nil:
		return b.contact(ctx, h, w, u)
	case m.strange():
		return b.partly(ctx, h, w, u, text, "kind")
	case len(m.Photo) > 0, m.Document != nil:
		return b.filed(ctx, h, w, u, text)
	case text == "":
		b.config.count(CountSkipped) // the platform's own notices: a pinned message, a changed title
		return nil
	case strings.HasPrefix(text, "/"):
		return b.command(ctx, h, w, b.key(u), text)
	}
	return b.receive(ctx, h, w, b.key(u), engine.Said{Text: text})
}

// partly takes in the words of a message of which something else can't be taken, and tells the citizen so: once, and not
// before the words are stored, however often that is tried.
func (b *Bot) partly(ctx context.Context, h Host, w who, u update, text, notice string) error {
	if text != "" {
		got, err := h.Receive(ctx, host.Inbound{Peer: w.peer, Update: b.key(u), Event: engine.Said{Text: text}, Locale: w.locale, Message: w.message})
		if err != nil || got.Duplicate {
			return err
		}
	}
	b.tell(ctx, w, notice)
	return nil
}

// addressed reports whether a group's message is meant for the bot, and returns its text without the mention.
func (b *Bot) addressed(m *message, text string, entities []models.MessageEntity) (string, bool) {
	me := b.me.Load()
	if me == nil {
		return text, false
	}
	if m.ReplyTo != nil && m.ReplyTo.From != nil && m.ReplyTo.From.ID == me.ID {
		return text, true
	}
	for _, e := range entities {
		marked, rest, ok := part(text, e)
		if !ok {
			continue
		}
		name, at := strings.CutPrefix(marked, "@")
		_, to, _ := strings.Cut(marked, "@")
		switch {
		case e.Type == models.MessageEntityTypeMention && at && me.Username != "" && strings.EqualFold(name, me.Username):
			return strings.TrimSpace(rest), true
		case e.Type == models.MessageEntityTypeTextMention && e.User != nil && e.User.ID == me.ID:
			return strings.TrimSpace(rest), true
		case e.Type == models.MessageEntityTypeBotCommand && me.Username != "" && strings.EqualFold(to, me.Username):
			return text, true
		}
	}
	return text, false
}

// command plays what begins with a slash. One that is not known is words like any other.
func (b *Bot) command(ctx context.Context, h Host, w who, key, text string) error {
	name, rest, _ := strings.Cut(text, " ")
	name, to, _ := strings.Cut(strings.TrimPrefix(name, "/"), "@")
	if me := b.me.Load(); to != "" && (me == nil || !strings.EqualFold(to, me.Username)) {
		return b.receive(ctx, h, w, key, engine.Said{Text: text})
	}
	switch strings.ToLower(name) {
	case "start":
		return b.start(ctx, h, w, key, strings.TrimSpace(rest))
	case "help":
		return b.receive(ctx, h, w, key, engine.Pressed{Payload: "~help"})
	case "operator":
		return b.receive(ctx, h, w, key, engine.Pressed{Payload: "~human"})
	case "menu":
		return b.receive(ctx, h, w, key, engine.Pressed{Payload: "~menu"})
	}
	return b.receive(ctx, h, w, key, engine.Said{Text: text})
}

// start begins, or begins again. What a deep link asks for follows as an event of its own.
func (b *Bot) start(ctx context.Context, h Host, w who, key, payload string) error {
	var then engine.Event
	if b.config.Start != nil && payload != "" && len(payload) <= 64 {
		if ev, ok := b.config.Start(w.peer, payload); ok {
			then = ev
		}
	}
	if err := b.receive(ctx, h, w, key, engine.Opened{}); err != nil || then == nil {
		return err
	}
	return b.receive(ctx, h, w, key+":start", then)
}

// contact takes a shared contact for a phone number, if it is the citizen's own.
func (b *Bot) contact(ctx context.Context, h Host, w who, u update) error {
	c := u.Message.Contact
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, cut(c.PhoneNumber, 100))
	if c.UserID != u.Message.From.ID || len(digits) < 5 || len(digits) > 15 {
		b.tell(ctx, w, "contact")
		return nil
	}
	return b.receive(ctx, h, w, b.key(u), engine.Said{Text: "+" + digits})
}

// answering remembers which message of a group the next reply belongs to.
func (b *Bot) answering(w who, messageID int) {
	if w.chat < 0 && messageID > 0 {
		b.asked.put(w.peer, messageID)
	}
}

// tell says something that the engine knows nothing of: what the channel could not take in. It is a courtesy: where it
// can't be sent, it is not tried again.
func (b *Bot) tell(ctx context.Context, w who, what string) {
	b.config.count(CountNotTaken)
	ctx, cancel := context.WithTimeout(ctx, errandWait)
	defer cancel()
	if b.trust.left(b.config.Now()) > 0 || b.pace.wait(ctx, w.chat) != nil {
		return
	}
	_, err := call(ctx, b, "sendMessage", func(ctx context.Context) (*models.Message, error) {
		return b.api.SendMessage(ctx, &tg.SendMessageParams{ChatID: w.chat, Text: word(w.locale, what)})
	})
	if err != nil {
		b.config.Log.Warn("telegram: a notice could not be sent", "notice", what, "error", err)
	}
}

// follow remembers that a group goes on under another identifier.
func (b *Bot) follow(from, to int64) {
	if _, known := b.moved.get(from); known || to == 0 || from == to {
		return
	}
	b.moved.put(from, to)
	b.remember("moved", from, to)
	b.remember("origin", to, from)
	b.roots.put(to, from)
	if b.config.Moved != nil {
		b.config.Moved(from, to)
	}
}

// bounded is a citizen's text as the engine and the store can take it.
func bounded(s string) string {
	s = strings.TrimSpace(clean(s))
	if utf8.RuneCountInString(s) > maxText {
		s = string([]rune(s)[:maxText])
	}
	return s
}

func clean(s string) string { return strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", "") }

// Delete implements [host.Deleting]. In a private chat Telegram lets a bot delete what is not older than 48 hours.
func (b *Bot) Delete(ctx context.Context, p host.Peer, message string) error {
	chat, err := b.chatOf(p)
	if err != nil {
		return err
	}
	id, err := strconv.Atoi(message)
	if err != nil || chat <= 0 {
		return fmt.Errorf("%w: there is no such message of a private chat", host.ErrPermanent)
	}
	if wait := b.trust.left(b.config.Now()); wait > 0 {
		return host.RetryAfterError{After: wait}
	}
	_, err = call(ctx, b, "deleteMessage", func(ctx context.Context) (bool, error) {
		return b.api.DeleteMessage(ctx, &tg.DeleteMessageParams{ChatID: chat, MessageID: id})
	})
	switch {
	case errors.Is(err, tg.ErrorBadRequest) && strings.Contains(err.Error(), "not found"):
		return nil
	case errors.Is(err, tg.ErrorBadRequest), errors.Is(err, tg.ErrorForbidden):
		return fmt.Errorf("%w: %w", host.ErrPermanent, err)
	}
	return err
}

// ShowTyping implements [host.Typing]: for about five seconds.
func (b *Bot) ShowTyping(ctx context.Context, p host.Peer) error {
	chat, err := b.chatOf(p)
	if err != nil {
		return err
	}
	if wait := b.trust.left(b.config.Now()); wait > 0 {
		return host.RetryAfterError{After: wait}
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	_, err = call(ctx, b, "sendChatAction", func(ctx context.Context) (bool, error) {
		return b.api.SendChatAction(ctx, &tg.SendChatActionParams{ChatID: chat, Action: models.ChatActionTyping})
	})
	return err
}
