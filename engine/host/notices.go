package host

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"spravka/engine"
	"spravka/engine/desk"
)

// Notices keeps what the staff tell everybody.
type Notices interface {
	// AddNotice stores a notice and returns its identifier. The same request, 1–128 bytes, stores it once.
	AddNotice(ctx context.Context, n desk.Notice, request string) (int64, error)
	// EndNotice ends a notice, or returns ErrNotFound if there is none that is not ended.
	EndNotice(ctx context.Context, id int64, by string, at time.Time) error
	// Notices returns those that are not over by then, the earliest first, and up to past of the others, the newest first.
	Notices(ctx context.Context, now time.Time, past int) (open, over []desk.Notice, err error)
	// JoinNotice notes that a ticket reports the fault of a notice; once is enough. ErrNotFound if either does not exist.
	JoinNotice(ctx context.Context, id int64, ticket string) error
	// Untold returns up to limit tickets of faults that are over, whose citizens have not been told so.
	Untold(ctx context.Context, now time.Time, limit int) ([]Report, error)
	// Told notes that they have.
	Told(ctx context.Context, r Report) error
}

// Report is a ticket that has reported the fault of a notice.
type Report struct {
	Notice       desk.Notice
	Ticket       string
	Conversation int64
}

const (
	noticeFresh = 5 * time.Second // how old the list may be that turns are told: other machines change it too
	noticeSweep = 10 * time.Second
	noticeBatch = 200
	worksAhead  = 7 * 24 * time.Hour // how far ahead planned works are told
)

// NoticeBoard is what everybody is to know. Turns ask it without waiting for the store.
type NoticeBoard struct {
	Store Notices
	Now   func() time.Time

	mu     sync.Mutex
	open   []desk.Notice
	read   time.Time
	kicked chan struct{}
	once   sync.Once
}

func (b *NoticeBoard) kick() chan struct{} {
	b.once.Do(func() { b.kicked = make(chan struct{}, 1) })
	return b.kicked
}

// Add stores a notice; everybody is told from now on.
func (b *NoticeBoard) Add(ctx context.Context, n desk.Notice, request string) (int64, error) {
	id, err := b.Store.AddNotice(ctx, n, request)
	b.forget()
	return id, err
}

// End ends a notice. Those who reported its fault are told soon.
func (b *NoticeBoard) End(ctx context.Context, id int64, by string) error {
	err := b.Store.EndNotice(ctx, id, by, b.Now())
	b.forget()
	kick(b.kick())
	return err
}

func (b *NoticeBoard) forget() {
	b.mu.Lock()
	b.read = time.Time{}
	b.mu.Unlock()
}

// list returns the notices that are not over. If they can't be read, those known last: a turn does not fail for that.
func (b *NoticeBoard) list(ctx context.Context) ([]desk.Notice, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.Now()
	if age := now.Sub(b.read); age >= 0 && age < noticeFresh {
		return b.open, nil
	}
	open, _, err := b.Store.Notices(ctx, now, 0)
	if err != nil {
		return b.open, fmt.Errorf("reading the notices: %w", err)
	}
	b.open, b.read = open, now
	return open, nil
}

// List returns the notices that are not over, and up to past of the others, the newest first.
func (b *NoticeBoard) List(ctx context.Context, past int) (open, over []desk.Notice, err error) {
	return b.Store.Notices(ctx, b.Now(), past)
}

// Join notes that a ticket reports the fault of a notice, or returns ErrNotFound.
func (b *NoticeBoard) Join(ctx context.Context, id int64, ticket string) error {
	return b.Store.JoinNotice(ctx, id, ticket)
}

// Current returns the notice that counts most now, or nil: a fault rather than works, the newest of them.
func (b *NoticeBoard) Current(ctx context.Context) *desk.Notice {
	list, _ := b.list(ctx)
	now := b.Now()
	var best *desk.Notice
	for i := range list {
		n := &list[i]
		if n.Current(now) && (best == nil || best.Kind != desk.FaultNews || n.Kind == desk.FaultNews) {
			best = n
		}
	}
	return best
}

// tell returns the current notice as a turn is told it.
func (b *NoticeBoard) tell(ctx context.Context, content *engine.Content, locale string) *engine.Notice {
	if b == nil {
		return nil
	}
	n := b.Current(ctx)
	if n == nil {
		return nil
	}
	return &engine.Notice{ID: n.ID, Fault: n.Kind == desk.FaultNews, Text: n.In(locale, content.Default), Until: n.Ends}
}

