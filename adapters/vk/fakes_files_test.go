//go:build fakes

package vk

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"spravka/adapters/channeltest"
	"spravka/engine"
	"spravka/engine/host"
)

func fakesFiles(t *testing.T, program string) {
	shelf := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write([]byte(pdf)) }))
	defer shelf.Close()
	y := newTry(t, program, nil)
	y.emitted("say", m{"peer_id": 1, "text": "", "attachments": []m{{"type": "doc", "doc": m{"id": 1, "owner_id": 1, "title": "паспорт.pdf", "size": len(pdf), "url": shelf.URL + "/a"}}}})
	channeltest.Until(t, 20*time.Second, "the file was not taken", func() bool {
		n, _, err := y.store.FilesOf(t.Context(), y.peer(1), time.Now().Add(-time.Hour))
		return err == nil && n == 1
	})
	send := func(seq int64, id, kind, content string) error {
		f := engine.File{ID: id, Name: id, MIME: kind, Size: int64(len(content))}
		y.store.SaveFile(t.Context(), host.File{File: f, Peer: host.Peer{Channel: "console", ID: "1"}, At: time.Now()}, []byte(content))
		return y.Send(t.Context(), outgoing(99, seq, 50, engine.Message{Text: "вот", Files: []engine.File{f}}))
	}
	if err := send(1, "a.pdf", "application/pdf", pdf); err != nil {
		t.Fatal(err)
	}
	uploads := len(y.calls("docs.save"))
	if err := send(2, "a.pdf", "application/pdf", pdf); err != nil {
		t.Fatal(err)
	}
	if n := len(y.calls("docs.save")); n != uploads {
		t.Error("a known file was uploaded again")
	}
	big := png + strings.Repeat("x", 9<<20)
	for _, fault := range []m{{"kind": "reset"}, {"kind": "http", "code": 502}, {"kind": "reset_after"}} {
		fault["method"], fault["count"] = "upload", 1
		y.fault(fault)
		if err := send(3, "big.png", "image/png", big); err == nil {
			t.Errorf("%v was not noticed", fault)
		}
	}
	if err := send(3, "big.png", "image/png", big); err != nil {
		t.Fatal(err)
	}
	var at []string
	for _, a := range y.sent("messages.send") {
		if a.Peer == 50 {
			at = append(at, fmt.Sprint(a.Params["attachment"]))
		}
	}
	if len(at) != 3 || at[0] != at[1] || !strings.HasPrefix(at[0], "doc-1001_") || !strings.Contains(at[0], "_ak") || !strings.HasPrefix(at[2], "photo-1001_") {
		t.Errorf("attachments %v", at)
	}
}

func fakesRate(t *testing.T, program string) {
	y := newTry(t, program, nil, "-rps", "20")
	var all sync.WaitGroup
	begun := time.Now()
	for i := range 500 {
		all.Go(func() {
			if err := y.Send(t.Context(), outgoing(int64(1000+i), 1, int64(1000+i), textMessage("Рассылка"))); err != nil {
				t.Error(err)
			}
		})
	}
	time.Sleep(500 * time.Millisecond)
	slowest := time.Duration(0)
	for i := range 20 {
		peer := int64(1 + i%5)
		said := time.Now()
		y.ask(peer)
		channeltest.Until(t, 10*time.Second, "a live dialogue waits for the broadcast", func() bool {
			n := 0
			for _, r := range y.outside.replies() {
				if r.peer == peer {
					n++
				}
			}
			return n == len(y.said[peer])
		})
		slowest = max(slowest, time.Since(said))
	}
	live := time.Since(begun)
	all.Wait()
	took := time.Since(begun)
	if live > took*3/4 {
		t.Errorf("the live dialogues took %v of %v: this run shows nothing", live, took)
	}
	channeltest.Until(t, time.Minute, "replies are missing", func() bool { return len(y.outside.replies()) >= 520 })
	refused := 0
	for _, c := range y.calls("") {
		if strings.Contains(string(c.Out), `error_code\":6`) || strings.Contains(string(c.Out), `"error_code":6`) {
			refused++
		}
	}
	if refused != 0 {
		t.Errorf("VK said %d times that calls are too many", refused)
	}
	checkStored(t, y.app, y.said, y.outside.replies())
	t.Logf("500 messages of a broadcast took %v; the slowest of 20 live replies beside them %v; refused for their number: %d", took.Round(time.Second), slowest.Round(time.Millisecond), refused)
}

func fakesComments(t *testing.T, program string) {
	y := newTry(t, program, func(c *Config) {
		c.Comments = true
	})
	y.Tell("comment", m{"post_id": 3, "from_id": 5, "text": "Где мой паспорт 4510 123456?"}, nil)
	y.Tell("comment", m{"post_id": 3, "from_id": -group, "text": "Напишите нам в личные сообщения."}, nil)
	y.Tell("redeliver", m{"last": 2}, nil)
	channeltest.Until(t, 20*time.Second, "no answer", func() bool { return len(y.sent("wall.createComment")) == 1 })
	time.Sleep(time.Second)
	if n := len(y.calls("wall.createComment")); n != 1 {
		t.Errorf("%d answers", n)
	}
}
