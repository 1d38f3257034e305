// Package vk is the channel to VK communities: messages, buttons and files in both directions, and short public answers
// under posts. It uses vksdk for models and calls; receiving is its own, because the library's loops lose updates when
// something goes wrong (research/channels.md, B).
//
// An update is confirmed to VK only when the host has stored it: the long poll cursor moves, or the callback request is
// answered "ok", no earlier. So nothing is lost; what VK repeats is recognised by its event_id.
package vk

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"spravka/engine/host"
)

// Channel is the name of VK among the channels.
const Channel = "vk"

// Modes of receiving.
const (
	Polling  = "polling"  // we ask VK: works behind any firewall
	Callback = "callback" // VK calls [Adapter.Handler]
)

// MethodURL is where VK's API is.
const MethodURL = "https://api.vk.ru/method/"

// Config has the adapter's settings. Token, Group and Files are required.
type Config struct {
	Token string // of the community, with the rights to messages, photos, docs, wall and manage
	Group int64  // the community's number, positive

	Mode   string // [Polling] (the default) or [Callback]
	Cursor Cursor // where polling goes on after a restart; required for polling

	// CallbackURL is the public address of [Adapter.Handler]. With it the adapter registers itself at VK, and takes
	// itself off again when Mode is Polling; without it an administrator does that in the community's settings.
	CallbackURL string
	// Secret is what VK repeats in each callback: 16–50 letters and digits. Required for callbacks.
	Secret string
	// Confirmation is the string that VK expects once when the address is registered; "" asks VK for it.
	Confirmation string
	// KeepSettings leaves the community's settings alone; an administrator then enables long polling or the callback
	// server, and the kinds of events, by hand.
	KeepSettings bool

	// TextButtons makes buttons that send their label as a message of the citizen, instead of callback buttons.
	// Citizens whose application knows no callback buttons get them in any case.
	TextButtons bool
	// Typing shows that an answer is being written while a message is handled, as far as the limit of calls allows.
	Typing bool

	// Comments makes comments below our posts conversations of [WallChannel], whose answers [Adapter.Wall] sends.
	Comments bool
	// PublicAnswer answers a mention in a chat of many. The answer must be fit for everybody: no personal data, an
	// invitation to private messages. It is cut to 2,000 characters; "" gives no answer. It may be called from several
	// goroutines at a time. With nil mentions get the invitation alone.
	PublicAnswer func(text string) string
	// Alarm hears what an administrator has to act upon, once per incident: see the Alarm constants. Text has no personal data.
	Alarm func(kind, text string)
	// Keep is given each update that can't be understood or handled, for later inspection: at most [host.MaxUndecodable]
	// bytes, which may hold personal data. The event is "" if its identifier can't be read.
	Keep func(eventID string, update []byte)

	Files host.Files
	Salt  string // names this installation; a new value is needed when its database is begun anew (see [randomID])

	MethodURL  string            // [MethodURL] by default; ends with "/"
	AllowLocal bool              // files and servers may have http: and local addresses: for fakes only
	Transport  http.RoundTripper // by default one of its own, which refuses local addresses
	Rate       float64           // API calls a second, 16 by default; VK allows 20, a fake (AllowLocal) any number
	Wait       time.Duration     // of one long poll, 25 s by default, at most 90 s

	FilesPerDay int   // of one citizen within 24 hours, 20 by default
	BytesPerDay int64 // 60 MiB by default

	Now func() time.Time // time.Now by default
	Log *slog.Logger     // slog.Default() by default
}

// Kinds of alarms.
const (
	AlarmToken   = "token"   // VK refuses the token: it was revoked or lacks rights
	AlarmCaptcha = "captcha" // VK demands a captcha: calls pause
	AlarmGap     = "gap"     // VK has dropped updates before we fetched them
	AlarmPassed  = "passed"  // an update could not be handled and was passed by
	AlarmSetup   = "setup"   // the community's settings could not be changed
)

var secretForm = regexp.MustCompile(`^[A-Za-z0-9_-]{16,50}$`)

// complete fills in the defaults and checks the rest.
func (c Config) complete() (Config, error) {
	orElse(&c.Mode, Polling)
	orElse(&c.MethodURL, MethodURL)
	orElse(&c.Rate, 16)
	orElse(&c.Wait, 25*time.Second)
	orElse(&c.FilesPerDay, 20)
	orElse(&c.BytesPerDay, 60<<20)
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	switch {
	case strings.TrimSpace(c.Token) == "":
		return c, errors.New("VK: the community's token is missing: make one in its settings under API, and give it in a file or an environment variable")
	case c.Group <= 0:
		return c, fmt.Errorf("VK: %d is no community: give its positive number, as in vk.com/club123", c.Group)
	case c.Files == nil:
		return c, errors.New("VK: the adapter needs a store for files")
	case c.Mode != Polling && c.Mode != Callback:
		return c, fmt.Errorf("VK: unknown mode %q: use %s or %s", c.Mode, Polling, Callback)
	case c.Mode == Polling && c.Cursor == nil:
		return c, errors.New("VK: polling needs a cursor, so that nothing is lost over a restart")
	case c.Mode == Callback && !secretForm.MatchString(c.Secret):
		return c, errors.New("VK: callbacks need a secret of 16 to 50 letters, digits, - or _")
	case c.Mode == Callback && c.CallbackURL == "" && c.Confirmation == "" && c.KeepSettings:
		return c, errors.New("VK: callbacks need the confirmation string of the community's settings, or the right to ask VK for it")
	case c.Rate < 0 || c.Rate > 20 && !c.AllowLocal:
		return c, fmt.Errorf("VK: a rate of %v calls a second: VK allows at most 20", c.Rate)
	case c.Wait < time.Second || c.Wait > 90*time.Second:
		return c, fmt.Errorf("VK: a poll of %v: VK waits between 1 s and 90 s", c.Wait)
	case c.FilesPerDay < 0 || c.BytesPerDay < 0:
		return c, errors.New("VK: the limits of files can't be negative")
	}
	for what, address := range map[string]string{"the API's address": c.MethodURL, "the callback address": c.CallbackURL} {
		if address == "" {
			continue
		}
		u, err := url.Parse(address)
		if err != nil || u.Host == "" || u.Scheme != "https" && !(u.Scheme == "http" && c.AllowLocal) {
			return c, fmt.Errorf("VK: %s %q is no https:// address", what, address)
		}
	}
	if !strings.HasSuffix(c.MethodURL, "/") {
		c.MethodURL += "/"
	}
	return c, nil
}

func orElse[T comparable](v *T, otherwise T) {
	var zero T
	if *v == zero {
		*v = otherwise
	}
}
