// Package telegram is the Telegram channel: it receives by long polling or by a webhook and sends what the host's
// outbox holds.
//
// Receiving: an update is confirmed to Telegram only after [host.Host.Receive] has stored it and all that follows from
// it. Nothing about the position is kept here: after a restart Telegram is asked for everything it has no confirmation
// for, and the store's unique index drops what was stored before. The library's own receive loops are not used, since
// they lose updates and stall (research/channels.md, A).
//
// Sending: Telegram has no idempotency key. A request that was written whole and got no answer is an [UndecidedError]:
// nobody can tell whether the message arrived. It is counted and logged, and whether it is sent again is the host's
// policy.
package telegram

import (
	"context"
	"crypto/sha256"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"spravka/engine"
	"spravka/engine/channel"
	"spravka/engine/host"
)

// Channel is the name of Telegram among the channels.
const Channel = "telegram"

// Abilities are what Telegram can do (research/channels.md, A).
var Abilities = channel.Abilities{
	Name: Channel, Unit: channel.UTF16, MaxText: 4096, MaxCaption: 1024,
	Keyboard: channel.InlineButton, MaxButtons: 100, MaxLabel: 64, MaxPayload: 64,
	Markup: channel.HTML, MaxFile: 50 << 20, MaxPhoto: 10 << 20, Edits: true, Typing: true,
}

// Host is what the channel needs of the engine's host.
type Host interface {
	// Receive handles an update; it is stored and answered when Receive returns without an error.
	Receive(ctx context.Context, in host.Inbound) (host.Receipt, error)
}

// Bot is the channel.
type Bot struct {
	config Config
	files  host.Files
	api    *tg.Bot
	client *client
	intake *intake
	pace   *pace
	trust  trust // whether Telegram accepts the token

	me      atomic.Pointer[models.User] // nil until Telegram has told
	mu      sync.Mutex
	host    Host
	life    context.Context // of Run; nil before it
	errands sync.WaitGroup  // answers to button presses on their way
	slots   chan struct{}   // one token an errand
	loads   chan struct{}   // one token a download

	sent  *recent[string, string] // Telegram's identifiers of files sent before
	moved *recent[int64, int64]   // groups that have become supergroups
	roots *recent[int64, int64]   // and the other way round; 0: it has always been what it is
	lent  *recent[int64, bool]    // chats whose own keyboard has given way to a button of ours
	asked *recent[host.Peer, int] // in groups: the message that is answered

	kept *recent[[sha256.Size]byte, bool] // updates that were put aside
}

// Bounds of what the channel does at a time. They are not settings: nobody needs them otherwise.
const (
	maxErrands   = 64
	maxDownloads = 4 // of 10 MiB each
	callWait     = 60 * time.Second
	errandWait   = 15 * time.Second
	remembered   = 20000
)

// New makes the channel. It asks Telegram nothing: [Bot.Run] does. The error says which setting makes no sense.
func New(f host.Files, c Config) (*Bot, error) {
	c, err := c.complete()
	if err != nil {
		return nil, err
	}
	if f == nil {
		return nil, errors.New("telegram: it needs a place for files")
	}
	b := &Bot{config: c, files: f, client: newClient(c), pace: newPace(c.Limits, c.Now), slots: make(chan struct{}, maxErrands), loads: make(chan struct{}, maxDownloads),
		sent: newRecent[string, string](remembered), moved: newRecent[int64, int64](1000), roots: newRecent[int64, int64](1000), lent: newRecent[int64, bool](remembered), asked: newRecent[host.Peer, int](remembered), kept: newRecent[[sha256.Size]byte, bool](1000)}
	b.intake = newIntake(c.Log, c.count, b.keep)
	b.api, err = tg.New(c.Token, tg.WithSkipGetMe(), tg.WithServerURL(c.BaseURL), tg.WithHTTPClient(c.PollTimeout, b.client),
		tg.WithErrorsHandler(func(error) {})) // it hears only of pipes that are closed twice
	if err != nil {
		return nil, b.client.hidden("making the client", err)
	}
	return b, nil
}

// Name implements [host.Channel].
func (b *Bot) Name() string { return Channel }

// Idempotent implements [host.Channel]: Telegram takes a repeated message for a new one.
func (b *Bot) Idempotent() bool { return false }

// Run receives updates for the host until the context ends, then waits for what has begun. It returns nil: what is
// wrong with Telegram or the network is logged, counted, and tried again for as long as it takes.
//
// Only one process may run it for a bot; see [CountConflict].
func (b *Bot) Run(ctx context.Context, h Host) error {
	b.mu.Lock()
	if b.life != nil {
		b.mu.Unlock()
		return errors.New("telegram: the channel runs already")
	}
	b.life, b.host = ctx, h
	b.mu.Unlock()
	defer func() {
		b.mu.Lock()
		b.life = nil // it may run again, after another process has
		b.mu.Unlock()
	}()
	defer b.errands.Wait()
	defer b.intake.wait()
	if !b.introduce(ctx) {
		return nil
	}
	if b.config.WebhookURL != "" {
		b.keepWebhook(ctx)
		return nil
	}
	b.poll(ctx)
	return nil
}

