package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	tg "github.com/go-telegram/bot"

	"spravka/engine/host"
)

const (
	pollBatch = 100
	pollGrace = 15 * time.Second // for the answer to arrive after the server's own timeout

	// While an update of a batch is still being taken in, Telegram is asked again without waiting: it repeats what is
	// not confirmed, and adds what is new. The pauses between grow.
	firstPatience = 300 * time.Millisecond
	lastPatience  = 1500 * time.Millisecond
)

// poll receives by long polling until the context ends.
func (b *Bot) poll(ctx context.Context) {
	b.endWebhook(ctx)
	w := &window{jobs: map[int64]*job{}, limit: pollBatch, offset: b.confirmed(ctx)}
	saved := w.offset
	defer func() { b.confirm(context.WithoutCancel(ctx), &saved, w.offset) }()
	var last time.Time
	pause := newBackoff(500*time.Millisecond, 30*time.Second)
	conflict := newBackoff(5*time.Second, time.Minute)
	for ctx.Err() == nil {
		wait := b.config.PollTimeout
		if len(w.jobs) > 0 {
			wait = 0
		}
		list, err := b.getUpdates(ctx, w.offset, w.limit, wait)
		switch {
		case ctx.Err() != nil:
			return
		case errors.Is(err, errTooLarge):
			w.limit = max(1, w.limit/4)
			continue
		case isMonster(err):
			b.passBy(w, err)
			continue
		case errors.Is(err, tg.ErrorConflict):
			b.conflicted(ctx, err, conflict)
			continue
		case err != nil:
			b.config.count(CountPollError)
			sleep(ctx, b.troubled("receiving", err, pause))
			continue
		}
		if !b.takeIn(ctx, w, list) {
			sleep(ctx, pause.next())
			continue
		}
		if now := b.config.Now(); now.Sub(last) >= cursorEvery {
			b.confirm(ctx, &saved, w.offset)
			last = now
		}
		pause.reset()
		conflict.reset()
		w.limit = min(pollBatch, 2*w.limit)
	}
}

const (
	cursorEvery = 5 * time.Second
	cursorLife  = 12 * time.Hour // updates live for 24 h; after a quiet week Telegram may count from anywhere
)

func (b *Bot) cursor() string { return Channel + ":" + b.config.id() }

// confirmed returns the offset from which an earlier run would have gone on; 0 asks for all that is not confirmed. It is
// no more than a shortcut: everything below it is stored, and Telegram repeats what it does not know to be.
func (b *Bot) confirmed(ctx context.Context) int64 {
	if b.config.Cursors == nil {
		return 0
	}
	value, at, err := b.config.Cursors.Cursor(ctx, b.cursor())
	if err != nil && !errors.Is(err, host.ErrNotFound) && ctx.Err() == nil {
		b.config.Log.Warn("telegram: the cursor can't be read; all that is not confirmed is asked for", "error", err)
	}
	offset, bad := strconv.ParseInt(value, 10, 64)
	if age := b.config.Now().Sub(at); err != nil || bad != nil || offset <= 0 || offset >= maxUpdateID || age < 0 || age > cursorLife {
		return 0
	}
	return offset
}

// confirm keeps an offset below which every turn is durable.
func (b *Bot) confirm(ctx context.Context, saved *int64, offset int64) {
	if b.config.Cursors == nil || offset == 0 || offset == *saved {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, errandWait)
	defer cancel()
	if err := b.config.Cursors.SaveCursor(ctx, b.cursor(), strconv.FormatInt(offset, 10), b.config.Now()); err != nil {
		b.config.Log.Warn("telegram: the cursor could not be kept", "error", err)
		return
	}
	*saved = offset
}

// window is what has been received and not been confirmed yet.
type window struct {
	patience time.Duration // with jobs that are late
	offset   int64         // everything below it is confirmed by the next poll; 0 asks for all that is not confirmed
	limit    int
	jobs     map[int64]*job // nil: passed by
}

// takeIn plays what a poll has brought. It returns when all of it is stored, or after a short while, so that one slow
// chat does not hold up the others. It reports false if what came makes no sense, so that the next poll is not hurried.
func (b *Bot) takeIn(ctx context.Context, w *window, list []json.RawMessage) bool {
	sense := true
	for _, raw := range list {
		id, err := identify(raw)
		if err != nil {
			b.config.count(CountPoison)
			b.keep(0, raw)
			b.config.Log.Error("telegram: an update can't be told from others", "error", err, "bytes", len(raw), "shape", skeleton(raw))
			sense = false
			continue
		}
		if _, known := w.jobs[id]; known {
			continue
		}
		j, err := b.admit(ctx, b.host, id, raw, true)
		if err != nil {
			break // too many are on their way: it comes again
		}
		w.jobs[id] = j
	}
	w.settle(ctx)
	if len(list) == 0 && len(w.jobs) == 0 {
		w.offset = 0 // all is confirmed; after a quiet week Telegram may count from anywhere
	}
	return sense
}

