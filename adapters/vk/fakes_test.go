//go:build fakes

package vk

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// The scenarios of SPEC.md, §5, against an independent VK that this project does not contain:
//
//	SPRAVKA_FAKES=/path/to/fakes go test -tags fakes -run Fakes -v ./adapters/vk

// outside is the independent fake in a process of its own.
type outside struct {
	t    *testing.T
	base string
}

// buildFake builds the fake once per test run.
func buildFake(t *testing.T) string {
	t.Helper()
	folder := os.Getenv("SPRAVKA_FAKES")
	if folder == "" {
		t.Fatal("SPRAVKA_FAKES is not set: give the folder that holds vk/main.go and SPEC.md")
	}
	source := filepath.Join(folder, "vk", "main.go")
	if _, err := os.Stat(source); err != nil {
		t.Fatalf("SPRAVKA_FAKES=%s is not the folder of the fakes: %v", folder, err)
	}
	program := filepath.Join(t.TempDir(), "fakevk")
	build := exec.Command("go", "build", "-o", program, "main.go")
	build.Dir = filepath.Dir(source)
	build.Env = append(os.Environ(), "GOFLAGS=", "GO111MODULE=off")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building %s: %v\n%s", source, err, out)
	}
	return program
}

func startFake(t *testing.T, program string, flags ...string) *outside {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	cmd := exec.Command(program, append([]string{"-addr", address, "-tokens", fmt.Sprintf("%s:%d", token, group)}, flags...)...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	f := &outside{t: t, base: "http://" + address}
	until(t, 10*time.Second, "the fake does not answer", func() bool {
		resp, err := http.Get(f.base + "/_control/sent")
		if err == nil {
			resp.Body.Close()
		}
		return err == nil
	})
	return f
}

func (f *outside) api() string { return f.base + "/method/" }

// control makes a control call; body nil means GET.
func (f *outside) control(path string, body, out any) {
	f.t.Helper()
	method, data := http.MethodGet, []byte(nil)
	if body != nil {
		method = http.MethodPost
		data, _ = json.Marshal(body)
	}
	req, err := http.NewRequest(method, f.base+"/_control/"+path, bytes.NewReader(data))
	if err != nil {
		f.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		f.t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, _ := io.ReadAll(resp.Body)
	if resp.StatusCode != http.StatusOK {
		f.t.Fatalf("%s: %d %s", path, resp.StatusCode, answer)
	}
	if out != nil {
		if err := json.Unmarshal(answer, out); err != nil {
			f.t.Fatalf("%s: %v: %.200s", path, err, answer)
		}
	}
}

type m = map[string]any

// emitted does something as a citizen and returns the identity under which the store knows the update.
func (f *outside) emitted(path string, body m) string {
	var out struct {
		Event string `json:"event_id"`
	}
	f.control(path, body, &out)
	return itoa(group) + ":" + out.Event
}

func (f *outside) say(peer int64, text string) string {
	return f.emitted("say", m{"peer_id": peer, "text": text})
}

func (f *outside) fault(fault m) { f.control("fault", fault, nil) }

func (f *outside) clear() {
	req, _ := http.NewRequest(http.MethodDelete, f.base+"/_control/fault", nil)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		f.t.Fatal(err)
	}
	resp.Body.Close()
}

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
	f.t.Helper()
	var out []accepted
	f.control("sent?method="+url.QueryEscape(method), nil, &out)
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
	f.t.Helper()
	var out []apiCall
	f.control("calls", nil, &out)
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
	y.t.Helper()
	a, err := open(y.folder, y.api(), quiet(), y.change)
	if err != nil {
		y.t.Fatal(err)
	}
	y.app = a
	a.run()
	if a.config.Mode == Polling {
		until(y.t, 20*time.Second, "polling has not begun", func() bool {
			ts, _ := a.config.Cursor.Load(y.t.Context())
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
	y.t.Helper()
	until(y.t, limit, "replies are missing", func() bool { return len(y.outside.replies()) >= y.asked() })
	time.Sleep(time.Second)
	checkStored(y.t, y.app, y.said, y.outside.replies())
}
