//go:build fakes

package main

import (
	"encoding/json"
	"fmt"
	"html"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"spravka/adapters/channeltest"
)

// What the whole program does with the independent fakes of the platforms, which this project does not contain. Each test
// measures something and prints it:
//
//	SPRAVKA_FAKES=/path/to/fakes go test -tags fakes -run TestFakes -v ./cmd/spravka
//
// TestFakesKill is kill -9 under load on every channel at once, TestFakesTranscript one enquiry as citizens see it, side by side,
// TestFakesThroughput live dialogues beside a bare echo bot. The scenarios of the fakes' SPEC.md stand in the adapters.

const (
	telegramToken = "123456:TEST-secret_part"
	vkToken       = "vktoken"
	vkGroup       = 1001
)

// platform is one of the fakes.
type platform struct {
	*channeltest.Fake
	name string // "telegram" or "vk"
	log  string // file to which each accepted message is appended as a line of JSON
}

// startPlatform builds and starts a fake.
func startPlatform(t *testing.T, name string) *platform {
	t.Helper()
	tokens := telegramToken
	if name == "vk" {
		tokens = fmt.Sprintf("%s:%d", vkToken, vkGroup)
	}
	p := &platform{name: name, log: filepath.Join(t.TempDir(), "sent.jsonl")}
	p.Fake = channeltest.StartFake(t, channeltest.BuildFake(t, name), tokens, "-log", p.log)
	if name == "telegram" { // makes the bot known to the fake
		p.Tell("update", map[string]any{"type": "unknown_kind", "object": map[string]any{}}, nil)
	}
	return p
}

// flags are the program's arguments for this platform.
func (p *platform) flags() []string {
	if p.name == "telegram" {
		return []string{"--telegram-token", telegramToken, "--telegram-url", p.Base}
	}
	return []string{"--vk-token", vkToken, "--vk-group", strconv.Itoa(vkGroup), "--vk-url", p.Base + "/method/", "--vk-local"}
}

// polled waits until the program knows from where on it has to fetch: what VK heard before is not its business. Telegram
// keeps everything.
func (p *platform) polled() {
	p.T.Helper()
	if p.name != "vk" {
		return
	}
	channeltest.Until(p.T, time.Minute, "VK is not polled", func() bool {
		var calls []struct {
			Method string `json:"method"`
		}
		p.Ask("calls", &calls)
		for _, c := range calls {
			if c.Method == "groups.getLongPollServer" {
				return true
			}
		}
		return false
	})
	time.Sleep(time.Second) // and has stored it
}

// say is a citizen's message in their private chat.
func (p *platform) say(peer int, text string) {
	p.T.Helper()
	if p.name == "telegram" {
		p.Tell("say", map[string]any{"chat_id": peer, "text": text, "first_name": "Пётр"}, nil)
		return
	}
	p.Tell("say", map[string]any{"peer_id": peer, "text": text}, nil)
}

// press is a citizen's press of a button, shown before or not.
func (p *platform) press(peer int, payload string) {
	p.T.Helper()
	if p.name == "telegram" {
		person := map[string]any{"id": peer, "is_bot": false, "first_name": "Пётр", "language_code": "ru"}
		p.Tell("update", map[string]any{"type": "callback_query", "chat_id": peer, "object": map[string]any{"id": "1", "from": person, "chat_instance": "1", "data": payload,
			"message": map[string]any{"message_id": 1, "date": 1, "chat": map[string]any{"id": peer, "type": "private"}}}}, nil)
		return
	}
	p.Tell("press", map[string]any{"peer_id": peer, "user_id": peer, "payload": map[string]string{"p": payload}}, nil)
}

// arrival is a message as the platform has taken it.
type arrival struct {
	Chat   int            `json:"chat_id"`
	Peer   int            `json:"peer_id"`
	Method string         `json:"method"`
	Text   string         `json:"text"`
	At     time.Time      `json:"at"`
	Params map[string]any `json:"params"`
}

func (a arrival) peer() int { return a.Chat + a.Peer }

var fakeTags = regexp.MustCompile(`<[^>]*>`)

// shown is the text as a citizen sees it.
func (a arrival) shown() string {
	if a.Params["parse_mode"] == "HTML" {
		return html.UnescapeString(fakeTags.ReplaceAllString(a.Text, ""))
	}
	return a.Text
}

// rows are the labels on the keyboard.
func (a arrival) rows() [][]string {
	text, _ := a.Params["keyboard"].(string)
	if m, ok := a.Params["reply_markup"]; ok {
		if text, ok = m.(string); !ok {
			data, _ := json.Marshal(m)
			text = string(data)
		}
	}
	var k struct {
		Inline  [][]struct{ Text string }                   `json:"inline_keyboard"`
		Buttons [][]struct{ Action struct{ Label string } } `json:"buttons"`
	}
	if text == "" || json.Unmarshal([]byte(text), &k) != nil {
		return nil
	}
	var out [][]string
	for _, row := range k.Inline {
		var labels []string
		for _, b := range row {
			labels = append(labels, b.Text)
		}
		out = append(out, labels)
	}
	for _, row := range k.Buttons {
		var labels []string
		for _, b := range row {
			labels = append(labels, b.Action.Label)
		}
		out = append(out, labels)
	}
	return out
}

// arrived lists the messages that the platform has taken, in order.
func (p *platform) arrived() []arrival {
	p.T.Helper()
	var all []arrival
	p.Ask("sent", &all)
	out := all[:0]
	for _, a := range all {
		if strings.HasPrefix(a.Method, "send") && !strings.HasPrefix(a.Method, "sendChat") || a.Method == "messages.send" {
			out = append(out, a)
		}
	}
	return out
}
