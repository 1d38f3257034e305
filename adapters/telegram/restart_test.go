package telegram

import (
	"fmt"
	"html"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"spravka/adapters/channeltest"

	"github.com/google/go-cmp/cmp"
)

var tags = regexp.MustCompile(`</?[a-z]+[^>]*>`)

// The program is killed again and again while citizens write. Nothing that they wrote is lost, doubled or out of order;
// what was to be sent arrives once and in order, but for the messages that were on their way when it was killed: those
// are marked as unknown.
func TestKilled(t *testing.T) {
	f := newFake()
	server := httptest.NewServer(f)
	defer server.Close()
	p := program{Dir: t.TempDir(), BaseURL: server.URL, Free: true}
	want := map[string][]string{}
	say := func(i int) {
		chat := 10 + i%5
		text := fmt.Sprint("вопрос ", i)
		f.say(chat, text)
		want[fmt.Sprint(chat)] = append(want[fmt.Sprint(chat)], text)
	}
	const kills, letters = 6, 240
	next := 0
	for range kills {
		cmd := p.start(t)
		before := len(f.out())
		for begin := time.Now(); time.Since(begin) < 20*time.Second && len(f.out()) < before+10; time.Sleep(5 * time.Millisecond) {
			if next < letters {
				say(next)
				next++
			}
		}
		kill(cmd)
	}
	for ; next < letters; next++ {
		say(next)
	}
	cmd := p.start(t)
	channeltest.Until(t, 30*time.Second, "confirming everything", func() bool { return f.waiting() == 0 })
	quiet(func() int { return len(f.out()) })
	kill(cmd)

	got := p.read(t, keys(want))
	if diff := cmp.Diff(want, got.heard); diff != "" {
		t.Errorf("what citizens wrote:\n%s", diff)
	}
	sent := map[string][]string{}
	for _, m := range f.out() {
		sent[m.chat] = append(sent[m.chat], html.UnescapeString(tags.ReplaceAllString(m.text, "")))
	}
	lost := 0
	for chat, said := range got.said {
		n, ok := missing(sent[chat], said)
		if !ok {
			t.Errorf("chat %s got %d messages that are none of these in this order: %d were to be sent", chat, len(sent[chat]), len(said))
		}
		lost += n
	}
	if lost > got.unknown || got.waiting != 0 {
		t.Errorf("%d messages did not arrive, %d are marked as unknown, %d still wait", lost, got.unknown, got.waiting)
	}
	t.Logf("%d kills, %d letters, %d messages to send: %d did not arrive, %d marked as unknown", kills, letters, len(f.out())+lost, lost, got.unknown)
	log, err := os.ReadFile(p.log())
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(log), "TEST-secret_part") || strings.Contains(string(log), "вопрос") {
		t.Errorf("the log tells too much:\n%s", log)
	}
	if strings.Contains(string(log), "panic") {
		t.Errorf("the program broke:\n%s", log)
	}
}
