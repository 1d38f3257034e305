package telegram

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"spravka/engine/host"
)

// A group that becomes a supergroup goes on under another identifier. Its members keep their conversations under the
// first one; what has become of it is kept with the cursors, so that it holds after a restart.

func (b *Bot) groupKey(what string, chat int64) string {
	return b.cursor() + ":" + what + ":" + strconv.FormatInt(chat, 10)
}

// remember keeps what a group has become, or was.
func (b *Bot) remember(what string, chat, other int64) {
	if b.config.Cursors == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), errandWait)
	defer cancel()
	if err := b.config.Cursors.SaveCursor(ctx, b.groupKey(what, chat), strconv.FormatInt(other, 10), b.config.Now()); err != nil {
		b.config.Log.Warn("telegram: a group's new identifier could not be kept", "error", err)
	}
}

// recall returns what was kept of a group, 0 if nothing was.
func (b *Bot) recall(what string, chat int64, known *recent[int64, int64]) int64 {
	if other, ok := known.get(chat); ok || chat > 0 || b.config.Cursors == nil {
		return other
	}
	ctx, cancel := context.WithTimeout(context.Background(), errandWait)
	defer cancel()
	value, _, err := b.config.Cursors.Cursor(ctx, b.groupKey(what, chat))
	if err != nil && !errors.Is(err, host.ErrNotFound) {
		b.config.Log.Warn("telegram: a group's identifier can't be read", "error", err)
		return 0
	}
	other, bad := strconv.ParseInt(value, 10, 64)
	if bad != nil {
		other = 0
	}
	if other != 0 || what == "origin" {
		known.put(chat, other)
	}
	return other
}

// known gives a citizen of a supergroup the conversation that they had when it was a group.
func (b *Bot) known(w who, ok bool) (who, bool) {
	if !ok || w.chat > 0 {
		return w, ok
	}
	if from := b.recall("origin", w.chat, b.roots); from != 0 {
		_, member, _ := strings.Cut(w.peer.ID, ":")
		w.peer.ID = strconv.FormatInt(from, 10) + ":" + member
	}
	return w, ok
}
