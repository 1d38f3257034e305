package telegram

import (
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// Limits are how fast the channel sends, in messages. Zero values stand for the defaults, negative ones for no limit.
type Limits struct {
	PerSecond float64 // in all: 25 by default, with 2 at once: Telegram takes 30 within any second, and the network jitters
	Chat      float64 // to one chat a second: 1 by default
	ChatBurst int     // to one chat at once: 3 by default; a chat that was refused for it gets 1
}

var (
	tokenForm  = regexp.MustCompile(`^[0-9]{1,18}:[A-Za-z0-9_-]{1,200}$`)
	secretForm = regexp.MustCompile(`^[A-Za-z0-9_-]{16,256}$`)
)

// complete fills in the defaults and checks the rest. No error repeats the token or the secret.
func (c Config) complete() (Config, error) {
	if !tokenForm.MatchString(c.Token) {
		return c, fmt.Errorf("telegram: the token has %d characters and is none that @BotFather gives: write it as 123456:ABC-DEF", len(c.Token))
	}
	orElse(&c.BaseURL, "https://api.telegram.org")
	c.BaseURL = strings.TrimSuffix(c.BaseURL, "/")
	if err := address(c.BaseURL); err != nil {
		return c, fmt.Errorf("telegram: base URL: %w", err)
	}
	if c.WebhookURL != "" {
		if err := address(c.WebhookURL); err != nil {
			return c, fmt.Errorf("telegram: webhook URL: %w", err)
		}
		if !secretForm.MatchString(c.WebhookSecret) {
			return c, fmt.Errorf("telegram: the webhook needs a secret of 16 to 256 letters, digits, _ and -; this one has %d characters", len(c.WebhookSecret))
		}
	}
	orElse(&c.PollTimeout, 50*time.Second)
	if c.PollTimeout < time.Second || c.PollTimeout > 50*time.Second {
		return c, fmt.Errorf("telegram: a poll of %s is not possible: choose 1 s to 50 s", c.PollTimeout)
	}
	orElse(&c.Limits.PerSecond, 25)
	orElse(&c.Limits.Chat, 1)
	orElse(&c.Limits.ChatBurst, 3)
	orElse(&c.FilesPerDay, 20)
	orElse(&c.BytesPerDay, 60<<20)
	if c.FilesPerDay < 0 || c.BytesPerDay < 0 {
		return c, fmt.Errorf("telegram: files a day can't be negative")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	return c, nil
}

// address checks that secrets are not sent over a network in the open.
func address(s string) error {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return fmt.Errorf("%q is no plain address such as https://bot.example.ru/telegram", s)
	case u.Scheme == "https":
		return nil
	case u.Scheme == "http" && local(u.Hostname()):
		return nil
	}
	return fmt.Errorf("%q: use https; http is for this machine only", s)
}

func local(name string) bool {
	ip := net.ParseIP(name)
	return name == "localhost" || ip != nil && ip.IsLoopback()
}

// secret is the part of the token that must not be seen.
func (c Config) secret() string {
	_, s, _ := strings.Cut(c.Token, ":")
	return s
}

// id is the bot's identifier, the part of the token that may be seen.
func (c Config) id() string {
	id, _, _ := strings.Cut(c.Token, ":")
	return id
}

func (c Config) count(what string) {
	if c.Count != nil {
		c.Count(what)
	}
}

func orElse[T comparable](v *T, otherwise T) {
	var zero T
	if *v == zero {
		*v = otherwise
	}
}
