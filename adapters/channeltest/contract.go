package channeltest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"spravka/engine"
	"spravka/engine/channel"
	"spravka/engine/host"
)

// Contract checks what every channel promises and no dialogue shows. The channel's [Line] must be a [Tester]. What differs too
// much between platforms to be said once is tested beside each adapter: the answers to forged, broken and too large
// requests, limits, errors of sending, what a token that is revoked leads to.
func Contract(t *testing.T, c Channel, able channel.Abilities) {
	for name, check := range map[string]func(*contract){
		"an update that comes twice is received once":                (*contract).twice,
		"an update is confirmed when it is stored and no sooner":     (*contract).storeDown,
		"messages are received in the order in which they were sent": (*contract).order,
		"what can't be understood is passed by and logged":           (*contract).garbage,
		"a file goes both ways":                                      (*contract).files,
		"an operator's long reply arrives whole, its markup shown":   (*contract).longReply,
		"the keyboard is under the last part":                        (*contract).keyboard,
		"of twelve options none is lost":                             (*contract).options,
		"a secret goes, or its writer is asked to delete it":         (*contract).secret,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log Log
			w, ch, err := c.open(Content(t), time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC), slog.New(slog.NewTextHandler(&log, nil)))
			if err != nil {
				t.Fatal(err)
			}
			defer w.close()
			line, err := c.Begin(w, ch, "ru")
			if err != nil {
				t.Fatal(err)
			}
			defer line.Close()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			check(&contract{T: t, World: w, ctx: ctx, line: line.(Tester), channel: ch, able: able, log: &log})
		})
	}
}

type contract struct {
	*testing.T
	*World
	ctx     context.Context
	line    Tester
	channel host.Channel
	able    channel.Abilities
	log     *Log
}

