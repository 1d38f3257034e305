package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"

	"spravka/adapters/sqlite"
	"spravka/adapters/telegram"
	"spravka/adapters/vk"
	"spravka/engine"
	"spravka/engine/answer"
	"spravka/engine/host"
)

// channelSettings choose the messengers that are served besides the web chat.
type channelSettings struct {
	TelegramToken   string `help:"Token of the Telegram bot from @BotFather. Empty: no Telegram." group:"Messengers:"`
	TelegramURL     string `name:"telegram-url" help:"Base URL of the Bot API." default:"https://api.telegram.org" group:"Messengers:"`
	TelegramWebhook string `help:"Public address that leads to /telegram here. Empty: long polling." placeholder:"URL" group:"Messengers:"`
	TelegramSecret  string `help:"Secret of the webhook, 16 to 256 letters, digits, _ and -." group:"Messengers:"`

	TelegramRate float64 `name:"telegram-rate" help:"Messages a second to Telegram in all; Telegram takes 30 of most bots. Negative: no limit at all, for fakes." default:"25" group:"Messengers:"`

	TelegramUnknown string `name:"telegram-unknown" help:"What becomes of a message when nobody can tell whether Telegram has delivered it: show it to the operators as such, or resend it, so that the citizen may get it twice." enum:"show,resend" default:"show" group:"Messengers:"`

	VKToken        string  `name:"vk-token" help:"Token of the VK community. Empty: no VK." group:"Messengers:"`
	VKGroup        int64   `name:"vk-group" help:"Number of the VK community." group:"Messengers:"`
	VKURL          string  `name:"vk-url" help:"Base URL of VK's API." default:"https://api.vk.ru/method/" group:"Messengers:"`
	VKCallback     string  `name:"vk-callback" help:"Public address that leads to /vk here. Empty: long polling." placeholder:"URL" group:"Messengers:"`
	VKSecret       string  `name:"vk-secret" help:"Secret of VK's callbacks, 16 to 50 letters and digits." group:"Messengers:"`
	VKConfirmation string  `name:"vk-confirmation" help:"Confirmation string of the callback server. Empty: VK is asked for it." group:"Messengers:"`
	VKRate         float64 `name:"vk-rate" help:"Calls a second to VK, which takes 20." default:"16" group:"Messengers:"`
	VKLocal        bool    `name:"vk-local" help:"Allow local addresses for VK's files and servers: for fakes only." group:"Messengers:"`
}

// messenger is a channel that receives by itself.
type messenger interface {
	host.Channel
	Polls() bool // only one process may run it at a time
	Run(ctx context.Context, h *host.Host) error
	Hook() (path string, handler http.Handler)
}

type telegramChannel struct {
	*telegram.Bot
	polls bool
}

func (t telegramChannel) Polls() bool { return t.polls }

func (t telegramChannel) Run(ctx context.Context, h *host.Host) error { return t.Bot.Run(ctx, h) }
func (t telegramChannel) Hook() (string, http.Handler)                { return "/telegram", t.Webhook() }

type vkChannel struct {
	*vk.Adapter
	polls bool
}

func (v vkChannel) Polls() bool { return v.polls }

func (v vkChannel) Run(ctx context.Context, h *host.Host) error { return v.Adapter.Run(ctx, h) }
func (v vkChannel) Also() []host.Channel                        { return []host.Channel{v.Wall()} }
func (v vkChannel) Hook() (string, http.Handler)                { return "/vk", v.Handler() }

// messengers makes the channels that are set up. Data is the folder of the database.
func (s channelSettings) messengers(store *sqlite.Store, content *engine.Content, data string, m *meters, log *slog.Logger) ([]messenger, error) {
	var out []messenger
	if s.TelegramToken != "" {
		limits := telegram.Limits{PerSecond: s.TelegramRate}
		if s.TelegramRate < 0 {
			limits.Chat = -1
		}
		bot, err := telegram.New(store, telegram.Config{Token: s.TelegramToken, BaseURL: s.TelegramURL, WebhookURL: s.TelegramWebhook, WebhookSecret: s.TelegramSecret, Log: log,
			Limits: limits, Start: moveLink, Cursors: store, Keep: keeper(store, telegram.Channel, m, log), Count: m.telegram})
		if err != nil {
			return nil, err
		}
		out = append(out, telegramChannel{bot, s.TelegramWebhook == ""})
	}
	if s.VKToken != "" {
		name, err := installation(data)
		if err != nil {
			return nil, err
		}
		mode := vk.Polling
		if s.VKCallback != "" {
			mode = vk.Callback
		}
		community, err := vk.New(vk.Config{Token: s.VKToken, Group: s.VKGroup, Mode: mode, CallbackURL: s.VKCallback,
			Cursor: vk.StoreCursor{Cursors: store, Group: s.VKGroup, Before: vk.FileCursor(filepath.Join(data, "vk.cursor")), Now: time.Now},
			Secret: s.VKSecret, Confirmation: s.VKConfirmation, Files: store, Salt: name, MethodURL: s.VKURL, AllowLocal: s.VKLocal, Rate: s.VKRate, Log: log,
			Comments: true, PublicAnswer: func(text string) string { return engine.PublicAnswer(content, content.Default, text) },
			Keep: keeper(store, vk.Channel, m, log),
			Alarm: func(kind, text string) {
				m.vk(kind)
				log.Error("VK needs attention", "kind", kind, "what", text)
			}})
		if err != nil {
			return nil, err
		}
		out = append(out, vkChannel{community, mode == vk.Polling})
	}
	return out, nil
}

// resends are the channels on which a message in doubt is sent once more.
func (s channelSettings) resends() []string {
	if s.TelegramUnknown == "resend" {
		return []string{telegram.Channel}
	}
	return nil
}

// keeper puts aside what a channel could not understand.
func keeper(store host.Undecodables, channel string, m *meters, log *slog.Logger) func(update string, raw []byte) {
	return func(update string, raw []byte) {
		m.Count(channel, "undecodable")
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := store.KeepUndecodable(ctx, host.Undecodable{Channel: channel, Update: update, Raw: raw, At: time.Now()}); err != nil {
			log.Error("an update that could not be understood was not kept", "channel", channel, "error", err)
		}
	}
}

// run receives until the context ends. Where only one process may, the others wait for their turn. A SQLite file belongs to
// one process, so the owner is the installation: after a crash nobody waits for a lease of the dead to run out.
func run(ctx context.Context, m messenger, h *host.Host, leases host.Leases, owner string, log *slog.Logger) error {
	if !m.Polls() {
		return m.Run(ctx, h)
	}
	lead := host.Lead{Leases: leases, Name: "poll:" + m.Name(), Owner: owner, Now: time.Now, Log: log}
	return lead.Run(ctx, func(ctx context.Context) error { return m.Run(ctx, h) })
}

// moveLink reads the payload of a deep link: t.me/bot?start=K123456789012 brings a move code.
func moveLink(_ host.Peer, payload string) (engine.Event, bool) {
	code, _, ok := answer.MoveCode(payload)
	return engine.Said{Text: code}, ok
}

// installation returns the name of this installation, made once and kept beside the database: it sets the idempotency
// keys of two installations apart.
func installation(data string) (string, error) {
	path := filepath.Join(data, "installation")
	name, err := os.ReadFile(path)
	if err == nil {
		return strings.TrimSpace(string(name)), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("the installation's name: %w", err)
	}
	made := uuid.NewString()
	if err := os.WriteFile(path, []byte(made+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("the installation's name: %w", err)
	}
	return made, nil
}
