//go:build fakes

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"spravka/adapters/channeltest"

	"github.com/SevereCloud/vksdk/v2/api"
	"github.com/SevereCloud/vksdk/v2/events"
	"github.com/SevereCloud/vksdk/v2/longpoll-bot"
	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
)

// wishes are what citizens write in the run: each is understood and answered in one message.
var wishes = []string{"сколько стоит звонок", "какой браузер нужен", "как оплатить госпошлину", "не приходит код", "какие документы нужны для регистрации", "аккаунт заблокирован"}

// TestFakesThroughput lets 64 citizens write to the program and to a bare echo bot on the same library, in turn, against
// the fakes without limits. The program understands each message and stores it and all that follows durably (SQLite,
// synchronous FULL) before it confirms it; the echo bot stores nothing. A citizen writes again once they have their answer.
func TestFakesThroughput(t *testing.T) {
	for _, name := range []string{"telegram", "vk"} {
		t.Run(name, func(t *testing.T) {
			var ours, echo []float64
			for n := range 3 {
				echo = append(echo, measure(t, name, echoBot))
				ours = append(ours, measure(t, name, theProgram))
				t.Logf("%s, run %d: ours %.0f turns a second, echo bot %.0f", name, n+1, ours[n], echo[n])
			}
			a, b := middle(ours), middle(echo)
			t.Logf("%s: ours %.0f turns a second, a bare echo bot %.0f (medians of 3): %.2f of it", name, a, b, a/b)
			if a < b/2 {
				t.Errorf("%s: %.2f of the echo bot's throughput, at least 0.5 is wanted", name, a/b)
			}
		})
	}
}

func middle(list []float64) float64 {
	a, b, c := list[0], list[1], list[2]
	return max(min(a, b), min(max(a, b), c))
}

// measure returns the turns a second of a bot that answers each message with one.
func measure(t *testing.T, name string, start func(t *testing.T, p *platform) (pid int, stop func())) float64 {
	const people, each = 64, 30
	p := startPlatform(t, name)
	defer p.Stop()
	pid, stop := start(t, p)
	defer stop()
	p.say(999, wishes[0]) // wakes everything up
	channeltest.Until(t, time.Minute, "the bot does not answer", func() bool { return len(p.arrived()) == 1 })
	began, before, fake := time.Now(), processor(pid), processor(p.PID)
	told := map[int]chan bool{}
	for i := range people {
		told[1001+i] = make(chan bool, each)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	go p.follow(ctx, told)
	var all sync.WaitGroup
	for i := range people {
		all.Go(func() {
			for n := range each {
				p.say(1001+i, wishes[(i+n)%len(wishes)])
				select {
				case <-told[1001+i]:
				case <-ctx.Done():
					t.Errorf("citizen %d has no answer to message %d", i, n+1)
					return
				}
			}
		})
	}
	all.Wait()
	t.Logf("%s: processor time a turn: bot %v, fake %v", name, (processor(pid)-before)/(people*each), (processor(p.PID)-fake)/(people*each))
	return people * each / time.Since(began).Seconds()
}

// processor is the processor time that a process has used so far, in steps of 10 ms.
func processor(pid int) time.Duration {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	fields := strings.Fields(string(data[strings.LastIndexByte(string(data), ')')+1:]))
	if err != nil || len(fields) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}

// follow reads what the fake writes about accepted messages, which costs the fake next to nothing, and tells each citizen
// of theirs.
func (p *platform) follow(ctx context.Context, told map[int]chan bool) {
	file, err := os.Open(p.log)
	if err != nil {
		p.T.Error(err)
		return
	}
	defer file.Close()
	in, line := bufio.NewReader(file), []byte(nil)
	for ctx.Err() == nil {
		more, err := in.ReadBytes('\n')
		line = append(line, more...)
		if err != nil {
			time.Sleep(time.Millisecond)
			continue
		}
		var a arrival
		if json.Unmarshal(line, &a) == nil && (a.Method == "sendMessage" || a.Method == "messages.send") {
			if c := told[a.peer()]; c != nil {
				c <- true
			}
		}
		line = line[:0]
	}
}

// theProgram is ours, without limits.
func theProgram(t *testing.T, p *platform) (int, func()) {
	s := &server{t: t, data: filepath.Join(t.TempDir(), "data"), more: append(p.flags(), "--telegram-rate=-1", "--vk-rate=1000000")}
	s.start()
	p.polled()
	return s.cmd.Process.Pid, s.kill
}

// echoBot is the least that can be made of the library: it says what it hears.
func echoBot(t *testing.T, p *platform) (int, func()) {
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	if p.name == "telegram" {
		b, err := tg.New(telegramToken, tg.WithServerURL(p.Base), tg.WithSkipGetMe(), tg.WithDefaultHandler(func(ctx context.Context, b *tg.Bot, u *models.Update) {
			if u.Message != nil {
				b.SendMessage(ctx, &tg.SendMessageParams{ChatID: u.Message.Chat.ID, Text: u.Message.Text})
			}
		}))
		if err != nil {
			t.Fatal(err)
		}
		go func() { b.Start(ctx); close(ended) }()
	} else {
		vk := api.NewVK(vkToken)
		vk.MethodURL, vk.Limit = p.Base+"/method/", 0
		lp, err := longpoll.NewLongPoll(vk, vkGroup)
		if err != nil {
			t.Fatal(err)
		}
		lp.Goroutine(true)
		lp.MessageNew(func(_ context.Context, o events.MessageNewObject) {
			vk.MessagesSend(api.Params{"peer_id": o.Message.PeerID, "random_id": strconv.Itoa(o.Message.ID), "message": o.Message.Text})
		})
		go func() { lp.RunWithContext(ctx); close(ended) }()
	}
	return os.Getpid(), func() { stop(); <-ended }
}
