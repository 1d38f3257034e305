package console

import (
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestLogInAndOut(t *testing.T) {
	b := newBench(t)
	br := b.browser()
	if got := br.get("tickets?show=mine").status(t, 303).location(); got != "/console/login?back=%2Fconsole%2Ftickets%3Fshow%3Dmine" {
		t.Errorf("a stranger is sent to %q", got)
	}
	form := br.get("login?back=%2Fconsole%2Ftickets%3Fshow%3Dmine").status(t, 200)
	back := strings.ReplaceAll(form.field("back"), "&amp;", "&")
	in := br.post("login", url.Values{"login": {" Anna "}, "password": {secretOf("anna")}, "back": {back}}).status(t, 303)
	if in.location() != "/console/tickets?show=mine" {
		t.Errorf("after the log-in: %q", in.location())
	}
	cookie := in.Result().Cookies()[0]
	if !cookie.HttpOnly || cookie.SameSite != http.SameSiteStrictMode || cookie.Secure || cookie.Path != "/console/" || len(cookie.Value) != 43 {
		t.Errorf("cookie: %+v", cookie)
	}
	sessions, err := b.people.Sessions(t.Context(), anna, b.clock.now())
	if err != nil || len(sessions) != 1 {
		t.Fatalf("sessions %v, %v", sessions, err)
	}
	if raw, _ := tokens.DecodeString(cookie.Value); strings.HasPrefix(hex.EncodeToString(raw), sessions[0].ID) {
		t.Error("the store holds the token and not its hash")
	}
	br.get("tickets").status(t, 200).has(t, "Анна Петрова")
	if got := br.get("login").status(t, 303).location(); got != "/console/" {
		t.Errorf("who has logged in is sent from the log-in page to %q", got)
	}

	stolen := b.browser()
	stolen.cookies[sessionCookie] = br.cookies[sessionCookie]
	out := br.post("logout", url.Values{}).status(t, 303)
	br.get(out.location()).status(t, 200).has(t, "Вы вышли")
	stolen.get("tickets").status(t, 303)
}

func TestSessionEndsByItself(t *testing.T) {
	b := newBench(t)
	br := b.as(anna)
	b.clock.pass(12*time.Hour - time.Second)
	br.get("tickets").status(t, 200)
	b.clock.pass(time.Second)
	br.get("tickets").status(t, 303)
	br.get("alive").status(t, 401)
}

func TestFailedLogInTellsNothing(t *testing.T) {
	b := newBench(t)
	if err := b.people.SetDisabled(t.Context(), boris, true); err != nil {
		t.Fatal(err)
	}
	var first string
	for _, c := range []struct{ login, password string }{
		{"anna", "wrong"}, {"nobody", "wrong"}, {"boris", secretOf("boris")}, {"anna", ""}, {"anna", strings.Repeat("я", 5000)},
		{strings.Repeat("x", 3000), "wrong"}, {"an\xffna", "wrong"}, {"' OR 1=1 --", "wrong"},
	} {
		br := b.browser()
		a := br.login(c.login, c.password).status(t, 403).has(t, "Логин или пароль не подошли")
		shown := typed.ReplaceAllString(a.main(), "")
		if first == "" {
			first = shown
		}
		if shown != first {
			t.Errorf("the page for %q differs:\n%s\n%s", c.login, shown, first)
		}
		if len(br.cookies) != 0 {
			t.Error("a failed log-in gave a cookie")
		}
	}
	if strings.Contains(b.log.String(), "wrong") || strings.Contains(b.log.String(), "nobody") {
		t.Error("the log has what was typed:", b.log)
	}
}

// typed is what differs between two pages in any case.
var typed = regexp.MustCompile(`name="(key|login)" value="[^"]*"`)

func TestLockOutGrows(t *testing.T) {
	b := newBench(t)
	from := 0
	try := func(login, password string) *answer {
		from++ // each time from another address, so that only the login counts
		br := b.browser()
		br.remote = fmt.Sprintf("198.51.100.%d:1", from)
		return br.login(login, password)
	}
	for _, login := range []string{"anna", "nobody"} {
		for range loginPatience.free {
			try(login, "wrong").status(t, 403)
		}
		for wait := 2 * time.Second; wait <= 4*time.Minute; wait *= 2 {
			refused := try(login, secretOf("anna")).status(t, 429).has(t, "Слишком много попыток")
			if got := refused.Result().Header.Get("Retry-After"); got != fmt.Sprint(int(wait.Seconds())) {
				t.Fatalf("%s: Retry-After %s, want %v", login, got, wait)
			}
			b.clock.pass(wait - time.Millisecond)
			try(login, "wrong").status(t, 429)
			b.clock.pass(time.Millisecond)
			try(login, "wrong").status(t, 403)
		}
	}
	b.clock.pass(loginPatience.most)
	try("anna", secretOf("anna")).status(t, 303)
	for range loginPatience.free { // the right password has cleared the record
		try("anna", "wrong").status(t, 403)
	}
	b.clock.pass(time.Hour + time.Second)
	for range loginPatience.free {
		try("anna", "wrong").status(t, 403)
	}
}

func TestLockOutOfAnAddress(t *testing.T) {
	b := newBench(t)
	br := b.browser()
	br.remote = "[2001:db8:1:2::1]:5"
	for i := range placePatience.free {
		br.login(fmt.Sprintf("guess%d", i), "wrong").status(t, 403)
	}
	br.remote = "[2001:db8:1:2:ffff::9]:5" // the same network
	br.login("anna", secretOf("anna")).status(t, 429)
	elsewhere := b.browser()
	elsewhere.remote = "[2001:db8:1:3::1]:5"
	elsewhere.login("anna", secretOf("anna")).status(t, 303)
}

func TestAddressBehindAProxy(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Proxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")} })
	for _, c := range []struct{ remote, forwarded, want string }{
		{"192.0.2.7:1", "203.0.113.9", "192.0.2.7"}, // no proxy: its word does not count
		{"10.0.0.1:1", "203.0.113.9", "203.0.113.9"},
		{"10.0.0.1:1", "203.0.113.1, 203.0.113.9, 10.3.3.3", "203.0.113.9"},
		{"10.0.0.1:1", "nonsense", "10.0.0.1"},
		{"10.0.0.1:1", "", "10.0.0.1"},
		{"[::ffff:10.0.0.1]:1", "2001:db8::1", "2001:db8::/64"},
	} {
		r := httptest.NewRequest("GET", Root, nil)
		r.RemoteAddr = c.remote
		r.Header.Set("X-Forwarded-For", c.forwarded)
		if got := b.console.addressOf(r); got != c.want {
			t.Errorf("%s forwarded for %q: %s, want %s", c.remote, c.forwarded, got, c.want)
		}
	}
}

func TestCookieIsSecureBehindTLS(t *testing.T) {
	for name, c := range map[string]struct {
		config  func(*Config)
		request func(*http.Request)
		want    bool
	}{
		"plain":   {func(*Config) {}, func(*http.Request) {}, false},
		"TLS":     {func(*Config) {}, func(r *http.Request) { r.TLS = &tls.ConnectionState{} }, true},
		"setting": {func(c *Config) { c.Secure = true }, func(*http.Request) {}, true},
		"proxy": {func(c *Config) { c.Proxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")} },
			func(r *http.Request) { r.Header.Set("X-Forwarded-Proto", "https") }, true},
		"liar": {func(*Config) {}, func(r *http.Request) { r.Header.Set("X-Forwarded-Proto", "https") }, false},
	} {
		b := newBench(t, c.config)
		form := url.Values{"login": {"anna"}, "password": {secretOf("anna")}, "key": {newKey()}}
		r := httptest.NewRequest("POST", Root+"login", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		c.request(r)
		w := httptest.NewRecorder()
		b.console.ServeHTTP(w, r)
		if cookies := w.Result().Cookies(); len(cookies) != 1 || cookies[0].Secure != c.want {
			t.Errorf("%s: %v", name, cookies)
		}
	}
}

func TestNobodyIsSentToAnotherSite(t *testing.T) {
	b := newBench(t)
	for _, back := range []string{
		"https://evil.example/console/", "//evil.example/console/", `/\evil.example`, "/console/../admin", "javascript:alert(1)",
		"/other", "/console/tickets\r\nX: 1", "\\/console/", "/console/" + strings.Repeat("x", 600), "http:/console/", "",
	} {
		br := b.browser()
		got := br.post("login", url.Values{"login": {"anna"}, "password": {secretOf("anna")}, "back": {back}}).status(t, 303).location()
		if got != Root {
			t.Errorf("back %q leads to %q", back, got)
		}
	}
}
