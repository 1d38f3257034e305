package console

import (
	"encoding/json"
	"html"
	"math/rand/v2"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"spravka/engine"
	"spravka/engine/desk"
	"spravka/engine/host"
)

const wicked = `"'><script>hacked=1</script><img src=x onerror=hacked=1><a href="javascript:hacked=1">[x](javascript:hacked=1) ![x](http://evil.example/x) &lt;b&gt; {{.}} ${hacked=1}` + "`"

// wickedWorld has the payload in every field that somebody else may fill.
func wickedWorld(b *bench) desk.Ticket {
	terms["ru"]["wicked"] = wicked
	one := b.world.open(desk.Ticket{
		Number: "О-26-00001", Subject: wicked, Queue: wicked, Channel: wicked, Kind: wicked, Reason: "flow:" + wicked, Topic: wicked,
		Operator: anna, OperatorName: wicked, Status: desk.InWork,
	})
	b.world.open(desk.Ticket{Number: "О-26-00002", Subject: wicked, Queue: "wicked", Operator: boris, OperatorName: wicked, Status: desk.Status(wicked)})
	b.world.open(desk.Ticket{Number: "О-26-00003", Topic: "wicked", Queue: "technical", Operator: boris, OperatorName: wicked, Status: desk.InWork})
	for _, by := range []engine.Author{engine.Citizen, engine.Bot, engine.Operator, engine.System, wicked} {
		b.world.put(one.Conversation, host.Entry{Author: by, Name: wicked, Trace: traced(engine.Decided{Decision: wicked, Topics: []string{wicked, "wicked"}})},
			engine.Message{
				Text: wicked + "\n\n- " + wicked, Buttons: []engine.Button{{Label: wicked, Payload: wicked}},
				Files: []engine.File{{ID: wicked, Name: wicked, MIME: wicked}},
			})
		b.world.say(3, by, wicked)
	}
	record := b.world.records[one.Conversation]
	record.State.Frames = []engine.Frame{{Flow: wicked, Step: wicked}}
	record.State.Slots = []engine.Slot{{Name: wicked, Value: wicked, By: wicked}}
	b.world.records[one.Conversation] = record
	b.world.changes[one.Number] = append(b.world.changes[one.Number], desk.Change{Status: wicked, By: wicked, Note: wicked})
	for _, id := range []int64{boris, vera} {
		o := b.people.find(id)
		o.Name, o.Queues, o.Email = wicked, []string{wicked[:100]}, wicked
		if id == vera {
			o.Queues = nil
		}
		if err := b.people.UpdateOperator(b.t.Context(), o); err != nil {
			b.t.Fatal(err)
		}
	}
	if _, err := b.people.CreateOperator(b.t.Context(), host.Operator{Login: wicked[:min(64, len(wicked))], Name: wicked, Role: host.RoleOperator, PasswordHash: "-", Created: b.clock.now()}); err != nil {
		b.t.Fatal(err)
	}
	return one
}

var dangerous = regexp.MustCompile(`(?i).{0,40}(<script>|<img|href="?javascript|<b>|"'>|=\s*[^\s"'>]*hacked=1>)`)

// harmless fails if HTML holds anything that the payload wanted to become.
func harmless(t *testing.T, where, page string) {
	t.Helper()
	if found := dangerous.FindString(strings.ReplaceAll(page, "\n", " ")); found != "" {
		t.Errorf("%s holds %q", where, found)
	}
}

func TestHTMLInEveryFieldIsInert(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Queues = append(c.Queues, wicked, "wicked") })
	one := wickedWorld(b)
	br, admin := b.as(anna), b.as(vera)
	path := ticketURL(one.Number)
	shown := func(where string, a *answer, least int) {
		t.Helper()
		harmless(t, where, a.text)
		if n := strings.Count(a.text, "script&gt;hacked=1"); n < least {
			t.Errorf("%s shows the payload %d times only, want %d", where, n, least)
		}
	}
	shown("list", br.get("tickets"), 10)
	shown("list by a wicked queue", br.get("tickets?queue="+url.QueryEscape(wicked)+"&show="+url.QueryEscape(wicked)), 5)
	shown("ticket", br.get(path), 25)
	shown("operators", admin.get("operators"), 5)
	shown("take over", br.get(ticketURL("О-26-00003")+"/take"), 1)
	shown("reply", br.do("О-26-00003", "reply", wicked).status(t, 409), 3)
	shown("a long reply", br.do(one.Number, "reply", strings.Repeat(wicked, 40)).status(t, 422), 40)
	shown("a file", br.multipart(path, url.Values{"action": {"reply"}}, upload{wicked, []byte("text")}).status(t, 422), 1)
	shown("log-in", b.browser().login(wicked, wicked).status(t, 403), 0)
	shown("log-in, back", b.browser().get("login?back="+url.QueryEscape(wicked)), 0)
	shown("a new operator", admin.post("operators", url.Values{"login": {wicked}, "name": {wicked}, "role": {wicked}}).status(t, 422), 2)
	shown("a nowhere", br.get("x/"+url.PathEscape(wicked)), 0)

	list := events(t, b, br, "tickets/live", "", 1)
	ticket := events(t, b, br, path+"/live?after=0.0", "", 1)
	for where, event := range map[string]sse{"stream of the list": list[0], "stream of the ticket": ticket[0]} {
		var data map[string]any
		if err := json.Unmarshal([]byte(event.data), &data); err != nil {
			t.Fatal(err)
		}
		each(data, func(text string) { harmless(t, where, text) })
	}
}

func each(value any, do func(string)) {
	switch v := value.(type) {
	case string:
		do(v)
	case map[string]any:
		for _, inner := range v {
			each(inner, do)
		}
	}
}

func TestMarkdown(t *testing.T) {
	for text, want := range map[string]string{
		"два\nслова":          "<p>два<br>\nслова</p>\n",
		"раз\n\nдва":          "<p>раз</p>\n<p>два</p>\n",
		"**важно** и _то_":    "<p><strong>важно</strong> и <em>то</em></p>\n",
		"- а\n- б":            "<ul>\n<li>а</li>\n<li>б</li>\n</ul>\n",
		"<b>x</b> & <!-- -->": "<p>&lt;b&gt;x&lt;/b&gt; &amp; &lt;!-- --&gt;</p>\n",
		"[x](https://a.ru)":   "<p>[x](https://a.ru)</p>\n",
		"# нет\n> нет":        "<p># нет<br>\n&gt; нет</p>\n",
		"    код":             "<p>код</p>\n",
		"`код` https://a.ru":  "<p>`код` https://a.ru</p>\n",
		"":                    "",
	} {
		if got := string(renderMarkdown(text)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// Whatever a message is made of, every letter of it must be shown, in order.
func TestMarkdownLosesNoLetter(t *testing.T) {
	const pieces = " \t\n\n-*_+#>`[]()<>&!:|=~\\1.абвab"
	tag := regexp.MustCompile(`<[^>]*>`)
	onlyLetters := func(text string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) {
				return r
			}
			return -1
		}, text)
	}
	chance := rand.New(rand.NewPCG(1, 2))
	runes := []rune(pieces)
	for range 60000 {
		var text strings.Builder
		for range chance.IntN(40) {
			text.WriteRune(runes[chance.IntN(len(runes))])
		}
		message := text.String()
		shown := string(renderMarkdown(message))
		if got, want := onlyLetters(html.UnescapeString(tag.ReplaceAllString(shown, ""))), onlyLetters(message); got != want {
			t.Fatalf("%q becomes %q", message, shown)
		}
	}
}
