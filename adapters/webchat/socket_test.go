package webchat_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"
	"spravka/adapters/webchat/internal/fakehost"
	"spravka/engine"
	"spravka/engine/host"
)

func TestASocketReplaysAndFollows(t *testing.T) {
	w := serve(t)
	token := w.token()
	w.say(token, "один")
	l := w.enter(token, 0)
	got := l.until(ofType("ready"))
	if diff := cmp.Diff([]string{"citizen: один", "bot: Эхо: один"}, entries(got)); diff != "" {
		t.Error(diff)
	}
	if last := got[len(got)-1]; last.Seq != 2 || got[len(got)-2].State.Owner != "bot" {
		t.Errorf("got %+v", got)
	}
	m := message("два")
	l.send(m)
	l.until(func(f heard) bool { return f.Type == "ack" && f.ID == m["id"] && f.Seq == 4 })
	w.host.Say(1, engine.Operator, "Анна", engine.Message{Text: "три"})
	l.until(func(f heard) bool { return f.Entry.Text == "три" && f.Entry.Name == "Анна" && f.Entry.Seq == 5 })
	l.send(frame{"type": "ping"})
	l.until(ofType("pong"))
}

func TestASocketBeforeTheFirstMessage(t *testing.T) {
	w := serve(t)
	l := w.enter(w.token(), 0)
	if got := l.until(ofType("ready")); len(entries(got)) != 0 {
		t.Errorf("got %v", got)
	}
	l.send(message("первое"))
	got := l.until(func(f heard) bool { return f.Entry.Seq == 2 })
	if diff := cmp.Diff([]string{"citizen: первое", "bot: Эхо: первое"}, entries(got)); diff != "" {
		t.Error(diff)
	}
}

// The server dies while a client sends. The client sends what was not acknowledged again, to another server over the same
// store, and asks for what it has not seen.
func TestNothingIsLostOrDoubledWhenTheServerIsKilled(t *testing.T) {
	h := fakehost.New()
	chat := newChat(t, h)
	first := httptest.NewServer(chat.Handler())
	w := &world{t: t, host: h, chat: chat, url: first.URL, client: &http.Client{}}
	token := w.token()
	l := w.enter(token, 0)
	l.until(ofType("ready"))

	seen := map[int64]string{}
	see := func(f heard) {
		if f.Type == "entry" {
			if old, twice := seen[f.Entry.Seq]; twice {
				t.Errorf("entry %d came twice: %s, %s", f.Entry.Seq, old, f.Entry.Text)
			}
			seen[f.Entry.Seq] = f.Entry.Text
		}
	}
	var unsent []frame
	for i := range 10 {
		m := message(fmt.Sprint("№", i))
		l.send(m)
		if i < 7 {
			for _, f := range l.until(func(f heard) bool { return f.Type == "ack" && f.ID == m["id"] }) {
				see(f)
			}
		} else {
			unsent = append(unsent, m)
		}
	}
	l.conn.CloseNow()
	first.CloseClientConnections()
	chat.Close()
	first.Close()

	w = serveOver(t, h)
	var after int64
	for seq := range seen {
		after = max(after, seq)
	}
	if int64(len(seen)) != after {
		t.Fatalf("there are gaps below %d: %v", after, seen)
	}
	l = w.enter(token, after)
	for range 2 { // impatiently
		for _, m := range unsent {
			l.send(m)
		}
	}
	for len(seen) < 20 {
		f, err := l.hear()
		if err != nil {
			t.Fatal(err, seen)
		}
		see(f)
	}
	var want []string
	for i := range 10 {
		want = append(want, fmt.Sprint("№", i), fmt.Sprint("Эхо: №", i))
	}
	var got []string
	for seq := int64(1); seq <= 20; seq++ {
		got = append(got, seen[seq])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if n := len(h.Texts(1)); n != 20 {
		t.Errorf("%d entries are stored", n)
	}
}

func TestTabsAreInStep(t *testing.T) {
	w := serve(t)
	token := w.token()
	var tabs []*line
	for range 3 {
		l := w.enter(token, 0)
		l.until(ofType("ready"))
		tabs = append(tabs, l)
	}
	stream := w.stream(token, 0)
	stream.until(ofType("ready"))
	tabs[0].send(message("всем"))
	for _, l := range tabs {
		if got := entries(l.until(func(f heard) bool { return f.Entry.Seq == 2 })); len(got) != 2 {
			t.Errorf("got %v", got)
		}
	}
	if got := entries(stream.until(func(f heard) bool { return f.Entry.Seq == 2 })); len(got) != 2 {
		t.Errorf("got %v", got)
	}
}

func TestSilentSocketsAreClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := serveInBubble(t, fakehost.New())
		token := w.token()
		start := time.Now()
		w.dial().ended()
		if took := time.Since(start); took != 10*time.Second {
			t.Errorf("without hello it took %v", took)
		}
		start = time.Now()
		l := w.enter(token, 0)
		l.until(ofType("ready"))
		l.ended()
		if took := time.Since(start); took != 150*time.Second {
			t.Errorf("without ping it took %v", took)
		}
		l = w.enter(token, 0)
		start = time.Now()
		go func() {
			for range 20 {
				time.Sleep(25 * time.Second)
				l.conn.Write(context.Background(), websocket.MessageText, []byte(`{"type":"ping"}`))
			}
		}()
		_, got := l.ended()
		pongs := 0
		for _, f := range got {
			if f.Type == "pong" {
				pongs++
			}
		}
		if took := time.Since(start); took != 650*time.Second || pongs != 20 {
			t.Errorf("with 20 pings it took %v and %d pongs came", took, pongs)
		}
	})
}

func TestSlowReadersAreDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := serveInBubble(t, fakehost.New())
		slow, quick := w.token(), w.token()
		w.say(slow, "x")
		l := w.enter(slow, 0)
		l.until(ofType("ready"))
		time.Sleep(time.Second)
		w.host.Say(1, engine.Bot, "", engine.Message{Text: strings.Repeat("много ", 2000)}) // nobody reads it
		w.say(quick, "соседу всё равно")
		time.Sleep(9 * time.Second)
		synctest.Wait()
		if n := w.host.Watchers(1); n != 1 {
			t.Errorf("dropped too early")
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if n := w.host.Watchers(1); n != 0 {
			t.Errorf("the slow reader is still there after 11 s")
		}
		l.conn.CloseNow()
		l = w.enter(slow, 2) // and finds everything when it comes back
		if got := entries(l.until(ofType("ready"))); len(got) != 1 {
			t.Errorf("got %d entries", len(got))
		}
		l.conn.CloseNow()
	})
}

func TestThePlaceInTheQueueIsKeptUpToDate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := serveInBubble(t, fakehost.New())
		l := w.enter(w.token(), 0)
		l.until(ofType("ready"))
		l.send(press("~human"))
		got := l.until(func(f heard) bool { return f.State.Owner == "queue" })
		if s := got[len(got)-1].State; *s.Ahead != 3 || s.Wait != "Ждать, скорее всего, от 5 до 15 минут." || s.Ticket != "Т-26-000001-1" {
			t.Errorf("got %+v", s)
		}
		start := time.Now()
		w.host.SetAhead(0)
		l.until(func(f heard) bool { return f.State.Ahead != nil && *f.State.Ahead == 0 })
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("it took %v", took)
		}
		w.host.Take(1)
		w.host.Say(1, engine.Operator, "Анна", engine.Message{Text: "я здесь"})
		got = l.until(func(f heard) bool { return f.State.Owner == "operator" })
		if got[len(got)-1].State.Ahead != nil {
			t.Errorf("an operator is here, yet there is a place in the queue")
		}
		l.conn.CloseNow()
	})
}

func TestTypingIsTold(t *testing.T) {
	w := serve(t)
	anna, boris := w.token(), w.token()
	w.say(anna, "x")
	w.say(boris, "x")
	l, other := w.enter(anna, 0), w.enter(boris, 0)
	l.until(ofType("ready"))
	other.until(ofType("ready"))
	w.host.Type(1, host.Typist{Name: "Ольга"})
	l.until(ofType("typing"))
	other.send(frame{"type": "ping"})
	for _, f := range other.until(ofType("pong")) {
		if f.Type == "typing" {
			t.Error("somebody else was told")
		}
	}
}

func TestClosingTellsEverybody(t *testing.T) {
	h := fakehost.New()
	chat := newChat(t, h)
	s := httptest.NewServer(chat.Handler())
	defer s.Close()
	w := &world{t: t, host: h, chat: chat, url: s.URL, client: &http.Client{}}
	l := w.enter(w.token(), 0)
	l.until(ofType("ready"))
	stream := w.stream(w.token(), 0)
	stream.until(ofType("ready"))
	done := make(chan websocket.StatusCode)
	go func() { code, _ := l.ended(); done <- code }()
	chat.Close()
	if code := <-done; code != websocket.StatusGoingAway {
		t.Errorf("closed with %d", code)
	}
	if _, err := io.ReadAll(stream.body); err != nil {
		t.Error(err)
	}
}

func TestARestoredBackupResetsTheClient(t *testing.T) {
	w := serve(t)
	token := w.token()
	w.say(token, "старое")
	w.say(token, "старое")
	w.host.Wipe()
	if got := w.enter(token, 4).until(ofType("ready")); got[0].Type != "reset" || got[len(got)-1].Seq != 0 {
		t.Errorf("with no conversation: %+v", got)
	}
	w.say(token, "новое")
	got := w.enter(token, 4).until(ofType("ready"))
	if diff := cmp.Diff([]string{"citizen: новое", "bot: Эхо: новое"}, entries(got)); got[0].Type != "reset" || diff != "" {
		t.Errorf("with a shorter one: %+v\n%s", got[0], diff)
	}
}

func TestTypingBothWays(t *testing.T) {
	w := serve(t)
	anna := w.token()
	w.say(anna, "x")
	l := w.enter(anna, 0)
	l.until(ofType("ready"))
	w.host.Type(1, host.Typist{Citizen: true}) // the visitor in another tab: not shown
	w.host.Type(1, host.Typist{Name: "Ольга"})
	l.until(ofType("typing"))
	l.send(frame{"type": "typing"})
	l.until(ofType("pong"))
	if id := <-w.host.Typing; id != 1 {
		t.Errorf("conversation %d was told of", id)
	}
}
