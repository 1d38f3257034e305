package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"spravka/engine/desk"

	"spravka/engine/host"
)

func ticketOf(number string) desk.Ticket {
	return desk.Ticket{Number: number, Subject: "Не открывается заявление", Reason: "asked", Topic: "tech.problem", Kind: desk.HandOff}
}

func TestMethods(t *testing.T) {
	b := newBench(t)
	b.world.open(ticketOf("О-26-00001"))
	br := b.as(vera)
	for path, allow := range map[string]string{
		"": "GET, HEAD", "login": "GET, HEAD, POST", "logout": "POST", "language": "POST", "password": "GET, HEAD, POST",
		"tickets": "GET, HEAD", "tickets/live": "GET, HEAD", ticketURL("О-26-00001"): "GET, HEAD, POST",
		ticketURL("О-26-00001") + "/take": "GET, HEAD", ticketURL("О-26-00001") + "/live": "GET, HEAD",
		"files/x": "GET, HEAD", "operators": "GET, HEAD, POST", "operators/1": "GET, HEAD, POST", "operators/invitations/1": "POST", "account": "GET, HEAD, POST",
		"account/factor": "GET, HEAD, POST", "account/sessions": "POST", "account/presence": "POST", "log": "GET, HEAD", "login/code": "GET, HEAD, POST",
		"login/provider": "POST", "login/return": "GET, HEAD", "invitation/x": "GET, HEAD, POST", "assets/x/y": "GET, HEAD",
	} {
		for _, method := range []string{"PUT", "DELETE", "PATCH", "OPTIONS", "BREW"} {
			a := br.send(method, path, "", nil).status(t, 405).has(t, "Так не получится")
			if got := a.Result().Header.Get("Allow"); got != allow {
				t.Errorf("%s: Allow %q, want %q", path, got, allow)
			}
		}
	}
	br.send("GET", "logout", "", nil).status(t, 405)
	br.send("POST", "tickets", "", nil).status(t, 405)
	for _, path := range []string{"tickets", "tickets/live", ticketURL("О-26-00001") + "/live", assetURL("console.js")} {
		br.send("HEAD", path, "", nil).status(t, 200)
	}
	br.get("nothing/here").status(t, 404).has(t, "Страница не найдена")
}

func TestStrangersSeeNothing(t *testing.T) {
	b := newBench(t)
	b.world.open(ticketOf("О-26-00001"))
	br := b.browser()
	for _, path := range []string{"tickets", ticketURL("О-26-00001"), ticketURL("О-26-00001") + "/take", "files/x", "operators", "operators/1", "password", "account", "account/factor", "log"} {
		br.get(path).status(t, 303).lacks(t, "заявление")
	}
	br.do("О-26-00001", "take", "").status(t, 303)
	br.header.Set("Accept", "text/event-stream")
	br.get("tickets/live").status(t, 401)
	br.get(ticketURL("О-26-00001")+"/live").status(t, 401)
	br.cookies[sessionCookie] = "forged"
	br.get("alive").status(t, 401)
	br.cookies[sessionCookie] = tokens.EncodeToString(make([]byte, 32))
	br.get("alive").status(t, 401)
	if len(b.world.acted) != 0 {
		t.Error("a stranger has acted")
	}
}

func TestOtherSitesAreRefused(t *testing.T) {
	b := newBench(t)
	b.world.open(ticketOf("О-26-00001"))
	br := b.as(anna)
	for _, header := range []http.Header{
		{"Sec-Fetch-Site": {"cross-site"}}, {"Sec-Fetch-Site": {"same-site"}},
		{"Sec-Fetch-Site": {""}, "Origin": {"https://evil.example"}}, {"Sec-Fetch-Site": {""}, "Origin": {"null"}},
	} {
		br.header = header
		br.do("О-26-00001", "take", "").status(t, 403).has(t, "чужого сайта")
		br.post("logout", url.Values{}).status(t, 403)
	}
	if len(b.world.acted) != 0 {
		t.Error("another site has acted")
	}
	br.header = http.Header{}
	br.get("tickets").status(t, 200)
}

func TestHeaders(t *testing.T) {
	b := newBench(t)
	br := b.as(anna)
	const want = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	for _, path := range []string{"login", "tickets", "nothing", assetURL("console.css")} {
		h := br.get(path).Result().Header
		if h.Get("Content-Security-Policy") != want || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("X-Frame-Options") != "DENY" {
			t.Errorf("%s: %v", path, h)
		}
	}
	if got := br.get("tickets").Result().Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("pages: Cache-Control %q", got)
	}
	for _, name := range []string{"console.css", "console.js", "icon.svg"} {
		a := br.get(assetURL(name)).status(t, 200)
		if !strings.Contains(a.Result().Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s is not kept: %v", name, a.Result().Header)
		}
	}
	br.get(Root+"assets/0000/console.css").status(t, 404)
	br.get(Root+"assets/"+assetVersion+"/..%2Fconsole.go").status(t, 404)
}

func TestPagesNeedNothingInline(t *testing.T) {
	b := newBench(t)
	b.world.open(ticketOf("О-26-00001"))
	br := b.as(vera)
	for _, path := range []string{"login", "tickets", ticketURL("О-26-00001"), "operators", "operators/1", "password", "account", "account/factor", "log", "nothing"} {
		br.get(path).lacks(t, " style=", "<style", " onclick", " onsubmit", "javascript:", "http://", "https://")
	}
}

func TestOversizedForms(t *testing.T) {
	b := newBench(t)
	b.world.open(ticketOf("О-26-00001"))
	br := b.as(vera)
	huge := url.Values{"login": {strings.Repeat("x", wordyBytes)}}
	for _, path := range []string{"login", "password", "language", "operators", "operators/1", "operators/invitations/1", "account", "account/presence", "account/sessions", "account/factor", ticketURL("О-26-00001")} {
		br.post(path, huge).status(t, 413).has(t, "Слишком много данных")
	}
	for _, body := range []string{"%zz", "a=%"} {
		br.send("POST", "login", "application/x-www-form-urlencoded", strings.NewReader(body)).status(t, 400)
	}
}

func TestBadSettings(t *testing.T) {
	w, p := newWorld(newClock().now), newPeople(t)
	ports := Ports{Conversations: w, Tickets: w, Content: w, Accounts: p, Files: w, Audit: p, Inbox: w, Notes: w, Canned: w, Presence: newBench(t).console.Presence, Notices: &host.NoticeBoard{Store: p, Now: newClock().now}}
	if _, err := New(ports, Config{Locale: "de"}); err == nil || !strings.Contains(err.Error(), "de") {
		t.Errorf("unknown locale: %v", err)
	}
	if _, err := New(ports, Config{Streams: -1}); err == nil {
		t.Error("a negative number of streams was taken")
	}
	if _, err := New(Ports{Tickets: w}, Config{}); err == nil {
		t.Error("missing ports were taken")
	}
}

func TestForgottenTries(t *testing.T) {
	c := newClock()
	p := newPatience(loginPatience, c.now)
	for range loginPatience.free {
		p.attempt("anna")
	}
	for i := range patienceKeys * 2 { // a flood of other keys does not wash away one that is still in use
		if i%1000 == 0 {
			if ok, _ := p.attempt("anna"); ok {
				t.Fatal("the record of a login was lost in a flood")
			}
		}
		p.attempt(string(rune(0x4e00 + i)))
	}
	if n := len(p.young) + len(p.former); n > patienceKeys+1 {
		t.Errorf("%d keys are kept", n)
	}
}