// settle waits for the jobs and moves the offset past those that have ended without a gap before them.
func (w *window) settle(ctx context.Context) {
	ids := make([]int64, 0, len(w.jobs))
	for id := range w.jobs {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	w.patience = max(w.patience, firstPatience)
	enough := time.NewTimer(w.patience)
	defer enough.Stop()
	late := false
	for _, id := range ids {
		j := w.jobs[id]
		if j == nil {
			continue
		}
		if late {
			break
		}
		select {
		case <-j.done:
		case <-enough.C:
			late = true
		case <-ctx.Done():
			late = true
		}
	}
	if w.patience = min(2*w.patience, lastPatience); !late {
		w.patience = firstPatience
	}
	for _, id := range ids {
		if j := w.jobs[id]; j != nil {
			select {
			case <-j.done:
			default:
				w.offset = id
				return
			}
			if j.err != nil {
				w.offset = id
				return
			}
		}
		delete(w.jobs, id)
		w.offset = id + 1
	}
}

// getUpdates asks for updates from the offset on, each of them as it came.
func (b *Bot) getUpdates(ctx context.Context, offset int64, limit int, wait time.Duration) ([]json.RawMessage, error) {
	ctx, cancel := context.WithTimeout(ctx, wait+pollGrace)
	defer cancel()
	params := map[string]any{"offset": offset, "limit": limit, "timeout": int(wait.Seconds()), "allowed_updates": kinds}
	if offset == 0 {
		delete(params, "offset")
	}
	question, err := json.Marshal(params)
	if err != nil {
		return nil, fmt.Errorf("getUpdates: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, b.config.BaseURL+"/bot"+b.config.Token+"/getUpdates", bytes.NewReader(question))
	if err != nil {
		return nil, b.client.hidden("getUpdates", err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := b.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, b.client.hidden("getUpdates: reading the answer", err)
	}
	if len(body) == maxAnswer {
		return nil, tooLarge(body, limit)
	}
	return b.readUpdates(resp.StatusCode, body)
}

func (b *Bot) readUpdates(status int, body []byte) ([]json.RawMessage, error) {
	var answer struct {
		OK          bool              `json:"ok"`
		Result      []json.RawMessage `json:"result"`
		Code        int               `json:"error_code"`
		Description string            `json:"description"`
		Parameters  struct {
			RetryAfter int `json:"retry_after"`
		} `json:"parameters"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, fmt.Errorf("getUpdates: the answer (%d) is unreadable: %w", status, plain(err))
	}
	text := cut(answer.Description, 200)
	switch {
	case answer.OK:
		b.trust.restored()
		return answer.Result, nil
	case answer.Code == http.StatusUnauthorized, answer.Code == http.StatusNotFound:
		b.refused()
		return nil, &refusal{"getUpdates", tg.ErrorUnauthorized, text}
	case answer.Code == http.StatusConflict:
		return nil, &refusal{"getUpdates", tg.ErrorConflict, text}
	case answer.Code == http.StatusTooManyRequests:
		return nil, host.RetryAfterError{After: time.Duration(min(max(answer.Parameters.RetryAfter, 1), 3600)) * time.Second}
	}
	return nil, fmt.Errorf("getUpdates: Telegram answers %d: %s", answer.Code, text)
}

var errTooLarge = errors.New("the answer is too large")

// monstrous finds the identifier of an update that is larger than any answer may be: it stands at its beginning.
var monstrous = regexp.MustCompile(`"update_id"\s*:\s*([0-9]{1,16})`)

// tooLarge makes the next poll ask for less. A single update of that size is passed by.
func tooLarge(body []byte, limit int) error {
	if limit > 1 {
		return errTooLarge
	}
	m := monstrous.FindSubmatch(body[:4096])
	if m == nil {
		return errors.New("getUpdates: a single update is larger than any answer may be, and its identifier can't be found")
	}
	id, err := strconv.ParseInt(string(m[1]), 10, 64)
	if err != nil {
		return fmt.Errorf("getUpdates: a single update is larger than any answer may be: %w", err)
	}
	return monsterError{id, bytes.Clone(body[:min(len(body), host.MaxUndecodable)])}
}

// monsterError names an update that is larger than any answer may be.
type monsterError struct {
	id  int64
	raw []byte // how the answer begins
}

func (e monsterError) Error() string {
	return "getUpdates: update " + strconv.FormatInt(e.id, 10) + " is larger than any answer may be"
}

func isMonster(err error) bool {
	_, ok := errors.AsType[monsterError](err)
	return ok
}

// passBy confirms an update that can't be read. It is asked for alone, so it is the first of what is not confirmed.
func (b *Bot) passBy(w *window, err error) {
	e, _ := errors.AsType[monsterError](err)
	b.config.count(CountPoison)
	b.keep(e.id, e.raw)
	b.config.Log.Error("telegram: an update is passed by", "update", e.id, "error", err)
	w.jobs[e.id] = nil
	w.settle(context.Background())
}

// conflicted answers Telegram's refusal to be polled: a webhook that somebody has set is removed, another poller is
// waited for.
func (b *Bot) conflicted(ctx context.Context, err error, pause *backoff) {
	b.config.count(CountConflict)
	wait := pause.next()
	if strings.Contains(err.Error(), "webhook") {
		b.config.Log.Warn("telegram: somebody has set a webhook while this program polls; it is removed. Set the webhook URL here, or stop the other program", "next_try", wait)
		b.endWebhook(ctx)
	} else {
		b.config.Log.Error("telegram: ALARM: another process polls for the same bot; only one may", "next_try", wait)
	}
	sleep(ctx, wait)
}

// endWebhook switches to polling. Updates that wait are kept.
func (b *Bot) endWebhook(ctx context.Context) {
	for pause := newBackoff(time.Second, time.Minute); ; {
		_, err := call(ctx, b, "deleteWebhook", func(ctx context.Context) (bool, error) {
			return b.api.DeleteWebhook(ctx, &tg.DeleteWebhookParams{})
		})
		if err == nil || !sleep(ctx, b.troubled("switching to polling", err, pause)) {
			return
		}
	}
}
