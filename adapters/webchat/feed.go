package webchat

import (
	"context"
	"errors"
	"time"

	"spravka/engine"
	"spravka/engine/host"
)

// feed is one connection's cursor into a conversation. It pulls: what a slow reader has not taken yet waits in the
// history, not in memory.
type feed struct {
	chat    *Chat
	visitor visitor
	after   int64 // the newest entry sent; negative until the start is known: so many of the newest ones
	emit    func(outFrame) error

	conversation int64 // 0 until there is one
	changed      <-chan struct{}
	typists      <-chan host.Typist
	stop         func() // hearing of both
	last         *state
	ready        bool
	owner        engine.Owner
}

func (c *Chat) feed(v visitor, after int64, emit func(outFrame) error) *feed {
	return &feed{chat: c, visitor: v, after: after, emit: emit}
}

// run sends what is there and then what comes, until the context ends, the chat closes, or emit fails. What arrives
// on own is sent in between.
func (f *feed) run(ctx context.Context, own <-chan outFrame) error {
	defer f.close()
	for {
		if err := f.pull(ctx); err != nil {
			return err
		}
		if err := f.wait(ctx, own); err != nil {
			return err
		}
	}
}

// wait returns when it is time to look at the history again.
func (f *feed) wait(ctx context.Context, own <-chan outFrame) error {
	pause := time.NewTimer(f.pause())
	defer pause.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-f.chat.closing:
			return errClosing
		case <-f.changed:
			return nil
		case <-pause.C:
			return f.emit(outFrame{Type: "beat"})
		case who := <-f.typists:
			if who.Citizen { // in another tab, perhaps
				continue
			}
			if err := f.emit(outFrame{Type: "typing"}); err != nil {
				return err
			}
		case frame := <-own:
			if err := f.emit(frame); err != nil {
				return err
			}
			if frame.Type == "ack" && f.conversation == 0 {
				return nil
			}
		}
	}
}

var errClosing = errors.New("the chat is closing")

// pause is how long the history is not looked at if nobody gives a hint.
func (f *feed) pause() time.Duration {
	switch {
	case f.conversation == 0:
		return newcomer
	case f.owner == engine.OwnerQueue:
		return queueBeat
	}
	return beat
}

// pull sends everything after the cursor, then the state if it has changed.
func (f *feed) pull(ctx context.Context) error {
	rec, err := f.chat.host.Find(ctx, f.visitor.peer)
	switch {
	case err == nil:
		if err := f.begin(ctx, &rec); err != nil {
			return err
		}
		if err := f.entries(ctx); err != nil {
			return err
		}
	case !errors.Is(err, host.ErrNotFound):
		return err
	case f.after > 0:
		f.after = 0
		if err := f.emit(outFrame{Type: "reset"}); err != nil {
			return err
		}
	}
	now := f.chat.stateOf(ctx, rec)
	f.owner = now.Owner
	if f.last == nil || !f.last.equal(now) {
		f.last = &now
		if err := f.emit(outFrame{Type: "state", State: &now}); err != nil {
			return err
		}
	}
	if !f.ready {
		f.ready = true
		return f.emit(outFrame{Type: "ready", Seq: max(f.after, 0)})
	}
	return nil
}

// begin starts to watch the conversation once there is one. It reads the record again after that, because what happened
// before gives no hint.
func (f *feed) begin(ctx context.Context, rec *host.Record) (err error) {
	if f.conversation == rec.ID {
		return nil
	}
	moved := f.conversation != 0 // this visitor's conversation is another one now: it came from, or went to, another channel
	if moved {
		f.close()
		f.after = -recent
	}
	f.conversation = rec.ID
	changed, unwatch := f.chat.host.Watch(rec.ID)
	typists, deafen := f.chat.host.WatchTyping(rec.ID)
	f.changed, f.typists, f.stop = changed, typists, func() { unwatch(); deafen() }
	if *rec, err = f.chat.host.Find(ctx, f.visitor.peer); err != nil {
		return err
	}
	after, reset := start(f.after, rec.Seq)
	if f.after = after; reset || moved {
		return f.emit(outFrame{Type: "reset"})
	}
	return nil
}

// start tells where a cursor begins: a negative one at so many of the newest entries. One from beyond the end belongs to a
// history that is gone (a backup was restored), so what the client has must be forgotten.
func start(after, newest int64) (from int64, reset bool) {
	switch {
	case after < 0:
		return max(0, newest+after), false
	case after > newest:
		return max(0, newest-recent), true
	}
	return after, false
}

func (f *feed) entries(ctx context.Context) error {
	for {
		page, err := f.chat.host.History(ctx, f.conversation, f.after, historyPage)
		if err != nil {
			return err
		}
		for _, e := range page {
			shown := f.chat.shown(e)
			if err := f.emit(outFrame{Type: "entry", Entry: &shown}); err != nil {
				return err
			}
			f.after = e.Seq
		}
		if len(page) < historyPage {
			return nil
		}
	}
}

func (f *feed) close() {
	if f.stop != nil {
		f.stop()
	}
}

// heardTyping passes on that the visitor is writing. Who has no conversation yet writes to nobody.
func (c *Chat) heardTyping(ctx context.Context, v visitor) {
	if allowed, _ := c.looks.allow(v.peer.ID); !allowed {
		return
	}
	if rec, err := c.host.Find(ctx, v.peer); err == nil {
		c.host.CitizenTyping(rec.ID)
	}
}
