package oidc

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
	zitadel "github.com/zitadel/oidc/v3/pkg/oidc"

	"spravka/adapters/console"
	"spravka/adapters/sqlite"
	"spravka/engine/host"
)

// users are the people whom the provider knows, by their subject.
type users map[string]*storage.User

func (u users) GetUserByID(id string) *storage.User { return u[id] }
func (u users) ExampleClientID() string             { return "service" }
func (u users) GetUserByUsername(name string) *storage.User {
	for _, user := range u {
		if user.Username == name {
			return user
		}
	}
	return nil
}

// groups makes the provider of zitadel's example say in which groups somebody is.
type groups struct {
	*storage.Storage
	of map[string][]string
}

func (g groups) SetUserinfoFromToken(ctx context.Context, info *zitadel.UserInfo, token, subject, origin string) error {
	if err := g.Storage.SetUserinfoFromToken(ctx, info, token, subject, origin); err != nil {
		return err
	}
	info.AppendClaims("realm", map[string]any{"groups": g.of[info.Subject]})
	return nil
}

// quiet stands where the console needs conversations and their words.
type quiet struct {
	console.Conversations
	console.Content
}

func (quiet) WatchTickets() (changed <-chan struct{}, stop func()) { return nil, func() {} }

// ports gives the console a store; pages of tickets are not looked at here.
func ports(s *sqlite.Store) console.Ports {
	var unused quiet
	return console.Ports{Conversations: unused, Tickets: s, Content: unused, Accounts: s, Files: s, Audit: s, Inbox: s, Notes: s, Canned: s,
		Presence: host.NewPresence(time.Now, time.Minute), Notices: &host.NoticeBoard{Store: s, Now: time.Now}}
}

// house is a provider and a console that trusts it.
type house struct {
	t        *testing.T
	store    *sqlite.Store
	console  *httptest.Server
	provider *httptest.Server
	users    users
	groups   map[string][]string
}

const secret = "a secret of the client"

func build(t *testing.T, change func(*Config)) *house {
	t.Helper()
	h := &house{t: t, groups: map[string][]string{}, users: users{}}
	var provider, site http.Handler
	h.provider = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { provider.ServeHTTP(w, r) }))
	t.Cleanup(h.provider.Close)
	h.provider.URL = strings.Replace(h.provider.URL, "127.0.0.1", "localhost", 1) // another site than the console's
	h.console = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { site.ServeHTTP(w, r) }))
	t.Cleanup(h.console.Close)
	h.know("anna", "anna@example.ru", true, "operators")

	client := storage.WebClient(t.Name(), secret, h.console.URL+console.Root+"login/return")
	storage.RegisterClients(client)
	provider = exampleop.SetupServer(h.provider.URL, groups{storage.NewStorage(h.users), h.groups}, nil, false)

	config := Config{Issuer: h.provider.URL, ClientID: t.Name(), ClientSecret: secret, Name: "Вход ведомства"}
	if change != nil {
		change(&config)
	}
	trusted, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	if h.store, err = sqlite.Open(":memory:"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.store.Close() })
	staff, err := console.New(ports(h.store), console.Config{Provider: trusted, Argon: &argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 16}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(staff.Close)
	site = staff
	return h
}

// know makes somebody known to the provider. Their password is "verysecure".
func (h *house) know(name, email string, verified bool, groups ...string) {
	h.users["id-"+name] = &storage.User{ID: "id-" + name, Username: name, Password: "verysecure", FirstName: "Имя", LastName: name, Email: email, EmailVerified: verified}
	h.groups["id-"+name] = groups
}

// hire makes an account.
func (h *house) hire(o host.Operator) host.Operator {
	h.t.Helper()
	o.PasswordHash, o.Name = "-", "Сотрудник"
	if o.Role == "" {
		o.Role = host.RoleOperator
	}
	id, err := h.store.CreateOperator(h.t.Context(), o)
	if err != nil {
		h.t.Fatal(err)
	}
	o.ID = id
	return o
}

func (h *house) person(login string) host.Operator {
	h.t.Helper()
	o, err := h.store.OperatorByLogin(h.t.Context(), login)
	if err != nil {
		h.t.Fatalf("%s: %v", login, err)
	}
	return o
}

// visitor is a browser.
type visitor struct {
	*house
	*http.Client
}

func (h *house) visitor() *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return &visitor{h, &http.Client{Jar: jar}}
}

