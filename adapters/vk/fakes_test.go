//go:build fakes

package vk

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"testing"
	"time"

	"spravka/adapters/channeltest"
)

// The scenarios of SPEC.md, §5, against an independent VK that this project does not contain:
//
//	SPRAVKA_FAKES=/path/to/fakes go test -tags fakes -run Fakes -v ./adapters/vk

// outside is the independent fake in a process of its own.
type outside struct{ *channeltest.Fake }

func startFake(t *testing.T, program string, flags ...string) *outside {
	t.Helper()
	return &outside{channeltest.StartFake(t, program, fmt.Sprintf("%s:%d", token, group), flags...)}
}

func (f *outside) api() string { return f.Base + "/method/" }

type m = map[string]any

// emitted does something as a citizen and returns the identity under which the store knows the update.
func (f *outside) emitted(path string, body m) string {
	var out struct {
		Event string `json:"event_id"`
	}
	f.Tell(path, body, &out)
	return itoa(group) + ":" + out.Event
}

func (f *outside) say(peer int64, text string) string {
	return f.emitted("say", m{"peer_id": peer, "text": text})
}

func (f *outside) fault(fault m) { f.Tell("fault", fault, nil) }

type accepted struct {
	At     time.Time `json:"at"`
	Method string    `json:"method"`
	Peer   int64     `json:"peer_id"`
	Random int64     `json:"random_id"`
	Text   string    `json:"text"`
	Dups   int       `json:"dups"`
	Params m         `json:"params"`
}

func (f *outside) sent(method string) []accepted {
	f.T.Helper()
	var out []accepted
	f.Ask("sent?method="+url.QueryEscape(method), &out)
	return out
}

func (f *outside) replies() []reply {
	var out []reply
	for _, a := range f.sent("messages.send") {
		out = append(out, reply{a.Peer, a.Random, a.Text})
	}
	return out
}

type apiCall struct {
	At     time.Time       `json:"at"`
	Method string          `json:"method"`
	Fault  string          `json:"fault"`
	Out    json.RawMessage `json:"out"`
}

func (f *outside) calls(method string) []apiCall {
	f.T.Helper()
	var out []apiCall
	f.Ask("calls", &out)
	if method == "" {
		return out
	}
	return slices.DeleteFunc(out, func(c apiCall) bool { return c.Method != method })
}

// try is an app on a fake of its own.
type try struct {
	*outside
	*app
	folder string
	change func(c *Config)
	said   map[int64][]string
}

func newTry(t *testing.T, program string, change func(c *Config), flags ...string) *try {
	t.Helper()
	y := &try{outside: startFake(t, program, flags...), folder: t.TempDir(), change: change, said: map[int64][]string{}}
	y.begin()
	t.Cleanup(func() { y.end() })
	return y
}

func (y *try) begin() {
	y.T.Helper()
	a, err := open(y.folder, y.api(), quiet(), y.change)
	if err != nil {
		y.T.Fatal(err)
	}
	y.app = a
	a.run()
	if a.config.Mode == Polling {
		channeltest.Until(y.T, 20*time.Second, "polling has not begun", func() bool {
			ts, _ := a.config.Cursor.Load(y.T.Context())
			return ts != ""
		})
	}
}

func (y *try) end() {
	if y.app != nil {
		y.app.stop()
		y.app = nil
	}
}

// ask is a message that gets exactly one reply.
func (y *try) ask(peer int64) {
	y.said[peer] = append(y.said[peer], y.say(peer, "/help"))
}

func (y *try) asked() (n int) {
	for _, list := range y.said {
		n += len(list)
	}
	return n
}

// settle waits until every message is answered, and then a little for what should not come.
func (y *try) settled(limit time.Duration) {
	y.T.Helper()
	channeltest.Until(y.T, limit, "replies are missing", func() bool { return len(y.outside.replies()) >= y.asked() })
	time.Sleep(time.Second)
	checkStored(y.T, y.app, y.said, y.outside.replies())
}
