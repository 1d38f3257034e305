//go:build fakes

package telegram

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"spravka/adapters/channeltest"
)

// The scenarios of the independent fakes' SPEC.md, section 5, as far as they are Telegram's. They are no part of the
// ordinary run, since the fakes live elsewhere:
//
//	SPRAVKA_FAKES=/path/to/fakes go test -tags fakes -run Fakes -v ./adapters/telegram

// telegramFake is the independent fake in a process of its own.
type telegramFake struct{ *channeltest.Fake }

func startFake(t *testing.T, program string) *telegramFake {
	t.Helper()
	return &telegramFake{channeltest.StartFake(t, program, token)}
}

func (f *telegramFake) do(path string, in object) object {
	f.T.Helper()
	in["token"] = token
	var out any
	f.Tell(path, in, &out)
	m, _ := out.(map[string]any)
	return m
}

func (f *telegramFake) say(chat int, text string) int64 {
	f.T.Helper()
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
	f.T.Helper()
	q := url.Values{"token": {token}}
	if chat != 0 {
		q.Set("chat_id", fmt.Sprint(chat))
	}
	var all []sentAction
	f.Ask("sent?"+q.Encode(), &all)
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
	f.T.Helper()
	f.Ask("calls?token="+token+"&method="+method, &out)
	return out
}

// pending counts the updates that are not confirmed.
func (f *telegramFake) pending() int {
	f.T.Helper()
	var all []struct {
		Acked   *time.Time `json:"acked"`
		Skipped bool       `json:"skipped"`
	}
	f.Ask("updates?token="+token, &all)
	n := 0
	for _, u := range all {
		if u.Acked == nil && !u.Skipped {
			n++
		}
	}
	return n
}

func (f *telegramFake) fault(in object) { f.T.Helper(); f.do("fault", in) }

func (f *telegramFake) clear() { f.T.Helper(); f.Mend("?token=" + token) }

// settled waits until everything is confirmed and nothing more is sent.
func (f *telegramFake) settled() {
	f.T.Helper()
	channeltest.Until(f.T, 60*time.Second, "confirming every update", func() bool { return f.pending() == 0 })
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
	s.p = program{Dir: t.TempDir(), BaseURL: s.fake.Base, Free: true}
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
	channeltest.Until(s.T, 30*time.Second, fmt.Sprintf("answering chat %d", chat), func() bool { return len(s.fake.sent(chat)) >= n })
}

// inside runs the channel in this process, with hosts and files that a test can look into.
func inside(t *testing.T, f *telegramFake, change func(*Config)) *setting {
	t.Helper()
	return newSetting(t, func(c *Config) {
		c.Transport, c.BaseURL, c.PollTimeout = nil, f.Base, 2*time.Second
		if change != nil {
			change(c)
		}
	})
}

// runReady runs the channel once it has said who it is.
func (s *setting) runReady(task func(ctx context.Context)) {
	s.Helper()
	s.run(func(ctx context.Context) {
		channeltest.Until(s.T, 10*time.Second, "starting", func() bool { return s.bot.me.Load() != nil })
		task(ctx)
	})
}
