package webchat_test

import (
	"context"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/coder/websocket"
	"spravka/adapters/webchat"
	"spravka/adapters/webchat/internal/fakehost"
)

const friend, stranger = "https://www.example.ru", "https://evil.example"

func from(origin string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("Origin", origin) }
}

func TestOnlyConfiguredSitesMayEmbed(t *testing.T) {
	w := serve(t, func(c *webchat.Config) { c.Origins = []string{friend} })
	for origin, want := range map[string]int{
		friend: 200, w.url: 200, stranger: 403, "null": 403, "http://www.example.ru": 403, friend + ":8443": 403,
		"https://www.example.ru.evil.example": 403, "https://WWW.example.ru": 403, friend + "/": 403,
	} {
		res := w.do("POST", api+"session", "", nil, from(origin))
		res.Body.Close()
		allowed := res.Header.Get("Access-Control-Allow-Origin")
		if res.StatusCode != want || (allowed == friend) != (origin == friend) || origin != friend && allowed != "" {
			t.Errorf("%s: %d, allowed %q", origin, res.StatusCode, allowed)
		}
		if res.Header.Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("%s: credentials are allowed", origin)
		}
		_, dialed, err := websocket.Dial(context.Background(), w.url+api+"socket", &websocket.DialOptions{HTTPHeader: http.Header{"Origin": {origin}}})
		if (err == nil) != (want == 200) || want == 403 && dialed.StatusCode != 403 {
			t.Errorf("a socket of %s: %v", origin, err)
		}
	}
}

func TestPreflights(t *testing.T) {
	w := serve(t, func(c *webchat.Config) { c.Origins = []string{friend} })
	ask := func(origin string) *http.Response {
		res := w.do("OPTIONS", api+"messages", "", nil, from(origin), func(r *http.Request) {
			r.Header.Set("Access-Control-Request-Method", "POST")
			r.Header.Set("Access-Control-Request-Headers", "authorization,content-type")
		})
		res.Body.Close()
		return res
	}
	res := ask(friend)
	if res.StatusCode != 204 || res.Header.Get("Access-Control-Allow-Origin") != friend || res.Header.Get("Vary") != "Origin" ||
		!strings.Contains(res.Header.Get("Access-Control-Allow-Headers"), "Authorization") || !strings.Contains(res.Header.Get("Access-Control-Allow-Methods"), "DELETE") {
		t.Errorf("a friend: %d %v", res.StatusCode, res.Header)
	}
	if res = ask(stranger); res.StatusCode != 403 || res.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("a stranger: %d %v", res.StatusCode, res.Header)
	}
}

func TestTheCookieCountsOnTheChatsOwnPagesOnly(t *testing.T) {
	w := serve(t, func(c *webchat.Config) { c.Origins = []string{friend} })
	res := w.do("POST", api+"session", "", nil)
	res.Body.Close()
	cookies := res.Cookies()
	if len(cookies) != 1 || !cookies[0].HttpOnly || cookies[0].SameSite != http.SameSiteLaxMode || cookies[0].Path != "/chat" || cookies[0].Secure {
		t.Fatalf("got %v", cookies)
	}
	token := cookies[0].Value
	w.say(token, "тайна")
	with := func(site, origin string) func(*http.Request) {
		return func(r *http.Request) {
			r.AddCookie(cookies[0])
			if site != "" {
				r.Header.Set("Sec-Fetch-Site", site)
			}
			if origin != "" {
				r.Header.Set("Origin", origin)
			}
		}
	}
	for _, test := range []struct {
		site, origin string
		counts       bool
	}{
		{"same-origin", "", true}, {"none", "", true}, {"", "", true}, {"", w.url, true},
		{"cross-site", "", false}, {"same-site", "", false}, {"cross-site", friend, false}, {"", friend, false},
	} {
		_, body := w.call("GET", api+"session", "", nil, with(test.site, test.origin))
		if got := strings.Contains(string(body), token); got != test.counts {
			t.Errorf("%+v: session says %s", test, body)
		}
		status, _ := w.call("GET", api+"messages", "", nil, with(test.site, test.origin))
		if (status == 200) != test.counts {
			t.Errorf("%+v: messages says %d", test, status)
		}
		status, _ = w.call("POST", api+"messages", "", message("x"), with(test.site, test.origin))
		if status != 401 {
			t.Errorf("%+v: a cookie has posted a message: %d", test, status)
		}
	}
	_, body := w.call("POST", api+"session", "", nil, with("cross-site", friend))
	if strings.Contains(string(body), token) {
		t.Error("a foreign page is given the cookie's token")
	}
	res = w.do("POST", api+"session", "", nil, from(friend))
	res.Body.Close()
	if len(res.Cookies()) != 0 {
		t.Errorf("a foreign page is given a cookie: %v", res.Cookies())
	}
	res = w.do("DELETE", api+"session", "", nil, with("same-origin", ""))
	res.Body.Close()
	if c := res.Cookies(); res.StatusCode != 204 || len(c) != 1 || c[0].Value != "" || c[0].MaxAge >= 0 {
		t.Errorf("forgetting: %d %v", res.StatusCode, c)
	}
}

