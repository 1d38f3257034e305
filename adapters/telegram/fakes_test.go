//go:build fakes

package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The scenarios of the independent fakes' SPEC.md, section 5, as far as they are Telegram's. They are no part of the
// ordinary run, since the fakes live elsewhere:
//
//	SPRAVKA_FAKES=/path/to/fakes go test -tags fakes -run Fakes -v ./adapters/telegram

// telegramFake is the independent fake in a process of its own.
type telegramFake struct {
	t    *testing.T
	base string
}

func buildFake(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("SPRAVKA_FAKES")
	source := filepath.Join(dir, "telegram", "main.go")
	if _, err := os.Stat(source); dir == "" || err != nil {
		t.Fatalf("SPRAVKA_FAKES is %q: it must name the folder of the fakes, with telegram/main.go in it", dir)
	}
	binary := filepath.Join(t.TempDir(), "faketg")
	build := exec.Command("go", "build", "-o", binary, "main.go")
	build.Dir = filepath.Dir(source)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the fake: %v\n%s", err, out)
	}
	return binary
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func startFake(t *testing.T, binary string) *telegramFake {
	t.Helper()
	address := freeAddress(t)
	cmd := exec.Command(binary, "-addr", address, "-tokens", token)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { kill(cmd) })
	f := &telegramFake{t, "http://" + address}
	until(t, "starting the fake", 10*time.Second, func() bool {
		c, err := net.Dial("tcp", address)
		if err == nil {
			c.Close()
		}
		return err == nil
	})
	return f
}

// control calls /_control/<path>.
func (f *telegramFake) control(method, path string, in any, out any) {
	f.t.Helper()
	var body io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			f.t.Fatal(err)
		}
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequest(method, f.base+"/_control/"+path, body)
	if err != nil {
		f.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		f.t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != 200 {
		f.t.Fatalf("%s: %d %s %v", path, resp.StatusCode, data, err)
	}
	if out != nil {
		if err := json.Unmarshal(data, out); err != nil {
			f.t.Fatalf("%s: %v: %.300s", path, err, data)
		}
	}
}

func (f *telegramFake) do(path string, in object) object {
	f.t.Helper()
	in["token"] = token
	var out any
	f.control("POST", path, in, &out)
	m, _ := out.(map[string]any)
	return m
}

func (f *telegramFake) say(chat int, text string) int64 {
	f.t.Helper()
	return int64(f.do("say", object{"chat_id": chat, "text": text})["update_id"].(float64))
}

type sentAction struct {
	At     time.Time `json:"at"`
	Method string    `json:"method"`
	Chat   int       `json:"chat_id"`
	Text   string    `json:"text"`
	Params object    `json:"params"`
}

// sent returns the messages that were accepted, of one chat or (0) of all, answers to presses left out.
func (f *telegramFake) sent(chat int) (out []sentAction) {
	f.t.Helper()
	q := url.Values{"token": {token}}
	if chat != 0 {
		q.Set("chat_id", fmt.Sprint(chat))
	}
	var all []sentAction
	f.control("GET", "sent?"+q.Encode(), nil, &all)
	for _, a := range all {
		if strings.HasPrefix(a.Method, "send") {
			out = append(out, a)
		}
	}
	return out
}

type apiCall struct {
	At     time.Time `json:"at"`
	Method string    `json:"method"`
	Out    string    `json:"out"`
	Chat   int       `json:"chat_id"`
}

func (f *telegramFake) calls(method string) (out []apiCall) {
	f.t.Helper()
	f.control("GET", "calls?token="+token+"&method="+method, nil, &out)
	return out
}

// pending counts the updates that are not confirmed.
func (f *telegramFake) pending() int {
	f.t.Helper()
	var all []struct {
		Acked   *time.Time `json:"acked"`
		Skipped bool       `json:"skipped"`
	}
	f.control("GET", "updates?token="+token, nil, &all)
	n := 0
	for _, u := range all {
		if u.Acked == nil && !u.Skipped {
			n++
		}
	}
	return n
}

func (f *telegramFake) fault(in object) { f.t.Helper(); f.do("fault", in) }

