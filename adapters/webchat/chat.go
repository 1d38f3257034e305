// Package webchat is the web chat: its HTTP API, the widget that sites embed, and a page of its own that works
// without a script. API.md describes the protocol.
//
// The chat keeps nothing itself. The history that the host stores is the one source of what a citizen sees: every
// connection is a cursor into it, so a lost connection, a second tab or a restarted server cost nothing but a read.
package webchat

import (
	"context"
	"net/http"
	"sync"
	"time"

	"spravka/engine/desk"
	"spravka/engine/host"
)

// Host is what the chat needs of the engine's host.
type Host interface {
	// Receive handles an update; it is stored and answered when Receive returns.
	Receive(ctx context.Context, in host.Inbound) (host.Receipt, error)
	// Find returns the conversation with a peer, or host.ErrNotFound.
	Find(ctx context.Context, p host.Peer) (host.Record, error)
	// History returns up to limit entries with Seq > after, oldest first.
	History(ctx context.Context, conversation, after int64, limit int) ([]host.Entry, error)
	// Watch returns a channel that receives a hint after the conversation has changed; several changes may make one
	// hint. The caller calls stop when it no longer listens.
	Watch(conversation int64) (changed <-chan struct{}, stop func())
	// Wait tells the place of a ticket in its queue, and in the citizen's language how long the wait is likely to be ("" if
	// that can't be told). host.ErrNotFound if it does not wait.
	Wait(ctx context.Context, ticket string) (e desk.Estimate, words string, err error)
	// WatchTyping gives a channel that hears who writes in the conversation, until stop is called.
	WatchTyping(conversation int64) (typists <-chan host.Typist, stop func())
	// CitizenTyping tells whoever watches that the citizen is writing.
	CitizenTyping(conversation int64)
}

// Chat serves the web chat.
type Chat struct {
	host    Host
	files   host.Files
	config  Config
	guard   http.CrossOriginProtection
	visits  *limiter // per visitor
	looks   *limiter // per visitor, for requests that only read
	origins *limiter // per IP address
	sockets *places
	uploads *budget
	saving  [64]sync.Mutex // one upload of a visitor at a time is counted and stored

	life    context.Context // ends when Close has waited long enough
	end     context.CancelFunc
	welcome context.Context // ends when Close begins: nobody new is let in
	shut    context.CancelFunc
	closing chan struct{} // closed with welcome, for those who are in
	wg      sync.WaitGroup
	once    sync.Once
}

// How long the chat waits for what. They are not settings: nobody needs them otherwise.
const (
	helloWait   = 10 * time.Second  // for the first frame of a socket
	silence     = 150 * time.Second // without any frame of the client, which pings every 25 s; browsers slow hidden tabs down
	writeWait   = 10 * time.Second  // for a reader to take one frame
	beat        = 25 * time.Second  // between two signs of life; also how often the history is read without a hint
	queueBeat   = 10 * time.Second  // the same while the citizen waits in a queue and watches the place in it
	newcomer    = 2 * time.Second   // the same while there is no conversation yet
	turnWait    = 30 * time.Second  // for a turn to be stored
	pollWait    = 20 * time.Second  // the longest that GET messages?wait= waits
	historyPage = 100               // entries read at once
	recent      = 200               // entries that the page and a fresh widget show
)

// New makes a chat over the host. It fails if the configuration makes no sense.
func New(h Host, f host.Files, c Config) (*Chat, error) {
	c, err := c.complete()
	if err != nil {
		return nil, err
	}
	chat := &Chat{
		host: h, files: f, config: c,
		visits:  newLimiter(c.VisitorRate, c.VisitorBurst, c.Now),
		looks:   newLimiter(c.VisitorRate*5, c.VisitorBurst*5, c.Now),
		origins: newLimiter(c.IPRate, c.IPBurst, c.Now),
		sockets: newPlaces(c.Sockets, c.SocketsPerVisitor),
		uploads: newBudget(256<<20, 64<<20),
		closing: make(chan struct{}),
	}
	chat.guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		chat.refuse(w, r, faulty("origin"))
	}))
	chat.life, chat.end = context.WithCancel(context.Background())
	chat.welcome, chat.shut = context.WithCancel(chat.life)
	return chat, nil
}

// Handler serves every address that begins with /chat.
func (c *Chat) Handler() http.Handler {
	m := http.NewServeMux()
	api := func(pattern string, h func(http.ResponseWriter, *http.Request) error) {
		m.Handle(pattern, c.api(h))
	}
	api("GET /chat/api/v1/hello", c.hello)
	api("GET /chat/api/v1/session", c.session)
	api("POST /chat/api/v1/session", c.session)
	api("DELETE /chat/api/v1/session", c.forget)
	api("GET /chat/api/v1/messages", c.messages)
	api("POST /chat/api/v1/messages", c.post)
	api("GET /chat/api/v1/events", c.events)
	api("GET /chat/api/v1/socket", c.socket)
	api("POST /chat/api/v1/files", c.upload)
	api("GET /chat/api/v1/files/{id}", c.download)
	api("GET /chat/api/v1/transcript", c.transcript)
	api("/chat/api/", func(http.ResponseWriter, *http.Request) error { return faulty("no_address") })

	m.HandleFunc("GET /chat", c.page)
	m.Handle("GET /chat/{$}", http.RedirectHandler("/chat", http.StatusMovedPermanently))
	m.Handle("POST /chat", c.guard.Handler(http.HandlerFunc(c.submit)))
	m.HandleFunc("GET /chat/demo", c.demo)
	m.Handle("GET /chat/spravka.js", scriptAsset)
	m.Handle("GET /chat/page.css", pageAsset)
	m.Handle("GET /chat/demo.css", demoAsset)
	m.Handle("GET /chat/icon.svg", iconAsset)
	return m
}

// Close ends every open connection and waits until they are gone. Widgets come back by themselves.
func (c *Chat) Close() {
	c.once.Do(func() { c.shut(); close(c.closing) })
	done := make(chan struct{})
	go func() { c.wg.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(writeWait):
	}
	c.end()
	<-done
}

// api wraps an API handler: origin, limits by address, errors as JSON.
func (c *Chat) api(h func(http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		head := w.Header()
		head.Set("Cache-Control", "no-store")
		head.Set("X-Content-Type-Options", "nosniff")
		head.Add("Vary", "Origin")
		if err := c.allow(w, r); err != nil {
			c.refuse(w, r, err)
			return
		}
		if r.Method == http.MethodOptions {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		if ok, wait := c.origins.allow(c.address(r)); !ok {
			c.refuse(w, r, faultyIn("too_many", wait))
			return
		}
		if err := h(w, r); err != nil {
			c.refuse(w, r, err)
		}
	})
}
