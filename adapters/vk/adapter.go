package vk

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/SevereCloud/vksdk/v2/api"
	"golang.org/x/time/rate"

	"spravka/engine/host"
)

// Host plays updates; engine/host is one.
type Host interface {
	Receive(ctx context.Context, in host.Inbound) (host.Receipt, error)
}

// Adapter is the channel to one community. It sends as soon as it is made and receives while [Adapter.Run] runs.
type Adapter struct {
	config Config
	vk     *api.VK
	http   *http.Client // long polls, uploads and downloads: calls go through vk
	limit  *rate.Limiter
	gate   gate
	seen   *memory[string, bool]   // event ids that were handled by this process
	kept   *memory[string, string] // attachments by the identifier of our file
	plain  *memory[int64, bool]    // peers whose application knows no callback buttons

	active *memory[int64, time.Time] // when a peer's last update came

	lines    lines
	flying   flying
	downs    chan struct{} // one token a running download
	answers  chan struct{} // one token a running answer to a button
	requests chan struct{} // one token a callback being handled
	long     chan struct{} // one token a callback of unusual length being read
	calm     chan struct{} // one token the call that waits on behalf of nobody's dialogue

	confirmation atomic.Pointer[string]
	recovering   atomic.Int64 // unix nanoseconds until which callbacks may come out of order
	stored       atomic.Int64 // updates handled
	side         sync.WaitGroup

	mu   sync.Mutex
	host Host
	life context.Context // of the updates being handled; nil while Run is not on
}

// Bounds of what is done at a time.
const (
	maxFlying    = 4096 // updates fetched and not yet stored
	maxRequests  = 512  // callbacks being handled
	maxLong      = 32   // of them with bodies of unusual length, up to 1 MiB each, being read
	maxDownloads = 4    // of 10 MiB each
	maxAnswers   = 64
)

// New makes the channel of a community.
func New(c Config) (*Adapter, error) {
	c, err := c.complete()
	if err != nil {
		return nil, err
	}
	a := &Adapter{
		config: c,
		// VK counts within calendar seconds: rate + burst must stay below its 20.
		limit:    rate.NewLimiter(rate.Limit(c.Rate), max(1, min(3, int(20-c.Rate)))),
		seen:     newMemory[string, bool](50_000),
		kept:     newMemory[string, string](5_000),
		plain:    newMemory[int64, bool](50_000),
		downs:    make(chan struct{}, maxDownloads),
		answers:  make(chan struct{}, maxAnswers),
		requests: make(chan struct{}, maxRequests),
		long:     make(chan struct{}, maxLong),
		calm:     make(chan struct{}, 1),
		active:   newMemory[int64, time.Time](50_000),
	}
	a.gate.alarm = a.alarm
	a.lines.init(a)
	a.flying.init()
	a.connect()
	if c.Confirmation != "" {
		a.confirmation.Store(&c.Confirmation)
	}
	return a, nil
}

// Name implements [host.Channel].
func (a *Adapter) Name() string { return Channel }

// Idempotent implements [host.Channel]: VK drops a message whose random_id it has seen.
func (a *Adapter) Idempotent() bool { return true }

// grace is how long updates that were begun may take after the context has ended.
const grace = 5 * time.Second

// Run receives until the context ends. Of several instances only one may poll at a time; any number may take callbacks.
// It returns nil, or an error if it runs already.
func (a *Adapter) Run(ctx context.Context, h Host) error {
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	a.mu.Lock()
	if a.life != nil {
		a.mu.Unlock()
		return errors.New("VK: the adapter runs already")
	}
	a.host, a.life = h, life
	a.mu.Unlock()

	if a.config.Mode == Polling {
		a.poll(ctx, life)
	} else {
		a.register(ctx)
		<-ctx.Done()
	}

	a.mu.Lock()
	a.life = nil // no update is taken any more
	a.mu.Unlock()
	a.flying.wait(grace)
	end()
	a.flying.wait(grace)
	a.side.Wait()
	return nil
}

// serving returns the host and the context of updates; ok is false while Run is not on.
func (a *Adapter) serving() (h Host, life context.Context, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.host, a.life, a.life != nil
}

func (a *Adapter) alarm(kind, text string) {
	a.config.Log.Error("VK: "+text, "alarm", kind)
	if a.config.Alarm != nil {
		a.config.Alarm(kind, text)
	}
}

func (a *Adapter) peer(id int64) host.Peer {
	return host.Peer{Channel: Channel, ID: itoa(id)}
}
