package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
)

// TestMain lets the test's own binary be the program, so that a test can start it and kill it.
func TestMain(m *testing.M) {
	if os.Getenv("SPRAVKA_TEST_PROGRAM") != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// server is the program in a process of its own.
type server struct {
	t    *testing.T
	data string
	port string
	cmd  *exec.Cmd
	out  strings.Builder
	more []string // arguments
}

func (s *server) url(path string) string { return "http://127.0.0.1:" + s.port + path }

// start runs the program until it answers. The first time the system chooses the port, afterwards it stays the same.
func (s *server) start() {
	s.t.Helper()
	port := s.port
	if port == "" {
		port = "0"
	}
	s.cmd = exec.Command(os.Args[0], "serve", "--listen", "127.0.0.1:"+port, "--data", s.data, "--visitor-rate", "1000", "--ip-rate", "100000", "--log-level", "error")
	s.cmd.Args = append(s.cmd.Args, s.more...)
	s.cmd.Env = append(os.Environ(), "SPRAVKA_TEST_PROGRAM=1")
	s.cmd.Stderr = os.Stderr
	pipe, err := s.cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	ready := make(chan string, 1)
	go func() {
		address := regexp.MustCompile(`http://127\.0\.0\.1:(\d+)/chat\b`)
		lines := bufio.NewScanner(pipe)
		for lines.Scan() {
			s.out.WriteString(lines.Text() + "\n")
			if m := address.FindStringSubmatch(lines.Text()); m != nil {
				select {
				case ready <- m[1]:
				default:
				}
			}
		}
	}()
	select {
	case s.port = <-ready:
	case <-time.After(2 * time.Minute):
		s.t.Fatal("the server did not start:\n" + s.out.String())
	}
}

func (s *server) kill() {
	s.cmd.Process.Kill()
	s.cmd.Wait()
}

type historyEntry struct {
	Seq    int64  `json:"seq"`
	Author string `json:"author"`
	ID     string `json:"id"`
	Text   string `json:"text"`
}

// visitor is a citizen's browser: it sends each message with an id of its own until it is acknowledged.
type visitor struct {
	s      *server
	token  string
	acked  []string
	resent int
}

func (v *visitor) request(method, path string, body any) (int, []byte, error) {
	var r io.Reader
	if body != nil {
		data, _ := json.Marshal(body)
		r = bytes.NewReader(data)
	}
	req, err := http.NewRequest(method, v.s.url(path), r)
	if err != nil {
		return 0, nil, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if v.token != "" {
		req.Header.Set("Authorization", "Bearer "+v.token)
	}
	client := http.Client{Timeout: 10 * time.Second}
	resp, err := client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	return resp.StatusCode, data, err
}

// insist sends until the server says that it has it.
func (v *visitor) insist(method, path string, body any) []byte {
	for try := 0; ; try++ {
		code, data, err := v.request(method, path, body)
		if err == nil && code < 300 {
			return data
		}
		if err == nil && code < 500 && code != http.StatusTooManyRequests {
			v.s.t.Errorf("%s %s: %d %s", method, path, code, data)
			return nil
		}
		v.resent++
		time.Sleep(20 * time.Millisecond)
	}
}

func (v *visitor) history() []historyEntry {
	var all []historyEntry
	after := int64(0)
	for {
		var page struct {
			Entries []historyEntry `json:"entries"`
			More    bool           `json:"more"`
			Seq     int64          `json:"seq"`
		}
		if err := json.Unmarshal(v.insist("GET", "/chat/api/v1/messages?after="+strconv.FormatInt(after, 10), nil), &page); err != nil {
			v.s.t.Error(err)
			return all
		}
		all = append(all, page.Entries...)
		if !page.More || len(page.Entries) == 0 {
			return all
		}
		after = page.Seq
	}
}

// The server is killed ten times under the load of 32 chats. Whatever was acknowledged is in the history once, and was
// answered once.
func TestKilledUnderLoad(t *testing.T) {
	const chats, kills = 32, 10
	s := &server{t: t, data: filepath.Join(t.TempDir(), "data")}
	s.start()
	defer s.kill()
	var stop atomic.Bool
	visitors := make([]*visitor, chats)
	var all sync.WaitGroup
	for i := range visitors {
		v := &visitor{s: s}
		visitors[i] = v
		var session struct{ Token string }
		if err := json.Unmarshal(v.insist("POST", "/chat/api/v1/session", map[string]string{}), &session); err != nil {
			t.Fatal(err)
		}
		v.token = session.Token
		all.Go(func() {
			for !stop.Load() {
				id := uuid.NewString()
				if v.insist("POST", "/chat/api/v1/messages", map[string]string{"type": "press", "id": id, "payload": "t:hotline.call"}) != nil {
					v.acked = append(v.acked, id)
				}
				time.Sleep(5 * time.Millisecond)
			}
		})
	}
	for n := range kills {
		time.Sleep(400*time.Millisecond + time.Duration(n*37)*time.Millisecond)
		s.kill()
		s.start()
	}
	time.Sleep(300 * time.Millisecond)
	stop.Store(true)
	all.Wait()
	total, resent := 0, 0
	for i, v := range visitors {
		total, resent = total+len(v.acked), resent+v.resent
		if err := once(v.history(), v.acked); err != nil {
			t.Errorf("chat %d: %v", i, err)
		}
	}
	if total < chats*kills {
		t.Errorf("only %d messages were acknowledged: that was no load", total)
	}
	t.Logf("%d kills, %d messages acknowledged, %d requests repeated", kills, total, resent)
}

// once checks that each acknowledged message stands in the history once and has exactly one reply right after it.
func once(history []historyEntry, acked []string) error {
	seen := map[string]int{}
	for i, e := range history {
		if e.Seq != int64(i+1) {
			return fmt.Errorf("entry %d has the number %d", i+1, e.Seq)
		}
		if e.Author != "citizen" {
			continue
		}
		seen[e.ID]++
		replies := 0
		for _, r := range history[i+1:] {
			if r.Author == "citizen" {
				break
			}
			replies++
		}
		if replies != 1 {
			return fmt.Errorf("message %s has %d replies", e.ID, replies)
		}
	}
	for _, id := range acked {
		if seen[id] != 1 {
			return fmt.Errorf("the acknowledged message %s is in the history %d times", id, seen[id])
		}
	}
	return nil
}
