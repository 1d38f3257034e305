package console

import (
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"runtime"
	"slices"
	"time"

	"github.com/alexedwards/argon2id"

	"spravka/engine/host"
)

// Config has the console's settings. The zero value serves.
type Config struct {
	// Queues are offered as a filter of the list, in this order.
	Queues []string
	// Locale is used where a browser asks for no known language: "ru" (the default) or "en".
	Locale string
	// Location is the time zone of all times shown; Moscow by default.
	Location *time.Location
	// Secure says that browsers reach the console over HTTPS even if the requests arrive here over plain HTTP, through
	// a proxy. Cookies are then marked Secure.
	Secure bool
	// Proxies are the networks whose X-Forwarded-For and X-Forwarded-Proto are believed.
	Proxies []netip.Prefix
	// FactorRoles are the roles that must set up a second factor before they get anywhere else.
	FactorRoles []string
	// Provider lets people log in at an OpenID provider; nil for none.
	Provider Provider
	// Session is how long a log-in lasts; 12 hours by default.
	Session time.Duration
	// Streams bounds the open event streams in all, StreamsEach those of one operator; 2,000 and 16 by default.
	Streams, StreamsEach int
	// Argon are the parameters of new password hashes; 64 MiB, 2 passes and 2 lanes by default.
	Argon *argon2id.Params

	Now func() time.Time // time.Now by default
	Log *slog.Logger     // slog.Default() by default
}

// complete fills in the defaults and checks the rest.
func (c Config) complete() (Config, error) {
	if c.Locale == "" {
		c.Locale = "ru"
	}
	if _, ok := languages[c.Locale]; !ok {
		return c, fmt.Errorf("console: unknown locale %q: use one of ru, en", c.Locale)
	}
	for _, role := range c.FactorRoles {
		if !slices.Contains(host.Roles, role) {
			return c, fmt.Errorf("console: a second factor is demanded of the role %q, which does not exist: use some of %v", role, host.Roles)
		}
	}
	if c.Session < 0 || c.Streams < 0 || c.StreamsEach < 0 {
		return c, errors.New("console: the length of a session and the numbers of streams can't be negative")
	}
	if c.Location == nil {
		c.Location = moscow()
	}
	if c.Session == 0 {
		c.Session = 12 * time.Hour
	}
	if c.Streams == 0 {
		c.Streams = 2000
	}
	if c.StreamsEach == 0 {
		c.StreamsEach = 16
	}
	if c.Argon == nil {
		c.Argon = argon
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	return c, nil
}

// complete reports a port that was left out.
func (p Ports) complete() error {
	if p.Conversations == nil || p.Tickets == nil || p.Content == nil || p.Accounts == nil || p.Files == nil || p.Audit == nil || p.Inbox == nil ||
		p.Notes == nil || p.Canned == nil || p.Presence == nil {
		return errors.New("console: every port must be given")
	}
	return nil
}

// argon costs about a tenth of a second and 64 MiB. It does not follow the number of processors, as the library's own
// defaults do: hashes stay comparable between machines.
var argon = &argon2id.Params{Memory: 64 * 1024, Iterations: 2, Parallelism: 2, SaltLength: 16, KeyLength: 32}

// hashers bounds how many passwords are hashed at once, and with it the memory that log-ins can take.
var hashers = min(4, max(1, runtime.NumCPU()))

func moscow() *time.Location {
	zone, err := time.LoadLocation("Europe/Moscow")
	if err != nil {
		zone = time.FixedZone("МСК", 3*60*60) // no summer time since 2014
	}
	return zone
}
