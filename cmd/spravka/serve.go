package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"spravka/adapters/console"
	"spravka/adapters/sqlite"
	"spravka/adapters/webchat"
	"spravka/engine"
	"spravka/engine/host"
)

type serveCommand struct {
	Listen   string         `help:"Address to listen on." default:"127.0.0.1:8080"`
	Data     string         `help:"Folder of the database and of everything else that is kept." default:"data"`
	Content  string         `help:"Folder with flows/ and locales/ instead of the built-in content." placeholder:"DIR" type:"existingdir"`
	Origins  []string       `help:"Sites that may embed the widget, as browsers send them: https://www.example.ru." placeholder:"ORIGIN"`
	Proxies  []netip.Prefix `help:"Networks of reverse proxies whose X-Forwarded-For and -Proto are believed." placeholder:"NETWORK"`
	Secure   bool           `help:"Browsers come over HTTPS through a proxy: mark cookies as Secure."`
	Locale   string         `help:"Language where a browser asks for no known one." enum:"ru,en" default:"ru"`
	LogLevel slog.Level     `help:"How much is logged: debug, info, warn or error." default:"info"`

	VisitorRate float64 `help:"Messages a second that one visitor of the web chat may send in the long run." default:"2"`
	IPRate      float64 `help:"Requests a second from one address in the long run; whole offices share one." default:"50"`

	CallTimeout time.Duration `help:"How long a service may take to answer, all tries together." default:"15s"`

	registerSettings
	channelSettings
	peopleSettings
}

// Run serves until it is told to stop.
func (c *serveCommand) Run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: c.LogLevel}))
	fmt.Println("Preparing the content (the first start trains the understanding for some seconds)…")
	content, err := prepareContent(c.Content)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return fmt.Errorf("the data folder: %w", err)
	}
	owner, err := installation(c.Data)
	if err != nil {
		return err
	}
	if c.RegisterName == "" {
		c.RegisterName = owner
	}
	var others []messenger
	counted := newMeters(prometheus.DefaultRegisterer)
	w, err := newWorld(worldOptions{Database: filepath.Join(c.Data, "spravka.db"), Content: content, Now: time.Now, Log: log, CallTimeout: c.CallTimeout, Registers: c.registerSettings, Meter: counted, Resend: c.resends(),
		Channels: func(store *sqlite.Store) (out []host.Channel, err error) {
			others, err = c.messengers(store, content, c.Data, counted, log)
			for _, m := range others {
				out = append(out, m)
				if more, ok := m.(interface{ Also() []host.Channel }); ok {
					out = append(out, more.Also()...)
				}
			}
			return out, err
		}})
	if err != nil {
		return err
	}
	defer w.close()
	login, password, first, err := console.Setup(ctx, w.Store, c.Locale, time.Now())
	if err != nil {
		return err
	}
	web, staff, err := c.sites(w, log)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("listening on %s: %w", c.Listen, err)
	}
	c.announce(os.Stdout, listener.Addr(), w, login, password, first)
	server := &http.Server{Handler: routes(w, web, staff, others), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug)}
	return w.serving(ctx, func(ctx context.Context) error {
		failed := make(chan error, 1+len(others))
		go func() { failed <- server.Serve(listener) }()
		var receiving sync.WaitGroup
		defer receiving.Wait()
		ctx, end := context.WithCancel(ctx)
		defer end()
		for _, m := range others {
			receiving.Go(func() {
				if err := run(ctx, m, w.Host, w.Store, owner, log); err != nil {
					failed <- fmt.Errorf("%s: %w", m.Name(), err)
				}
			})
		}
		select {
		case err := <-failed:
			return err
		case <-ctx.Done():
		}
		fmt.Println("Stopping…")
		web.Close()
		staff.Close()
		grace, cancel := context.WithTimeout(context.Background(), 15*time.Second)
		defer cancel()
		if err := server.Shutdown(grace); err != nil && !errors.Is(err, context.DeadlineExceeded) {
			return err
		}
		return nil
	})
}

func (c *serveCommand) sites(w *world, log *slog.Logger) (*webchat.Chat, *console.Console, error) {
	zone := w.Content.Calendar.Zone()
	web, err := webchat.New(w.Host, w.Store, webchat.Config{Origins: c.Origins, Locale: c.Locale, Location: zone, Secure: c.Secure, Proxies: c.Proxies, Log: log,
		VisitorRate: c.VisitorRate, VisitorBurst: int(10 * c.VisitorRate), IPRate: c.IPRate, IPBurst: int(10 * c.IPRate),
		Greeting: func(locale string) engine.Message { return engine.Greeting(w.Content, locale) }})
	if err != nil {
		return nil, nil, err
	}
	provider, err := c.provider()
	if err != nil {
		return nil, nil, err
	}
	staff, err := console.New(console.Ports{Conversations: w.Host, Tickets: w.Store, Content: console.WordsOf(w.Content), Accounts: staffAccounts{w.Store, w.Host}, Files: w.Store, Notices: w.Notices, Audit: w.Store,
		Inbox: w.Store, Notes: w.Store, Canned: w.Store, Presence: w.Host.Presence},
		console.Config{Queues: w.Content.Settings.Queues, Locale: c.Locale, Location: zone, Secure: c.Secure, Proxies: c.Proxies, Log: log, FactorRoles: c.TotpRoles, Provider: provider})
	if err != nil {
		return nil, nil, err
	}
	return web, staff, nil
}

func routes(w *world, web *webchat.Chat, staff *console.Console, others []messenger) http.Handler {
	m := http.NewServeMux()
	for _, o := range others {
		path, hook := o.Hook()
		m.Handle(path, hook)
	}
	m.Handle("/chat", web.Handler())
	m.Handle("/chat/", web.Handler())
	m.Handle(console.Root, staff)
	m.Handle("GET /{$}", http.RedirectHandler("/chat", http.StatusFound))
	m.HandleFunc("GET /healthz", func(rw http.ResponseWriter, _ *http.Request) { fmt.Fprintln(rw, "ok") })
	m.HandleFunc("GET /readyz", func(rw http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
		defer cancel()
		if _, _, err := w.Store.NextDue(ctx); err != nil {
			http.Error(rw, "the database does not answer", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(rw, "ready")
	})
	m.Handle("GET /metrics", promhttp.Handler())
	return m
}

// announce says where everything is. The password is shown once and is nowhere else.
func (c *serveCommand) announce(out io.Writer, addr net.Addr, w *world, login, password string, first bool) {
	base := "http://" + addr.String()
	fmt.Fprintf(out, "\n  Chat:     %s/chat\n  Demo:     %s/chat/demo   (the widget on a page)\n  Console:  %s%s\n", base, base, base, console.Root)
	if first {
		fmt.Fprintf(out, "\n  Log in to the console as %q with the password  %s\n  It is shown this once and has to be changed at the first log-in.\n", login, password)
	} else {
		fmt.Fprintf(out, "\n  Log in to the console with your login; if nobody can, see «spravka operator --help».\n")
	}
	if w.Builtin {
		line := strings.Repeat("!", 74)
		fmt.Fprintf(out, "\n%s\n!! THE REGISTER AND THE SMS SENDER ARE BUILT-IN SAMPLES: the people are\n!! invented, and NO real SMS or e-mail is sent. For real service set\n!! --register-url to the registers of the state (adapters/services).\n%s\n", line, line)
	}
	fmt.Fprintln(out)
}
