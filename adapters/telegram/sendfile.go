package telegram

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"spravka/engine"
	"spravka/engine/channel"
	"spravka/engine/host"
)

// sendFile sends a file with its caption. Pictures go as pictures where Telegram takes them. One that was sent before
// is named instead of uploaded.
func (b *Bot) sendFile(ctx context.Context, o outgoing, f engine.File) error {
	photo := (f.MIME == "image/jpeg" || f.MIME == "image/png") && f.Size <= Abilities.MaxPhoto
	if id, ok := b.sent.get(f.ID); ok {
		kind, remote, _ := strings.Cut(id, ":")
		err := b.putFile(ctx, o, f, kind == "photo", &models.InputFileString{Data: remote})
		if !errors.Is(err, tg.ErrorBadRequest) {
			return err
		}
		b.sent.drop(f.ID) // Telegram has forgotten it, or means the caption: the upload will tell
	}
	err := b.upload(ctx, o, f, photo)
	if photo && errors.Is(err, tg.ErrorBadRequest) && strings.Contains(strings.ToUpper(err.Error()), "PHOTO") {
		err = b.upload(ctx, o, f, false) // a picture that is too long or too large for a picture
	}
	return err
}

func (b *Bot) upload(ctx context.Context, o outgoing, f engine.File, photo bool) error {
	stored, body, err := b.files.OpenFile(ctx, f.ID)
	if errors.Is(err, host.ErrNotFound) {
		b.config.Log.Error("telegram: a file that was to be sent does not exist", "file", f.ID)
		o.text = append(channel.Text{{Lines: []channel.Line{{{Text: word(tongues[0], "file_gone") + f.Name}}}}}, o.text...)
		return b.sendText(ctx, o)
	}
	if err != nil {
		return fmt.Errorf("opening the file: %w", err)
	}
	defer body.Close()
	name := stored.Name
	if name == "" {
		name = "file"
	}
	return b.putFile(ctx, o, f, photo, &models.InputFileUpload{Filename: name, Data: &pipe{body}})
}

// pipe is a reader behind a pointer: the library asks whether it is nil, which ends the program for other kinds.
type pipe struct{ r io.Reader }

func (p *pipe) Read(buf []byte) (int, error) { return p.r.Read(buf) }

func (b *Bot) putFile(ctx context.Context, o outgoing, f engine.File, photo bool, input models.InputFile) error {
	text, mode := o.words()
	var m *models.Message
	var err error
	if photo {
		m, err = call(ctx, b, "sendPhoto", func(ctx context.Context) (*models.Message, error) {
			return b.api.SendPhoto(ctx, &tg.SendPhotoParams{ChatID: o.chat, Photo: input, Caption: text, ParseMode: mode, ReplyMarkup: o.markup, ReplyParameters: o.reply})
		})
	} else {
		m, err = call(ctx, b, "sendDocument", func(ctx context.Context) (*models.Message, error) {
			return b.api.SendDocument(ctx, &tg.SendDocumentParams{ChatID: o.chat, Document: input, Caption: text, ParseMode: mode, ReplyMarkup: o.markup, ReplyParameters: o.reply})
		})
	}
	switch {
	case err != nil || m == nil:
		return err
	case photo && len(m.Photo) > 0:
		b.sent.put(f.ID, "photo:"+m.Photo[len(m.Photo)-1].FileID)
	case !photo && m.Document != nil:
		b.sent.put(f.ID, "document:"+m.Document.FileID)
	}
	return nil
}
