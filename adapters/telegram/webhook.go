package telegram

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
)

const (
	maxBody      = 1 << 20 // bytes of an update
	webhookWait  = 25 * time.Second
	webhookCheck = 5 * time.Minute
	webhookConns = 40
)

// Webhook takes the updates that Telegram posts to the webhook's address. It answers 200 only when an update is
// stored; 401 without the secret, 400 for what is no update, 413 for more than 1 MiB, 503 where Telegram is to try
// again. While the channel polls it answers 404.
func (b *Bot) Webhook() http.Handler {
	if b.config.WebhookURL == "" {
		return http.NotFoundHandler()
	}
	return http.HandlerFunc(b.hook)
}

func (b *Bot) hook(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "POST only", http.StatusMethodNotAllowed)
		return
	}
	if !same(r.Header.Get("X-Telegram-Bot-Api-Secret-Token"), b.config.WebhookSecret) {
		b.config.count(CountForged)
		http.Error(w, "wrong secret", http.StatusUnauthorized)
		return
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		b.config.count(CountPoison)
		b.config.Log.Error("telegram: an update is too large and not taken", "bytes", "more than "+strconv.Itoa(maxBody), "shape", skeleton(raw))
		b.keep(0, raw)
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return
	}
	if err == nil && !json.Valid(raw) {
		b.config.count(CountPoison)
		b.config.Log.Error("telegram: what was posted is no JSON", "bytes", len(raw))
		b.keep(0, raw)
	}
	if err != nil || !json.Valid(raw) {
		http.Error(w, "no JSON", http.StatusBadRequest)
		return
	}
	id, err := identify(raw)
	if err != nil {
		b.config.count(CountPoison)
		b.keep(0, raw)
		b.config.Log.Error("telegram: an update can't be told from others", "error", err, "shape", skeleton(raw))
		http.Error(w, "no update", http.StatusBadRequest)
		return
	}
	life, h, ok := b.running()
	if !ok {
		http.Error(w, "not yet", http.StatusServiceUnavailable)
		return
	}
	// The turn belongs to the channel's life, not to the request's: a connection that breaks does not tear it.
	j, err := b.admit(life, h, id, raw, false)
	switch {
	case err != nil:
		http.Error(w, "busy", http.StatusServiceUnavailable)
	case j == nil: // passed by: to be asked for it again would hold up its chat for a day
		w.WriteHeader(http.StatusOK)
	default:
		answerWhenDone(w, r, j)
	}
}

func answerWhenDone(w http.ResponseWriter, r *http.Request, j *job) {
	enough := time.NewTimer(webhookWait)
	defer enough.Stop()
	select {
	case <-j.done:
		if j.err == nil {
			w.WriteHeader(http.StatusOK)
			return
		}
	case <-enough.C: // it goes on; Telegram asks again and joins it, or finds it stored
	case <-r.Context().Done():
	}
	http.Error(w, "not stored", http.StatusServiceUnavailable)
}

// same compares two secrets in a time that tells nothing, not even their lengths.
func same(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// keepWebhook tells Telegram where to post, and sees from time to time that it still does. The webhook stays when the
// program stops: Telegram keeps updates for a day.
func (b *Bot) keepWebhook(ctx context.Context) {
	pause := newBackoff(time.Second, time.Minute)
	set := false
	for ctx.Err() == nil {
		wait := webhookCheck
		var err error
		if set {
			set, err = b.isSet(ctx)
		}
		if err == nil && !set {
			if err = b.setWebhook(ctx); err == nil {
				set = true
				b.config.Log.Info("telegram: Telegram posts updates to the webhook")
			}
		}
		if err != nil {
			wait = b.troubled("setting the webhook", err, pause)
		} else {
			pause.reset()
		}
		if !sleep(ctx, wait) {
			return
		}
	}
}

func (b *Bot) setWebhook(ctx context.Context) error {
	_, err := call(ctx, b, "setWebhook", func(ctx context.Context) (bool, error) {
		return b.api.SetWebhook(ctx, &tg.SetWebhookParams{URL: b.config.WebhookURL, SecretToken: b.config.WebhookSecret, MaxConnections: webhookConns, AllowedUpdates: kinds})
	})
	return err
}

// isSet reports whether Telegram still posts here, and logs why it can't.
func (b *Bot) isSet(ctx context.Context) (bool, error) {
	info, err := call(ctx, b, "getWebhookInfo", func(ctx context.Context) (*models.WebhookInfo, error) { return b.api.GetWebhookInfo(ctx) })
	if err != nil {
		return true, err
	}
	if info.URL != b.config.WebhookURL {
		b.config.count(CountConflict)
		b.config.Log.Error("telegram: ALARM: somebody has taken the webhook away; it is set again")
		return false, nil
	}
	if info.PendingUpdateCount > 100 {
		b.config.Log.Warn("telegram: updates wait for the webhook", "waiting", info.PendingUpdateCount, "last_error", cut(info.LastErrorMessage, 200))
	}
	return true, nil
}