func (v *visitor) do(method, address string, form url.Values) (page string, answer *http.Response) {
	v.t.Helper()
	if form != nil {
		form.Set("key", "0123456789abcdef0123")
	}
	r, err := http.NewRequestWithContext(v.t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err = v.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return string(text), answer
}

// onward is where a page goes on to by itself.
func (v *visitor) onward(answer *http.Response, page string) string {
	v.t.Helper()
	_, address, ok := strings.Cut(answer.Header.Get("Refresh"), "url=")
	if !ok {
		v.t.Fatalf("%s: the page leads nowhere:\n%s", answer.Request.URL, page)
	}
	target, err := answer.Request.URL.Parse(address)
	if err != nil {
		v.t.Fatal(err)
	}
	return target.String()
}

// leave goes to the provider; back is the page that was wanted.
func (v *visitor) leave() (address string) {
	v.t.Helper()
	page, answer := v.do("POST", v.console.URL+console.Root+"login/provider", url.Values{"back": {console.Root + "account"}})
	return v.onward(answer, page)
}

var requestID = regexp.MustCompile(`name="id" value="([^"]+)"`)

// prove logs in at the provider and returns the address to which it sends the browser back.
func (v *visitor) prove(address, name string) (back string) {
	v.t.Helper()
	page, answer := v.do("GET", address, nil)
	m := requestID.FindStringSubmatch(page)
	if m == nil {
		v.t.Fatalf("the provider shows no form: %s\n%s", answer.Request.URL, page)
	}
	v.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), v.console.URL) {
			back = r.URL.String()
			return http.ErrUseLastResponse
		}
		return nil
	}
	defer func() { v.CheckRedirect = nil }()
	v.do("POST", v.provider.URL+"/login/username", url.Values{"username": {name}, "password": {"verysecure"}, "id": {m[1]}})
	if back == "" {
		v.t.Fatal("the provider does not send the browser back")
	}
	return back
}

// logIn goes the whole way and returns the page at which it ends.
func (v *visitor) logIn(name string) string {
	v.t.Helper()
	page, answer := v.do("GET", v.prove(v.leave(), name), nil)
	if answer.StatusCode != http.StatusOK {
		return page
	}
	page, _ = v.do("GET", v.onward(answer, page), nil)
	return page
}

func (h *house) has(page string, texts ...string) {
	h.t.Helper()
	for _, text := range texts {
		if !strings.Contains(page, text) {
			h.t.Errorf("the page has no %q:\n%s", text, page)
		}
	}
}

func TestLogInLinksAnAccount(t *testing.T) {
	h := build(t, nil)
	page, _ := h.visitor().do("GET", h.console.URL+console.Root+"login", nil)
	h.has(page, "Войти через Вход ведомства")
	h.has(h.visitor().logIn("anna"), "ещё нет учётной записи") // nobody here has her address
	anna := h.hire(host.Operator{Login: "a.petrova", Email: "anna@example.ru", Role: host.RoleSupervisor})
	h.has(h.visitor().logIn("anna"), "Мой профиль", "a.petrova", "старший смены")
	anna.Email = "" // from now on the identity counts, not the address
	if err := h.store.UpdateOperator(t.Context(), anna); err != nil {
		t.Fatal(err)
	}
	h.has(h.visitor().logIn("anna"), "a.petrova")
	var did []string
	lines, err := h.store.AuditLog(t.Context(), host.AuditFilter{})
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines {
		did = append(did, line.Action+" "+line.Subject)
	}
	if got := strings.Join(did, ", "); got != "login a.petrova, login a.petrova, people.link a.petrova, login.failed " {
		t.Errorf("audit log: %s", got)
	}

	if err := h.store.SetDisabled(t.Context(), anna.ID, true); err != nil {
		t.Fatal(err)
	}
	h.has(h.visitor().logIn("anna"), "Ваш доступ закрыт")
}

func TestAnUnprovedAddressLinksNothing(t *testing.T) {
	h := build(t, nil)
	h.know("mallory", "vera@example.ru", false)
	h.know("nobody", "", true)
	h.hire(host.Operator{Login: "vera", Email: "vera@example.ru", Role: host.RoleAdministrator})
	h.hire(host.Operator{Login: "first", Email: "two@example.ru"})
	h.hire(host.Operator{Login: "second", Email: "two@example.ru"})
	h.know("twice", "two@example.ru", true)
	h.has(h.visitor().logIn("mallory"), "ещё нет учётной записи")
	h.has(h.visitor().logIn("nobody"), "ещё нет учётной записи")
	h.has(h.visitor().logIn("twice"), "несколько учётных записей")
}

func TestLogInCreatesAnAccountWithItsRole(t *testing.T) {
	h := build(t, func(c *Config) {
		c.Create, c.RoleClaim = true, "realm.groups"
		c.Roles = map[string]string{"operators": host.RoleOperator, "chiefs": host.RoleSupervisor}
	})
	h.know("boss", "boss@example.ru", true, "operators", "chiefs", "administrator")
	h.know("stranger", "s@example.ru", true, "accountants", "administrator")
	h.has(h.visitor().logIn("boss"), "старший смены")
	if o := h.person("boss"); o.Role != host.RoleSupervisor || o.Email != "boss@example.ru" {
		t.Errorf("created: %+v", o)
	}
	h.has(h.visitor().logIn("stranger"), "не дала вам роли")
	h.groups["id-boss"] = []string{"operators"} // the provider decides at each log-in
	h.has(h.visitor().logIn("boss"), "оператор")
	if o := h.person("boss"); o.Role != host.RoleOperator {
		t.Errorf("the role is still %s", o.Role)
	}
	h.groups["id-boss"] = nil
	h.has(h.visitor().logIn("boss"), "не дала вам роли")

	h.hire(host.Operator{Login: "anna"}) // another Anna was here first
	h.has(h.visitor().logIn("anna"), "anna-")
	lines, err := h.store.AuditLog(t.Context(), host.AuditFilter{Action: "people.change"})
	if err != nil || len(lines) != 1 || lines[0].Details[0] != (host.AuditChange{Field: "role", Before: "supervisor", After: "operator"}) {
		t.Errorf("audit log: %+v, %v", lines, err)
	}
}