func (f *telegramFake) clear() { f.t.Helper(); f.control("DELETE", "fault?token="+token, nil, nil) }

// settled waits until everything is confirmed and nothing more is sent.
func (f *telegramFake) settled() {
	f.t.Helper()
	until(f.t, "confirming every update", 60*time.Second, func() bool { return f.pending() == 0 })
	quiet(func() int { return len(f.sent(0)) })
}

// stage is the program against the fake.
type stage struct {
	*testing.T
	fake *telegramFake
	p    program
	cmd  *exec.Cmd
	want map[string][]string
}

func newStage(t *testing.T, binary string, change func(*program)) *stage {
	t.Helper()
	s := &stage{T: t, fake: startFake(t, binary), want: map[string][]string{}}
	s.p = program{Dir: t.TempDir(), BaseURL: s.fake.base, Free: true}
	if change != nil {
		change(&s.p)
	}
	s.fake.do("update", object{"type": "unknown_kind", "object": object{}}) // makes the bot known to the fake
	s.start()
	t.Cleanup(func() { kill(s.cmd) })
	return s
}

func (s *stage) start() { s.cmd = s.p.start(s.T) }

func (s *stage) say(chat, n int) int64 {
	s.Helper()
	text := fmt.Sprint("вопрос ", n)
	s.want[fmt.Sprint(chat)] = append(s.want[fmt.Sprint(chat)], text)
	return s.fake.say(chat, text)
}

// holds checks that everything was heard once and in order, and that each reply arrived once and in order, apart from
// at most the given numbers of those that are marked unknown and of repeated ones.
func (s *stage) holds() {
	s.Helper()
	s.fake.settled()
	kill(s.cmd)
	got := s.p.read(s.T, keys(s.want))
	for chat, want := range s.want {
		if strings.Join(got.heard[chat], "\n") != strings.Join(want, "\n") {
			s.Errorf("chat %s: heard %q, written were %q", chat, got.heard[chat], want)
		}
	}
	lost := 0
	for chat, said := range got.said {
		var id int
		fmt.Sscan(chat, &id)
		var texts []string
		for _, a := range s.fake.sent(id) {
			texts = append(texts, a.Text)
		}
		n, ok := missing(texts, said)
		if !ok {
			s.Errorf("chat %s: %d messages were to be sent, %d arrived, and not in this order", chat, len(said), len(texts))
		}
		lost += n
	}
	if lost > got.unknown || got.waiting != 0 {
		s.Errorf("%d messages did not arrive, %d are marked unknown, %d still wait", lost, got.unknown, got.waiting)
	}
	s.Logf("heard %d chats, %d messages sent, %d did not arrive, %d marked unknown", len(got.heard), len(s.fake.sent(0)), lost, got.unknown)
	if log := s.logged(); strings.Contains(log, "TEST-secret_part") || strings.Contains(log, "panic") {
		s.Errorf("the log holds the token or a panic:\n%s", log)
	}
}

func (s *stage) logged() string {
	s.Helper()
	log, err := os.ReadFile(s.p.log())
	if err != nil {
		s.Fatal(err)
	}
	return string(log)
}

// answered waits until a chat has at least n messages.
func (s *stage) answered(chat, n int) {
	s.Helper()
	until(s.T, fmt.Sprintf("answering chat %d", chat), 30*time.Second, func() bool { return len(s.fake.sent(chat)) >= n })
}

// inside runs the channel in this process, with hosts and files that a test can look into.
func inside(t *testing.T, f *telegramFake, change func(*Config)) *setting {
	t.Helper()
	return newSetting(t, func(c *Config) {
		c.Transport, c.BaseURL, c.PollTimeout = nil, f.base, 2*time.Second
		if change != nil {
			change(c)
		}
	})
}

// runReady runs the channel once it has said who it is.
func (s *setting) runReady(task func(ctx context.Context)) {
	s.Helper()
	s.run(func(ctx context.Context) {
		until(s.T, "starting", 10*time.Second, func() bool { return s.bot.me.Load() != nil })
		task(ctx)
	})
}