// NoticeService answers works.current from what the staff have entered, and fault.join.
type NoticeService struct {
	Board   *NoticeBoard
	Content func() *engine.Content
	Load    func(ctx context.Context, conversation int64) (Record, error)
	Next    Service // answers works.current where the staff have entered nothing; may be nil
}

// Call answers works.current and fault.join.
func (s NoticeService) Call(ctx context.Context, c ServiceCall) (engine.Answered, error) {
	switch c.Operation {
	case "works.current":
		return s.works(ctx, c)
	case "fault.join":
		id, err := strconv.ParseInt(c.With["fault"], 10, 64)
		if err != nil {
			return engine.Answered{Outcome: "gone"}, nil
		}
		err = s.Board.Store.JoinNotice(ctx, id, c.With["ticket"])
		if errors.Is(err, ErrNotFound) {
			return engine.Answered{Outcome: "gone"}, nil
		}
		return engine.Answered{Outcome: "joined"}, err
	}
	return engine.Answered{}, fmt.Errorf("there is no operation %q", c.Operation)
}

func (s NoticeService) works(ctx context.Context, c ServiceCall) (engine.Answered, error) {
	r, err := s.Load(ctx, c.Conversation)
	if err != nil {
		return engine.Answered{}, err
	}
	list, err := s.Board.list(ctx)
	if err != nil {
		return engine.Answered{}, err
	}
	now := s.Board.Now()
	outcome, found := "", s.Board.Current(ctx)
	switch {
	case found != nil && found.Kind == desk.FaultNews:
		outcome = "fault"
	case found != nil:
		outcome = "now"
	default:
		for i := range list {
			if list[i].Kind == desk.Works && list[i].Starts.Before(now.Add(worksAhead)) {
				outcome, found = "planned", &list[i]
				break
			}
		}
	}
	if found == nil {
		if s.Next == nil {
			return engine.Answered{Outcome: "none"}, nil
		}
		return s.Next.Call(ctx, c)
	}
	data := map[string]string{"what": found.In(r.State.Locale, s.Content().Default), "from": found.Starts.Format(time.RFC3339), "to": ""}
	if !found.Ends.IsZero() {
		data["to"] = found.Ends.Format(time.RFC3339)
	}
	return engine.Answered{Outcome: outcome, Data: data}, nil
}

// TellMended tells those who have reported a fault that is over. It is called after a notice was ended, and now and then,
// since a fault also ends by its time and a process may die in the middle. One whom it can't tell does not keep the others
// from it.
func (h *Host) TellMended(ctx context.Context, store Notices) error {
	for {
		list, err := store.Untold(ctx, h.Now(), noticeBatch)
		if err != nil || len(list) == 0 {
			return err
		}
		var failed failures
		for _, r := range list {
			if err := h.tellMended(ctx, store, r); err != nil {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				failed.add(fmt.Errorf("ticket %s: %w", r.Ticket, err))
			}
		}
		if err := failed.err(); err != nil {
			return err
		}
	}
}

func (h *Host) tellMended(ctx context.Context, store Notices, r Report) error {
	record, err := h.Load(ctx, r.Conversation)
	if err == nil {
		ev := engine.Mended{Ticket: r.Ticket, Text: r.Notice.In(record.State.Locale, h.Content().Default)}
		_, err = h.play(ctx, r.Conversation, internal(r.Conversation, "mended", strconv.FormatInt(r.Notice.ID, 10)+":"+r.Ticket), ev)
	}
	if err != nil && !errors.Is(err, ErrNotFound) { // of a conversation that is gone there is nobody to tell
		return err
	}
	return store.Told(ctx, r)
}

// RunNotices calls [Host.TellMended] whenever there is reason to, until the context ends.
func (h *Host) RunNotices(ctx context.Context, b *NoticeBoard) {
	sweep := time.NewTicker(noticeSweep)
	defer sweep.Stop()
	for {
		if err := h.TellMended(ctx, b.Store); err != nil && ctx.Err() == nil {
			h.Log.Error("telling citizens that a fault is mended", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-b.kick():
		case <-sweep.C:
		}
	}
}
