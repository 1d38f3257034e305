package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"spravka/adapters/register"
	"spravka/adapters/services"
	"spravka/adapters/sqlite"
	"spravka/engine"
	"spravka/engine/flow"
	"spravka/engine/host"
)

// worldOptions choose what the program is put together from.
type worldOptions struct {
	Database    string // a file, or ":memory:"
	Content     *engine.Content
	Now         func() time.Time
	Notice      func(kind, to, text string) // hears what the built-in sender would send
	CallTimeout time.Duration
	Log         *slog.Logger
	Meter       host.Meter
	Resend      []string // see host.Config
	Registers   registerSettings
	Channels    func(*sqlite.Store) ([]host.Channel, error) // those that are sent to
}

// registerSettings say where the state's registers are.
type registerSettings struct {
	RegisterURL   string `help:"Base URL of the registers' HTTP contract (adapters/services/openapi.yaml). Empty: the built-in register with sample data." placeholder:"URL"`
	RegisterToken string `help:"Bearer token for the registers."`
	RegisterName  string `help:"Name of this installation in idempotency keys; by default one made at the first start."`
	RegisterPlain bool   `help:"Allow http:// to a register on another machine."`
}

// world is the engine with its store and services, ready for channels.
type world struct {
	Store   *sqlite.Store
	Host    *host.Host
	Content *engine.Content
	Notices *host.NoticeBoard
	Builtin bool // the register and the senders are the built-in samples
}

func newWorld(o worldOptions) (*world, error) {
	store, err := sqlite.Open(o.Database)
	if err != nil {
		return nil, err
	}
	current := func() *engine.Content { return o.Content }
	w := &world{Store: store, Content: o.Content, Builtin: o.Registers.RegisterURL == ""}
	var registers host.Service
	if w.Builtin {
		builtin := register.New(register.Options{Database: store, Now: o.Now, Sender: register.NewNotices(store, o.Now, o.Notice), Zone: o.Content.Calendar.Zone()})
		if err := builtin.Seed(context.Background()); err != nil {
			store.Close()
			return nil, fmt.Errorf("filling the built-in register: %w", err)
		}
		registers = builtin
	} else {
		client, err := services.New(services.Options{URL: o.Registers.RegisterURL, Token: o.Registers.RegisterToken, Instance: o.Registers.RegisterName,
			PlainHTTP: o.Registers.RegisterPlain, Operations: operations(o.Content.Content), Log: o.Log})
		if err != nil {
			store.Close()
			return nil, err
		}
		registers = client
	}
	w.Notices = &host.NoticeBoard{Store: store, Now: o.Now}
	own := host.OwnServices(func() *host.Host { return w.Host }, store, w.Notices, current, o.Now, registers)
	var channels []host.Channel
	if o.Channels != nil {
		if channels, err = o.Channels(store); err != nil {
			store.Close()
			return nil, err
		}
	}
	w.Host = host.New(host.Config{Meter: o.Meter, Resend: o.Resend, Store: store, Content: current, Services: own, Channels: channels, Files: store, Notices: w.Notices, Now: o.Now, Log: o.Log,
		CallTimeout: o.CallTimeout, Staff: store})
	return w, nil
}

func (w *world) close() error {
	w.Host.Close()
	return w.Store.Close()
}

func operations(c *flow.Content) map[string]services.Operation {
	out := map[string]services.Operation{}
	for name, op := range c.Operations {
		out[name] = services.Operation{Params: op.Params, Outcomes: op.Outcomes, Data: op.Data}
	}
	return out
}

// serving runs the host beside a task and stops it when the task has ended.
func (w *world) serving(ctx context.Context, task func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	stopped := make(chan error, 1)
	go func() {
		var beside sync.WaitGroup
		beside.Go(func() { w.Host.RunNotices(ctx, w.Notices) })
		err := w.Host.Run(ctx)
		beside.Wait()
		stopped <- err
	}()
	err := task(ctx)
	cancel()
	if e := <-stopped; e != nil && err == nil {
		err = fmt.Errorf("the host stopped: %w", e)
	}
	return err
}