func (c *contract) must(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

// entries is the history.
func (c *contract) entries() []host.Entry {
	c.Helper()
	r, err := c.Store.Find(c.ctx, c.line.Peer())
	if errors.Is(err, host.ErrNotFound) {
		return nil
	}
	c.must(err)
	list, err := c.Store.History(c.ctx, r.ID, 0, 1000)
	c.must(err)
	return list
}

// heard are the citizen's words in the history.
func (c *contract) heard() []string {
	c.Helper()
	var out []string
	for _, e := range c.entries() {
		var m engine.Message
		c.must(json.Unmarshal(e.Body, &m))
		if e.Author == engine.Citizen {
			out = append(out, m.Text)
		}
	}
	return out
}

func (c *contract) seen() []Shown {
	c.Helper()
	c.must(c.Host.Drain(c.ctx))
	c.must(c.Host.Flush(c.ctx))
	list, err := c.line.Seen(c.ctx)
	c.must(err)
	return list
}

func (c *contract) twice() {
	c.must(c.line.Write(c.ctx, "сколько стоит звонок"))
	first := len(c.entries())
	c.seen()
	c.must(c.line.Again(c.ctx))
	c.must(c.line.Again(c.ctx))
	if got := c.heard(); len(got) != 1 || len(c.entries()) != first || len(c.seen()) != 0 {
		c.Errorf("received %q, %d entries after %d", got, len(c.entries()), first)
	}
}

func (c *contract) storeDown() {
	c.down.Store(true)
	short, cancel := context.WithTimeout(c.ctx, 400*time.Millisecond)
	defer cancel()
	if err := c.line.Write(short, "первое"); err == nil {
		c.Fatal("it was confirmed although it could not be stored")
	}
	if got := c.heard(); len(got) != 0 {
		c.Fatalf("stored: %q", got)
	}
	c.down.Store(false)
	c.must(c.line.Again(c.ctx))
	c.must(c.line.Write(c.ctx, "второе"))
	if got := c.heard(); !slices.Equal(got, []string{"первое", "второе"}) {
		c.Errorf("received %q", got)
	}
}

func (c *contract) order() {
	var texts []string
	for i := range 15 {
		texts = append(texts, fmt.Sprint("вопрос номер ", i+1))
	}
	c.must(c.line.Burst(c.ctx, texts))
	if got := c.heard(); !slices.Equal(got, texts) {
		c.Errorf("received %q", got)
	}
}

func (c *contract) garbage() {
	err := c.line.Garbage(c.ctx, "секретные слова")
	refused, isRefused := errors.AsType[Refusal](err)
	switch {
	case isRefused && !strings.HasPrefix(string(refused), "400"):
		c.Errorf("refused with %s", refused)
	case !isRefused:
		c.must(err)
		if c.log.String() == "" {
			c.Error("nothing is logged")
		}
	}
	if strings.Contains(c.log.String(), "секретные") {
		c.Errorf("the log repeats what a citizen wrote: %s", c.log.String())
	}
	c.must(c.line.Write(c.ctx, "сколько стоит звонок"))
	if got := c.heard(); len(got) != 1 || len(c.seen()) == 0 {
		c.Errorf("received %q, or no answer to it", got)
	}
}

// png is the smallest picture.
var png = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa35\x81\x84\x00\x00\x00\x00IEND\xaeB`\x82")

// reply lets an operator take the conversation and say something.
func (c *contract) reply(text string, files ...engine.File) {
	c.Helper()
	c.must(c.line.Press(c.ctx, "~human"))
	c.seen()
	r, err := c.Store.Find(c.ctx, c.line.Peer())
	c.must(err)
	if len(r.State.Tickets) == 0 {
		c.Fatal("there is no ticket")
	}
	for i, a := range []engine.Acted{{Action: engine.Take}, {Action: engine.Reply, Text: text, Files: files}} {
		a.Operator, a.Name, a.Ticket = 1, "Анна", r.State.Tickets[0].Number
		_, err := c.Host.Act(c.ctx, r.ID, fmt.Sprint("act", i), a)
		c.must(err)
		if i == 0 {
			c.seen()
		}
	}
}

func (c *contract) files() {
	c.must(c.line.Write(c.ctx, "нужен специалист, пришлю снимок"))
	c.must(c.line.Send(c.ctx, File{Name: "снимок.png", MIME: "application/x-msdownload", Content: png}))
	var got []engine.File
	for _, e := range c.entries() {
		var m engine.Message
		c.must(json.Unmarshal(e.Body, &m))
		if e.Author == engine.Citizen {
			got = append(got, m.Files...)
		}
	}
	if len(got) != 1 || got[0].MIME != "image/png" || got[0].Size != int64(len(png)) {
		c.Fatalf("received %+v", got)
	}
	f, body, err := c.Store.OpenFile(c.ctx, got[0].ID)
	c.must(err)
	defer body.Close()
	var content bytes.Buffer
	_, err = content.ReadFrom(body)
	c.must(err)
	if !bytes.Equal(content.Bytes(), png) || f.Peer != c.line.Peer() {
		c.Errorf("stored for %v with %d bytes", f.Peer, content.Len())
	}
	c.seen()
	c.reply("Вот ваш снимок", got[0])
	files, text := 0, ""
	for _, m := range c.seen() {
		files, text = files+len(m.Files), text+m.Text
	}
	if files != 1 || !strings.Contains(text, "Вот ваш снимок") {
		c.Errorf("%d files came back with %q", files, text)
	}
}

// long is a text of many paragraphs with all markup that there is.
func long() string {
	var b strings.Builder
	for i := range 40 {
		fmt.Fprintf(&b, "Абзац %d: **важное** <слово> & [ссылка](https://example.ru/%d), %s\n\n- первое 🙂\n- второе\n\n", i, i, strings.Repeat("и ещё несколько слов ", 8))
	}
	return strings.TrimSpace(b.String())
}

// whole checks that a long text has come in parts within the limit, cut between paragraphs, with nothing lost.
func (c *contract) whole(parts []Shown, text string) {
	c.Helper()
	var all strings.Builder
	for i, m := range parts {
		if n := c.able.Unit.Len(m.Text); c.able.MaxText > 0 && n > c.able.MaxText {
			c.Errorf("part %d has %d characters of at most %d", i, n, c.able.MaxText)
		}
		if i > 0 && !strings.HasPrefix(m.Text, "Абзац") && !strings.HasPrefix(m.Text, "•") {
			c.Errorf("part %d begins in the midst of a paragraph: %.40q", i, m.Text)
		}
		all.WriteString(words(m.Text) + " ")
	}
	got := all.String()
	parsed := channel.Parse(text)
	if !strings.Contains(got, words(parsed.Visible())) && !strings.Contains(got, words(parsed.Plain())) {
		c.Errorf("what came is not what was sent: %.300q", got)
	}
	if strings.Contains(got, "**") || strings.Contains(got, "&lt;") || strings.Contains(got, "](") {
		c.Errorf("the markup is not rendered: %.300q", got)
	}
	if c.able.MaxText > 0 && len(parts) < 2 {
		c.Errorf("%d parts", len(parts))
	}
}

func (c *contract) longReply() {
	c.reply(long())
	c.whole(slices.DeleteFunc(c.seen(), func(m Shown) bool { return !strings.Contains(m.Text, "Абзац") }), long())
}

// sent gives the channel a message and returns what came of it. It is not ok for a channel that is given none: what shows
// the history shows a message as it is.
func (c *contract) sent(m engine.Message) (parts []Shown, ok bool) {
	c.Helper()
	if c.channel == nil {
		return nil, false
	}
	c.must(c.line.Write(c.ctx, "здравствуйте"))
	c.seen()
	r, err := c.Store.Find(c.ctx, c.line.Peer())
	c.must(err)
	body, err := json.Marshal(m)
	c.must(err)
	c.must(c.channel.Send(c.ctx, host.Outgoing{Conversation: r.ID, Peer: r.Peer, Seq: 1000, Body: body}))
	parts, err = c.line.Seen(c.ctx)
	c.must(err)
	return parts, true
}

func (c *contract) keyboard() {
	m := engine.Message{Text: long(), Buttons: []engine.Button{{Label: "Да", Payload: "y"}, {Label: strings.Repeat("Очень длинная кнопка ", 5), Payload: "n"}}}
	parts, ok := c.sent(m)
	if !ok {
		return
	}
	c.whole(parts, m.Text)
	for i, p := range parts {
		if last := i == len(parts)-1; (len(p.Buttons) > 0) != last {
			c.Errorf("part %d of %d has the buttons %v", i+1, len(parts), p.Buttons)
		}
	}
	end := offered(parts[len(parts)-1])
	if len(end) != 2 || end[0].Label != "Да" || end[1].Label != words(m.Buttons[1].Label) {
		c.Errorf("offered: %+v", end)
	}
}

// secret checks that whoever has written a secret is asked to delete it where the channel can't, and nowhere else.
func (c *contract) secret() {
	const password = "Qwerty123"
	c.must(c.line.Write(c.ctx, "мой пароль "+password))
	_, deletes := c.channel.(host.Deleting)
	asks := false
	for _, m := range c.seen() {
		asks = asks || strings.Contains(m.Text, "удалите его сами")
		if strings.Contains(m.Text, password) {
			c.Errorf("the secret is repeated: %q", m.Text)
		}
	}
	if stays := c.channel != nil && !deletes; asks != stays {
		c.Errorf("asked to delete the message: %v, though it stays: %v", asks, stays)
	}
	if got := c.heard(); len(got) != 1 || strings.Contains(got[0], password) {
		c.Errorf("received %q", got)
	}
}

// options checks that more options than most keyboards take all reach the citizen: as buttons, or under numbers that count
// as the engine does. Labels that are cut begin with the number that the list has the whole of.
func (c *contract) options() {
	m := engine.Message{Text: "Какая справка нужна?"}
	for i := range 12 {
		label := fmt.Sprint("Вид ", i+1)
		if i%3 == 2 {
			label = fmt.Sprint("Справка о составе семьи и зарегистрированных по адресу гражданах, вид ", i+1)
		}
		m.Buttons = append(m.Buttons, engine.Button{Label: label, Payload: fmt.Sprint("o:document.order:kind:k", i+1)})
	}
	parts, ok := c.sent(m)
	if !ok {
		return
	}
	if len(parts) != 1 {
		c.Fatalf("it came as %+v", parts)
	}
	whole := map[string]string{}
	for _, b := range parts[0].Buttons {
		whole[b.Payload] = b.Label
	}
	for i, b := range m.Buttons {
		shown, pressable := whole[b.Payload]
		line := fmt.Sprintf("%d. %s", i+1, b.Label)
		inList := strings.Contains(parts[0].Text+"\n", line+"\n")
		if shown != b.Label && !inList {
			c.Errorf("%q is neither on the keyboard (%q) nor in the list: %q", b.Label, shown, parts[0].Text)
		}
		if pressable && shown != b.Label && !strings.HasPrefix(shown, fmt.Sprintf("%d. Справка о", i+1)) {
			c.Errorf("%q is cut to %q", b.Label, shown)
		}
	}
	if n := len(parts[0].Buttons); n < min(len(m.Buttons), c.able.MaxButtons) {
		c.Errorf("only %d buttons of %d can be pressed, though %d could", n, len(m.Buttons), c.able.MaxButtons)
	}
}