func TestTheCookieIsSecureBehindHTTPS(t *testing.T) {
	loopback := netip.MustParsePrefix("127.0.0.0/8")
	for _, test := range []struct {
		change func(*webchat.Config)
		proto  string
		want   bool
	}{
		{func(*webchat.Config) {}, "https", false}, // anybody can say so
		{func(c *webchat.Config) { c.Proxies = []netip.Prefix{loopback} }, "https", true},
		{func(c *webchat.Config) { c.Proxies = []netip.Prefix{loopback} }, "http", false},
		{func(c *webchat.Config) { c.Secure = true }, "", true},
	} {
		w := serve(t, test.change)
		res := w.do("POST", api+"session", "", nil, func(r *http.Request) { r.Header.Set("X-Forwarded-Proto", test.proto) })
		res.Body.Close()
		if c := res.Cookies(); len(c) != 1 || c[0].Secure != test.want {
			t.Errorf("X-Forwarded-Proto %q: %v", test.proto, c)
		}
	}
}

func TestAddressesBehindProxies(t *testing.T) {
	w := serve(t, func(c *webchat.Config) {
		c.IPRate, c.IPBurst = 0.001, 1
		c.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8")}
	})
	ask := func(forwarded string) int {
		status, _ := w.call("GET", api+"hello", "", nil, func(r *http.Request) { r.Header.Set("X-Forwarded-For", forwarded) })
		return status
	}
	for _, test := range []struct {
		forwarded string
		want      int
	}{
		{"198.51.100.1", 200}, {"198.51.100.1", 429}, {"198.51.100.2", 200},
		{"6.6.6.6, 198.51.100.1", 429},                                    // what the client itself claims is not believed
		{"198.51.100.3, 10.1.1.1", 200},                                   // two proxies
		{"198.51.100.3", 429}, {"2001:db8::1", 200}, {"2001:db8::2", 429}, // one IPv6 network
		{"nonsense", 200}, {"", 429}, // the proxy itself
	} {
		if got := ask(test.forwarded); got != test.want {
			t.Errorf("%q: %d, want %d", test.forwarded, got, test.want)
		}
	}
}

func TestSettingsThatMakeNoSense(t *testing.T) {
	h := fakehost.New()
	for want, c := range map[string]webchat.Config{
		"patterns are not supported":    {Origins: []string{"https://*.example.ru"}},
		"write scheme and host exactly": {Origins: []string{"www.example.ru"}},
		"leave out everything after":    {Origins: []string{"https://www.example.ru/"}},
		"lower case":                    {Origins: []string{"https://WWW.example.ru"}},
		"unknown locale":                {Locale: "de"},
		"sockets is -1":                 {Sockets: -1},
	} {
		if _, err := webchat.New(h, h, c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: got %v, want %q", c, err, want)
		}
	}
}

func TestTheScriptIsForEverybody(t *testing.T) {
	w := serve(t)
	get := func(path, coding string, header ...string) *http.Response {
		res := w.do("GET", path, "", nil, func(r *http.Request) {
			r.Header.Set("Accept-Encoding", coding)
			for i := 0; i+1 < len(header); i += 2 {
				r.Header.Set(header[i], header[i+1])
			}
		})
		res.Body.Close()
		return res
	}
	res := get("/chat/spravka.js", "br, gzip")
	h := res.Header
	if h.Get("Content-Encoding") != "gzip" || h.Get("Access-Control-Allow-Origin") != "*" || h.Get("Cross-Origin-Resource-Policy") != "cross-origin" ||
		h.Get("Content-Type") != "text/javascript; charset=utf-8" || h.Get("Cache-Control") != "public, max-age=300" {
		t.Errorf("got %v", h)
	}
	if again := get("/chat/spravka.js", "gzip", "If-None-Match", h.Get("ETag")); again.StatusCode != 304 {
		t.Errorf("the same once more: %d", again.StatusCode)
	}
	for _, coding := range []string{"", "br", "gzip;q=0", "gzipped"} {
		if res := get("/chat/spravka.js", coding); res.Header.Get("Content-Encoding") != "" {
			t.Errorf("Accept-Encoding %q is answered with %s", coding, res.Header.Get("Content-Encoding"))
		}
	}
	tag := strings.Trim(get("/chat/spravka.js", "").Header.Get("ETag"), `"`)
	if res := get("/chat/spravka.js?v="+tag, "gzip"); !strings.Contains(res.Header.Get("Cache-Control"), "immutable") {
		t.Errorf("with its hash: %v", res.Header)
	}
	if res := get("/chat/spravka.js?v=old", "gzip"); strings.Contains(res.Header.Get("Cache-Control"), "immutable") {
		t.Errorf("with an old hash: %v", res.Header)
	}
}