func TestTheSecondFactorIsAskedAsWell(t *testing.T) {
	h := build(t, nil)
	anna := h.hire(host.Operator{Login: "anna", Email: "anna@example.ru"})
	if err := h.store.SetTOTP(t.Context(), anna.ID, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", 0, nil); err != nil {
		t.Fatal(err)
	}
	v := h.visitor()
	h.has(v.logIn("anna"), "Код подтверждения")
	page, _ := v.do("GET", h.console.URL+console.Root+"account", nil)
	h.has(page, "Вход для сотрудников")
}

func TestForgedReturns(t *testing.T) {
	h := build(t, nil)
	h.hire(host.Operator{Login: "anna", Email: "anna@example.ru"})
	refused := func(v *visitor, address string) {
		t.Helper()
		page, answer := v.do("GET", address, nil)
		if answer.StatusCode != http.StatusForbidden {
			t.Errorf("%.120s: %s", address, answer.Status)
		}
		h.has(page, "Начните ещё раз")
		if page, _ = v.do("GET", h.console.URL+console.Root+"account", nil); !strings.Contains(page, "Вход для сотрудников") {
			t.Error("somebody was let in")
		}
	}
	victim, attacker := h.visitor(), h.visitor()
	stolen := attacker.prove(attacker.leave(), "anna")
	refused(victim, stolen) // a link that logs the victim in as somebody else
	victim.leave()
	refused(victim, stolen)

	v := h.visitor()
	back := v.prove(v.leave(), "anna")
	tampered, err := url.Parse(back)
	if err != nil {
		t.Fatal(err)
	}
	q := tampered.Query()
	q.Set("code", "forged")
	tampered.RawQuery = q.Encode()
	refused(v, tampered.String())
	v.leave()
	refused(v, h.console.URL+console.Root+"login/return?error=access_denied&state="+q.Get("state"))
	v.leave()
	refused(v, h.console.URL+console.Root+"login/return")
	refused(v, h.console.URL+console.Root+"login/return?code="+strings.Repeat("x", 5000)+"&state=x")

	used := h.visitor()
	back = used.prove(used.leave(), "anna")
	if _, answer := used.do("GET", back, nil); answer.StatusCode != http.StatusOK {
		t.Fatalf("an honest return: %s", answer.Status)
	}
	again := h.visitor()
	refused(again, back)
}

// TestAnotherCodeIsRefused hands the console a code that was made for another browser's log-in: PKCE and nonce refuse it.
func TestAnotherCodeIsRefused(t *testing.T) {
	h := build(t, nil)
	h.hire(host.Operator{Login: "anna", Email: "anna@example.ru"})
	attacker, victim := h.visitor(), h.visitor()
	stolen, err := url.Parse(attacker.prove(attacker.leave(), "anna"))
	if err != nil {
		t.Fatal(err)
	}
	own, err := url.Parse(victim.leave())
	if err != nil {
		t.Fatal(err)
	}
	q := url.Values{"code": {stolen.Query().Get("code")}, "state": {own.Query().Get("state")}}
	page, answer := victim.do("GET", h.console.URL+console.Root+"login/return?"+q.Encode(), nil)
	if answer.StatusCode != http.StatusForbidden {
		t.Errorf("%s", answer.Status)
	}
	h.has(page, "ответила ошибкой")
	if own.Query().Get("code_challenge_method") != "S256" || own.Query().Get("nonce") == "" {
		t.Errorf("the request lacks PKCE or nonce: %s", own)
	}
}

func TestProviderThatIsDown(t *testing.T) {
	h := build(t, nil)
	h.provider.Close()
	page, answer := h.visitor().do("POST", h.console.URL+console.Root+"login/provider", url.Values{})
	if answer.StatusCode != http.StatusForbidden {
		t.Errorf("%s", answer.Status)
	}
	h.has(page, "ответила ошибкой", `name="password"`)
}

func TestBadSettings(t *testing.T) {
	good := Config{Issuer: "https://id.example.ru", ClientID: "x"}
	for name, change := range map[string]func(*Config){
		"no issuer": func(c *Config) { c.Issuer = "" }, "plain HTTP": func(c *Config) { c.Issuer = "http://id.example.ru" },
		"a query": func(c *Config) { c.Issuer += "?x=1" }, "no client": func(c *Config) { c.ClientID = "" },
		"a foreign role": func(c *Config) { c.RoleClaim, c.Roles = "groups", map[string]string{"x": "root"} },
		"no claim":       func(c *Config) { c.Roles = map[string]string{"x": host.RoleEditor} },
	} {
		c := good
		change(&c)
		if _, err := New(c); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	p, err := New(good)
	if err != nil || p.Name() != "id.example.ru" {
		t.Errorf("%v, %v", p, err)
	}
}
