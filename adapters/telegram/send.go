package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"spravka/engine"
	"spravka/engine/channel"
	"spravka/engine/host"
)

// Send implements [host.Channel]. Besides the host's typed errors it may return an [UndecidedError].
func (b *Bot) Send(ctx context.Context, m host.Outgoing) error {
	return b.SendParts(ctx, m, func(int) {})
}

// SendParts implements [host.Parting].
func (b *Bot) SendParts(ctx context.Context, m host.Outgoing, out func(parts int)) error {
	chat, err := b.chatOf(m.Peer)
	if err != nil {
		return err
	}
	var msg engine.Message
	if err := json.Unmarshal(m.Body, &msg); err != nil {
		return fmt.Errorf("%w: the stored message is unreadable", host.ErrPermanent)
	}
	stopping := ctx
	ctx, cancel := outlive(ctx, sendGrace)
	defer cancel()
	parts := channel.Degrade(msg, Abilities)
	for i := m.Parts; i < len(parts); i++ {
		if i > m.Parts {
			out(i)
			if stopping.Err() != nil { // no further part is begun, and nothing is in doubt
				return host.RetryAfterError{}
			}
		}
		if err := b.sendPart(ctx, m.Peer, chat, parts[i]); err != nil {
			return b.failed(m, err)
		}
		b.config.count(CountSent)
	}
	return nil
}

// sendGrace is how long a message on its way may still take after the program was told to stop: an answer that is not
// waited for leaves open whether the message arrived.
const sendGrace = 5 * time.Second

// outlive makes a context that ends a little later than another one.
func outlive(ctx context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		sleep(longer, grace)
		cancel()
	})
	return longer, func() {
		stop()
		cancel()
	}
}

// failed counts an error and turns it into what the host understands.
func (b *Bot) failed(m host.Outgoing, err error) error {
	log := b.config.Log.With("conversation", m.Conversation, "seq", m.Seq)
	var later host.RetryAfterError
	var open UndecidedError
	switch {
	case errors.As(err, &later):
		return later
	case errors.As(err, &open):
		b.config.count(CountUndecided)
		log.Warn("telegram: nobody can tell whether a message arrived", "error", err)
		return err
	case errors.Is(err, tg.ErrorForbidden), errors.Is(err, tg.ErrorBadRequest) && strings.Contains(err.Error(), "chat not found"):
		b.config.count(CountLeft)
		return fmt.Errorf("%w: %w", host.ErrCitizenLeft, err)
	case errors.Is(err, tg.ErrorBadRequest):
		b.config.count(CountRefused)
		log.Error("telegram: a message is refused for good", "error", err)
		return fmt.Errorf("%w: %w", host.ErrPermanent, err)
	case errors.Is(err, tg.ErrorUnauthorized):
		return host.RetryAfterError{After: max(firstDistrust, b.trust.left(b.config.Now()))}
	}
	return err
}

// chatOf returns the chat in which a peer is reached.
func (b *Bot) chatOf(p host.Peer) (int64, error) {
	id, _, _ := strings.Cut(p.ID, ":")
	chat, err := strconv.ParseInt(id, 10, 64)
	if err != nil || p.Channel != Channel || chat == 0 {
		return 0, fmt.Errorf("%w: %q is no peer of Telegram", host.ErrPermanent, p.ID)
	}
	if to := b.recall("moved", chat, b.moved); to != 0 {
		return to, nil
	}
	return chat, nil
}

// sendPart sends one message of the platform. A group that has moved is followed once.
func (b *Bot) sendPart(ctx context.Context, p host.Peer, chat int64, m engine.Message) error {
	if wait := b.trust.left(b.config.Now()); wait > 0 {
		return host.RetryAfterError{After: wait}
	}
	if err := b.pace.wait(ctx, chat); err != nil {
		return err
	}
	o := outgoing{chat: chat, text: channel.Parse(m.Text), markup: b.keyboard(chat, m.Buttons), reply: b.replyTo(p, chat)}
	send := b.sendText
	if len(m.Files) > 0 {
		send = func(ctx context.Context, o outgoing) error { return b.sendFile(ctx, o, m.Files[0]) }
	}
	err := send(ctx, o)
	if errors.Is(err, tg.ErrorBadRequest) && strings.Contains(err.Error(), "can't parse entities") {
		b.config.count(CountPlain)
		b.config.Log.Error("telegram: Telegram does not understand our markup; the message goes out without it", "error", err)
		o.plain = true
		err = send(ctx, o)
	}
	var moved movedError
	if errors.As(err, &moved) && moved.to != chat {
		b.follow(chat, moved.to)
		o.chat = moved.to
		err = send(ctx, o)
	}
	if errors.As(err, &moved) {
		return fmt.Errorf("%w: the group moves in circles", host.ErrPermanent)
	}
	if _, limited := errors.AsType[host.RetryAfterError](err); limited {
		b.config.count(CountLimited)
		b.pace.slower(chat)
	}
	if errors.Is(err, errUnreadable) {
		return nil // it has arrived; what Telegram says about it is of a future kind
	}
	return err
}

