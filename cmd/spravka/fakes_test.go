//go:build fakes

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
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

// platform is one of the fakes in a process of its own.
type platform struct {
	t    *testing.T
	name string // "telegram" or "vk"
	base string
	cmd  *exec.Cmd
	log  string // file to which each accepted message is appended as a line of JSON
}

// startPlatform builds and starts a fake.
func startPlatform(t *testing.T, name string) *platform {
	t.Helper()
	folder := os.Getenv("SPRAVKA_FAKES")
	source := filepath.Join(folder, name, "main.go")
	if _, err := os.Stat(source); folder == "" || err != nil {
		t.Fatalf("SPRAVKA_FAKES is %q: it must name the folder of the fakes, with %s/main.go in it", folder, name)
	}
	binary := filepath.Join(t.TempDir(), "fake-"+name)
	build := exec.Command("go", "build", "-o", binary, "main.go")
	build.Dir = filepath.Dir(source)
	build.Env = append(os.Environ(), "GOFLAGS=", "GO111MODULE=off")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the fake: %v\n%s", err, out)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	tokens := telegramToken
	if name == "vk" {
		tokens = fmt.Sprintf("%s:%d", vkToken, vkGroup)
	}
	p := &platform{t: t, name: name, base: "http://" + address, log: filepath.Join(t.TempDir(), "sent.jsonl")}
	p.cmd = exec.Command(binary, "-addr", address, "-tokens", tokens, "-log", p.log)
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.cmd.Process.Kill(); p.cmd.Wait() })
	eventually(t, 10*time.Second, "the fake does not answer", func() bool {
		resp, err := http.Get(p.base + "/_control/sent")
		if err == nil {
			resp.Body.Close()
		}
		return err == nil
	})
	if name == "telegram" { // makes the bot known to the fake
		p.control("update", map[string]any{"type": "unknown_kind", "object": map[string]any{}}, nil)
	}
	return p
}

func eventually(t *testing.T, limit time.Duration, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(limit); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("after %v: %s", limit, what)
		}
	}
}

// flags are the program's arguments for this platform.
func (p *platform) flags() []string {
	if p.name == "telegram" {
		return []string{"--telegram-token", telegramToken, "--telegram-url", p.base}
	}
	return []string{"--vk-token", vkToken, "--vk-group", strconv.Itoa(vkGroup), "--vk-url", p.base + "/method/", "--vk-local"}
}

var patient = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}, Timeout: time.Minute}

// control makes a control call; in nil means GET.
func (p *platform) control(path string, in, out any) {
	p.t.Helper()
	method, body := http.MethodGet, []byte(nil)
	if in != nil {
		method = http.MethodPost
		body, _ = json.Marshal(in)
	}
	req, err := http.NewRequest(method, p.base+"/_control/"+path, bytes.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	resp, err := patient.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		p.t.Fatalf("%s: %d %s %v", path, resp.StatusCode, data, err)
	}
	if out != nil {
		if err := json.Unmarshal(data, out); err != nil {
			p.t.Fatalf("%s: %v: %.300s", path, err, data)
		}
	}
}

// polled waits until the program knows from where on it has to fetch: what VK heard before is not its business. Telegram
// keeps everything.
func (p *platform) polled() {
	p.t.Helper()
	if p.name != "vk" {
		return
	}
	eventually(p.t, time.Minute, "VK is not polled", func() bool {
		var calls []struct {
			Method string `json:"method"`
		}
		p.control("calls", nil, &calls)
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
	p.t.Helper()
	if p.name == "telegram" {
		p.control("say", map[string]any{"chat_id": peer, "text": text, "first_name": "Пётр"}, nil)
		return
	}
	p.control("say", map[string]any{"peer_id": peer, "text": text}, nil)
}

// press is a citizen's press of a button, shown before or not.
func (p *platform) press(peer int, payload string) {
	p.t.Helper()
	if p.name == "telegram" {
		person := map[string]any{"id": peer, "is_bot": false, "first_name": "Пётр", "language_code": "ru"}
		p.control("update", map[string]any{"type": "callback_query", "chat_id": peer, "object": map[string]any{"id": "1", "from": person, "chat_instance": "1", "data": payload,
			"message": map[string]any{"message_id": 1, "date": 1, "chat": map[string]any{"id": peer, "type": "private"}}}}, nil)
		return
	}
	p.control("press", map[string]any{"peer_id": peer, "user_id": peer, "payload": map[string]string{"p": payload}}, nil)
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
	p.t.Helper()
	var all []arrival
	p.control("sent", nil, &all)
	out := all[:0]
	for _, a := range all {
		if strings.HasPrefix(a.Method, "send") && !strings.HasPrefix(a.Method, "sendChat") || a.Method == "messages.send" {
			out = append(out, a)
		}
	}
	return out
}
