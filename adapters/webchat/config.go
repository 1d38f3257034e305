package webchat

import (
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"spravka/engine"
)

// Config has the chat's settings. The zero value serves its own origin only.
type Config struct {
	// Origins may embed the widget, each written exactly as a browser sends it: "https://www.example.ru",
	// "http://127.0.0.1:3000". The chat's own origin always may.
	Origins []string
	// Name is how the chat calls itself, per locale; a missing one is «Справка» or "Spravka".
	Name map[string]string
	// Locale is used where a visitor asks for no known one: "ru" (the default) or "en".
	Locale string
	// Location is the time zone of the page and of transcripts; Moscow by default.
	Location *time.Location
	// Greeting is what an empty chat shows. Nothing is stored for it: only when the visitor writes for the first
	// time does the host receive engine.Opened ahead of the message. With nil there is no greeting and no Opened.
	Greeting func(locale string) engine.Message
	// Secure marks the page's cookie as Secure even if the request came over plain HTTP from a proxy.
	Secure bool
	// Remember is how long the page's cookie lives; 30 days by default.
	Remember time.Duration
	// Proxies are the networks whose X-Forwarded-For and X-Forwarded-Proto are believed.
	Proxies []netip.Prefix

	Sockets           int // open WebSockets and event streams in all; 20,000 by default
	SocketsPerVisitor int // and of one visitor; 8 by default

	// Messages, presses and uploads of one visitor: 2 a second, 20 at once, by default. Requests that only read may
	// be five times as many.
	VisitorRate  float64
	VisitorBurst int
	// Requests and frames from one IPv4 address or IPv6 /64 network: 50 a second, 500 at once, by default. Whole
	// offices and mobile networks share an address.
	IPRate  float64
	IPBurst int

	// Files a visitor may upload within 24 hours: 20 and 60 MiB by default.
	FilesPerDay int
	BytesPerDay int64

	Now func() time.Time // time.Now by default
	Log *slog.Logger     // slog.Default() by default
}

// complete fills in the defaults and checks the rest.
func (c Config) complete() (Config, error) {
	if c.Locale == "" {
		c.Locale = "ru"
	}
	if _, ok := words[c.Locale]; !ok {
		return c, fmt.Errorf("web chat: unknown locale %q: use one of ru, en", c.Locale)
	}
	for _, origin := range c.Origins {
		if err := checkOrigin(origin); err != nil {
			return c, err
		}
	}
	for what, n := range map[string]float64{
		"sockets": float64(c.Sockets), "sockets per visitor": float64(c.SocketsPerVisitor), "visitor rate": c.VisitorRate,
		"visitor burst": float64(c.VisitorBurst), "IP rate": c.IPRate, "IP burst": float64(c.IPBurst),
		"files per day": float64(c.FilesPerDay), "bytes per day": float64(c.BytesPerDay), "remember": float64(c.Remember),
	} {
		if n < 0 {
			return c, fmt.Errorf("web chat: %s is %v, but it can't be negative", what, n)
		}
	}
	if c.Location == nil {
		moscow, err := time.LoadLocation("Europe/Moscow")
		if err != nil {
			moscow = time.FixedZone("МСК", 3*60*60) // no summer time since 2014
		}
		c.Location = moscow
	}
	orElse(&c.Remember, 30*24*time.Hour)
	orElse(&c.Sockets, 20000)
	orElse(&c.SocketsPerVisitor, 8)
	orElse(&c.VisitorRate, 2)
	orElse(&c.VisitorBurst, 20)
	orElse(&c.IPRate, 50)
	orElse(&c.IPBurst, 500)
	orElse(&c.FilesPerDay, 20)
	orElse(&c.BytesPerDay, 60<<20)
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	return c, nil
}

func orElse[T comparable](v *T, otherwise T) {
	var zero T
	if *v == zero {
		*v = otherwise
	}
}

// checkOrigin refuses what no browser would ever send, patterns above all: they would never match.
func checkOrigin(origin string) error {
	u, err := url.Parse(origin)
	switch {
	case err != nil:
		return fmt.Errorf("web chat: origin %q: %w", origin, err)
	case u.Scheme != "http" && u.Scheme != "https", u.Host == "", strings.Contains(u.Host, "*"):
		return fmt.Errorf("web chat: origin %q: write scheme and host exactly, such as https://www.example.ru; patterns are not supported", origin)
	case u.User != nil, u.Path != "", u.RawQuery != "", u.Fragment != "":
		return fmt.Errorf("web chat: origin %q: leave out everything after the host and port", origin)
	case strings.ToLower(origin) != origin:
		return fmt.Errorf("web chat: origin %q: browsers send it in lower case", origin)
	}
	return nil
}

// name is what the chat is called in a locale.
func (c Config) name(locale string) string {
	if n := c.Name[locale]; n != "" {
		return n
	}
	return words.say(locale, "name")
}

// greeting is what an empty chat shows; ok is false if there is none.
func (c Config) greeting(locale string) (m engine.Message, ok bool) {
	if c.Greeting == nil {
		return m, false
	}
	return c.Greeting(locale), true
}
