package telegram

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"spravka/adapters/sniff"
	"spravka/engine"
	"spravka/engine/host"
)

const (
	maxFile   = 10 << 20 // bytes
	loadWait  = 60 * time.Second
	loadTries = 3
)

// unfit says why a file is not taken; its text is the name of the words that tell the citizen.
type unfit string

func (e unfit) Error() string { return "the file is not taken: " + string(e) }

// filed takes in a message with a photo or a document. What is unfit is told to the citizen; the words beside it count
// all the same.
func (b *Bot) filed(ctx context.Context, h Host, w who, u update, text string) error {
	f, err := b.fetch(ctx, w.peer, u)
	if reason, ok := errors.AsType[unfit](err); ok {
		return b.partly(ctx, h, w, u, text, string(reason))
	}
	if err != nil {
		return err
	}
	b.config.count(CountFile)
	return b.receive(ctx, h, w, b.key(u), engine.Said{Text: text, Files: []engine.File{f}})
}

// fetch gets the file of a message and stores it. Its identifier comes from the update, so that an update that is
// delivered again finds the file it has stored; nobody without the token can guess it.
func (b *Bot) fetch(ctx context.Context, peer host.Peer, u update) (engine.File, error) {
	id := b.fileID(u.ID)
	if known, body, err := b.files.OpenFile(ctx, id); err == nil {
		body.Close()
		return known.File, nil
	} else if !errors.Is(err, host.ErrNotFound) {
		return engine.File{}, fmt.Errorf("looking for the file: %w", err)
	}
	remote, name, size := u.Message.file()
	if size > maxFile {
		return engine.File{}, unfit("file_large")
	}
	content, err := b.load(ctx, remote)
	if err != nil {
		return engine.File{}, err
	}
	kind, ext, ok := sniff.Kind(content)
	switch {
	case len(content) == 0:
		return engine.File{}, unfit("file_empty")
	case !ok:
		return engine.File{}, unfit("file_type")
	}
	now := b.config.Now()
	count, bytes, err := b.files.FilesOf(ctx, peer, now.Add(-24*time.Hour))
	if err != nil {
		return engine.File{}, fmt.Errorf("counting the citizen's files: %w", err)
	}
	if count >= b.config.FilesPerDay || bytes+int64(len(content)) > b.config.BytesPerDay {
		return engine.File{}, unfit("file_quota")
	}
	f := engine.File{ID: id, Name: sniff.Name(name, ext), MIME: kind, Size: int64(len(content))}
	if err := b.files.SaveFile(ctx, host.File{File: f, Peer: peer, At: now}, content); err != nil {
		return engine.File{}, fmt.Errorf("storing the file: %w", err)
	}
	return f, nil
}

func (b *Bot) fileID(update int64) string {
	mac := hmac.New(sha256.New, []byte(b.config.Token))
	mac.Write([]byte("file " + strconv.FormatInt(update, 10)))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:18])
}

// file returns Telegram's identifier of the message's file, its name and its size as Telegram gives it: the largest
// picture that is not too large, or the document.
func (m *message) file() (id, name string, size int64) {
	if len(m.Photo) == 0 {
		return m.Document.FileID, m.Document.FileName, m.Document.FileSize
	}
	best := m.Photo[0]
	for _, p := range m.Photo[1:] {
		if p.FileSize <= maxFile && p.FileSize >= best.FileSize {
			best = p
		}
	}
	return best.FileID, "photo-" + strconv.Itoa(m.ID), int64(best.FileSize)
}

// load gets a file from Telegram. What the network does is tried again; then the citizen is asked to.
func (b *Bot) load(ctx context.Context, id string) ([]byte, error) {
	if id == "" || len(id) > 256 {
		return nil, unfit("file_failed")
	}
	select {
	case b.loads <- struct{}{}:
		defer func() { <-b.loads }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	pause := newBackoff(time.Second, 5*time.Second)
	for try := 1; ; try++ {
		content, err := b.loadOnce(ctx, id)
		var never unfit
		if err == nil || errors.As(err, &never) {
			return content, err
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		b.config.Log.Warn("telegram: a file could not be received", "error", err, "try", try)
		wait := pause.next()
		var later host.RetryAfterError
		if errors.As(err, &later) {
			wait = max(wait, later.After)
		}
		if try == loadTries || wait > loadWait || errors.Is(err, tg.ErrorUnauthorized) {
			return nil, unfit("file_failed")
		}
		if !sleep(ctx, wait) {
			return nil, context.Cause(ctx)
		}
	}
}

func (b *Bot) loadOnce(ctx context.Context, id string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, loadWait)
	defer cancel()
	f, err := call(ctx, b, "getFile", func(ctx context.Context) (*models.File, error) {
		return b.api.GetFile(ctx, &tg.GetFileParams{FileID: id})
	})
	switch {
	case errors.Is(err, tg.ErrorBadRequest) && strings.Contains(err.Error(), "too big"):
		return nil, unfit("file_large")
	case errors.Is(err, tg.ErrorBadRequest), errors.Is(err, errUnreadable):
		return nil, unfit("file_failed")
	case err != nil:
		return nil, err
	case f.FileSize > maxFile:
		return nil, unfit("file_large")
	}
	where, ok := b.fileURL(f.FilePath)
	if !ok {
		return nil, unfit("file_failed")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, where, nil)
	if err != nil {
		return nil, b.client.hidden("getting a file", err)
	}
	resp, err := b.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("getting a file: Telegram answers %d", resp.StatusCode)
	}
	// Sizes that are told are not believed: one byte more than allowed is read.
	content, err := io.ReadAll(io.LimitReader(resp.Body, maxFile+1))
	if err != nil {
		return nil, b.client.hidden("getting a file", err)
	}
	if len(content) > maxFile {
		return nil, unfit("file_large")
	}
	return content, nil
}

// fileURL is where a file can be got. A path that leads anywhere else than to a file is refused.
func (b *Bot) fileURL(p string) (string, bool) {
	if p == "" || len(p) > 500 || strings.HasPrefix(p, "/") || path.Clean(p) != p || strings.HasPrefix(p, "..") {
		return "", false
	}
	var parts []string
	for part := range strings.SplitSeq(p, "/") {
		parts = append(parts, url.PathEscape(part))
	}
	return b.config.BaseURL + "/file/bot" + b.config.Token + "/" + strings.Join(parts, "/"), true
}