// running returns the life of Run; ok is false before it has begun and after it has ended.
func (b *Bot) running() (life context.Context, h Host, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.life, b.host, b.life != nil && b.life.Err() == nil
}

// introduce asks who the bot is and names its commands. It goes on asking until there is an answer; ok is false if the
// context has ended.
func (b *Bot) introduce(ctx context.Context) bool {
	for pause := newBackoff(time.Second, time.Minute); ; {
		me, err := call(ctx, b, "getMe", func(ctx context.Context) (*models.User, error) { return b.api.GetMe(ctx) })
		if err == nil {
			b.me.Store(me)
			break
		}
		if !sleep(ctx, b.troubled("asking who the bot is", err, pause)) {
			return false
		}
	}
	for _, locale := range tongues {
		params := &tg.SetMyCommandsParams{LanguageCode: locale}
		if locale == tongues[0] {
			params.LanguageCode = "" // for everybody whose language has no list of its own
		}
		for _, name := range commandNames {
			params.Commands = append(params.Commands, models.BotCommand{Command: name, Description: word(locale, "/"+name)})
		}
		if _, err := call(ctx, b, "setMyCommands", func(ctx context.Context) (bool, error) { return b.api.SetMyCommands(ctx, params) }); err != nil {
			b.config.Log.Warn("telegram: the menu of commands could not be set", "error", err)
			break
		}
	}
	return ctx.Err() == nil
}

// call asks Telegram for something. The error is one of trouble.go and never holds the token or an answer's text.
func call[T any](ctx context.Context, b *Bot, method string, do func(context.Context) (T, error)) (T, error) {
	limited, cancel := context.WithTimeout(ctx, callWait)
	defer cancel()
	seen := &trace{}
	out, err := do(seen.follow(limited))
	return out, b.judge(method, err, seen)
}

// Config has the channel's settings.
type Config struct {
	Token   string // from @BotFather, such as 123456:ABC-DEF
	BaseURL string // https://api.telegram.org by default; another one for a local Bot API server or a fake

	// WebhookURL is the public address under which [Bot.Webhook] is reached. Empty means long polling. The program
	// tells Telegram which of the two holds whenever it starts.
	WebhookURL    string
	WebhookSecret string // 16–256 of A–Z a–z 0–9 _ -; needed with WebhookURL

	PollTimeout time.Duration // of one long poll, 1–50 s; 50 s by default

	Limits Limits

	// Files a citizen may send within 24 hours: 20 and 60 MiB by default.
	FilesPerDay int
	BytesPerDay int64

	// Start turns the payload of /start (a deep link, at most 64 of A–Z a–z 0–9 _ -) into what follows the greeting; nil
	// or ok == false means the greeting alone.
	Start func(peer host.Peer, payload string) (ev engine.Event, ok bool)
	// Cursors keeps what was confirmed to Telegram, so that a restart does not ask for it again; nil: Telegram knows it.
	Cursors host.Cursors
	// Keep is given each update that can't be understood, breaks what handles it or is given up, for later inspection: at
	// most [host.MaxUndecodable] bytes, which hold personal data. The update is "" if its identifier can't be read.
	Keep func(update string, raw []byte)
	// Moved hears that a group has a new identifier.
	Moved func(from, to int64)
	// Count hears of each thing that is counted, by the names that begin with Count.
	Count func(what string)

	Transport http.RoundTripper // of every request; by default one that honours the proxy settings of the environment
	Now       func() time.Time  // time.Now by default
	Log       *slog.Logger      // slog.Default() by default
}

// What is counted.
const (
	CountUpdate    = "update"           // taken in
	CountSkipped   = "update_skipped"   // of a kind that means nothing here
	CountPoison    = "update_poison"    // undecodable, or it broke what handles it: logged and passed by
	CountGivenUp   = "update_given_up"  // could not be stored again and again while others could
	CountForged    = "webhook_forged"   // a request without the secret
	CountPollError = "poll_error"       //
	CountConflict  = "poll_conflict"    // another process receives for the same bot
	CountToken     = "token_refused"    // Telegram does not accept the token: an alarm
	CountSent      = "sent"             // messages
	CountPlain     = "sent_plain"       // without markup, since Telegram refused it
	CountLimited   = "send_limited"     // refused for sending too fast
	CountUndecided = "send_undecided"   // nobody can tell whether it arrived
	CountRefused   = "send_refused"     // for good
	CountLeft      = "send_left"        // the citizen has blocked the bot
	CountFile      = "file"             // received and stored
	CountNotTaken  = "not_taken"        // not taken, and the citizen was told why
	CountUnheard   = "press_unanswered" // a press of a button that could not be answered
)