// outgoing is one message of the platform, without its file.
type outgoing struct {
	chat   int64
	text   channel.Text
	plain  bool // without markup
	markup models.ReplyMarkup
	reply  *models.ReplyParameters
}

func (o outgoing) words() (string, models.ParseMode) {
	if o.plain {
		return o.text.Visible(), ""
	}
	return o.text.HTML(), models.ParseModeHTML
}

func (b *Bot) sendText(ctx context.Context, o outgoing) error {
	text, mode := o.words()
	_, err := call(ctx, b, "sendMessage", func(ctx context.Context) (*models.Message, error) {
		return b.api.SendMessage(ctx, &tg.SendMessageParams{ChatID: o.chat, Text: text, ParseMode: mode, ReplyMarkup: o.markup, ReplyParameters: o.reply,
			LinkPreviewOptions: &models.LinkPreviewOptions{IsDisabled: tg.True()}})
	})
	return err
}

// contactPayload is the button by which the citizen sends their own number: Telegram makes sure that it is theirs.
const contactPayload = "~contact"

// rowWidth and rowButtons bound a row of buttons: what is longer is hard to read on a telephone.
const (
	rowWidth   = 26 // characters of the labels together
	rowButtons = 5
)

// keyboard lays the buttons out: short ones side by side. In a group one more leads to the private chat, where nobody
// reads along.
func (b *Bot) keyboard(chat int64, buttons []engine.Button) models.ReplyMarkup {
	if i := slices.IndexFunc(buttons, func(k engine.Button) bool { return k.Payload == contactPayload }); i >= 0 {
		if chat > 0 && len(buttons) == 1 { // a message has one kind of keyboard, and only private chats have this one
			b.lent.put(chat, true)
			return &models.ReplyKeyboardMarkup{Keyboard: [][]models.KeyboardButton{{{Text: buttons[i].Label, RequestContact: true}}}, ResizeKeyboard: true, OneTimeKeyboard: true}
		}
		buttons = slices.Delete(slices.Clone(buttons), i, i+1)
	}
	if _, lent := b.lent.get(chat); lent && len(buttons) == 0 {
		b.lent.drop(chat)
		return &models.ReplyKeyboardRemove{RemoveKeyboard: true}
	}
	var rows [][]button
	width := 0
	for i, k := range buttons {
		n := channel.UTF16.Len(k.Label) + 2
		if i == 0 || width+n > rowWidth || len(rows[len(rows)-1]) == rowButtons {
			rows = append(rows, nil)
			width = 0
		}
		last := len(rows) - 1
		rows[last] = append(rows[last], button{Text: k.Label, Data: k.Payload})
		width += n
	}
	if me := b.me.Load(); chat < 0 && len(rows) > 0 && me != nil && me.Username != "" {
		rows = append(rows, []button{{Text: word(tongues[0], "private"), URL: "https://t.me/" + me.Username + "?start=group"}})
	}
	if len(rows) == 0 {
		return nil
	}
	return &inlineKeyboard{rows}
}

// inlineKeyboard is the library's InlineKeyboardMarkup without the empty copy_text that v1.19.0 puts on each button.
type inlineKeyboard struct {
	Rows [][]button `json:"inline_keyboard"`
}

type button struct {
	Text string `json:"text"`
	URL  string `json:"url,omitempty"`
	Data string `json:"callback_data,omitempty"`
}

// replyTo makes a message in a group an answer to what it answers.
func (b *Bot) replyTo(p host.Peer, chat int64) *models.ReplyParameters {
	if chat > 0 {
		return nil
	}
	if id, ok := b.asked.get(p); ok {
		return &models.ReplyParameters{MessageID: id, AllowSendingWithoutReply: true}
	}
	return nil
}
