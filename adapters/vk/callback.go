package vk

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/SevereCloud/vksdk/v2/api"
)

const (
	maxCallback   = 1 << 20   // bytes
	usualCallback = 128 << 10 // bytes; what is longer is read by few at a time
	callbackWait  = 8 * time.Second
)

// Handler takes VK's callbacks. It answers "ok" when the update is stored; 503 makes VK repeat it, and so it does while
// [Adapter.Run] is not on. It belongs behind a server with timeouts of its own.
func (a *Adapter) Handler() http.Handler {
	return http.HandlerFunc(a.callback)
}

func (a *Adapter) callback(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "POST only", http.StatusMethodNotAllowed)
		return
	}
	select {
	case a.requests <- struct{}{}:
		defer func() { <-a.requests }()
	default:
		a.comeBack(w)
		return
	}
	http.NewResponseController(w).SetReadDeadline(time.Now().Add(10 * time.Second)) // a server that can't do it has its own
	raw, err := a.body(w, r)
	if errors.Is(err, errCrowded) {
		a.comeBack(w)
		return
	}
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		http.Error(w, "the body is longer than 1 MB", http.StatusRequestEntityTooLarge)
		return
	}
	var u sender
	if err != nil || json.Unmarshal(raw, &u) != nil {
		http.Error(w, "the body is no update", http.StatusBadRequest)
		return
	}
	if !a.trusted(u) {
		a.config.Log.Warn("VK: a callback with a wrong secret or of another community was refused")
		http.Error(w, "wrong secret or community", http.StatusForbidden)
		return
	}
	if string(u.Type) == `"confirmation"` {
		a.confirm(w, r)
		return
	}
	if n, err := strconv.Atoi(r.Header.Get("X-Retry-Counter")); err == nil && n > 0 {
		a.late()
	}
	a.store(w, r, raw)
}

// errCrowded says that too many long bodies are being read.
var errCrowded = errors.New("too many long callbacks at a time")

// body reads a callback. Whose it is stands in the body itself, so anybody can send one: long ones, which VK seldom sends,
// are read a few at a time, or together they would take all memory.
func (a *Adapter) body(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	body := http.MaxBytesReader(w, r.Body, maxCallback)
	raw, err := io.ReadAll(io.LimitReader(body, usualCallback))
	if err != nil || len(raw) < usualCallback {
		return raw, err
	}
	select {
	case a.long <- struct{}{}:
		defer func() { <-a.long }()
	default:
		return nil, errCrowded
	}
	rest, err := io.ReadAll(body)
	return append(raw, rest...), err
}

// sender is what must be right before anything else of a callback is looked at.
type sender struct {
	Type   json.RawMessage `json:"type"`
	Group  int64           `json:"group_id"`
	Secret string          `json:"secret"`
}

// trusted checks the secret in constant time.
func (a *Adapter) trusted(u sender) bool {
	given, want := sha256.Sum256([]byte(u.Secret)), sha256.Sum256([]byte(a.config.Secret))
	same := subtle.ConstantTimeCompare(given[:], want[:]) == 1
	return same && a.config.Secret != "" && u.Group == a.config.Group
}

// confirm answers the question by which VK finds out whether the address is ours.
func (a *Adapter) confirm(w http.ResponseWriter, r *http.Request) {
	code := a.confirmation.Load()
	if code == nil {
		var answer api.GroupsGetCallbackConfirmationCodeResponse
		if err := a.call(r.Context(), "groups.getCallbackConfirmationCode", api.Params{"group_id": a.config.Group}, &answer); err != nil {
			a.config.Log.Error("VK: asking for the confirmation string", "error", err)
			a.comeBack(w)
			return
		}
		code = &answer.Code
		a.confirmation.Store(code)
	}
	say(w, *code)
}

func (a *Adapter) store(w http.ResponseWriter, r *http.Request, raw []byte) {
	_, life, ok := a.serving()
	if !ok {
		a.comeBack(w)
		return
	}
	timer := time.NewTimer(callbackWait)
	defer timer.Stop()
	work, err := a.submit(r.Context(), life, raw, false)
	if err != nil {
		a.comeBack(w)
		return
	}
	select {
	case <-work.done:
		if work.err == nil {
			say(w, "ok")
			return
		}
	case <-timer.C:
	case <-r.Context().Done():
	}
	a.comeBack(w)
}

// comeBack lets VK repeat the callback.
func (a *Adapter) comeBack(w http.ResponseWriter) {
	a.late()
	http.Error(w, "not stored", http.StatusServiceUnavailable)
}

func say(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	io.WriteString(w, text)
}
