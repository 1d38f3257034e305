package telegram

import (
	"context"
	"crypto/sha256"
	"errors"
	"log/slog"
	"runtime/debug"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"spravka/engine/host"
)

// maxFlying bounds the updates that are being taken in.
const maxFlying = 1000

// hopeless is how often other updates must have been stored between two tries of one, before it is passed by.
const hopeless = 10

var (
	errFull    = errors.New("telegram: too many updates are being taken in")
	errStopped = errors.New("telegram: the channel stops")
)

// intake plays updates: in order within a chat, side by side between chats, and each of them once at a time however
// often it is delivered.
type intake struct {
	log   *slog.Logger
	count func(string)
	aside func(id int64, raw []byte) // takes what is passed by

	mu     sync.Mutex
	flying map[int64]*job
	lines  map[int64][]*job // per chat: the first one is being played
	all    sync.WaitGroup
	played atomic.Int64
}

// job is an update that is being taken in.
type job struct {
	id   int64
	chat int64
	raw  []byte // as it came
	play func(context.Context) error
	keep bool          // try until it is stored; otherwise an error ends it
	done chan struct{} // closed when it has ended
	err  error         // read after done
}

func newIntake(log *slog.Logger, count func(string), aside func(id int64, raw []byte)) *intake {
	return &intake{log: log, count: count, aside: aside, flying: map[int64]*job{}, lines: map[int64][]*job{}}
}

// add puts an update into its chat's line, or returns the job of the same update that is there already.
func (q *intake) add(ctx context.Context, j *job) (*job, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if same, ok := q.flying[j.id]; ok {
		return same, nil
	}
	if len(q.flying) >= maxFlying {
		return nil, errFull
	}
	j.done = make(chan struct{})
	q.flying[j.id] = j
	q.lines[j.chat] = append(q.lines[j.chat], j)
	if len(q.lines[j.chat]) == 1 {
		q.all.Go(func() { q.work(ctx, j.chat) })
	}
	return j, nil
}

// work plays the line of a chat until it is empty.
func (q *intake) work(ctx context.Context, chat int64) {
	for {
		q.mu.Lock()
		j := q.lines[chat][0]
		q.mu.Unlock()
		j.err = q.take(ctx, j)
		q.mu.Lock()
		delete(q.flying, j.id)
		close(j.done)
		q.lines[chat] = q.lines[chat][1:]
		if len(q.lines[chat]) == 0 {
			delete(q.lines, chat)
			q.mu.Unlock()
			return
		}
		q.mu.Unlock()
	}
}

func (q *intake) take(ctx context.Context, j *job) error {
	others := 0
	for pause := newBackoff(100*time.Millisecond, 10*time.Second); ; {
		if ctx.Err() != nil {
			return errStopped
		}
		before := q.played.Load()
		err := q.safely(ctx, j)
		if err == nil {
			q.played.Add(1)
			return nil
		}
		if ctx.Err() != nil {
			return errStopped
		}
		wait := pause.next()
		q.log.Error("telegram: an update could not be stored", "update", j.id, "error", err)
		if !j.keep {
			return err
		}
		if !sleep(ctx, wait) {
			return errStopped
		}
		if q.played.Load() != before {
			others++
		}
		if others >= hopeless {
			q.count(CountGivenUp)
			q.aside(j.id, j.raw)
			q.log.Error("telegram: an update is passed by: it could not be stored again and again, while others could", "update", j.id, "error", err)
			return nil
		}
	}
}

// safely plays an update. One that breaks what handles it is passed by: it would break it again after every restart.
func (q *intake) safely(ctx context.Context, j *job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			q.count(CountPoison)
			q.aside(j.id, j.raw)
			q.log.Error("telegram: an update broke what handles it and is passed by", "update", j.id, "stack", cut(string(debug.Stack()), 4000))
			err = nil
		}
	}()
	return j.play(ctx)
}

// wait returns when every line is empty. The context given to add must have ended before.
func (q *intake) wait() { q.all.Wait() }

// admit reads an update and puts it into line. One that can't be read is logged without what a citizen wrote, and
// passed by: then the job is nil.
func (b *Bot) admit(ctx context.Context, h Host, id int64, raw []byte, keep bool) (*job, error) {
	b.config.count(CountUpdate)
	u, err := decode(id, raw)
	if err != nil {
		b.config.count(CountPoison)
		b.keep(id, raw)
		b.config.Log.Error("telegram: an update is unreadable and passed by", "update", id, "error", err, "bytes", len(raw), "shape", skeleton(raw))
		return nil, nil
	}
	return b.intake.add(ctx, &job{id: id, chat: u.chat(), raw: raw, keep: keep, play: func(ctx context.Context) error { return b.hear(ctx, h, u) }})
}

// keep puts an update that can't be taken in aside; id is 0 if it can't be read. The log gets its shape only. What Telegram
// repeats, since it can't be confirmed, is kept once.
func (b *Bot) keep(id int64, raw []byte) {
	if b.config.Keep == nil || len(raw) == 0 {
		return
	}
	raw = raw[:min(len(raw), host.MaxUndecodable)]
	sum := sha256.Sum256(raw)
	if _, known := b.kept.get(sum); known {
		return
	}
	b.kept.put(sum, true)
	name := ""
	if id != 0 {
		name = strconv.FormatInt(id, 10)
	}
	b.config.Keep(name, raw)
}

// chat is the line in which an update waits.
func (u update) chat() int64 {
	switch {
	case u.Message != nil:
		return u.Message.Chat.ID
	case u.Edited != nil:
		return u.Edited.Chat.ID
	case u.Press != nil && u.Press.Message != nil:
		return u.Press.Message.Chat.ID
	case u.Standing != nil:
		return u.Standing.Chat.ID
	}
	return 0
}
