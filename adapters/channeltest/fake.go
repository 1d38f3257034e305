//go:build fakes

package channeltest

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// Fake is an independent fake of a platform, which this project does not contain, in a process of its own. The environment's
// SPRAVKA_FAKES names the folder with telegram/main.go, vk/main.go and SPEC.md.
type Fake struct {
	T    testing.TB
	Base string // its address, without a slash at the end
	PID  int
	Stop func() // before the test ends, if it has to be
}

// BuildFake builds the fake of a platform, "telegram" or "vk".
func BuildFake(t testing.TB, platform string) (program string) {
	t.Helper()
	folder := os.Getenv("SPRAVKA_FAKES")
	source := filepath.Join(folder, platform, "main.go")
	if _, err := os.Stat(source); folder == "" || err != nil {
		t.Fatalf("SPRAVKA_FAKES is %q: it must name the folder of the fakes, with %s/main.go in it", folder, platform)
	}
	program = filepath.Join(t.TempDir(), "fake-"+platform)
	build := exec.Command("go", "build", "-o", program, "main.go")
	build.Dir = filepath.Dir(source)
	build.Env = append(os.Environ(), "GOFLAGS=", "GO111MODULE=off")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building %s: %v\n%s", source, err, out)
	}
	return program
}

// FreeAddress is an address of this machine at which nobody listens.
func FreeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// StartFake starts a fake that knows the tokens; it ends with the test.
func StartFake(t testing.TB, program, tokens string, flags ...string) *Fake {
	t.Helper()
	address := FreeAddress(t)
	cmd := exec.Command(program, append([]string{"-addr", address, "-tokens", tokens}, flags...)...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	f := &Fake{t, "http://" + address, cmd.Process.Pid, sync.OnceFunc(func() { cmd.Process.Kill(); cmd.Wait() })}
	t.Cleanup(f.Stop)
	Until(t, 10*time.Second, "starting the fake", func() bool {
		resp, err := http.Get(f.Base + "/_control/sent")
		if err == nil {
			resp.Body.Close()
		}
		return err == nil
	})
	return f
}

var patient = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}, Timeout: time.Minute}

// Tell calls /_control/path with in as JSON, and reads the answer into out unless that is nil.
func (f *Fake) Tell(path string, in, out any) {
	f.T.Helper()
	data, err := json.Marshal(in)
	if err != nil {
		f.T.Fatal(err)
	}
	f.call(http.MethodPost, path, data, out)
}

// Ask reads what /_control/path answers.
func (f *Fake) Ask(path string, out any) { f.T.Helper(); f.call(http.MethodGet, path, nil, out) }

// Mend takes back the faults that were set, all or those that a query names.
func (f *Fake) Mend(query string) { f.T.Helper(); f.call(http.MethodDelete, "fault"+query, nil, nil) }

func (f *Fake) call(method, path string, body []byte, out any) {
	f.T.Helper()
	req, err := http.NewRequest(method, f.Base+"/_control/"+path, bytes.NewReader(body))
	if err != nil {
		f.T.Fatal(err)
	}
	resp, err := patient.Do(req)
	if err != nil {
		f.T.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		f.T.Fatalf("%s: %d %s %v", path, resp.StatusCode, data, err)
	}
	if out != nil {
		if err := json.Unmarshal(data, out); err != nil {
			f.T.Fatalf("%s: %v: %.300s", path, err, data)
		}
	}
}
