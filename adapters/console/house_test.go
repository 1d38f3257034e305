package console

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"spravka"
	"spravka/adapters/sqlite"
	"spravka/adapters/webchat"
	"spravka/engine"
	"spravka/engine/flow"
	"spravka/engine/host"
	"spravka/engine/understand"
)

// house is the whole program: the real host over a real database, with the built-in content, the web chat and the console
// behind one address. Only the understanding is missing: whoever writes is asked back, and commands work.
type house struct {
	t       testing.TB
	store   *sqlite.Store
	host    *host.Host
	console *Console
	server  *httptest.Server
	stop    func()
}

func openHouse(t testing.TB, change ...func(*Config)) *house {
	t.Helper()
	return openDesk(t, nil, change...)
}

// openDesk is openHouse with settings of the host: with its staff, tickets are offered to them.
func openDesk(t testing.TB, settle func(*host.Config, *sqlite.Store), change ...func(*Config)) *house {
	t.Helper()
	content, problems := flow.Load(spravka.Content)
	if bad := problems.Fatal(); len(bad) > 0 {
		t.Fatal(bad)
	}
	playing := engine.NewContent(content, deaf{})
	current := func() *engine.Content { return playing }
	x := &house{t: t}
	var err error
	if x.store, err = sqlite.Open(filepath.Join(t.TempDir(), "house.db")); err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	settings := host.Config{Store: x.store, Content: current, Services: host.Services{"ticket": host.TicketService{Store: x.store, Content: current}},
		Files: x.store, Now: time.Now, Log: log}
	if settle != nil {
		settle(&settings, x.store)
	}
	x.host = host.New(settings)
	config := Config{Queues: content.Settings.Queues, Argon: cheap, Log: log, StreamsEach: 100}
	for _, f := range change {
		f(&config)
	}
	x.console, err = New(Ports{Conversations: x.host, Tickets: x.store, Content: WordsOf(playing), Accounts: x.store, Files: x.store, Audit: x.store,
		Inbox: x.store, Notes: x.store, Canned: x.store, Presence: x.host.Presence}, config)
	if err != nil {
		t.Fatal(err)
	}
	web, err := webchat.New(x.host, x.store, webchat.Config{Log: log, VisitorRate: 1000, VisitorBurst: 1000, IPRate: 10000, IPBurst: 10000,
		Greeting: func(locale string) engine.Message { return engine.Greeting(playing, locale) }})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle(Root, x.console)
	mux.Handle("/chat", web.Handler())
	mux.Handle("/chat/", web.Handler())
	x.server = httptest.NewServer(mux)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- x.host.Run(ctx) }()
	x.stop = func() {
		web.Close()
		x.console.Close()
		x.server.Close()
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		x.host.Close()
		if err := x.store.Close(); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(func() { x.stop() })
	return x
}

// hire adds somebody to the staff and opens a session for them.
func (x *house) hire(login, name, role string) (id int64, cookie *http.Cookie) {
	x.t.Helper()
	hash, err := Hash(secretOf(login), cheap)
	if err != nil {
		x.t.Fatal(err)
	}
	id, err = x.store.CreateOperator(context.Background(), host.Operator{Login: login, Name: name, Role: role, PasswordHash: hash, Created: time.Now()})
	if err != nil {
		x.t.Fatal(err)
	}
	w := httptest.NewRecorder()
	r := httptest.NewRequest("POST", Root+"login", strings.NewReader("login="+login+"&password="+urlText(secretOf(login))+"&key="+newKey()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	x.console.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if c.Name == sessionCookie {
			return id, c
		}
	}
	x.t.Fatalf("%s can't log in: %d", login, w.Code)
	return 0, nil
}

// citizen says something on the web channel.
func (x *house) citizen(peer, update string, event engine.Event) host.Receipt {
	x.t.Helper()
	receipt, err := x.host.Receive(context.Background(), host.Inbound{Peer: host.Peer{Channel: "web", ID: peer}, Update: update, Locale: "ru", Event: event})
	if err != nil {
		x.t.Fatal(err)
	}
	return receipt
}

// callOperator opens a ticket: the citizen asks for a human.
func (x *house) callOperator(peer string) (conversation int64) {
	x.t.Helper()
	x.citizen(peer, peer+":1", engine.Said{Text: "оператор"})
	r := x.citizen(peer, peer+":2", engine.Said{Text: "оператор"})
	return r.Conversation
}

// deaf understands nothing.
type deaf struct{}

func (deaf) Understand(q understand.Query) understand.Reading {
	return understand.Reading{Decision: understand.AskBack, Normal: q.Text}
}

// TestHouseOpensTickets keeps the tests above honest: a citizen who asks for a human has a ticket.
func TestHouseOpensTickets(t *testing.T) {
	x := openHouse(t)
	conversation := x.callOperator("somebody")
	open, err := x.store.OpenTickets(t.Context())
	if err != nil || len(open) != 1 || open[0].Conversation != conversation {
		t.Fatalf("%v, %v", open, err)
	}
	_, cookie := x.hire("anna", "Анна Петрова", host.RoleOperator)
	r, _ := http.NewRequest("GET", x.server.URL+Root+"tickets", nil)
	r.AddCookie(cookie)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Error(fmt.Sprint("the list answers ", answer.StatusCode))
	}
}
